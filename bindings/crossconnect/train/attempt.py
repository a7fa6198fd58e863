# SPDX-License-Identifier: Apache-2.0
"""An attempt: a folder that holds all of its state, so that it outlives labs and reboots."""

from __future__ import annotations

import errno
import fcntl
import getpass
import hashlib
import json
import os
import re
import shlex
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Iterator

from .. import _core
from . import exercise as exercises
from . import exam as exams
from . import clock, inputs, key, log, record, stage
from .exercise import Exercise
from .finding import cut

VERSION = 1
_NEW = {"hints_at": [], "boot": "", "earlier": 0}  # which attempts of earlier programs do not have
LONGEST = 40  # characters of a name, from which paths of sockets are made


@dataclass
class Attempt:
    folder: Path
    exercise: str  # its folder
    student: str
    seed: str
    spans: list[list[float]] = field(default_factory=list)  # of work: [from, to], seconds since the epoch
    hints: int = 0
    hints_at: list[float] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)  # {at, where, what}
    checks: list[dict[str, Any]] = field(default_factory=list)  # {at, fixed, rows}
    looks: list[dict[str, Any]] = field(default_factory=list)  # by status --watch: {at, rows}
    checkpoints: list[dict[str, Any]] = field(default_factory=list)  # {at, stage, price}
    fixed_at: float | None = None
    gave_up_at: float | None = None
    boot: str = ""  # of the host, while the clock runs (clock.py)
    earlier: int = 0  # tries before this one, which --again has put beside it

    @property
    def name(self) -> str:
        """Also the lab's name."""
        return self.folder.name

    @property
    def is_timed(self) -> bool:
        """Whether the clock runs, as far as it was written down."""
        return bool(self.boot and self.spans)

    @property
    def is_set_aside(self) -> bool:
        return self.folder.suffix != ""

    @property
    def seconds(self) -> float:
        return sum(max(0.0, end - begin) for begin, end in self._worked)

    def minutes_at(self, when: float) -> float:
        """Of work until then: pauses do not count."""
        return sum(max(0.0, min(end, when) - begin) for begin, end in self._worked) / 60

    @property
    def _worked(self) -> list[list[float]]:
        """The spans until now."""
        return [*self.spans[:-1], [self.spans[-1][0], clock.end(self)]] if self.is_timed else self.spans

    @property
    def topology(self) -> Path:
        """What the lab is brought up from: first the exercise's topology, then the student's changed one."""
        return self.folder / log.TOPOLOGY

    def set_the_stage(self, exercise: Exercise) -> None:
        """Before the lab has ever been up: as the exercise is now, which its author may have corrected."""
        with log.changing(self.folder) as change:
            change.replace(log.TOPOLOGY, exercise.begins_as.encode())
            change.replace(log.INPUTS, inputs.text_of(exercise).encode())

    def read_exercise(self) -> Exercise:
        return exercises.read(Path(self.exercise), self.seed)

    @property
    def door(self) -> str:
        return door(self.folder)

    @property
    def resume(self) -> str:
        """The command that resumes it, with the options that differ from the defaults of `start`."""
        if exams.is_in(self.folder):
            return f"{self.door} start {Path(self.exercise).name}"
        told = {"--student": (self.student, user()), "--folder": (str(self.folder.parent), str(home()))}
        options = [word for name, (own, usual) in told.items() if own != usual for word in (name, own)]
        return shlex.join(["xconn", "train", "start", exercises.word_for(Path(self.exercise)), *options])

    def command(self, verb: str, rest: str = "") -> str:
        """What to type for a verb of this attempt, with the options that choose it, if it is not where attempts usually are."""
        own = {
            "--attempt": (self.name, self.student != user()),
            "--folder": (self.folder.parent, self.folder.parent != home()),
        }
        options = [
            word for name, (value, differs) in own.items() if differs for word in (name, shlex.quote(str(value)))
        ]
        return " ".join([self.door, verb, *([] if exams.is_in(self.folder) else options), *filter(None, [rest])])

    def save(self) -> None:
        """With the lab as it is now, if it is up."""
        clock.note(self)
        if self.spans and (lab := stage.own_lab(self)):
            self.keep_topology(lab.folder)
        words = {"version": VERSION, **asdict(self)}
        del words["folder"]
        with log.changing(self.folder) as change:
            change.replace("attempt.json", f"{json.dumps(words, indent=1)}\n".encode())

    def keep_topology(self, lab_folder: Path) -> None:
        """The running topology, with the changes of `xconn node update` and similar verbs."""
        running = (lab_folder / "topology.json").read_bytes()
        if not self.topology.is_file() or running != self.topology.read_bytes():
            with log.changing(self.folder) as change:
                change.replace(log.TOPOLOGY, running)


def door(folder: Path) -> str:
    """By which whoever works at the attempt in this folder comes in."""
    return "sudo xconn exam" if exams.is_in(folder) else "xconn train"


def home(folder: str = "") -> Path:
    """Absolute: others write into it from elsewhere (the lab's verbs, a shell's history)."""
    return Path(folder or os.environ.get("XCONN_TRAIN") or "/var/lib/crossconnect/train").absolute()


def user() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()


def name_of(exercise: str, student: str) -> str:
    """Also the lab's name, so only lowercase letters, digits and hyphens; who has others in the name gets digits that nobody
    else has."""
    words = f"{exercise}-{student}"
    plain = re.sub("[^a-z0-9]+", "-", words.lower()).strip("-")
    if plain == words and len(plain) <= LONGEST:
        return plain
    return f"{plain[: LONGEST - 9].strip('-')}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or changes the attempt in a folder, which need not be there yet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(f".{folder.name}.lock"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def create(folder: Path, exercise: Exercise, student: str, seed: str, earlier: int = 0) -> Attempt:
    folder.parent.mkdir(parents=True, exist_ok=True)
    key.demand(folder.parent)
    folder.mkdir(mode=0o700)
    attempt = Attempt(folder, str(exercise.folder), student, seed, earlier=earlier)
    try:
        log.begin(folder)
        attempt.save()
    except BaseException:  # half of one would be in the way of the next start
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return attempt


def load(folder: Path) -> Attempt:
    """Raises NotFoundError where there is none, Error for one of another version."""
    file = folder / "attempt.json"
    if file.exists() or folder.exists():
        log.settle(folder)
    if not file.exists():
        if (folder / log.FILE).exists():
            raise _core.Error(f"{file}: is missing; {_broken(folder)}")
        raise _core.NotFoundError(f"{folder} is not an attempt; start one with {door(folder)} start EXERCISE")
    _demand_files(folder)
    words = _read(file)
    if (version := words.get("version")) != VERSION:
        raise _core.Error(
            f"{file}: version = '{version}': this program reads version {VERSION}; nothing was changed, "
            f"continue with the program that created it, or {_again(folder)}"
        )
    words = {**_NEW, **words}
    wrong = [*record.misfits(words), *sorted(words.keys() - record.ATTEMPT.keys() - {"version"})]
    if wrong:
        raise _core.Error(f"{file}: {', '.join(wrong)}: is not as this program writes it; {_broken(folder)}")
    return Attempt(folder, **{key: words[key] for key in record.ATTEMPT})


def _demand_files(folder: Path) -> None:
    """The user has named none of them, and can name no other. Whoever opens a FIFO waits."""
    for file in (folder / name for name in (log.FILE, *log.SIGNED)):
        if file.exists() and not file.is_file():
            raise _core.Error(f"{file}: is {'a folder' if file.is_dir() else 'no regular file'}; {_broken(folder)}")


def _again(folder: Path) -> str:
    return "tell the teacher" if exams.is_in(folder) else "start over with xconn train start EXERCISE --again"


def _broken(folder: Path) -> str:
    return f"nothing was changed: put the file back from a copy, or {_again(folder)}"


def _read(file: Path) -> dict[str, Any]:
    try:
        words = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _core.Error(f"{file}: is damaged ({error}); {_broken(file.parent)}")
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        raise _core.Error(f"{file}: is damaged (the disk cannot read it); {_broken(file.parent)}")
    return words if isinstance(words, dict) else {}


def folders_in(folder: Path) -> list[Path]:
    """Of the attempts in a folder, without those that --again has set aside. Raises OSError if it cannot be listed."""
    with suppress(FileNotFoundError):
        os.listdir(folder)  # glob takes one that it may not read for empty
    files = (file for name in (log.FILE, *log.SIGNED) for file in folder.glob(f"*/{name}"))
    return sorted({file.parent for file in files if not file.parent.suffix})


def all_in(folder: Path) -> Iterator[Attempt]:
    return map(load, folders_in(folder))


def set_aside(folder: Path) -> Path:
    """Renames an attempt to NAME.1, NAME.2 ... Returns the new path."""
    with suppress(_core.Error):  # one that is damaged is set aside as it is
        attempt = load(folder)
        clock.stop(attempt)
        attempt.save()
    number = next(count for count in range(1, 10_000) if not try_of(folder, count).exists())
    return folder.rename(try_of(folder, number))


def try_of(folder: Path, number: int) -> Path:
    """Where --again has put an earlier try."""
    return folder.with_name(f"{folder.name}.{number}")


def earlier_in(folder: Path) -> list[Path]:
    """The tries before the attempt in a folder, the first one first."""
    found = (one for one in folder.parent.glob(f"{folder.name}.*") if one.suffix[1:].isdecimal())
    return sorted(found, key=lambda one: int(one.suffix[1:]))


def _own(folder: Path) -> Attempt:
    """Raises Error for a folder that was copied to another name: its lab would be that of somebody else."""
    attempt = load(folder)
    name = log.attempt_of(folder)
    if name not in ("", folder.name.split(".")[0]):
        raise _core.Error(
            f"{folder} is a copy of the attempt {name}; nothing was changed, name that one with --attempt"
        )
    return attempt


def _demand_name(name: str, folder: Path) -> None:
    if Path(name).name != name or name == "..":
        known = ", ".join(one.name for one in folders_in(folder)) or "none"
        raise _core.NotFoundError(f"--attempt = '{cut(name)}': is no name; the attempts in {folder} are: {known}")


def choose(name: str, folder: str = "") -> Attempt:
    """The attempt of this name; without one, the only one whose lab is up, or the only one there is. Raises NotFoundError."""
    if name:
        _demand_name(name, home(folder))
        return _own(home(folder) / name)
    every = folders_in(home(folder))
    running = [one for one in every if stage.is_up(one.name)]
    chosen = running or every
    if len(chosen) == 1:
        return _own(chosen[0])
    if not chosen:
        raise _core.NotFoundError(f"there is no attempt in {home(folder)}; start one with xconn train start EXERCISE")
    what = "several attempts are running" if running else "no attempt is running, and there are"
    raise _core.NotFoundError(f"{what}: {', '.join(one.name for one in chosen)}; choose one with --attempt")
