# SPDX-License-Identifier: Apache-2.0
"""What the lab says is so, asked of programs that know nothing of Crossconnect."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from host import eventually


@pytest.fixture(scope="module")
def lab(kept_labs):
    return kept_labs("sdwan-expressroute", captures=["provider:msee1"])


def test_bgp_sessions_are_established_with_md5_and_bfd(lab):
    summary = lab.json("hq-er", "vtysh", "-N", "hq-er", "-c", "show bgp ipv4 unicast summary json")
    assert {peer["state"] for peer in summary["peers"].values()} == {"Established"}
    assert {peer["remoteAs"] for peer in summary["peers"].values()} == {12076}
    peers = lab.json("hq-er", "vtysh", "-N", "hq-er", "-c", "show bfd peers json")
    assert {peer["status"] for peer in peers} == {"up"}
    assert {peer["receive-interval"] for peer in peers} == {300}


def test_on_prem_sees_the_vnet_as_12076_only(lab):
    routes = lab.json("hq-er", "vtysh", "-N", "hq-er", "-c", "show bgp ipv4 unicast 172.16.136.0/22 json")
    assert {path["aspath"]["string"] for path in routes["paths"]} == {"12076"}


def test_tags_on_the_wire_are_stacked_and_both_0x8100(lab):
    """The capture began before the first daemon, so it has the first BGP open too."""
    pcap = lab.folder / "captures" / "provider-msee1.pcap"
    fields = [
        "tshark",
        "-r",
        str(pcap),
        "-T",
        "fields",
        "-e",
        "vlan.id",
        "-e",
        "eth.type",
        "-e",
        "vlan.etype",
        "-Y",
        "bgp || bfd",
    ]

    def read() -> list[str]:
        return subprocess.run(fields, capture_output=True, text=True).stdout.split("\n")

    eventually(lambda: len(read()) > 5, within=10)  # what was captured is written now and then
    rows = read()
    seen = {row.split("\t")[0] for row in rows if row}
    assert seen == {"29,28"}, seen
    assert {row.split("\t")[1] for row in rows if row} == {"0x8100"}
    assert first_of_bgp(pcap) in ("SYN to 179", "OPEN")


def first_of_bgp(pcap: Path) -> str:
    """What the first packet on port 179 in the file is."""
    shown = ["tcp.flags", "tcp.dstport", "bgp.type"]
    fields = [word for field in shown for word in ("-e", field)]
    read = ["tshark", "-r", str(pcap), "-T", "fields", *fields, "-Y", "tcp.port == 179"]
    flags, port, kind = subprocess.run(read, capture_output=True, text=True).stdout.split("\n")[0].split("\t")
    if int(flags, 16) & 0xFF == 0x02 and port == "179":
        return "SYN to 179"
    return "OPEN" if kind.startswith("1") else f"flags {flags}, to port {port}, BGP type {kind or 'none'}"


def test_tunnel_is_udp_encapsulated_through_the_public_load_balancer(lab):
    sas = lab.exec("hq-fgt", "swanctl", "--list-sas").stdout
    assert "ESTABLISHED" in sas and "40.114.187.146[4500]" in sas
    assert re.search(r"INSTALLED, TUNNEL, ESP-in-UDP|INSTALLED, TUNNEL", sas)


def test_subnets_have_a_table_each_and_longest_prefix_then_user_then_bgp_then_system(lab):
    rules = lab.json("hub", "ip", "-j", "rule")
    tables = {rule["table"] for rule in rules if rule.get("iif")}
    assert len([table for table in tables if int(table) < 5000]) == 7, "one for each subnet"
    for table in (table for table in tables if int(table) < 5000):  # from 5000 on: the load balancers' way out
        for route in lab.json("hub", "ip", "-j", "route", "show", "table", str(table)):
            # 11: what is left of a user's route while its next hop is dead
            assert route.get("metric") in (10, 11, 20, 30, None), route


def test_gateway_subnet_and_external_learn_on_prem_by_bgp_and_protected_does_not(lab):
    learned = {}
    for rule in lab.json("hub", "ip", "-j", "rule"):
        if rule.get("iif"):
            routes = lab.json("hub", "ip", "-j", "route", "show", "table", str(rule["table"]))
            learned[rule["iif"]] = {route["dst"] for route in routes if route.get("metric") == 20}
    assert any("172.16.248.0/24" in prefixes for nic, prefixes in learned.items() if "fgt-a" in nic)
    assert all("172.16.248.0/24" not in prefixes for nic, prefixes in learned.items() if nic.startswith("app"))


def dropped_tunnels(lab) -> int:
    rules = lab.json("hub", "nft", "-j", "list", "chain", "inet", "fabric", "forward")["nftables"]
    rule = next(one["rule"] for one in rules if "GRE" in one.get("rule", {}).get("comment", ""))
    return next(part["counter"]["packets"] for part in rule["expr"] if "counter" in part)


@pytest.mark.parametrize("protocol", [4, 47], ids=["ip-in-ip", "gre"])
def test_fabric_carries_no_tunnel_but_ipsec(lab, protocol: int):
    before = dropped_tunnels(lab)
    send = f"import socket; socket.socket(2, 3, {protocol}).sendto(bytes(20), ('172.16.248.10', 0))"
    lab.exec("app", "python3", "-c", send)
    assert dropped_tunnels(lab) == before + 1


def test_fabric_shows_no_hop_and_answers_no_ping(lab):
    assert lab.exec("app", "ping", "-c1", "-W1", "172.16.137.1", check=False).returncode != 0
    trace = lab.exec("hq-client", "traceroute", "-n", "-q1", "-w1", "-m12", "172.16.137.4").stdout
    assert "172.16.139.1\n" not in trace and "172.16.137.1 " not in trace
    assert "172.16.137.4" in trace


def test_a_firewall_behind_a_load_balancer_is_a_hop_and_the_balancer_is_none(lab):
    trace = lab.exec("hq-er", "traceroute", "-n", "-q1", "-w1", "-s", "172.16.251.254", "172.16.137.4").stdout
    hops = re.findall(r"^ *\d+ +([\d.]+)", trace, re.M)
    assert hops[2:] == ["172.16.136.5", "172.16.137.4"], trace


def test_only_the_active_firewall_answers_the_probe(lab):
    listening = {node: "8008" in lab.exec(node, "ss", "-Hltn").stdout for node in ("fgt-a", "fgt-b")}
    assert listening == {"fgt-a": True, "fgt-b": False}


def test_source_address_is_kept(lab):
    with_client = lab.exec(
        "hq-client", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://172.16.137.4/", check=False
    )
    if with_client.returncode == 127:
        pytest.fail("curl is not installed; ci/packages names it")
    assert with_client.stdout == "200"


def test_inspect_is_json_with_every_node_up(lab):
    state = json.loads(json.dumps(lab.inspect()))
    assert len(state["nodes"]) >= 20
    assert [node["name"] for node in state["nodes"] if node["state"] != "up"] == []
