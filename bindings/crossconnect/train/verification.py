# SPDX-License-Identifier: Apache-2.0
"""Which attempts were changed afterwards, by their logs."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from . import inputs, key, log
from .attempt import earlier_in, folders_in, try_of


@dataclass(frozen=True)
class Verified:
    attempt: str
    lines: int
    last: float  # when it was signed last
    findings: tuple[str, ...]

    def as_words(self) -> dict[str, Any]:
        return {"attempt": self.attempt, "lines": self.lines, "last": self.last, "findings": list(self.findings)}

    def __str__(self) -> str:
        state = "; ".join(self.findings) or f"as it was signed, {self.lines} times, last at {_clock(self.last)}"
        return f"  {self.attempt:<32} {state}"


def verify(home: Path) -> list[Verified]:
    """Every attempt in a folder. Raises Error if the key is missing."""
    folders = folders_in(home)
    secret = key.read(home) if folders else b""
    return [_of(one, secret) for folder in folders for one in (*earlier_in(folder), folder)]


def _of(folder: Path, secret: bytes) -> Verified:
    log.settle(folder)
    file = folder / log.FILE
    texts = log.lines_of(file.read_text(errors="replace") if file.is_file() else "")
    lines = [log.parsed(text) for text in texts]
    found = tuple(_broken_lines(folder.stem, texts, lines, secret)) or tuple(_changes(folder, lines))
    at = lines[-1].get("at") if lines else 0.0
    return Verified(folder.name, len(lines), at if isinstance(at, float) else 0.0, found)


def _broken_lines(attempt: str, texts: list[str], lines: list[log.Line], secret: bytes) -> Iterator[str]:
    if not lines:
        yield "it has no log"
    for number, line in enumerate(lines, 1):
        if not _is_signed(texts[number - 1], line, secret):
            yield f"line {number} of its log was changed, or signed with another key"
        elif line["attempt"] != attempt:
            yield f"its log is that of {line['attempt']}"
        elif line["number"] != number or line["previous"] != (log.hash_of(texts[number - 2]) if number > 1 else ""):
            yield f"line {number} of its log does not follow the line before"
        else:
            continue
        return


def _is_signed(text: str, line: log.Line, secret: bytes) -> bool:
    given = line.get("signature")
    rest = {name: value for name, value in line.items() if name != "signature"}
    return (
        text == log.as_text(line)
        and isinstance(given, str)
        and hmac.compare_digest(given.encode(), log.signature(rest, secret).encode())
    )


def _changes(folder: Path, lines: list[log.Line]) -> Iterator[str]:
    for before, line in zip([lines[0], *lines], lines):
        if line["changed"]:
            yield f"{', '.join(line['changed'])} changed between {_clock(before['at'])} and {_clock(line['at'])}"
    if differing := log.differing(folder, lines[-1]):
        yield f"{', '.join(differing)} changed since {_clock(lines[-1]['at'])}"
    if log.INPUTS not in differing and (names := inputs.changed(folder)):
        yield f"{', '.join(names)} changed since the attempt was begun with it"
    yield from (f"{one.name}, which was the try {one.suffix[1:]}, is gone" for one in _gone(folder))


def _gone(folder: Path) -> list[Path]:
    """The tries before this one that --again has set aside, and somebody removed."""
    file = folder / "attempt.json"
    earlier = log.parsed(file.read_text(errors="replace")).get("earlier") if file.is_file() else 0
    tries = range(1, earlier + 1) if isinstance(earlier, int) and not folder.suffix else ()
    return [one for number in tries if not (one := try_of(folder, number)).exists()]


def _clock(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
