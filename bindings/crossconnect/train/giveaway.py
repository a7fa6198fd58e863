# SPDX-License-Identifier: Apache-2.0
"""Words that give the cause away in the ticket, the title, or the topology fields that the lab shows."""

from __future__ import annotations

import re
from typing import Any, Iterator

import yaml

from .causes import telling_words
from .exercise import Exercise
from .finding import Finding


def find(exercise: Exercise) -> Iterator[Finding]:
    for file, text in _within_reach(exercise):
        for word, pattern in _secrets(exercise):
            if found := re.search(pattern, text, re.IGNORECASE):
                line = text[: found.start()].count("\n") + 1
                rule = "gives the cause away"
                yield Finding(
                    str(exercise.folder / file), rule, "say what the user noticed", line, 1, "text", "word", word
                )


def _within_reach(exercise: Exercise) -> Iterator[tuple[str, str]]:
    yield "ticket.md", exercise.text("ticket.md")
    yield "exercise.yaml", exercise.words["title"]
    # the lab shows name, title and message; comments are not shown
    shown = words_of(exercise.text(exercise.beginning))
    yield exercise.beginning, "\n".join(str(shown.get(key, "")) for key in ("name", "title", "message"))


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
