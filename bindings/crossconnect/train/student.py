# SPDX-License-Identifier: Apache-2.0
"""A student who takes part in an exam: an ordinary user of the host, for whom root works at the student's own attempts."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from .. import _core
from . import attempt as attempts
from . import exam as exams
from . import stage
from .attempt import Attempt
from .exam import Exam


@dataclass(frozen=True)
class Student:
    exam: Exam
    name: str

    def come_in(self) -> None:
        """From now on this process finds only this student's labs, whatever name it is given."""
        exams.make_closed(exams.RUN, 0o711)
        exams.make_closed(exams.run_folder(self.name))
        os.environ["XCONN_RUN"] = str(exams.run_folder(self.name))

    def folders(self) -> list[Path]:
        """Of the attempts that were started."""
        return [place for place in map(self.place, self.exam.exercises) if place.exists()]

    def choose(self, exercise: str) -> Attempt:
        """The attempt at this exercise; without one, the only one whose lab is up. Raises NotFoundError."""
        if exercise:
            self.demand_exercise(exercise)
        mine = [one for one in self.folders() if not exercise or one == self.place(exercise)]
        running = mine if exercise else [one for one in mine if stage.is_up(one.name)]
        if len(running) == 1:
            return attempts.load(running[0])
        what = "several exercises are in progress; choose one with --exercise" if running else "not started yet"
        raise _core.NotFoundError(f"{what}: {', '.join(self.exam.exercises)} (sudo xconn exam start EXERCISE)")

    def demand_exercise(self, exercise: str) -> None:
        if exercise not in self.exam.exercises:
            raise _core.NotFoundError(
                f"'{exercise}' is not in this exam; choose one of {', '.join(self.exam.exercises)}"
            )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One verb at a time changes this student's attempts: two answers at once would count as one."""
        with open(Path(self.exam.folder) / f".{self.name}.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def place(self, exercise: str) -> Path:
        return Path(self.exam.folder) / attempts.name_of(exercise, self.name)


def who_asks() -> Student:
    """Of SUDO_UID, which sudo sets whatever its caller's environment says. Raises HostError, NotFoundError."""
    word = os.environ.get("SUDO_UID", "")
    if os.geteuid() != 0 or not (word.isascii() and word.isdigit()) or int(word) == 0:
        raise _core.HostError("an exam is for students, by sudo and as themselves: sudo xconn exam ticket")
    exam = exams.read()
    name = next((name for name, uid in exam.students.items() if uid == int(word)), None)
    if name is None:
        raise _core.NotFoundError(f"the user with uid {word} does not take part in this exam; ask the teacher")
    return Student(exam, name)
