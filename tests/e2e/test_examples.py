# SPDX-License-Identifier: Apache-2.0
"""The example project passes as its files say: topology, drills and tests."""

from __future__ import annotations

import shutil

import pytest
from conftest import ROOT

EXAMPLE = ROOT / "examples" / "pytest"


@pytest.fixture
def example(project, place, monkeypatch):
    """Runs the example in a copy of its folder, with labs of its own."""
    monkeypatch.setenv("XCONN_RUN", str(place))
    shutil.copytree(EXAMPLE, project.path, dirs_exist_ok=True)
    return project.run


def test_a_drill_and_a_test_of_the_example(example):
    result = example("drills", "test_failover.py", "-k", "drills or z:south")
    assert result.ret == 0 and result.parseoutcomes()["passed"] == 4, result.stdout.str()


@pytest.mark.slow
@pytest.mark.bound(900)
def test_all_of_the_example(example):
    result = example(timeout=800)
    assert result.ret == 0 and result.parseoutcomes() == {"passed": 8}, result.stdout.str()
