# SPDX-License-Identifier: Apache-2.0
"""`xconn train status --watch`: it marks what goes, beside whatever else is done in the lab, for as long as somebody reads."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from threading import Event, Timer

import crossconnect
import pytest
from conftest import XCONN

from crossconnect.train import attempt as attempts
from crossconnect.train import os_errors


@pytest.mark.bound(180)
def test_watching_marks_a_symptom_green_as_it_goes(train, xconn):
    lab = json.loads(train("start", "silent-appliance", "--student", "ben", "--format", "json").stdout)["lab"]
    assert xconn("node", "update", "nva", "interfaces.eth0.ip-forwarding=true", "--lab", lab).returncode == 0
    watched = train("status", "--watch", timeout=90).stdout
    assert watched.startswith("  ok    lost probes of between"), watched


@pytest.mark.bound(180)
def test_watching_a_lab_that_is_stopped_ends_and_keeps_what_was_seen(train, tmp_path: Path):
    name = json.loads(train("start", "pinned-route", "--student", "ada", "--format", "json").stdout)["attempt"]
    command = [XCONN, "train", "status", "--watch"]
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert watching.stdout and "FAIL" in watching.stdout.readline()
    assert train("stop").returncode == 0
    assert "is not up; xconn train start pinned-route --student ada resumes it" in watching.communicate()[1]
    assert watching.returncode == 2
    kept = attempts.load(tmp_path / "attempts" / name)
    assert [row["verdict"] for row in kept.looks[0]["rows"]].count("fail") >= 1


def test_a_long_call_ends_with_its_reader():
    """At once, and not when the call is done."""
    reader, writer = os.pipe()
    waits = Event()
    with open(writer, "w") as out:
        assert os_errors.while_read(out, lambda: 7) == 7
        with pytest.raises(crossconnect.Error):
            os_errors.while_read(out, lambda: (_ for _ in ()).throw(crossconnect.Error("x")))
        Timer(0.1, os.close, [reader]).start()
        with pytest.raises(BrokenPipeError):
            os_errors.while_read(out, waits.wait)
    waits.set()


@pytest.mark.bound(180)
def test_a_check_and_a_watch_take_turns(train):
    """One drill runs in a lab at a time, and both ask one; neither is refused, and the watch sees what the check does not hide."""
    assert train("start", "dead-backup", "--student", "ada").returncode == 0
    watching = subprocess.Popen([XCONN, "train", "status", "--watch"], stdout=subprocess.PIPE, text=True)
    assert watching.stdout and "FAIL" in watching.stdout.readline()
    for _ in range(2):
        checked = train("check")
        assert checked.returncode in (1, 3) and checked.stderr == "", checked
    assert watching.poll() is None
    watching.terminate()
    assert watching.wait() == 143 and "is running" not in watching.stdout.read()
    assert json.loads(train("status", "--format", "json").stdout)["checks"] == 2
    assert "as it was signed" in train("class", os.environ["XCONN_TRAIN"], "--verify").stdout


@pytest.mark.bound(180)
def test_watching_ends_with_its_reader(train):
    """Who has read the first line goes; nothing changes after it, so nothing would be written."""
    assert train("start", "dead-backup", "--student", "ada").returncode == 0
    script = f"{XCONN} train status --watch; echo $? >&2"
    watching = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert watching.stdout and watching.stderr and "FAIL" in watching.stdout.readline()
    watching.stdout.close()
    assert watching.stderr.read() == "1\n"
    assert train("status").returncode == 0, "the lab and the attempt go on"
