# SPDX-License-Identifier: Apache-2.0
"""The routing tables of a whole lab, as `ip` and `vtysh` say them: to compare two moments, or two labs of one topology."""

from __future__ import annotations

import json
from typing import Any

FAMILIES = ("ipv4", "ipv6")
LISTS = "; ".join(
    ["ip -j route show table all; echo", "ip -j -6 route show table all; echo"]
    + [f"vtysh -N $0 -c 'show bgp {family} unicast json' | tr -d '\\n'; echo" for family in FAMILIES]
)

Tables = dict[str, set[tuple[Any, ...]]]


def _hops(route: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    hops = route.get("nexthops", [route])
    return tuple(sorted((hop.get("gateway") or str(hop.get("via", "")), hop.get("dev", "")) for hop in hops))


def _fib(text: str) -> set[tuple[Any, ...]]:
    """Without what the kernel makes of a link's own address."""
    return {
        (route.get("table", "main"), route.get("type", "unicast"), route["dst"], route.get("metric", 0), _hops(route))
        for route in json.loads(text or "[]")
        if not route["dst"].startswith(("fe80", "ff00")) and route.get("type") not in ("local", "broadcast", "anycast")
    }


def _rib(text: str) -> set[tuple[Any, ...]]:
    routes = json.loads(text).get("routes", {}) if text.startswith("{") else {}
    return {
        (prefix, path["peerId"], path["path"], path.get("bestpath", False), path.get("multipath", False))
        for prefix, paths in routes.items()
        for path in paths
    }


def tables(lab: Any) -> Tables:
    """Each node's kernel tables and BGP paths, best or not."""
    seen: Tables = {}
    for node in lab.inspect()["nodes"]:
        lines = lab.exec(node["name"], "sh", "-c", LISTS, node["name"], check=False).stdout.split("\n")
        seen[f"{node['name']} fib"] = _fib(lines[0]) | _fib(lines[1])
        seen[f"{node['name']} rib"] = _rib(lines[2]) | _rib(lines[3])
    return seen


def difference(before: Tables, after: Tables) -> list[str]:
    """What is not the same, a line each: "- hq rib (...)", "+ hq rib (...)"."""
    assert before.keys() == after.keys()
    gone = [f"- {name} {row}" for name in before for row in sorted(before[name] - after[name], key=str)]
    new = [f"+ {name} {row}" for name in after for row in sorted(after[name] - before[name], key=str)]
    return gone + new
