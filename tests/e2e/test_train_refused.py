# SPDX-License-Identifier: Apache-2.0
"""What the operating system refuses is one sentence in every verb: the path, the reason, what to do. No lab is up."""

from __future__ import annotations

import argparse
import errno
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import crossconnect
import pytest
from conftest import XCONN
from trainee import EXERCISES

from crossconnect.train import attempt as attempts
from crossconnect.train import exercise as exercises
from crossconnect.train import command_line, log, os_errors, verification

OF_ATTEMPT = ("status", "ticket", "hint", "answer", "check", "solution", "checkpoint", "stop", "exec", "page", "mcp")
MORE = {
    "answer": ("--what", "nothing"),
    "checkpoint": ("found",),
    "exec": ("ce", "--", "true"),
}
LONG = "a" * 300


def an_attempt(home: Path) -> attempts.Attempt:
    """Which has ended, so that every verb may be asked."""
    made = attempts.create(home / "dead-backup-ada", exercises.read(EXERCISES / "dead-backup"), "ada", "0")
    made.gave_up_at = 1.0
    made.save()
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "attempts"
    folder.mkdir()
    monkeypatch.setenv("XCONN_TRAIN", str(folder))
    return folder


def told(xconn: Any, *words: str, **options: Any) -> tuple[int, str]:
    """The exit code and the only line."""
    done = xconn(*words, **options)
    assert done.stdout == "", done.stdout
    (line,) = done.stderr.splitlines()
    assert "Errno" not in line and "; " in line, line
    return done.returncode, line.removeprefix("xconn: ")


def of_attempt(verb: str, *options: str) -> list[str]:
    place = () if verb == "mcp" else ("train",)
    more = MORE.get(verb, ())
    return [*place, verb, *options, *more]


@pytest.mark.parametrize("verb", ["status", "hint", "exec", "mcp"])
def test_a_long_name_is_told(xconn, home: Path, verb: str) -> None:
    code, line = told(xconn, *of_attempt(verb, "--attempt", LONG))
    assert (code, line) == (2, f"{home}/{LONG}/attempt.json: has too long a name; choose a shorter one")


@pytest.mark.parametrize("verb", ["status", "check", "page"])
def test_a_folder_that_is_a_file_is_told(xconn, tmp_path: Path, verb: str) -> None:
    file = tmp_path / "file"
    file.touch()
    code, line = told(xconn, *of_attempt(verb, "--folder", str(file)))
    assert (code, line) == (2, f"{file}: a part of this path is a file; name a folder")


BROKEN = "nothing was changed: put the file back from a copy, or start over with xconn train start EXERCISE --again"


def made_a_folder(file: Path) -> Path:
    file.unlink(missing_ok=True)
    file.mkdir()
    return file


@pytest.mark.parametrize("verb", OF_ATTEMPT)
def test_an_attempt_that_cannot_be_read_is_told_by_every_verb(xconn, home: Path, verb: str) -> None:
    file = made_a_folder(an_attempt(home).folder / "attempt.json")
    code, line = told(xconn, *of_attempt(verb, "--attempt", "dead-backup-ada"))
    assert (code, line) == (1, f"{file}: is a folder; {BROKEN}")


@pytest.mark.parametrize("name", [log.FILE, *log.SIGNED])
def test_a_file_that_nobody_has_named_is_put_back(xconn, home: Path, name: str) -> None:
    file = made_a_folder(an_attempt(home).folder / name)
    assert told(xconn, "train", "status") == (1, f"{file}: is a folder; {BROKEN}")


@pytest.mark.parametrize(
    ("name", "says"), [(log.FILE, "it has no log"), ("attempt.json", "attempt.json changed since")]
)
def test_a_file_that_is_a_folder_hides_no_other_attempt(home: Path, name: str, says: str) -> None:
    made_a_folder(an_attempt(home).folder / name)
    attempts.create(home / "one-row-ben", exercises.read(EXERCISES / "one-row"), "ben", "0")
    broken, whole = verification.verify(home)
    assert broken.findings[0].startswith(says) and whole.findings == ()


def test_a_key_that_is_a_folder_is_missing(xconn, home: Path) -> None:
    an_attempt(home)
    made_a_folder(home / ".key").chmod(0o700)
    code, line = told(xconn, "train", "status")
    assert code == 1 and line.startswith(f"{home}/.key: the key that signs the attempts in {home} is missing; put it")


def test_a_disk_that_cannot_read_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = an_attempt(home).folder

    def fail(_: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(crossconnect.Error, match=rf"is damaged \(the disk cannot read it\); {BROKEN}"):
        attempts.load(folder)


@pytest.mark.parametrize(
    ("words", "place", "says"),
    [
        (("start", "one-row", "--folder", "@/file"), "@/file", "is no folder; name another one, or move it away"),
        (("start", "one-row", "--folder", "@/file/x"), "@/file/x", "a part of this path is a file; name a folder"),
        (("start", "one-row", "--folder", f"@/{LONG}"), f"@/{LONG}", "has too long a name; choose a shorter one"),
        (("start", LONG), f"{LONG}/exercise.yaml", "has too long a name; choose a shorter one"),
        (("validate", LONG), f"{LONG}/exercise.yaml", "has too long a name; choose a shorter one"),
        (("page", "--report", "@/no/x.md"), "@/no/x.md", "no such file or folder; check the path, or create its folder first"),
        (("page", "--report", "@/file/x.html"), "@/file/x.html", "a part of this path is a file; name a folder"),
        (("page", "--report", "@/folder.md"), "@/folder.md", "is a folder; name a file"),
        (("page", "--report", f"@/{LONG}.md"), f"@/{LONG}.md", "has too long a name; choose a shorter one"),
        (("page", "--report", "@/loop/x.md"), "@/loop/x.md", "is a symbolic link that leads to itself; name the folder itself"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_bad_path_is_told(xconn, home: Path, tmp_path: Path, words: tuple[str, ...], place: str, says: str) -> None:
    an_attempt(home)
    (tmp_path / "file").touch()
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    here = str(tmp_path)
    code, line = told(xconn, "train", *(word.replace("@", here) for word in words))
    assert (code, line) == (2, f"{place.replace('@', here)}: {says}")


def test_json_has_the_same_sentence(xconn, home: Path) -> None:
    done = xconn("train", "status", "--attempt", LONG, "--format", "json")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["type"]) == (2, "NotFoundError") and error["message"].endswith(
        "choose a shorter one"
    )


def test_exercises_that_are_named_and_not_there_are_told(xconn, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCONN_EXERCISES", "/nosuch")
    code, line = told(xconn, "train", "list")
    assert code == 2 and line.startswith("XCONN_EXERCISES = '/nosuch': is not a folder; ")


@pytest.mark.parametrize("verb", ["status", "hint", "page"])
def test_who_may_not_read_is_told_to_be_root(xconn, home: Path, tmp_path: Path, verb: str) -> None:
    an_attempt(home)
    home.chmod(0o700)
    for folder in (tmp_path, *tmp_path.parents[:4]):
        folder.chmod(0o755)
    code, line = told(xconn, "train", verb, user=65534, group=65534, extra_groups=[], cwd="/")
    assert code == 4 and line.endswith(": permission denied; attempts and labs need root: sudo xconn ..."), line


def on_a_small_disk(xconn: str, home: Path, spoil: str, *verbs: str) -> subprocess.CompletedProcess[str]:
    """An attempt on a disk of its own, spoilt by a command; then some verbs."""
    script = f"""
      mount -t tmpfs -o size=512k none {home}
      cp -a {home}.kept/. {home}
      {spoil}
      {' '.join(f'{xconn} {verb} || echo "code $?";' for verb in verbs)}
      """
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-eu", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            "dd if=/dev/zero of={home}/filling bs=4k 2> /dev/null || true",
            "the disk is full; make room and run it again",
        ),
        ("mount -o remount,ro {home}", "is on a file system that is read-only; name a folder elsewhere"),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing_is_told_and_nothing_is_lost(home: Path, spoil: str, says: str) -> None:
    an_attempt(home)
    home.rename(kept := home.with_name("attempts.kept"))
    home.mkdir()
    again = f"mount -o remount,rw {home}; rm -f {home}/filling; true"
    done = on_a_small_disk(XCONN, home, spoil.format(home=home), "train hint", "train solution")
    lines = done.stderr.splitlines()
    assert len(lines) == 2 and all(line.startswith(f"xconn: {home}/") and line.endswith(says) for line in lines), done
    assert done.stdout == "code 4\ncode 4\n"
    after = on_a_small_disk(XCONN, home, f"{spoil.format(home=home)}; {XCONN} train hint || true; {again}", f"train class {home} --verify", "train hint")  # fmt: skip
    assert "as it was signed" in after.stdout and "free: the cause is known already" in after.stdout, after
    assert verification.verify(kept)[0].findings == ()


@pytest.mark.parametrize("pages", range(7))
def test_a_disk_with_little_room_takes_an_answer_and_its_signature_or_neither(home: Path, pages: int) -> None:
    made = an_attempt(home)
    made.gave_up_at, made.answers = None, [{"at": 1.0, "where": "", "what": "mtu"}] * 100  # some pages of attempt.json
    made.save()
    home.rename(home.with_name("attempts.kept"))
    home.mkdir()
    fill = f"dd if=/dev/zero of={home}/filling bs=4k 2> /dev/null || true; truncate -s -{4 * pages}k {home}/filling"
    after = f"class {home} --verify || echo CHANGED; rm {home}/filling; {XCONN} train status --format json"
    done = on_a_small_disk(XCONN, home, fill, "train answer --what nothing", f"train {after}")
    state = json.loads(done.stdout[done.stdout.index("{") :])
    taken = "place wrong, kind wrong" in done.stdout
    assert "as it was signed" in done.stdout and "CHANGED" not in done.stdout, done
    assert taken or "the disk is full" in done.stderr, done
    assert taken if pages == 6 else pages > 0 or not taken, "the disk was never full, or never had room"
    assert state["answers"] == 100 + taken, done


def test_an_output_that_takes_nothing_is_told(home: Path) -> None:
    for words in (["list"], ["list", "--format", "json"], ["schema"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([XCONN, "train", *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (
            4,
            "xconn: the output: the disk is full; make room and run it again\n",
        )


@pytest.mark.parametrize("format_", ["text", "json"])
def test_what_has_no_path_is_told_of_the_verb(monkeypatch: pytest.MonkeyPatch, capfd: Any, format_: str) -> None:
    """And not of the output, which takes it."""
    monkeypatch.setenv("XCONN_NOTED", "")  # which `run` sets
    monkeypatch.setattr(command_line, "leave_reader", lambda: None)  # it would silence these tests

    def fail(_: argparse.Namespace) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    code = command_line.run(fail, argparse.Namespace(verb="list", format=format_))
    out, err = capfd.readouterr()
    said = json.loads(out)["error"]["message"] if format_ == "json" else err.strip().removeprefix("xconn: ")
    assert (code, said) == (4, "list: too many files are open; raise ulimit -n and run it again")


def test_whoever_stands_in_a_folder_that_is_gone_is_answered(tmp_path: Path) -> None:
    script = f"mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir {tmp_path}/gone; exec {XCONN} train list"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0 and "dead-backup" in done.stdout, done


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_number_is_a_sentence(number: int) -> None:
    error = os_errors.as_error(OSError(number, os.strerror(number), "/a/file"))
    named = "the command" if number == errno.E2BIG else "/a/file"  # which is the program that was to run
    assert str(error).startswith(f"{named}: ") and "; " in str(error) and "Errno" not in str(error)
