# SPDX-License-Identifier: Apache-2.0
"""Mistakes in the texts and shell scripts of an exercise that are found without running them."""

from __future__ import annotations

import os
import re
import tempfile
from typing import Iterator

from .asked import ask
from .document import read_text
from .draft import FILES
from .exercise import Exercise
from .finding import Finding, told

_LEFT = re.compile(r"(?<!\$)\$\{([a-z_][a-z0-9_]*)\}")  # what no variant has a value for; $XCONN_LAB is the shell's
_FAULT = re.compile(r"^[^#\n]*\bxconn\s+fault\b", re.MULTILINE)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_MAY_EXPLAIN = ("ticket.md", "solution.md", "solve")  # if nothing is wrong, why nothing is to be done
_SYNTAX = re.compile(r"^.*?: (\d+): (.*)")


def find(exercise: Exercise) -> Iterator[Finding]:
    for file in _scripts(exercise):
        yield from _syntax(exercise, file)
    for file in ("ticket.md", "solution.md", *_scripts(exercise)):
        yield from _empty(exercise, file)
    yield from _breaks(exercise)


def find_unknown_values(exercise: Exercise) -> Iterator[Finding]:
    for file in _texts(exercise):
        yield from _unknown_values(exercise, file)


def has_unknown_values(text: str) -> bool:
    """Of a text with a variant's values in it."""
    return _LEFT.search(text) is not None


@told
def _empty(exercise: Exercise, file: str) -> Iterator[Finding]:
    says = exercise.text(file)
    if not (says if file in _MAY_EXPLAIN else _COMMENT.sub("", says)).strip():
        remedy = "write it; docs/training.md describes it"
        yield Finding(str(exercise.folder / file), "is empty", remedy, 1, 1)


def _scripts(exercise: Exercise) -> list[str]:
    named = [*exercise.scripts("wrong"), *exercise.scripts("inside"), exercise.folder / "broken.sh"]
    return ["solve", *(str(file.relative_to(exercise.folder)) for file in named if file.exists())]


def _texts(exercise: Exercise) -> list[str]:
    return list(dict.fromkeys([*FILES, exercise.beginning, *_scripts(exercise)]))


@told
def _syntax(exercise: Exercise, file: str) -> Iterator[Finding]:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as copy:  # of any length, and with any characters
        copy.write(exercise.text(file))
        copy.flush()
        done = ask(["sh", "-n", copy.name], os.environ)
    if done.returncode != 0:
        said = done.stderr.strip() or f"exited with {done.returncode}"
        line, rule = found.groups() if (found := _SYNTAX.match(said)) else ("1", said)
        yield Finding(str(exercise.folder / file), rule, "sh -n must accept it", int(line), 1)


@told
def _unknown_values(exercise: Exercise, file: str) -> Iterator[Finding]:
    names = ", ".join(exercise.variant) or "none"
    raw = read_text(exercise.folder / file)
    for found in _LEFT.finditer(raw):
        if found[1] not in exercise.variant:
            line, column = raw.count("\n", 0, found.start()) + 1, found.start() - raw.rfind("\n", 0, found.start())
            remedy = f"variants have {names}; write a shell dollar sign twice"
            yield Finding(str(exercise.folder / file), "no variant has this value", remedy, line, column, "text", "name", found[1])  # fmt: skip


@told
def _breaks(exercise: Exercise) -> Iterator[Finding]:
    file, beside = exercise.folder / "broken.sh", exercise.folder / "broken.yaml"
    if not file.exists():
        return
    if beside.exists():
        yield Finding(str(file), "stands beside broken.yaml", "break the network with one of them")
    if found := _FAULT.search(exercise.breaks):
        rule, remedy = "uses xconn fault, which the timeline and xconn inspect show", "break it with xconn exec"
        yield Finding(str(file), rule, remedy, exercise.breaks.count("\n", 0, found.end()) + 1, 1)
