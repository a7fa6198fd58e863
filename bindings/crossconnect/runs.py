# SPDX-License-Identifier: Apache-2.0
"""What a test's labs leave for people: a folder for each test, with reports, events, rendered configuration and logs."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

from .lab import Lab
from .report import Report

_LONGEST_NAME = 100


def folder_name(test: str) -> str:
    """A test's id as a folder's name; one that had to be cut ends in a sum of all of it."""
    name = re.sub(r"[^\w.=+-]+", "-", test).strip("-.") or "test"
    if len(name) <= _LONGEST_NAME:
        return name
    return name[: _LONGEST_NAME - 9] + "-" + hashlib.sha256(test.encode()).hexdigest()[:8]


def save_report(root: Path, test: str, report: Report) -> None:
    folder = root / folder_name(test)
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder_name(report.name)
    (folder / f"{stem}.txt").write_text(f"{report}\n")
    (folder / f"{stem}.json").write_text(json.dumps(report.raw, indent=1) + "\n")


def save_lab(root: Path, test: str, lab: Lab) -> Path:
    """A copy of the lab's run folder without sockets and secrets. Returns where it is."""
    target = root / folder_name(test) / lab.name
    secrets = _secret_files(lab.folder / "plan.json")
    for source in sorted(lab.folder.rglob("*")):
        name = str(source.relative_to(lab.folder))
        if _is_kept(name) and name not in secrets and source.is_file() and not source.is_symlink():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)
    return target


def _is_kept(name: str) -> bool:
    return name in ("events.jsonl", "agent.log") or name.startswith(("nodes/", "captures/"))


def _secret_files(plan: Path) -> set[str]:
    nodes: list[dict[str, Any]] = json.loads(plan.read_text())["nodes"]
    return {
        f"nodes/{node['name']}/{file['name']}" for node in nodes for file in node.get("files", []) if file.get("secret")
    }
