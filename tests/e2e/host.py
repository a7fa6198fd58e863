"""What labs could leave on a host."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

DAEMONS = {"zebra", "bgpd", "bfdd", "staticd", "charon", "keepalived", "xconn", "xconn-sdwan", "xconn-lb", "xconn-echo"}


def _processes() -> frozenset[str]:
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name = (entry / "comm").read_text().strip()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if name in DAEMONS and state != "Z":
            found.add(f"{entry.name} {name}")
    return frozenset(found)


def _namespaces() -> frozenset[str]:
    """Every network namespace that some process is in."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.add(os.readlink(entry / "ns" / "net"))
            except OSError:
                continue
    return frozenset(found)


def _links() -> frozenset[str]:
    links = json.loads(subprocess.check_output(["ip", "-j", "link"]))
    return frozenset(link["ifname"] for link in links)


@dataclass(frozen=True)
class Footprint:
    processes: frozenset[str]
    namespaces: frozenset[str]
    links: frozenset[str]
    mounts: frozenset[str]
    pinned: frozenset[str]
    folders: frozenset[str]

    @classmethod
    def now(cls) -> Footprint:
        mounts = frozenset(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
        return cls(_processes(), _namespaces(), _links(), mounts, _names("/run/netns"), _names("/run/xconn"))

    def leftovers(self) -> dict[str, list[str]]:
        """What there is now and was not then."""
        current = Footprint.now()
        found = {name: sorted(getattr(current, name) - getattr(self, name)) for name in self.__dataclass_fields__}
        return {name: items for name, items in found.items() if items}

    def assert_restored(self, within: float) -> None:
        """The kernel frees namespaces a moment after their last process; `within` seconds bounds that."""
        deadline = time.monotonic() + within
        while (found := self.leftovers()) and time.monotonic() < deadline:
            select.select([], [], [], 0.02)  # no event says that the kernel has freed a namespace
        assert not found, f"left on the host: {found}"


def _names(folder: str) -> frozenset[str]:
    path = Path(folder)
    return frozenset(entry.name for entry in path.iterdir()) if path.exists() else frozenset()
