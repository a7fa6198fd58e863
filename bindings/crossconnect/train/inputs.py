# SPDX-License-Identifier: Apache-2.0
"""What an attempt was begun from: the files of its exercise, and the topologies that they extend, as they were then."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Iterator

from . import log
from .document import read_text
from .exercise import Exercise
from .giveaway import words_of


def text_of(exercise: Exercise) -> str:
    """Of inputs.json: the hash of each file."""
    return json.dumps({str(file): _hash(file) for file in _files(exercise)}, indent=1) + "\n"


def changed(folder: Path) -> list[str]:
    """The files that are not as they were when the attempt in a folder was begun. Those of an exercise that is not on this host
    are not compared."""
    file = folder / log.INPUTS
    then = log.parsed(file.read_text(errors="replace")) if file.is_file() else {}
    return [name for name, digest in then.items() if Path(name).parent.exists() and _hash(Path(name)) != digest]


def _files(exercise: Exercise) -> Iterator[Path]:
    yield from (file for file in sorted(exercise.folder.rglob("*")) if file.is_file())
    yield from dict.fromkeys(_extended(exercise, exercise.begins_as))


def _extended(exercise: Exercise, topology: str) -> Iterator[Path]:
    base = words_of(topology).get("extends")
    if isinstance(base, str) and (file := exercise.folder / base).is_file():
        if file.parent != exercise.folder:
            yield file.resolve()
        yield from _extended(exercise, read_text(file))


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
