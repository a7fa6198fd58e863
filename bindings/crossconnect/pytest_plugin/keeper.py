# SPDX-License-Identifier: Apache-2.0
"""A process that outlives a test session that was killed, and ends the labs that it left.

Its standard input is a pipe from the session: "+LAB" is one to end, "-LAB" one that is not ours any more. The pipe's end
is the session's.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import IO, Iterable


class Keeper:
    """The session's side."""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, program],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # a terminal's Ctrl-C is the session's business
        )

    def watch(self, lab: str) -> None:
        self._say(f"+{lab}")

    def release(self, lab: str) -> None:
        self._say(f"-{lab}")

    def close(self) -> None:
        self._pipe.close()
        self._process.wait()

    @property
    def _pipe(self) -> IO[str]:
        assert self._process.stdin
        return self._process.stdin

    def _say(self, line: str) -> None:
        self._pipe.write(line + "\n")
        self._pipe.flush()


def left_over(lines: Iterable[str]) -> list[str]:
    labs: dict[str, None] = {}
    for line in lines:
        name = line[1:].rstrip("\n")
        if line.startswith("+"):
            labs[name] = None
        else:
            labs.pop(name, None)
    return list(labs)


def main(program: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for lab in left_over(sys.stdin):
        subprocess.run([program, "down", lab], stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1])
