# SPDX-License-Identifier: Apache-2.0
"""An exercise's shell scripts, run beside a lab: those that break it, fix it, and fix it wrongly."""

from __future__ import annotations

import os
from pathlib import Path

from .. import _core
from ..lab import Lab, program
from .asked import ask


def run(lab: Lab, text: str, name: str) -> None:
    """Stops at the first command that fails. Raises Error with the last line of its output, or if it takes too long."""
    path = f"{Path(program()).parent}:{os.environ.get('PATH', '')}"
    environment = {**os.environ, "XCONN_LAB": lab.name, "PATH": path}
    try:
        done = ask(["sh", "-eu", "-c", text], environment)
    except _core.Error as error:
        raise _core.Error(f"{name}: {error}")
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exited with {done.returncode}"]
        raise _core.Error(f"{name}: {said[-1]}")
