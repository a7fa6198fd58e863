# SPDX-License-Identifier: Apache-2.0
"""Taking turns on a host: as many labs at once as it carries, and a rerun has it to itself.

All is by flock on files that every worker and session of this host sees: what a process holds ends with it.
"""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import _core

FOLDER = Path("/run/xconn-turns")  # in a folder of root's: in /run/lock anybody could have made it before
_log = logging.getLogger("crossconnect")


def _open(name: str) -> int:
    if os.geteuid() != 0:
        raise _core.HostError("labs belong to root\n  fix: run it as root: sudo pytest ...")
    try:
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(FOLDER / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _core.HostError(f"{FOLDER / name}, where labs take turns, cannot be opened: {error.strerror}") from None


class Slot:
    """The right to have a lab up, until it is closed."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def no_slot() -> Slot:
    """For a lab that is one too many."""
    return Slot(None)


def _free_slot(number: int) -> Slot | None:
    descriptor = _open(f"slot-{number}")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return Slot(descriptor)


def try_slot(count: int) -> Slot | None:
    """One of `count` slots, if one is free."""
    return next((slot for slot in map(_free_slot, range(count)) if slot), None)


def wait_for_slot(count: int) -> Slot:
    """One of `count` slots; waits until the one that falls to this process is free."""
    number = os.getpid() % count
    _log.info("%d labs are up on this host (--xconn-labs): waiting for one to end", count)
    descriptor = _open(f"slot-{number}")
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return Slot(descriptor)


class Turn:
    """A test's turn: beside others, or alone. Whoever wants to be alone shuts the gate, so that no more come."""

    def __init__(self) -> None:
        self._descriptor = _open("turn")
        with self._gate():
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def be_alone(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)  # two that both want to be alone would wait for each other
        with self._gate():
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        os.close(self._descriptor)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        gate = _open("gate")
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield
        finally:
            os.close(gate)
