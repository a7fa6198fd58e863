# SPDX-License-Identifier: Apache-2.0
"""The trial of an exercise: the check passes while healthy, fails while broken, passes after `solve` and after what is typed
inside its nodes in an exam, and fails after each wrong fix. `train validate --trial` runs it, and so do the tests of every exercise that ships."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Callable, Iterator

from .. import _core
from ..lab import Lab, up
from . import check, guest, script, stage
from .attempt import name_of
from .exercise import Exercise
from .finding import Finding, Undecided

LONGEST_TO_COME_UP = 90.0  # seconds; a healthy one takes five
TRIES = 5  # of a check that stalls of the host leave open


def _way(run: Callable[..., Iterator[Finding]]) -> Callable[..., Iterator[Finding]]:
    """A lab that does not come up, or cannot be broken, is a finding as well."""

    @wraps(run)
    def told(exercise: Exercise, *more: Path) -> Iterator[Finding]:
        try:
            yield from run(exercise, *more)
        except _core.TimeoutError as error:
            remedy = "a lab comes up once all holds that its topology promises; what never does is for broken.sh"
            yield Finding(str(exercise.folder), f"the lab does not come up: {error}", remedy)
        except _core.Error as error:
            yield Finding(str(exercise.folder), str(error), "correct it")

    return told


@_way
def healthy(exercise: Exercise) -> Iterator[Finding]:
    """The check passes before anything is broken."""
    with _lab(exercise, broken=False) as lab:
        yield from _expect(exercise, lab, "healthy.yaml", passes=True)


@_way
def fixed(exercise: Exercise) -> Iterator[Finding]:
    """The check fails while the lab is broken, and passes after solve."""
    with _lab(exercise) as lab:
        if exercise.causes:
            yield from _expect(exercise, lab, exercise.broken_by, passes=False)
        yield from _play(exercise, lab, exercise.folder / "solve")
        yield from _expect(exercise, lab, "solve", passes=True)


@_way
def fixed_inside(exercise: Exercise) -> Iterator[Finding]:
    """The check passes after what a student types in an exam, as an ordinary user who is confined to the ticket's nodes."""
    with _lab(exercise) as lab:
        for node, text in exercise.inside.items():
            yield from _type(exercise, lab, node, text)
        yield from _expect(exercise, lab, "inside", passes=True)


@_way
def wrongly_fixed(exercise: Exercise, script: Path) -> Iterator[Finding]:
    with _lab(exercise) as lab:
        yield from _play(exercise, lab, script)
        yield from _expect(exercise, lab, f"wrong/{script.name}", passes=False)


@dataclass(frozen=True)
class Way:
    name: str
    findings: Callable[[], Iterator[Finding]]


def ways(exercise: Exercise) -> Iterator[Way]:
    yield Way("healthy", lambda: healthy(exercise))
    yield Way("broken, solve", lambda: fixed(exercise))
    if exercise.inside:
        yield Way("inside, as in an exam", lambda: fixed_inside(exercise))
    for script in exercise.scripts("wrong"):
        yield Way(f"wrong/{script.name}", partial(wrongly_fixed, exercise, script))


def all_ways(exercise: Exercise) -> Iterator[Finding]:
    for way in ways(exercise):
        yield from way.findings()


def _lab(exercise: Exercise, broken: bool = True) -> Lab:
    """Under its own name, so that a student's lab of the same exercise is not touched."""
    with tempfile.TemporaryDirectory() as folder:
        topology = Path(folder) / "topology.yaml"
        topology.write_text(exercise.begins_as if broken else exercise.healthy)
        lab = up(topology, name=name_of(f"trial-{exercise.name}", str(os.getpid())), timeout=LONGEST_TO_COME_UP)
    if broken:
        stage.break_lab(lab, exercise)
    return lab


def _play(exercise: Exercise, lab: Lab, file: Path) -> Iterator[Finding]:
    try:
        script.run(lab, exercise.text(str(file.relative_to(exercise.folder))), file.name)
    except _core.Error as error:
        yield Finding(str(file), str(error), "every command in it must succeed")


def _type(exercise: Exercise, lab: Lab, node: str, text: str) -> Iterator[Finding]:
    done = guest.run(lab.name, exercise, node, ["sh", "-eu", "-c", text])
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exited with {done.returncode}"]
        yield Finding(
            str(exercise.folder / f"inside/{node}.sh"), said[-1], "every command in it must succeed in an exam"
        )


def _expect(exercise: Exercise, lab: Lab, state: str, passes: bool) -> Iterator[Finding]:
    try:
        verdict = _decided(lab, exercise)
    except _core.NotFoundError as error:  # a drill names something that is not in the lab
        yield Finding(str(exercise.folder), f"{state}: {error}", "fix symptom.yaml or holds.yaml")
        return
    file, words = str(exercise.folder / state), _left(verdict)
    if verdict.open:
        yield Undecided(file, f"the check was inconclusive {TRIES} times after {state}: {words}", "try a quieter host")
    elif verdict.fixed != passes:
        rule = f"the check passes after {state}" if verdict.fixed else f"the check fails after {state}: {words}"
        yield Finding(file, rule, "fix symptom.yaml, holds.yaml or this file")


def _decided(lab: Lab, exercise: Exercise) -> check.Verdict:
    """A stalled host leaves a check open, which says nothing about the exercise: it is run again."""
    for _ in range(TRIES):
        verdict = check.run(lab, exercise)
        if not verdict.open:
            break
    return verdict


def _left(verdict: check.Verdict) -> str:
    return "; ".join(f"{row.sentence} ({row.found})" for row in verdict.rows if row.verdict != "pass")
