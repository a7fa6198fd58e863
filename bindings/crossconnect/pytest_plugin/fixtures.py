# SPDX-License-Identifier: Apache-2.0
"""Labs as fixtures."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from .. import Error, Lab, find_topology
from .life import holder_of, pool_of, runs_of, settings_of, take_turn
from .wish import Wish, short_name, topologies_of, wish_of

# Fixtures of which a lab outlives the test, and so is healed before the next one that uses it.
_WIDE = {"xconn_module_lab", "xconn_session_lab"}


@contextmanager
def _plainly() -> Iterator[None]:
    """Why there is no lab is said in the error's own words: where in this package it was raised helps nobody."""
    try:
        yield
    except Error as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _lend(config: pytest.Config, wish: Wish, holder: str) -> Any:
    with _plainly():
        file = wish.file(_folder(config)) if wish.timers else wish.topology
        return pool_of(config).lend(file, wish.up_options, holder)


def _folder(config: pytest.Config) -> Path:
    folder = runs_of(config)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def xconn_lab(request: pytest.FixtureRequest) -> Lab:
    """The lab that the test's mark names, at rest and as planned: `@pytest.mark.xconn(topology="chain")`. Tests with the
    same wish share it, unless its scope is "module" or "function"."""
    item = request.node
    wish = wish_of(item, settings_of(request.config).topology, getattr(request, "param", None))
    with _plainly():
        take_turn(item)
    return _lend(request.config, wish, holder_of(wish.scope, item)).lab


@pytest.fixture
def xconn_labs(request: pytest.FixtureRequest) -> Callable[..., Lab]:
    """`lab = xconn_labs("chain", **options of crossconnect.up())`, for a test that wants several, or says late which."""
    item = request.node

    def get(topology: str, name: str = "", **options: Any) -> Lab:
        with _plainly():
            take_turn(item)
        file = str(Path(find_topology(topology)).resolve())
        return pool_of(request.config).lend(file, {**Wish().up_options, **options}, name=name).lab

    return get


@pytest.fixture(scope="module")
def xconn_module_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A lab of the module's own (`pytestmark = pytest.mark.xconn(...)`), for fixtures of that scope. What they set up in
    it stays; it is healed and looked at between the tests that use it."""
    wish = wish_of(request.node, settings_of(request.config).topology)
    shared = _lend(request.config, wish, holder_of("module", request.node))
    shared.state = None
    yield shared.lab


@pytest.fixture(scope="session")
def xconn_session_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The same for the session: the lab of --xconn-topology, or of the ini file's xconn_topology."""
    wish = wish_of(request.node, settings_of(request.config).topology)
    shared = _lend(request.config, wish, "the session")
    shared.state = None
    yield shared.lab


def _wide_labs(item: pytest.Item) -> list[Any]:
    if not _WIDE & set(getattr(item, "fixturenames", ())):
        return []
    return pool_of(item.config).lent_to({holder_of("module", item), "the session"})


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Once its fixtures are there: what a wider fixture has set up is part of what the lab has to be."""
    for shared in _wide_labs(item):
        take_turn(item)
        if shared.state is None:
            shared.come_to_rest()
            shared.remember()
        pool_of(item.config).restore(shared)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A mark that lists topologies makes a test of each."""
    if "xconn_lab" not in metafunc.fixturenames:
        return
    topologies = topologies_of(metafunc.definition)
    if topologies:
        metafunc.parametrize("xconn_lab", topologies, indirect=True, ids=[short_name(one) for one in topologies])
