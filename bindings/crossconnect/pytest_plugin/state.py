# SPDX-License-Identifier: Apache-2.0
"""Whether a lab still is what it was when it came up: its plan, and each node's interfaces and routes."""

from __future__ import annotations

import hashlib
from typing import Any

from .. import Lab


class State:
    """A lab at rest, as sentences that can be compared."""

    def __init__(self, plan: str, sentences: frozenset[str]) -> None:
        self._plan = plan
        self._sentences = sentences

    @classmethod
    def of(cls, lab: Lab) -> State:
        plan = hashlib.sha256((lab.folder / "plan.json").read_bytes()).hexdigest()
        nodes = [node["name"] for node in lab.inspect()["nodes"]]
        return cls(plan, frozenset(sentence for node in nodes for sentence in _sentences(lab.inspect(node))))

    def differences(self, later: State) -> list[str]:
        """What is no longer, and what has come, in words; empty when nothing has changed."""
        if later._plan != self._plan:
            return ["it has another plan (it was changed while it ran)"]
        gone = [f"gone: {sentence}" for sentence in sorted(self._sentences - later._sentences)]
        return gone + [f"new: {sentence}" for sentence in sorted(later._sentences - self._sentences)]


def _sentences(node: dict[str, Any]) -> list[str]:
    interfaces = [one for one in node["interfaces"] if not _is_ours(one["name"])]
    return [f"{node['name']}: {words}" for words in [*map(_interface, interfaces), *map(_route, node["routes"])]]


def _is_ours(interface: str) -> bool:
    """What impairments put in and take out; no topology may name an interface so."""
    return interface.endswith("~")


def _interface(one: dict[str, Any]) -> str:
    state = ("up" if one["up"] else "down") + ("" if one["carrier"] else " without carrier")
    return f"interface {one['name']} {state}, mtu {one['mtu']}, {' '.join(sorted(one['addresses'])) or 'no address'}"


def _route(one: dict[str, Any]) -> str:
    ways = sorted(f"{hop or 'link'} {interface}" for hop, interface in zip(one["next_hops"], one["interfaces"]))
    return f"route {one['to']} by {', '.join(ways)} ({one['protocol']}, metric {one['metric']})"
