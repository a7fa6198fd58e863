# SPDX-License-Identifier: Apache-2.0
"""A host that has not enough: space, memory, descriptors. Said with the line that gives more, and nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import XCONN
from host import RUN, Footprint, eventually

CHAIN = "chain"


def inside(script: str, folder: Path | str = RUN, **options: object) -> subprocess.CompletedProcess[str]:
    """`script` in mounts of its own; $0 is xconn, $XCONN_RUN is `folder`."""
    environment = {**os.environ, "XCONN_RUN": str(folder)}
    defaults = {"capture_output": True, "text": True, "timeout": 100, "stdin": subprocess.DEVNULL, "env": environment}
    return subprocess.run(["unshare", "--mount", "bash", "-c", script, XCONN], **{**defaults, **options})


@pytest.mark.parametrize("size", ["4k", "16k"])
def test_no_space_for_a_run_folder_is_said_and_nothing_is_left(place, size: str):
    before = Footprint.now()
    up = inside(
        f'mount -t tmpfs -o size={size},mode=755 labs "$XCONN_RUN"; "$0" up {CHAIN}; code=$?; ls -A "$XCONN_RUN"; exit $code',
        place,
    )
    assert up.returncode == 4 and "no space" in up.stderr and "df" in up.stderr, up.stderr
    assert up.stdout == "", "the folder is empty again"
    before.assert_restored(within=5)


FILL = 'dd if=/dev/zero of="$XCONN_RUN/ballast" bs=4k 2> /dev/null; rm -f "$XCONN_RUN/none"'


def test_a_disk_that_fills_up_below_a_lab_costs_whole_events_only(place):
    """tmpfs counts pages: what is left of the last page of a file may still be written to."""
    before = Footprint.now()
    script = f"""
    mount -t tmpfs -o size=4m,mode=755 labs "$XCONN_RUN" && "$0" up {CHAIN} > /dev/null || exit 9
    {FILL}
    for turn in $(seq 100); do "$0" fault loss r1:east 1% > /dev/null && "$0" fault heal > /dev/null; done
    "$0" inspect > /dev/null || exit 8
    cat "$XCONN_RUN/{CHAIN}/events.jsonl"
    rm "$XCONN_RUN/ballast"
    "$0" fault loss r1:east 1% > /dev/null
    echo =====
    cat "$XCONN_RUN/{CHAIN}/events.jsonl"
    "$0" down > /dev/null"""
    done = inside(script, place)
    assert done.returncode == 0, done.stderr
    full, _, after = done.stdout.partition("=====\n")
    events = [json.loads(line) for line in full.splitlines()]
    assert 0 < sum(event["source"] == "fault" for event in events) < 200, "the disk was full meanwhile"
    later = [json.loads(line) for line in after.splitlines()]
    assert sum(event["source"] == "fault" for event in later) == 201 or "missing" in after, "late, or told how many"
    before.assert_restored(within=5)


def test_too_few_descriptors_are_said_before_anything_is_made():
    before = Footprint.now()
    up = inside(f'ulimit -n 100; exec "$0" up {CHAIN}')
    assert up.returncode == 4 and "open files" in up.stderr and "ulimit -n" in up.stderr, up.stderr
    assert not (RUN / CHAIN).exists()
    before.assert_restored(within=1)


def test_a_low_soft_limit_of_descriptors_is_no_matter(xconn):
    up = inside(f'ulimit -Sn 20; exec "$0" up {CHAIN} --name soft')
    assert up.returncode == 0, up.stderr
    assert xconn("down", "soft").returncode == 0


@pytest.mark.parametrize("kilobytes", [30_000, 60_000, 100_000, 140_000, 240_000, 500_000])
def test_without_memory_it_is_said_before_anything_is_made(kilobytes: int):
    before = Footprint.now()
    up = inside(f'ulimit -v {kilobytes}; exec "$0" up {CHAIN} --name poor')
    assert up.returncode > 0, "neither up nor a signal"
    if "shared libraries" not in up.stderr:  # the dynamic loader's words, before we are
        assert "memory" in up.stderr and "ulimit -v" in up.stderr, up.stderr
    assert not (RUN / "poor").exists()
    before.assert_restored(within=5)


def test_a_report_that_cannot_be_written_is_known_before_the_drill_runs(xconn, tmp_path, topologies):
    drill = sorted((topologies / "sdwan-expressroute" / "drills").glob("*.yaml"))[0]
    (tmp_path / "file").write_text("")
    before = Footprint.now()
    for option, value, why in (
        ("--report", "nowhere/report.md", "there is no folder"),
        ("--report", str(tmp_path), "is a folder"),
        ("--report", "/proc/report.md", "no file can be made in /proc"),
        ("--captures", "file/captures", "is no folder"),
        ("--captures", "/run/captures", "a lab has a /run of its own"),
        ("--captures", "/var/tmp/captures", "a lab has a /var/tmp of its own"),
    ):
        done = xconn("drill", str(drill), option, value, timeout=10)
        assert done.returncode in (2, 4) and option in done.stderr and why in done.stderr, done.stderr
    before.assert_restored(within=1)


def test_an_import_into_a_folder_that_is_not_there_is_refused(xconn):
    done = xconn("import", "-", "-o", "nowhere/topology.yaml", stdin=None, input="{}")
    assert done.returncode == 2 and "there is no folder" in done.stderr, done.stderr


@pytest.mark.bound(180)
def test_a_report_may_be_a_device_or_a_link(xconn, tmp_path, topologies):
    """A device is written into; a link's file is written, and the link stays one."""
    drill = tmp_path / "short.yaml"
    drill.write_text(
        f"name: short\ntopology: {topologies}/chain\nduration: 1s\nflows: {{ping: {{from: left, to: right}}}}\n"
        "expect: [{alive: {flow: ping}}]\n"
    )
    link, target = tmp_path / "link.json", tmp_path / "target.json"
    target.write_text("old")
    link.symlink_to(target)
    assert xconn("drill", str(drill), "--report", str(link)).returncode in (0, 3)
    assert link.is_symlink() and json.loads(target.read_text())[0]["drill"] == "short"
    device = os.stat("/dev/null")
    assert xconn("drill", str(drill), "--report", "/dev/null").returncode in (0, 3)
    assert os.stat("/dev/null").st_rdev == device.st_rdev
    full = xconn("drill", str(drill), "--report", "/dev/full")
    assert full.returncode == 4 and "space" in full.stderr and "short" in full.stdout, "the verdict is told first"


def test_an_agent_that_stood_still_for_a_moment_is_waited_for(xconn):
    """Whoever follows its events hears nothing for long; that it is stopped when somebody looks does not end that."""
    assert xconn("up", CHAIN, "--name", "moment").returncode == 0
    pid = int((RUN / "moment" / "pid").read_text())
    command = [XCONN, "events", "--follow", "--lab", "moment"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        time.sleep(6)  # of silence
        os.kill(pid, signal.SIGSTOP)
        time.sleep(2.5)  # the moment
        os.kill(pid, signal.SIGCONT)
        assert xconn("fault", "loss", "r1:east", "1%", "--lab", "moment").returncode == 0
        assert xconn("down", "moment").returncode == 0
        said, errors = following.communicate(timeout=10)
    assert "loss r1:east loss=1% applied" in said and "stopped" not in errors, said + errors


def test_a_stopped_agent_is_named(xconn):
    before = Footprint.now()
    assert xconn("up", CHAIN, "--name", "stopped").returncode == 0
    pid = int((RUN / "stopped" / "pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        for verb in (("inspect",), ("fault", "list"), ("events",)):
            done = xconn(*verb, "--lab", "stopped", timeout=20)
            assert done.returncode == 1 and f"(pid {pid})" in done.stderr and "state T" in done.stderr, done.stderr
    finally:
        os.kill(pid, signal.SIGCONT)
    assert xconn("inspect", "--lab", "stopped").returncode == 0, "and it goes on"
    os.kill(pid, signal.SIGSTOP)
    assert xconn("down", "stopped").returncode == 0
    before.assert_restored(within=5)


@pytest.mark.parametrize("lie", ["another", "none", "gone", "noise"])
def test_down_ends_the_agent_and_nobody_else_whatever_the_pid_file_says(xconn, lie: str):
    before = Footprint.now()
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        assert xconn("up", CHAIN, "--name", "lied").returncode == 0
        file = RUN / "lied" / "pid"
        agent = int(file.read_text())
        file.unlink() if lie == "none" else file.write_text(
            {"another": f"{bystander.pid}\n", "gone": "999999\n", "noise": "-1\n"}[lie]
        )
        assert xconn("exec", "--lab", "lied", "r1", "--", "true").returncode == 0
        assert xconn("down", "lied").returncode == 0
        assert not Path(f"/proc/{agent}").exists() and bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
    eventually(lambda: not before.leftovers(), within=5)
