# SPDX-License-Identifier: Apache-2.0
"""Runs a student's commands in a node, as an ordinary user who sees only the exam's part of the host (docs/security.md)."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
from pathlib import Path
from typing import Iterator

from .. import _core
from ..lab import program
from . import commands, workplace
from .asked import ask
from .attempt import Attempt
from .exam import Exam
from .exercise import Exercise
from .student import Student

NOBODY = "nobody"  # who has no account: a program that is measured, a trial
_SYSTEM = re.compile("/(bin|etc|lib[^/]*|sbin|usr)/")  # as orchestrator/world/guest.cc shows it

# Before a command runs, bash tells a pipe of ours its line of the history: a student can append to it, and take nothing back.
_TELL = "$(HISTTIMEFORMAT= history 1 >&{pipe}; printf '\\0' >&{pipe})"
_LINE = re.compile(r"\s*(\d+)\*?\s+(.*)", re.DOTALL)


def execute(student: Student, attempt: Attempt, exercise: Exercise, node: str, argv: list[str]) -> int:
    """In this terminal; returns the command's own exit code."""
    workplace.demand_access(exercise, node)
    commands.note(attempt, ["xconn", "exec", node, "--", *argv])
    with _start("exec", student, attempt, exercise, [node, "--", *argv]) as running:
        return _code(running, student)


def shell(student: Student, attempt: Attempt, exercise: Exercise, node: str) -> int:
    workplace.demand_access(exercise, node)
    pipe, theirs = os.pipe()
    with _start("shell", student, attempt, exercise, [node], theirs) as running:
        os.close(theirs)
        for command in _typed(pipe, student.exam):
            commands.keep(attempt, command)
        return _code(running, student)


def run(lab: str, exercise: Exercise, node: str, argv: list[str]) -> subprocess.CompletedProcess[str]:
    """As nobody, and without a terminal."""
    workplace.demand_access(exercise, node)
    return ask(command("exec", NOBODY, lab, exercise, [node, "--", *argv]), environment(NOBODY))


def can_read(folder: Path) -> bool:
    """A guest sees the system's folders, of which others than root may read nearly all."""
    return _SYSTEM.match(f"{folder}/") is not None


def command(verb: str, user: str, lab: str, exercise: Exercise, words: list[str]) -> list[str]:
    """The command line that confines a user to the nodes of the ticket."""
    return [program(), verb, f"--lab={lab}", f"--as={user}", f"--sees={','.join(exercise.access)}", *words]


def _start(verb: str, student: Student, attempt: Attempt, exercise: Exercise, words: list[str], pipe: int = -1) -> subprocess.Popen[bytes]:  # fmt: skip
    told = {"PS0": _TELL.format(pipe=pipe)} if pipe >= 0 else {}
    return subprocess.Popen(
        command(verb, student.name, attempt.name, exercise, words),
        env={**environment(student.name), **told},
        pass_fds=[pipe] if pipe >= 0 else [],
    )


def environment(user: str) -> dict[str, str]:
    """Ours has nothing of the student's but the terminal's kind."""
    ours = {
        name: os.environ[name] for name in ("PATH", "LANG", "TERM", "XCONN_RUN", "XCONN_NOTED") if name in os.environ
    }
    return {**ours, "HOME": "/tmp", "USER": user, "LOGNAME": user, "SHELL": "/bin/bash", "HISTFILE": "/dev/null"}


def _code(running: subprocess.Popen[bytes], student: Student) -> int:
    """The exit code. What still runs when the exam ends is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command
    try:
        return running.wait(student.exam.left)
    except subprocess.TimeoutExpired:
        running.kill()
        raise _core.Error(f"the exam ended at {student.exam.until}")


def _typed(pipe: int, exam: Exam) -> Iterator[str]:
    """The commands that a shell tells, each once, until it has ended or the time is over."""
    last = ""
    for told in _pieces(pipe, exam):
        found = _LINE.match(told)
        if found and found[1] != last:
            last = found[1]
            yield found[2].strip()


def _pieces(pipe: int, exam: Exam) -> Iterator[str]:
    """What is before each NUL byte."""
    rest = b""
    with open(pipe, "rb", buffering=0) as file:
        while select.select([file], [], [], exam.left)[0] and (more := file.read(65536)):
            *whole, rest = (rest + more).split(b"\0")
            rest = rest[-commands.LONGEST :]
            yield from (one.decode(errors="replace") for one in whole)
