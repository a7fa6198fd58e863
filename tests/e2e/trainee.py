# SPDX-License-Identifier: Apache-2.0
"""For tests of `xconn train`: attempts in a home of their own, and exercises of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

EXERCISES = ROOT / "exercises"


def checked(train, *words):
    """A check that no stall of the host has left open."""
    for _ in range(5):
        done = train("check", *words)
        if done.returncode != 3:
            break
    return done


@pytest.fixture
def train(xconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`train("start", "one-row")` in a home of its own gives a CompletedProcess."""
    monkeypatch.setenv("XCONN_TRAIN", str(tmp_path / "attempts"))

    def run(verb: str, *words: str, **options: Any) -> Any:
        return xconn("train", verb, *words, **options)

    yield run
    for file in (tmp_path / "attempts").glob("*/attempt.json"):
        xconn("down", file.parent.name)


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """An exercise of one's own: that of dead-backup with something replaced in a file."""

    def write(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "exercises" / "mine"
        shutil.copytree(EXERCISES / "dead-backup", folder)
        (tmp_path / "topologies").symlink_to(ROOT / "topologies")
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
        return folder

    return write
