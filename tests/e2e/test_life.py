# SPDX-License-Identifier: Apache-2.0
"""The life of a circuit (Microsoft Learn, "ExpressRoute workflows"): ordered, provisioned, peered, linked, upgraded, and
given back. Each step out of order is refused with a reason, and changes nothing."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterator

import pytest

import crossconnect
from host import eventually
from witness import vtysh

LIFE, PRIVATE = (str(Path(__file__).parent / "change" / name) for name in ("life.yaml", "private.yaml"))
PEERING = "vlan=70 peer-asn=64970 primary=192.0.2.160/30 secondary=192.0.2.164/30 md5=abc123 bfd=false".split()
NEIGHBOURS = ", ".join(f"{{address: 192.0.2.{last}, asn: 12076, password: abc123}}" for last in (162, 166))
ROUTER = [
    "interfaces.a={address: 192.0.2.161/30, parent: pri, vlan: 70}",
    "interfaces.b={address: 192.0.2.165/30, parent: sec, vlan: 70}",
    f"bgp={{asn: 64970, advertise: [10.203.0.0/24], neighbors: [{NEIGHBOURS}]}}",
]


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None) -> Iterator[Any]:
    with crossconnect.up(LIFE, name="life") as lab:
        yield lab


@pytest.fixture
def verb(xconn: Any, lab: Any) -> Any:
    def run(*words: str, refused: str = "") -> str:
        plan = (lab.folder / "plan.json").read_text()
        done = xconn(*words, "--lab", "life")
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == bool(refused), (words, said)
        assert refused in said, (words, said)
        if refused:
            assert (lab.folder / "plan.json").read_text() == plan, "what is refused changes nothing"
        return said

    return run


def test_the_whole_life_of_a_circuit(verb: Any, lab: Any) -> None:
    verb(
        *"circuit create shop bandwidth=50Mbps sku=Standard provider=exchange s-tag=77".split(),
        "peering-location=Washington DC",
        "customer={primary: shop:pri, secondary: shop:sec}",
    )
    shown = verb("circuit", "show", "shop")
    assert "provider-state: NotProvisioned" in shown
    key = re.search(r"service-key: (\S+)", shown)
    assert key, shown
    verb("peering", "create", "shop", "private", *PEERING, refused="[V8]")
    # the same steps in other words
    verb("circuit", "update", "shop", "peerings.private={" + ", ".join(map(yaml_word, PEERING)) + "}", refused="[V8]")
    verb("circuit", "update", "shop", "provider-state=Provisioned", refused="[V8]")
    verb("connection", "update", "useasterc1cust1-cxn", "circuit=shop", refused="[V8]")
    verb("provider", "provision", "--service-key", "00000000-0000-0000-0000-000000000000", refused="no circuit")
    verb("provider", "provision", "--service-key", key[1])
    verb("connection", "create", "shop-cxn", "gateway=erspvnetcust1gw1", "circuit=shop", refused="[V8]")
    verb("node", "update", "shop", *ROUTER)
    verb("peering", "create", "shop", "private", *PEERING)
    assert "abc123" not in verb("peering", "show", "shop", "private")
    verb("authorization", "create", "shop", "partner")
    verb("connection", "create", "shop-cxn", "gateway=erspvnetcust1gw1", "circuit=shop", "authorization=partner")
    lab.exec("shop-pc", "ping", "-c2", "-i0.2", "-W2", "10.0.4.132")

    upgrade_loses_nothing(verb, lab)

    verb("circuit", "update", "shop", "bandwidth=50Mbps", refused="InternalError")
    verb("circuit", "delete", "shop", refused="not in Deprovisioned state")
    verb("provider", "deprovision", "--service-key", key[1], refused="[V10]")
    verb("peering", "delete", "shop", "private", refused="[V10]")
    verb("circuit", "update", "shop", "peerings.private=", refused="[V10]")
    verb("gateway", "delete", "erspvnetcust1gw1", refused="[V36]")
    verb("vnet", "delete", "erspvnetcust1", refused="InUseSubnetCannotBeDeleted")

    verb("authorization", "delete", "shop", "partner")
    assert "shop-cxn" not in verb("connection", "list"), "a revoked authorization takes its connection along"
    assert lab.exec("shop-pc", "ping", "-c1", "-W1", "10.0.4.132", check=False).returncode != 0
    verb("circuit", "delete", "shop", refused="not in Deprovisioned state")
    verb("peering", "delete", "shop", "private")
    verb("node", "update", "shop", "bgp=", "interfaces.a=", "interfaces.b=")
    verb("circuit", "deprovision", "shop")
    verb("circuit", "delete", "shop")
    assert verb("circuit", "list").split() == ["er1", "er2", "old"]
    assert not any(node["name"].startswith("shop-msee") for node in lab.inspect()["nodes"])


def yaml_word(word: str) -> str:
    return word.replace("=", ": ")


def routes_of(lab: Any, node: str) -> set[str]:
    return set(vtysh(lab, node, "show bgp ipv4 unicast json")["routes"])


def test_a_deployment_is_taken_apart_in_one_order(verb: Any, lab: Any) -> None:
    """Azure's order: VNet peering, connection, gateway, circuit at the provider, circuit,
    VNet."""
    assert {"10.60.0.0/24", "10.61.0.0/24"} <= routes_of(lab, "old-ce")
    verb("vnet-peering", "update", "old-hub", "to-spoke", "allow-gateway-transit=false", refused="[V32]")
    verb("vnet", "delete", "old-spoke", refused="[V36]")
    verb("gateway", "delete", "old-gw", refused="use-remote-gateways")
    verb("vnet-peering", "update", "old-spoke", "to-hub", "use-remote-gateways=false")
    eventually(lambda: "10.61.0.0/24" not in routes_of(lab, "old-ce"), 10)
    verb("vnet-peering", "delete", "old-spoke", "to-hub")
    verb("vnet-peering", "delete", "old-hub", "to-spoke")

    verb("gateway", "delete", "old-gw", refused="xconn connection delete old-cxn [V36]")
    verb("circuit", "deprovision", "old", refused="[V10]")
    verb("circuit", "delete", "old", refused="[V10]")
    verb("connection", "delete", "old-cxn")
    verb("vnet", "delete", "old-hub", refused="InUseSubnetCannotBeDeleted")
    verb("gateway", "delete", "old-gw")
    verb("circuit", "delete", "old", refused="not in Deprovisioned state")
    verb("circuit", "deprovision", "old")
    verb("peering", "delete", "old", "private")
    verb("node", "update", "old-ce", "bgp=", "interfaces.a=", "interfaces.b=")
    verb("circuit", "delete", "old")
    verb("vnet", "delete", "old-hub")
    verb("vnet", "delete", "old-spoke")
    assert "old" not in verb("circuit", "list").split()


@pytest.mark.bound(300)
def test_premium_with_too_many_routes_becomes_standard_and_bgp_drops(verb: Any, lab: Any) -> None:
    """ "If more than 4000 routes are advertised, BGP drops until the count is under 4000"."""
    msee, peer = "er2-msee1", "192.0.2.145"
    verb("circuit", "update", "er2", "sku=Premium")
    with ThreadPoolExecutor() as pool:
        with lab.fault("advertise", "spare", count="4001"):
            eventually(lambda: bgp_peer(lab, msee, peer)["pfxRcd"] > 4000, within=30)
            change = pool.submit(verb, "circuit", "update", "er2", "sku=Standard")
            eventually(lambda: bgp_peer(lab, msee, peer)["state"] != "Established", within=30)
        change.result(timeout=120)
    eventually(lambda: bgp_peer(lab, msee, peer)["state"] == "Established", within=90)  # MSEEs ask again each minute


def bgp_peer(lab: Any, node: str, peer: str) -> dict[str, Any]:
    return vtysh(lab, node, "show bgp ipv4 unicast summary json")["peers"][peer]


def upgrade_loses_nothing(verb: Any, lab: Any) -> None:
    with nothing_lost(lab, LIFE, {"from": "shop-pc", "to": "hub-vm", "every": "5ms"}, "8s"):
        assert "rate 50 Mbit/s -> rate 100 Mbit/s" in verb("circuit", "update", "shop", "bandwidth=100Mbps")


@contextlib.contextmanager
def nothing_lost(lab: Any, topology: str, flow: dict[str, str], duration: str) -> Iterator[None]:
    drill = {
        "name": "beside",
        "topology": topology,
        "duration": duration,
        "flows": {"through": flow},
        "expect": [{"lost": {"flow": "through", "at-most": 0}}],
    }
    report: dict[str, Any] = {}
    running = threading.Thread(target=lambda: report.update(of=lab._core.drill(json.dumps(drill), "beside")))
    running.start()
    yield
    assert running.is_alive(), "the flow is to outlast what is done beside it"
    running.join()
    seen = report["of"]["flows"][0]
    assert seen["forward"]["received"] > 500 and not seen["forward"]["lost"] and not seen["reverse"]["lost"], seen


def pids(lab: Any) -> dict[tuple[str, str], list[int]]:
    return {(node["name"], s["name"]): s["pids"] for node in lab.inspect()["nodes"] for s in node["services"]}


@pytest.mark.bound(240)
def test_microsoft_peering_comes_and_goes_beside_private_peering(xconn: Any, leaves_nothing_behind: None) -> None:
    public = "vlan=300 peer-asn=64000 prefix=203.0.113.0/29 advertised-prefixes=[203.0.113.64/28]".split()
    public += ["routing-registry=RIPENCC", "route-filter=east-us"]

    def peering(*words: str) -> str:
        done = xconn("peering", *words, "--lab", "beside")
        assert done.returncode == 0, done
        return done.stdout

    with crossconnect.up(PRIVATE, name="beside") as lab:
        before = pids(lab)
        with nothing_lost(lab, PRIVATE, {"from": "client", "to": "vm", "every": "5ms"}, "20s"):
            told = peering("create", "er1", "microsoft", *public)
            assert "+ node msee1-ms" in told and not re.search(r"^\s*- ", told, re.MULTILINE), told
            lab.exec("client", "ping", "-c2", "-i0.2", "-W2", "20.60.0.1")
            during = pids(lab)
            assert {key: during[key] for key in before} == before
        the_holder_of_the_trunk_feels_its_carrier(lab)
        peering("update", "er1", "microsoft", "route-filter=")
        with nothing_lost(lab, PRIVATE, {"from": "client", "to": "vm", "every": "5ms"}, "12s"):
            peering("delete", "er1", "microsoft")
        assert pids(lab) == before


def the_holder_of_the_trunk_feels_its_carrier(lab: Any) -> None:
    """BFD would need 900 ms."""
    drill = {
        "name": "carrier",
        "topology": PRIVATE,
        "duration": "4s",
        "flows": {"through": {"from": "client", "to": "vm"}},
        "timeline": [{"at": "1s", "fault": "carrier", "on": "exchange:msee1"}],
        "expect": [{"event": {"source": "bgp", "node": "msee1", "contains": "192.168.251.1 down", "within": "500ms"}}],
    }
    report = lab._core.drill(json.dumps(drill), "carrier")
    assert report["verdict"] != "fail", report
    lab.wait()
