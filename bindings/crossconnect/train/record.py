# SPDX-License-Identifier: Apache-2.0
"""The shape of attempt.json. A file that was edited by hand or cut short is refused, with the place that does not fit."""

from __future__ import annotations

from typing import Any, Iterator

_MOST = 1e11  # seconds since the epoch: the year 5138

Shape = Any  # a predicate, [shape of each item], or {key: shape}


def is_number(value: Any) -> bool:
    """A time or a price: one that can be reckoned with, and printed as JSON."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MOST


def _number_or_none(value: Any) -> bool:
    return value is None or is_number(value)


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 1000


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _span(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_number, value))


def _stage(value: Any) -> bool:
    return value in ("found", "fixed")


def _verdict(value: Any) -> bool:
    return value in ("pass", "fail", "inconclusive")


_ROW = {"sentence": _text, "found": _text, "verdict": _verdict}
ATTEMPT: dict[str, Shape] = {
    "exercise": _text,
    "student": _text,
    "seed": _text,
    "spans": [_span],
    "hints": _count,
    "hints_at": [is_number],
    "answers": [{"at": is_number, "where": _text, "what": _text}],
    "checks": [{"at": is_number, "fixed": _flag, "rows": [_ROW]}],
    "looks": [{"at": is_number, "rows": [_ROW]}],
    "checkpoints": [{"at": is_number, "stage": _stage, "price": is_number}],
    "fixed_at": _number_or_none,
    "gave_up_at": _number_or_none,
    "boot": _text,
    "earlier": _count,
}


def misfits(value: Any, shape: Shape = ATTEMPT, place: str = "") -> Iterator[str]:
    """The places of what is missing or of another kind, as answers.0.at."""
    if callable(shape):
        if not shape(value):
            yield place
    elif not isinstance(value, type(shape)):
        yield place or "the file"
    elif isinstance(shape, list):
        for number, item in enumerate(value):
            yield from misfits(item, shape[0], f"{place}.{number}")
    else:
        for key, inner in shape.items():
            yield from misfits(value.get(key), inner, f"{place}.{key}".lstrip("."))
