# SPDX-License-Identifier: Apache-2.0
"""The report of an attempt as one HTML file that loads nothing: for the student to keep, and for the teacher to hand out."""

from __future__ import annotations

from typing import Iterator

from . import causes, points, story
from .attempt import Attempt
from .exercise import Exercise
from .markup import element, escaped, paragraphs, table
from .picture import Picture

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """body{font:15px system-ui,sans-serif;margin:2em auto;max-width:66em;padding:0 1em}
table{border-collapse:collapse}td,th{padding:.25em .8em .25em 0;text-align:left;vertical-align:top}
tr+tr td{border-top:1px solid #ddd}pre{background:#f4f4f4;padding:.8em;overflow-x:auto}pre,td code{white-space:pre-wrap}
svg{width:100%;font-size:12px}.pass{fill:#2e8b57}.fail{fill:#c0392b}.inconclusive{fill:#b8860b}.unseen{fill:#ddd}
.command{stroke:#777;stroke-dasharray:2}.answer{stroke:#1f5fa8;stroke-width:2}.check{stroke:#111}.checkpoint{stroke:#b8860b;stroke-width:3}
.hint{stroke:#7d3c98;stroke-width:2}.solution{stroke:#b8860b;stroke-dasharray:6 2}"""


def html(attempt: Attempt, exercise: Exercise) -> str:
    title = escaped(f"{exercise.words['title']}: {attempt.student}")
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    body = "\n".join(_body(attempt, exercise))
    return f'<!doctype html>\n<html lang="en"><head>{head}<title>{title}</title><style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n{body}\n</body></html>\n'  # fmt: skip


def _body(attempt: Attempt, exercise: Exercise) -> Iterator[str]:
    happened = story.happenings(attempt)
    yield _part("Ticket", paragraphs(exercise.text("ticket.md")))
    yield _part("Cause", _causes(exercise))
    yield _part("Symptoms over time", _symptoms(attempt, happened))
    yield _part("What was done", table(_rows(happened), ("time", "", "")))
    yield _part(
        "Fix", f"<p>{_when_fixed(attempt, exercise)}</p>" + element("pre", escaped(exercise.text("solve").strip()))
    )
    yield _part("Points", table(_points(points.score(exercise, attempt))))
    yield from (element("p", escaped(f"{line}.")) for line in story.tries(attempt))
    yield _part("Why", paragraphs(exercise.text("solution.md")))


def _part(heading: str, inner: str) -> str:
    return f"<h2>{heading}</h2>\n{inner}"


def _causes(exercise: Exercise) -> str:
    meanings = {cause.name: cause.meaning for cause in causes.CAUSES}
    rows = [
        [
            element("code", escaped(cause["where"][0])),
            element("code", escaped(cause["what"])),
            escaped(meanings[cause["what"]]),
        ]
        for cause in exercise.causes
    ]
    return table(rows, ("place", "kind", "is")) if rows else "<p>Nothing was wrong.</p>"


def _symptoms(attempt: Attempt, happened: list[story.Happening]) -> str:
    looks = story.looks(attempt)
    if not looks:
        return "<p>Nobody ran a check.</p>"
    return Picture(max(attempt.seconds / 60, looks[-1].minutes), looks, happened).svg()


def _rows(happened: list[story.Happening]) -> Iterator[list[str]]:
    for one in happened:
        text = element("code", escaped(one.text)) if one.kind == "command" else escaped(one.text)
        yield [f"{one.minutes:.1f} min", one.kind, text]


def _when_fixed(attempt: Attempt, exercise: Exercise) -> str:
    if attempt.fixed_at is None:
        return "The check never passed. What fixes it:"
    late = "" if points.fixed_in_time(exercise, attempt) else ", which did not count any more"
    return f"The check passed after {attempt.minutes_at(attempt.fixed_at):.1f} min{late}. What fixes it:"


def _points(given: points.Score) -> list[list[str]]:
    values = (("fix", given.fix), ("place", given.place), ("kind", given.kind), ("hints", -given.hints), ("guesses", -given.guesses))  # fmt: skip
    return [*([name, f"{value:g}"] for name, value in values), ["total", f"{given.total:g} of {given.of}"]]
