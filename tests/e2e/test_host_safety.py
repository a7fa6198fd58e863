# SPDX-License-Identifier: Apache-2.0
"""What a host can do to a lab: closed descriptors, full disks, no memory. Nothing is left of it, nothing is lost silently."""

from __future__ import annotations

import itertools
import json
import os
import shlex
import signal
import subprocess

import pytest
from conftest import XCONN
from host import RUN, Footprint

CHAIN = "chain"
DESCRIPTORS = {"stdin": "<&-", "stdout": ">&-", "stderr": "2>&-"}


def shell(command: str, *argv: str, **options: object) -> subprocess.CompletedProcess[str]:
    """`command` in a shell, $0 and what follows are `argv`."""
    defaults = {"capture_output": True, "text": True, "timeout": 100, "stdin": subprocess.DEVNULL}
    return subprocess.run(["bash", "-c", command, *argv], **{**defaults, **options})


@pytest.mark.parametrize(
    "closed",
    [names for count in range(4) for names in itertools.combinations(DESCRIPTORS, count)],
    ids=lambda names: "+".join(names) or "none",
)
def test_a_lab_that_is_brought_up_with_closed_descriptors_is_as_any_other(xconn, closed: tuple[str, ...]):
    before = Footprint.now()
    closing = " ".join(DESCRIPTORS[name] for name in closed)
    up = shell(f'exec "$0" up {CHAIN} --name closed {closing}', XCONN)
    assert up.returncode == 0, up.stderr
    assert ("converged" in up.stdout) == ("stdout" not in closed)
    assert xconn("inspect", "--all").stdout.split() == ["closed"]
    assert json.loads(xconn("inspect", "--lab", "closed", "--format", "json").stdout)["converged"]
    assert (RUN / "closed" / "lock").read_bytes() == b"", "nobody printed into it"
    down = shell(f'exec "$0" down closed {closing}', XCONN)
    assert down.returncode == 0, down.stderr
    before.assert_restored(within=5)


LOSES_NOTHING = [
    "plan chain",
    "plan chain --format json",
    "plan sdwan-expressroute --node hq-fgt",
    "graph chain",
    "schema",
    "validate chain",
    "version",
    "completion bash",
    "fault kinds",
    "--help",
    "az --help",
    "inspect --all",
    "doctor",
]


@pytest.mark.parametrize("verb", LOSES_NOTHING)
def test_output_that_cannot_be_written_is_an_error(verb: str):
    done = shell(f'exec "$0" {verb} > /dev/full', XCONN)
    if verb == "inspect --all":  # no lab is up: nothing to write
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 1, done.stderr
    assert done.stderr == "xconn: standard output could not be written: No space left on device\n"


def test_an_error_as_json_that_cannot_be_written_keeps_its_code():
    done = shell('exec "$0" plan nowhere --format json > /dev/full', XCONN)
    assert done.returncode == 2 and "could not be written: No space left" in done.stderr


@pytest.mark.parametrize("stderr", ["2> /dev/full", "2>&-", "2> >(:)"], ids=["full", "closed", "no-reader"])
def test_an_error_that_nobody_can_read_still_has_its_code(stderr: str):
    for _ in range(3):
        assert shell(f'exec "$0" plan nowhere {stderr}', XCONN).returncode == 2


@pytest.mark.parametrize("stream", ["> /dev/full", "2> /dev/full", "2>&1 | head -c 1"])
def test_a_lab_comes_up_though_nobody_can_read_of_it(xconn, stream: str):
    before = Footprint.now()
    up = shell(f'set -o pipefail; "$0" up {CHAIN} --name unread {stream}', XCONN)
    assert up.returncode == (1 if stream == "> /dev/full" else 0), up.stderr
    assert xconn("inspect", "--lab", "unread").returncode == 0
    assert xconn("down", "unread").returncode == 0
    before.assert_restored(within=5)


@pytest.mark.parametrize("ignored", [False, True], ids=["as-usual", "SIGPIPE-ignored"])
def test_a_reader_that_has_had_enough_is_no_error(ignored: bool):
    trap = "trap '' PIPE; " if ignored else ""
    done = shell(trap + 'set -o pipefail; "$0" plan sdwan-expressroute --format json | head -c 10', XCONN)
    assert (done.returncode, done.stderr, len(done.stdout)) == (0, "", 10)


def test_a_command_in_a_node_ends_by_sigpipe_as_in_any_shell(kept_labs, topologies):
    lab = kept_labs(topologies / "chain")
    inside = f'"$0" exec --lab {shlex.quote(lab.name)} r1 -- sh -c "yes; echo was \\$? >&2" | head -1'
    done = shell(inside, XCONN)
    assert done.stdout == "y\n" and f"was {128 + signal.SIGPIPE}" in done.stderr


def test_events_end_when_nobody_reads_them(kept_labs, topologies):
    lab = kept_labs(topologies / "chain")
    full = shell(f'exec "$0" events --follow --lab {lab.name} > /dev/full', XCONN)
    assert full.returncode == 1 and "No space left on device" in full.stderr
    command = [XCONN, "events", "--follow", "--lab", lab.name]
    follower = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert follower.stdout and follower.stderr and follower.stdout.readline()
    follower.stdout.close()
    with lab.fault("loss", "r1:east", loss="1%"):  # the next line is the one that cannot be written
        assert follower.wait(10) == 0 and follower.stderr.read() == b""
