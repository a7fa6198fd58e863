# SPDX-License-Identifier: Apache-2.0
"""The keys of exercise.yaml, as one table: reading, errors, `xconn train schema` and docs/training.md follow from it."""

from __future__ import annotations

from typing import Any

from .causes import CAUSES
from .value import Key, Keys, ListOf, Number, OneOf, Text, Variant

_KINDS = tuple(cause.name for cause in CAUSES if cause.name != "nothing")
_CAUSE = Keys(
    Key("where", ListOf(Text(), 1), "the place, and other accepted names for it: [NODE:INTERFACE, NODE, KIND/NAME]"),
    Key("what", OneOf("a kind of cause", _KINDS), "what is wrong there"),
)
_HINT = Keys(Key("price", Number(0, 10), "the points it costs"), Key("text", Text(), "its text"))

EXERCISE = Keys(
    Key("title", Text(), "one line for the list; it gives nothing away"),
    Key("level", Number(1, 3), "how difficult it is"),
    Key("minutes", Number(1, 240), "how long a student may take"),
    Key("points", Number(1, 100), "half for the fix, a quarter for the place, a quarter for the kind"),
    Key("access", ListOf(Text(), 1), "the nodes that the student may enter"),
    Key("causes", ListOf(_CAUSE), "what was broken; `[]` if nothing is wrong"),
    Key("hints", ListOf(_HINT), "in order, each with its price"),
    Key(
        "variants",
        ListOf(Variant(), 1),
        "one of these rows is chosen by the seed; `${name}` stands for the value in every text, drill, topology and "
        "script. Write a shell dollar sign twice",
        required=False,
    ),
)


def json_schema() -> dict[str, Any]:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Crossconnect exercise"}
    return {**head, **EXERCISE.schema()}


def tables() -> str:
    """Of docs/training.md."""
    parts = (("exercise.yaml", EXERCISE), ("causes", _CAUSE), ("hints", _HINT))
    return "\n".join(_table(name, keys) for name, keys in parts)


def _table(name: str, keys: Keys) -> str:
    rows = [
        f"| `{key.name}` | {key.value.words}{'' if key.required else ', optional'} | {key.meaning} |"
        for key in keys.table
    ]
    return "\n".join([f"| key of `{name}` | type | meaning |", "|---|---|---|", *rows, ""])
