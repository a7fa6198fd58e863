# SPDX-License-Identifier: Apache-2.0
"""A teacher's overview: the state of all attempts in a folder."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from . import commands
from .attempt import Attempt, all_in
from .marks import marks
from .stage import is_up

COLUMNS = ("student", "exercise", "state", "minutes", "hints", "answers", "checks", "steps", "marks", "of", "last")


def state_of(attempt: Attempt) -> str:
    if attempt.gave_up_at is not None:
        return "gave up" if attempt.fixed_at is None else "finished"
    if attempt.fixed_at is not None:
        return "fixed"
    return "at work" if is_up(attempt.name) else "away"


def row_of(attempt: Attempt) -> dict[str, Any]:
    typed = commands.read(attempt)
    exercise = attempt.read_exercise()
    given = marks(exercise, attempt)
    values = (attempt.student, exercise.name, state_of(attempt), round(attempt.seconds / 60, 1), attempt.hints)
    values += (len(attempt.answers), len(attempt.checks), len(typed), given.total, given.of)
    return dict(zip(COLUMNS, (*values, typed[-1]["command"] if typed else "")))


def rows(folder: Path) -> list[dict[str, Any]]:
    return [row_of(attempt) for attempt in all_in(folder)]


def as_csv(table: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def as_text(table: list[dict[str, Any]]) -> str:
    lines = [[column.upper() for column in COLUMNS], *([str(row[column]) for column in COLUMNS] for row in table)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(COLUMNS))]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(line, widths)).rstrip() for line in lines)
