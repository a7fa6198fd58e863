# SPDX-License-Identifier: Apache-2.0
"""What the value of a key may be. Each kind checks a value, describes itself to editors (JSON schema) and to people (docs)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator

from .document import Document, Path_
from .finding import Finding, suggestion

Findings = Iterator[Finding]
Schema = dict[str, Any]
SCALAR: Schema = {"type": ["string", "number", "boolean"]}


class Value:
    words: str  # for the docs

    def find(self, document: Document, path: Path_, value: Any) -> Findings:
        """What is wrong with a value; nothing more of one that could not be read."""
        if document.is_read(path):
            yield from self.check(document, path, value)

    def check(self, document: Document, path: Path_, value: Any) -> Findings:
        raise NotImplementedError

    def schema(self) -> Schema:
        raise NotImplementedError


@dataclass(frozen=True)
class Key:
    name: str
    value: Value
    meaning: str
    required: bool = True


class Text(Value):
    words = "text"

    def check(self, document: Document, path: Path_, value: Any) -> Findings:
        if not isinstance(value, str) or not value.strip():
            yield document.finding(path, "must be a text", value=value)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"\S"}


@dataclass(frozen=True)
class Number(Value):
    least: int
    most: int

    @property
    def words(self) -> str:
        return f"{self.least} to {self.most}"

    def check(self, document: Document, path: Path_, value: Any) -> Findings:
        if type(value) is not int or not self.least <= value <= self.most:
            yield document.finding(path, f"must be a whole number from {self.least} to {self.most}", value=value)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class OneOf(Value):
    words: str
    names: tuple[str, ...]

    def check(self, document: Document, path: Path_, value: Any) -> Findings:
        if value not in self.names:
            remedy = suggestion(str(value), self.names)
            yield document.finding(path, f"is not {self.words}", remedy, value)

    def schema(self) -> Schema:
        return {"enum": list(self.names)}


@dataclass(frozen=True)
class ListOf(Value):
    item: Value
    least: int = 0

    @property
    def words(self) -> str:
        return f"list of {self.item.words}"

    def check(self, document: Document, path: Path_, value: Any) -> Findings:
        if not isinstance(value, list) or len(value) < self.least:
            yield document.finding(path, f"must be a list of at least {self.least}", value=value)
            return
        for index, inner in enumerate(value):
            yield from self.item.find(document, (*path, index), inner)

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema(), "minItems": self.least}


class Keys(Value):
    """Known keys, each with its own kind of value."""

    def __init__(self, *table: Key) -> None:
        self.table = table

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.table)

    @property
    def words(self) -> str:
        return "{" + ", ".join(key.name for key in self.table) + "}"

    def check(self, document: Document, path: Path_, value: Any) -> Findings:
        if not isinstance(value, dict):
            yield document.finding(path, "must be keys and values", value=value or "")
            return
        yield from self._given(document, path, value)
        for key in self.table:
            if key.required and key.name not in value:
                yield document.finding(path, f"'{key.name}' is missing", f"add {key.name}: {key.meaning}")

    def _given(self, document: Document, path: Path_, value: dict[str, Any]) -> Findings:
        known = {key.name: key.value for key in self.table}
        for name, inner in value.items():
            if name in known:
                yield from known[name].find(document, (*path, name), inner)
            else:
                remedy = suggestion(name, known)
                yield document.finding((*path, name), "unknown key", remedy)

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {key.name: {**key.value.schema(), "description": key.meaning} for key in self.table},
            "required": [key.name for key in self.table if key.required],
            "additionalProperties": False,
        }


class Variant(Value):
    """Names of the author's choosing; every variant has those of the first."""

    words = "names and values"

    def check(self, document: Document, path: Path_, value: Any) -> Findings:
        if not isinstance(value, dict) or not value:
            yield document.finding(path, "must be names and values", "write {side: primary}", value)
            return
        for name, one in value.items():
            if not isinstance(one, (str, int, float)):
                yield document.finding((*path, name), "must be a text, a number, true or false", "quote it", one)
        first = document.data[path[0]][0]
        if isinstance(first, dict) and value.keys() != first.keys():
            yield document.finding(path, "has different names from the first variant", f"give it {', '.join(first)}")

    def schema(self) -> Schema:
        return {"type": "object", "minProperties": 1, "additionalProperties": SCALAR}
