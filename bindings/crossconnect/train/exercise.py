# SPDX-License-Identifier: Apache-2.0
"""An exercise: a folder that a teacher writes. docs/training.md describes each file."""

from __future__ import annotations

import hashlib
import json
import os
import re
import string
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .._core import NotFoundError
from . import draft
from .document import Document, read_text
from .finding import demand_none, suggestion

_PATH = r"""^(%s): *("[^"\n]*"|'[^'\n]*'|[^\s#].*?(?=\s+#|\s*$))"""
_EXTENDS = re.compile(_PATH % "extends", re.MULTILINE)
_TOPOLOGY = re.compile(_PATH % "topology", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """With one of its variants: texts, topologies, drills and scripts have its values in place of `${name}`."""

    folder: Path
    words: dict[str, Any]  # exercise.yaml
    variant: dict[str, str]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def causes(self) -> list[dict[str, Any]]:
        return self.filled(self.words["causes"])

    @property
    def access(self) -> list[str]:
        return self.filled(self.words["access"])

    @property
    def hints(self) -> list[dict[str, Any]]:
        return self.filled(self.words["hints"])

    @property
    def points(self) -> int:
        return self.words["points"]

    def text(self, file: str) -> str:
        return self.filled(read_text(self.folder / file))

    def drill(self, file: str) -> str:
        return self._anchored(_TOPOLOGY, self.text(file))

    def topology(self, file: str) -> str:
        return self._anchored(_EXTENDS, self.text(file))

    @cached_property
    def begins_as(self) -> str:
        """The topology that the student's lab comes up as: broken.yaml, or healthy.yaml if there is none."""
        return self.topology(self.beginning)

    @property
    def beginning(self) -> str:
        return "broken.yaml" if (self.folder / "broken.yaml").exists() else "healthy.yaml"

    @property
    def broken_by(self) -> str:
        """The file that has the fault."""
        return "broken.sh" if (self.folder / "broken.sh").exists() else self.beginning

    @property
    def breaks(self) -> str:
        """The script that then breaks the lab, before the student sees it; usually empty."""
        return self.text("broken.sh") if (self.folder / "broken.sh").exists() else ""

    @cached_property
    def healthy(self) -> str:
        return self.topology("healthy.yaml")

    @property
    def inside(self) -> dict[str, str]:
        """The fix as it is typed in an exam: a script for each node, run in that node; empty where that is not possible."""
        return {file.stem: self.text(f"inside/{file.name}") for file in self.scripts("inside")}

    def scripts(self, folder: str) -> list[Path]:
        return sorted((self.folder / folder).glob("*.sh"))

    def written(self) -> Document:
        """exercise.yaml, and where each of its values stands."""
        return Document(self.folder / "exercise.yaml")

    def _anchored(self, line: re.Pattern[str], text: str) -> str:
        """Makes a path that is relative to the exercise's folder absolute."""
        return line.sub(lambda found: f"{found[1]}: {json.dumps(str(self._place(found[2])), ensure_ascii=False)}", text)

    def _place(self, word: str) -> Path:
        return (self.folder / word.strip("\"'")).resolve()

    def filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return string.Template(value).safe_substitute(self.variant)
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        return {key: self.filled(one) for key, one in value.items()} if isinstance(value, dict) else value


def libraries() -> list[Path]:
    """$XCONN_EXERCISES, ./exercises, those installed with the program; each existing folder once."""
    named = os.environ.get("XCONN_EXERCISES")
    if named and not Path(named).is_dir():
        raise NotFoundError(
            f"XCONN_EXERCISES = '{named}': is not a folder; name the one that your exercises are in, or unset it"
        )
    places = [*([Path(named)] if named else []), Path("exercises")]
    return list(dict.fromkeys([*_there(places), *installed()]))


def installed() -> list[Path]:
    """With the program."""
    places = [parent / "share" / "crossconnect" / "exercises" for parent in Path(__file__).resolve().parents]
    return _there(places)


def _there(places: list[Path]) -> list[Path]:
    return [place.resolve() for place in places if place.is_dir()]


def all_folders() -> list[Path]:
    found: dict[str, Path] = {}
    for library in libraries():
        for file in sorted(library.glob("*/exercise.yaml")):
            found.setdefault(file.parent.name, file.parent)
    return [found[name] for name in sorted(found)]


def find_folder(word: str) -> Path:
    """A folder with an exercise.yaml, or an exercise's name. Raises NotFoundError."""
    if (Path(word) / "exercise.yaml").exists():
        return Path(word).resolve()
    known = {folder.name: folder for folder in all_folders()}
    if "/" in word or (word not in known and Path(word).is_dir()):
        raise NotFoundError(f"{word}: this folder has no exercise.yaml; name a folder that has one, or an exercise")
    if word not in known:
        raise NotFoundError(f"there is no exercise '{word}'; {suggestion(word, known)}")
    return known[word]


def word_for(folder: Path) -> str:
    """That find_folder finds it by: its name where that is enough."""
    return folder.name if folder in all_folders() else str(folder)


def seed_of(student: str, exercise: str, seed: str = "") -> str:
    """The same student always gets the same variant; a teacher's seed takes precedence."""
    return seed or hashlib.sha256(f"{student}/{exercise}".encode()).hexdigest()[:8]


def read(folder: Path, seed: str = "") -> Exercise:
    """Raises TopologyError with every mistake that reading finds."""
    rows = variants(folder)
    return rows[int(hashlib.sha256(seed.encode()).hexdigest(), 16) % len(rows)]


def variants(folder: Path) -> list[Exercise]:
    """The exercise, once for each of its variants."""
    if not folder.is_dir():
        raise NotFoundError(f"{folder}: the exercise is not there any more; put its folder back")
    found = draft.read(folder)
    demand_none(found.findings)
    return [Exercise(folder, found.words, row) for row in found.variants]
