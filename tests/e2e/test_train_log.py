# SPDX-License-Identifier: Apache-2.0
"""The signed log of an attempt: whatever is changed afterwards is found, and whoever works as usual is not accused."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any, Callable

import crossconnect
import pytest
from conftest import ROOT

from crossconnect.train import attempt as attempts
from crossconnect.train import clock, commands, exercise as exercises, key, log, verification
from crossconnect.train.attempt import Attempt

EXERCISE = ROOT / "exercises" / "one-row"


def an_attempt(home: Path, student: str, folder: Path = EXERCISE) -> Attempt:
    """With a hint, commands, lines of a shell, and a verb of xconn."""
    made = attempts.create(home / f"one-row-{student}", exercise := exercises.read(folder), student, "0")
    made.set_the_stage(exercise)
    clock.begin(made)
    made.hints = 1
    made.save()
    commands.note(made, ["xconn", "exec", "pc", "--", "true"])
    (made.folder / "history").write_text("#1000\nip route\n#1001\nip neigh\n")
    (made.folder / "verbs.jsonl").write_text('{"at": 1002.5, "argv": ["xconn", "inspect"]}\n')
    made.answers.append({"at": 1.0, "where": "", "what": "mtu"})
    made.save()
    return made


@pytest.fixture
def ada(tmp_path: Path) -> Attempt:
    return an_attempt(tmp_path, "ada")


def findings(home: Path) -> dict[str, tuple[str, ...]]:
    return {one.attempt: one.findings for one in verification.verify(home)}


def test_what_nobody_changed_is_as_it_was_signed(ada: Attempt, tmp_path: Path):
    an_attempt(tmp_path, "ben")
    with open(ada.folder / "history", "a") as shell:  # that is still open
        shell.write("#1002\nip link\n")
    assert findings(tmp_path) == {"one-row-ada": (), "one-row-ben": ()}


@pytest.mark.parametrize("signed", [False, True])
def test_who_is_killed_half_way_leaves_all_or_nothing(
    ada: Attempt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed: bool
):
    """Before a change is signed, or after it and before the new file is in its place."""
    append = log._append

    def end(*words: Any) -> None:
        if signed:
            append(*words)
        os._exit(9)

    monkeypatch.setattr(log, "_append", end)
    if (child := os.fork()) == 0:
        ada.hints = 2
        ada.save()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9 and list(ada.folder.glob(".*.new"))
    assert attempts.load(ada.folder).hints == (2 if signed else 1)
    assert findings(tmp_path)["one-row-ada"] == () and not list(ada.folder.glob(".*.new"))


def test_a_file_that_an_earlier_program_did_not_sign_is_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(log, "SIGNED", ("attempt.json", "commands.jsonl", "history"))
        made = an_attempt(tmp_path, "ada")
    (made.folder / "verbs.jsonl").unlink()
    assert findings(tmp_path)["one-row-ada"] == ()


@pytest.mark.parametrize("file", log.SIGNED)
def test_one_byte_of_a_file_is_found(ada: Attempt, tmp_path: Path, file: str):
    content = bytearray((ada.folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (ada.folder / file).write_bytes(content)
    (found,) = findings(tmp_path)["one-row-ada"]
    assert found.startswith(f"{file} changed since ")


@pytest.mark.parametrize("file", ["solve", "symptom.yaml", "wrong/added.sh", "../base.yaml"])
def test_another_exercise_than_it_was_begun_with_is_found(tmp_path: Path, file: str):
    """Its files, and the topology that it extends: what is broken, and what the check asks, are there."""
    shutil.copytree(EXERCISE, tmp_path / "one-row")
    shutil.copy(ROOT / "topologies" / "branch" / "topology.yaml", tmp_path / "base.yaml")
    (tmp_path / "one-row" / "healthy.yaml").write_text("name: one-row\ntimers: fast\nextends: ../base.yaml\n")
    (tmp_path / "one-row" / "wrong" / "added.sh").touch()
    an_attempt(tmp_path / "class", "ada", tmp_path / "one-row")
    assert findings(tmp_path / "class")["one-row-ada"] == ()
    changed = tmp_path / "one-row" / file
    changed.write_text(changed.read_text() + "\n# x\n")
    (found,) = findings(tmp_path / "class")["one-row-ada"]
    assert found == f"{changed.resolve()} changed since the attempt was begun with it"


def test_an_archive_without_its_exercise_is_as_it_was_signed(tmp_path: Path):
    shutil.copytree(EXERCISE, tmp_path / "elsewhere" / "one-row")
    an_attempt(tmp_path / "class", "ada", tmp_path / "elsewhere" / "one-row")
    shutil.rmtree(tmp_path / "elsewhere")
    assert findings(tmp_path / "class")["one-row-ada"] == ()


def test_another_topology_to_start_from_is_found(ada: Attempt, tmp_path: Path):
    ada.topology.write_text(ada.topology.read_text() + "message: by hand\n")
    (found,) = findings(tmp_path)["one-row-ada"]
    assert found.startswith("topology.yaml changed since ")


@pytest.mark.parametrize("file", log.SIGNED)
def test_a_change_is_found_that_the_program_signed_later(ada: Attempt, tmp_path: Path, file: str):
    text = (ada.folder / file).read_text()
    (ada.folder / file).write_text(text.replace('"hints": 1', '"hints": 0') if file == "attempt.json" else text[10:])
    attempts.load(ada.folder).save()
    (found,) = findings(tmp_path)["one-row-ada"]
    assert found.startswith(f"{file} changed between ")


def test_each_byte_of_the_log_counts(ada: Attempt, tmp_path: Path):
    file = ada.folder / log.FILE
    content = file.read_bytes()
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 1
        file.write_bytes(changed)
        assert findings(tmp_path)["one-row-ada"], content[max(0, place - 20) : place + 20]
    file.write_bytes(content)
    assert findings(tmp_path)["one-row-ada"] == ()


def without_line(number: int) -> Callable[[list[str]], list[str]]:
    return lambda lines: lines[:number] + lines[number + 1 :]


@pytest.mark.parametrize(
    "change, words",
    [
        (without_line(0), "line 1 of its log does not follow"),
        (without_line(1), "line 2 of its log does not follow"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "line 2 of its log does not follow"),
        (lambda lines: [*lines, lines[-1]], "line 7 of its log does not follow"),
        (lambda lines: lines[:-1], "attempt.json changed since"),
        (lambda lines: [], "it has no log"),
        (lambda lines: ["[]"], "line 1 of its log was changed"),
    ],
)
def test_lines_of_the_log(ada: Attempt, tmp_path: Path, change: Any, words: str):
    file = ada.folder / log.FILE
    file.write_text("".join(f"{line}\n" for line in change(file.read_text().splitlines())))
    (found,) = findings(tmp_path)["one-row-ada"]
    assert words in found


def test_a_log_that_is_no_text_is_found_and_the_attempt_goes_on(ada: Attempt, tmp_path: Path):
    (ada.folder / log.FILE).write_bytes(b"\xff\xfe\n")
    attempts.load(ada.folder).save()
    commands.note(ada, ["true"])
    assert findings(tmp_path)["one-row-ada"] == ("line 1 of its log was changed, or signed with another key",)


def test_a_change_that_fails_leaves_everything_as_it_was(ada: Attempt, tmp_path: Path):
    """Also where it wrote what the attempt had been before."""
    before = (ada.folder / "attempt.json").read_bytes()
    ada.hints = 2
    ada.save()
    with pytest.raises(KeyboardInterrupt), log.changing(ada.folder) as change:
        change.replace("attempt.json", before)
        raise KeyboardInterrupt
    assert attempts.load(ada.folder).hints == 2 and findings(tmp_path)["one-row-ada"] == ()
    assert not list(ada.folder.glob(".*.new"))


def test_the_log_of_another_attempt_is_found(ada: Attempt, tmp_path: Path):
    ben = an_attempt(tmp_path, "ben")
    shutil.rmtree(ben.folder)
    shutil.copytree(ada.folder, ben.folder)
    assert findings(tmp_path)["one-row-ben"] == ("its log is that of one-row-ada",)


def test_a_log_begun_anew_is_found(ada: Attempt, tmp_path: Path):
    (ada.folder / log.FILE).unlink()
    ada.save()
    (found,) = findings(tmp_path)["one-row-ada"]
    assert found.startswith("log.jsonl changed between ")


def test_another_key_is_found(ada: Attempt, tmp_path: Path):
    key.place(tmp_path).write_text("0" * 64)
    assert findings(tmp_path)["one-row-ada"] == ("line 1 of its log was changed, or signed with another key",)


def test_a_missing_key_is_told_and_not_replaced(ada: Attempt, tmp_path: Path):
    key.place(tmp_path).unlink()
    for act in (ada.save, lambda: verification.verify(tmp_path), lambda: an_attempt(tmp_path, "ben")):
        with pytest.raises(
            crossconnect.Error, match=r"\.key: the key that signs the attempts in .* is missing; put it"
        ):
            act()
    assert not key.place(tmp_path).exists()


def test_a_key_that_others_may_read_is_refused(ada: Attempt, tmp_path: Path):
    assert key.place(tmp_path).stat().st_mode & 0o777 == 0o600
    key.place(tmp_path).chmod(0o640)
    with pytest.raises(crossconnect.Error, match="chmod 600"):
        ada.save()


def test_a_key_that_is_cut_short_is_refused(ada: Attempt, tmp_path: Path):
    key.place(tmp_path).write_text("\n")
    with pytest.raises(crossconnect.Error, match="has 0 bytes, and at least 32"):
        ada.save()


def test_the_key_may_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XCONN_TRAIN_KEY", str(tmp_path / "teacher" / "key"))
    an_attempt(tmp_path / "class", "ada")
    assert findings(tmp_path / "class") == {"one-row-ada": ()} and not (tmp_path / "class" / ".key").exists()


def test_the_teacher_is_told_and_never_shown_the_key(xconn, ada: Attempt, tmp_path: Path):
    good = xconn("train", "class", str(tmp_path), "--verify")
    assert good.returncode == 0 and "one-row-ada" in good.stdout and "as it was signed, 6 times" in good.stdout
    (ada.folder / "attempt.json").write_text((ada.folder / "attempt.json").read_text().replace('"mtu"', '"nothing"'))
    for format_ in ("text", "json"):
        bad = xconn("train", "class", str(tmp_path), "--verify", "--format", format_)
        assert bad.returncode == 1 and "attempt.json changed since" in bad.stdout
        assert key.read(tmp_path).decode() not in bad.stdout + bad.stderr
    assert json.loads(bad.stdout)[0]["attempt"] == "one-row-ada"
    secret = key.read(tmp_path).decode()
    assert not [file for file in ada.folder.iterdir() if secret in file.read_text()]
    key.place(tmp_path).unlink()
    lost = xconn("train", "class", str(tmp_path), "--verify")
    assert lost.returncode == 1 and "is missing; put it back" in lost.stderr
