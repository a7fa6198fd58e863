# SPDX-License-Identifier: Apache-2.0
"""One table says what a drill may hold: the reader and the JSON schema agree about what ships and about every mistake."""

from __future__ import annotations

import copy
import json
import re
import string
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml
from conftest import ROOT
from test_cli import good

jsonschema = pytest.importorskip("jsonschema")

FILES = sorted(
    path
    for pattern in ("topologies/*/drills/*.yaml", "tests/e2e/incidents/*.drill.yaml", "exercises/*/*.yaml")
    for path in ROOT.glob(pattern)
    if re.search(r"^expect:", path.read_text(), re.MULTILINE)
)

GOOD: dict[str, Any] = {
    "name": "x",
    "topology": "chain",
    "duration": "5s",
    "flows": {"a": {"from": "left", "to": "right", "kind": "udp", "every": "5ms", "size": 64, "dscp": 46}},
    "steady": [{"flow": "a", "contains": ["left", ["right", "left"]]}],
    "timeline": [
        {"at": "1s", "fault": "loss", "on": "left:eth0", "loss": "30%", "name": "cut", "for": "1s"},
        {"at": "2s", "heal": "cut"},
        {"at": "3s", "exec": {"node": "left", "command": ["ip", "route"]}},
    ],
    "expect": [
        {"outage": {"flow": "a", "at-most": "2s", "during": ["1s", "4s"]}, "because": "of this"},
        {"path": {"flow": "a", "when": "4s", "avoids": "right", "via": {"left": "eth0"}}},
        {"no-event": {"source": "fib", "within": "2s"}},
        {"capture": {"on": "left:eth0", "filter": "icmp", "packets": "none"}},
        {"counter": {"node": "left", "flow": "a", "packets": "some"}},
    ],
}

WRONG: list[tuple[tuple[Any, ...], Any]] = [
    (("nmae",), "x"),
    (("name",), "../x"),
    (("name",), "a\x1b[31m"),
    (("duration",), "soon"),
    (("duration",), 5),
    (("flows",), {}),
    (("flows", "a", "to"), None),
    (("flows", "a", "kind"), "icmp"),
    (("flows", "a", "every"), "-1ms"),
    (("flows", "a", "size"), 23),
    (("flows", "a", "dscp"), 64),
    (("flows", "a", "port"), 65536),
    (("flows", "a", "colour"), "red"),
    (("steady", 0, "when"), "after"),
    (("steady", 0, "contains"), ["left", []]),
    (("timeline", 0, "at"), None),
    (("timeline", 0, "fault"), "earthquake"),
    (("timeline", 0, "loss"), "a lot"),
    (("timeline", 0, "loss"), None),
    (("timeline", 0, "delay"), "20ms"),
    (("timeline", 0, "direction"), "up"),
    (("timeline", 0, "for"), 0),
    (("timeline", 0, "heal"), "cut"),
    (("timeline", 1, "heal"), None),
    (("timeline", 2, "exec", "command"), []),
    (("timeline", 2, "exec", "node"), ""),
    (("expect",), []),
    (("expect", 0, "outage", "at-most"), None),
    (("expect", 0, "outage", "at-most"), "3"),
    (("expect", 0, "outage", "during"), ["1s"]),
    (("expect", 0, "dead"), {"flow": "a"}),
    (("expect", 0, "because"), "\u0007"),
    (("expect", 1, "path", "when"), "later"),
    (("expect", 1, "path", "direction"), "up"),
    (("expect", 2, "no-event", "source"), None),
    (("expect", 3, "capture", "on"), "left"),
    (("expect", 3, "capture", "packets"), "few"),
    (("expect", 4, "counter", "flow"), None),
]


class Yaml12(yaml.SafeLoader):
    """As a drill is read: `on` is a word, and so is 12:30."""


Yaml12.yaml_implicit_resolvers = {}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Yaml12.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^-?[0-9]+$"), list("-0123456789"))
Yaml12.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))
Yaml12.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(~|null|)$"), ["~", "n", ""])


def words_of(file: Path) -> Any:
    text = file.read_text()
    if (about := file.parent / "exercise.yaml").exists():
        text = string.Template(text).substitute(yaml.safe_load(about.read_text()).get("variants", [{}])[0])
    return yaml.load(text, Yaml12)


@pytest.fixture
def schema(xconn: Callable[..., Any]) -> Any:
    made = json.loads(good(xconn("schema", "drill")))
    jsonschema.validators.validator_for(made).check_schema(made)
    return jsonschema.validators.validator_for(made)(made)


def changed(path: tuple[Any, ...], value: Any) -> Any:
    words = copy.deepcopy(GOOD)
    place = words
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return words


def test_the_schema_takes_every_drill_that_ships(schema: Any):
    assert len(FILES) > 100
    assert {str(file): [one.message for one in schema.iter_errors(words_of(file))] for file in FILES} == {
        str(file): [] for file in FILES
    }


def test_the_schema_and_the_reader_refuse_the_same(xconn: Callable[..., Any], schema: Any, tmp_path: Path):
    def verdicts(words: Any) -> tuple[bool, bool]:
        file = tmp_path / "d.yaml"
        file.write_text(yaml.safe_dump(words))
        return schema.is_valid(words), xconn("validate", file).returncode == 0

    assert verdicts(GOOD) == (True, True)
    taken = [(path, value, both) for path, value in WRONG if any(both := verdicts(changed(path, value)))]
    assert taken == []
