# SPDX-License-Identifier: Apache-2.0
"""Whoever is killed, at whatever moment: the host is as before. A dozen seeds; a hundred with XCONN_SLOW=1."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path
from typing import Callable

import pytest
from conftest import XCONN
from host import DAEMONS, RUN, Footprint, descendants, eventually
from terminal import Terminal

LAB = "doomed"
SEEDS = range(100 if os.environ.get("XCONN_SLOW") else 12)
FOLDERS = frozenset({"folders"})

CHANGED = """
extends: {chain}
nodes: {{r1: {{files: {{frr.conf: {{append: "ip prefix-list changed seq 5 permit 10.9.0.0/16"}}}}}}, right: {{gateway: null}}}}
"""

DRILL = """
name: doomed
topology: {chain}
duration: 30s
flows: {{ping: {{from: left, to: right}}}}
timeline: [{{at: 100ms, fault: blackhole, on: "r1:east"}}]
expect: [{{outage: {{flow: ping, at-least: 1s}}}}]
"""


def xconn(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([XCONN, *argv], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


def start(*argv: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [XCONN, *argv], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )


def bring_up() -> None:
    up = xconn("up", "chain", "--name", LAB)
    assert up.returncode == 0, up.stderr


def daemon_of_the_lab(chance: random.Random, but: int) -> int | None:
    daemons = [one.pid for one in descendants(os.getppid()).values() if one.name in DAEMONS - {"xconn"}]
    return chance.choice(sorted(daemons)) if daemons else None


def agent_of_the_lab(chance: random.Random, but: int) -> int | None:
    try:
        return int((RUN / LAB / "pid").read_text())
    except (OSError, ValueError):
        return None


def the_program(chance: random.Random, but: int) -> int | None:
    return but


VICTIMS: dict[str, Callable[[random.Random, int], int | None]] = {
    "agent": agent_of_the_lab,
    "xconn": the_program,
    "daemon": daemon_of_the_lab,
}
# What is done meanwhile: whether a lab is up before, the verb, and within how many seconds it is killed.
PHASES = {
    "up": (False, ("up", "chain", "--name", LAB), 2.0),
    "drill": (False, ("drill", "drill.yaml", "--lab", LAB), 4.0),
    "change": (True, ("up", "changed.yaml", "--name", LAB), 1.0),
    "down": (True, ("down", LAB), 0.1),
}


def begin(phase: str) -> tuple[Footprint, subprocess.Popen[str], float]:
    """What the host was like before, the verb that has begun, and within how many seconds it is to be ended."""
    is_up_before, verb, within = PHASES[phase]
    before = Footprint.now()
    if is_up_before:
        bring_up()
    return before, start(*verb), within


@pytest.fixture
def files(tmp_path: Path, topologies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = topologies / "chain" / "topology.yaml"
    (tmp_path / "changed.yaml").write_text(CHANGED.format(chain=chain))
    (tmp_path / "drill.yaml").write_text(DRILL.format(chain=chain))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
def test_kill_minus_nine_of_anybody_at_any_moment_leaves_nothing(files, seed: int):
    chance = random.Random(seed)
    phase, victim = sorted(PHASES)[seed % 4], sorted(VICTIMS)[seed // 4 % 3]
    before, process, within = begin(phase)
    try:
        process.wait(chance.uniform(0, within))
    except subprocess.TimeoutExpired:
        pid = VICTIMS[victim](chance, process.pid)
        if pid:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    if phase == "drill" and victim == "daemon":  # the drill measures what that did
        process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode != -signal.SIGABRT, said
    xconn("down", LAB)
    before.assert_restored(within=10)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda stop: stop.name)
@pytest.mark.parametrize("phase", sorted(PHASES))
@pytest.mark.parametrize("seed", range(4 if os.environ.get("XCONN_SLOW") else 1))
def test_a_signal_at_any_moment_leaves_nothing_or_the_lab_as_it_was(files, phase: str, stop: signal.Signals, seed: int):
    before, process, within = begin(phase)
    try:
        process.wait(random.Random(f"{phase}{stop}{seed}").uniform(0, within))
    except subprocess.TimeoutExpired:
        process.send_signal(stop)
    _, said = process.communicate(timeout=60)
    if phase in ("up", "drill") and process.returncode != 0:
        before.assert_restored(within=10, but=FOLDERS if process.returncode < 0 else frozenset())
    if phase == "change":
        assert xconn("inspect", "--lab", LAB).returncode == 0, "a change that is interrupted keeps its lab"
    xconn("down", LAB)
    before.assert_restored(within=10)


@pytest.mark.parametrize("phase", ["up", "drill"])
def test_a_terminal_that_is_closed_takes_what_was_begun_on_it(files, phase: str):
    before = Footprint.now()
    terminal = Terminal(*PHASES[phase][1])
    eventually(lambda: len(Footprint.now().namespaces - before.namespaces) > 3, within=20)
    os.close(terminal.fd)
    os.waitpid(terminal.pid, 0)
    before.assert_restored(within=10)
