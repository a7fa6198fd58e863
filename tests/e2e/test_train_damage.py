# SPDX-License-Identifier: Apache-2.0
"""What `xconn train` does with damaged attempts, odd names, two who do the same at once, and a lab that goes away."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import crossconnect
import pytest
from conftest import XCONN
from host import eventually
from trainee import EXERCISES, checked

from crossconnect.train import attempt as attempts
from crossconnect.train import commands, desk, exam_verbs, exercise as exercises, log, verification


def an_attempt(home: Path, student: str = "ada", exercise: str = "dead-backup") -> attempts.Attempt:
    return attempts.create(home / f"{exercise}-{student}", exercises.read(EXERCISES / exercise), student, "0")


def rewritten(folder: Path, **words: Any) -> bytes:
    return json.dumps(json.loads((folder / "attempt.json").read_text()) | words).encode()


# --- damaged files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "is damaged"),
        (b'{"version": 1, "exerc', "is damaged"),
        (b"\x7fELF\xff\x00", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"[1]", "version = 'None'"),
        ({"hints": "many"}, "hints: is not as this program writes it"),
        ({"hints": -1}, "hints: is not"),
        ({"hints": 10**9}, "hints: is not"),
        ({"spans": [[1]]}, "spans.0: is not"),
        ({"spans": [[1e308, 0]]}, "spans.0: is not"),
        ({"spans": [[0, 10**400]]}, "spans.0: is not"),
        ({"spans": [[float("nan"), 1]], "fixed_at": float("inf")}, "spans.0, fixed_at: is not"),
        ({"answers": [{"at": 1, "where": "ce"}]}, "answers.0.what: is not"),
        ({"checkpoints": [{"at": 1, "stage": "end", "price": 1}]}, "checkpoints.0.stage: is not"),
        ({"checks": {}, "looks": 1}, "checks, looks: is not"),
        ({"fixed_at": "now", "grade": 1}, "fixed_at, grade: is not"),
    ],
    ids=str,
)
def test_a_damaged_attempt_is_told_and_hides_no_other(tmp_path: Path, content: Any, words: str):
    folder = an_attempt(tmp_path).folder
    an_attempt(tmp_path, "ben")
    file = folder / "attempt.json"
    file.write_bytes(damaged := content if isinstance(content, bytes) else rewritten(folder, **content))
    with pytest.raises(crossconnect.Error, match=f"{file}.*{re.escape(words)}.*nothing was changed"):
        attempts.load(folder)
    rows = desk.rows(tmp_path)
    assert [row["state"] for row in rows] == [desk.UNREADABLE, "away"] and rows[1]["student"] == "ben"
    assert words in desk.as_text(rows) and file.read_bytes() == damaged


def test_an_attempt_whose_file_is_gone_does_not_vanish(train, tmp_path: Path):
    folder = an_attempt(tmp_path).folder
    an_attempt(tmp_path, "ben")
    (folder / "attempt.json").unlink()
    told = train("class", str(tmp_path))
    assert told.returncode == 1 and f"{folder}/attempt.json: is missing; nothing was changed" in told.stdout
    assert [row["state"] for row in desk.rows(tmp_path)] == [desk.UNREADABLE, "away"]
    verified = train("class", str(tmp_path), "--verify")
    assert verified.returncode == 1 and re.search("dead-backup-ada +attempt.json changed since", verified.stdout)
    (folder / log.FILE).rename(folder / log.VERBS)
    assert [row["state"] for row in desk.rows(tmp_path)] == [desk.UNREADABLE, "away"]


@pytest.mark.parametrize("again", [(), ("--again",)], ids=["first", "again"])
def test_a_start_without_the_key_makes_nothing(train, tmp_path: Path, again: tuple[str, ...]):
    home = tmp_path / "attempts"
    folder = an_attempt(home, "ben", "one-row").folder
    (home / ".key").rename(tmp_path / "key")
    student = "ben" if again else "ada"
    for _ in range(2):
        refused = train("start", "one-row", "--student", student, *again)
        assert refused.returncode == 1 and "the key that signs the attempts" in refused.stderr
    with pytest.raises(crossconnect.Error, match="the key that signs the attempts"):
        an_attempt(home, "eve", "one-row")
    assert [one for one in home.iterdir() if one.is_dir()] == [folder]


def test_the_teacher_sees_the_class_and_an_exit_code(train, tmp_path: Path):
    home = tmp_path / "class"
    assert train("class", str(tmp_path)).returncode == 0 == train("class", str(tmp_path), "--verify").returncode
    shutil.copytree(EXERCISES / "dead-backup", tmp_path / "gone")
    attempts.create(home / "gone-ada", exercises.read(tmp_path / "gone"), "ada", "0")
    shutil.rmtree(tmp_path / "gone")
    an_attempt(home, "ben")
    told = train("class", str(home))
    assert told.returncode == 1 and "gone: the exercise is not there any more" in told.stdout and "ben" in told.stdout
    assert train("class", str(home / "dead-backup-ben" / "attempt.json")).returncode == 2


def test_what_students_write_stays_text_for_the_teacher(tmp_path: Path):
    attempt = an_attempt(tmp_path, "=1+1\x1b]0;x\x07")
    with open(attempt.folder / "commands.jsonl", "ab") as file:
        file.write(
            b'[]\n{"at": 1}\n\xff\n{"at": 1e400, "command": "x"}\n{"at": NaN, "command": "x"}\n{"at": 2, "comm\n'
        )
    commands.keep(attempt, "+cmd|' /C calc'!A0\n\x1b[2J\u202e")
    (attempt.folder / "history").write_text("#" + "9" * 5000 + "\nx\n#²\nx\n")
    (row,) = desk.rows(tmp_path)
    assert row["steps"] == 1
    (read,) = csv.DictReader(io.StringIO(desk.as_csv([row])))
    assert read["student"] == "'=1+1\\u001b]0;x\\u0007" and read["last"].startswith("'+cmd")
    text = desk.as_text([row])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text) and len(text.splitlines()) == 2


def test_one_spoilt_exercise_hides_no_other(written, train, monkeypatch: pytest.MonkeyPatch):
    folder = written("exercise.yaml", "level: 1", "level: 9")
    shutil.copytree(EXERCISES / "one-row", folder.with_name("good"))
    monkeypatch.setenv("XCONN_EXERCISES", str(folder.parent))
    listed = train("list").stdout
    assert f"has mistakes: xconn train validate {folder}" in listed and re.search("^  good  +level 1", listed, re.M)


@pytest.mark.parametrize("name", ["exercise.yaml", "ticket.md"])
def test_nobody_waits_at_a_fifo(tmp_path: Path, name: str):
    folder = tmp_path / "pinned-route"
    shutil.copytree(EXERCISES / "pinned-route", folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    done = subprocess.run([XCONN, "train", "validate", folder], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and f"{name}: is not a regular file" in done.stdout, done


@pytest.mark.parametrize("name", [log.FILE, *log.SIGNED])
def test_nobody_waits_at_a_fifo_in_an_attempt(tmp_path: Path, name: str):
    folder = an_attempt(tmp_path).folder
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    verified = subprocess.run([XCONN, "train", "class", tmp_path, "--verify"], capture_output=True, timeout=20)
    assert verified.returncode == (name in (log.FILE, "attempt.json")), "the others were not there before"
    for words in (["class", tmp_path], ["hint", "--folder", tmp_path]):
        done = subprocess.run([XCONN, "train", *words], capture_output=True, text=True, timeout=20)
        told = f"{folder}/{name}: is no regular file; nothing was changed"
        assert done.returncode == 1 and told in done.stdout + done.stderr, done


def test_a_damaged_attempt_keeps_no_lab_of_an_exam_up(train, xconn, tmp_path: Path):
    assert train("start", "one-row", "--student", "ada").returncode == 0
    folder = tmp_path / "attempts" / "one-row-ada"
    (folder / "attempt.json").write_text("{")
    exam_verbs._end(folder, math.inf)
    assert "one-row-ada" not in xconn("inspect", "--all").stdout and (folder / "attempt.json").read_text() == "{"


# --- names -------------------------------------------------------------------------------------------------------------

ODD = ("ada", "Ada", "ADA", "a da", "a-da", "李", "王", "", "../../etc", "-ada", "ada\n", "=ada", "a" * 300, "a" * 301)


def test_every_student_has_an_attempt_of_their_own():
    names = [attempts.name_of("one-row", student) for student in ODD]
    assert len(set(names)) == len(ODD) and names[0] == "one-row-ada"
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= attempts.LONGEST for name in names)


@pytest.mark.parametrize("student", ["李", "../../etc", "a" * 300])
def test_a_student_of_any_name_has_a_lab(train, student: str):
    begun = train("start", "one-row", f"--student={student}", "--format", "json")
    assert begun.returncode == 0, begun.stderr
    assert train("exec", "pc", "--", "true").returncode == 0


@pytest.mark.bound(180)
def test_an_exercise_of_any_name(written, train, tmp_path: Path):
    folder = written("ticket.md", "Branch", "Branch")
    odd = folder.rename(folder.with_name("Übung #1: \"neu\" 'x'"))
    assert train("validate", str(odd)).returncode == 0, train("validate", str(odd)).stdout
    begun = train("start", str(odd), "--student", "ada")
    assert begun.returncode == 0, begun.stderr
    assert checked(train).returncode == 1, "its drills find the topology"


def test_an_attempt_does_not_change_its_seed(train, xconn, tmp_path: Path):
    one = an_attempt(tmp_path / "attempts", "ada", "one-row")
    other = train("start", "one-row", "--student", "ada", "--seed", "7")
    assert other.returncode == 1 and "was started with --seed 0; leave --seed out" in other.stderr, other
    assert "one-row-ada" not in xconn("inspect", "--all").stdout and attempts.load(one.folder).spans == []


def test_an_attempt_under_another_name_is_refused(train, tmp_path: Path):
    home = tmp_path / "attempts"
    one = an_attempt(home, "ada")
    shutil.copytree(one.folder, home / "one-row-ada")
    taken = train("start", "one-row", "--student", "ada")
    assert taken.returncode == 1 and "is the attempt of ada at" in taken.stderr and "--again" in taken.stderr
    copied = train("checkpoint", "found", "--attempt", "one-row-ada")
    assert copied.returncode == 1 and "is a copy of the attempt dead-backup-ada" in copied.stderr
    assert attempts.load(home / "one-row-ada").checkpoints == []


@pytest.mark.parametrize("words", [(b"--student", b"\xff"), (b"--folder", b"/tmp/\xff"), (b"--seed=\xff",)], ids=str)
def test_a_word_that_is_not_utf_8_is_refused(train, tmp_path: Path, words: tuple[bytes, ...]):
    refused = train("start", "one-row", *words)
    assert refused.returncode == 2 and r"\udcff': is not UTF-8; write it as text" in refused.stderr, refused
    assert "Traceback" not in refused.stderr and not (tmp_path / "attempts").exists()


def test_what_stop_prints_resumes_the_attempt(train, tmp_path: Path):
    """With whose it is and where, unless that is what `start` would choose by itself."""
    home, ours = tmp_path / "a class", attempts.user()
    one = an_attempt(home, "Ada L")
    assert one.resume == f"xconn train start dead-backup --student 'Ada L' --folder '{home}'"
    usual = an_attempt(tmp_path / "attempts", ours)  # XCONN_TRAIN
    assert usual.resume == "xconn train start dead-backup"
    assert train("start", "one-row", "--student", "ada", "--folder", str(home)).returncode == 0
    stopped = train("stop", "--attempt", "one-row-ada", "--folder", str(home))
    (told,) = re.findall("down; (xconn train start .*) resumes it", stopped.stdout)
    again = train(*shlex.split(told)[2:])
    assert again.returncode == 0 and train("stop", "--folder", str(home)).returncode == 0, again.stderr
    assert {folder.name for folder in attempts.folders_in(home)} == {one.name, "one-row-ada"}


def test_a_folder_may_be_named_from_where_one_stands(train, xconn, tmp_path: Path):
    begun = train("start", "one-row", "--student", "ada", "--folder", "attempts", cwd=tmp_path)
    assert begun.returncode == 0, begun.stderr
    assert xconn("inspect", "pc", "--lab", "one-row-ada", cwd="/").returncode == 0
    (noted,) = commands.read(attempts.load(tmp_path / "attempts" / "one-row-ada"))
    assert noted["command"] == "xconn inspect pc --lab one-row-ada"


# --- at once -----------------------------------------------------------------------------------------------------------


@pytest.mark.bound(180)
def test_of_two_starts_at_once_one_is_told(train, tmp_path: Path):
    command = [XCONN, "train", "start", "one-row", "--student", "ada"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1], told
    assert "is already up; xconn train ticket" in "".join(told)
    assert verification.verify(tmp_path / "attempts")[0].findings == ()


def test_of_hints_at_once_each_is_another(train, tmp_path: Path):
    an_attempt(tmp_path / "attempts")
    command = [XCONN, "train", "hint", "--attempt", "dead-backup-ada"]
    each = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(3)]
    hints = [process.communicate()[0] for process in each]
    assert sorted(process.returncode for process in each) == [0, 0, 1] and len(set(hints)) == 3
    (verified,) = verification.verify(tmp_path / "attempts")
    assert verified.findings == () and attempts.load(tmp_path / "attempts" / "dead-backup-ada").hints == 2


def test_a_class_that_begins_at_once_has_one_key(tmp_path: Path):
    students = [f"student-{number}" for number in range(12)]
    threads = [threading.Thread(target=an_attempt, args=(tmp_path, student, "one-row")) for student in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.findings for one in verification.verify(tmp_path)] == [()] * len(students)
    assert not list(tmp_path.glob(".key.*"))


# --- a lab that goes away ----------------------------------------------------------------------------------------------


@pytest.mark.bound(180)
def test_what_was_fixed_is_there_again_after_the_lab_was_taken_down_or_killed(train, xconn):
    lab = json.loads(train("start", "pinned-route", "--student", "ben", "--format", "json").stdout)["lab"]
    assert xconn("node", "show", "ce", "--lab", lab).stdout.count("to: 10.20") == 1
    assert xconn("node", "update", "ce", "routes=", "--lab", lab).returncode == 0
    assert train("status").returncode == 0
    for end in (lambda: xconn("down", lab), lambda: os.kill(pid_of(lab), signal.SIGKILL)):
        end()
        gone = train("check")
        assert gone.returncode == 2 and "xconn train start pinned-route --student ben resumes it" in gone.stderr
        assert train("start", "pinned-route", "--student", "ben").returncode == 0
        assert xconn("node", "show", "ce", "--lab", lab).stdout.count("to: 10.20") == 0


@pytest.mark.parametrize("left, kept", [("whole", 1), ("cut short", 0)])
def test_what_was_changed_last_is_there_after_the_agent_was_killed(train, xconn, left: str, kept: int):
    """Its folder stays, with a topology that the attempt has not seen yet."""
    lab = json.loads(train("start", "one-row", "--student", "ben", "--format", "json").stdout)["lab"]
    assert xconn("node", "update", "ce", "sysctls={net.ipv4.ip_default_ttl: 63}", "--lab", lab).returncode == 0
    pid = pid_of(lab)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: train("check").returncode == 2, 5)
    if left == "cut short":
        os.truncate(Path(os.environ.get("XCONN_RUN", "/run/xconn"), lab, "topology.json"), 100)
    assert train("start", "one-row", "--student", "ben").returncode == 0
    assert xconn("node", "show", "ce", "--lab", lab).stdout.count("ip_default_ttl") == kept


def pid_of(lab: str) -> int:
    return int(Path(os.environ.get("XCONN_RUN", "/run/xconn"), lab, "pid").read_text())


@pytest.mark.bound(180)
@pytest.mark.parametrize("told, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "kill"])
def test_a_start_that_is_ended_leaves_no_lab_in_which_nothing_is_wrong(written, train, xconn, tmp_path, told, code):
    folder = written("ticket.md", "Branch", "Branch")
    os.mkfifo(begun := tmp_path / "begun")
    (folder / "broken.sh").write_text(f"echo > {begun}\nexec tail -f /dev/null\n")
    starting = subprocess.Popen([XCONN, "train", "start", str(folder), "--student", "eve"], stderr=subprocess.DEVNULL)
    begun.read_text()
    assert "mine-eve" in xconn("inspect", "--all").stdout
    starting.send_signal(told)
    assert starting.wait() == code and "mine-eve" not in xconn("inspect", "--all").stdout
