# SPDX-License-Identifier: Apache-2.0
"""`xconn az` compared with what others see: ip, vtysh, ping."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from host import eventually

from crossconnect import Error, NotFoundError

CIRCUIT = "-n useasterc1cust1"
PEERING = f"{CIRCUIT} --peering-name AzurePrivatePeering"
GATEWAY = "-n erspvnetcust1gw1"


@pytest.fixture(scope="module")
def lab(kept_labs):
    return kept_labs("private-peering")


@pytest.fixture
def az(lab, xconn):
    """The command itself: `az("network", ...)` gives a CompletedProcess."""

    def run(*words: str) -> Any:
        return xconn("az", "--lab", lab.name, *words)

    return run


def bgp(lab, node: str, command: str) -> Any:
    return lab.json(node, "vtysh", "-N", node, "-c", f"show bgp ipv4 unicast {command} json")


def dotted(mac: str) -> str:
    digits = mac.replace(":", "")
    return ".".join(digits[i : i + 4] for i in (0, 4, 8))


def seconds(duration: str) -> float:
    """Of hh:mm:ss.fffffff."""
    hours, minutes, rest = re.fullmatch(r"(\d\d):(\d\d):(\d\d\.\d{7})", duration).groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


# --- ARP -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "msee", "customer", "on_prem", "microsoft"),
    [
        ("primary", "msee1", "ce1-cust1", "192.0.2.97", "192.0.2.98"),
        ("secondary", "msee2", "ce2-cust1", "192.0.2.101", "192.0.2.102"),
    ],
)
def test_arp_table_has_both_macs(lab, path, msee, customer, on_prem, microsoft):
    def mac(node: str, address: str) -> str:
        links = lab.json(node, "ip", "-j", "addr")
        return next(dotted(link["address"]) for link in links for a in link["addr_info"] if a["local"] == address)

    rows = lab.az(f"network express-route list-arp-tables {PEERING} --path {path}")["value"]
    assert [{**row, "age": 0} for row in rows] == [
        {"age": 0, "interface": "On-Prem", "ipAddress": on_prem, "macAddress": mac(customer, on_prem)},
        {"age": 0, "interface": "Microsoft", "ipAddress": microsoft, "macAddress": mac(msee, microsoft)},
    ]
    seen = lab.exec(msee, "ip", "-s", "neigh", "show", on_prem).stdout
    confirmed = int(re.search(r"used \d+/(\d+)/\d+", seen)[1])
    assert rows[0]["age"] <= confirmed // 60 <= rows[0]["age"] + 1


def test_arp_of_a_silent_neighbour_is_incomplete(lab):
    """The kernel forgets a MAC only when asked; then nobody answers."""
    device = next(n["dev"] for n in lab.json("msee2", "ip", "-j", "neigh") if n["dst"] == "192.0.2.101")
    with lab.fault("blackhole", "exchange:msee2"):

        def row() -> str:
            lab.exec("msee2", "ping", "-c1", "-W1", "192.0.2.101", check=False)
            rows = lab.az(f"network express-route list-arp-tables {PEERING} --path secondary")["value"]
            return next((row["macAddress"] for row in rows if row["interface"] == "On-Prem"), "missing")

        lab.exec("msee2", "ip", "neigh", "del", "192.0.2.101", "dev", device, check=False)
        eventually(lambda: row() == "Incomplete", within=20, otherwise=row)
    lab.wait(90)


# --- routes ----------------------------------------------------------------------------------------------------------


def test_route_table_is_bgpds(lab):
    rows = lab.az(f"network express-route list-route-tables {PEERING} --path primary")["value"]
    routes = bgp(lab, "msee1", "")["routes"]
    assert {row["network"] for row in rows} == set(routes)
    for network, paths in routes.items():
        ours = [row for row in rows if row["network"] == network]
        best = next(path for path in paths if path.get("bestpath"))
        assert ours[0]["nextHop"] == best["nexthops"][0]["ip"] + ("*" if len(paths) > 1 else "")
        assert sorted(row["path"] for row in ours) == sorted(path["path"] + " I\n" + 20 * " " for path in paths)
    assert all(row["locPrf"] == "100" and row["weight"] == 0 for row in rows)
    assert any(row["network"] == "198.51.100.0/25" and row["path"].startswith("65001 I") for row in rows)


def test_summary_is_bgpds(lab):
    rows = lab.az(f"network express-route list-route-tables-summary {PEERING} --path secondary")["value"]
    peers = bgp(lab, "msee2", "summary")["peers"]
    assert {row["neighbor"]: (row["as"], row["statePfxRcd"], row["v"]) for row in rows} == {
        address: (peer["remoteAs"], str(peer["pfxRcd"]), 4) for address, peer in peers.items()
    }


def test_statistics_are_the_kernels(lab):
    def counters(msee: str, address: str) -> tuple[int, int]:
        links = lab.json(msee, "ip", "-j", "-s", "addr")
        link = next(link for link in links for a in link["addr_info"] if a["local"] == address)
        return link["stats64"]["rx"]["bytes"], link["stats64"]["tx"]["bytes"]

    before = counters("msee1", "192.0.2.98")
    lab.exec("ce1-cust1", "ping", "-c", "5", "-i", "0.05", "-s", "1000", "192.0.2.98")
    stats = lab.az(f"network express-route get-stats {CIRCUIT}")
    after = counters("msee1", "192.0.2.98")
    assert before[0] + 5000 <= stats["primarybytesIn"] <= after[0]
    assert before[1] + 5000 <= stats["primarybytesOut"] <= after[1]
    assert set(stats) == {"primarybytesIn", "primarybytesOut", "secondarybytesIn", "secondarybytesOut"}


# --- the gateway -----------------------------------------------------------------------------------------------------


def test_bgp_peers_are_the_instances_sessions(lab):
    rows = lab.az(f"network vnet-gateway list-bgp-peer-status {GATEWAY}")["value"]
    peers = bgp(lab, "erspvnetcust1gw1-0", "summary")["peers"]
    assert {row["neighbor"] for row in rows} == set(peers) - {"10.0.4.1"}, "all but the fabric's"
    for row in rows:
        peer = peers[row["neighbor"]]
        assert (row["asn"], row["routesReceived"]) == (peer["remoteAs"], peer["pfxRcd"])
        assert row["localAddress"] == "10.0.4.12"
    for row in (row for row in rows if row["asn"] == 12076):
        duration = seconds(row["connectedDuration"])
        uptime = peers[row["neighbor"]]["peerUptimeMsec"] / 1000  # asked later, in whole seconds
        assert row["state"] == "Connected" and duration - 1.1 <= uptime <= duration + 10


def test_connected_since_the_session_came_back(lab):
    def row() -> dict[str, Any]:
        rows = lab.az(f"network vnet-gateway list-bgp-peer-status {GATEWAY}")["value"]
        return next(row for row in rows if row["neighbor"] == "10.0.4.5")

    began = time.monotonic()
    with lab.fault("admin-down", "msee2:core"):
        eventually(lambda: row()["state"] != "Connected" and "connectedDuration" not in row(), within=30)
    lab.wait(90)
    since = row()["connectedDuration"]
    assert seconds(since) < time.monotonic() - began, "not since the first time"


def test_learned_routes_are_bgpds(lab):
    rows = lab.az(f"network vnet-gateway list-learned-routes {GATEWAY}")["value"]
    routes = bgp(lab, "erspvnetcust1gw1-0", "")["routes"]
    assert rows[0] == {
        "asPath": "",
        "localAddress": "10.0.4.12",
        "network": "10.0.4.0/24",
        "origin": "Network",
        "sourcePeer": "10.0.4.12",
        "weight": 32768,
    }
    learned = {(row["network"], row["sourcePeer"], row["asPath"].replace("-", " ")) for row in rows[1:]}
    assert learned == {
        (network, path["peerId"], path["path"])
        for network, paths in routes.items()
        for path in paths
        if path["peerId"] not in ("(unspec)", "10.0.4.1")
    }
    branch = next(row for row in rows if row["network"] == "10.0.0.0/20")
    assert branch["asPath"] == "12076-65001-64807-64301" and branch["origin"] == "EBgp" and branch["weight"] == 32769


def test_advertised_routes_arrive(lab):
    rows = lab.az(f"network vnet-gateway list-advertised-routes {GATEWAY} --peer 10.0.4.4")["value"]
    received = bgp(lab, "msee1", "neighbors 10.0.4.12 routes")["routes"]
    assert {row["network"]: row["asPath"] for row in rows} == {
        network: paths[0]["path"].replace(" ", "-") for network, paths in received.items()
    }
    assert {row["nextHop"] for row in rows} == {"10.0.4.12"}
    assert lab.az(f"network vnet-gateway list-advertised-routes {GATEWAY} --peer 192.0.2.98") == {"value": []}


def test_the_other_instance_answers_for_a_frozen_one(lab):
    with lab.fault("freeze", "erspvnetcust1gw1-0:bgpd"):
        rows = lab.az(f"network vnet-gateway list-bgp-peer-status {GATEWAY}")["value"]
        assert {row["localAddress"] for row in rows} == {"10.0.4.13"}
    lab.wait(90)


# --- configuration, output, refusals -----------------------------------------------------------------------------------


def test_circuit_is_the_seeds(lab):
    circuit = lab.az(f"network express-route show {CIRCUIT}")
    peering = circuit["peerings"][0]
    assert (circuit["stag"], circuit["serviceProviderProvisioningState"]) == (29, "Provisioned")
    assert (peering["vlanId"], peering["peerASN"], peering["azureASN"]) == (28, 65001, 12076)
    assert peering["primaryPeerAddressPrefix"] == "192.0.2.96/30"
    assert lab.az(f"network express-route show --ids {circuit['id']}") == circuit
    assert lab.az("network express-route list") == [circuit]


def test_output_forms(lab, az):
    table = az("network", "vnet-gateway", "list-bgp-peer-status", *GATEWAY.split(), "-o", "table").stdout.splitlines()
    assert table[0].split() == (
        "Neighbor ASN State ConnectedDuration RoutesReceived MessagesSent MessagesReceived".split()
    )
    assert set(table[1]) == {"-", " "} and table[2].startswith("10.0.4.4 ")
    query = ["--query", "[].{name: name, asn: peerings[0].peerASN, at: serviceProviderProperties.peeringLocation}"]
    assert az("network", "express-route", "list", *query, "-o", "tsv").stdout == (
        "useasterc1cust1\t65001\tWashington DC\n"
    )
    listed = az("network", "express-route", "list", "-g", lab.name, "--query", "[0].{b: stag, a: name}").stdout
    assert json.loads(listed) == {"a": "useasterc1cust1", "b": 29}
    assert az("network", "express-route", "list", "--query", "[9]").stdout == ""
    assert az("network", "express-route", "list", "-o", "none").stdout == ""


def test_old_shape(lab):
    rows = lab.az(f"network express-route list-route-tables {PEERING} --path primary --shape 2021")
    assert isinstance(rows, list) and {row["locPrf"] for row in rows} == {""}
    assert lab.az(f"network express-route list-arp-tables {PEERING} --path primary --shape 2021")["nextLink"] is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("network express-route show -n nope", 3, "(ResourceNotFound) The Resource 'Microsoft.Network/"),
        ("network express-route list -g nope", 3, "(ResourceGroupNotFound) Resource group 'nope' could not be found."),
        ("network express-route show --peering x", 2, "unrecognized arguments: --peering x"),
        ("network express-route list --query [", 2, "argument --query: invalid jmespath_type value: '['"),
        ("network express-route list --query length(@[0].stag)", 1, "Invalid jmespath query supplied for `--query`"),
    ],
)
def test_refusals(az, words, code, said):
    done = az(*words.split(" "))
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"ERROR: {said}")


def test_refusals_in_python(lab):
    with pytest.raises(NotFoundError, match="ResourceNotFound"):
        lab.az("network vnet-gateway show -n nope")
    with pytest.raises(Error, match="unrecognized arguments"):
        lab.az("network vnet list --nope")


def test_route_table_without_sessions_is_refused(lab):
    with lab.fault("kill", "msee1:bgpd"):
        with pytest.raises(Error, match="Gateway does not have any Bgp sessions."):
            lab.az(f"network express-route list-route-tables {PEERING} --path primary")
    lab.wait(90)


def test_a_peering_that_was_shut_is_disabled(lab):
    """bgpd's own word for the session is the witness."""
    words = "network express-route peering show --circuit-name useasterc1cust1 -n AzurePrivatePeering"
    assert lab.az(words)["state"] == "Enabled"
    with lab.fault("peering-disable", "msee1"):
        eventually(lambda: bgp(lab, "msee1", "summary")["peers"]["192.0.2.97"]["state"] == "Idle (Admin)", within=10)
        assert lab.az(words)["state"] == "Disabled"
        assert lab.az(f"network express-route show {CIRCUIT}")["peerings"][0]["state"] == "Disabled"
    lab.wait(90)
    assert lab.az(words)["state"] == "Enabled"
