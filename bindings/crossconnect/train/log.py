# SPDX-License-Identifier: Apache-2.0
"""The signed log of an attempt: a line for each change of its files, chained by hashes and signed with the teacher's key.

Whoever has no key can change nothing afterwards without it showing: neither a file, nor the log, nor both, nor by letting
the program sign the change, because each line says whether the files were as the line before had left them.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import hmac
import json
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Iterator, TextIO

from . import key, os_errors

FILE = "log.jsonl"
VERBS = "verbs.jsonl"
TOPOLOGY = "topology.yaml"
INPUTS = "inputs.json"  # what the attempt was begun from (inputs.py)
GROWS = ("history", VERBS)  # a shell and other verbs of xconn write them while the attempt is not ours
SIGNED = ("attempt.json", TOPOLOGY, INPUTS, "commands.jsonl", *GROWS)
_NOTHING = [0, hashlib.sha256().hexdigest()]
_SINCE = {name: _NOTHING for name in ("attempt.json", "commands.jsonl", *GROWS)}  # signed from the first version on

Line = dict[str, Any]


class Change:
    """New files beside the old ones. They take their places once they are signed, so that a full disk, or an end of the
    process, leaves both as before or both as after."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def replace(self, name: str, content: bytes) -> None:
        file = _beside(self._folder / name)
        with os_errors.about(self._folder / name):
            file.touch(mode=0o600)
            file.write_bytes(content)

    def append(self, name: str, content: bytes) -> None:
        file = self._folder / name
        self.replace(name, (file.read_bytes() if file.exists() else b"") + content)


@contextmanager
def changing(folder: Path) -> Iterator[Change]:
    """Files are changed inside, and signed at the end. One process at a time."""
    secret = key.read(folder.parent)
    with _locked(folder, "a+") as log, os_errors.about(folder):
        _settle(folder, lines := _read(log))
        changed = _changed(folder, lines)
        try:
            yield Change(folder)
            _append(folder / FILE, _line(folder, lines, changed, secret) + "\n")
        finally:
            _settle(folder, _read(log))


def settle(folder: Path) -> None:
    """After a process that ended while it changed something."""
    if (folder / FILE).is_file() and any(os.path.lexists(_beside(folder / name)) for name in SIGNED):
        with _locked(folder, "r") as log:
            _settle(folder, _read(log))


@contextmanager
def _locked(folder: Path, mode: str) -> Iterator[TextIO]:
    with open(folder / FILE, mode, encoding="utf-8", errors="replace") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        yield log


def _read(log: TextIO) -> list[str]:
    log.seek(0)
    return lines_of(log.read())


def _settle(folder: Path, lines: list[str]) -> None:
    """A new file whose hash the last line has replaces the old one; any other new file is removed."""
    signed = parsed(lines[-1]).get("files", {}) if lines else {}
    for file in (folder / name for name in SIGNED):
        new = _beside(file)
        if new.is_file() and _digest(new) == signed.get(file.name):
            new.replace(file)
        elif not new.is_dir():
            new.unlink(missing_ok=True)


def _beside(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")


def _append(file: Path, text: str) -> None:
    """All of it, or nothing where the disk is full."""
    with os_errors.about(file), open(file, "ab", buffering=0) as out:
        size = out.tell()
        if out.write(text.encode()) < len(text.encode()):
            out.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))


def begin(folder: Path) -> None:
    """Of a new attempt, in which there is nothing yet."""
    with os_errors.about(folder / FILE):
        (folder / FILE).write_text(_line(folder, [], [], key.read(folder.parent)) + "\n")


def attempt_of(folder: Path) -> str:
    """The attempt that a log was begun for; empty where there is none to read."""
    with suppress(OSError, UnicodeDecodeError), open(folder / FILE) as file:
        return str(parsed(file.readline()).get("attempt", ""))
    return ""


def _line(folder: Path, lines: list[str], changed: list[str], secret: bytes) -> str:
    line = {
        "number": len(lines) + 1,
        "at": time.time(),
        "attempt": folder.stem,  # also of one that --again has set aside
        "files": {name: _digest(_newest(folder / name)) for name in SIGNED},
        "changed": changed,
        "previous": hash_of(lines[-1]) if lines else "",
    }
    return as_text({**line, "signature": signature(line, secret)})


def _newest(file: Path) -> Path:
    return new if (new := _beside(file)).exists() else file


def _changed(folder: Path, lines: list[str]) -> list[str]:
    """What is not as the last line says."""
    if not lines:
        return [FILE]
    return differing(folder, parsed(lines[-1]))


def differing(folder: Path, line: Line) -> list[str]:
    """The files that are not as a line says. One of an earlier program says nothing of some."""
    files = {**_SINCE, **line.get("files", {})}
    return [name for name in SIGNED if name in files and not _is_as(folder / name, *files[name])]


def _is_as(file: Path, size: int, digest: str) -> bool:
    return _digest(file, size if file.name in GROWS else None) == [size, digest]


def _digest(file: Path, size: int | None = None) -> list[Any]:
    """The length and SHA-256 of the first `size` bytes, or of the whole file."""
    content = (file.read_bytes() if file.is_file() else b"")[:size]
    return [len(content), hashlib.sha256(content).hexdigest()]


def lines_of(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def hash_of(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def as_text(line: Line) -> str:
    return json.dumps(line, sort_keys=True)


def signature(line: Line, secret: bytes) -> str:
    return hmac.new(secret, as_text(line).encode(), "sha256").hexdigest()


def parsed(text: str) -> Line:
    """Empty if it is none."""
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
