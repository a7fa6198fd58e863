# SPDX-License-Identifier: Apache-2.0
"""The drill files of a repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator

_LARGEST = 1 << 20  # the same limit as the drill reader's
_PASSED_OVER = {"node_modules", "__pycache__", "venv"}


def drills(workspace: Path, patterns: str) -> list[Path]:
    """Those that `patterns` match (globs, separated by spaces), or all: *.drill.yaml anywhere, and every YAML file with
    flows in a folder called drills. Raises ValueError for a pattern that matches nothing."""
    if patterns.split():
        return matching(workspace, patterns)
    return sorted(path for path in _files(workspace) if _is_drill(path))


def matching(workspace: Path, patterns: str) -> list[Path]:
    found = {path for pattern in patterns.split() for path in _glob(workspace, pattern)}
    return sorted(found)


def _glob(workspace: Path, pattern: str) -> list[Path]:
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise ValueError(f"'{pattern}' is not in the repository: write it relative to its top folder")
    found = [path for path in workspace.glob(pattern) if path.is_file()]
    if not found:
        raise ValueError(f"'{pattern}' matches no file in the repository")
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in _PASSED_OVER:
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.suffix in (".yaml", ".yml"):
            yield path


def _is_drill(path: Path) -> bool:
    return path.stem.endswith(".drill") or (path.parent.name == "drills" and _has_flows(path))


def _has_flows(path: Path) -> bool:
    with path.open(errors="replace") as file:
        return re.search(r"^flows:", file.read(_LARGEST), re.MULTILINE) is not None
