# SPDX-License-Identifier: Apache-2.0
"""What lab a test wishes for: its mark, read."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest

from .. import find_topology

SCOPES = ("function", "module", "session")
TIMERS = ("azure", "fast")


def short_name(topology: str | Path) -> str:
    """A topology's name among people: its folder's where the file is just called topology.yaml."""
    path = Path(topology)
    return path.parent.name if path.name == "topology.yaml" else path.stem


@dataclass(frozen=True)
class Wish:
    topology: str = ""
    timers: str = ""  # another profile than the topology's
    scope: str = "session"  # who may share the lab: this test alone, its module, all
    keep: bool = False  # leave the lab up when the test fails
    captures: tuple[str, ...] = ()
    datapath: str = "auto"
    timeout: float = 90

    @property
    def up_options(self) -> dict[str, Any]:
        return {"captures": self.captures, "datapath": self.datapath, "timeout": self.timeout}

    def file(self, folder: Path) -> str:
        """The topology's file; one in `folder` where the wish changes it."""
        if not self.timers:
            return self.topology
        changed = folder / f"{short_name(self.topology)}-{self.timers}.yaml"
        changed.write_text(json.dumps({"extends": self.topology, "timers": self.timers}))
        return str(changed)


def _usage(node: pytest.Item | pytest.Collector, what: str) -> pytest.UsageError:
    return pytest.UsageError(f"{node.nodeid}: @pytest.mark.xconn: {what}")


_KEYS = tuple(field.name for field in fields(Wish))
# Which values a key may have, and how that is said.
_RULES: dict[str, tuple[Any, str]] = {
    "topology": (lambda value: isinstance(value, (str, Path)) and str(value), "a path or a reference topology's name"),
    "timers": (lambda value: value in ("", *TIMERS), f"one of {', '.join(TIMERS)}"),
    "scope": (lambda value: value in SCOPES, f"one of {', '.join(SCOPES)}"),
    "keep": (lambda value: isinstance(value, bool), "True or False"),
    "captures": (lambda value: isinstance(value, (list, tuple)), 'a list of link ends, such as ["r1:east"]'),
    "datapath": (lambda value: value in ("auto", "kernel", "portable"), "auto, kernel or portable"),
    "timeout": (lambda value: isinstance(value, (int, float)) and value > 0, "seconds"),
}


def mark_of(node: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """The mark's words, those of the nearest mark first. Raises UsageError for one that has no meaning."""
    words: dict[str, Any] = {}
    for mark in node.iter_markers("xconn"):
        if mark.args:
            raise _usage(node, f"{mark.args[0]!r} has no name; write topology={mark.args[0]!r}")
        for key, value in mark.kwargs.items():
            if key not in _KEYS:
                raise _usage(node, f"there is no '{key}'; there are {', '.join(_KEYS)}")
            words.setdefault(key, value)
    return words


def topologies_of(node: pytest.Item | pytest.Collector) -> list[Any]:
    """The topologies of a mark that lists several."""
    topology = mark_of(node).get("topology")
    if not isinstance(topology, (list, tuple)):
        return []
    if not topology:
        raise _usage(node, "topology: the list is empty")
    return list(topology)


def wish_of(node: pytest.Item | pytest.Collector, otherwise: str = "", topology: Any = None) -> Wish:
    """The wish of a test, module or session. `topology` is one of a list, `otherwise` what the command line says."""
    words = mark_of(node)
    words["topology"] = topology or words.get("topology") or otherwise
    if not words["topology"]:
        raise _usage(node, "no topology: name one (topology=...), or give --xconn-topology")
    for key, value in words.items():
        allowed, rule = _RULES[key]
        if not allowed(value):
            raise _usage(node, f"{key}={value!r}: it is {rule}")
    words["captures"] = tuple(words.get("captures", ()))
    return replace(Wish(**words), topology=_found(node, words["topology"]))


def _found(node: pytest.Item | pytest.Collector, word: str | Path) -> str:
    """A topology beside the test's file, or as the command line finds it."""
    path = getattr(node, "path", None)
    beside = (path if path and path.is_dir() else path.parent) / word if path else Path(word)
    return str(Path(find_topology(beside if beside.exists() else word)).resolve())
