# SPDX-License-Identifier: Apache-2.0
"""Commands and shells in the nodes that the ticket gives access to."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from .. import _core
from ..lab import program
from . import commands, log
from .asked import ask
from .attempt import Attempt
from .exercise import Exercise

# Each command goes to the attempt's history at the next prompt, with its time.
_RC = """
[ -f ~/.bashrc ] && . ~/.bashrc
HISTFILE={history} HISTTIMEFORMAT='%T ' HISTSIZE=100000 HISTCONTROL= PROMPT_COMMAND='history -a'
PS1='{place}$ '
"""


def demand_access(exercise: Exercise, node: str) -> None:
    """Raises NotFoundError for a node that the ticket gives no access to."""
    if node not in exercise.access:
        raise _core.NotFoundError(f"the ticket gives no access to {node}; you may enter {', '.join(exercise.access)}")


def execute(attempt: Attempt, exercise: Exercise, node: str, argv: list[str]) -> int:
    """In this terminal; returns the command's own exit code."""
    return subprocess.run(_noted(attempt, exercise, node, argv)).returncode


def ask_node(attempt: Attempt, exercise: Exercise, node: str, argv: list[str]) -> subprocess.CompletedProcess[str]:
    """What a command said, for a program. Raises Error if it takes too long or prints too much."""
    return ask(_noted(attempt, exercise, node, argv), os.environ)


def _noted(attempt: Attempt, exercise: Exercise, node: str, argv: list[str]) -> list[str]:
    demand_access(exercise, node)
    commands.note(attempt, ["xconn", "exec", node, "--", *argv])
    return [program(), "exec", "--lab", attempt.name, node, "--", *argv]


def shell(attempt: Attempt, exercise: Exercise, node: str = "") -> int:
    if node:
        demand_access(exercise, node)
    rc = attempt.folder / "shellrc"
    place = f"{attempt.name}:{node}" if node else attempt.name
    rc.write_text(_RC.format(history=shlex.quote(str(attempt.folder / "history")), place=place))
    command = ["bash", "--rcfile", str(rc), "-i"]
    if node:
        command = [program(), "exec", "--lab", attempt.name, node, "--", *command]
    path = f"{Path(program()).parent}:{os.environ.get('PATH', '')}"
    code = subprocess.run(command, env={**os.environ, "XCONN_LAB": attempt.name, "PATH": path}).returncode
    with log.changing(attempt.folder):  # the history
        return code
