# SPDX-License-Identifier: Apache-2.0
"""End to end: real labs on this host, asserted through witnesses that are not ours."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("XCONN_BUILD", ROOT / "build"))
XCONN = str(BUILD / "bin" / "xconn")
sys.path.insert(0, str(BUILD / "python"))
WORKER = "PYTEST_XDIST_WORKER" in os.environ
if WORKER or not os.environ.get("CI"):  # others may have labs up on this machine
    os.environ["XCONN_RUN"] = f"/run/xconn-e2e.{os.getpid()}"
for name in ("XCONN_LAB", "XCONN_TOPOLOGY", "XCONN_FORMAT", "XCONN_DATAPATH"):
    os.environ.pop(name, None)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would hand on that it is ignored

pytest_plugins = ["crossconnect.pytest_plugin", "pytester", "trainee"]

from host import ALONE, RUN, Footprint, adopt_orphans  # noqa: E402  (beside this file; reads XCONN_RUN)

collect_ignore_glob = ["incidents/*"]  # test_incidents plays these drills; our plugin would make tests of them too

if not WORKER:  # a worker's parent does (adopting-python)
    adopt_orphans()


HOST_BEFORE = pytest.StashKey[Footprint]()


@pytest.fixture(scope="session")
def topologies() -> Path:
    return ROOT / "topologies"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that may be an XCONN_RUN: root's, and everybody may enter it, which tmp_path is not."""
    folder = Path(tempfile.mkdtemp(prefix="xconn-place.", dir="/run"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def xconn(tmp_path: Path) -> Any:
    """The command line: `xconn("inspect", "--format", "json")` gives a CompletedProcess."""

    def run(*argv: str, timeout: float = 120, **options: Any) -> subprocess.CompletedProcess[str]:
        defaults = {"capture_output": True, "text": True, "cwd": tmp_path, "stdin": subprocess.DEVNULL}
        return subprocess.run([XCONN, *argv], timeout=timeout, **{**defaults, **options})

    return run


class Project:
    """Somebody's project with tests of their own, where crossconnect is installed."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path
        self.makepyfile = pytester.makepyfile

    def run(self, *options: str, timeout: float = 100) -> pytest.RunResult:
        return self._pytester.runpytest_subprocess("-p", "no:cacheprovider", *options, timeout=timeout)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTHONPATH", f"{BUILD / 'python'}:{Path(__file__).parent}")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("FAKE_FOLDER", str(pytester.path))  # of fake_labs.py
    monkeypatch.setenv("XCONN_TOPOLOGIES", str(ROOT / "topologies"))
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester)


@pytest.fixture(scope="module", autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """After each module the host is as it was: no process, namespace, link or mount of ours."""
    before = Footprint.now()
    yield
    try:
        before.assert_restored(within=10)
    finally:
        subprocess.run([XCONN, "down", "--all"], capture_output=True)  # the next module starts clean
        if not ALONE and RUN.exists():
            RUN.rmdir()


@pytest.fixture(scope="module")
def kept_labs(leaves_nothing_behind: None) -> Iterator[Any]:
    """`kept_labs("chain", **options of up())`: brought up once in a module, healed and at rest each time that it is asked
    for. The plugin's xconn_labs would outlive the module, after which the host is looked at."""
    import crossconnect

    labs: dict[str, crossconnect.Lab] = {}

    def get(topology: str, **options: Any) -> crossconnect.Lab:
        key = f"{topology} {sorted(options.items())}"
        if key not in labs:
            labs[key] = crossconnect.up(topology, **options)
        labs[key].heal()
        labs[key].wait()
        return labs[key]

    yield get
    for lab in labs.values():
        lab.down()


@pytest.fixture(autouse=True)
def bounded(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test waits for ever; `@pytest.mark.bound(300)` gives one more time (seconds)."""
    marker = request.node.get_closest_marker("bound")
    seconds = marker.args[0] if marker else 120

    def expired(*_: object) -> None:
        pytest.fail(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(seconds)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Lets a worker's main thread finish what xdist has asked it before: else execnet runs the tests in another thread,
    where no signal can be handled."""
    while node.gateway.remote_status().numexecuting:
        pass
    node.gateway.remote_status()  # an answer later, that thread waits for its next task


def group_of(item: pytest.Item) -> str:
    """Tests of a module share its labs, so one worker runs them all."""
    return item.nodeid if item.get_closest_marker("own_lab") else item.path.stem


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))
        if item.get_closest_marker("slow") and not os.environ.get("XCONN_SLOW"):
            item.add_marker(pytest.mark.skip(reason="slow: only with XCONN_SLOW=1"))
    items.sort(key=lambda item: item.originalname == "test_drill")  # the small groups fill the gaps at the end


def pytest_sessionstart(session: pytest.Session) -> None:
    if ALONE:
        session.stash[HOST_BEFORE] = Footprint.now()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if before := session.stash.get(HOST_BEFORE, None):
        try:
            before.assert_restored(within=10)
        except AssertionError as error:
            session.config.get_terminal_writer().line(f"after all tests: {error}", red=True)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
