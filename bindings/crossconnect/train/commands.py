# SPDX-License-Identifier: Apache-2.0
"""What a student ran, with times: by `train exec`, `train shell` and the tools of `xconn mcp`."""

from __future__ import annotations

import json
import shlex
import time
from typing import Any, Iterable

from . import log
from .attempt import Attempt

LONGEST = 4096  # characters of a command


def note(attempt: Attempt, words: Iterable[str]) -> None:
    keep(attempt, shlex.join(words))


def keep(attempt: Attempt, command: str) -> None:
    row = {"at": time.time(), "command": command[:LONGEST]}
    with log.changing(attempt.folder), open(attempt.folder / "commands.jsonl", "a") as file:
        file.write(json.dumps(row) + "\n")


def read(attempt: Attempt) -> list[dict[str, Any]]:
    """{at, command}, in order of time."""
    return sorted([*_noted(attempt), *_typed(attempt)], key=lambda row: row["at"])


def _noted(attempt: Attempt) -> list[dict[str, Any]]:
    file = attempt.folder / "commands.jsonl"
    lines = file.read_text(errors="replace").splitlines() if file.exists() else []
    return [row for row in map(log.parsed, lines) if _is_row(row)]


def _is_row(row: log.Line) -> bool:
    """A line that was cut short or edited is none; `train class --verify` tells that it was."""
    return isinstance(row.get("at"), (int, float)) and isinstance(row.get("command"), str)


def _typed(attempt: Attempt) -> list[dict[str, Any]]:
    """The shells' history: a line "#SECONDS" before each command."""
    rows: list[dict[str, Any]] = []
    file = attempt.folder / "history"
    for line in file.read_text(errors="replace").splitlines() if file.exists() else []:
        if line.startswith("#") and line[1:].isdigit():
            rows.append({"at": float(line[1:]), "command": ""})
        elif rows:
            rows[-1]["command"] = f"{rows[-1]['command']}\n{line}".strip()
    return [row for row in rows if row["command"]]
