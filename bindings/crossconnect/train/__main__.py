# SPDX-License-Identifier: Apache-2.0
"""The entry point `python3 -m crossconnect.train VERB ...`, which `xconn train` and `xconn mcp` run."""

from __future__ import annotations

import argparse
import sys
from typing import Callable

from . import command_line
from .command_line import verbs_of

# What each verb takes: positionals, then options. The table of orchestrator/cli/train.cc describes them for users.
PLACES: dict[str, tuple[str, ...]] = {
    "start": ("exercise",),
    "checkpoint": ("stage",),
    "exec": ("node", "words"),
    "shell": ("node?",),
    "class": ("folder",),
    "validate": ("words*",),
    "exam": ("what", "words*"),
}
OPTIONS: dict[str, tuple[str, ...]] = {
    "start": ("student", "seed", "folder", "again!"),
    "status": ("watch!",),
    "answer": ("where", "what"),
    "page": ("report",),
    "class": ("csv!", "verify!"),
    "validate": ("trial!",),
    "exam": ("students", "until", "seed"),
    "mcp": ("lab", "allow-faults!"),
}
OF_ATTEMPT = (
    "status",
    "ticket",
    "hint",
    "answer",
    "check",
    "solution",
    "checkpoint",
    "stop",
    "exec",
    "shell",
    "page",
    "mcp",
)


def parser() -> argparse.ArgumentParser:
    names = ("list", "start", *OF_ATTEMPT, "class", "validate", "schema", "exam")
    options = OPTIONS | {name: ("folder", "attempt", *OPTIONS.get(name, ())) for name in OF_ATTEMPT}
    return command_line.parser("xconn train", names, PLACES, options)


def _action(verb: str) -> Callable[[argparse.Namespace], object]:
    from . import exam_verbs, mcp, verbs

    elsewhere = {"mcp": mcp.serve, "exam": exam_verbs.run}
    table = {"list": "list_exercises", "check": "run_check", "exec": "execute", "page": "show_page"}
    table |= {"class": "show_class", "validate": "run_validate"}
    return elsewhere.get(verb) or getattr(verbs, table.get(verb, verb))


def main(argv: list[str] | None = None) -> int:
    words = parser().parse_args(argv)
    return command_line.run(_action(words.verb), words)


if __name__ == "__main__":
    sys.exit(main())
