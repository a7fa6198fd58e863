# SPDX-License-Identifier: Apache-2.0
"""The words of a command line as orchestrator/cli/train.cc has read them, and how an answer or an error is printed."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from typing import Callable, Iterable, Mapping

from .. import _core
from ..lab import CommandError
from . import os_errors

HOST_LACKS = 4
_COUNTS = {"?": "?", "*": "*"}
Names = Mapping[str, tuple[str, ...]]


def parser(program: str, verbs: Iterable[str], places: Names, options: Names) -> argparse.ArgumentParser:
    """`places`: "node", "node?", "words*", "words" (all that are left); `options`: "seed", "again!" (a flag)."""
    top = argparse.ArgumentParser(program, allow_abbrev=False)
    below = top.add_subparsers(dest="verb", required=True)
    for name in verbs:
        verb = below.add_parser(name, allow_abbrev=False)
        verb.add_argument("--format", choices=("text", "json"), default=os.environ.get("XCONN_FORMAT", "text"))
        for option in options.get(name, ()):
            _add_option(verb, option)
        for place in places.get(name, ()):
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


def leave_reader() -> None:
    """Whoever read our output has gone: nothing more is written, and nobody is told."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(answer: object, format_: str) -> int:
    words, text, code = getattr(answer, "words", None), getattr(answer, "text", ""), getattr(answer, "code", 0)
    if format_ == "json" and words is not None:
        os_errors.tell(json.dumps(words, indent=2))
    elif text:
        os_errors.tell(text)
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


def _demand_text(words: argparse.Namespace) -> None:
    """Raises NotFoundError for an option or a name that is no text; a command's words may be of any bytes."""
    for name, value in vars(words).items():
        if isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value):
            told = value.encode(errors="backslashreplace").decode()
            raise _core.NotFoundError(f"{name} = '{told}': is not UTF-8; write it as text")


def _end(*_: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def run(action: Callable[[argparse.Namespace], object], words: argparse.Namespace) -> int:
    """The exit code of an action, whose Answer or error is printed."""
    signal.signal(signal.SIGTERM, _end)  # so that labs of a trial go down with it
    os.environ["XCONN_NOTED"] = "1"  # what a verb runs is none of the student's own (orchestrator/cli/noted.hh)
    try:
        _demand_text(words)
        with os_errors.about(words.verb):
            return _print(action(words), words.format)
    except BrokenPipeError:
        leave_reader()
        return 1
    except OSError as error:
        if os_errors.is_of_output(error):  # which takes no error as JSON either
            leave_reader()
            words.format = "text"
        return _refused(os_errors.as_error(error), words.format)
    except (_core.Error, CommandError) as error:
        return _refused(error, words.format)
    except KeyboardInterrupt:
        return 130


def _refused(error: Exception, format_: str) -> int:
    codes = ((_core.TopologyError, 2), (_core.NotFoundError, 2), (_core.HostError, HOST_LACKS))
    return _fail(error, next((code for kind, code in codes if isinstance(error, kind)), 1), format_)
