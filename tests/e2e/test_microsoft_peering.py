# SPDX-License-Identifier: Apache-2.0
"""Microsoft peering from the order to the first route: validated, then a route filter, on a lab that runs."""

from __future__ import annotations

from typing import Any, Iterator

import crossconnect
import pytest
from host import eventually
from witness import bgp_state, vtysh

SESSIONS = {"203.0.113.2": "msee1-ms", "203.0.113.6": "msee2-ms"}
EAST = "20.60.0.0/24"


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None, topologies: Any) -> Iterator[Any]:
    with crossconnect.up(topologies / "microsoft-peering/unvalidated.yaml", name="microsoft") as lab:
        yield lab


@pytest.fixture
def verb(xconn: Any, lab: Any) -> Any:
    def run(*words: str) -> None:
        done = xconn(*words, "--lab", lab.name)
        assert done.returncode == 0, (words, done.stdout + done.stderr)

    return run


def peers(lab: Any) -> dict[str, Any]:
    """What the customer's router says of its sessions of Microsoft peering."""
    said = vtysh(lab, "ce", "show bgp ipv4 unicast summary json")["peers"]
    return {address: said[address] for address in SESSIONS}


def prefixes(lab: Any) -> list[set[str]]:
    """Received from each MSEE."""
    asked = (f"show bgp ipv4 unicast neighbors {address} received-routes json" for address in SESSIONS)
    return [set(vtysh(lab, "ce", command).get("receivedRoutes", {})) for command in asked]


def established_since(lab: Any) -> list[int]:
    asked = (vtysh(lab, "ce", f"show bgp neighbors {address} json")[address] for address in SESSIONS)
    return [peer["bgpTimerUpEstablishedEpoch"] for peer in asked]


def test_until_its_prefixes_are_validated_bgp_stays_down(lab: Any) -> None:
    assert all(peer["state"] != "Established" for peer in peers(lab).values())
    assert {bgp_state(lab, "ce", peer) for peer in ("192.168.251.2", "192.168.251.6")} == {"Established"}
    said = lab.az("network express-route peering show --circuit-name er1 -n MicrosoftPeering")
    assert said["microsoftPeeringConfig"]["advertisedPublicPrefixesState"] == "ValidationNeeded"


def test_without_a_route_filter_nothing_is_announced(lab: Any, verb: Any) -> None:
    verb("peering", "update", "er1", "microsoft", "validation=Configured")
    eventually(lambda: all(peer["state"] == "Established" for peer in peers(lab).values()), within=30)
    assert prefixes(lab) == [set(), set()]


def test_a_filter_announces_what_it_allows_and_its_end_withdraws_that(lab: Any, verb: Any) -> None:
    before = established_since(lab)
    verb("route-filter", "create", "east-us", 'rules={east-us: {access: Allow, communities: ["12076:51004"]}}')
    assert prefixes(lab) == [set(), set()], "a filter that nothing refers to lets nothing through"
    verb("peering", "update", "er1", "microsoft", "route-filter=east-us")
    eventually(lambda: prefixes(lab) == [{EAST}, {EAST}], within=10, otherwise=lambda: str(prefixes(lab)))
    lab.exec("client", "ping", "-c2", "-i0.2", "-W2", "20.60.0.1")
    verb("peering", "update", "er1", "microsoft", "route-filter=")
    eventually(lambda: prefixes(lab) == [set(), set()], within=10, otherwise=lambda: str(prefixes(lab)))
    assert lab.exec("client", "ping", "-c1", "-W1", "20.60.0.1", check=False).returncode != 0
    since = [abs(now - then) for now, then in zip(established_since(lab), before, strict=True)]
    assert max(since) <= 1, f"no session was reset for it; FRR rounds to seconds: {since}"


def test_the_201st_prefix_ends_the_sessions(lab: Any) -> None:
    """The pool is one of them. Private peering takes 4000 and is not concerned."""
    with lab.fault("advertise", "ce", count="199", network="198.18.0.0/15"):
        seen = lambda: vtysh(lab, "msee1-ms", "show bgp ipv4 unicast summary json")["peers"]["203.0.113.1"]["pfxRcd"]
        eventually(lambda: seen() == 200, within=10, otherwise=lambda: str(seen()))
        assert {peer["state"] for peer in peers(lab).values()} == {"Established"}
    with lab.fault("advertise", "ce", count="200", network="198.18.0.0/15"):
        eventually(lambda: all(peer["state"] != "Established" for peer in peers(lab).values()), within=10)
    assert {bgp_state(lab, "ce", peer) for peer in ("192.168.251.2", "192.168.251.6")} == {"Established"}
    said = [event["text"] for event in lab.events() if event["source"] == "bgp" and event["node"] in SESSIONS.values()]
    assert sum("sent Cease/Maximum Number of Prefixes Reached" in text for text in said) == 2, said
