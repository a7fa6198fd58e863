# SPDX-License-Identifier: Apache-2.0
"""With pytest-xdist: a drill runs once, so one worker has all of its expectations."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class OneWorkerEach(LoadScopeScheduling):  # type: ignore[misc]
    """As `--dist load`, but what belongs together stays together."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """A drill file's tests go together, every other test by itself."""
    file = nodeid.split("::", 1)[0]
    return file if file.endswith((".yaml", ".yml")) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return OneWorkerEach(config, log) if config.getvalue("dist") == "load" else None


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For --dist loadgroup."""
    for item in items:
        if scope_of(item.nodeid) != item.nodeid:
            item.add_marker(pytest.mark.xdist_group(scope_of(item.nodeid)))
