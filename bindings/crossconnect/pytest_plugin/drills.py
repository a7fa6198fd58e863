# SPDX-License-Identifier: Apache-2.0
"""Drill files as tests: `pytest network/` runs them, one test for each expectation, at its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Iterator

import pytest

from .. import Error, Inconclusive, Lab, Report, runs
from ..lab import read_drill
from .life import pool_of, runs_of, settings_of, take_turn
from .wish import Wish

_LARGEST_FILE = 1 << 20  # as the reader of drills has it


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "DrillFile | None":
    """*.drill.yaml anywhere, and in folders called drills all files that have flows."""
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    if file_path.stem.endswith(".drill") or (file_path.parent.name == "drills" and _has_flows(file_path)):
        return DrillFile.from_parent(parent, path=file_path)  # type: ignore[no-any-return]
    return None


def _has_flows(path: Path) -> bool:
    try:
        with path.open(errors="replace") as file:
            return re.search(r"^flows:", file.read(_LARGEST_FILE), re.MULTILINE) is not None
    except OSError:
        return True  # who reads it says why it cannot be read


class ExpectationFailed(AssertionError):
    """What a drill expects does not hold."""

    def __init__(self, report: Report, number: int) -> None:
        self.report = report
        super().__init__(report.words_of(number))


class DrillFile(pytest.File):
    """Runs once, for the first of its expectations that is a test of this session."""

    run_folder: Path | None = None  # of a drill that did not pass
    _ran: Report | BaseException | None = None

    def collect(self) -> Iterator["ExpectationItem"]:
        self._drill = read_drill(self.path)
        names: dict[str, int] = {}
        for number, one in enumerate(self._drill["expectations"]):
            sentence = one["sentence"]
            names[sentence] = names.get(sentence, 0) + 1
            name = sentence if names[sentence] == 1 else f"{sentence} #{names[sentence]}"
            yield ExpectationItem.from_parent(self, name=name, number=number, line=one["line"])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        return str(excinfo.value) if isinstance(excinfo.value, Error) else super().repr_failure(excinfo)

    @property
    def drill_name(self) -> str:
        return str(self._drill["name"])

    def report_for(self, item: pytest.Item) -> Report:
        """The drill's report; it runs when it is first asked for. If it could not run, each call raises why."""
        if self._ran is None:
            self._ran = self._attempt(item)
        if isinstance(self._ran, BaseException):
            raise self._ran
        return self._ran

    def _attempt(self, item: pytest.Item) -> Report | BaseException:
        try:
            return self._run(item)
        except Error as error:
            return error

    def _run(self, item: pytest.Item) -> Report:
        turn = take_turn(item)
        pool = pool_of(self.config)
        shared = pool.lend(str(Path(self._drill["topology"]).resolve()), Wish().up_options)
        report = self._drilled(shared.lab)
        for _ in range(settings_of(self.config).inconclusive.reruns):
            if not report.inconclusive:
                break
            turn.be_alone()
            pool.restore(shared)
            report = self._drilled(shared.lab)
        if not report.passed:
            self._leave(shared.lab)
        return report

    def _leave(self, lab: Lab) -> None:
        """Now, for whichever expectation is told of first: what did not pass may be one of another test."""
        self.run_folder = runs.save_lab(runs_of(self.config), self.nodeid, lab)
        if settings_of(self.config).keep:
            pool_of(self.config).keep()

    def _drilled(self, lab: Lab) -> Report:
        folder = runs_of(self.config)
        captures = folder / runs.folder_name(self.nodeid) / "captures"
        captures.mkdir(parents=True, exist_ok=True)
        report = lab.drill(self.path, captures=captures)
        if not report.raw["captures"]:
            captures.rmdir()
        runs.save_report(folder, self.nodeid, report)
        return report


class ExpectationItem(pytest.Item):
    parent: DrillFile  # type: ignore[assignment]

    def __init__(self, number: int, line: int, **rest: Any) -> None:
        super().__init__(**rest)
        self._number = number
        self._line = line

    def runtest(self) -> None:
        report = self.parent.report_for(self)
        verdict = report.expectations[self._number]["verdict"]
        if verdict == "fail":
            raise ExpectationFailed(report, self._number)
        if verdict == "inconclusive":
            raise Inconclusive(report.words_of(self._number), report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        error = excinfo.value
        where = f"{self.path}:{self._line}: "
        if isinstance(error, (ExpectationFailed, Inconclusive)):
            return f"{where}{error}\n\n{error.report}\n\nrun folder: {self.parent.run_folder}"
        return f"{where}{error}" if isinstance(error, Error) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self._line - 1, f"{self.parent.drill_name}: {self.name}"
