"""The drills that ship with the topologies, each as its file says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

TOPOLOGIES = Path(__file__).resolve().parents[2] / "topologies"
DRILLS = sorted(
    TOPOLOGIES.glob("*/drills/*.yaml"), key=lambda path: (yaml.safe_load(path.read_text())["topology"], path.name)
)


@pytest.mark.parametrize("path", DRILLS, ids=lambda path: f"{path.parent.parent.name}:{path.stem}")
def test_drill(xconn_lab, tmp_path, request, path: Path) -> None:
    topology = path.parent / yaml.safe_load(path.read_text())["topology"]
    lab = xconn_lab(str(topology.resolve()))
    report = lab.drill(path, captures=tmp_path)
    if report.inconclusive:  # the host stalled: once more, then it counts
        lab.wait()
        report = lab.drill(path, captures=tmp_path)
    print(report)
    assert report.passed, str(report)
