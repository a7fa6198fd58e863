# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin for tests of ours: labs that are not there, whose drills have the verdicts of $FAKE_VERDICTS in turn.

What the plugin makes of a verdict is tried with it, for no lab stalls when it is told to. What is about labs is tried with
real ones.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from crossconnect import Report, turns
from crossconnect.pytest_plugin import pool

VERDICTS = os.environ.get("FAKE_VERDICTS", "pass").split(",")


def report(verdict: str, outage: float = 1.12) -> Report:
    direction: dict[str, Any] = dict.fromkeys(("sent", "received", "lost", "duplicated", "reordered"), 1)
    direction |= {"outage": outage, "dead": False, "gaps": []}
    direction["path"] = {"before": {"nodes": ["a", "b", "c"], "via": {}}, "after": {"nodes": ["a", "c"], "via": {}}}
    words = {"sentence": "outage of f <= 1.00 s", "found": "1.12 s forward", "because": "BFD", "line": 8}
    return Report(
        {
            "drill": "cut",
            "verdict": verdict,
            "expectations": [{**words, "verdict": verdict}],
            "timeline": [{"at": 0.871, "source": "bfd", "node": "r1", "text": "down", "times": 1, "late": 0}],
            "highlights": [{"at": 0.871, "source": "bfd", "node": "r1", "text": "down"}],
            "flows": [{"name": "f", "kind": "udp", "outage": outage, "forward": direction, "reverse": direction}],
            "host": {"longest_normal": 0.4, "longest_loop": 0},
            "captures": [],
        }
    )


class FakeLab:
    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.reports: list[Report] = []
        (folder / "plan.json").write_text('{"nodes": []}')
        (folder / "events.jsonl").write_text("")

    def inspect(self) -> dict[str, Any]:
        return {"nodes": [], "converged": True}

    def faults(self) -> list[Any]:
        return []

    def events(self) -> list[Any]:
        return []

    def drill(self, *_: Any, **__: Any) -> Report:
        print(f"drill in {self.name}")
        self.reports.append(report(VERDICTS.pop(0) if len(VERDICTS) > 1 else VERDICTS[0]))
        return self.reports[-1]

    def down(self) -> None:
        pass


def pytest_configure(config: pytest.Config) -> None:
    turns.FOLDER = Path(os.environ["FAKE_FOLDER"], "turns")  # they stall nobody
    pool.up = lambda file, name, **_: FakeLab(name, Path(tempfile.mkdtemp(dir=os.environ["FAKE_FOLDER"])))  # type: ignore[assignment,return-value]
