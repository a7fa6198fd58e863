# SPDX-License-Identifier: Apache-2.0
"""Faults as values, to parametrise tests over."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import ip_interface
from itertools import chain
from typing import Any, Callable, Iterator

from . import _core


@dataclass(frozen=True)
class Fault:
    """What `lab.fault()` and `lab.inject()` take: a kind of `xconn fault kinds`, where, and its parameters."""

    kind: str
    target: str
    parameters: tuple[tuple[str, str], ...] = ()

    def step(self, at: str, **more: str) -> dict[str, str]:
        """It on a drill's timeline: `fault.step("1s")`, and with `**{"for": "5s"}` for a while."""
        return {"at": at, "fault": self.kind, "on": self.target, **dict(self.parameters), **more}

    def __str__(self) -> str:
        return " ".join([self.kind, self.target, *(f"{name}={value}" for name, value in self.parameters)])


def faults(topology: str | os.PathLike[str], *kinds: str, at: str = "", **parameters: str) -> list[Fault]:
    """Every fault of these kinds that the topology has a place for: link ends, daemons, routers. `at` leaves those of one
    node (or one NODE:INTERFACE); parameters are those of the kinds, such as loss="30%".

    @pytest.mark.parametrize("fault", crossconnect.faults("chain", "blackhole", "carrier", at="r2"), ids=str)

    Raises TopologyError; NotFoundError for a kind that there is not, one without a parameter that it needs, or no place.
    """
    from .lab import find_topology

    plan = _core.plan(find_topology(topology))
    words = tuple(sorted(parameters.items()))
    found = [
        Fault(kind, target, words)
        for kind in kinds
        for target in _targets(plan, _kind(kind, parameters), parameters, at)
    ]
    if not found:
        raise _core.NotFoundError(
            f"topology {plan['lab']} has no place for {', '.join(kinds) or 'no kind'}{at and ' at ' + at}"
        )
    return found


def _kind(name: str, parameters: dict[str, str]) -> dict[str, Any]:
    table = {kind["name"]: kind for kind in _core.fault_kinds()}
    if name not in table:
        raise _core.NotFoundError(f"there is no fault '{name}'; there are {', '.join(table)}")
    missing = [word for word in table[name]["needs"] if word not in parameters]
    if missing:
        raise _core.NotFoundError(f"a {name} fault needs {', '.join(missing)}: faults(..., {missing[0]}=...)")
    return table[name]


def _ends(plan: dict[str, Any]) -> Iterator[str]:
    for link in plan["links"]:
        for side in ("a", "b"):
            yield f"{link[side]['node']}:{link[side]['interface']}"


def _daemons(plan: dict[str, Any]) -> Iterator[str]:
    for node in plan["nodes"]:
        for service in node.get("services", []):
            yield f"{node['name']}:{service['name']}"


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    return (node["name"] for node in plan["nodes"])


def _running(plan: dict[str, Any], daemon: str) -> Iterator[str]:
    return (node["name"] for node in plan["nodes"] if any(one["name"] == daemon for one in node.get("services", [])))


def _speakers(plan: dict[str, Any]) -> Iterator[str]:
    return _running(plan, "bgpd")


def _bfd_speakers(plan: dict[str, Any]) -> Iterator[str]:
    return _running(plan, "bfdd")


def _balancers(plan: dict[str, Any]) -> Iterator[str]:
    return _running(plan, "lb")


def _msees(plan: dict[str, Any]) -> Iterator[str]:
    return (node["name"] for node in plan["nodes"] if node["role"] == "msee")


def _members(plan: dict[str, Any]) -> Iterator[str]:
    for fact in plan["facts"]:
        if fact["kind"] == "sdwan-member":
            yield f"{fact['node']}:{fact['subject']}"


def _interfaces(plan: dict[str, Any], kind: str) -> Iterator[str]:
    for node in plan["nodes"]:
        for interface in node.get("interfaces", []):
            if interface.get("kind") == kind:
                yield f"{node['name']}:{interface['name']}"


def _sub_interfaces(plan: dict[str, Any]) -> Iterator[str]:
    return _interfaces(plan, "vlan")


def _neighbors(plan: dict[str, Any]) -> Iterator[str]:
    return (f"{fact['node']}:{fact['subject']}" for fact in plan["facts"] if fact["kind"] == "bgp")


def _tunnels(plan: dict[str, Any]) -> Iterator[str]:
    return _interfaces(plan, "tunnel")


def _numbered(plan: dict[str, Any]) -> Iterator[str]:
    for node in plan["nodes"]:
        for interface in node.get("interfaces", []):
            addresses = (ip_interface(address) for address in interface.get("addresses", []))
            wired = interface.get("kind") != "tunnel"
            if wired and any(one.version == 4 and one.network.prefixlen < 32 for one in addresses):
                yield f"{node['name']}:{interface['name']}"


def _static_routes(plan: dict[str, Any]) -> Iterator[str]:
    return (f"{node['name']}:{route['to']}" for node in plan["nodes"] for route in node.get("routes", []))


def _configured(plan: dict[str, Any]) -> Iterator[str]:
    return chain.from_iterable(places(plan) for places in _MISMATCHES.values())


# Where what a mismatch is of may be.
_MISMATCHES: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "vlan": _sub_interfaces,
    "tag-type": _sub_interfaces,
    "prefix": _numbered,
    "md5": _neighbors,
    "asn": _neighbors,
    "bgp-timers": _speakers,
    "bfd-timers": _bfd_speakers,
    "psk": _tunnels,
    "identity": _tunnels,
    "ike-proposal": _tunnels,
    "esp-proposal": _tunnels,
    "pfs": _tunnels,
    "selectors": _tunnels,
    "probe-port": _balancers,
}

# Where the targets of `xconn fault kinds` are, by the words of that table.
_PLACES: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "NODE:INTERFACE": _ends,
    "NODE:DAEMON": _daemons,
    "NODE": _nodes,
    "NODE:MEMBER": _members,
    "NODE that speaks BGP": _speakers,
    "MSEE": _msees,
    "NODE:PREFIX": _static_routes,
    "NODE or NODE:WHAT, by `what`": _configured,
}


def _targets(plan: dict[str, Any], kind: dict[str, Any], parameters: dict[str, str], at: str) -> list[str]:
    places = _MISMATCHES.get(parameters.get("what", ""), _PLACES[kind["target"]])
    targets = dict.fromkeys(places(plan))  # each once
    return [target for target in targets if at in ("", target, target.partition(":")[0])]
