# SPDX-License-Identifier: Apache-2.0
"""The lab of an attempt."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

from .. import _core
from ..lab import Lab, attach, program, up
from . import commands, exam as exams, script
from .asked import ask

if TYPE_CHECKING:
    from .attempt import Attempt
    from .exercise import Exercise


def demand_root() -> None:
    if os.geteuid() != 0:
        raise _core.HostError("labs and attempts need root: sudo xconn train ...")


def find(name: str) -> Lab | None:
    with suppress(_core.NotFoundError):
        return attach(name)
    return None


def is_up(name: str) -> bool:
    return find(name) is not None


def raise_lab(attempt: Attempt, exercise: Exercise) -> Lab:
    """Brings it up in its last known state. Raises Error if it is already up, or cannot be broken."""
    if is_up(attempt.name):
        raise _core.Error(f"the lab {attempt.name} is already up")
    _keep_what_is_left(attempt)
    lab = up(attempt.topology, name=attempt.name)
    break_lab(lab, exercise)
    with or_down(lab):
        commands.listen(attempt, lab.folder)
    return lab


def _keep_what_is_left(attempt: Attempt) -> None:
    """A lab whose agent was killed leaves its folder until the next `up`, with the changes that the attempt does not have yet."""
    folder = Path(os.environ.get("XCONN_RUN") or "/run/xconn") / attempt.name
    if commands.is_heard(attempt, folder) and _is_json(folder / "topology.json"):
        attempt.keep_topology(folder)


def _is_json(file: Path) -> bool:
    with suppress(OSError, ValueError):
        json.loads(file.read_bytes())
        return True
    return False


def break_lab(lab: Lab, exercise: Exercise) -> None:
    """Takes the lab down if it cannot be broken."""
    with or_down(lab):
        script.run(lab, exercise.breaks, str(exercise.folder / "broken.sh"))


@contextmanager
def or_down(lab: Lab) -> Iterator[None]:
    """What begins with the lab succeeds, or the lab goes down, also at Ctrl-C: nobody may find one in which nothing is wrong, or
    one of which the attempt does not know."""
    try:
        yield
    except BaseException:
        lab.down()
        raise


def own_lab(attempt: Attempt) -> Lab | None:
    """That `start` has raised, if it is up: another of its name may have another topology, and nothing is broken in it."""
    with _in_view(attempt):
        lab = find(attempt.name)
        return lab if lab and commands.is_heard(attempt, lab.folder) else None


@contextmanager
def _in_view(attempt: Attempt) -> Iterator[None]:
    """Of an exam, where a student's labs are in a folder of their own: a teacher sees them from outside."""
    before = os.environ.get("XCONN_RUN")
    if exams.is_in(attempt.folder):
        os.environ["XCONN_RUN"] = str(exams.run_folder(attempt.student))
    try:
        yield
    finally:
        os.environ.pop("XCONN_RUN", None)
        os.environ |= {"XCONN_RUN": before} if before is not None else {}


def lab_of(attempt: Attempt) -> Lab:
    """Its running lab, whose topology is saved. Raises NotFoundError, and Error for a lab of its name that somebody else raised."""
    if lab := own_lab(attempt):
        attempt.keep_topology(lab.folder)
        return lab
    if is_up(attempt.name):
        raise _core.Error(foreign(attempt))
    raise _core.NotFoundError(f"the lab of {attempt.name} is not up; {attempt.resume} resumes it")


def foreign(attempt: Attempt) -> str:
    """Of a lab of the attempt's name that somebody else raised."""
    return (
        f"the lab {attempt.name} is not the one that {attempt.door} start brought up, and what is broken may not be broken in "
        f"it; xconn down {attempt.name} takes it down, then {attempt.resume} resumes the attempt"
    )


def lower_lab(attempt: Attempt) -> None:
    lab_of(attempt).down()


def run(lab: str, *argv: str) -> subprocess.CompletedProcess[str]:
    """Runs an xconn verb on the lab (without a name, the only one that is up) and captures its output."""
    return ask([program(), *argv], {**os.environ, "XCONN_LAB": lab} if lab else os.environ)
