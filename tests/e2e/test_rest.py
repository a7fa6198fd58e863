# SPDX-License-Identifier: Apache-2.0
"""Up means up: what `up` returned with is there eight seconds later, and the next time, and nothing else.

XCONN_SLOW=1 does it ten times with every reference topology; XCONN_RUNS says how often instead.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import crossconnect
import pytest

from tables import Tables, difference, tables

TOPOLOGIES = Path(__file__).resolve().parents[2] / "topologies"
EVERY = sorted(
    str(path.relative_to(TOPOLOGIES)) for path in TOPOLOGIES.glob("*/*.yaml") if path.parent.name != "drills"
)
QUICK = {"two-circuits/equal.yaml", "vpn-over-er/equal.yaml", "sdwan-expressroute/topology.yaml"}  # rich in equal paths
SLOW = bool(os.environ.get("XCONN_SLOW"))
RUNS = int(os.environ.get("XCONN_RUNS", 10 if SLOW else 2))
LATER = 8  # seconds: longer than any timer that would still bring a route


def marked(topology: str) -> object:
    return pytest.param(topology, marks=[] if topology in QUICK else [pytest.mark.slow])


def once(topology: str, number: int) -> Tables:
    name = topology.removesuffix(".yaml").replace("/", "-")[:40] + f"-{number}"
    with crossconnect.up(TOPOLOGIES / topology, name=name, timeout=300) as lab:
        at_once = tables(lab)
        time.sleep(LATER)
        later = tables(lab)
    assert at_once and not difference(at_once, later), f"run {number}: changed after `up` had returned"
    return later


@pytest.mark.bound(60 + 60 * RUNS)
@pytest.mark.parametrize("topology", [marked(topology) for topology in EVERY])
def test_a_lab_is_all_there_and_the_same_each_time(leaves_nothing_behind: None, topology: str) -> None:
    with ThreadPoolExecutor(max_workers=min(RUNS, os.cpu_count() or 1)) as pool:
        first, *others = pool.map(lambda number: once(topology, number), range(RUNS))
    assert any(first.values())
    for number, other in enumerate(others, 1):
        assert not difference(first, other), f"run {number} ended in another way than the first"
