# SPDX-License-Identifier: Apache-2.0
"""In a guest: turns every sysctl of the host that a new network namespace takes over, and prints which those are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

NET = Path("/proc/sys/net")


def is_of_host(path: Path) -> bool:
    """Not of one interface: a new namespace has none of the host's but lo."""
    kind, scope = path.parts[-3], path.parts[-2]
    return kind not in ("conf", "neigh") or scope in ("all", "default", "lo")


def read_all() -> dict[str, str]:
    """Of the namespace that this runs in: path -> value."""
    values = {}
    for path in NET.rglob("*"):
        if path.is_file() and is_of_host(path):
            try:
                values[str(path)] = " ".join(path.read_text().split())
            except OSError:  # not to be read, or not yet: a key that has not been set
                continue
    return values


def in_new_namespace() -> dict[str, str]:
    asked = ["unshare", "--net", "python3", __file__, "read"]
    return json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def write(path: str, value: str) -> bool:
    try:
        Path(path).write_text(value)
    except OSError:
        return False
    return True


def other_than(path: str, value: str) -> str | None:
    """Another value that the kernel should take; None where there is no telling."""
    if path.endswith("/tcp_congestion_control"):
        return "reno"
    words = value.split()
    if not words or not all(word.lstrip("-").isdigit() for word in words):
        return None
    if len(words) > 1:
        return " ".join(str(max(1, int(word) // 2)) for word in words)
    return {0: "1", 1: "0"}.get(int(value), str(int(value) + 1))


def turn_all() -> list[str]:
    fresh, before = in_new_namespace(), read_all()
    candidates = {path: other for path, value in before.items() if (other := other_than(path, value)) is not None}
    turned = [path for path, other in candidates.items() if "/lo/" not in path and write(path, other)]
    now = in_new_namespace()
    taken = {path for path, value in fresh.items() if now.get(path, value) != value}
    # Interfaces of a namespace copy the host's default.
    leaking = [path for path in turned if path in taken or path.replace("/neigh/default/", "/neigh/lo/") in taken]
    for path in turned:
        if path not in leaking:
            write(path, before[path])
    return leaking


if __name__ == "__main__":
    print(json.dumps(read_all()) if sys.argv[1:] == ["read"] else "\n".join(turn_all()))
