# SPDX-License-Identifier: Apache-2.0
"""Topology files, to parametrise tests over."""

from __future__ import annotations

import os
from pathlib import Path

from . import _core


def topologies(folder: str | os.PathLike[str]) -> list[str]:
    """Every topology.yaml of a folder and those below it, for a mark that makes a test of each:

    @pytest.mark.xconn(topology=crossconnect.topologies("network"))

    Raises NotFoundError where there is none.
    """
    found = sorted(str(path) for path in Path(folder).rglob("topology.yaml"))
    if not found:
        raise _core.NotFoundError(f"there is no topology.yaml in {Path(folder).absolute()} or below it")
    return found
