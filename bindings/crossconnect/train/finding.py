# SPDX-License-Identifier: Apache-2.0
"""Mistakes in an exercise, reported like those in a topology: place, key, rule, remedy; all at once."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any, Callable, Iterable, Iterator

from .._core import TopologyError
from .markup import shown


@dataclass(frozen=True)
class Finding:
    file: str
    rule: str
    remedy: str = ""
    line: int = 0
    column: int = 0
    object: str = ""
    field: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}:{self.column}" if self.line else "")
        field = f"{self.field} = '{self.value}'" if self.value else self.field
        words = ": ".join(part for part in (place, self.object, field, self.rule) if part)
        return shown(f"{words}; {self.remedy}" if self.remedy else words)


class Undecided(Finding):
    """Not a mistake: the host stalled too often for the trial to tell."""


def all_undecided(found: list[Finding]) -> bool:
    return bool(found) and all(isinstance(one, Undecided) for one in found)


def demand_none(findings: Iterable[Finding]) -> None:
    """Raises one TopologyError with all of them."""
    found = list(findings)
    if found:
        error = TopologyError("\n".join(map(str, found)))
        error.findings = [asdict(one) for one in found]
        raise error


def told(find: Callable[..., Iterator[Finding]]) -> Callable[..., Iterator[Finding]]:
    """What one part of an exercise raises is a finding of that part, and the other parts are looked at as well."""

    @wraps(find)
    def all_of(*words: Any) -> Iterator[Finding]:
        try:
            yield from find(*words)
        except TopologyError as error:
            yield from (Finding(**one) for one in error.findings)

    return all_of


def cut(word: str) -> str:
    """As much of a word as a sentence has room for."""
    return word if len(word) <= 80 else f"{word[:80]}..."


def nearest(word: str, known: Iterable[str]) -> str:
    """ "did you mean 'hints'?", or nothing."""
    close = difflib.get_close_matches(word, list(known), 1)
    return f"did you mean '{close[0]}'?" if close else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """ "did you mean 'hints'?", or else all that there are."""
    names = list(known)
    return nearest(word, names) or f"use one of {', '.join(names)}"
