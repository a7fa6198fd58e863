# SPDX-License-Identifier: Apache-2.0
"""The results of a rehearsal, passed from the script that runs drills as root to the one that reports them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "results.json"
# From best to worst; the worst one counts.
VERDICTS = ("pass", "inconclusive", "fail", "error")


@dataclass
class Finding:
    """A mistake in a file."""

    file: str
    line: int
    column: int
    text: str


@dataclass
class Drill:
    file: str  # relative to the workspace
    verdict: str
    attempts: int = 1
    error: str = ""  # what prevented it from running
    report: dict[str, Any] = field(default_factory=dict)  # as `xconn drill --format json`

    @property
    def name(self) -> str:
        return str(self.report.get("drill", Path(self.file).stem))

    @property
    def worst_outage(self) -> float:
        return max((flow["outage"] for flow in self.report.get("flows", [])), default=0)

    def not_held(self) -> list[dict[str, Any]]:
        return [one for one in self.report.get("expectations", []) if one["verdict"] != "pass"]


@dataclass
class Results:
    findings: list[Finding] = field(default_factory=list)
    drills: list[Drill] = field(default_factory=list)
    problem: str = ""  # what prevented all drills from running

    @property
    def verdict(self) -> str:
        if self.problem or self.findings:
            return "error"
        return max((drill.verdict for drill in self.drills), key=VERDICTS.index, default="error")

    @property
    def worst_outage(self) -> float:
        return max((drill.worst_outage for drill in self.drills), default=0)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(json.dumps({"verdict": self.verdict, **asdict(self)}, indent=1) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Results:
        if not (folder / FILE).exists():
            return cls(problem="the drills did not finish; see the previous step for the reason")
        raw = json.loads((folder / FILE).read_text())
        findings = [Finding(**one) for one in raw["findings"]]
        return cls(findings, [Drill(**one) for one in raw["drills"]], raw["problem"])


def folder_of_environment() -> Path:
    return Path(os.environ["CROSSCONNECT_RESULTS"])


@dataclass(frozen=True)
class Inconclusive:
    """The input of that name."""

    reruns: int
    warns: bool

    @classmethod
    def of(cls, word: str) -> Inconclusive:
        """Raises ValueError with a message."""
        kind, _, number = word.strip().replace(" ", ":", 1).partition(":")
        if kind == "rerun" and (not number or number.isdigit() and 1 <= int(number) <= 99):
            return cls(int(number or 1), False)
        if kind in ("fail", "warn") and not number:
            return cls(0, kind == "warn")
        raise ValueError(f"input inconclusive '{word}': use rerun:N (1 to 99), fail or warn")
