# SPDX-License-Identifier: Apache-2.0
"""The drills that ship with the topologies, each as its file says."""

from __future__ import annotations

from pathlib import Path

import crossconnect
import pytest
import yaml

TOPOLOGIES = Path(__file__).resolve().parents[2] / "topologies"


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


DRILLS = sorted(TOPOLOGIES.glob("*/drills/*.yaml"), key=lambda path: (read(path)["topology"], path.name))


def play(path: Path, captures: Path) -> crossconnect.Report:
    """In a lab of its own: a firewall that was killed does not become the active one again by itself."""
    topology = (path.parent / read(path)["topology"]).resolve()
    for last in (False, False, True):
        with crossconnect.up(topology, name=f"{path.parent.parent.name}-{path.stem}"[:63]) as lab:
            report = lab.drill(path, captures=captures)
        if last or not report.inconclusive:  # a host that stalled gets two more tries
            return report


def marked(path: Path) -> object:
    """A drill of more than a minute and a half is not for every run."""
    seconds = float(str(read(path)["duration"]).removesuffix("s")) if "duration" in read(path) else 0
    return pytest.param(path, marks=[pytest.mark.slow] if seconds > 90 else [])


@pytest.mark.own_lab
@pytest.mark.bound(480)
@pytest.mark.parametrize(
    "path", [marked(path) for path in DRILLS], ids=[f"{path.parent.parent.name}:{path.stem}" for path in DRILLS]
)
def test_drill(path: Path, tmp_path: Path) -> None:
    report = play(path, tmp_path)
    if report.inconclusive:
        pytest.xfail(f"the host stalled each time, which leaves it open: {report}")
    assert report.passed, str(report)
