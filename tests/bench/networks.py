# SPDX-License-Identifier: Apache-2.0
"""Generated networks: of any size without any daemon, or large in one way that daemons feel."""

from __future__ import annotations

import ipaddress
from typing import Any

FIRST = ipaddress.ip_address("10.0.0.0")


def chain(count: int) -> dict[str, Any]:
    """n0 - n1 - ... ; each link is a /31, as bench_wires has it."""

    def interfaces(i: int) -> dict[str, str]:
        left = {"left": f"{FIRST + 2 * i - 1}/31"} if i > 0 else {}
        right = {"right": f"{FIRST + 2 * i}/31"} if i + 1 < count else {}
        return {**left, **right}

    nodes = {f"n{i}": {"role": "internet", "interfaces": interfaces(i)} for i in range(count)}
    return {"name": "chain", "nodes": nodes, "links": [[f"n{i}:right", f"n{i + 1}:left"] for i in range(count - 1)]}


def star(count: int) -> dict[str, Any]:
    """n0 is the hub of all others."""
    hub = {f"to{i}": f"{FIRST + 2 * i}/31" for i in range(1, count)}
    spokes = {f"n{i}": {"role": "internet", "interfaces": {"hub": f"{FIRST + 2 * i + 1}/31"}} for i in range(1, count)}
    nodes = {"n0": {"role": "internet", "interfaces": hub}, **spokes}
    return {"name": "star", "nodes": nodes, "links": [[f"n0:to{i}", f"n{i}:hub"] for i in range(1, count)]}


def routes(count: int) -> dict[str, Any]:
    """A Premium circuit whose customer announces `count` prefixes on both paths; its gateway takes 9,500."""
    neighbor = {"asn": 12076, "bfd": True}
    customer = {
        "role": "router",
        "interfaces": {
            "pri.100": {"parent": "pri", "vlan": 100, "address": "192.168.11.17/30"},
            "sec.100": {"parent": "sec", "vlan": 100, "address": "192.168.11.21/30"},
        },
        "bgp": {
            "asn": 65020,
            "advertise": [f"100.{64 + i // 256}.{i % 256}.0/24" for i in range(count)],
            "neighbors": [{"address": "192.168.11.18", **neighbor}, {"address": "192.168.11.22", **neighbor}],
        },
    }
    private = {"vlan": 100, "peer-asn": 65020, "primary": "192.168.11.16/30", "secondary": "192.168.11.20/30"}
    circuit = {
        "provider": "provider",
        "peering-location": "Washington DC",
        "bandwidth": "1Gbps",
        "sku": "Premium",
        "s-tag": 30,
        "customer": {"primary": "customer:pri", "secondary": "customer:sec"},
        "peerings": {"private": {**private, "bfd": True}},
    }
    subnets = {"app": {"prefix": "10.17.0.0/24"}, "GatewaySubnet": {"prefix": "10.17.1.0/27"}}
    gateway = {"type": "ExpressRoute", "vnet": "hub", "sku": "ErGw3AZ", "instances": ["10.17.1.12", "10.17.1.13"]}
    return {
        "name": "routes",
        "nodes": {
            "customer": customer,
            "app": {"role": "host", "interfaces": {"eth0": {"subnet": "hub/app", "address": "10.17.0.4"}}},
        },
        "providers": {"provider": {"model": "l2-exchange"}},
        "circuits": {"er1": circuit},
        "vnets": {"hub": {"region": "eastus", "address-space": ["10.17.0.0/16"], "subnets": subnets}},
        "gateways": {"er-gw": gateway},
        "connections": {"er1-hub": {"gateway": "er-gw", "circuit": "er1"}},
    }


def tunnels(count: int) -> dict[str, Any]:
    """A hub with an IPsec tunnel to each of `count` branches, all over one network of the Internet."""
    psk = {"psk": "crossconnectlabonly", "mtu": 1400}
    nodes: dict[str, Any] = {
        "net": {"role": "switch"},
        "hub": {
            "role": "edge",
            "interfaces": {"wan": {"address": "198.18.255.254/16"}},
            "tunnels": {f"b{i}": {**_tunnel(i, "hub"), **psk} for i in range(1, count + 1)},
        },
    }
    for i in range(1, count + 1):
        nodes[f"branch{i}"] = {
            "role": "edge",
            "interfaces": {"wan": {"address": f"{_branch(i)}/16"}},
            "tunnels": {"hub": {**_tunnel(i, "branch"), **psk, "initiate": True}},
        }
    links = [[f"{name}:wan", f"net:{name}"] for name in nodes if name != "net"]
    return {"name": "tunnels", "nodes": nodes, "links": links}


def _branch(i: int) -> str:
    return f"198.18.{i // 250}.{i % 250 + 1}"


def _tunnel(i: int, side: str) -> dict[str, str]:
    ends = {"local": "198.18.255.254", "remote": _branch(i)}
    inner = {"address": f"169.254.{100 + i // 120}.{i % 120 * 2}/31"}
    if side == "branch":
        ends = {"local": ends["remote"], "remote": ends["local"]}
        inner = {"address": f"169.254.{100 + i // 120}.{i % 120 * 2 + 1}/31"}
    return {**ends, **inner}
