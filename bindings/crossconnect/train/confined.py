# SPDX-License-Identifier: Apache-2.0
"""What a program may do in an attempt: run commands in a node as a student does in an exam (guest.py), and change only the
network."""

from __future__ import annotations

import re
from pathlib import Path

from .. import _core
from ..lab import program
from . import guest, value_text, workplace
from .exercise import Exercise

_OPTIONS = re.compile(r"--dry-run|--format=(text|json)|--")
_WORD = re.compile(r"[\w./:-]+", re.ASCII)  # a name, or a path of keys; one in brackets is many words to CLI11
_KEYS = ("exec", "files", "from-file")  # of a node: what runs as root there, or reads the host's files
_INCLUDE = "include"  # of nft


def demand_hidden(exercise: Exercise) -> None:
    """Raises Error for an exercise that a guest can read, with its solution."""
    if guest.can_read(exercise.folder) and exercise.folder.parent != _covered():
        raise _core.Error(f"{exercise.folder}: a program can read the solution there; copy it to /srv or /var")


def _covered() -> Path:
    """Of all folders of exercises the one that orchestrator/world/guest.cc hides: beside the program that is run."""
    prefix = Path(program()).resolve().parent.parent
    return (prefix / "share" / "crossconnect" / "exercises").resolve()


def change(exercise: Exercise, words: list[str]) -> list[str]:
    """The words to run. Raises NotFoundError for nodes outside of the ticket's, and Error for what would leave the network."""
    for word in (word for word in words if word.startswith("-") and not _OPTIONS.fullmatch(word)):
        raise _core.Error(f"{word}: an attempt takes --dry-run and --format=json alone; leave it out")
    given = [word for word in words if not word.startswith("-")]
    if given[:1] == ["node"] and given[1:2] != ["list"]:
        for name in given[2:3]:
            workplace.demand_access(exercise, name)
    return [word if word.startswith("-") else _network(word) for word in words]


def _network(word: str) -> str:
    """The word, with its value written so that xconn reads what was looked at here."""
    key, equals, value = word.partition("=")
    if not _WORD.fullmatch(key):
        raise _core.Error(f"{word}: is neither a name nor KEY=VALUE; write KEY=VALUE as in the topology")
    read = value_text.read(value)
    for text in (*key.split("."), *read.scalars):
        if text in _KEYS or _INCLUDE in text:
            named = text if text in _KEYS else _INCLUDE
            raise _core.Error(f"{key}: '{named}' runs or reads what is outside of the network; leave it out")
    return f"{key}{equals}{read.text}"
