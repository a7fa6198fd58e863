# SPDX-License-Identifier: Apache-2.0
"""An exercise's shell scripts, run beside a lab: those that break it, fix it, and fix it wrongly."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .. import _core
from ..lab import Lab, program
from .asked import ask

MOST_LINES = 3  # nft says first what is wrong, then the command, and marks where


def run(lab: Lab, text: str, name: str) -> None:
    """Stops at the first command that fails. Raises Error with the last words of its output, or if it takes too long."""
    path = f"{Path(program()).parent}:{os.environ.get('PATH', '')}"
    environment = {**os.environ, "XCONN_LAB": lab.name, "PATH": path}
    try:
        done = ask(["sh", "-eu", "-c", text], environment)
    except _core.Error as error:
        raise _core.Error(f"{name}: {error}")
    if done.returncode != 0:
        lines = (line.strip() for line in (done.stderr or done.stdout).splitlines())
        said = [line for line in lines if re.search(r"\w", line)] or [f"exited with {done.returncode}"]
        raise _core.Error(f"{name}: {' | '.join(said[-MOST_LINES:])}")
