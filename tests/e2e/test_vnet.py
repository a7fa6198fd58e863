# SPDX-License-Identifier: Apache-2.0
"""VNet peering and security groups in a running fabric, asked of vtysh, ip, nft and ping."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator

import crossconnect
import pytest
from host import eventually

TRANSIT = Path(__file__).resolve().parents[2] / "topologies" / "transit-vnet"

WITH_GROUPS = """
extends: {via_nva}
name: vnet-groups
nodes:
  nva:
    interfaces:
      eth0: {{nsg: appliance}}
  spoke3-vm:
    role: host
    interfaces:
      eth0: {{subnet: spoke3/vms, address: 10.0.100.100}}
  spoke4-vm:
    role: host
    interfaces:
      eth0: {{subnet: spoke4/vms, address: 10.0.100.132}}
route-tables:
  spoke1:
    routes:
      - {{to: 10.0.100.64/27, next-hop: 10.0.4.36}}
      - {{to: 10.0.100.96/27, next-hop: 10.0.4.36}}
vnets:
  transit:
    peerings:
      to-spoke3: {{remote: spoke3, allow-forwarded-traffic: true, allow-gateway-transit: true}}
      to-spoke4: {{remote: spoke4}}
  spoke3:
    address-space: 10.0.100.96/27
    subnets: {{vms: 10.0.100.96/27}}
    peerings:
      to-transit: {{remote: transit, allow-forwarded-traffic: false, use-remote-gateways: true}}
  spoke4:
    address-space: 10.0.100.128/27
    subnets: {{vms: 10.0.100.128/27}}
    peerings:
      to-transit: {{remote: transit, allow-vnet-access: false}}
  spoke1:
    subnets:
      vms: {{prefix: 10.0.100.32/27, route-table: spoke1, nsg: web}}
nsgs:
  web:
    rules:
      probes: {{priority: 100, direction: Inbound, access: Allow, protocol: Tcp, source: AzureLoadBalancer}}
      from-cust1: {{priority: 110, direction: Inbound, access: Allow, protocol: Tcp, source: 198.51.100.0/25, destination-port: 7}}
      no-tcp: {{priority: 200, direction: Inbound, access: Deny, protocol: Tcp}}
      not-out: {{priority: 100, direction: Outbound, access: Deny, protocol: Tcp, destination: 10.0.100.64/27, destination-port: 7}}
  appliance:
    rules:
      no-ping: {{priority: 100, direction: Inbound, access: Deny, protocol: Icmp, destination: 10.0.4.36/32}}
load-balancers:
  ilb:
    kind: internal
    subnet: spoke1/vms
    frontend: 10.0.100.40
    backends: ["spoke1-vm:eth0"]
    probe: {{protocol: tcp, port: 7, interval: 1s, threshold: 2}}
    rules:
      - {{ha-ports: true, floating-ip: true}}
"""


@pytest.fixture(scope="module")
def transit(leaves_nothing_behind: None) -> Iterator[crossconnect.Lab]:
    with crossconnect.up(TRANSIT / "topology.yaml", name="vnet-transit") as lab:
        yield lab


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory, leaves_nothing_behind: None) -> Iterator[crossconnect.Lab]:
    file = tmp_path_factory.mktemp("groups") / "topology.yaml"
    file.write_text(WITH_GROUPS.format(via_nva=TRANSIT / "via-nva.yaml"))
    with crossconnect.up(file, name="vnet-groups") as lab:
        yield lab


def pings(lab: crossconnect.Lab, node: str, to: str) -> bool:
    return lab.exec(node, "ping", "-n", "-c1", "-W1", to, check=False).returncode == 0


def connects(lab: crossconnect.Lab, node: str, to: str, port: int = 7) -> bool:
    script = f"exec 3<>/dev/tcp/{to}/{port}"
    return lab.exec(node, "timeout", "2", "bash", "-c", script, check=False).returncode == 0


def test_on_prem_learns_hub_and_spokes_as_12076(transit):
    routes = transit.json("cust1-ce", "vtysh", "-N", "cust1-ce", "-c", "show bgp ipv4 unicast json")["routes"]
    learned = {prefix: paths for prefix, paths in routes.items() if paths[0].get("path")}
    assert set(learned) == {"10.0.4.0/26", "10.0.100.32/27", "10.0.100.64/27"}
    assert {path["path"] for paths in learned.values() for path in paths} == {"12076"}


def test_customers_on_one_pair_of_msees_do_not_see_each_other(transit):
    routes = transit.json("cust2-ce", "vtysh", "-N", "cust2-ce", "-c", "show bgp ipv4 unicast json")["routes"]
    assert set(routes) == {"10.0.200.0/26", "203.0.113.0/25"}
    assert pings(transit, "cust2-client", "10.0.200.36")
    assert not pings(transit, "cust2-client", "10.0.100.36")
    assert not pings(transit, "cust1-client", "10.0.200.36")


def test_a_spokes_subnets_follow_what_the_hubs_gateways_know(transit):
    """The hub's and the spoke's kernels are asked; between them stands only the route mirror."""

    def learned(node: str) -> set[str]:
        """The spoke keeps what its subnet uses in a table, the hub what it learned in main."""
        table = "main" if node == "transit" else "1001"
        protocol = "bgp" if node == "transit" else "199"
        return {
            route["dst"] for route in transit.json(node, "ip", "-j", "route", "show", "table", table, "proto", protocol)
        }

    assert learned("spoke1") == learned("transit") == {"198.51.100.0/25"}
    ce = ["vtysh", "-N", "cust1-ce", "-c", "configure", "-c", "router bgp 65001", "-c", "address-family ipv4"]
    transit.exec("cust1-ce", *ce, "-c", "no network 198.51.100.0/25")
    eventually(lambda: learned("transit") == learned("spoke1") == set(), within=20)
    transit.exec("cust1-ce", *ce, "-c", "network 198.51.100.0/25")
    eventually(lambda: learned("transit") == learned("spoke1") == {"198.51.100.0/25"}, within=20)
    assert pings(transit, "spoke1-vm", "198.51.100.10")


def test_the_filter_of_the_customers_router_keeps_too_many_routes_away(transit):
    """A circuit takes 4000; the router knows 4001 more, and its prefix list lets one pass."""
    ce = ["vtysh", "-N", "cust1-ce", "-c", "configure", "-c", "router bgp 65001", "-c", "address-family ipv4"]
    many = [f"network 10.{128 + n // 256}.{n % 256}.0/24" for n in range(4001)]
    transit.exec("cust1-ce", *ce, *(word for line in many for word in ("-c", line)))
    sent = ["vtysh", "-N", "cust1-ce", "-c", "show bgp ipv4 unicast neighbors 192.0.2.98 advertised-routes json"]
    own = transit.json("cust1-ce", "vtysh", "-N", "cust1-ce", "-c", "show bgp ipv4 unicast json")
    assert len(own["routes"]) > 4001
    assert set(transit.json("cust1-ce", *sent)["advertisedRoutes"]) == {"198.51.100.0/25"}
    transit.exec("cust1-ce", *ce, *(word for line in many for word in ("-c", f"no {line}")))
    summary = transit.json("cust1-ce", "vtysh", "-N", "cust1-ce", "-c", "show bgp ipv4 unicast summary json")
    assert {peer["state"] for peer in summary["peers"].values()} == {"Established"}


def test_a_peering_is_no_hop(transit):
    trace = transit.exec("spoke1-vm", "traceroute", "-n", "-q1", "-w1", "10.0.4.36").stdout
    assert re.findall(r"^ *(\d+) +([\d.]+)", trace, re.M) == [("1", "10.0.4.36")]


def test_a_security_rule_decides_by_source_and_port(groups):
    assert connects(groups, "cust1-client", "10.0.100.36")
    assert not connects(groups, "spoke2-vm", "10.0.100.36"), "no-tcp"
    assert pings(groups, "spoke2-vm", "10.0.100.36"), "AllowVnetInBound"
    assert pings(groups, "cust1-client", "10.0.100.36"), "what the gateway learned belongs to VirtualNetwork"
    assert not connects(groups, "spoke1-vm", "10.0.100.68"), "not-out"


def test_answers_need_no_rule(groups):
    assert connects(groups, "spoke1-vm", "198.51.100.10")


def test_a_nics_own_group_stands_beside_its_subnets(groups):
    assert not pings(groups, "spoke2-vm", "10.0.4.36")
    assert pings(groups, "spoke1-vm", "10.0.100.68"), "it is forwarded, not for the appliance itself"


def test_forwarded_traffic_needs_its_switch_and_what_gateways_pass_on_does_not(groups):
    assert not pings(groups, "spoke1-vm", "10.0.100.100"), "through the appliance, so its source is not the hub's"
    assert pings(groups, "nva", "10.0.100.100")
    assert pings(groups, "cust1-client", "10.0.100.100")


def test_a_peer_without_access_is_out_of_reach(groups):
    assert not pings(groups, "nva", "10.0.100.132")
    assert not pings(groups, "spoke4-vm", "10.0.4.36")


def rules(lab: crossconnect.Lab, chain: str) -> dict[str, dict]:
    listed = lab.json("spoke1", "nft", "-j", "-a", "list", "chain", "inet", "fabric", chain)["nftables"]
    return {item["rule"]["comment"]: item["rule"] for item in listed if "rule" in item}


def packets(lab: crossconnect.Lab, rule: str) -> int:
    return sum(part["counter"]["packets"] for part in rules(lab, "nsg-web-in")[rule]["expr"] if "counter" in part)


def test_each_rule_counts(groups):
    before = packets(groups, "no-tcp")
    assert not connects(groups, "spoke2-vm", "10.0.100.36")
    assert packets(groups, "no-tcp") > before
    allowed = packets(groups, "from-cust1")
    assert connects(groups, "cust1-client", "10.0.100.36")
    assert packets(groups, "from-cust1") == allowed + 1, "only the first packet of a session is looked at"


def test_probes_need_the_tag_azureloadbalancer(groups):
    """Last, for the lab is not the same after it: without their rule the platform's probes fall to no-tcp."""

    def is_healthy() -> bool:
        return next(fact["holds"] for fact in groups.inspect()["facts"] if fact["kind"] == "backend")

    assert is_healthy() and packets(groups, "probes") > 0
    handle = str(rules(groups, "nsg-web-in")["probes"]["handle"])
    groups.exec("spoke1", "nft", "delete", "rule", "inet", "fabric", "nsg-web-in", "handle", handle)
    eventually(lambda: not is_healthy(), within=20)
