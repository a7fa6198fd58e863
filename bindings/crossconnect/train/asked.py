# SPDX-License-Identifier: Apache-2.0
"""A program that is asked something: it may take so long, and print so much, and what it leaves running holds up nobody."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from typing import IO, Mapping, Sequence

from .. import _core

LONGEST = 120  # seconds
MOST = 1 << 20  # bytes, of each stream


def ask(argv: Sequence[str], env: Mapping[str, str], seconds: float = LONGEST) -> subprocess.CompletedProcess[str]:
    """Raises Error, and ends it with what it has started, if it takes longer or prints more."""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, start_new_session=True) as running:  # fmt: skip
        try:
            out, err = _said(running, time.monotonic() + seconds)
        except BaseException as error:
            os.killpg(running.pid, signal.SIGKILL)
            if isinstance(error, TimeoutError):
                raise _core.Error(f"is not done after {seconds:g} s")
            raise
    return subprocess.CompletedProcess(argv, running.returncode, out, err)


def _said(running: subprocess.Popen[bytes], deadline: float) -> list[str]:
    """Of both streams, until the process itself has ended: others may hold them open for longer."""
    said = {pipe: bytearray() for pipe in (running.stdout, running.stderr) if pipe}
    open_ = set(said)
    with open(os.pidfd_open(running.pid)) as process:
        ended = False
        while not ended:
            ready = select.select([process, *open_], [], [], max(0.0, deadline - time.monotonic()))[0]
            if not ready:
                raise TimeoutError
            ended = process in ready
            open_ = {pipe for pipe in open_ if _read(pipe, said[pipe])}
    return [bytes(one).decode(errors="replace") for one in said.values()]


def _read(pipe: IO[bytes], said: bytearray) -> bool:
    """Whatever is there now; false at the end."""
    os.set_blocking(pipe.fileno(), False)
    try:
        while more := os.read(pipe.fileno(), 65536):
            said += more
            if len(said) > MOST:
                raise _core.Error(f"printed more than {MOST >> 10} KiB; ask for less")
    except BlockingIOError:
        return True
    return False
