"""An attempt: a folder with everything that is known of it, so that it outlives labs and reboots."""

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
from . import stage
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
    fixed_at: float | None = None
    gave_up_at: float | None = None

    @property
    def name(self) -> str:
        """The lab's name too."""
        return self.folder.name

    @property
    def seconds(self) -> float:
        return sum(end - begin for begin, end in self.spans)

    @property
    def topology(self) -> Path:
        """What the lab is brought up from: at first the exercise's, then what the student has made of it."""
        return self.folder / "topology.yaml"

    def read_exercise(self) -> Exercise:
        return exercises.read(Path(self.exercise), self.seed)

    def begin_span(self) -> None:
        self.spans.append([time.time(), time.time()])

    def save(self) -> None:
        if self.spans and stage.is_up(self.name):  # what is read after the lab has gone is no work
            self.spans[-1][1] = time.time()
        words = {"version": VERSION, **asdict(self)}
        del words["folder"]
        _replace(self.folder / "attempt.json", json.dumps(words, indent=1) + "\n")

    def keep_topology(self, lab_folder: Path) -> None:
        """What runs now, with what `xconn node update` and its like have changed."""
        _replace(self.topology, (lab_folder / "topology.json").read_text())


def _replace(file: Path, text: str) -> None:
    """Whole or not at all, and for root alone: a topology has keys in it."""
    beside = file.with_name(f".{file.name}.new")
    beside.touch(mode=0o600)
    beside.write_text(text)
    beside.replace(file)


def home(folder: str = "") -> Path:
    return Path(folder or os.environ.get("XCONN_TRAIN") or "/var/lib/crossconnect/train")


def user() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()


def name_of(exercise: str, student: str) -> str:
    """Also a lab's name, so of small letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", f"{exercise}-{student}".lower()).strip("-")


def create(folder: Path, exercise: Exercise, student: str, seed: str) -> Attempt:
    folder.mkdir(mode=0o700, parents=True)
    attempt = Attempt(folder, str(exercise.folder), student, seed)
    _replace(attempt.topology, exercise.begins_as)
    attempt.save()
    return attempt


def load(folder: Path) -> Attempt:
    """Raises NotFoundError where there is none, Error for one of another version."""
    file = folder / "attempt.json"
    if not file.exists():
        raise _core.NotFoundError(f"{folder} is no attempt; xconn train start EXERCISE makes one")
    words = json.loads(file.read_text())
    if (version := words.pop("version", None)) != VERSION:
        raise _core.Error(
            f"{file}: version = '{version}': this program knows version {VERSION}; nothing was changed, "
            "go on with the program that made it, or begin anew with xconn train start EXERCISE --again"
        )
    return Attempt(folder, **words)


def all_in(folder: Path) -> Iterator[Attempt]:
    """The attempts of a folder; what --again has put aside does not count."""
    for file in sorted(folder.glob("*/attempt.json")):
        if not file.parent.suffix:
            yield load(file.parent)


def set_aside(folder: Path) -> Path:
    """Keeps an attempt under NAME.1, NAME.2 ... Returns where."""
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
    what = "several attempts are under way" if running else "no attempt is under way"
    raise _core.NotFoundError(f"{what}{': ' + names if names else ''}; name one with --attempt, or xconn train start")
