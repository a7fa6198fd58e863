#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What each read-out of `xconn az` costs on a running lab, as a table: the best of a few calls, and in how many times of
`xconn version`, which starts the program and asks nobody.

    tests/bench/az.py [RUNS = 5]

Needs root, and build/bin/xconn.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

import az_commands  # noqa: E402
from lab import run, timed  # noqa: E402

LAB = "bench-az"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    run("up", az_commands.TOPOLOGY, "--name", LAB)
    try:
        start = min(timed("version") for _ in range(runs))
        print(f"{'xconn version':62} {start * 1e3:6.1f} ms")
        for command in az_commands.commands():
            words = az_commands.words_of(command)
            took = min(timed("az", "--lab", LAB, *words) for _ in range(runs))
            print(f"{command:62} {took * 1e3:6.1f} ms {took / start:5.1f}x", flush=True)
    finally:
        run("down", LAB)


if __name__ == "__main__":
    main()
