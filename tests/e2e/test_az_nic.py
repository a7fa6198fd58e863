# SPDX-License-Identifier: Apache-2.0
"""`xconn az network nic ...` and the VNets' read-outs, compared with ip route and nft on the fabrics."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any, Callable

import pytest
from host import eventually

from crossconnect import Error

ROOT = Path(__file__).resolve().parents[2]
TOPOLOGY = f"""
extends: {ROOT}/topologies/transit-vnet/via-nva.yaml
name: transit-vnet-nsg
nodes:
  spoke2-vm:
    interfaces:
      eth0: {{subnet: spoke2/vms, address: 10.0.100.68, nsg: nic}}
vnets:
  spoke2:
    subnets:
      vms: {{prefix: 10.0.100.64/27, route-table: spoke2, nsg: web}}
nsgs:
  web:
    rules:
      no-ping: {{priority: 100, direction: Inbound, access: Deny, protocol: Icmp, source: 198.51.100.0/25}}
      http: {{priority: 200, direction: Inbound, access: Allow, protocol: Tcp, destination-port: 80}}
  nic:
    rules:
      all: {{priority: 300, direction: Inbound, access: Allow}}
"""


def verb_on(lab: Any, xconn: Any) -> Callable[..., None]:
    """`verb("vnet", "update", ...)`, which must succeed."""

    def verb(*words: str) -> None:
        done = xconn(*words, "--lab", lab.name)
        assert done.returncode == 0, done.stderr

    return verb


@pytest.fixture(scope="module")
def lab(kept_labs, tmp_path_factory):
    file = tmp_path_factory.mktemp("nsg") / "topology.yaml"
    file.write_text(TOPOLOGY)
    return kept_labs(str(file))


def effective(lab, nic: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = lab.az(f"network nic show-effective-route-table -n {nic}")["value"]
    return {(row["addressPrefix"][0], row["source"]): row for row in rows}


def test_effective_routes_are_the_fabrics(lab):
    rows = effective(lab, "spoke1-vm-eth0")
    assert rows == effective(lab, "spoke1-vm"), "a machine with one NIC goes by its own name"
    assert rows[("10.0.100.32/27", "Default")]["nextHopType"] == "VnetLocal"
    assert rows[("10.0.4.0/26", "Default")]["nextHopType"] == "VNetPeering"
    user = rows[("10.0.100.64/27", "User")]
    assert (user["nextHopType"], user["nextHopIpAddress"], user["state"]) == (
        "VirtualAppliance",
        ["10.0.4.36"],
        "Active",
    )
    learned = rows[("198.51.100.0/25", "VirtualNetworkGateway")]
    assert learned["nextHopType"] == "VirtualNetworkGateway" and learned["disableBgpRoutePropagation"] is False
    table = next(rule["table"] for rule in lab.json("spoke1", "ip", "-j", "rule") if "spoke1-vm" in rule.get("iif", ""))
    kernel = lab.json("spoke1", "ip", "-j", "route", "show", "table", str(table))
    assert {prefix for prefix, _ in rows} == {
        "0.0.0.0/0" if route["dst"] == "default" else route["dst"] for route in kernel
    }


def test_a_learned_route_goes_with_its_circuit(lab):
    assert ("203.0.113.0/25", "VirtualNetworkGateway") not in effective(lab, "spoke1-vm")
    with lab.fault("kill", "cust1-ce:bgpd"):
        lost = [("198.51.100.0/25", "VirtualNetworkGateway")]
        eventually(lambda: all(row not in effective(lab, "spoke1-vm") for row in lost), within=60)
    lab.wait(90)


def test_effective_nsg_is_in_nftables(lab):
    groups = lab.az("network nic list-effective-nsg -n spoke2-vm")["value"]
    assert [group["networkSecurityGroup"]["id"].rsplit("/", 1)[1] for group in groups] == ["web", "nic"]
    assert groups[0]["association"]["subnet"]["id"].endswith("/virtualNetworks/spoke2/subnets/vms")
    assert groups[1]["association"]["networkInterface"]["id"].endswith("/networkInterfaces/spoke2-vm-eth0")
    ruleset = lab.json("spoke2", "nft", "-j", "list", "ruleset")["nftables"]
    comments = [item["rule"].get("comment") for item in ruleset if "rule" in item]
    rules = groups[0]["effectiveSecurityRules"]
    assert all(rule["name"].split("/")[1] in comments for rule in rules)
    inbound = [rule["name"] for rule in rules if rule["direction"] == "Inbound"]
    assert inbound == [
        "securityRules/no-ping",
        "securityRules/http",
        "defaultSecurityRules/AllowVnetInBound",
        "defaultSecurityRules/AllowAzureLoadBalancerInBound",
        "defaultSecurityRules/DenyAllInBound",
    ]
    http = next(rule for rule in rules if rule["name"] == "securityRules/http")
    assert http == {
        "access": "Allow",
        "destinationAddressPrefix": "0.0.0.0/0",
        "destinationAddressPrefixes": ["0.0.0.0/0", "::/0"],
        "destinationPortRange": "80-80",
        "destinationPortRanges": ["80-80"],
        "direction": "Inbound",
        "name": "securityRules/http",
        "priority": 200,
        "protocol": "Tcp",
        "sourceAddressPrefix": "0.0.0.0/0",
        "sourceAddressPrefixes": ["0.0.0.0/0", "::/0"],
        "sourcePortRange": "0-65535",
        "sourcePortRanges": ["0-65535"],
    }
    assert lab.az("network nic list-effective-nsg -n spoke1-vm") == {"value": []}


def test_tables(lab, xconn):
    def lines(*words: str) -> list[str]:
        return xconn("az", "--lab", lab.name, "network", "nic", *words, "-o", "table").stdout.splitlines()

    routes = lines("show-effective-route-table", "-n", "spoke1-vm")
    assert routes[0].split("  ")[0] == "Source" and "Next Hop IP" in routes[0]
    groups = lines("list-effective-nsg", "-n", "spoke2-vm")
    assert groups[0].split() == "NIC Subnet NSG Rule Name Protocol Direction Access".split()
    assert groups[2].split()[:4] == ["-", "vms", "web", "securityRules/no-ping"]


def test_a_machine_that_is_down_has_none(lab):
    with lab.fault("kill-node", "spoke1-vm"):
        with pytest.raises(Error, match="NicMustBeAttachedToRunningVmToGetEffectiveRoutes"):
            lab.az("network nic show-effective-route-table -n spoke1-vm")
        with pytest.raises(Error, match="NicMustBeAttachedToRunningVmToGetEffectiveSecurityGroups"):
            lab.az("network nic list-effective-nsg -n spoke1-vm")
    lab.wait(90)


def test_vnet_peerings(lab):
    halves = lab.az("network vnet peering list --vnet-name transit")
    assert {half["name"]: (half["peeringState"], half["allowGatewayTransit"]) for half in halves} == {
        "to-spoke1": ("Connected", True),
        "to-spoke2": ("Connected", True),
    }
    assert lab.az("network vnet peering list --vnet-name spoke1")[0]["useRemoteGateways"] is True


@pytest.mark.bound(240)
def test_half_a_peering_is_disconnected(kept_labs, xconn):
    """azure-facts: Initiated -> Connected -> Disconnected. The fabrics' links are what ip shows."""
    lab = kept_labs("transit-vnet")
    verb = verb_on(lab, xconn)

    def seen(vnet: str) -> tuple[str | None, bool]:
        halves = {
            half["name"]: half["peeringState"] for half in lab.az(f"network vnet peering list --vnet-name {vnet}")
        }
        other = {"transit": "spoke1", "spoke1": "transit"}[vnet]
        links = {link["ifname"] for link in lab.json(vnet, "ip", "-j", "link")}
        return halves.get(f"to-{other}"), other in links

    assert seen("transit") == ("Connected", True)
    shown = xconn("vnet-peering", "show", "spoke1", "to-transit", "--lab", lab.name).stdout
    keys = [line.strip().replace(": ", "=") for line in shown.splitlines()[1:]]
    verb("vnet-peering", "delete", "spoke1", "to-transit")
    assert seen("transit") == ("Disconnected", False)
    verb("vnet-peering", "create", "spoke1", "to-transit", "remote=transit")
    assert (seen("transit"), seen("spoke1")) == (("Disconnected", False), ("Initiated", False))
    verb("vnet-peering", "delete", "transit", "to-spoke1")
    verb("vnet-peering", "create", "transit", "to-spoke1", "remote=spoke1", "allow-gateway-transit=true")
    assert (seen("transit"), seen("spoke1")) == (("Connected", True), ("Connected", True))
    verb("vnet-peering", "update", "spoke1", "to-transit", *keys)


@pytest.mark.bound(240)
def test_what_a_vnet_got_is_reached_once_its_peering_is_synced(kept_labs, xconn):
    """Microsoft Learn, "Update the address space for a peered virtual network". The routes are what ip shows."""
    lab = kept_labs("transit-vnet")
    verb = verb_on(lab, xconn)

    def seen() -> tuple[str, bool]:
        halves = lab.az("network vnet peering list --vnet-name transit")
        level = next(half["peeringSyncLevel"] for half in halves if half["name"] == "to-spoke1")
        routes = lab.json("transit", "ip", "-j", "route", "show", "table", "all", "10.7.0.0/24")
        return level, any(route.get("dev", "").startswith("spoke1") for route in routes)

    assert seen() == ("FullyInSync", False)
    verb("vnet", "update", "spoke1", "address-space=[10.0.100.32/27, 10.7.0.0/24]")
    assert seen() == ("RemoteNotInSync", False)
    told = xconn("az", "network", "vnet", "peering", "sync", "--vnet-name", "transit", "-n", "to-spoke1")
    assert told.returncode == 2 and "write xconn vnet-peering sync VNET NAME" in told.stderr, told.stderr
    verb("vnet-peering", "sync", "transit", "to-spoke1")
    assert seen() == ("FullyInSync", True)
    verb("vnet", "update", "spoke1", "address-space=[10.0.100.32/27]")
    verb("vnet-peering", "sync", "transit", "to-spoke1")
    assert seen() == ("FullyInSync", False)


def test_each_customer_has_its_own_table(lab):
    """Two circuits on one pair of MSEEs: neither sees what the other says."""

    def networks(circuit: str) -> set[str]:
        words = f"-n {circuit} --peering-name AzurePrivatePeering --path primary"
        return {row["network"] for row in lab.az(f"network express-route list-route-tables {words}")["value"]}

    assert "198.51.100.0/25" in networks("cust1") and "203.0.113.0/25" not in networks("cust1")
    assert "203.0.113.0/25" in networks("cust2") and "198.51.100.0/25" not in networks("cust2")


# --- service tags ------------------------------------------------------------------------------------------------------


def in_force(lab, name: str) -> dict[str, Any]:
    groups = lab.az("network nic list-effective-nsg -n spoke2-vm")["value"]
    return next(rule for rule in groups[0]["effectiveSecurityRules"] if rule["name"] == f"defaultSecurityRules/{name}")


def test_tags_are_spelled_out(lab):
    """VirtualNetwork is the VNet, its peers, what the hub's gateways learned and what user routes name."""
    within = in_force(lab, "AllowVnetInBound")
    assert set(within["expandedSourceAddressPrefix"]) == {
        "10.0.100.64/27",
        "10.0.4.0/26",
        "10.0.100.32/27",
        "168.63.129.16/32",
        "198.51.100.0/25",
    }
    assert within["expandedDestinationAddressPrefix"] == within["expandedSourceAddressPrefix"]
    probes = in_force(lab, "AllowAzureLoadBalancerInBound")
    assert probes["expandedSourceAddressPrefix"] == ["168.63.129.16/32"]
    assert "expandedDestinationAddressPrefix" not in probes
    outside = in_force(lab, "AllowInternetOutBound")["expandedDestinationAddressPrefix"]
    internet = [ipaddress.IPv4Network(prefix) for prefix in outside]
    assert not any(network.overlaps(ipaddress.IPv4Network(own)) for network in internet for own in OWN)
    both = [*internet, *(ipaddress.IPv4Network(own) for own in OWN)]
    assert list(ipaddress.collapse_addresses(both)) == [ipaddress.IPv4Network("0.0.0.0/0")]


# What is not the Internet here: private addresses, the platform's, and on-prem's public prefix.
OWN = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "168.63.129.16/32", "198.51.100.0/25"]


def packets_of(lab, chain: str) -> dict[str, int]:
    listed = lab.json("spoke2", "nft", "-j", "list", "chain", "inet", "fabric", chain)["nftables"]
    rules = [item["rule"] for item in listed if "rule" in item]
    return {rule["comment"]: part["counter"]["packets"] for rule in rules for part in rule["expr"] if "counter" in part}


def test_a_public_prefix_of_on_prems_is_not_the_internet(lab):
    """Last, for the lab is not the same after it: without the rule for VirtualNetwork no other one lets it out."""

    def ping() -> bool:
        return lab.exec("spoke2-vm", "ping", "-n", "-c1", "-W1", "198.51.100.10", check=False).returncode == 0

    chain = "nsg-web-out"
    assert ping()
    listed = lab.json("spoke2", "nft", "-j", "-a", "list", "chain", "inet", "fabric", chain)["nftables"]
    rules = [item["rule"] for item in listed if "rule" in item]
    handle = next(rule["handle"] for rule in rules if rule["comment"] == "AllowVnetOutBound")
    lab.exec("spoke2", "nft", "delete", "rule", "inet", "fabric", chain, "handle", str(handle))
    before = packets_of(lab, chain)
    assert not ping()
    after = packets_of(lab, chain)
    assert after["AllowInternetOutBound"] == before["AllowInternetOutBound"]
    assert after["DenyAllOutBound"] > before["DenyAllOutBound"]
