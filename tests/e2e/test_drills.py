"""The drills that ship with the topologies, each as its file says."""

from __future__ import annotations

from pathlib import Path

import crossconnect
import pytest
import yaml

TOPOLOGIES = Path(__file__).resolve().parents[2] / "topologies"
DRILLS = sorted(
    TOPOLOGIES.glob("*/drills/*.yaml"), key=lambda path: (yaml.safe_load(path.read_text())["topology"], path.name)
)


@pytest.mark.bound(240)
@pytest.mark.parametrize("path", DRILLS, ids=lambda path: f"{path.parent.parent.name}:{path.stem}")
def test_drill(tmp_path, path: Path) -> None:
    """Each in a lab of its own: a firewall that was killed does not become the active one again by itself."""
    topology = path.parent / yaml.safe_load(path.read_text())["topology"]
    for last in (False, True):
        with crossconnect.up(topology.resolve()) as lab:
            report = lab.drill(path, captures=tmp_path)
        if last or not report.inconclusive:  # a host that stalled gets one more try, which counts
            break
    assert report.passed, str(report)
