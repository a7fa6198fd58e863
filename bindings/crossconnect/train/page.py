# SPDX-License-Identifier: Apache-2.0
"""The report of an attempt in Markdown: the cause, what was typed and answered, each check, the explanation with its source."""

from __future__ import annotations

from typing import Iterator

from . import story
from .attempt import Attempt
from .exercise import Exercise
from .points import score
from .markup import escaped, shown


def markdown(attempt: Attempt, exercise: Exercise) -> str:
    return "\n".join(_lines(attempt, exercise)) + "\n"


def _lines(attempt: Attempt, exercise: Exercise) -> Iterator[str]:
    given = score(exercise, attempt)
    yield f"# {exercise.words['title']}: {escaped(attempt.student)}"
    yield ""
    yield f"{given.total:g} of {given.of} points in {attempt.seconds / 60:.1f} min; fix {given.fix:g}, place {given.place:g},"
    yield f"kind {given.kind:g}, hints {-given.hints}, guesses {-given.guesses}."
    yield from (f"{line}." for line in story.tries(attempt))
    yield from ("", "## Cause", "")
    yield from (f"- `{cause['what']}` at `{cause['where'][0]}`" for cause in exercise.causes)
    if not exercise.causes:
        yield "Nothing was wrong."
    yield from ("", "## Timeline", "", "| time | event |", "|---|---|")
    yield from (f"| {one.minutes:.1f} min | {_event(one)} |" for one in story.happenings(attempt))
    yield from ("", "## Explanation", "", exercise.text("solution.md").strip())


def _event(one: story.Happening) -> str:
    cell = shown(one.text).replace("|", "\\|").replace("\n", " ; ").replace("`", "'")
    return f"`{cell}`" if one.kind == "command" else f"{one.kind}: {escaped(cell)}"
