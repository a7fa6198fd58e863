# SPDX-License-Identifier: Apache-2.0
"""The places of an exercise's lab, in the words of an answer: NODE, NODE:INTERFACE, an address, KIND/NAME of an object."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, Iterator

from .. import _core
from ..azure_object import VERBS
from .exercise import Exercise
from .finding import cut, nearest

_ADDRESS = re.compile(r"(?<![\w.])\d+\.\d+\.\d+\.\d+(?![\w./])")  # no prefix


class Places:
    """Nodes, interfaces and addresses as planned; objects as the topology writes them."""

    def __init__(self, exercise: Exercise) -> None:
        with _written(exercise.begins_as) as file:
            plan, objects = _core.plan(file), _core.object_names(file)
        nodes = [node["name"] for node in plan["nodes"]]
        self._objects = set(_of_objects({**objects, "node": [*objects["node"], *nodes]}))
        self._all = {place for node in plan["nodes"] for place in _of_node(node)} | self._objects
        self._all |= {place.partition("/")[2] for place in self._objects}
        self._all |= set(_ADDRESS.findall(f"{plan} {exercise.breaks.replace('/', ' ')}"))

    def __contains__(self, word: str) -> bool:
        return word in self._all

    def demand(self, word: str) -> None:
        """Raises NotFoundError with what there is."""
        if word not in self:
            raise _core.NotFoundError(f"there is no place '{cut(word)}' in this lab; {self.nearest(word)}")

    def nearest(self, word: str) -> str:
        kind, _, name = word.strip().lower().partition("/")
        if kind in VERBS:
            return self._of_kind(kind, name)
        return nearest(word.strip().lower(), sorted(self._all)) or "write NODE, NODE:INTERFACE, an address or KIND/NAME"

    def _of_kind(self, kind: str, name: str) -> str:
        """An object of this name, of whatever kind; else all of the kind."""
        named = [one for one in sorted(self._objects) if name and one.lower().endswith(f"/{name}")]
        of_kind = [one for one in sorted(self._objects) if one.startswith(f"{kind}/")]
        if close := named[:1] or get_close_matches(f"{kind}/{name}", of_kind if name else [], 1):
            return f"did you mean '{close[0]}'?"
        return f"it has {', '.join(of_kind)}" if of_kind else f"it has no {kind}"


@contextmanager
def _written(topology: str) -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(topology)
        file.flush()
        yield file.name


def _of_objects(objects: dict[str, list[str]]) -> Iterator[str]:
    """KIND/NAME; of one in another also KIND/OUTER/NAME, and KIND/OUTER for whichever is there."""
    for kind, every in objects.items():
        for names in (one.split() for one in every):
            parts = ("/".join(names[begin:end]) for end in range(1, len(names) + 1) for begin in range(end))
            yield from (f"{kind}/{part}" for part in parts)


def _of_node(node: dict[str, Any]) -> Iterator[str]:
    yield node["name"]
    for interface in node["interfaces"]:
        yield f"{node['name']}:{interface['name']}"
        yield from (address.split("/")[0] for address in interface.get("addresses", []))
