# SPDX-License-Identifier: Apache-2.0
"""Attempts of exercises: what is kept, and a student's way from ticket to page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import crossconnect
import pytest
from conftest import BUILD, XCONN
from terminal import Terminal
from trainee import EXERCISES, checked

from crossconnect.train import __main__ as door
from crossconnect.train import attempt as attempts
from crossconnect.train import commands, desk, exam as exams, exercise as exercises, stage

# --- at the door -------------------------------------------------------------------------------------------------------


def test_who_is_not_root_is_told_and_nothing_is_made(train, tmp_path: Path):
    nobody = {"user": 65534, "group": 65534, "extra_groups": [], "cwd": "/"}
    told = train("start", "one-row", "--folder", "/tmp/xconn-train-of-nobody", **nobody)
    assert told.returncode == 4 and "sudo xconn train" in told.stderr
    assert not Path("/tmp/xconn-train-of-nobody").exists()


def test_an_exercise_that_is_not_there(train):
    told = train("start", "ded-backup")
    assert told.returncode == 2 and "did you mean 'dead-backup'?" in told.stderr


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


def test_what_is_typed_in_the_shell_is_kept(train):
    lab = json.loads(train("start", "one-row", "--student", "cy", "--format", "json").stdout)["lab"]
    train("shell", "pc", input="ip -br link\nexit\n", stdin=None)
    train("shell", input="echo $XCONN_LAB\nexit\n", stdin=None)
    state = json.loads(train("status", "--format", "json").stdout)
    assert state["attempt"] == lab and state["steps"] >= 2, state


def test_what_is_typed_or_piped_into_a_labs_shell_is_kept(train, xconn, monkeypatch: pytest.MonkeyPatch):
    """By the plain verb, in a node and in the world; with the time at which it came."""
    begun = json.loads(train("start", "one-row", "--student", "gus", "--format", "json").stdout)
    monkeypatch.setenv("SHELL", "/bin/bash")
    slowly = "echo 'echo one'; sleep 0.5; echo 'echo two; exit 3'"
    piped = subprocess.run(
        f"({slowly}) | {XCONN} shell pc --lab {begun['lab']}", shell=True, capture_output=True, text=True
    )
    assert (piped.stdout, piped.returncode) == ("one\ntwo\n", 3), piped
    file = Path(begun["folder"]) / "script"
    file.write_text("echo from a file\n")
    with open(file) as script:
        assert xconn("shell", "--lab", begun["lab"], stdin=script).stdout == "from a file\n"
    assert xconn("shell", "pc", "--lab", begun["lab"]).returncode == 0, "nothing is piped"
    typed = Terminal("shell", "pc", "--lab", begun["lab"], through=["/usr/bin/env", "SHELL=/bin/bash"])
    typed.type("echo ty''ped\n")
    typed.expect("typed")
    typed.type("exit 4\n")
    assert typed.wait() == 4
    rows = commands.read(attempts.load(Path(begun["folder"])))
    told = [row["command"] for row in rows if not row["command"].startswith("xconn")]
    assert told == ["echo one", "echo two; exit 3", "echo from a file", "echo ty''ped", "exit 4"], told
    assert rows[2]["at"] - rows[1]["at"] >= 0.4
    assert "as it was signed" in train("class", begun["folder"] + "/..", "--verify").stdout


def test_a_command_may_be_answered_in_json(train):
    train("start", "one-row", "--student", "hal")
    done = train("exec", "--format", "json", "pc", "--", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert done.returncode == 7 and json.loads(done.stdout) == {"exit": 7, "stdout": "out\n", "stderr": "err\n"}
    assert json.loads(train("status", "--format", "json").stdout)["steps"] == 1


@pytest.mark.bound(180)
def test_verbs_are_kept_with_the_lab_that_they_are_about(train, xconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whatever other labs are up: up, drill and down name theirs in other ways than by --lab."""
    begun = json.loads(train("start", "one-row", "--student", "fay", "--format", "json").stdout)
    lab, topology = begun["lab"], f"{begun['folder']}/topology.yaml"
    drill = tmp_path / "look.yaml"
    drill.write_text(
        f"name: look\ntopology: {topology}\nduration: 1s\nflows: {{a: {{from: pc, to: app}}}}\nexpect: [{{alive: {{flow: a}}}}]\n"
    )
    monkeypatch.setenv("XCONN_LAB", lab)
    about = [
        ["up", topology, "--name", lab, "--dry-run"],
        ["drill", "--lab", lab, str(drill)],
        ["restart", "ce:bgpd"],
        ["down", lab],
    ]
    not_about = [["up", "chain", "--name", "fay-2"], ["down", "fay-2"], ["graph", topology], ["validate", topology]]
    for words in (*not_about, *about):
        done = xconn(*words)
        assert done.returncode == 0, done.stderr
    kept_ = [json.loads(line)["argv"] for line in (Path(begun["folder"]) / "verbs.jsonl").read_text().splitlines()]
    assert kept_ == [["xconn", *words] for words in about]


@pytest.mark.bound(180)
def test_a_lab_that_start_has_not_raised_is_not_the_attempts(train, xconn, tmp_path: Path):
    """By hand from its topology, broken.sh has not run: a check would pass, and nothing would be fixed."""
    begun = json.loads(train("start", "one-session-down", "--student", "gil", "--format", "json").stdout)
    lab, topology = begun["lab"], Path(begun["folder"]) / "topology.yaml"
    assert xconn("down", lab).returncode == 0
    other = tmp_path / "other.yaml"
    other.write_text(f"extends: {topology}\nmessage: another\n")
    assert xconn("up", str(other), "--name", lab).returncode == 0
    before = topology.read_text()
    for verb in (["check"], ["exec", "pc", "--", "true"], ["stop"], ["status", "--watch"], ["checkpoint", "fixed"]):
        refused = train(*verb)
        assert refused.returncode == 1 and f"xconn down {lab} takes it down, then" in refused.stderr, (verb, refused)
    assert json.loads(train("status", "--format", "json").stdout)["state"] == "away" and topology.read_text() == before
    assert xconn("down", lab).returncode == 0
    assert train("start", "one-session-down", "--student", "gil").returncode == 0
    assert checked(train).returncode == 1


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
