"""The keys of exercise.yaml, as a table: reading, errors and docs/training.md follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterator

from .causes import CAUSES
from .document import Document, Path_
from .finding import Finding, nearest

Findings = Iterator[Finding]
Rule = Callable[[Document, Path_, Any], Findings]


@dataclass(frozen=True)
class Key:
    name: str
    rule: Rule
    meaning: str
    required: bool = True


def check_keys(document: Document, path: Path_, value: Any, table: tuple[Key, ...]) -> Findings:
    if not isinstance(value, dict):
        yield document.finding(path, "must be keys and values", value=value or "")
        return
    known = {key.name: key for key in table}
    for name, inner in value.items():
        if name in known:
            yield from known[name].rule(document, (*path, name), inner)
        else:
            known_keys = f"use one of {', '.join(known)}"
            yield document.finding((*path, name), "unknown key", nearest(name, known) or known_keys)
    for key in table:
        if key.required and key.name not in value:
            yield document.finding(path, f"'{key.name}' is missing", f"add {key.name}: {key.meaning}")


def text(document: Document, path: Path_, value: Any) -> Findings:
    if not isinstance(value, str) or not value.strip():
        yield document.finding(path, "must be a text", value=value)


def number(least: int, most: int) -> Rule:
    def rule(document: Document, path: Path_, value: Any) -> Findings:
        if type(value) is not int or not least <= value <= most:
            yield document.finding(path, f"must be a whole number from {least} to {most}", value=value)

    return rule


def one_of(names: Callable[[], list[str]]) -> Rule:
    def rule(document: Document, path: Path_, value: Any) -> Findings:
        if value not in names():
            remedy = nearest(str(value), names()) or f"use one of {', '.join(names())}"
            yield document.finding(path, "is not a kind of cause", remedy, value)

    return rule


def list_of(rule: Rule, least: int = 0) -> Rule:
    def check(document: Document, path: Path_, value: Any) -> Findings:
        if not isinstance(value, list) or len(value) < least:
            yield document.finding(path, f"must be a list of at least {least}", value=value)
            return
        for index, inner in enumerate(value):
            yield from rule(document, (*path, index), inner)

    return check


def keys(*table: Key) -> Rule:
    return lambda document, path, value: check_keys(document, path, value, table)


def variant(document: Document, path: Path_, value: Any) -> Findings:
    if not isinstance(value, dict) or not value:
        yield document.finding(path, "must be names and values", "write {side: primary}", value)
        return
    rows = document.data["variants"]
    if isinstance(rows[0], dict) and value.keys() != rows[0].keys():
        yield document.finding(path, "has different names from the first variant", f"give it {', '.join(rows[0])}")


CAUSE = keys(
    Key("where", list_of(text, 1), "the place, and other accepted names for it: [NODE:INTERFACE, NODE, KIND/NAME]"),
    Key("what", one_of(lambda: [cause.name for cause in CAUSES if cause.name != "nothing"]), "a kind of cause"),
)
HINT = keys(Key("price", number(0, 10), "the points it costs"), Key("text", text, "its text"))

EXERCISE = (
    Key("title", text, "one line for the list; it gives nothing away"),
    Key("level", number(1, 3), "1 to 3"),
    Key("minutes", number(1, 240), "how long a student may take"),
    Key("points", number(1, 100), "half for the fix, a quarter for the place, a quarter for the kind"),
    Key("access", list_of(text, 1), "the nodes that the student may enter"),
    Key("causes", list_of(CAUSE), "what was broken; [] if nothing is wrong"),
    Key("hints", list_of(HINT), "in order, each with its price"),
    Key("variants", list_of(variant, 1), "rows of names and values, one of which the seed chooses", required=False),
)
