# SPDX-License-Identifier: Apache-2.0
"""The entry point `python3 -m crossconnect.train VERB ...`, which `xconn train` and `xconn mcp` run."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Callable

from .. import _core
from ..lab import CommandError

HOST_LACKS = 4

# What each verb takes: positionals, then options. The table of orchestrator/cli/train.cc describes them for users.
PLACES: dict[str, tuple[str, ...]] = {
    "start": ("exercise",),
    "checkpoint": ("stage",),
    "exec": ("node", "words"),
    "shell": ("node?",),
    "class": ("folder",),
    "validate": ("words*",),
}
OPTIONS: dict[str, tuple[str, ...]] = {
    "start": ("student", "seed", "folder", "again!"),
    "status": ("watch!",),
    "answer": ("where", "what"),
    "page": ("report",),
    "class": ("csv!", "verify!"),
    "validate": ("trial!",),
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
_COUNTS = {"?": "?", "*": "*"}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser("xconn train", allow_abbrev=False)
    verbs = top.add_subparsers(dest="verb", required=True)
    for name in ("list", "start", *OF_ATTEMPT, "class", "validate", "schema"):
        verb = verbs.add_parser(name, allow_abbrev=False)
        verb.add_argument("--format", choices=("text", "json"), default=os.environ.get("XCONN_FORMAT", "text"))
        if name in OF_ATTEMPT:
            verb.add_argument("--folder", default="")
            verb.add_argument("--attempt", default="")
        for option in OPTIONS.get(name, ()):
            _add_option(verb, option)
        for place in PLACES.get(name, ()):
            _add_place(verb, place)
    return top


def verbs_of(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return next(action.choices for action in top._actions if isinstance(action, argparse._SubParsersAction))


def _add_option(verb: argparse.ArgumentParser, option: str) -> None:
    if option.endswith("!"):
        verb.add_argument(f"--{option[:-1]}", action="store_true")
    else:
        verb.add_argument(f"--{option}", default="")


def _add_place(verb: argparse.ArgumentParser, place: str) -> None:
    if place == "words":
        verb.add_argument(place, nargs=argparse.REMAINDER)
    elif place[-1] in _COUNTS:
        verb.add_argument(place[:-1], nargs=_COUNTS[place[-1]])
    else:
        verb.add_argument(place)


def _action(verb: str) -> Callable[[argparse.Namespace], object]:
    from . import mcp, verbs

    table = {"list": "list_exercises", "check": "run_check", "exec": "execute", "page": "show_page"}
    table |= {"class": "show_class", "validate": "run_validate"}
    return mcp.serve if verb == "mcp" else getattr(verbs, table.get(verb, verb))


def _print(answer: object, format_: str) -> int:
    words, text, code = getattr(answer, "words", None), getattr(answer, "text", ""), getattr(answer, "code", 0)
    if format_ == "json" and words is not None:
        print(json.dumps(words, indent=2))
    elif text:
        print(text)
    return code


def _fail(error: Exception, code: int, format_: str) -> int:
    if format_ == "json":
        fields = {key: value for key, value in vars(error).items() if not key.startswith("_")}
        print(
            json.dumps(
                {"error": {"type": type(error).__name__, "message": str(error), **fields}}, indent=2, default=str
            )
        )
    else:
        print(f"xconn: {error}", file=sys.stderr)
    return code


def main(argv: list[str] | None = None) -> int:
    words = parser().parse_args(argv)
    try:
        return _print(_action(words.verb)(words), words.format)
    except (_core.TopologyError, _core.NotFoundError) as error:
        return _fail(error, 2, words.format)
    except _core.HostError as error:
        return _fail(error, HOST_LACKS, words.format)
    except PermissionError as error:
        return _fail(_core.HostError(f"{error.filename}: {error.strerror}; attempts and labs need root: sudo xconn ..."), HOST_LACKS, words.format)  # fmt: skip
    except (_core.Error, CommandError, OSError) as error:
        return _fail(error, 1, words.format)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
