# SPDX-License-Identifier: Apache-2.0
"""A shell on a terminal of its own, as a person has it."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import time
from typing import Sequence

from conftest import XCONN


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, *argv: str, through: Sequence[str] = ()) -> None:
        """Of `xconn ARGV`, run by the command `through`, as `env NAME=VALUE`."""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(SHELL="/bin/sh", PS1="", TERM="dumb")
            command = [*through, XCONN, *argv]
            os.execv(command[0], command)
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def expect(self, pattern: str, within: float = 10) -> re.Match[str]:
        deadline = time.monotonic() + within
        while not (found := re.search(pattern, self.seen)):
            ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"waited for {pattern!r}, seen: {self.seen!r}"
            try:
                self.seen += os.read(self.fd, 4096).decode(errors="replace")
            except OSError:  # the other side is closed
                assert False, f"ended before {pattern!r}, seen: {self.seen!r}"
        return found

    def interrupt(self) -> None:
        """Ctrl-C as often as a person would: bash by itself loses two of five while it hands the terminal over."""
        for _ in range(10):
            self.type("\x03")
            with contextlib.suppress(AssertionError):
                self.expect(r"\^C[^$]*\$ $", within=1)
                return
        raise AssertionError(f"Ctrl-C does not end a command, seen: {self.seen!r}")

    def wait(self) -> int:
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)
