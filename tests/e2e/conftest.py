"""End to end: real labs on this host, asserted through witnesses that are not ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("XCONN_BUILD", ROOT / "build"))
sys.path.insert(0, str(BUILD / "python"))

pytest_plugins = ["crossconnect.pytest_plugin"]

from host import Footprint  # noqa: E402  (beside this file)


@pytest.fixture(scope="session")
def topologies() -> Path:
    return ROOT / "topologies"


@pytest.fixture
def xconn(tmp_path: Path) -> Any:
    """The command line: `xconn("inspect", "--format", "json")` gives a CompletedProcess."""

    def run(*argv: str, timeout: float = 120, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [str(BUILD / "bin" / "xconn"), *argv]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=tmp_path, **options)

    return run


@pytest.fixture(scope="module", autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """After each module the host is as it was: no process, namespace, link or mount of ours."""
    before = Footprint.now()
    yield
    before.assert_restored(within=10)
