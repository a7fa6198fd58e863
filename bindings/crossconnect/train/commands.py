# SPDX-License-Identifier: Apache-2.0
"""What a student ran, with times: by `train exec`, `train shell`, the tools of `xconn mcp`, and verbs of xconn on the lab."""

from __future__ import annotations

import json
import re
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable

from . import log, record

if TYPE_CHECKING:
    from .attempt import Attempt

LONGEST = 4096  # characters of a command


def note(attempt: Attempt, words: Iterable[str]) -> None:
    keep(attempt, shlex.join(words))


def keep(attempt: Attempt, command: str) -> None:
    row = {"at": time.time(), "command": command[:LONGEST]}
    with log.changing(attempt.folder) as change:
        change.append("commands.jsonl", f"{json.dumps(row)}\n".encode())


def listen(attempt: Attempt, lab_folder: Path) -> None:
    """From now on each verb of xconn that somebody runs on the lab tells it (orchestrator/cli/noted.hh)."""
    file = attempt.folder / log.VERBS
    file.touch(mode=0o600)
    (lab_folder / log.VERBS).symlink_to(file.absolute())


def is_heard(attempt: Attempt, lab_folder: Path) -> bool:
    """Whether a lab is the one that was told to listen, and no other of its name."""
    link = lab_folder / log.VERBS
    return link.is_symlink() and link.resolve() == (attempt.folder / log.VERBS).resolve()


def read(attempt: Attempt) -> list[dict[str, Any]]:
    """{at, command}, in order of time."""
    return sorted([*_noted(attempt), *_verbs(attempt), *_typed(attempt)], key=lambda row: row["at"])


def _noted(attempt: Attempt) -> list[dict[str, Any]]:
    return [row for row in _rows(attempt.folder / "commands.jsonl") if _is_row(row)]


def _verbs(attempt: Attempt) -> list[dict[str, Any]]:
    rows = _rows(attempt.folder / log.VERBS)
    told = [{"at": row.get("at"), "command": _told(row)} for row in rows]
    return [row for row in told if _is_row(row)]


def _told(row: log.Line) -> str | None:
    """The words of a verb, or what was piped into a shell."""
    argv, piped = row.get("argv"), row.get("piped")
    if isinstance(piped, str):
        return piped.strip()[:LONGEST] or None
    return shlex.join(map(str, argv))[:LONGEST] if isinstance(argv, list) else None


def _rows(file: Path) -> list[log.Line]:
    return list(map(log.parsed, file.read_text(errors="replace").splitlines() if file.exists() else []))


def _is_row(row: log.Line) -> bool:
    """A line that was cut short or edited is none; `train class --verify` tells that it was."""
    return record.is_number(row.get("at")) and isinstance(row.get("command"), str)


def _typed(attempt: Attempt) -> list[dict[str, Any]]:
    """The shells' history: a line "#SECONDS" before each command."""
    rows: list[dict[str, Any]] = []
    file = attempt.folder / "history"
    for line in file.read_text(errors="replace").splitlines() if file.exists() else []:
        if re.fullmatch("#[0-9]{1,11}", line):
            rows.append({"at": float(line[1:]), "command": ""})
        elif rows:
            rows[-1]["command"] = f"{rows[-1]['command']}\n{line}".strip()
    return [row for row in rows if row["command"]]
