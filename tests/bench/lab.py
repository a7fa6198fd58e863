#!/usr/bin/env python3
"""What a lab costs: until it is up and converged, the agent's own share of the processors' time, and until it is gone.

    tests/bench/lab.py TOPOLOGY [RUNS = 5]      a reference topology's name, a folder or a file
    tests/bench/lab.py chain-100 [RUNS = 5]     a generated chain of 100 routers without any daemon

A generated chain is measured in turns with build/tests/bench/bench_chain, which makes the same namespaces, links and
addresses by bare system calls. Needs root, and build/bin/xconn ($XCONN names another). Prints each run and the medians.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build"
XCONN = os.environ.get("XCONN", str(BUILD / "bin" / "xconn"))
LAB = "bench-lab"


def chain(count: int) -> dict:
    """Each link is a /31, as bench_chain has it."""
    first = ipaddress.ip_address("10.0.0.0")

    def interfaces(i: int) -> dict:
        left = {"left": f"{first + 2 * i - 1}/31"} if i > 0 else {}
        right = {"right": f"{first + 2 * i}/31"} if i + 1 < count else {}
        return {**left, **right}

    nodes = {f"n{i}": {"role": "internet", "interfaces": interfaces(i)} for i in range(count)}
    return {"name": LAB, "nodes": nodes, "links": [[f"n{i}:right", f"n{i + 1}:left"] for i in range(count - 1)]}


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


def bare(count: int) -> dict[str, float]:
    """bench_chain ends with 1 where it finds its own budget exceeded; its figures hold all the same."""
    said = subprocess.run([BUILD / "tests/bench/bench_chain", str(count), "1"], capture_output=True, text=True).stdout
    found = re.search(r"bare system calls +up +([\d.]+) ms +gone +([\d.]+)", said)
    return {"bare up": float(found[1]), "bare gone": float(found[2])}


def line(figures: dict[str, float]) -> str:
    return "   ".join(f"{name} {value:.1f}" for name, value in figures.items())


def main() -> None:
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    word, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    count = int(word.removeprefix("chain-")) if re.fullmatch(r"chain-\d+", word) else 0
    with tempfile.TemporaryDirectory() as folder:
        if count:
            word = f"{folder}/topology.yaml"
            Path(word).write_text(json.dumps(chain(count)))
        measured = []
        for _ in range(runs):
            measured.append({**measure(word), **(bare(count) if count else {})})
            print(line(measured[-1]), flush=True)
    medians = {name: statistics.median(one[name] for one in measured) for name in measured[0]}
    print("median", line(medians))
    if count:
        print(f"ratio of up to bare: {medians['up'] / medians['bare up']:.2f}")


if __name__ == "__main__":
    main()
