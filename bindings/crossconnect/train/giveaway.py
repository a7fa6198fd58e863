# SPDX-License-Identifier: Apache-2.0
"""Words that give the cause away in the ticket, the title, or the topology fields that the lab shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Iterator

import yaml

from .causes import telling_words
from .document import Document
from .exercise import Exercise
from .finding import Finding, told


def find(exercise: Exercise) -> Iterator[Finding]:
    for within_reach in (_ticket, _title, _name, _topology):
        yield from _in(exercise, within_reach)


@told
def _in(exercise: Exercise, within_reach: Callable[[Exercise], Iterator[Shown]]) -> Iterator[Finding]:
    for shown in within_reach(exercise):
        for word, pattern in _secrets(exercise):
            if found := re.search(pattern, shown.text, re.IGNORECASE):
                line, column = shown.place(found.start())
                rule, remedy = "gives the cause away", "say what the user noticed"
                yield Finding(str(exercise.folder / shown.file), rule, remedy, line, column, shown.what, "word", word)


@dataclass(frozen=True)
class Shown:
    what: str
    file: str
    text: str
    at: tuple[int, int] | None = None  # where it stands in the file, if it is a value in it

    def place(self, offset: int) -> tuple[int, int]:
        begin = self.text.rfind("\n", 0, offset)
        return self.at or (self.text.count("\n", 0, offset) + 1, offset - begin)


def _ticket(exercise: Exercise) -> Iterator[Shown]:
    yield Shown("ticket", "ticket.md", exercise.text("ticket.md"))


def _title(exercise: Exercise) -> Iterator[Shown]:
    yield Shown("title", "exercise.yaml", exercise.words["title"], exercise.written().place(("title",)))


def _name(exercise: Exercise) -> Iterator[Shown]:
    """Of the folder, which lists, labs and attempts are called by."""
    yield Shown("the folder's name", "", re.sub("[-_.]", " ", exercise.name), (0, 0))


def _topology(exercise: Exercise) -> Iterator[Shown]:
    """The lab shows name, title and message; comments are not shown."""
    file = exercise.beginning
    document = Document(exercise.folder / file, exercise.text(file))
    for path, text in document.texts():
        if path in (("name",), ("title",), ("message",)):
            yield Shown(path[0], file, text, document.place(path))


def words_of(topology: str) -> dict[str, Any]:
    """Of one that its reader refuses, nothing is shown."""
    try:
        words = yaml.safe_load(topology)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return words if isinstance(words, dict) else {}


def _secrets(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Each word with its pattern: those of the kind in any form, and the place exactly as written."""
    for kind in [cause["what"] for cause in exercise.causes] or ["nothing"]:
        yield from ((word, rf"(?<![\w-]){re.escape(word)}") for word in telling_words(kind))
    for cause in exercise.causes:
        if (place := cause["where"][0]) not in exercise.access:
            yield place, rf"(?<![\w.:/-]){re.escape(place)}(?![\w.:/-])"
