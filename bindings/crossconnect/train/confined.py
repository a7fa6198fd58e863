# SPDX-License-Identifier: Apache-2.0
"""What a program may do in an attempt: in a node what a student may in an exam (guest.py), and changes that stay a network's."""

from __future__ import annotations

import re

import yaml

from .. import _core
from . import exercise as exercises, guest, workplace
from .exercise import Exercise

_OPTIONS = re.compile(r"--dry-run|--format=(text|json)|--")
_KEYS = ("exec", "files", "from-file")  # of a node: what runs as root there, or reads the host's files
_INCLUDE = re.compile(r"\binclude\b")  # of nft


def demand_hidden(exercise: Exercise) -> None:
    """Raises Error for an exercise that a guest can read, with its solution."""
    if guest.can_read(exercise.folder) and exercise.folder.parent not in exercises.installed():
        raise _core.Error(f"{exercise.folder}: a program can read the solution there; copy it to /srv or /var")


def demand_change(exercise: Exercise, words: list[str]) -> None:
    """Raises NotFoundError for nodes outside of the ticket's, and Error for what would leave the network."""
    for word in (word for word in words if word.startswith("-") and not _OPTIONS.fullmatch(word)):
        raise _core.Error(f"{word}: an attempt takes --dry-run and --format=json alone; leave it out")
    given = [word for word in words if not word.startswith("-")]
    if given[:1] == ["node"] and given[1:2] != ["list"]:
        for name in given[2:3]:
            workplace.demand_access(exercise, name)
    for word in given[2:]:
        _demand_network(word)


def _demand_network(word: str) -> None:
    key, _, value = word.partition("=")
    for text in (*key.split("."), *_scalars(value)):
        if text in _KEYS or _INCLUDE.search(text):
            named = text if text in _KEYS else "include"
            raise _core.Error(f"{key}: '{named}' runs or reads what is outside of the network; leave it out")


def _scalars(value: str) -> list[str]:
    """Keys as well, without their quotes and escapes."""
    try:
        return [event.value for event in yaml.parse(value, yaml.SafeLoader) if isinstance(event, yaml.ScalarEvent)]
    except yaml.YAMLError:
        raise _core.Error(f"{value}: is not YAML; write KEY=VALUE as in the topology")
