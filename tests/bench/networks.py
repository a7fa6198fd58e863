"""Generated networks of any size, without any daemon."""

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
