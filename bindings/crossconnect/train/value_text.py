# SPDX-License-Identifier: Apache-2.0
"""A value of a KEY=VALUE word, as YAML that every reader reads alike: what is looked at with PyYAML is then read by yaml-cpp."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

import yaml

from .. import _core

_SIMPLE = re.compile(r"[\w/][\w./-]*", re.ASCII)
_NULL = "tag:yaml.org,2002:null"
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # U+0085, U+2028 and others, which one reader takes for the end of a line
_LAYOUT = "\n\t"
_LONGEST = 65536  # characters
_DEEPEST = 32  # brackets in brackets: PyYAML's time grows with the square of it and more
_NESTED = "the value has too many lists in lists; write KEY=VALUE as in the topology"


@dataclass(frozen=True)
class Value:
    text: str
    scalars: tuple[str, ...] = ()  # keys as well, without their quotes and escapes


def read(value: str) -> Value:
    """Scalars, lists and maps of text. Raises Error for anything else."""
    if not value.strip(" "):
        return Value(value)
    _demand_bounded(value)
    _demand_seen(value, value)
    try:
        scalars = tuple(_scalars(value))
        return Value(value if _SIMPLE.fullmatch(value) else _json(yaml.compose(value, yaml.SafeLoader)), scalars)
    except yaml.YAMLError:
        raise _core.Error(f"{value}: is not YAML; write KEY=VALUE as in the topology")
    except RecursionError:
        raise _core.Error(_NESTED)


def _scalars(value: str) -> list[str]:
    events = list(yaml.parse(value, yaml.SafeLoader))
    if not any(isinstance(event, yaml.DocumentStartEvent) for event in events):
        raise yaml.YAMLError("there is a comment alone")
    if any(getattr(event, "anchor", None) or getattr(event, "tag", None) for event in events):
        raise _core.Error(f"{value}: has an anchor, an alias or a tag; write it out")
    scalars = [event.value for event in events if isinstance(event, yaml.ScalarEvent)]
    for one in scalars:
        _demand_seen(one, value)
    return scalars


def _demand_bounded(value: str) -> None:
    if len(value) > _LONGEST:
        raise _core.Error(f"the value has {len(value)} characters; {_LONGEST} are the most")
    depth = 0
    for one in value:
        depth += (one in "[{") - (one in "]}")
        if depth > _DEEPEST:
            raise _core.Error(_NESTED)


def _demand_seen(text: str, value: str) -> None:
    for one in text:
        if unicodedata.category(one) in _UNSEEN and one not in _LAYOUT:
            raise _core.Error(f"{value}: has the character U+{ord(one):04X}; write visible ones, and spaces")


def _json(node: yaml.Node) -> str:
    """Which is YAML: a value that is nothing stays nothing, every other scalar is quoted."""
    if isinstance(node, yaml.SequenceNode):
        return f"[{', '.join(map(_json, node.value))}]"
    if isinstance(node, yaml.MappingNode):
        return f"{{{', '.join(f'{_key(key)}: {_json(value)}' for key, value in node.value)}}}"
    return "null" if node.tag == _NULL else json.dumps(node.value, ensure_ascii=False)


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _core.Error("a key must be a text; write KEY=VALUE as in the topology")
    return json.dumps(node.value, ensure_ascii=False)
