# SPDX-License-Identifier: Apache-2.0
"""What labs could leave on a host.

Others may run labs meanwhile (another worker of pytest-xdist too), so only what descends from the tests counts: their
parent adopts and reaps their orphans, so that no daemon can leave the family. On a machine of its own (CI is set) the
whole host counts once more, when all tests have ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # set in each process that pytest-xdist starts
ALONE = bool(os.environ.get("CI")) and not WORKER
RUN = Path(os.environ.get("XCONN_RUN", "/run/xconn"))
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """The tests go on in a child of this process, which becomes the parent of all that lose theirs below, reaps them (a
    dead process that nobody reaps keeps its lab's pid namespace) and ends as the tests do."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    tests = os.fork()
    if tests == 0:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the tests
    signal.signal(signal.SIGTERM, lambda *_: os.kill(tests, signal.SIGTERM))
    while True:
        ended, status = os.wait()
        if ended == tests:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    name: str
    namespace: str  # its network namespace; empty when it is gone meanwhile


def _process(entry: Path) -> Process | None:
    try:
        name, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        state, parent = rest.split()[:2]
        if state in "ZX":
            return None
        return Process(int(entry.name), int(parent), name, os.readlink(entry / "ns" / "net"))
    except OSError:
        return None


def processes() -> dict[int, Process]:
    """All that live on the host, by pid."""
    found = (_process(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return {process.pid: process for process in found if process}


def descendants(of: int) -> dict[int, Process]:
    every = processes()

    def is_below(process: Process) -> bool:
        while process.parent in every and process.parent != of:
            process = every[process.parent]
        return process.parent == of

    return {pid: process for pid, process in every.items() if is_below(process)}


def _names(folder: str | Path) -> frozenset[str]:
    path = Path(folder)
    return frozenset(entry.name for entry in path.iterdir()) if path.exists() else frozenset()


def _links() -> frozenset[str]:
    return frozenset(link["ifname"] for link in json.loads(subprocess.check_output(["ip", "-j", "link"])))


def _programs() -> frozenset[str]:
    """Loaded eBPF programs of the kind that labs load. Those of others come and go, unless we are alone."""
    if not ALONE or not shutil.which("bpftool"):
        return frozenset()
    shown = subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, text=True)
    return frozenset(str(one["id"]) for one in json.loads(shown.stdout or "[]") if one.get("type") == "sched_cls")


DAEMONS = {"zebra", "bgpd", "bfdd", "mgmtd", "charon", "keepalived", "xconn", "xconn-sdwan", "xconn-lb", "xconn-echo"}
DAEMONS |= {"xconn-encryption"}


@dataclass(frozen=True)
class Footprint:
    processes: frozenset[str]
    namespaces: frozenset[str]
    links: frozenset[str]
    mounts: frozenset[str]
    pinned: frozenset[str]
    folders: frozenset[str]
    programs: frozenset[str]

    @classmethod
    def now(cls) -> Footprint:
        family = processes() if ALONE else descendants(os.getppid())
        ours = {process for process in family.values() if not ALONE or process.name in DAEMONS}
        return cls(
            processes=frozenset(f"{process.pid} {process.name}" for process in ours),
            namespaces=frozenset(process.namespace for process in family.values()),
            links=_links(),
            mounts=frozenset(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()),
            pinned=_names("/run/netns"),
            folders=_names(RUN),
            programs=_programs(),
        )

    def leftovers(self) -> dict[str, list[str]]:
        """What there is now and was not then."""
        current = Footprint.now()
        found = {name: sorted(getattr(current, name) - getattr(self, name)) for name in self.__dataclass_fields__}
        return {name: items for name, items in found.items() if items}

    def assert_restored(self, within: float, but: frozenset[str] = frozenset()) -> None:
        """The kernel frees namespaces a moment after their last process; `within` seconds bounds that. `but` names what
        may have stayed."""
        eventually(lambda: not (set(self.leftovers()) - but), within, lambda: f"left on the host: {self.leftovers()}")


def eventually(fact: Callable[[], object], within: float, otherwise: Callable[[], str] = lambda: "") -> None:
    """Asks until `fact` holds, for things that no event tells of. Fails with the words of `otherwise`."""
    deadline = time.monotonic() + within
    while not fact():
        assert time.monotonic() < deadline, otherwise() or f"not true within {within} s: {fact}"
        select.select([], [], [], 0.02)


def hidden(*programs: str) -> list[str]:
    """A prefix for a command to which these programs are not there, in mounts of its own."""
    hide = "; ".join(f"mount --bind /dev/null {program}" for program in programs)
    return ["unshare", "--mount", "sh", "-c", f'{hide}; exec "$@"', "sh"]


# Of the host's root: everything but what is a file.
ROOT_FOLDERS = sorted(entry.name for entry in Path("/").iterdir() if entry.is_dir())


def in_own_mounts(script: str) -> list[str]:
    """A prefix for one argument, $1 of a shell script that begins in mounts of its own, which the host does not see."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"]
