# SPDX-License-Identifier: Apache-2.0
"""An exercise's shell scripts, run beside a lab: those that break it, fix it, and fix it wrongly."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .. import _core
from ..lab import Lab, program


def run(lab: Lab, text: str, name: str) -> None:
    """Stops at the first command that fails. Raises Error with the last line of its output."""
    path = f"{Path(program()).parent}:{os.environ.get('PATH', '')}"
    environment = {**os.environ, "XCONN_LAB": lab.name, "PATH": path}
    done = subprocess.run(["sh", "-eu", "-c", text], capture_output=True, text=True, env=environment, timeout=120)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exited with {done.returncode}"]
        raise _core.Error(f"{name}: {said[-1]}")
