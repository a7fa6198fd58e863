# SPDX-License-Identifier: Apache-2.0
"""Is it fixed? Two drills of the exercise: the symptom, then what must hold (the backup path, everything that worked before)."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Iterator, TextIO

from .. import _core
from ..lab import Lab
from ..report import Report
from .exercise import Exercise


@dataclass(frozen=True)
class Row:
    about: str  # "symptom" or "holds"
    sentence: str
    found: str
    verdict: str  # "pass", "fail" or "inconclusive"
    because: str = ""


@dataclass(frozen=True)
class Verdict:
    rows: tuple[Row, ...]

    @property
    def fixed(self) -> bool:
        return all(row.verdict == "pass" for row in self.rows)

    @property
    def open(self) -> bool:
        """The host stalled, which may have affected the result."""
        return not self.fixed and all(row.verdict != "fail" for row in self.rows)

    def as_words(self) -> dict[str, Any]:
        return {"fixed": self.fixed, "inconclusive": self.open, "rows": [asdict(row) for row in self.rows]}

    def __str__(self) -> str:
        return "\n".join(map(_line, self.rows))


def _line(row: Row) -> str:
    mark = {"pass": "ok  ", "fail": "FAIL", "inconclusive": "open"}[row.verdict]
    found = "" if row.verdict == "pass" else f"\n        found: {row.found}"
    because = f"\n        expected because {row.because}" if row.because and row.verdict == "fail" else ""
    return f"  {mark}  {row.sentence}{found}{because}"


def symptom(lab: Lab, exercise: Exercise) -> Verdict:
    return Verdict(_rows(lab, exercise, "symptom"))


def run(lab: Lab, exercise: Exercise) -> Verdict:
    """What must hold is only asked once the symptom is gone."""
    first = symptom(lab, exercise)
    return Verdict(first.rows + _rows(lab, exercise, "holds")) if first.fixed else first


@contextmanager
def _turn(lab: Lab) -> Iterator[None]:
    """A lab runs one drill at a time: `check` and `status --watch` take turns. Who waits is next: a file for each place."""
    with _held(lab.folder / ".next.turn") as next_, _held(lab.folder / ".turn"):
        fcntl.flock(next_, fcntl.LOCK_UN)
        yield


@contextmanager
def _held(file: Path) -> Iterator[TextIO]:
    with open(file, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def _rows(lab: Lab, exercise: Exercise, about: str) -> tuple[Row, ...]:
    """Of the lab as it is: a fix typed into a router takes away what the broken topology still promises."""
    file = exercise.folder / f"{about}.yaml"
    try:
        with _turn(lab):
            report = Report(lab._core.drill(exercise.drill(file.name), str(file), as_it_is=True))
    except _core.TimeoutError as error:
        return (Row(about, f"before the drill: {error.awaited}", error.last_state or "timed out", "fail"),)
    except _core.ServiceError as error:
        return (Row(about, "before the drill: every daemon runs", str(error).splitlines()[0], "fail"),)
    return tuple(
        Row(about, one["sentence"], one["found"], one["verdict"], one["because"] or "") for one in report.expectations
    )
