# SPDX-License-Identifier: Apache-2.0
"""podman and buildah, as far as this host lets them run.

A host may keep podman from running anything: root without CAP_SYS_RESOURCE may not raise limits, and crun does not take a
mixture of cgroup v1 and v2. Both are taken care of here, and `changed` says it."""

from __future__ import annotations

import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
TUN = ["--device", "/dev/net/tun"]
CAP_SYS_RESOURCE = 24

IN_CGROUP2 = 'umount -l /sys/fs/cgroup 2>/dev/null || true; mount -t cgroup2 none /sys/fs/cgroup; exec podman "$@"'


def lacks_resource_capability() -> bool:
    status = dict(line.split(":\t") for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    return not int(status["CapEff"], 16) >> CAP_SYS_RESOURCE & 1


def has_mixed_cgroups() -> bool:
    return Path("/sys/fs/cgroup/unified").exists()


def changed() -> list[str]:
    what = ["cgroups are disabled"]
    what += ["rlimits left the specification: root lacks CAP_SYS_RESOURCE"] if lacks_resource_capability() else []
    return what + (["podman sees cgroup v2 alone: this host has v1 and v2"] if has_mixed_cgroups() else [])


def finished(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def podman(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    options = ["--runtime", str(HERE / "without-rlimits" / "crun")] if lacks_resource_capability() else []
    command = ["podman", *options, *words]
    if has_mixed_cgroups():
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", IN_CGROUP2, *command]
    return finished(command, check)


def buildah(*words: str) -> str:
    """What it prints."""
    return finished(["buildah", *words], True).stdout.strip()


def added(names: list[str]) -> list[str]:
    return [word for name in names for word in ("--cap-add", name)]


def run(image: str, options: list[str], *words: str) -> subprocess.CompletedProcess[str]:
    # a container's own control groups are no part of what is tried, and not every host can make them
    fixed = ["run", "--rm", "--network", "none", "--cgroups", "disabled"]
    return podman(*fixed, *options, image, *words, check=False)
