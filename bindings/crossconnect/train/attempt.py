# SPDX-License-Identifier: Apache-2.0
"""An attempt: a folder that holds all of its state, so that it outlives labs and reboots."""

from __future__ import annotations

import getpass
import json
import os
import re
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Iterator

from .. import _core
from . import exercise as exercises
from . import log, stage
from .exercise import Exercise

VERSION = 1


@dataclass
class Attempt:
    folder: Path
    exercise: str  # its folder
    student: str
    seed: str
    spans: list[list[float]] = field(default_factory=list)  # of work: [from, to], seconds since the epoch
    hints: int = 0
    answers: list[dict[str, Any]] = field(default_factory=list)  # {at, where, what}
    checks: list[dict[str, Any]] = field(default_factory=list)  # {at, fixed, rows}
    looks: list[dict[str, Any]] = field(default_factory=list)  # by status --watch: {at, rows}
    checkpoints: list[dict[str, Any]] = field(default_factory=list)  # {at, stage, price}
    fixed_at: float | None = None
    gave_up_at: float | None = None

    @property
    def name(self) -> str:
        """Also the lab's name."""
        return self.folder.name

    @property
    def seconds(self) -> float:
        return sum(end - begin for begin, end in self.spans)

    def minutes_at(self, when: float) -> float:
        """Of work until then: pauses do not count."""
        return sum(max(0.0, min(end, when) - begin) for begin, end in self.spans) / 60

    @property
    def topology(self) -> Path:
        """What the lab is brought up from: first the exercise's topology, then the student's changed one."""
        return self.folder / "topology.yaml"

    def read_exercise(self) -> Exercise:
        return exercises.read(Path(self.exercise), self.seed)

    def begin_span(self) -> None:
        self.spans.append([time.time(), time.time()])

    def save(self) -> None:
        if self.spans and stage.is_up(self.name):  # reading after the lab is down does not count as work
            self.spans[-1][1] = time.time()
        words = {"version": VERSION, **asdict(self)}
        del words["folder"]
        with log.changing(self.folder):
            _replace(self.folder / "attempt.json", json.dumps(words, indent=1) + "\n")

    def keep_topology(self, lab_folder: Path) -> None:
        """The running topology, with the changes of `xconn node update` and similar verbs."""
        _replace(self.topology, (lab_folder / "topology.json").read_text())


def _replace(file: Path, text: str) -> None:
    """Atomic, and readable by root only: a topology contains keys."""
    beside = file.with_name(f".{file.name}.new")
    beside.touch(mode=0o600)
    beside.write_text(text)
    beside.replace(file)


def home(folder: str = "") -> Path:
    return Path(folder or os.environ.get("XCONN_TRAIN") or "/var/lib/crossconnect/train")


def user() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()


def name_of(exercise: str, student: str) -> str:
    """Also the lab's name, so only lowercase letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", f"{exercise}-{student}".lower()).strip("-")


def create(folder: Path, exercise: Exercise, student: str, seed: str) -> Attempt:
    folder.mkdir(mode=0o700, parents=True)
    log.begin(folder)
    attempt = Attempt(folder, str(exercise.folder), student, seed)
    _replace(attempt.topology, exercise.begins_as)
    attempt.save()
    return attempt


def load(folder: Path) -> Attempt:
    """Raises NotFoundError where there is none, Error for one of another version."""
    file = folder / "attempt.json"
    if not file.exists():
        raise _core.NotFoundError(f"{folder} is not an attempt; start one with xconn train start EXERCISE")
    words = json.loads(file.read_text())
    if (version := words.pop("version", None)) != VERSION:
        raise _core.Error(
            f"{file}: version = '{version}': this program reads version {VERSION}; nothing was changed, "
            "continue with the program that created it, or start over with xconn train start EXERCISE --again"
        )
    return Attempt(folder, **words)


def all_in(folder: Path) -> Iterator[Attempt]:
    """The attempts in a folder, without those that --again has set aside."""
    for file in sorted(folder.glob("*/attempt.json")):
        if not file.parent.suffix:
            yield load(file.parent)


def set_aside(folder: Path) -> Path:
    """Renames an attempt to NAME.1, NAME.2 ... Returns the new path."""
    number = next(count for count in range(1, 10_000) if not folder.with_name(f"{folder.name}.{count}").exists())
    return folder.rename(folder.with_name(f"{folder.name}.{number}"))


def choose(name: str, folder: str = "") -> Attempt:
    """The attempt of this name; without one, the only one whose lab is up. Raises NotFoundError."""
    if name:
        return load(home(folder) / name)
    running = [attempt for attempt in all_in(home(folder)) if stage.is_up(attempt.name)]
    if len(running) == 1:
        return running[0]
    names = ", ".join(attempt.name for attempt in running or all_in(home(folder)))
    what = "several attempts are running" if running else "no attempt is running"
    raise _core.NotFoundError(
        f"{what}{': ' + names if names else ''}; choose one with --attempt, or start one with xconn train start"
    )
