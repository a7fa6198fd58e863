# SPDX-License-Identifier: Apache-2.0
"""The entry point `python3 -m crossconnect.train.door VERB ...`, which `xconn exam` runs: root's door for a student.

What it is given is not trusted: no word names a file or a lab, and what a student runs runs as that student (guest.py).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Callable

from .. import _core
from ..lab import program
from . import causes, command_line, commands, guest, points, stage, verbs
from .attempt import Attempt
from .student import Student, who_asks
from .verbs import Answer, Words

# What each verb takes: positionals, then options. The table of orchestrator/cli/train.cc describes them for users.
PLACES: dict[str, tuple[str, ...]] = {
    "start": ("exercise",),
    "inspect": ("node?",),
    "az": ("words",),
    "exec": ("node", "words"),
    "shell": ("node",),
}
OPTIONS: dict[str, tuple[str, ...]] = {"answer": ("where", "what")}
OF_ATTEMPT = ("ticket", "status", "hint", "answer", "check", "inspect", "az", "exec", "shell")
CHANGING = ("start", "status", "hint", "answer", "check")


def parser() -> argparse.ArgumentParser:
    options = OPTIONS | {name: ("exercise", *OPTIONS.get(name, ())) for name in OF_ATTEMPT}
    return command_line.parser("xconn exam", ("list", "start", *OF_ATTEMPT), PLACES, options)


def list_exercises(student: Student, words: Words) -> Answer:
    rows = [{"exercise": name, "state": _state(student.place(name))} for name in student.exam.exercises]
    told = "\n".join(f"  {row['exercise']:<22} {row['state']}" for row in rows)
    return Answer({"until": student.exam.until, "exercises": rows}, f"{told}\n  until {student.exam.until}")


def _state(folder: Path) -> str:
    if not folder.exists():
        return "not started"
    return "in progress" if stage.is_up(folder.name) else "interrupted"


def start(student: Student, words: Words) -> Answer:
    student.demand_exercise(words.exercise)
    folder, exam = student.exam.exercises[words.exercise], student.exam
    verbs.start(Words(exercise=folder, student=student.name, seed=exam.seed, folder=exam.folder, again=False))
    return ticket(student, words)


def ticket(student: Student, words: Words) -> Answer:
    attempt = student.choose(words.exercise)
    exercise = attempt.read_exercise()
    text, access = exercise.text("ticket.md").strip(), ", ".join(exercise.access)
    steps = [attempt.command(*step) for step in points.next_steps(exercise, attempt) if step[0] != "page"]
    told = (
        f"{text}\n\n"
        f"  look      sudo xconn exam inspect, sudo xconn exam az ...\n"
        f"  access    {access}: sudo xconn exam shell NODE, sudo xconn exam exec NODE -- COMMAND\n"
        f"  next      {'; '.join(steps) or 'nothing is left to earn'}\n"
        f"  kinds     {causes.listed(12)}\n"
        f"  until     {student.exam.until}"
    )
    facts = {"exercise": exercise.name, "access": exercise.access, "until": student.exam.until}
    return Answer({**facts, "ticket": text}, told)


def status(student: Student, words: Words) -> Answer:
    return verbs.status(_of(student, words, watch=False))


def hint(student: Student, words: Words) -> Answer:
    return verbs.hint(_of(student, words))


def answer(student: Student, words: Words) -> Answer:
    return verbs.answer(_of(student, words, where=words.where, what=words.what))


def check(student: Student, words: Words) -> Answer:
    return verbs.run_check(_of(student, words))


def _of(student: Student, words: Words, **more: object) -> Words:
    """For the verbs of `xconn train`, which know attempts by name."""
    attempt = student.choose(words.exercise)
    return Words(attempt=attempt.name, folder=student.exam.folder, format=words.format, **more)


def inspect(student: Student, words: Words) -> Answer:
    about = ["--", words.node] if words.node else []
    return _xconn(student.choose(words.exercise), ["inspect", f"--format={words.format}", *about])


def az(student: Student, words: Words) -> Answer:
    return _xconn(student.choose(words.exercise), ["az", *verbs.command(words.words)])


def _xconn(attempt: Attempt, argv: list[str]) -> Answer:
    """A verb that only asks, and only this student's labs (Student.come_in)."""
    stage.lab_of(attempt)
    commands.note(attempt, ["xconn", *argv])
    asked = subprocess.run([program(), *argv], env={**os.environ, "XCONN_LAB": attempt.name}, stdin=subprocess.DEVNULL)
    return Answer(None, "", asked.returncode)


def execute(student: Student, words: Words) -> Answer:
    attempt = student.choose(words.exercise)
    stage.lab_of(attempt)
    argv = verbs.command(words.words)
    if not argv:
        raise _core.NotFoundError("exec: there is no command; write xconn exam exec NODE -- COMMAND")
    return Answer(None, "", guest.execute(student, attempt, attempt.read_exercise(), words.node, argv))


def shell(student: Student, words: Words) -> Answer:
    attempt = student.choose(words.exercise)
    stage.lab_of(attempt)
    return Answer(None, "", guest.shell(student, attempt, attempt.read_exercise(), words.node))


_VERBS: dict[str, Callable[[Student, Words], Answer]] = {
    "list": list_exercises,
    "start": start,
    "ticket": ticket,
    "status": status,
    "hint": hint,
    "answer": answer,
    "check": check,
    "inspect": inspect,
    "az": az,
    "exec": execute,
    "shell": shell,
}


def settle() -> None:
    """What a process has from the student who started it, beside words and variables."""
    os.chdir("/")
    os.umask(0o022)
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_DATA):
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def enter(words: Words) -> Answer:
    student = who_asks()
    settle()
    student.exam.demand_time()
    student.come_in()
    with student.alone() if words.verb in CHANGING else nullcontext():
        return _VERBS[words.verb](student, words)


def main(argv: list[str] | None = None) -> int:
    return command_line.run(enter, parser().parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
