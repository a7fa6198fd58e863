# SPDX-License-Identifier: Apache-2.0
"""A VPN gateway beside ExpressRoute, and what it takes from on-prem."""

from __future__ import annotations

from typing import Any, Iterator

import crossconnect
import pytest
from host import eventually
from witness import bgp_state, vtysh

ON_PREM, DEVICE = "10.1.11.0/25", "192.168.11.88"
INSTANCES = ("10.17.11.76", "10.17.11.77")


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None, topologies: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """On-prem tells the VPN gateway whatever it has."""
    file = tmp_path_factory.mktemp("leaky") / "leaky.yaml"
    base = topologies / "er-vpn-backup" / "topology.yaml"
    file.write_text(
        f"extends: {base}\n"
        "name: leaky\n"
        "nodes:\n"
        "  hq-ce:\n"
        "    bgp:\n"
        f"      advertise: [{ON_PREM}, 10.17.0.0/16]\n"
        "      neighbors:\n"
        "        - &er {address: 192.168.11.18, asn: 12076, bfd: true, local-preference: 200, announce: [10.1.11.0/25]}\n"
        "        - {<<: *er, address: 192.168.11.22}\n"
        f"        - &vpn {{address: 10.17.11.76, asn: 65515, source: {DEVICE}, ebgp-multihop: true}}\n"
        "        - {<<: *vpn, address: 10.17.11.77}\n"
    )
    with crossconnect.up(file, name="leaky") as lab:
        yield lab


def far_next_hops(lab: Any) -> str:
    """What on-prem's bgpd thinks of the instances' addresses, which are not on a network of its own."""
    shown = (lab.exec("hq-ce", "vtysh", "-N", "hq-ce", "-c", f"show bgp nexthop {address}") for address in INSTANCES)
    return "".join(one.stdout for one in shown)


CONNECT = "import socket, sys; socket.create_connection((sys.argv[2], 179), 5, (sys.argv[1], 0)).recv(19)"


def test_a_second_connection_of_a_far_neighbour_leaves_its_next_hop_valid(lab: Any) -> None:
    """As when both sides connect at once, which a busy host makes likely."""
    eventually(lambda: far_next_hops(lab).count(" valid") == 2, within=20, otherwise=lambda: far_next_hops(lab))
    for index, address in enumerate(INSTANCES):
        lab.exec(f"vpn-gw-{index}", "/usr/bin/python3", "-c", CONNECT, address, DEVICE)  # until bgpd's OPEN
    assert far_next_hops(lab).count(" valid") == 2 and "Must be" not in far_next_hops(lab), far_next_hops(lab)
    assert all(bgp_state(lab, "hq-ce", address) == "Established" for address in INSTANCES)


def unicast(lab: Any, line: str) -> None:
    """By hand: a file whose on-prem announces a prefix of a VNet is refused."""
    lines = ("configure terminal", "router bgp 65020", "address-family ipv4 unicast", line)
    lab.exec("hq-ce", "vtysh", "-N", "hq-ce", *(word for each in lines for word in ("-c", each)))


def learned(lab: Any) -> list[dict[str, Any]]:
    return lab.az("network vnet-gateway list-learned-routes -n vpn-gw")["value"]


def of_on_prem(lab: Any) -> set[tuple[str, str, int]]:
    """(AS path, from whom, weight) of each way to on-prem that the first instance knows."""
    rows = (row for row in learned(lab) if row["network"] == ON_PREM and row["localAddress"] == "10.17.11.76")
    return {(row["asPath"], row["sourcePeer"], row["weight"]) for row in rows}


OVER_VPN = ("65020", DEVICE, 32768)
OVER_ER = {("12076-65020", instance, 32769) for instance in ("10.17.11.72", "10.17.11.73")}


def test_the_vpn_gateway_knows_on_prem_twice_and_once_when_the_peering_is_disabled(lab: Any) -> None:
    """As Microsoft prints it in "Using S2S VPN as a backup for ExpressRoute private peering"."""
    eventually(lambda: of_on_prem(lab) == {OVER_VPN} | OVER_ER, within=20, otherwise=lambda: str(of_on_prem(lab)))
    with lab.fault("peering-disable", "msee1"), lab.fault("peering-disable", "msee2"):
        eventually(lambda: of_on_prem(lab) == {OVER_VPN}, within=10, otherwise=lambda: str(of_on_prem(lab)))
        er = lab.az("network vnet-gateway list-learned-routes -n er-gw")["value"]
        assert not [row for row in er if row["network"] == ON_PREM and row["asPath"].startswith("12076")]
    lab.wait(60)
    eventually(lambda: of_on_prem(lab) == {OVER_VPN} | OVER_ER, within=20, otherwise=lambda: str(of_on_prem(lab)))


def test_a_prefix_of_the_vnet_is_not_taken_from_on_prem_and_a_wider_one_is(lab: Any) -> None:
    """Both are told; the one that is taken says that the other has arrived too."""

    def taken() -> set[str]:
        return set(vtysh(lab, "vpn-gw-0", f"show bgp ipv4 unicast neighbors {DEVICE} routes json")["routes"])

    told = ("10.17.11.0/25", "10.18.0.0/24")
    for prefix in told:
        unicast(lab, f"network {prefix}")
    eventually(lambda: "10.18.0.0/24" in taken(), within=10, otherwise=lambda: str(taken()))
    assert taken() == {ON_PREM, "10.17.0.0/16", "10.18.0.0/24"}
    for prefix in told:
        unicast(lab, f"no network {prefix}")


@pytest.mark.bound(180)
def test_the_4001st_prefix_ends_the_session(lab: Any) -> None:
    """Two of the device's own are taken."""
    with lab.fault("advertise", "hq-ce", count="3999"):
        instances = ("vpn-gw-0", "vpn-gw-1")
        down = lambda: all(bgp_state(lab, one, DEVICE) != "Established" for one in instances)
        eventually(down, within=20)
    said = [event["text"] for event in lab.events() if event["source"] == "bgp" and event["node"] in instances]
    assert sum("sent Cease/Maximum Number of Prefixes Reached" in text for text in said) == 2, said
    assert bgp_state(lab, "hq-ce", "192.168.11.18") == "Established", "ExpressRoute was told of its one prefix only"


def test_a_connection_is_as_charon_has_it(lab: Any) -> None:
    """Status and bytes, as the instance's own swanctl counts them; without their charons it is not connected. Last, for
    the device calls again only when its own DPD has given up."""

    def connection() -> dict[str, Any]:
        shown = lab.az("network vpn-connection show -n hq-hub")
        listed = {one["name"]: one.get("connectionStatus") for one in lab.az("network vpn-connection list")}
        assert listed["hq-hub"] == shown["connectionStatus"] and "er1-hub" in listed
        return shown

    lab.exec("hq-client", "ping", "-q", "-c3", "-i0.2", "10.17.11.4", check=False)
    connected = connection()
    assert connected["connectionStatus"] == "Connected"
    assert connected["ingressBytesTransferred"] > 0 and connected["egressBytesTransferred"] > 0, "BGP at least"
    uri = f"unix://{lab.folder}/nodes/vpn-gw-0/charon.vici"
    assert "INSTALLED" in lab.exec("vpn-gw-0", "swanctl", "--list-sas", "--uri", uri).stdout
    with lab.fault("kill", "vpn-gw-0:charon"), lab.fault("kill", "vpn-gw-1:charon"):
        eventually(lambda: connection()["connectionStatus"] != "Connected", within=20)
