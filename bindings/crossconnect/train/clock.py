# SPDX-License-Identifier: Apache-2.0
"""The time of an attempt: from `start` until nothing is left to earn. `stop`, `xconn down` and a restart of the host are pauses."""

from __future__ import annotations

import math
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from . import commands, stage

if TYPE_CHECKING:
    from .attempt import Attempt

_DOWN = re.compile(r"xconn (--format[= ]\w+ )?(down|destroy)\b")


def boot() -> str:
    """Of which start of the host this is: nobody tells an attempt that the host goes down."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def begin(attempt: Attempt) -> None:
    """Once its lab is up. A clock that nobody has stopped goes on."""
    if not attempt.is_timed:
        now = time.time()
        attempt.spans.append([now, now])
        attempt.boot = boot()


def stop(attempt: Attempt, at: float | None = None) -> None:
    """Stops the clock now, or at that time, unless it has stopped earlier."""
    if attempt.is_timed:
        attempt.spans[-1][1] = max(attempt.spans[-1][0], min(end(attempt), at or math.inf))
    attempt.boot = ""


def settle(attempt: Attempt) -> None:
    """Before its lab comes up again: what has stopped the clock meanwhile is written down."""
    if attempt.is_timed and _paused_at(attempt) is not None:
        stop(attempt)


def note(attempt: Attempt) -> None:
    """Writes the time so far down: the host may be restarted."""
    if attempt.is_timed:
        attempt.spans[-1][1] = max(attempt.spans[-1][0], end(attempt))


def end(attempt: Attempt) -> float:
    """Of the last span, which goes on until now unless something has stopped the clock."""
    paused = _paused_at(attempt)
    return time.time() if paused is None else paused


def _paused_at(attempt: Attempt) -> float | None:
    rows = commands.read(attempt)
    begin_, last = attempt.spans[-1]
    if attempt.boot != boot():
        return max([last, *(row["at"] for row in rows if row["at"] <= time.time())])
    downs = [row["at"] for row in rows if _DOWN.match(row["command"]) and row["at"] >= begin_]
    return max(downs) if downs and not stage.own_lab(attempt) else None
