# SPDX-License-Identifier: Apache-2.0
"""The session's pool of labs: told what the tests do, and closed in any case."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generator

import pytest

from ..turns import Turn
from .options import Settings
from .pool import Pool
from .wish import mark_of

_POOL = pytest.StashKey[Pool]()
_SETTINGS = pytest.StashKey[Settings]()
_TURN = pytest.StashKey[Turn]()
FAILED = pytest.StashKey[bool]()  # whether the test did not pass


def settings_of(config: pytest.Config) -> Settings:
    return config.stash[_SETTINGS]


def pool_of(config: pytest.Config) -> Pool:
    return config.stash[_POOL]


def runs_of(config: pytest.Config) -> Path:
    chosen = settings_of(config).runs
    return chosen or Path(config._tmp_path_factory.getbasetemp()) / "xconn"  # type: ignore[attr-defined]


def take_turn(item: pytest.Item) -> Turn:
    """The test's turn on this host; it takes one when it first needs a lab."""
    if _TURN not in item.stash:
        item.stash[_TURN] = Turn()
    return item.stash[_TURN]


def holder_of(scope: str, node: pytest.Item | pytest.Collector) -> str:
    """Whose a lab of that scope is."""
    return {"function": node.nodeid, "module": f"module {node.path}", "session": ""}[scope]


def pytest_configure(config: pytest.Config) -> None:
    settings = config.stash[_SETTINGS] = Settings.of(config)
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    config.stash[_POOL] = Pool(settings.labs, worker)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    pool_of(item.config).begin(item.nodeid)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, None]:
    """After the fixtures of the test, and of the module where it was its last, have gone."""
    yield
    try:
        _end_test(item, nextitem)
    finally:
        if _TURN in item.stash:
            item.stash[_TURN].close()
            del item.stash[_TURN]


def _end_test(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    pool = pool_of(item.config)
    if item.stash.get(FAILED, False) and (settings_of(item.config).keep or mark_of(item).get("keep")):
        pool.keep()
    pool.end()
    if nextitem is None or nextitem.path != item.path:
        pool.end_holder(holder_of("module", item))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    pool_of(session.config).close()
