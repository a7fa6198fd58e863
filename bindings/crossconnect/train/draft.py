# SPDX-License-Identifier: Apache-2.0
"""An exercise as its author left it: what of it can be read, and every mistake in the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from .document import Document, read_text
from .finding import Finding, told
from .keys import EXERCISE

FILES = ("exercise.yaml", "ticket.md", "solution.md", "healthy.yaml", "symptom.yaml", "holds.yaml", "solve")
_BREAKS = ("broken.yaml", "broken.sh")
# In place of what does not fit, so that the rest can be looked at.
_NEUTRAL: dict[str, Any] = {"title": "", "level": 1, "minutes": 1, "points": 1, "access": [], "causes": [], "hints": []}


@dataclass(frozen=True)
class Draft:
    words: dict[str, Any]  # exercise.yaml, without what does not fit
    doubtful: frozenset[str]  # its keys of which nothing fits: nothing follows from them
    findings: list[Finding]

    @property
    def variants(self) -> list[dict[str, str]]:
        return [{name: str(value) for name, value in row.items()} for row in self.words.get("variants", [{}])]


def read(folder: Path) -> Draft:
    document = Document(folder / "exercise.yaml")
    found = [*document.findings, *EXERCISE.find(document, (), document.data)]
    given = document.data if isinstance(document.data, dict) else {}
    words = _fitting(given, {tuple(one.field.split(".")) for one in found})
    doubtful = frozenset(_doubtful(given, words))
    found += [*_unread(folder), *(_unbroken(folder) if words["causes"] else ())]
    return Draft(words, doubtful, list(dict.fromkeys(found)))


def _fitting(given: dict[str, Any], wrong: set[tuple[str, ...]]) -> dict[str, Any]:
    """Of lists the items that fit."""
    whole = {key: value for key, value in given.items() if key in EXERCISE.names and (key,) not in wrong}
    spoilt = {path[:2] for path in wrong}
    for key, value in whole.items():
        if isinstance(value, list):
            whole[key] = [one for number, one in enumerate(value) if (key, str(number)) not in spoilt]
    if not whole.get("variants"):
        whole.pop("variants", None)
    return {**_NEUTRAL, **whole}


def _doubtful(given: dict[str, Any], words: dict[str, Any]) -> Iterator[str]:
    """A key of which nothing fits, or that is missing, perhaps because it is mistyped."""
    mistyped = not given or any(key not in EXERCISE.names for key in given)
    for key in EXERCISE.names:
        spoilt = key in given and given[key] and not words.get(key)
        missing = key not in given and (key in _NEUTRAL or mistyped)
        if spoilt or missing:
            yield key


def _unread(folder: Path) -> Iterator[Finding]:
    optional = [file for name in _BREAKS if (file := folder / name).exists()]
    scripts = [file for part in ("", "wrong", "inside") for file in sorted((folder / part).glob("*.sh"))]
    for file in dict.fromkeys([*(folder / name for name in FILES), *optional, *scripts]):
        yield from _of_file(file)


@told
def _of_file(file: Path) -> Iterator[Finding]:
    """A link could show a student any file of the host."""
    if file.is_symlink() and file.parent.resolve() not in file.resolve().parents:
        yield Finding(str(file), f"is a link to {file.resolve()}, outside of the exercise", "write the file itself")
        return
    read_text(file)


def _unbroken(folder: Path) -> Iterator[Finding]:
    if not any((folder / name).exists() for name in _BREAKS):
        yield Finding(str(folder / _BREAKS[0]), "is missing", "an exercise with causes needs broken.yaml or broken.sh")
