# SPDX-License-Identifier: Apache-2.0
"""pytest plugin: labs as fixtures, drills as tests. It is there once the package is installed; see docs/pytest.md.

@pytest.mark.xconn(topology="sdwan-expressroute")
def test_failover(xconn_lab):
    report = xconn_lab.drill("drills/er-silent-health-check.yaml")
    assert report.flow("client-to-app").outage < 3.5
"""

from __future__ import annotations

import pytest

from . import drills, fixtures, junit, life, outcome, summary
from .options import add_options, mark_line

__all__ = ["pytest_addoption", "pytest_configure"]

_PARTS = (life, fixtures, drills, outcome, summary, junit)


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", mark_line())
    for part in _PARTS:
        config.pluginmanager.register(part, part.__name__)
    if config.pluginmanager.hasplugin("xdist"):
        from . import workers  # needs pytest-xdist

        config.pluginmanager.register(workers, workers.__name__)
