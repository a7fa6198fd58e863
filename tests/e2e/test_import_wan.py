# SPDX-License-Identifier: Apache-2.0
"""Virtual WANs and a Route Server become a lab: tests/data/import/az-virtual-wan."""

from __future__ import annotations

import subprocess

import pytest
from conftest import ROOT, XCONN
from host import eventually

FILES = [str(path) for path in sorted((ROOT / "tests/data/import/az-virtual-wan").iterdir())]


@pytest.fixture(scope="module")
def lab(kept_labs, tmp_path_factory):
    path = tmp_path_factory.mktemp("wan") / "topology.yaml"
    subprocess.run([XCONN, "import", *FILES, "-o", str(path)], check=True, capture_output=True)
    return kept_labs(str(path))


def pings(lab, node: str, address: str) -> bool:
    return lab.exec(node, "ping", "-c1", "-W1", address, check=False).returncode == 0


def reaches(lab, node: str, address: str) -> bool:
    return eventually(lambda: pings(lab, node, address), within=20) is None


def forwarded(lab, node: str) -> int:
    keys, values = [line.split() for line in lab.exec(node, "grep", "^Ip:", "/proc/net/snmp").stdout.splitlines()]
    return int(values[keys.index("ForwDatagrams")])


def client_of(lab, prefix: str) -> str:
    """Whose LAN this is."""
    for number in (1, 2):
        addresses = lab.json(f"onprem{number}-client", "ip", "-j", "address", "show", "eth0")
        if any(address["local"].startswith(prefix) for address in addresses[0]["addr_info"]):
            return f"onprem{number}-client"
    raise AssertionError(f"nobody is in {prefix}")


def test_vnets_that_learn_of_each_other_reach_each_other(lab):
    assert reaches(lab, "blue-vm", "10.152.0.4")
    assert pings(lab, "green-vm", "10.151.0.4")


def test_an_isolated_vnet_reaches_none_and_no_branch(lab):
    """It tells branches of itself, and its own table learns nothing."""
    assert not pings(lab, "alone-vm", "10.151.0.4")
    assert not pings(lab, "blue-vm", "10.153.0.4")


def test_a_branch_reaches_the_vnets_of_its_hub(lab):
    office = client_of(lab, "192.168.150.")
    assert reaches(lab, office, "10.151.0.4")
    assert not pings(lab, office, "10.161.0.4"), "of another WAN"


def test_routing_intent_sends_private_traffic_through_the_firewall(lab):
    plant = client_of(lab, "192.168.160.")
    for node in ("white-vm", plant):
        assert reaches(lab, node, "10.161.0.4")
        before = forwarded(lab, "guard")
        assert pings(lab, node, "10.161.0.4")
        assert forwarded(lab, "guard") >= before + 2, f"there and back, from {node}"


def test_the_vnet_s_effective_routes_are_those_of_the_hub(lab):
    routes = lab.json("red", "ip", "-j", "route", "show", "table", "all")
    assert any(row.get("dst") == "10.0.0.0/8" for row in routes)


def test_the_branch_learns_the_vnets(lab):
    device = client_of(lab, "192.168.160.").replace("client", "vpn")
    learned = lab.json(device, "vtysh", "-N", device, "-c", "show bgp ipv4 unicast json")["routes"]
    assert {"10.160.0.0/23", "10.161.0.0/24", "10.162.0.0/24"} <= learned.keys()


def test_a_route_server_s_sessions_are_up_and_it_says_its_vnet(lab):
    summary = lab.json("nva", "vtysh", "-N", "nva", "-c", "show bgp ipv4 unicast summary json")
    assert {peer: row["state"] for peer, row in summary["peers"].items()} == {
        "10.170.0.4": "Established",
        "10.170.0.5": "Established",
    }
    assert summary["as"] == 65030
    assert "10.170.0.0/22" in lab.json("nva", "vtysh", "-N", "nva", "-c", "show bgp ipv4 unicast json")["routes"]


def test_what_it_learns_is_programmed_nowhere(lab):
    configure = ["conf", "router bgp", "address-family ipv4", "network 10.99.0.0/16"]
    lab.exec("nva", "vtysh", "-N", "nva", *(word for line in configure for word in ("-c", line)))

    def is_learned() -> bool:
        known = lab.json("server-0", "vtysh", "-N", "server-0", "-c", "show bgp ipv4 unicast json")
        return "10.99.0.0/16" in known["routes"]

    eventually(is_learned, within=10)
    routes = lab.json("edge", "ip", "-j", "route", "show", "table", "all")
    assert not any(row.get("dst") == "10.99.0.0/16" for row in routes)
