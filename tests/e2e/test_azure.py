# SPDX-License-Identifier: Apache-2.0
"""What Azure does and a diagram does not show, asked of vtysh, ip, nft, conntrack and tcpdump."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import crossconnect
import pytest
from conftest import XCONN
from host import eventually
from witness import vtysh

FOLDER = Path(__file__).parent / "incidents"


def pings(lab: Any, node: str, to: str) -> bool:
    return lab.exec(node, "ping", "-n", "-c1", "-W1", to, check=False).returncode == 0


# --- two VNets on one circuit ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two(leaves_nothing_behind: None) -> Iterator[Any]:
    with crossconnect.up(FOLDER / "two-vnets.yaml", name="azure-two-vnets") as lab:
        yield lab


def told_by_msees(lab: Any, instance: str) -> dict[str, str]:
    """The AS path of each prefix that an instance takes from the first MSEE."""
    msee = instance.replace("gw-a-0", "10.20.255.4").replace("gw-b-0", "10.30.255.4")
    routes = vtysh(lab, instance, f"show bgp ipv4 unicast neighbors {msee} routes json")["routes"]
    return {prefix: paths[0]["path"] for prefix, paths in routes.items()}


def next_hops(lab: Any, nic: str, prefix: str) -> list[list[str]]:
    rows = lab.az(f"network nic show-effective-route-table -n {nic}")["value"]
    return [row["nextHopIpAddress"] for row in rows if row["addressPrefix"] == [prefix]]


def test_two_vnets_on_one_circuit_reach_each_other_over_the_msees(two: Any) -> None:
    assert told_by_msees(two, "gw-a-0") == {"10.9.0.0/24": "12076 65010", "10.30.0.0/16": "12076 12076"}
    assert told_by_msees(two, "gw-b-0") == {"10.9.0.0/24": "12076 65010", "10.20.0.0/16": "12076 12076"}
    assert pings(two, "vm-a", "10.30.1.4")
    assert two.az("network vnet-gateway show -n gw-a")["allowRemoteVnetTraffic"] is True


def test_effective_routes_lead_to_the_msees(two: Any) -> None:
    for prefix in ("10.9.0.0/24", "10.30.0.0/16"):
        assert next_hops(two, "vm-a", prefix) == [["10.20.255.4"], ["10.20.255.5"]]
    (route,) = two.json("gw-a-0", "ip", "-j", "route", "show", "10.30.0.0/16")
    assert {hop["gateway"] for hop in route["nexthops"]} == {"10.20.255.4", "10.20.255.5"}
    with two.fault("admin-down", "msee2:core"):
        eventually(lambda: next_hops(two, "vm-a", "10.9.0.0/24") == [["10.20.255.4"]], within=20)
    two.wait(60)


def test_a_gateway_without_the_switch_takes_no_other_vnets_routes(two: Any, xconn: Any) -> None:
    done = xconn("gateway", "update", "gw-b", "allow-remote-vnet-traffic=false", "--lab", two.name)
    assert done.returncode == 0, done.stderr
    eventually(lambda: told_by_msees(two, "gw-b-0") == {"10.9.0.0/24": "12076 65010"}, within=20)
    assert "10.30.0.0/16" in told_by_msees(two, "gw-a-0")
    assert not pings(two, "vm-a", "10.30.1.4")
    assert pings(two, "pc", "10.20.1.4") and pings(two, "pc", "10.30.1.4")


# --- the instances of a gateway --------------------------------------------------------------------------------------


def test_the_instances_are_each_others_peers(two: Any) -> None:
    def rows(command: str) -> list[dict[str, Any]]:
        return two.az(f"network vnet-gateway {command} -n gw-a")["value"]

    def other() -> dict[str, Any]:
        return next(row for row in rows("list-bgp-peer-status") if row["asn"] == 65515)

    said = vtysh(two, "gw-a-0", "show bgp ipv4 unicast summary json")["peers"]["10.20.255.13"]
    assert (other()["neighbor"], other()["state"]) == ("10.20.255.13", "Connected") and said["state"] == "Established"
    internal = [row for row in rows("list-learned-routes") if row["origin"] == "IBgp"]
    assert {(row["network"], row["sourcePeer"]) for row in internal} >= {("10.9.0.0/24", "10.20.255.13")}
    assert {row["nextHop"] for row in internal if row["network"] == "10.9.0.0/24"} <= {"10.20.255.4", "10.20.255.5"}
    with two.fault("kill-node", "gw-a-1"):
        eventually(lambda: other()["state"] == "Connecting", within=30)
        assert "connectedDuration" not in other()
    two.wait(60)


# --- a user route to a hub's VPN gateway -----------------------------------------------------------------------------


def test_a_spokes_user_route_leads_to_the_hubs_vpn_gateway(xconn: Any) -> None:
    with crossconnect.up(FOLDER / "spoke-to-vpn.yaml", name="azure-spoke-to-vpn") as lab:
        assert pings(lab, "vm", "10.9.0.10") and pings(lab, "pc", "10.2.0.4")
        (row,) = [
            row for row in lab.az("network nic show-effective-route-table -n vm")["value"] if row["source"] == "User"
        ]
        assert (row["nextHopType"], row["state"]) == ("VirtualNetworkGateway", "Active")
        done = xconn("route-table", "update", "app", "routes=[]", "--lab", lab.name)
        assert done.returncode == 0, done.stderr
        assert not pings(lab, "vm", "10.9.0.10"), "nothing else leads there"


# --- the Internet side of public services ----------------------------------------------------------------------------


def packets(lab: Any, node: str, interface: str) -> tuple[int, int]:
    """Received and sent."""
    stats = lab.json(node, "ip", "-j", "-s", "link", "show", "dev", interface)[0]["stats64"]
    return stats["rx"]["packets"], stats["tx"]["packets"]


def moved(lab: Any, node: str, interface: str, to: str) -> tuple[int, int]:
    """What twenty pings to a service add to an interface."""
    before = packets(lab, node, interface)
    lab.exec("client", "ping", "-n", "-q", "-c20", "-i0.02", "-W2", to)
    after = packets(lab, node, interface)
    return after[0] - before[0], after[1] - before[1]


def test_one_pool_for_both_is_answered_over_express_route_what_came_by_the_internet() -> None:
    service, address = "storage-eastus", "20.60.0.1"
    with crossconnect.up(FOLDER / "one-pool.yaml", name="azure-one-pool") as lab:
        came, answered = moved(lab, service, "internet", address)
        assert came >= 20 and answered < 5, "asked by the Internet, and not answered there"
        came, answered = moved(lab, service, "core", address)
        assert answered >= 20
        lab.exec("ce", "nft", "insert", "rule", "ip", "nat", "postrouting", "oifname", "wan", "masquerade")
        came, answered = moved(lab, service, "internet", address)
        assert came >= 20 and answered >= 20, "with an address of the Internet's, the answers come back by it"


# --- load balancers --------------------------------------------------------------------------------------------------


@contextmanager
def connected(lab: Any, node: str, to: str, port: int) -> Iterator[None]:
    """A TCP connection that has been answered and is silent since."""
    script = f"exec 3<>/dev/tcp/{to}/{port}; echo hi >&3; read -r <&3; echo answered; read -r"
    words = [XCONN, "exec", "--lab", lab.name, node, "--", "bash", "-c", script]
    client = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert client.stdout.readline() == "answered\n"
        yield
    finally:
        client.communicate("\n", timeout=10)


def test_an_idle_flow_is_remembered_for_as_long_as_the_balancer_says() -> None:
    with crossconnect.up(FOLDER / "idle.yaml", name="azure-idle") as lab:
        with connected(lab, "client", "203.0.113.10", 7):
            shown = lab.exec("elb", "conntrack", "-L", "-p", "tcp", "--state", "ESTABLISHED").stdout
        left = [int(seconds) for seconds in re.findall(r"tcp +6 (\d+) ESTABLISHED .*dport=7 ", shown)]
        assert left and all(1700 < seconds <= 1800 for seconds in left), shown
