# SPDX-License-Identifier: Apache-2.0
"""Finds every mistake in an exercise that can be found without bringing a lab up."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

from .. import _core
from ..lab import program
from . import draft, giveaway, scripts
from .asked import ask
from .exercise import Exercise
from .finding import Finding, suggestion, told
from .places import Places

LEAST_WRONG = 2
_FLOWS = re.compile("^flows:", re.MULTILINE)  # by which xconn validate knows a drill


def findings(folder: Path) -> list[Finding]:
    """Of all files, by file and line: what cannot be read of one is no reason to leave out the others."""
    found = draft.read(folder)
    exercises = [Exercise(folder, found.words, row) for row in found.variants]
    of_variants = [one for exercise in exercises for one in _of_variant(exercise, found.doubtful)]
    every = dict.fromkeys([*found.findings, *of_variants])
    return sorted(every, key=lambda one: (one.file, one.line, one.column))


def _of_variant(exercise: Exercise, doubtful: frozenset[str]) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _topologies(exercise, Path(folder), doubtful)
        for drill in ("symptom.yaml", "holds.yaml"):
            yield from _drill(exercise, drill, Path(folder))
    wrong = exercise.scripts("wrong")
    if len(wrong) < LEAST_WRONG:
        rule = f"needs {LEAST_WRONG} wrong fixes and has {len(wrong)}"
        yield Finding(str(exercise.folder / "wrong"), rule, "add plausible ones that the check must reject")
    if not doubtful.intersection(("hints", "points")):
        yield from _dear(exercise)
    if "causes" not in doubtful:
        yield from giveaway.find(exercise)
    yield from scripts.find(exercise)
    if "variants" not in doubtful:
        yield from scripts.find_unknown_values(exercise)


@told
def _drill(exercise: Exercise, file: str, folder: Path) -> Iterator[Finding]:
    text = exercise.drill(file).replace(_quoted(exercise.folder), _quoted(folder))
    yield from _reads(exercise, file, text, folder, _read_drill)


def _quoted(folder: Path | str) -> str:
    """The healthy topology in a folder, as a drill names it; that of the exercise's folder has no values of a variant."""
    return json.dumps(f"{folder}/healthy.yaml", ensure_ascii=False)


def _read_drill(path: str) -> None:
    """By itself, then against its topology. Raises TopologyError."""
    _core.read_drill(path)
    if not _FLOWS.search(Path(path).read_text(encoding="utf-8")):
        return
    told = json.loads(ask([program(), "validate", path, "--format", "json"], os.environ).stdout)
    if found := [one for one in told.get("findings", []) if one["file"] == path]:  # the topology's own are told already
        error = _core.TopologyError(path)
        error.findings = found
        raise error


def _topologies(exercise: Exercise, folder: Path, doubtful: frozenset[str]) -> Iterator[Finding]:
    yield from _topology(exercise, "healthy.yaml", folder, _core.plan)
    nodes: set[str] = set()

    def plan(path: str) -> None:
        nodes.update(node["name"] for node in _core.plan(path)["nodes"])

    yield from _topology(exercise, exercise.beginning, folder, plan)
    if "access" not in doubtful:
        scripts_inside = (file for file in exercise.scripts("inside") if file.stem not in exercise.access)
        yield from (_stranger(exercise, file) for file in scripts_inside)
    if nodes:
        yield from _strange_places(exercise, nodes)


@told
def _topology(exercise: Exercise, file: str, folder: Path, reader: Callable[[str], Any]) -> Iterator[Finding]:
    yield from _reads(exercise, file, exercise.topology(file), folder, reader)


def _strange_places(exercise: Exercise, nodes: set[str]) -> Iterator[Finding]:
    document, places = exercise.written(), Places(exercise)
    for path, text in document.texts():
        word = exercise.filled(text)
        if path[0] == "access" and word not in nodes:
            remedy = suggestion(word, sorted(nodes))
            yield document.finding(path, "is not a node in the lab", remedy, word)
        if path[0] == "causes" and "where" in path and word not in places:
            yield document.finding(path, "is not a place in the lab", places.nearest(word), word)


def _stranger(exercise: Exercise, file: Path) -> Finding:
    remedy = f"name it after one of {', '.join(exercise.access)}"
    return Finding(str(file), "is for a node that the ticket gives no access to", remedy)


def _dear(exercise: Exercise) -> Iterator[Finding]:
    prices = sum(hint["price"] for hint in exercise.hints)
    if prices > exercise.points:
        rule = f"cost {prices} points together, and the exercise has {exercise.points}"
        yield exercise.written().finding(("hints",), rule, "lower their prices")


def _reads(exercise: Exercise, file: str, text: str, folder: Path, reader: Callable[[str], Any]) -> Iterator[Finding]:
    """The findings of the topology or drill reader, with the exercise's own file and its lines."""
    if scripts.has_unknown_values(text):  # which are findings already, and what they spoil are none
        return
    copy = folder / file
    copy.write_text(text)
    try:
        reader(str(copy))
    except _core.TopologyError as error:
        for one in error.findings:
            words = {
                key: one[key] for key in ("line", "column", "object", "field", "value", "rule", "remedy") if key in one
            }
            named = one.get("file", "")
            yield Finding(file=str(exercise.folder / file) if Path(named).name == file else named, **words)
