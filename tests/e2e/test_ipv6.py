# SPDX-License-Identifier: Apache-2.0
"""IPv6 on private peering, beside IPv4: sessions, routes and packets of both families, up to a machine in the VNet."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from host import eventually
from witness import vtysh

CLIENT, VM = "2001:db8:65::10", "2001:db8:4:80::84"
MSEES = {"msee1": "2001:db8:c0::1", "msee2": "2001:db8:c0::5"}


@pytest.fixture(scope="module")
def lab(kept_labs):
    return kept_labs(ROOT / "topologies" / "private-peering" / "dual-stack.yaml")


def v6_peers(lab, node: str) -> dict:
    return vtysh(lab, node, "show bgp ipv6 unicast summary json")["peers"]


def reaches(lab, node: str, to: str) -> bool:
    return lab.exec(node, "ping", "-6", "-n", "-q", "-c2", "-i0.1", "-W1", to, check=False).returncode == 0


def test_each_path_has_a_session_of_each_family(lab):
    for msee, customer in MSEES.items():
        v6, v4 = v6_peers(lab, msee), vtysh(lab, msee, "show bgp ipv4 unicast summary json")["peers"]
        assert {peer["state"] for peer in v6.values()} == {peer["state"] for peer in v4.values()} == {"Established"}
        assert v6[customer]["remoteAs"] == 65001 and v6[customer]["pfxRcd"] == 1
        bfd = {peer["peer"]: peer["status"] for peer in vtysh(lab, msee, "show bfd peers json")}
        assert bfd[customer] == "up"


def test_the_vnets_prefix_is_announced_and_the_customers_learned(lab):
    assert "2001:db8:4::/48" in vtysh(lab, "ce1-cust1", "show bgp ipv6 unicast json")["routes"]
    learned = lab.json("erspvnetcust1", "ip", "-6", "-j", "route", "show", "table", "main")
    assert "2001:db8:65::/64" in {route["dst"] for route in learned}


def test_packets_pass_both_ways_and_outlive_a_path(lab):
    assert reaches(lab, "client", VM) and reaches(lab, "hub-vm", CLIENT)
    with lab.fault("blackhole", "exchange:msee1"):
        eventually(lambda: v6_peers(lab, "ce1-cust1")["2001:db8:c0::2"]["state"] != "Established", within=5)
        eventually(lambda: reaches(lab, "client", VM), within=5)


def test_azure_takes_a_hundred_prefixes_from_the_customer(lab):
    neighbor = lab.exec("msee1", "vtysh", "-N", "msee1", "-c", "show bgp neighbors 2001:db8:c0::1").stdout
    assert re.search(r"Maximum prefixes allowed 99\b", neighbor), "bgpd ends a session with the prefix after the next"


def test_the_subnets_router_is_silent(lab):
    assert not reaches(lab, "hub-vm", "2001:db8:4:80::1")
