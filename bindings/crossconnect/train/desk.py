# SPDX-License-Identifier: Apache-2.0
"""A teacher's overview: the state of all attempts in a folder."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from .. import _core
from . import commands, os_errors
from .attempt import Attempt, earlier_in, folders_in, load
from .markup import fitting, shown
from .points import score
from .stage import own_lab

UNREADABLE = "unreadable"
WIDEST = 100  # characters of a cell
COLUMNS = (
    "student",
    "exercise",
    "state",
    "minutes",
    "hints",
    "answers",
    "checks",
    "steps",
    "points",
    "of",
    "tries",
    "first",
    "last",
)


def state_of(attempt: Attempt) -> str:
    if attempt.gave_up_at is not None:
        return "gave up" if attempt.fixed_at is None else "finished"
    if attempt.fixed_at is not None:
        return "fixed"
    return "at work" if own_lab(attempt) else "away"


def row_of(attempt: Attempt) -> dict[str, Any]:
    typed = commands.read(attempt)
    exercise = attempt.read_exercise()
    given = score(exercise, attempt)
    values = (attempt.student, exercise.name, state_of(attempt), round(attempt.seconds / 60, 1), attempt.hints)
    values += (len(attempt.answers), len(attempt.checks), len(typed), given.total, given.of)
    before = earlier(attempt)
    values += (len(before) + 1, before[0]["points"] if before else "")
    return dict(zip(COLUMNS, (*values, typed[-1]["command"] if typed else "")))


def earlier(attempt: Attempt) -> list[dict[str, Any]]:
    """The rows of the tries before this one, the first one first."""
    return [row_in(folder) for folder in earlier_in(attempt.folder)]


def rows(folder: Path) -> list[dict[str, Any]]:
    return [row_in(one) for one in folders_in(folder)]


def row_in(folder: Path) -> dict[str, Any]:
    """An attempt that cannot be read says why in place of its last command, and hides none of the others."""
    try:
        with os_errors.about(folder):
            return row_of(load(folder))
    except (_core.Error, OSError) as refused:
        error = os_errors.as_error(refused) if isinstance(refused, OSError) else refused
        named = {"exercise": folder.name, "state": UNREADABLE, "last": str(error)}
        return {column: named.get(column, "") for column in COLUMNS}


def unstarted(student: str, exercise: str) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS, ""), "student": student, "exercise": exercise, "state": "not started"}


def as_csv(table: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in table)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """What a student wrote is no formula in the teacher's spreadsheet."""
    if not isinstance(value, str):
        return value
    return f"'{shown(value)}" if value.startswith(("=", "+", "-", "@", "\t")) else shown(value)


def as_text(table: list[dict[str, Any]]) -> str:
    lines = [[column.upper() for column in COLUMNS], *([_word(row[column]) for column in COLUMNS] for row in table)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(COLUMNS))]
    told = ["  ".join(word.ljust(width) for word, width in zip(line, widths)).rstrip() for line in lines]
    told = list(map(fitting, told))
    return "\n".join([*told, *(f"  {row['last']}" for row in table if row["state"] == UNREADABLE)])


def _word(value: Any) -> str:
    """What a student wrote stays on its line, leaves room for others, and does nothing to the teacher's terminal."""
    word = shown(f"{value:g}" if isinstance(value, float) else str(value)).replace("\n", " ; ").replace("\t", " ")
    return word if len(word) <= WIDEST else f"{word[: WIDEST - 3]}..."
