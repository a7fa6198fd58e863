# SPDX-License-Identifier: Apache-2.0
"""Whether an exercise suits an exam: in one, students work inside the nodes of the ticket, and have no verbs for objects."""

from __future__ import annotations

import re

from .exercise import Exercise

_VERB = re.compile(r"\bxconn ([a-z-]+) ([a-z-]+)")
_OFFERED = ("exec", "inspect", "az", "ticket")  # in an exam, under its own names
_LOOKS = ("show", "list")


def objection(exercise: Exercise) -> str:
    """Why it cannot be solved in an exam; empty if it can. That the fix inside works is for a trial to find out."""
    if not exercise.causes or exercise.inside:
        return ""
    verbs = sorted(
        {f"xconn {verb} {what}" for verb, what in _VERB.findall(exercise.text("solve")) if _changes(verb, what)}
    )
    return f"its fix needs {' and '.join(verbs)}, which an exam does not offer" if verbs else _UNTOLD


_UNTOLD = "nothing says how it is fixed inside its nodes; write inside/NODE.sh"


def _changes(verb: str, what: str) -> bool:
    return verb not in _OFFERED and what not in _LOOKS
