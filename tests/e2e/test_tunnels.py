# SPDX-License-Identifier: Apache-2.0
"""IPsec beyond one tunnel, seen by programs that know nothing of Crossconnect: swanctl, ip, vtysh."""

from __future__ import annotations

import re

import crossconnect
import pytest
from host import eventually

NETWORK = "10.0.1.0/24"
PRIMARY, BACKUP = "10.17.1.4", "10.17.1.5"


@pytest.fixture(scope="module")
def pair(leaves_nothing_behind):
    with crossconnect.up(crossconnect.find_topology("aviatrix-encryption"), name="tunnels") as lab:
        yield lab


def tables(lab) -> dict[int, str]:
    """Table -> next hop of the route to on-prem, of those that have one."""
    listed = lab.exec("hub", "ip", "route", "show", "table", "all", NETWORK).stdout
    return {int(table): hop for hop, table in re.findall(r"via (\S+) dev \S+ table (\d+)", listed)}


def test_each_tunnel_has_a_namespace_with_its_own_charon(pair):
    for tunnel in ("primary", "backup"):
        node = f"hq-edge-{tunnel}"
        uri = f"unix://{pair.folder}/nodes/{node}/charon.vici"
        sas = pair.exec(node, "swanctl", "--list-sas", "--uri", uri).stdout
        assert re.search(rf"{tunnel}: #\d+, ESTABLISHED", sas), sas
        assert len(re.findall("INSTALLED", sas)) == 1, sas


def test_the_node_routes_by_the_ends_that_play_the_tunnels(pair):
    for tunnel, peer in (("primary", "169.254.100.2"), ("backup", "169.254.100.6")):
        route = pair.json("hq-edge", "ip", "-j", "route", "get", peer)[0]
        assert route["dev"] == tunnel
        pair.exec("hq-edge", "ping", "-c1", "-W2", peer)


def test_only_the_named_route_tables_lead_to_the_gateways(pair):
    assert tables(pair) == {1002: PRIMARY, 1003: PRIMARY}  # subnet2 and subnet3, not subnet1 nor GatewaySubnet


def test_on_prem_sees_the_users_subnets_through_the_tunnels_and_not_over_expressroute(pair):
    told = pair.json("msee1", "vtysh", "-N", "msee1", "-c", "show bgp ipv4 unicast json")["routes"]
    assert {"10.17.1.0/24", "10.17.2.0/23"} <= set(told), "Azure announces the whole VNet"
    routes = pair.json("hq-edge", "ip", "-j", "route", "show", "root", "10.17.0.0/16")
    learned = {route["dst"] for route in routes if route.get("protocol") == "bgp"}
    assert learned == {"10.17.1.0/24"}, "where the tunnels end, and nothing of the users'"
    for address in ("10.17.2.4", "10.17.3.4"):
        assert pair.json("hq-edge", "ip", "-j", "route", "get", address)[0]["dev"] in ("primary", "backup")


def test_the_configuration_of_the_edge_is_rendered_and_secret(pair):
    file = pair.folder / "nodes" / "enc-controller" / "edge-configuration.txt"
    text = file.read_text()
    assert all(word in text for word in (PRIMARY, BACKUP, "10.17.3.0/24", "crossconnect-lab-only"))
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_configuration_of_the_edge_is_there_to_download(pair, xconn):
    rendered = (pair.folder / "nodes" / "enc-controller" / "edge-configuration.txt").read_text()
    download = ("encryption-gateway", "download-config", "--lab", pair.name)
    assert xconn(*download, "enc").stdout == rendered
    unknown = xconn(*download, "other")
    assert (unknown.returncode, unknown.stdout) == (2, "") and "encryption-gateways.other" in unknown.stderr
    shown = xconn("encryption-gateway", "show", "enc", "--lab", pair.name).stdout
    assert PRIMARY in shown and "crossconnect-lab-only" not in shown


def test_the_controller_follows_the_gateway_that_lives(pair):
    with pair.fault("kill-node", "enc-primary"):
        eventually(lambda: tables(pair) == {1002: BACKUP, 1003: BACKUP}, within=30, otherwise=lambda: str(tables(pair)))
    eventually(lambda: tables(pair) == {1002: PRIMARY, 1003: PRIMARY}, within=30, otherwise=lambda: str(tables(pair)))


@pytest.mark.bound(180)
def test_without_the_controller_nobody_rewrites_the_routes(pair):
    pair.wait(60)
    with pair.fault("kill", "enc-controller:controller"):
        with pair.fault("kill-node", "enc-primary"):
            silent = pair.exec("hq-client", "ping", "-q", "-i0.2", "-w10", "10.17.2.4", check=False).stdout
            assert " 0 received" in silent, silent
            assert tables(pair) == {1002: PRIMARY, 1003: PRIMARY}


@pytest.mark.bound(180)
def test_an_initiator_survives_a_restart_of_its_peer(pair):
    pair.wait(60)
    with pair.fault("kill", "enc-primary:charon"):
        pass
    ping = ["ping", "-c1", "-W1", "169.254.100.2"]
    eventually(lambda: pair.exec("hq-edge", *ping, check=False).returncode == 0, within=60)
