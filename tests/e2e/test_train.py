# SPDX-License-Identifier: Apache-2.0
"""Attempts of exercises: seeds, points, hints, what is kept, and a student's way from ticket to page."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import crossconnect
import pytest
from conftest import BUILD
from trainee import EXERCISES, checked

from crossconnect.train import __main__ as door
from crossconnect.train import attempt as attempts
from crossconnect.train import desk, exam as exams, exercise as exercises, points, stage, verbs
from crossconnect.train.attempt import Attempt

# --- at the door -------------------------------------------------------------------------------------------------------


def test_who_is_not_root_is_told_and_nothing_is_made(train, tmp_path: Path):
    nobody = {"user": 65534, "group": 65534, "extra_groups": [], "cwd": "/"}
    told = train("start", "one-row", "--folder", "/tmp/xconn-train-of-nobody", **nobody)
    assert told.returncode == 4 and "sudo xconn train" in told.stderr
    assert not Path("/tmp/xconn-train-of-nobody").exists()


def test_an_exercise_that_is_not_there(train):
    told = train("start", "ded-backup")
    assert told.returncode == 2 and "did you mean 'dead-backup'?" in told.stderr


# --- seeds and points --------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("told", TOLD, ids=str)
def test_a_hint_is_free_once_the_cause_is_told(tmp_path: Path, told: dict[str, Any]):
    words = kept(tmp_path, **told, fixed_at=0.5, answers=[{**RIGHT, "at": 0.5}], hints=1)
    answer = verbs.hint(words)
    assert answer.words["price"] == 0 and "advertised-routes" in answer.text and "free" in answer.text
    attempt = attempts.load(tmp_path / words.attempt)
    assert points.score(attempt.read_exercise(), attempt).total == 10 - 1, "the hint before it keeps its price"


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


@pytest.mark.parametrize("where", ["pc", "msee1", "ce:pri.100", "192.0.2.5", "circuit/er1", "er1", "carrier:msee1"])
def test_every_place_of_the_lab_is_an_answer(tmp_path: Path, where: str):
    words = kept(tmp_path)
    assert verbs.answer(argparse.Namespace(**vars(words), where=where, what="mtu")).code == verbs.FAIL
    assert len(attempts.load(tmp_path / words.attempt).answers) == 1


# --- what is kept ------------------------------------------------------------------------------------------------------


def test_an_attempt_of_another_version_is_left_alone(tmp_path: Path):
    exercise = exercises.read(EXERCISES / "one-row")
    folder = attempts.create(tmp_path / "one-row-ada", exercise, "ada", "0").folder
    words = json.loads((folder / "attempt.json").read_text()) | {"version": 99, "invented": True}
    (folder / "attempt.json").write_text(text := json.dumps(words))
    with pytest.raises(crossconnect.Error, match="version = '99'.*nothing was changed"):
        attempts.load(folder)
    assert (folder / "attempt.json").read_text() == text


def test_an_attempt_put_aside_is_kept(tmp_path: Path):
    exercise = exercises.read(EXERCISES / "one-row")
    for number in (1, 2):
        attempts.create(tmp_path / "one-row-ada", exercise, "ada", "0")
        assert attempts.set_aside(tmp_path / "one-row-ada").name == f"one-row-ada.{number}"
    assert list(attempts.all_in(tmp_path)) == []


def test_an_exam_names_its_own_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exams, "HOME", tmp_path)
    exercise = exercises.read(EXERCISES / "one-row")
    attempt = attempts.create(tmp_path / "2026" / "one-row-ada", exercise, "ada", "0")
    with pytest.raises(crossconnect.NotFoundError, match="is not up; sudo xconn exam start one-row resumes it"):
        stage.lab_of(attempt)
    (attempt.folder / "attempt.json").write_text("{")
    with pytest.raises(crossconnect.Error, match="is damaged.*tell the teacher"):
        attempts.load(attempt.folder)


# --- a student's way ---------------------------------------------------------------------------------------------------


@pytest.mark.bound(240)
def test_from_the_ticket_to_the_page(train, xconn, tmp_path: Path):
    begun = json.loads(train("start", "dead-backup", "--student", "ada", "--format", "json").stdout)
    lab = begun["lab"]
    assert "192.0.2.6" not in begun["ticket"] and begun["access"] == ["pc", "ce"]
    given = json.loads(xconn("inspect", "--lab", lab, "--format", "json").stdout)
    assert given["faults"] == [] and not any(row["source"] == "fault" for row in events(xconn, lab)), "it can be read"

    twice = train("start", "dead-backup", "--student", "ada")
    assert twice.returncode == 1 and "is already up" in twice.stderr

    assert train("exec", "msee1", "--", "true").returncode == 2, "the ticket gives no access"
    assert "192.168.10.10" in train("exec", "pc", "--", "ip", "address").stdout
    assert "-1 points" in train("hint").stdout
    assert train("answer", "--where", "ce:sec", "--what", "route-filter").returncode == 0
    failed = checked(train, "--format", "json")
    assert failed.returncode == 1 and json.loads(failed.stdout)["fixed"] is False
    assert train("page").returncode == 1, "the page has the solution in it"

    # a pause (or a reboot) in the middle: what was changed in the topology's words is there again
    assert xconn("node", "update", "ce", SOLVED, "--lab", lab).returncode == 0
    assert train("stop").returncode == 0
    assert train("check", "--attempt", lab).returncode == 2, "no lab"
    assert train("start", "dead-backup", "--student", "ada").returncode == 0
    passed = json.loads(checked(train, "--format", "json").stdout)
    assert passed["fixed"] and passed["score"]["total"] == 9, passed

    page = train("page").stdout
    assert "`route-filter` at `ce`" in page and "xconn exec pc -- ip address" in page and "check: passed" in page
    assert "`xconn node update ce" in page and "| hint: number 1 |" in page and page.count("xconn exec pc") == 1
    assert "xconn train" not in page and "xconn exec --lab" not in page, "what a verb runs is none of the student's"
    table = json.loads(train("class", str(tmp_path / "attempts"), "--format", "json").stdout)
    assert [(row["student"], row["state"], row["points"], row["hints"]) for row in table] == [("ada", "fixed", 9, 1)]
    assert train("class", str(tmp_path / "attempts"), "--csv").stdout.startswith(",".join(desk.COLUMNS))


SOLVED = (
    "bgp.neighbors=[{address: 192.0.2.2, asn: 12076, bfd: true, announce: [192.168.10.0/24]}, "
    "{address: 192.0.2.6, asn: 12076, bfd: true, prepend: 1, announce: [192.168.10.0/24]}]"
)


def events(xconn: Any, lab: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in xconn("events", "--lab", lab, "--format", "json").stdout.splitlines()]


@pytest.mark.bound(180)
def test_watching_marks_a_symptom_green_as_it_goes(train, xconn):
    lab = json.loads(train("start", "silent-appliance", "--student", "ben", "--format", "json").stdout)["lab"]
    assert xconn("node", "update", "nva", "interfaces.eth0.ip-forwarding=true", "--lab", lab).returncode == 0
    watched = train("status", "--watch", timeout=90).stdout
    assert watched.startswith("  ok    lost probes of between"), watched


def test_what_is_typed_in_the_shell_is_kept(train):
    lab = json.loads(train("start", "one-row", "--student", "cy", "--format", "json").stdout)["lab"]
    train("shell", "pc", input="ip -br link\nexit\n", stdin=None)
    train("shell", input="echo $XCONN_LAB\nexit\n", stdin=None)
    state = json.loads(train("status", "--format", "json").stdout)
    assert state["attempt"] == lab and state["steps"] >= 2, state


def test_without_the_python_package_it_says_what_to_install(xconn, tmp_path: Path):
    lonely = tmp_path / "bin"
    lonely.mkdir()
    shutil.copy(BUILD / "bin" / "xconn", lonely / "xconn")
    script = f"mount -t tmpfs none /usr/lib/python3; exec {lonely}/xconn train list"
    command = ["unshare", "--mount", "sh", "-c", script]

    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 4 and "python3-crossconnect" in told.stderr, told.stderr


# --- the door ----------------------------------------------------------------------------------------------------------


def options_in(help_text: str) -> set[str]:
    return set(re.findall(r"--[a-z-]+", help_text)) - {"--help"}


@pytest.mark.parametrize("verb", [*door.verbs_of(door.parser())])
def test_both_tables_of_verbs_say_the_same(xconn, verb: str):
    """That of orchestrator/cli/train.cc, which people see, and the one that Python reads the words with."""
    group = [] if verb == "mcp" else ["train"]
    shown = xconn(*group, verb, "--help").stdout.split("Exit codes")[0]
    read = door.verbs_of(door.parser())[verb].format_help()
    assert options_in(shown) == options_in(read)


def test_every_verb_that_is_shown_is_read(xconn):
    shown = set(xconn("complete", "--", "train", "").stdout.split())
    assert shown == set(door.verbs_of(door.parser())) - {"mcp"}


def test_it_is_a_verb_as_others_are(xconn):
    assert "did you mean 'start'" in xconn("train", "strat").stderr.replace("‘", "'")
    assert {"dead-backup", "one-row"} <= set(xconn("complete", "--", "train", "start", "").stdout.split())
    assert "--again" in xconn("complete", "--", "train", "start", "--a").stdout.split()


def test_installed_exercises_are_found(xconn):
    """In the build tree, which has the folders of an installed one."""
    listed = json.loads(xconn("train", "list", "--format", "json").stdout)
    assert {row["exercise"] for row in listed} == {file.parent.name for file in EXERCISES.glob("*/exercise.yaml")}


def test_the_list_tells_what_suits_an_exam(train):
    told = {row["exercise"]: row["no-exam"] for row in json.loads(train("list", "--format", "json").stdout)}
    assert told["dead-backup"] == told["one-row"] == "" and "route-table update" in told["half-a-session"]
    lines = {line.split()[0]: line.split()[5] for line in train("list").stdout.splitlines()}
    assert lines["dead-backup"] == "exam" and lines["half-a-session"] == "Ping"


def test_a_command_keeps_its_own_options(train):
    train("start", "one-row", "--student", "dot")
    assert "PING" in train("exec", "pc", "--", "ping", "-c", "1", "-W", "1", "192.168.10.1").stdout
    assert train("exec", "pc", "--", "sh", "-c", "exit 7").returncode == 7


@pytest.mark.bound(180)
def test_a_student_who_fell_behind_catches_up(train):
    begun = train("start", "silent-appliance", "--student", "eve", "--format", "json")
    assert begun.returncode == 0, begun.stderr
    assert "did you mean 'found'" in train("checkpoint", "fond").stderr
    found = json.loads(train("checkpoint", "found", "--format", "json").stdout)
    assert found["price"] == 5 and found["causes"][0]["what"] == "forwarding-off"
    assert checked(train).returncode == 1, "it is only told"
    fixed = train("checkpoint", "fixed")
    assert fixed.returncode == 0 and "(5 points less to earn)" in fixed.stdout, fixed.stderr
    again = train("checkpoint", "found")
    assert again.returncode == 1 and "is past 'found' already" in again.stderr
    passed = json.loads(checked(train, "--format", "json").stdout)
    assert passed["fixed"] and passed["score"]["total"] == 0
    assert "checkpoint: fixed, at a price of 5" in train("page").stdout
    assert train("stop").returncode == 0 and train("start", "silent-appliance", "--student", "eve").returncode == 0
    assert json.loads(checked(train, "--format", "json").stdout)["fixed"], "the fix lasts"
