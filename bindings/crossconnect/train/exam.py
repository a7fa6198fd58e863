# SPDX-License-Identifier: Apache-2.0
"""An exam: who may work at which exercises, until when. Nobody but root reads anything of it."""

from __future__ import annotations

import json
import os
import stat
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import _core

# Not to be chosen: `xconn exam` takes no path from the student who runs it, neither as a word nor as a variable.
HOME = Path("/var/lib/crossconnect/exam")
RUN = Path("/run/xconn-exam")  # a folder of each student's labs


def is_in(folder: Path) -> bool:
    """Whether the attempt in a folder is of an exam."""
    return HOME in folder.parents


def run_folder(student: str) -> Path:
    return RUN / student


@dataclass(frozen=True)
class Exam:
    folder: str  # of the attempts
    students: dict[str, int]  # name: uid
    exercises: dict[str, str]  # name: folder
    seed: str
    ends: float  # seconds since the epoch

    @property
    def until(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.ends))

    @property
    def left(self) -> float:
        """Seconds, 0 when it has ended."""
        return max(0.0, self.ends - time.time())

    def demand_time(self) -> None:
        if not self.left:
            raise _core.Error(f"the exam ended at {self.until}; nothing counts any more")


def _file() -> Path:
    return HOME / "exam.json"


def read() -> Exam:
    """Raises NotFoundError where no exam is open."""
    if not _file().exists():
        raise _core.NotFoundError("no exam is open; the teacher must run sudo xconn train exam open first")
    return Exam(**json.loads(_file().read_text()))


def begin(exam: Exam) -> None:
    make_closed(Path(exam.folder))
    _file().write_text(json.dumps(asdict(exam), indent=1) + "\n")


def end(exam: Exam) -> None:
    """No door opens afterwards. What was asked is kept with the attempts."""
    _file().rename(Path(exam.folder) / "exam.json")


def make_closed(folder: Path, mode: int = 0o700) -> None:
    """Creates a folder that only root can change. Raises Error if the path is something else, or another user's."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
        raise _core.Error(f"{folder}: is not a folder of root's; move it away")
    os.chmod(folder, mode)


def is_closed(folder: Path) -> bool:
    """Only root can read what is in it."""
    return any(_is_roots_alone(part.stat()) for part in (folder, *folder.parents))


def _is_roots_alone(found: os.stat_result) -> bool:
    return found.st_uid == 0 and found.st_mode & 0o011 == 0
