# SPDX-License-Identifier: Apache-2.0
"""`train status --watch`: each symptom turns green as it disappears, without running a check."""

from __future__ import annotations

import time
from typing import Callable

from .. import _core
from ..lab import Lab
from . import check
from .exercise import Exercise

HELD = 10.0  # seconds for which all symptoms must be gone


def watch(look: Callable[[], check.Verdict], tell: Callable[[check.Verdict], None], held: float = HELD) -> None:
    """Tells the rows that changed. Returns once no symptom was seen for `held` seconds."""
    shown: dict[str, str] = {}
    green_since: float | None = None
    while green_since is None or time.monotonic() - green_since < held:
        began = time.monotonic()
        verdict = look()
        changed = tuple(row for row in verdict.rows if shown.get(row.sentence) != row.verdict)
        if changed:
            tell(check.Verdict(changed))
        shown = {row.sentence: row.verdict for row in verdict.rows}
        green_since = (green_since or began) if verdict.fixed else None


def look(lab: Callable[[], Lab], exercise: Exercise) -> check.Verdict:
    """Runs the symptom's drill and takes as long. Raises NotFoundError when the lab is not up any more."""
    try:
        return check.symptom(lab(), exercise)
    except (_core.Error, OSError):
        lab()  # says that it went down, if that is why
        raise
