# SPDX-License-Identifier: Apache-2.0
"""Points of an attempt, and what it costs and earns: answers, hints, checkpoints, the page. No lab is up."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import crossconnect
import pytest
from trainee import EXERCISES

from crossconnect.train import attempt as attempts
from crossconnect.train import check, desk, exercise as exercises, points, verbs
from crossconnect.train.attempt import Attempt


def test_the_same_student_gets_the_same_variant():
    seeds = [exercises.seed_of(student, "dead-backup") for student in ("ada", "ada", "ben")]
    assert seeds[0] == seeds[1] != seeds[2] and exercises.seed_of("ada", "dead-backup", "7") == "7"
    chosen = {exercises.read(EXERCISES / "dead-backup", str(seed)).variant["typed"] for seed in range(30)}
    assert len(chosen) == 3, "not every variant is ever chosen"


def an_attempt(name: str, **values: Any) -> tuple[exercises.Exercise, Attempt]:
    folder = EXERCISES / name
    return exercises.read(folder, "0"), Attempt(Path("/nowhere"), str(folder), "ada", "0", **values)


RIGHT = {"at": 1.0, "where": "ce:sec", "what": "route-filter"}


@pytest.mark.parametrize(
    "values, total",
    [
        ({}, 0),
        ({"fixed_at": 5.0}, 5),
        ({"fixed_at": 5.0, "answers": [RIGHT]}, 10),
        ({"answers": [RIGHT]}, 5),
        ({"answers": [{**RIGHT, "where": "pc"}]}, 2.5),
        ({"answers": [{**RIGHT, "what": "mtu"}]}, 2.5),
        ({"answers": [{"at": 1.0, "where": "pc", "what": "mtu"}]}, 0),
        ({"fixed_at": 5.0, "answers": [{"at": 1.0, "where": "pc", "what": "mtu"}]}, 5),
        ({"fixed_at": 5.0, "answers": [{**RIGHT, "what": "mtu"}, {**RIGHT, "what": "timers"}, RIGHT]}, 8),
        ({"fixed_at": 5.0, "answers": [RIGHT, RIGHT, {**RIGHT, "what": "mtu"}]}, 10),
        ({"fixed_at": 5.0, "answers": [{**RIGHT, "what": "mtu"}, RIGHT, RIGHT]}, 9),
        ({"fixed_at": 5.0, "hints": 2}, 2),
        ({"fixed_at": 5.0, "gave_up_at": 4.0}, 0),
        ({"answers": [{**RIGHT, "at": 5.0}], "gave_up_at": 4.0}, 0),
        ({"fixed_at": 5.0, "checkpoints": [{"at": 4.0, "stage": "found"}]}, 5),
        ({"fixed_at": 5.0, "checkpoints": [{"at": 4.0, "stage": "fixed"}]}, 0),
        ({"answers": [RIGHT], "fixed_at": 5.0, "checkpoints": [{"at": 4.0, "stage": "fixed"}]}, 5),
        ({"answers": [{**RIGHT, "at": 5.0}], "checkpoints": [{"at": 4.0, "stage": "found"}]}, 0),
        ({"answers": [{**RIGHT, "at": 5.0}], "checkpoints": [{"at": 4.0, "stage": "fixed"}]}, 0),
    ],
)
def test_points(values: dict[str, Any], total: float):
    assert points.score(*an_attempt("dead-backup", **values)).total == total


@pytest.mark.parametrize(
    "values, stage, price",
    [
        ({}, "found", 5),
        ({}, "fixed", 10),
        ({"answers": [{**RIGHT, "where": "pc"}]}, "found", 2.5),
        ({"answers": [RIGHT]}, "fixed", 5),
        ({"answers": [RIGHT], "fixed_at": 5.0}, "fixed", 0),
        ({"checkpoints": [{"at": 4.0, "stage": "found"}]}, "fixed", 5),
    ],
)
def test_a_checkpoint_costs_what_is_left_to_earn(values: dict[str, Any], stage: str, price: float):
    exercise, attempt = an_attempt("dead-backup", **values)
    assert points.price(exercise, attempt, stage) == price
    best = {**RIGHT, "at": 9.0}
    attempt.checkpoints = [*attempt.checkpoints, {"at": 8.0, "stage": stage}]
    attempt.answers, attempt.fixed_at = [*attempt.answers, best], attempt.fixed_at or 9.0
    earned = points.score(exercise, attempt)
    assert earned.fix + earned.place + earned.kind == exercise.points - price - (5 if "checkpoints" in values else 0)


@pytest.mark.parametrize(
    "values, total",
    [
        ({"fixed_at": 5.0}, 0),
        ({"fixed_at": 5.0, "answers": [{"at": 1.0, "where": "", "what": "nothing"}]}, 8),
        ({"answers": [{"at": 1.0, "where": "", "what": "nothing"}]}, 4),
        ({"fixed_at": 5.0, "answers": [{"at": 1.0, "where": "ce", "what": "timers"}]}, 0),
    ],
)
def test_marks_where_nothing_is_wrong(values: dict[str, Any], total: float):
    """A check that passed from the beginning is no merit by itself."""
    assert points.score(*an_attempt("one-row", **values)).total == total


def test_marks_of_two_causes():
    exercise, attempt = an_attempt("two-things", fixed_at=5.0)
    attempt.answers.append({"at": 1.0, "where": "192.0.2.2", "what": "static-route"})
    assert points.score(exercise, attempt).total == 8 + 2 + 2
    crossed = points.judge(exercise, "192.0.2.2", "route-filter")
    assert crossed.place and not crossed.kind, "the place of one and the kind of the other"


TOLD = [{"gave_up_at": 1.0}, {"checkpoints": [{"at": 1.0, "stage": "found", "price": 5}]}]


def kept(home: Path, exercise: str = "dead-backup", **values: Any) -> argparse.Namespace:
    """An attempt with these values in it, as the words that verbs are called with."""
    made = attempts.create(home / f"{exercise}-ada", exercises.read(EXERCISES / exercise), "ada", "0")
    for name, value in values.items():
        setattr(made, name, value)
    made.save()
    return argparse.Namespace(attempt=made.name, folder=str(home), report="")


@pytest.mark.parametrize("told", [*TOLD, {}], ids=str)
def test_a_hint_is_free_once_the_cause_is_named_or_told(tmp_path: Path, told: dict[str, Any]):
    words = kept(tmp_path, **told, fixed_at=0.5, answers=[{**RIGHT, "at": 0.5}], hints=1, hints_at=[0.4])
    answer = verbs.hint(words)
    assert answer.words["price"] == 0 and "advertised-routes" in answer.text and "free" in answer.text
    attempt = attempts.load(tmp_path / words.attempt)
    assert points.score(attempt.read_exercise(), attempt).total == 10 - 1, "the hint before it keeps its price"
    assert desk.row_of(attempt)["points"] == 9 and desk.row_of(attempt)["hints"] == 1
    page = verbs.show_page(words).text
    assert "9 of 10 points" in page and "hints -1" in page and page.count("| hint: number") == 1


@pytest.mark.parametrize("answers", [[], [{**RIGHT, "what": "mtu"}], [{**RIGHT, "where": "pc"}]], ids=str)
def test_a_hint_costs_while_place_or_kind_is_open(tmp_path: Path, answers: list[dict[str, Any]]):
    words = kept(tmp_path, answers=answers)
    assert "(-1 points)" in verbs.hint(words).text


def test_a_hint_costs_while_one_of_two_causes_is_open(tmp_path: Path):
    words = kept(tmp_path, "two-things", answers=[{"at": 1.0, "where": "192.0.2.2", "what": "static-route"}])
    assert "points)" in verbs.hint(words).text


@pytest.mark.parametrize(
    "values, shown",
    [
        ({}, False),
        ({"fixed_at": 5.0}, False),
        ({"answers": [RIGHT]}, False),
        ({"fixed_at": 5.0, "answers": [{**RIGHT, "what": "mtu"}]}, False),
        ({"fixed_at": 5.0, "answers": [RIGHT]}, True),
        ({"fixed_at": 5.0, "checkpoints": TOLD[1]["checkpoints"]}, True),
        (TOLD[1], False),
        (TOLD[0], True),
    ],
    ids=str,
)
def test_the_page_tells_the_cause_only_when_nothing_is_left_to_earn(
    tmp_path: Path, values: dict[str, Any], shown: bool
):
    words = kept(tmp_path, **values)
    if shown:
        assert "`route-filter` at `ce`" in verbs.show_page(words).text
    else:
        with pytest.raises(crossconnect.Error, match="the page contains the solution"):
            verbs.show_page(words)


ANSWER = "answer --where NODE --what KIND"


@pytest.mark.parametrize(
    "values, steps",
    [
        ({}, [ANSWER, "check", "hint"]),
        ({"hints": 2}, [ANSWER, "check"]),
        ({"fixed_at": 5.0}, [ANSWER, "hint"]),
        ({"answers": [RIGHT]}, ["check"]),
        (TOLD[1], ["check"]),
        ({**TOLD[1], "fixed_at": 5.0}, ["page"]),
        (TOLD[0], ["page"]),
        ({"fixed_at": 5.0, "answers": [RIGHT]}, ["page"]),
    ],
    ids=str,
)
def test_the_ticket_advises_what_can_still_earn_something(
    tmp_path: Path, values: dict[str, Any], steps: list[str], monkeypatch: pytest.MonkeyPatch
):
    words = kept(tmp_path, **values)
    monkeypatch.setenv("XCONN_TRAIN", str(tmp_path))
    monkeypatch.setenv("SUDO_USER", "ada")
    told = f"\n  next      {'; '.join(f'xconn train {step}' for step in steps)}\n"
    assert told in verbs.ticket(words).text


def test_what_the_ticket_advises_is_about_this_attempt(tmp_path: Path):
    words = kept(tmp_path)
    text = verbs.ticket(words).text
    chosen = f"--attempt {words.attempt} --folder {tmp_path}"
    for step in (
        f"answer {chosen} --where NODE",
        f"check {chosen};",
        f"shell {chosen} NODE",
        f"exec {chosen} NODE -- COMMAND",
    ):
        assert f"xconn train {step}" in text, text


@pytest.mark.parametrize("told", TOLD, ids=str)
def test_a_check_and_an_answer_advise_nothing_that_does_not_count(
    tmp_path: Path, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    words = kept(tmp_path, **told)
    monkeypatch.setattr(verbs.stage, "lab_of", lambda _: None)
    monkeypatch.setattr(verbs.check, "run", lambda *_: check.Verdict(()))
    assert "not named yet" not in verbs.run_check(words).text
    said = verbs.answer(argparse.Namespace(**vars(words), where="ce", what="route-filter"))
    if "checkpoints" in told:
        with pytest.raises(crossconnect.Error, match="it is available after a passed check, or after"):
            verbs.show_page(kept(tmp_path / "page", **told))
    assert said.text == "  place right, kind right; the cause was told already, so it does not count"


def test_the_page_does_not_tell_that_nothing_is_wrong(tmp_path: Path):
    words = kept(tmp_path, "one-row", fixed_at=5.0)
    with pytest.raises(crossconnect.Error, match="an answer with the right place"):
        verbs.show_page(words)
    verbs.answer(argparse.Namespace(**vars(words), where="", what="nothing"))
    assert "Nothing was wrong." in verbs.show_page(words).text


@pytest.mark.parametrize(
    "where, remedy",
    [
        ("cee", "did you mean 'ce'?"),
        ("CE", "did you mean 'ce'?"),
        ("ce ", "did you mean 'ce'?"),
        ("ce:sec.10", "did you mean 'ce:sec"),
        ("192.0.2.66", "did you mean '192.0.2.6'?"),
        ("circuit/er2", "did you mean 'circuit/er1'?"),
        ("nowhere at all", "write NODE, NODE:INTERFACE, an address or KIND/NAME"),
    ],
)
def test_a_place_that_is_not_in_the_lab_is_refused_and_costs_nothing(tmp_path: Path, where: str, remedy: str):
    words = kept(tmp_path)
    with pytest.raises(crossconnect.NotFoundError, match=re.escape(remedy)):
        verbs.answer(argparse.Namespace(**vars(words), where=where, what="mtu"))
    assert attempts.load(tmp_path / words.attempt).answers == []


@pytest.mark.parametrize(
    "where, remedy",
    [
        ("node", "it has node/app, node/carrier, node/ce"),
        ("vnet", "it has vnet/"),
        ("nsg/pc", "did you mean 'node/pc'?"),
        ("gateway/er1", "did you mean 'circuit/er1'?"),
        ("gateway/ce", "did you mean 'node/ce'?"),
        ("vnet/er1", "did you mean 'circuit/er1'?"),
        ("circuit/er1/er1", "did you mean 'circuit/er1'?"),
        ("circuit/", "it has circuit/er1"),
        ("nsg-rule/x", "it has no nsg-rule"),
        ("pc/ce", "write NODE, NODE:INTERFACE"),
        ("ce/sec", "did you mean 'ce:sec'?"),
        ("/", "write NODE, NODE:INTERFACE, an address or KIND/NAME"),
    ],
)
def test_a_place_of_the_wrong_kind_is_refused_and_costs_nothing(tmp_path: Path, where: str, remedy: str):
    """Names of kinds and of objects, which are no place together."""
    words = kept(tmp_path)
    with pytest.raises(crossconnect.NotFoundError, match=re.escape(remedy)):
        verbs.answer(argparse.Namespace(**vars(words), where=where, what="mtu"))
    assert attempts.load(tmp_path / words.attempt).answers == []


@pytest.mark.parametrize("where", ["node/pc", "node/msee1", "peering/er1/private", "peering/er1", "er1/private"])
def test_a_place_may_be_told_with_its_kind(tmp_path: Path, where: str):
    words = kept(tmp_path)
    assert verbs.answer(argparse.Namespace(**vars(words), where=where, what="mtu")).code == verbs.FAIL


@pytest.mark.parametrize("where", ["pc", "msee1", "ce:pri.100", "192.0.2.5", "circuit/er1", "er1", "carrier:msee1"])
def test_every_place_of_the_lab_is_an_answer(tmp_path: Path, where: str):
    words = kept(tmp_path)
    assert verbs.answer(argparse.Namespace(**vars(words), where=where, what="mtu")).code == verbs.FAIL
    assert len(attempts.load(tmp_path / words.attempt).answers) == 1
