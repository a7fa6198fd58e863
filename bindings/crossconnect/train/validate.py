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
from . import exercise as exercises
from . import giveaway, scripts
from .asked import ask
from .exercise import Exercise
from .finding import Finding
from .places import Places

LEAST_WRONG = 2
_FLOWS = re.compile("^flows:", re.MULTILINE)  # by which xconn validate knows a drill


def findings(folder: Path) -> list[Finding]:
    try:
        every = exercises.variants(folder)
    except _core.TopologyError as error:
        return [Finding(**one) for one in error.findings]
    found = [one for exercise in every for one in _of_variant(exercise)]
    return list(dict.fromkeys(found))


def _of_variant(exercise: Exercise) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _topologies(exercise, Path(folder))
        for drill in ("symptom.yaml", "holds.yaml"):
            text = exercise.drill(drill).replace(_quoted(exercise.folder), _quoted(folder))
            yield from _reads(exercise, drill, text, Path(folder), _read_drill)
    wrong = exercise.scripts("wrong")
    if len(wrong) < LEAST_WRONG:
        rule = f"needs {LEAST_WRONG} wrong fixes and has {len(wrong)}"
        yield Finding(str(exercise.folder / "wrong"), rule, "add plausible ones that the check must reject")
    yield from giveaway.find(exercise)
    yield from scripts.find(exercise)


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


def _topologies(exercise: Exercise, folder: Path) -> Iterator[Finding]:
    yield from _reads(exercise, "healthy.yaml", exercise.healthy, folder, _core.plan)
    nodes: set[str] = set()

    def plan(path: str) -> None:
        nodes.update(node["name"] for node in _core.plan(path)["nodes"])

    yield from _reads(exercise, exercise.beginning, exercise.begins_as, folder, plan)
    yield from (_stranger(exercise, node) for node in exercise.inside if node not in exercise.access)
    if nodes:
        yield from _strange_places(exercise, nodes)


def _strange_places(exercise: Exercise, nodes: set[str]) -> Iterator[Finding]:
    file, places = str(exercise.folder / "exercise.yaml"), Places(exercise)
    for node in exercise.access:
        if node not in nodes:
            yield Finding(file, "is not a node in the lab", "", 0, 0, "", "access", node)
    for number, cause in enumerate(exercise.causes):
        for word in cause["where"]:
            if word not in places:
                remedy = places.nearest(word)
                yield Finding(file, "is not a place in the lab", remedy, 0, 0, "", f"causes.{number}.where", word)


def _stranger(exercise: Exercise, node: str) -> Finding:
    remedy = f"name it after one of {', '.join(exercise.access)}"
    return Finding(
        str(exercise.folder / "inside" / f"{node}.sh"), "is for a node that the ticket gives no access to", remedy
    )


def _reads(exercise: Exercise, file: str, text: str, folder: Path, reader: Callable[[str], Any]) -> Iterator[Finding]:
    """The findings of the topology or drill reader, with the exercise's own file and its lines."""
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
