# SPDX-License-Identifier: Apache-2.0
"""Faults of Microsoft's edge and of what is announced to it, seen by bgpd on both sides."""

from __future__ import annotations

import pytest
from conftest import ROOT
from host import eventually
from witness import bgp_state, vtysh

TOPOLOGIES = ROOT / "topologies"


@pytest.fixture
def lab(kept_labs):
    return kept_labs("sdwan-expressroute")


def as_path(lab, node: str, prefix: str, peer: str) -> str:
    """Of the route to `prefix` that `peer` announced; empty without one."""
    paths = vtysh(lab, node, f"show bgp ipv4 unicast {prefix} json").get("paths", [])
    return next((path["aspath"]["string"] for path in paths if path["peer"]["peerId"] == peer), "")


def received(lab, node: str, peer: str) -> int:
    return vtysh(lab, node, "show bgp ipv4 unicast summary json")["peers"][peer]["pfxRcd"]


def test_maintenance_of_an_msee_prepends_and_keeps_the_session(lab):
    before = as_path(lab, "hq-er", "172.16.136.0/22", "192.168.251.2")
    with lab.fault("msee-maintenance", "msee1"):
        prepended = f"{'12076 ' * 8}{before}"
        eventually(lambda: as_path(lab, "hq-er", "172.16.136.0/22", "192.168.251.2") == prepended, within=10)
        assert bgp_state(lab, "hq-er", "192.168.251.2") == "Established"
    eventually(lambda: as_path(lab, "hq-er", "172.16.136.0/22", "192.168.251.2") == before, within=10)


def test_a_disabled_peering_ends_its_session_and_comes_back(lab):
    with lab.fault("peering-disable", "msee1"):
        eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") != "Established", within=10)
        assert bgp_state(lab, "hq-er", "192.168.251.6") == "Established", "the secondary path is not concerned"


def test_more_prefixes_are_announced_and_withdrawn(lab):
    before = received(lab, "msee1", "192.168.251.1")
    with lab.fault("advertise", "hq-er", count="50"):
        eventually(lambda: received(lab, "msee1", "192.168.251.1") == before + 50, within=10)
    eventually(lambda: received(lab, "msee1", "192.168.251.1") == before, within=10)


def test_maintenance_drains_the_whole_router(kept_labs):
    """Private and Microsoft peering are two VRFs of one router."""
    lab = kept_labs(TOPOLOGIES / "microsoft-peering" / "filtered.yaml")
    services = "20.60.0.0/24"
    for msee in ("203.0.113.2", "203.0.113.6"):
        eventually(lambda: as_path(lab, "ce", services, msee), within=10)
    before = as_path(lab, "ce", services, "203.0.113.2")
    with lab.fault("msee-maintenance", "msee1"):
        eventually(lambda: as_path(lab, "ce", services, "203.0.113.2") == f"{'12076 ' * 8}{before}", within=10)
        assert as_path(lab, "ce", services, "203.0.113.6") == before, "the other router is not concerned"


def test_a_vnets_communities_are_seen_on_prem(kept_labs, tmp_path):
    topology = tmp_path / "topology.yaml"
    topology.write_text(
        f"extends: {TOPOLOGIES}/private-peering/topology.yaml\n"
        "name: marked\nvnets: {erspvnetcust1: {bgp-community: '12076:20031'}}\n"
    )
    lab = kept_labs(topology)

    def communities() -> set[str]:
        paths = vtysh(lab, "ce1-cust1", "show bgp ipv4 unicast 10.0.4.0/24 json")["paths"]
        return {path.get("community", {}).get("string", "") for path in paths}

    eventually(lambda: communities() == {"12076:20031 12076:50004"}, within=10)


def test_the_1001st_prefix_of_a_vnet_ends_the_circuits_sessions_with_its_gateway(lab):
    """That many take five spokes of 200 prefixes each; here an instance is told to announce more than it has, and the other
    one passes it on. Only one: bgpd 8.4 would end a full session for a prefix that it hears of again."""
    instances = {"er-gw-0": "172.16.139.12", "er-gw-1": "172.16.139.13"}
    msees = {"msee1": "172.16.139.4", "msee2": "172.16.139.5"}
    for instance in instances:
        for msee in msees.values():
            permit = f"ip prefix-list OUT-{msee} seq 1 permit 100.64.0.0/10 le 24"
            lab.exec(instance, "vtysh", "-N", instance, "-c", "configure terminal", "-c", permit)
    full = lambda: all(received(lab, msee, peer) == 1000 for msee in msees for peer in instances.values())
    with lab.fault("advertise", "er-gw-0", count="999"):
        eventually(full, within=20)
        assert all(bgp_state(lab, msee, peer) == "Established" for msee in msees for peer in instances.values())
    with lab.fault("advertise", "er-gw-0", count="1000"):
        down = lambda: all(bgp_state(lab, msee, peer) != "Established" for msee in msees for peer in instances.values())
        eventually(down, within=20)
        assert bgp_state(lab, "hq-er", "192.168.251.2") == "Established", "the circuit itself is up, and leads nowhere"
        eventually(lambda: as_path(lab, "hq-er", "172.16.136.0/22", "192.168.251.2") == "", within=10)
