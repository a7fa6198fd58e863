# SPDX-License-Identifier: Apache-2.0
"""JUnit files know failures, errors and skips. An inconclusive test is an error of type "inconclusive" there, so that
readers show it apart from the failures; pytest has no hook for it, so the finished file is read again."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any, Generator

import pytest

from .outcome import PROPERTY, WORD


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, Any, None]:
    yield
    chosen = session.config.getoption("xmlpath", None)
    if chosen and not hasattr(session.config, "workerinput"):
        path = Path(session.config.invocation_params.dir) / Path(chosen).expanduser()
        if path.exists():
            rewrite(path)


def rewrite(path: Path) -> None:
    tree = ElementTree.parse(path)
    for suite in tree.getroot().iter("testsuite"):
        opened = [case for case in suite.iter("testcase") if _is_open(case)]
        moved = sum(_mark(case) for case in opened)
        suite.set("failures", str(int(suite.get("failures", 0)) - moved))
        suite.set("errors", str(int(suite.get("errors", 0)) + moved))
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _is_open(case: ElementTree.Element) -> bool:
    return any(one.get("name") == PROPERTY and one.get("value") == WORD for one in case.iter("property"))


def _mark(case: ElementTree.Element) -> int:
    """Gives the case's failure or skip its type; 1 for a failure that is an error now."""
    skipped, failure = case.find("skipped"), case.find("failure")
    if skipped is not None:
        skipped.set("type", WORD)
    if failure is None:
        return 0
    failure.tag = "error"
    failure.set("type", WORD)
    return 1
