# SPDX-License-Identifier: Apache-2.0
"""What happened in an attempt, in order: what was typed, answered, checked and seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator

from . import commands, desk
from .attempt import Attempt


@dataclass(frozen=True)
class Happening:
    minutes: float  # of work
    kind: str  # "command", "hint", "answer", "check", "checkpoint" or "solution"
    text: str


@dataclass(frozen=True)
class Look:
    """At the symptoms: by a check, or by `status --watch`."""

    minutes: float
    verdicts: dict[str, str]  # of each sentence: "pass", "fail" or "inconclusive"


def happenings(attempt: Attempt) -> list[Happening]:
    return sorted(_happenings(attempt), key=lambda one: one.minutes)


def _happenings(attempt: Attempt) -> Iterator[Happening]:
    for row in commands.read(attempt):
        yield Happening(attempt.minutes_at(row["at"]), "command", row["command"])
    for number, at in enumerate(attempt.hints_at, 1):
        yield Happening(attempt.minutes_at(at), "hint", f"number {number}")
    for row in attempt.answers:
        yield Happening(attempt.minutes_at(row["at"]), "answer", f"{row['what']} at {row['where'] or '-'}")
    for row in attempt.checkpoints:
        yield Happening(attempt.minutes_at(row["at"]), "checkpoint", f"{row['stage']}, at a price of {row['price']:g}")
    for row in attempt.checks:
        yield Happening(attempt.minutes_at(row["at"]), "check", _result(row))
    if attempt.gave_up_at is not None:
        yield Happening(attempt.minutes_at(attempt.gave_up_at), "solution", "shown")


def _result(check: dict[str, Any]) -> str:
    failed = "; ".join(row["sentence"] for row in check["rows"] if row["verdict"] != "pass")
    return "passed" if check["fixed"] else f"failed: {failed}"


def tries(attempt: Attempt) -> Iterator[str]:
    """Those before this one, in words."""
    for number, row in enumerate(desk.earlier(attempt), 1):
        earned = f"{row['points']:g} of {row['of']} points in {row['minutes']:g} min" if row["of"] else row["state"]
        yield f"Try {number}, before this one: {earned}"


def looks(attempt: Attempt) -> list[Look]:
    seen = [
        Look(attempt.minutes_at(row["at"]), {one["sentence"]: one["verdict"] for one in row["rows"]})
        for row in (*attempt.checks, *attempt.looks)
    ]
    return sorted(seen, key=lambda one: one.minutes)
