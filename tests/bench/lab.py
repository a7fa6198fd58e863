#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a lab costs: until it is up and converged, the agent's own share of the processors' time, and until it is gone.

    tests/bench/lab.py TOPOLOGY [RUNS = 5]               a reference topology's name, a folder or a file
    tests/bench/lab.py chain-100 [RUNS = 5] [--mininet]  a generated chain (or star-100) of 100 routers without any daemon
    tests/bench/lab.py routes-9400 [RUNS = 5]            a circuit with so many prefixes; tunnels-100: a hub with so many tunnels

A chain or a star is measured in turns with build/tests/bench/bench_chain, which makes the same namespaces, links and
addresses by bare system calls, and with Mininet where that is asked for. Needs root, and build/bin/xconn ($XCONN names
another). Prints each run, the medians, and their ratios to the bare ones.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from networks import chain, routes, star, tunnels

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
XCONN = os.environ.get("XCONN", str(BUILD / "bin" / "xconn"))
LAB = "bench-lab"
WIRES = {"chain": chain, "star": star}
SHAPES = {**WIRES, "routes": routes, "tunnels": tunnels}


def run(*argv: str) -> str:
    done = subprocess.run([XCONN, *argv], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def timed(*argv: str) -> float:
    begin = time.monotonic()
    run(*argv)
    return time.monotonic() - begin


def measure(topology: str) -> dict[str, float]:
    """Milliseconds, but for `agent`, the share of one processor in percent until it had converged."""
    up = timed("up", topology, "--name", LAB, "--timeout", "180s")
    try:
        state = json.loads(run("inspect", "--lab", LAB, "--format", "json"))
    finally:
        down = timed("down", LAB)
    inside = state["converged_in_ms"]
    return {
        "up": up * 1e3,
        "converged": inside,
        "agent ms": state["agent_cpu_ms"],
        "agent %": 100 * state["agent_cpu_ms"] / inside,
        "down": down * 1e3,
    }


def figures_of(pattern: str, *argv: str) -> tuple[float, float]:
    """bench_chain ends with 1 where it finds its own budget exceeded; its figures hold all the same."""
    done = subprocess.run(argv, capture_output=True, text=True)
    found = re.search(pattern + r"up +([\d.]+) ms +gone +([\d.]+)", done.stdout)
    return (float(found[1]), float(found[2])) if found else sys.exit(done.stdout + done.stderr)


def bare(shape: str, count: int) -> dict[str, float]:
    program = str(BUILD / "tests/bench/bench_chain")
    up, gone = figures_of("bare system calls +", program, str(count), "1", shape)
    return {"bare up": up, "bare gone": gone}


def mininet(shape: str, count: int) -> dict[str, float]:
    up, gone = figures_of("", "/usr/bin/python3", str(HERE / "mininet_wires.py"), shape, str(count))
    return {"mininet up": up, "mininet gone": gone}


def line(figures: dict[str, float]) -> str:
    return "   ".join(f"{name} {value:.1f}" for name, value in figures.items())


def measured_in_turns(word: str, runs: int, with_mininet: bool) -> None:
    shape, count = word, 0
    if generated := re.fullmatch(rf"({'|'.join(SHAPES)})-(\d+)", word):
        shape, count = generated[1], int(generated[2])
    is_bare = shape in WIRES and count > 0
    with tempfile.TemporaryDirectory() as folder:
        if count:
            word = f"{folder}/topology.yaml"
            Path(word).write_text(json.dumps(SHAPES[shape](count)))
        measured = []
        for _ in range(runs):
            one = {**measure(word), **(bare(shape, count) if is_bare else {})}
            measured.append({**one, **(mininet(shape, count) if with_mininet else {})})
            print(line(measured[-1]), flush=True)
    medians = {name: statistics.median(one[name] for one in measured) for name in measured[0]}
    print("median", line(medians))
    if is_bare:
        print(
            f"ratio to bare: converged {medians['converged'] / medians['bare up']:.2f}, "
            f"down {medians['down'] / medians['bare gone']:.2f}; "
            f"the command beside it {medians['up'] - medians['converged']:.0f} ms"
        )


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--mininet"]
    if not 1 <= len(words) <= 2:
        sys.exit(__doc__)
    measured_in_turns(words[0], int(words[1]) if len(words) > 1 else 5, "--mininet" in sys.argv)


if __name__ == "__main__":
    main()
