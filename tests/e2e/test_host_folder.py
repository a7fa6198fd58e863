# SPDX-License-Identifier: Apache-2.0
"""Where run folders may be, who may read them, and that nothing else in their place is touched."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Callable

import crossconnect
import pytest
from conftest import XCONN
from host import Footprint

CHAIN = "chain"


def run_in(folder: str | Path, *argv: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XCONN_RUN": str(folder)}
    return subprocess.run(
        [*prefix, XCONN, *argv], capture_output=True, text=True, timeout=100, env=environment, stdin=subprocess.DEVNULL
    )


def foreign(folder: Path) -> Path:
    folder.mkdir()
    os.chown(folder, 1000, 1000)
    return folder


def below_foreign(folder: Path) -> Path:
    return foreign(folder) / "run"


def shared(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def linked(folder: Path) -> Path:
    folder.symlink_to("/run")
    return folder / "labs"


def closed(folder: Path) -> Path:
    folder.mkdir(0o700)
    return folder / "run"


def a_file(folder: Path) -> Path:
    folder.write_text("")
    return folder


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (foreign, "belongs to another user (uid 1000)"),
        (below_foreign, "belongs to another user (uid 1000)"),
        (shared, "others may write in"),
        (linked, "is a symbolic link"),
        (a_file, "is not a folder"),
        (closed, "cannot enter"),
    ],
)
@pytest.mark.parametrize("verb", [("up", CHAIN), ("down", "--all"), ("inspect", "--all")], ids=lambda verb: verb[0])
def test_a_folder_that_others_could_change_is_refused(place, make: Callable[[Path], Path], why: str, verb):
    chosen = make(place / "chosen")
    there = sorted(place.rglob("*"))
    done = run_in(chosen, *verb)
    assert done.returncode == 4 and why in done.stderr and "XCONN_RUN" in done.stderr, done.stderr
    assert sorted(place.rglob("*")) == there, "nothing was made"


@pytest.mark.parametrize(
    "place",
    [
        "xconn",
        "/",
        "/run",
        "/run/",
        "/run/../run/x",
        "/proc/x",
        "/sys/x",
        "/dev/shm/x",
        "/var/tmp/x",
        "/run/netns",
        "/run/frr/x",
    ],
)
def test_a_folder_that_a_lab_cannot_live_in_is_refused(place: str):
    for verb in (("up", CHAIN), ("down", "--all")):
        done = run_in(place, *verb)
        assert done.returncode == 4 and place in done.stderr and "XCONN_RUN" in done.stderr, done.stderr


def test_what_is_in_the_place_of_run_folders_and_no_labs_is_not_touched(place):
    (place / "projects").mkdir()
    (place / "projects" / "thesis").write_text("years of work")
    (place / "link").symlink_to(place / "projects")
    assert run_in(place, "down", "--all").returncode == 0
    assert run_in(place, "down", "projects").returncode == 2
    for name in ("projects", "link"):
        up = run_in(place, "up", CHAIN, "--name", name)
        assert up.returncode == 1 and "is there and is no" in up.stderr, up.stderr
    assert (place / "projects" / "thesis").read_text() == "years of work"
    assert sorted(entry.name for entry in place.iterdir()) == ["link", "projects"]


def test_a_long_path_works_and_where_it_cannot_it_is_refused_by_name(place):
    long = place / ("l" * 60) / ("m" * 60)
    up = run_in(long, "up", CHAIN)
    assert up.returncode == 0, up.stderr
    assert json.loads(run_in(long, "inspect", "--format", "json").stdout)["converged"]
    assert run_in(long, "down", CHAIN).returncode == 0
    tunnels = run_in(long, "up", "sdwan-expressroute")
    assert tunnels.returncode == 4 and "charon" in tunnels.stderr and "107" in tunnels.stderr, tunnels.stderr
    assert list(long.iterdir()) == []


@pytest.mark.parametrize("mask", ["000", "077"])
def test_the_umask_of_who_brings_a_lab_up_does_not_matter(place, mask: str):
    labs = place / "labs"
    up = run_in(labs, "up", CHAIN, prefix=("sh", "-c", f'umask {mask}; exec "$@"', "sh"))
    assert up.returncode == 0, up.stderr
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (labs, labs / CHAIN, labs / CHAIN / "nodes")}
    assert modes == {"labs": 0o755, CHAIN: 0o711, "nodes": 0o755}
    assert run_in(labs, "down", CHAIN).returncode == 0


def test_who_may_read_what_of_a_run_folder():
    """Files that daemons without root read are of their nodes, and only the ones without secrets."""
    with crossconnect.up(crossconnect.find_topology("sdwan-expressroute"), name="modes") as lab:
        others = {path for path in lab.folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077}
        others.remove(lab.folder / "pid")
        assert {path.relative_to(lab.folder).parts[0] for path in others} == {"nodes"}
        secrets = {node["name"]: node for node in json.loads((lab.folder / "plan.json").read_text())["nodes"]}
        for path in others:
            node, *rest = path.relative_to(lab.folder / "nodes").parts
            files = {file["name"]: file for file in secrets[node].get("files", [])}
            assert not files.get("/".join(rest), {}).get("secret"), path
            assert path.stat().st_mode & 0o022 == 0, path
        mode = {
            name: stat.S_IMODE((lab.folder / name).stat().st_mode)
            for name in (
                "events.jsonl",
                "agent.sock",
                "lock",
                "agent.log",
                "plan.json",
                "topology.json",
                "options.json",
                "pid",
            )
        }
        assert mode == {**dict.fromkeys(mode, 0o600), "pid": 0o644}


READ_ONLY = 'mount -t tmpfs -o mode=755 labs "$XCONN_RUN" && mount -o remount,ro "$XCONN_RUN" && exec "$@"'


def test_a_place_that_takes_no_sockets_is_refused(place):
    before = Footprint.now()
    up = run_in(place, "up", CHAIN, prefix=("unshare", "--mount", "sh", "-c", READ_ONLY, "sh"))
    assert up.returncode == 4 and "no socket can be made there" in up.stderr and "XCONN_RUN" in up.stderr, up.stderr
    before.assert_restored(within=1)
