# SPDX-License-Identifier: Apache-2.0
"""The verbs of `xconn train exam`: what a teacher does for an exam, as root."""

from __future__ import annotations

import grp
import pwd
import re
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Iterator

from .. import _core
from ..lab import attach, program
from . import attempt as attempts
from . import clock, desk, exam as exams, exercise as exercises, stage, suits
from .exam import Exam
from .finding import suggestion
from .student import Student
from .verbs import Answer, Words

_NAME = re.compile(r"[a-z_][a-z0-9_.-]*")  # also a folder's


def run(words: Words) -> Answer:
    table = {"open": open_exam, "show": show, "close": close, "sudoers": sudoers}
    if words.what not in table:
        remedy = suggestion(words.what, table)
        raise _core.NotFoundError(f"exam: there is no '{words.what}'; {remedy}")
    return table[words.what](words)


def sudoers(words: Words) -> Answer:
    line = f"{words.students or '%students'} ALL=(root) NOPASSWD: {program()} exam *"
    return Answer({"sudoers": line}, line)


def open_exam(words: Words) -> Answer:
    stage.demand_root()
    exams.make_closed(exams.HOME)
    folders = {Path(one).name: one for one in map(exercises.find_folder, words.words)}
    students, ends = _accounts(words.students), _clock(words.until)
    folder = exams.HOME / time.strftime("%Y-%m-%d.%H%M%S")
    exam = Exam(str(folder), students, {name: str(path) for name, path in folders.items()}, words.seed, ends)
    if found := list(_objections(exam)):
        raise _core.Error("\n".join(found))
    exams.begin(exam)
    told = f"  open until {exam.until} for {', '.join(students)}: sudo xconn exam list\n  attempts  {folder}"
    return Answer(_facts(exam), told)


def _facts(exam: Exam) -> dict[str, object]:
    return {**{name: getattr(exam, name) for name in ("folder", "students", "seed", "until")}, "exercises": [*exam.exercises]}  # fmt: skip


def _objections(exam: Exam) -> Iterator[str]:
    """Every one at once."""
    try:
        yield f"an exam is open until {exams.read().until}; end it first: sudo xconn train exam close"
    except _core.NotFoundError:
        pass
    for what, given in (("exercise", exam.exercises), ("student", exam.students)):
        if not given:
            yield f"open: there is no {what}; write xconn train exam open EXERCISE ... --students ada,ben --until 12:30"
    for name, folder in exam.exercises.items():
        if objection := suits.objection(exercises.read(Path(folder), exam.seed)):
            yield f"{name}: cannot be solved in an exam: {objection}"
        if not exams.is_closed(Path(folder)):
            yield f"{folder}: students can read the solution of {name}; copy it to a folder of root's with mode 0700"
    for name, uid in exam.students.items():
        if uid == 0 or not _NAME.fullmatch(name):
            yield f"{name}: is not an ordinary user's account; a student needs one"
    names = [attempts.name_of(exercise, student) for exercise in exam.exercises for student in exam.students]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two attempts would have the name {name}; rename an exercise or an account"
    if not exam.left:
        yield f"--until: {exam.until} is over; name a time to come, as 12:30 or 2026-02-03T12:30"


def _accounts(words: str) -> dict[str, int]:
    """Of "ada,ben" and of groups, "%students". Raises NotFoundError."""
    found: dict[str, int] = {}
    for word in filter(None, words.split(",")):
        try:
            members = _members(word[1:]) if word.startswith("%") else [pwd.getpwnam(word)]
        except KeyError:
            raise _core.NotFoundError(f"--students: the host has no {'group' if word[0] == '%' else 'user'} {word}")
        found |= {member.pw_name: member.pw_uid for member in members}
    return found


def _members(group: str) -> list[pwd.struct_passwd]:
    one = grp.getgrnam(group)
    return [*map(pwd.getpwnam, one.gr_mem), *(user for user in pwd.getpwall() if user.pw_gid == one.gr_gid)]


def _clock(word: str) -> float:
    """ "12:30" is today's. Raises Error."""
    try:
        return datetime.fromisoformat(word if "T" in word else f"{datetime.now():%Y-%m-%d}T{word}").timestamp()
    except ValueError:
        raise _core.Error(f"--until = '{word}': is no time; write 12:30 or 2026-02-03T12:30")


def show(words: Words) -> Answer:
    stage.demand_root()
    exam = exams.read()
    table = [_row(student, exercise) for student in _students(exam) for exercise in exam.exercises]
    told = f"{desk.as_text(table)}\n  until {exam.until}; attempts {exam.folder}"
    return Answer({**_facts(exam), "attempts": table}, told)


def _row(student: Student, exercise: str) -> dict[str, object]:
    folder = student.place(exercise)
    return desk.row_in(folder) if folder.exists() else desk.unstarted(student.name, exercise)


def close(words: Words) -> Answer:
    """Takes down every lab, and with it what students still run there."""
    stage.demand_root()
    exam = exams.read()
    exams.end(exam)
    for student in _students(exam):
        with student.alone():
            for folder in student.folders():
                _end(folder, exam.ends)
    told = f"  closed; xconn train class {exam.folder} shows the attempts, --verify tells which were changed"
    return Answer({"folder": exam.folder}, told)


def _end(folder: Path, at: float) -> None:
    """The lab goes down even if its attempt is damaged; the attempt is kept."""
    with suppress(_core.Error, OSError), attempts.alone(folder):
        attempt = attempts.load(folder)
        clock.stop(attempt, at)
        attempt.save()
    if stage.is_up(folder.name):
        attach(folder.name).down()


def _students(exam: Exam) -> Iterator[Student]:
    """Each while this process sees that student's labs."""
    for name in exam.students:
        student = Student(exam, name)
        student.come_in()
        yield student
