# SPDX-License-Identifier: Apache-2.0
"""Inconclusive, an outcome of its own beside passed and failed: what makes one, reruns, and how it is told."""

from __future__ import annotations

import functools
from typing import Any, Callable, Generator

import pytest

from .. import Inconclusive, Lab, Report, runs
from .drills import ExpectationItem
from .life import FAILED, pool_of, runs_of, settings_of, take_turn

WORD = "inconclusive"
PROPERTY = "xconn-verdict"  # in JUnit files


def touched_labs(config: pytest.Config) -> list[Lab]:
    """Those that the running test has asked for."""
    return [shared.lab for shared in pool_of(config).touched]


def reports_of(config: pytest.Config) -> list[Report]:
    """Of the drills that the running test has run."""
    return [report for lab in touched_labs(config) for report in lab.reports]


def is_open(config: pytest.Config, error: BaseException | None) -> bool:
    """Whether a stall of the host may have made this test fail: it says so itself, or an assertion failed and a drill's
    verdict is open while none failed."""
    if isinstance(error, Inconclusive):
        return True
    verdicts = {report.verdict for report in reports_of(config)}
    return isinstance(error, AssertionError) and "inconclusive" in verdicts and "fail" not in verdicts


# --- reruns of test functions; a drill file's are in drills.py --------------------------------------------------------------


def _again_while_open(item: pytest.Function, test: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(test)
    def run(*arguments: Any, **fixtures: Any) -> Any:
        for _ in range(settings_of(item.config).inconclusive.reruns):
            try:
                return test(*arguments, **fixtures)
            except Exception as error:
                if not is_open(item.config, error):
                    raise
            _make_ready(item)
        return test(*arguments, **fixtures)

    return run


def _make_ready(item: pytest.Item) -> None:
    take_turn(item).be_alone()
    pool = pool_of(item.config)
    for shared in list(pool.touched):
        shared.lab.reports.clear()
        pool.restore(shared)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    if not isinstance(item, pytest.Function) or not pool_of(item.config).touched:
        yield
        return
    test = item.obj
    item.obj = _again_while_open(item, test)
    yield
    item.obj = test


# --- reports ----------------------------------------------------------------------------------------------------------------


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    pool = pool_of(item.config)
    told = {"replaced": [str(one) for one in pool.replaced], "kept": [*pool.kept]}
    pool.replaced.clear()
    pool.kept.clear()
    report.xconn = told  # type: ignore[attr-defined]  # plain data, for pytest-xdist sends it to the controller
    if report.failed and call.when != "teardown":
        item.stash[FAILED] = True
        _tell_labs(item, report)
    if call.when == "call":
        _tell_call(item, call, report)


def _tell_call(item: pytest.Item, call: pytest.CallInfo[None], report: Any) -> None:
    report.xconn["outages"] = _outages(item)
    if not report.failed or not call.excinfo or not is_open(item.config, call.excinfo.value):
        return
    report.xconn["verdict"] = WORD
    item.user_properties.append((PROPERTY, WORD))
    if settings_of(item.config).inconclusive.skips:
        report.sections.insert(0, ("xconn: inconclusive", report.longreprtext))
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, f"{WORD}: {_first_line(call.excinfo.value)}")


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _outages(item: pytest.Item) -> list[dict[str, Any]]:
    return [
        {"outage": flow.outage, "flow": flow.name, "drill": report.name}
        for report in reports_of(item.config)
        for flow in report.flows.values()
    ]


# --- what a failed test's labs have to say ----------------------------------------------------------------------------------


def _tell_labs(item: pytest.Item, report: pytest.TestReport) -> None:
    if isinstance(item, ExpectationItem) and item.parent.run_folder:
        return  # its own words tell all
    for lab in touched_labs(item.config):
        try:
            report.sections.append((f"xconn lab {lab.name}", _story(item, lab)))
        except Exception as error:  # the lab may be what failed; the test's own words count
            report.sections.append((f"xconn lab {lab.name}", f"it says nothing: {error}"))


def _story(item: pytest.Item, lab: Lab) -> str:
    root = runs_of(item.config)
    for report in lab.reports:
        runs.save_report(root, item.nodeid, report)
    told = [str(report) for report in lab.reports]
    if not told:
        told = ["the latest events:", *(_event(one) for one in lab.events()[-15:])]
    return "\n".join([*told, f"run folder: {runs.save_lab(root, item.nodeid, lab)}"])


def _event(one: dict[str, Any]) -> str:
    return f"  {one['at'] / 1e9:12.3f}  {one['source']:<8} {one['node']:<14} {one['text']}"


def pytest_report_teststatus(report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    if report.when == "call" and getattr(report, "xconn", {}).get("verdict") == WORD:
        return WORD, "I", ("INCONCLUSIVE", {"yellow": True})
    return None
