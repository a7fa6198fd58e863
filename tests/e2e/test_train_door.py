# SPDX-License-Identifier: Apache-2.0
"""The words and the terminal of `xconn train`, and programs that it asks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import crossconnect
import pytest
from conftest import XCONN
from terminal import Terminal
from test_train_damage import an_attempt

from crossconnect.train import asked, commands


# --- programs that are asked -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script, words",
    [
        ("tail -f /dev/null & tail -f /dev/null", "is not done after 0.5 s"),
        ("yes", "printed more than 1024 KiB; ask for less"),
        ("yes >&2", "printed more than 1024 KiB; ask for less"),
    ],
)
def test_a_program_that_does_not_end_is_ended_with_all_it_has_started(script: str, words: str):
    group = f"{script} # of the test {os.getpid()}"
    with pytest.raises(crossconnect.Error, match=words):
        asked.ask(["sh", "-c", group], os.environ, seconds=0.5 if "tail" in script else 30)
    running = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]
    assert not [one for one in running if f"# of the test {os.getpid()}".encode() in one]


def test_a_program_that_leaves_others_behind_has_ended():
    done = asked.ask(["sh", "-c", "printf '\\377out'; echo err >&2; tail -f /dev/null & echo $!; exit 3"], os.environ)
    assert (done.returncode, done.stderr) == (3, "err\n") and done.stdout.startswith("\ufffdout")
    os.kill(int(done.stdout.removeprefix("\ufffdout")), signal.SIGKILL)


# --- at the door -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, told",
    [
        (("answer", "--where", "ce"), "--what is missing: the kind of cause; use one of nothing, "),
        (("answer", "--what", "mtu"), "--where is missing: the place of the cause"),
        (("exec", "pc", "--"), "there is none; write"),
        (("exec", "pc"), "command is required"),
        (("validate", "/nowhere"), "/nowhere: this folder has no exercise.yaml"),
    ],
)
def test_what_is_missing_is_named(train, words: tuple[str, ...], told: str):
    train("start", "one-row", "--student", "ada")
    refused = train(*words)
    assert refused.returncode == 2 and told in refused.stderr, refused
    assert json.loads(train("status", "--format", "json").stdout)["answers"] == 0


@pytest.mark.parametrize(
    "words, told",
    [
        (("status", "--attempt", "/nowhere/x"), "--attempt = '/nowhere/x': is no name; the attempts in "),
        (("status", "--attempt", ".."), "are: one-row-ada"),
        (("status", "--folder", "/nowhere/x"), "there is no attempt in /nowhere/x; start one"),
        (("class", "/", "--csv", "--format", "json"), "--csv and --format json are two formats; leave one out"),
        (("class", "/", "--csv", "--verify"), "--csv and --verify are two formats"),
    ],
)
def test_what_is_named_wrongly_is_told(train, tmp_path: Path, words: tuple[str, ...], told: str):
    an_attempt(tmp_path / "attempts", exercise="one-row")
    refused = train(*words)
    assert refused.returncode == 2 and told in refused.stdout + refused.stderr, refused


def test_a_table_is_as_wide_as_the_terminal(tmp_path: Path):
    made = an_attempt(tmp_path)
    commands.note(made, ["xconn", "exec", "pc", "--", "echo", "x" * 90])
    for words, shown in ((("class", str(tmp_path)), "dead-backup"), (("list",), "one-row")):
        terminal = Terminal("train", *words, through=["/usr/bin/env", "COLUMNS=40"])
        terminal.expect(shown)
        assert terminal.wait() == 0
        lines = terminal.seen.splitlines()
        assert max(map(len, lines[:-1])) <= 40 and any(line.endswith("...") for line in lines), lines
    whole = subprocess.run([XCONN, "train", "class", str(tmp_path)], capture_output=True, text=True).stdout
    assert max(map(len, whole.splitlines())) > 100, "a file takes all"


def test_whoever_reads_the_first_line_only_is_not_told_of_a_pipe():
    script = f"{XCONN} train list --format json | head -n 1; {XCONN} train schema | head -c 1 > /dev/null"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.stdout, done.stderr) == ("[\n", "")
