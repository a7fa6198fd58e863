# SPDX-License-Identifier: Apache-2.0
"""The end of a session: what is inconclusive, the longest outages, labs that came up anew, labs that are still up."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ..report import readable
from .outcome import WORD

_LONGEST = 10
_KEPT = pytest.StashKey["dict[str, str]"]()
_OUTAGES = pytest.StashKey["list[tuple[float, str, str, str]]"]()
_REPLACED = pytest.StashKey["list[str]"]()


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_KEPT] = {}
    session.config.stash[_OUTAGES] = []
    session.config.stash[_REPLACED] = []


class Listener:
    """Hears all reports, those of other workers too."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: dict[str, Any] = getattr(report, "xconn", {})
        for lab in told.get("kept", []):
            self._config.stash[_KEPT][lab] = report.nodeid
        self._config.stash[_REPLACED].extend(told.get("replaced", []))
        for one in told.get("outages", []):
            row = (one["outage"], one["flow"], one["drill"], report.nodeid)
            self._config.stash[_OUTAGES].append(row)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Listener(config), "crossconnect.listener")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    _write_inconclusive(terminalreporter, terminalreporter.stats.get(WORD, []))
    _write_outages(terminalreporter, config.stash[_OUTAGES])
    _write_replaced(terminalreporter, config.stash[_REPLACED])
    _write_kept(terminalreporter, config.stash[_KEPT])


def _write_inconclusive(terminal: Any, reports: list[Any]) -> None:
    if not reports:
        return
    terminal.section("INCONCLUSIVE: the host stalled, and that may have decided")
    for report in reports:
        terminal.write_sep("_", report.nodeid, yellow=True)
        if report.outcome != "skipped":
            terminal.write_line(report.longreprtext)
        for title, text in report.sections:
            if title.startswith("xconn"):
                terminal.write_sep("-", title)
                terminal.write_line(text)


def _write_outages(terminal: Any, outages: list[tuple[float, str, str, str]]) -> None:
    felt = sorted((one for one in outages if one[0] > 0), reverse=True)[:_LONGEST]
    if not felt:
        return
    terminal.section(f"the longest outages ({len(felt)} of {len(outages)} flows)")
    for seconds, flow, drill, test in felt:
        terminal.write_line(f"{readable(seconds):>10}  {flow} in drill {drill}  ({test})")


def _write_replaced(terminal: Any, replaced: list[str]) -> None:
    if not replaced:
        return
    terminal.section("labs that were not as they had been, and came up anew")
    for words in replaced:
        terminal.write_line(words)


def _write_kept(terminal: Any, kept: dict[str, str]) -> None:
    if not kept:
        return
    terminal.section("labs that are still up")
    place = f"XCONN_RUN={os.environ['XCONN_RUN']} " if "XCONN_RUN" in os.environ else ""
    for lab, test in kept.items():
        terminal.write_line(test)
        terminal.write_line(f"    {place}xconn shell --lab {lab}")
        terminal.write_line(f"    {place}xconn down {lab}")
