# SPDX-License-Identifier: Apache-2.0
"""Annotations that GitHub shows in the files of a pull request. It takes ten of a kind from a step and silently drops the
rest, so there are nine, and one that says how many more there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

from results import Results

MOST = 9


@dataclass(frozen=True)
class Annotation:
    level: str  # error, warning
    text: str
    title: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = {"file": self.file, "line": self.line, "title": self.title}
        properties = ",".join(f"{key}={_property(str(value))}" for key, value in where.items() if value)
        return f"::{self.level} {properties}::{_data(self.text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def annotations(results: Results, warns: bool) -> list[Annotation]:
    """At most ten errors and ten warnings. `warns`: inconclusive is a warning, not an error."""
    every = [*_all(results, warns)]
    return [one for level in ("error", "warning") for one in _at_most(level, [a for a in every if a.level == level])]


def _at_most(level: str, some: list[Annotation]) -> list[Annotation]:
    more = len(some) - MOST
    if more <= 1:
        return some
    return [*some[:MOST], Annotation(level, f"and {more} more; the job summary lists all of them", "Crossconnect")]


def _all(results: Results, warns: bool) -> Iterator[Annotation]:
    if results.problem:
        yield Annotation("error", results.problem, "Crossconnect")
    for finding in results.findings:
        yield Annotation("error", finding.text, "not valid", finding.file, finding.line)
    for drill in results.drills:
        if drill.error:
            yield Annotation("error", drill.error, f"drill {drill.name} did not run", drill.file, 1)
        for one in drill.not_held():
            level = "warning" if warns and one["verdict"] == "inconclusive" else "error"
            text = f"{one['sentence']}: {one['verdict']}\nfound: {one['found']}"
            text += f"\nexpected because {one['because']}" if one["because"] else ""
            yield Annotation(level, text, f"drill {drill.name}", drill.file, one["line"])
