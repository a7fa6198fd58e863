# SPDX-License-Identifier: Apache-2.0
"""A topology that breaks rules on purpose is built as it is written: FRR and the kernel have what each side says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import crossconnect
from host import eventually
from witness import bgp_state, reaches

BASE = Path(__file__).parent / "change" / "base.yaml"
WRONG_KEY_AND_TAG = f"""
extends: {BASE}
expect-broken: [V17, V18]
nodes:
  ce1-cust1:
    bgp:
      neighbors:
        - {{address: 172.20.0.1, asn: 65001, bfd: true, next-hop-self: true}}
        - {{address: 192.0.2.98, asn: 12076, password: another, bfd: true}}
  ce2-cust1:
    interfaces:
      er.28: {{vlan: 27}}
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "broken.yaml"
    file.write_text(WRONG_KEY_AND_TAG)
    return file


def test_what_is_broken_on_purpose_is_told_and_built(broken: Path, xconn: Any, leaves_nothing_behind: None) -> None:
    told = xconn("validate", str(broken))
    assert told.returncode == 0 and "valid" in told.stdout
    assert "broken on purpose: " in told.stderr and "[V17]" in told.stderr and "[V18]" in told.stderr
    found = json.loads(xconn("validate", str(broken), "--format", "json").stdout)
    assert found["valid"] and {one["code"] for one in found["broken_on_purpose"]} == {"V17", "V18"}
    with crossconnect.up(str(broken), name="broken") as lab:
        assert bgp_state(lab, "ce1-cust1", "192.0.2.98") != "Established", "another password"
        assert reaches(lab, node="ce1-cust1", to="192.0.2.98"), "and the same VLAN"
        assert not reaches(lab, node="ce2-cust1", to="192.0.2.102"), "another VLAN"
        tagged = lab.json("ce2-cust1", "ip", "-j", "-d", "link", "show", "dev", "er.28")
        assert tagged[0]["ifname"] == "er.28"
        assert bgp_state(lab, "spare", "192.0.2.146") == "Established", "the other circuit is as it should be"
        state = lab.inspect()
        reasons = [f"{node['name']}: {reason}" for node in state["nodes"] for reason in node["reasons"]]
        assert any("TCP MD5 signature" in reason for reason in reasons), reasons
        assert "ce2-cust1: 192.0.2.102 does not answer ARP on er.28" in reasons
        assert {fact["subject"] for fact in state["facts"] if not fact["holds"]} >= {"192.0.2.98", "192.0.2.102"}
        mended = broken.with_name("mended.yaml")
        mended.write_text(f"extends: {BASE}\n")
        lab.apply(str(mended))
        eventually(lambda: bgp_state(lab, "ce1-cust1", "192.0.2.98") == "Established", within=30)
        assert reaches(lab, node="ce2-cust1", to="192.0.2.102")


WRONG_AS_NUMBER = f"""
extends: {BASE}
expect-broken: [T20]
nodes:
  ce1-cust1:
    bgp:
      neighbors:
        - {{address: 172.20.0.1, asn: 65001, bfd: true, next-hop-self: true}}
        - {{address: 192.0.2.98, asn: 12075, password: cust1secret, bfd: true}}
"""


def test_a_session_that_one_side_wants_is_missed(broken: Path, xconn: Any, leaves_nothing_behind: None) -> None:
    broken.write_text(WRONG_AS_NUMBER)
    told = xconn("up", str(broken), "--name", "broken-as", timeout=120)
    try:
        assert told.returncode == 0, told.stderr
        assert "broken on purpose: " in told.stderr and "[T20]" in told.stderr
        assert "not as planned, at rest in" in told.stdout
        assert "not as planned: ce1-cust1: bgp 192.0.2.98 is " in told.stdout
        assert "not as planned: er1-msee1: bgp 192.0.2.97 is " in told.stdout
        assert "Bad Peer AS" in told.stdout, "and why"
        neighbour = crossconnect.attach("broken-as").exec(
            "ce1-cust1", "vtysh", "-N", "ce1-cust1", "-c", "show bgp neighbors 192.0.2.98"
        )
        assert "Bad Peer AS" in neighbour.stdout
    finally:
        xconn("down", "broken-as")


CLAIMS_THE_VNET = f"""
extends: {crossconnect.find_topology("er-vpn-backup")}
expect-broken: [V52]
nodes:
  hq-ce:
    bgp:
      neighbors: [{{address: 192.168.11.18, asn: 12076, bfd: true}}, {{address: 192.168.11.22, asn: 12076, bfd: true}}]
local-gateways:
  hq: {{address-space: [10.1.11.0/25, 10.17.11.0/26]}}
connections:
  hq-hub: {{bgp: false}}
"""


def test_the_vnets_own_route_wins_over_what_a_device_claims(broken: Path, leaves_nothing_behind: None) -> None:
    broken.write_text(CLAIMS_THE_VNET)
    with crossconnect.up(str(broken), name="broken-claim") as lab:
        for instance in ("vpn-gw-0", "vpn-gw-1"):
            (way,) = lab.json(instance, "ip", "-j", "route", "get", "10.17.11.4")
            assert way["dev"] == "vnet", "the subnet of the application, though the tunnel's prefix is longer"
            assert lab.json(instance, "ip", "-j", "route", "show", "10.17.11.0/26") == []
            assert lab.json(instance, "ip", "-j", "route", "show", "10.1.11.0/25")[0]["dev"] == "hq-hub"
        assert reaches(lab, node="hq-client", to="10.17.11.4")


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("[V17]", "[V18]"),
        ("[V11, V17, V18]", "V11 is expected to be broken, but holds"),
        ("[V17, V18, T19]", "T19 cannot be named: nothing could be built"),
        ("[V17, V18, V99]", "use T12"),
    ],
)
def test_what_else_is_wrong_is_an_error(broken: Path, xconn: Any, codes: str, said: str) -> None:
    broken.write_text(WRONG_KEY_AND_TAG.replace("[V17, V18]", codes))
    done = xconn("validate", str(broken))
    assert done.returncode == 2 and said in done.stderr, done.stderr
