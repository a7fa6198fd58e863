# SPDX-License-Identifier: Apache-2.0
"""One table says what exercise.yaml may hold: the reader, the JSON schema and the docs agree about every mistake."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml
from conftest import ROOT

from crossconnect import TopologyError
from crossconnect.train import causes, keys
from crossconnect.train.document import Document
from crossconnect.train.finding import demand_none

jsonschema = pytest.importorskip("jsonschema")
FILES = sorted((ROOT / "exercises").glob("*/exercise.yaml"))
GOOD = yaml.safe_load((ROOT / "exercises" / "dead-backup" / "exercise.yaml").read_text())


@pytest.fixture(scope="module")
def schema() -> Any:
    made = keys.json_schema()
    jsonschema.validators.validator_for(made).check_schema(made)
    return jsonschema.validators.validator_for(made)(made)


def reads(folder: Path, words: Any) -> bool:
    file = folder / "exercise.yaml"
    file.write_text(json.dumps(words))  # which is YAML too
    document = Document(file)
    return not list(keys.EXERCISE.check(document, (), document.data))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_the_schema_takes_what_ships(schema: Any, file: Path):
    assert [error.message for error in schema.iter_errors(yaml.safe_load(file.read_text()))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"title": " "},
        {"title": 5},
        {"level": 0},
        {"level": 4},
        {"level": "1"},
        {"level": True},
        {"minutes": 1.5},
        {"access": []},
        {"access": "pc"},
        {"access": [1]},
        {"causes": None},
        {"causes": [{"where": ["ce"]}]},
        {"causes": [{"where": ["ce"], "what": "nothing"}]},
        {"causes": [{"where": ["ce"], "what": "mtu", "why": "x"}]},
        {"hints": [{"price": 11, "text": "x"}]},
        {"hints": ["x"]},
        {"variants": []},
        {"variants": [{}]},
        {"variants": [{"side": ["a"]}]},
        {"variants": [{"side": None}]},
    ],
    ids=str,
)
def test_the_schema_and_the_reader_refuse_the_same(schema: Any, tmp_path: Path, change: dict[str, Any]):
    words = {**GOOD, **change}
    assert not schema.is_valid(words) and not reads(tmp_path, words)


@pytest.mark.parametrize("key", [key.name for key in keys.EXERCISE.table])
def test_a_key_may_be_missing_only_if_it_is_optional(schema: Any, tmp_path: Path, key: str):
    words = {name: value for name, value in GOOD.items() if name != key}
    assert schema.is_valid(words) == reads(tmp_path, words) == (key == "variants")


def test_a_key_with_a_typo_has_its_place_and_the_nearest_name(tmp_path: Path):
    file = tmp_path / "exercise.yaml"
    file.write_text((ROOT / "exercises/dead-backup/exercise.yaml").read_text().replace("{price: 2,", "{prise: 2,"))
    document = Document(file)
    with pytest.raises(TopologyError) as told:
        demand_none(keys.EXERCISE.check(document, (), document.data))
    assert f"{file}:10:6: exercise: hints.1.prise: unknown key; did you mean 'price'?" in str(told.value)


def test_it_is_printed(xconn):
    for format_ in ("text", "json"):
        told = xconn("train", "schema", "--format", format_)
        assert told.returncode == 0 and json.loads(told.stdout) == keys.json_schema(), told.stderr


@pytest.mark.parametrize("block, made", [("kinds of causes", causes.table), ("keys", keys.tables)])
def test_the_tables_of_the_page_are_current(block: str, made: Callable[[], str]):
    """XCONN_UPDATE_GOLDEN=1 writes them."""
    page = ROOT / "docs" / "training.md"
    inside = re.compile(rf"(?<=<!-- {block}: )([^\n]*-->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
    if os.environ.get("XCONN_UPDATE_GOLDEN"):
        page.write_text(inside.sub(lambda found: found[1] + made(), page.read_text()))
    assert [text for _, text in inside.findall(page.read_text())] == [made()]
