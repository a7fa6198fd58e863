# SPDX-License-Identifier: Apache-2.0
"""What the command line and the ini file say."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

DEFAULT_INCONCLUSIVE = "rerun:2"


@dataclass(frozen=True)
class Inconclusive:
    """What becomes of a verdict that the host's stalls leave open."""

    reruns: int  # on the lab that is still up, with no other test beside it
    skips: bool  # else what is still open fails

    @classmethod
    def of(cls, word: str) -> Inconclusive:
        rerun = re.fullmatch(r"rerun(?::([1-9]\d?))?", word)
        if rerun:
            return cls(int(rerun[1] or 1), False)
        if word in ("fail", "skip"):
            return cls(0, word == "skip")
        raise pytest.UsageError(f"--xconn-inconclusive={word}: it is rerun, rerun:N (1 to 99), fail or skip")


@dataclass(frozen=True)
class Settings:
    keep: bool
    inconclusive: Inconclusive
    runs: Path | None  # None: in pytest's own temporary folder
    labs: int  # at once, of all workers
    topology: str

    @classmethod
    def of(cls, config: pytest.Config) -> Settings:
        runs = config.getoption("xconn_runs")
        return cls(
            keep=config.getoption("xconn_keep"),
            inconclusive=Inconclusive.of(config.getoption("xconn_inconclusive")),
            runs=(config.invocation_params.dir / runs) if runs else None,
            labs=_number_of_labs(config.getoption("xconn_labs")),
            topology=config.getoption("xconn_topology") or config.getini("xconn_topology"),
        )


def _number_of_labs(word: str) -> int:
    if word == "auto":
        return len(os.sched_getaffinity(0))
    if re.fullmatch(r"[1-9]\d{0,3}", word):
        return int(word)
    raise pytest.UsageError(f"--xconn-labs={word}: it is a number from 1, or auto (one for each CPU)")


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("xconn", "crossconnect labs and drills")
    group.addoption(
        "--xconn-keep", action="store_true", help="leave the lab of a failed test up, and say how to get a shell in it"
    )
    group.addoption(
        "--xconn-inconclusive",
        metavar="MODE",
        default=DEFAULT_INCONCLUSIVE,
        help="a verdict that the host's stalls leave open: rerun:N on the lab that is still up (and what is open then "
        "fails), fail, skip [%(default)s]",
    )
    group.addoption(
        "--xconn-runs",
        metavar="FOLDER",
        help="where what a run left is kept, a folder for each test [xconn/ in pytest's temporary folder]",
    )
    group.addoption(
        "--xconn-labs",
        metavar="N",
        default="auto",
        help="labs at once on this host, of all workers and sessions together; auto: one for each CPU [%(default)s]",
    )
    group.addoption("--xconn-topology", metavar="TOPOLOGY", help="for tests whose mark names none")
    parser.addini("xconn_topology", "topology for tests whose mark names none", default="")


def mark_line() -> str:
    return (
        "xconn(topology=, timers=, scope='session', keep=False, captures=(), datapath='auto', timeout=90): "
        "the lab that xconn_lab gives; a list of topologies makes a test of each (docs/pytest.md)"
    )
