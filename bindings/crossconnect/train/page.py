"""The report of an attempt: the cause, what was typed and answered, each check, and the explanation with its source."""

from __future__ import annotations

from typing import Any, Iterator

from . import commands
from .attempt import Attempt
from .exercise import Exercise
from .marks import marks


def markdown(attempt: Attempt, exercise: Exercise) -> str:
    return "\n".join(_lines(attempt, exercise)) + "\n"


def _lines(attempt: Attempt, exercise: Exercise) -> Iterator[str]:
    given = marks(exercise, attempt)
    yield f"# {exercise.words['title']}: {attempt.student}"
    yield ""
    yield f"{given.total:g} of {given.of} points in {attempt.seconds / 60:.0f} min; fix {given.cure:g}, place {given.place:g},"
    yield f"kind {given.kind:g}, hints -{given.hints}, guesses -{given.guesses}."
    yield from ("", "## Cause", "")
    yield from (f"- `{cause['what']}` at `{cause['where'][0]}`" for cause in exercise.causes)
    if not exercise.causes:
        yield "Nothing was wrong."
    yield from ("", "## Timeline", "", "| time | event |", "|---|---|")
    yield from _timeline(attempt)
    yield from ("", "## Explanation", "", exercise.text("solution.md").strip())


def _timeline(attempt: Attempt) -> Iterator[str]:
    rows = [(row["at"], f"`{_cell(row['command'])}`") for row in commands.read(attempt)]
    rows += [(row["at"], f"answer: {row['what']} at {row['where'] or '-'}") for row in attempt.answers]
    rows += [(row["at"], _check(row)) for row in attempt.checks]
    began = attempt.spans[0][0] if attempt.spans else 0.0
    for at, what in sorted(rows):
        yield f"| {(at - began) / 60:.1f} min | {what} |"


def _check(row: dict[str, Any]) -> str:
    failed = [one["sentence"] for one in row["rows"] if one["verdict"] != "pass"]
    return "check: passed" if row["fixed"] else f"check: {_cell('; '.join(failed))}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ; ").replace("`", "'")
