# SPDX-License-Identifier: Apache-2.0
"""What the command line makes of names: topologies, drills, verbs, and what is near them."""

from __future__ import annotations

import re

import pytest


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("up branc", "there is no topology branc, did you mean 'branch'?"),
        ("drill branch", "branch is a topology; its drills are branch/primary-silent"),
        ("drill branch/primary", "topology branch has no drill primary; it has: primary-silent"),
    ],
)
def test_a_wrong_name_gets_the_right_ones(xconn, words: str, said: str):
    done = xconn(*words.split())
    assert done.returncode == 2 and said in done.stderr


def test_a_drill_may_name_a_reference_topology(xconn, topologies, tmp_path):
    drill = tmp_path / "mine.yaml"
    text = (topologies / "branch" / "drills" / "primary-silent.yaml").read_text()
    drill.write_text(re.sub(r"^topology: .*", "topology: branch", text, flags=re.MULTILINE))
    assert ": valid" in xconn("validate", str(drill)).stdout
    drill.write_text(drill.read_text().replace("topology: branch", "topology: ./branch/none"))
    assert xconn("validate", str(drill)).returncode == 2


@pytest.mark.parametrize(("words", "meant"), [("inpect", "inspect"), ("deply", "deploy"), ("circuit shwo", "show")])
def test_an_unknown_verb_gets_the_nearest(xconn, words: str, meant: str):
    done = xconn(*words.split())
    assert done.returncode == 2 and f"did you mean '{meant}'" in done.stderr
    assert "did you mean" not in xconn("qqqqqq").stderr
