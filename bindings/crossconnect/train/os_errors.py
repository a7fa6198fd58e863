# SPDX-License-Identifier: Apache-2.0
"""What the operating system refused, as a sentence: the path, the reason, what to do."""

from __future__ import annotations

import errno
import os
import select
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Callable, Iterator, TextIO, TypeVar

from .. import _core


_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Reason:
    says: str
    remedy: str
    kind: type[_core.Error] = _core.NotFoundError  # what was named is wrong; HostError: the host cannot


OUTPUT = "the output"
_REASONS = {
    errno.ENOENT: Reason("no such file or folder", "check the path, or create its folder first"),
    errno.ENOTDIR: Reason("a part of this path is a file", "name a folder"),
    errno.EISDIR: Reason("is a folder", "name a file"),
    errno.EEXIST: Reason("is no folder", "name another one, or move it away"),
    errno.ENAMETOOLONG: Reason("has too long a name", "choose a shorter one"),
    errno.ELOOP: Reason("is a symbolic link that leads to itself", "name the folder itself"),
    errno.EINVAL: Reason("is not a valid file name here", "choose another one"),
    errno.E2BIG: Reason("argument list too long", "a word may have 128 KiB; write shorter ones", _core.Error),
    errno.EACCES: Reason("permission denied", "attempts and labs need root: sudo xconn ...", _core.HostError),
    errno.EPERM: Reason("permission denied", "attempts and labs need root: sudo xconn ...", _core.HostError),
    errno.EROFS: Reason("is on a file system that is read-only", "name a folder elsewhere", _core.HostError),
    errno.ENOSPC: Reason("the disk is full", "make room and run it again", _core.HostError),
    errno.EDQUOT: Reason("the disk quota is used up", "make room and run it again", _core.HostError),
    errno.EFBIG: Reason("the file would be larger than allowed", "raise ulimit -f and run it again", _core.HostError),
    errno.EMFILE: Reason("too many files are open", "raise ulimit -n and run it again", _core.HostError),
    errno.ENFILE: Reason("the host has too many files open", "run it again later", _core.HostError),
    errno.EIO: Reason("the disk cannot read or write it", "look at dmesg; put it back from a copy", _core.HostError),
}


def as_error(error: OSError) -> _core.Error:
    """One of the program's own, with its exit code."""
    says = (error.strerror or str(error)).lower()
    reason = _REASONS.get(error.errno or 0, Reason(says, "correct this and run it again", _core.Error))
    return reason.kind(f"{_name(error)}: {reason.says}; {reason.remedy}")


def _name(error: OSError) -> str:
    name = "the command" if error.errno == errno.E2BIG else error.filename  # and not the program that was to run
    return "the host" if name is None else os.fsdecode(name) if isinstance(name, (str, bytes)) else str(name)


@contextmanager
def about(what: Path | str) -> Iterator[None]:
    """Names the file, or what is done, in what is refused inside: a write says no name."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(what)
        raise


def tell(text: object, out: TextIO | None = None) -> None:
    """Prints it. What the output refuses is told of the output."""
    with about(OUTPUT):
        print(text, file=out, flush=True)


def while_read(out: TextIO, call: Callable[[], _Result]) -> _Result:
    """What a long call returns. Raises BrokenPipeError as soon as whoever read a pipe has gone; the call ends with the process."""
    result: Future[_Result] = Future()
    ended, ends = os.pipe()
    Thread(target=_settle, args=(result, call, ends), daemon=True).start()
    poll = select.poll()
    poll.register(out, 0)
    poll.register(ended)
    with open(ended):
        gone = any(file != ended for file, _ in poll.poll())
    if gone and not result.done():
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE), OUTPUT)
    return result.result()


def _settle(result: Future[_Result], call: Callable[[], _Result], ends: int) -> None:
    try:
        result.set_result(call())
    except BaseException as error:
        result.set_exception(error)
    finally:
        os.close(ends)


def is_of_output(error: OSError) -> bool:
    return error.filename == OUTPUT
