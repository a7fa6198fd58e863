# SPDX-License-Identifier: Apache-2.0
"""The places of an exercise's lab, in the words of an answer: NODE, NODE:INTERFACE, an address, KIND/NAME of an object."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any, Iterator

from .. import _core
from ..azure_object import VERBS
from .document import read_text
from .exercise import Exercise
from .finding import cut, nearest
from .giveaway import words_of

_ADDRESS = re.compile(r"(?<![\w.])\d+\.\d+\.\d+\.\d+(?![\w./])")  # no prefix
_TABLES = {f"{kind}s" for kind in VERBS}  # of a topology: their keys are names of objects


class Places:
    """Nodes, interfaces and addresses as planned; names of objects as the topology writes them."""

    def __init__(self, exercise: Exercise) -> None:
        plan = _planned(exercise.begins_as)
        self._exact = {place for node in plan["nodes"] for place in _of_node(node)}
        self._exact |= set(_ADDRESS.findall(f"{plan} {exercise.breaks.replace('/', ' ')}"))
        self._names = set(VERBS).union(*map(_named, _layers(exercise.begins_as, exercise.folder)))

    def __contains__(self, word: str) -> bool:
        return word in self._exact or (":" not in word and self._names.issuperset(word.split("/")))

    def demand(self, word: str) -> None:
        """Raises NotFoundError with the nearest place."""
        if word not in self:
            raise _core.NotFoundError(f"there is no place '{cut(word)}' in this lab; {self.nearest(word)}")

    def nearest(self, word: str) -> str:
        kind, slash, _ = word.partition("/")
        known = sorted({f"{kind}/{name}" for name in self._names} if slash else self._exact | self._names)
        return nearest(word.strip().lower(), known) or "write NODE, NODE:INTERFACE, an address or KIND/NAME"


def _planned(topology: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(topology)
        file.flush()
        return _core.plan(file.name)


def _of_node(node: dict[str, Any]) -> Iterator[str]:
    yield node["name"]
    for interface in node["interfaces"]:
        yield f"{node['name']}:{interface['name']}"
        yield from (address.split("/")[0] for address in interface.get("addresses", []))


def _layers(topology: str, folder: Path) -> Iterator[dict[str, Any]]:
    """It, and what it extends."""
    words = words_of(topology)
    yield words
    if isinstance(base := words.get("extends"), str) and (file := folder / base).is_file():
        yield from _layers(read_text(file), file.parent)


def _named(value: Any) -> Iterator[str]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key in _TABLES and isinstance(inner, dict):
            yield from map(str, inner)
        yield from _named(inner)
