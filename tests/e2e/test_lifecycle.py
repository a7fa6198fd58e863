"""Labs come and go, in every way that they can, and leave nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

import crossconnect
import pytest
from conftest import BUILD
from host import Footprint

XCONN = str(BUILD / "bin" / "xconn")
CHAIN = "chain"


def agent_pid(name: str) -> int:
    return int(Path(f"/run/xconn/{name}/pid").read_text())


def test_up_inspect_down(xconn):
    before = Footprint.now()
    up = xconn("up", CHAIN, "--name", "life", "--format", "json")
    assert up.returncode == 0, up.stderr
    state = json.loads(up.stdout)
    assert state["converged"] and {node["state"] for node in state["nodes"]} == {"up"}
    assert not (Footprint.now().pinned - before.pinned), "the host's /run/netns stays empty"
    assert xconn("down", "life").returncode == 0
    before.assert_restored(within=5)


def test_kill_minus_nine_of_the_agent_takes_everything():
    before = Footprint.now()
    lab = crossconnect.up(crossconnect.find_topology(CHAIN), name="killed")
    assert Footprint.now().processes - before.processes
    os.kill(agent_pid("killed"), signal.SIGKILL)
    left = {"folders"}  # the run folder stays for a look at the logs; the next verb sweeps it
    deadline_holds(lambda: set(before.leftovers()) <= left)
    with pytest.raises(crossconnect.NotFoundError):
        lab.inspect()
    crossconnect.up(crossconnect.find_topology(CHAIN), name="killed").down()
    before.assert_restored(within=5)


def deadline_holds(fact, within: float = 5) -> None:
    done = threading.Event()
    for _ in range(int(within / 0.02)):
        if fact():
            return
        done.wait(0.02)
    assert fact()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("after", [0, 0.02, 0.1, 0.3, 0.6])
def test_up_interrupted_at_any_moment_leaves_nothing(after: float, stop: signal.Signals):
    before = Footprint.now()
    up = subprocess.Popen([XCONN, "up", "sdwan-expressroute", "--name", "cut"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        up.wait(after)
    except subprocess.TimeoutExpired:
        pass
    up.send_signal(stop)
    up.communicate(timeout=20)
    subprocess.run([XCONN, "down", "cut"], capture_output=True)  # in case it was up already
    deadline_holds(lambda: set(before.leftovers()) <= {"folders"}, within=10)
    if stop != signal.SIGKILL:
        assert "folders" not in before.leftovers()
    subprocess.run([XCONN, "down", "cut"], capture_output=True)
    (Path("/run/xconn/cut") / "lock").unlink(missing_ok=True)
    subprocess.run(["rm", "-rf", "/run/xconn/cut"], check=True)


def test_failed_up_leaves_nothing_and_says_why(xconn, tmp_path, topologies):
    before = Footprint.now()
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        f"extends: {topologies / 'chain' / 'topology.yaml'}\n"
        "name: broken\n"
        "nodes:\n  r1: {files: {bgpd.conf: {replace: 'router bgp not-a-number'}}}\n"
    )
    up = xconn("up", str(broken), "--timeout", "6s")
    assert up.returncode in (1, 4), up.stderr
    assert "r1" in up.stderr and ("bgp" in up.stderr)
    before.assert_restored(within=5)


def test_two_labs_at_once_do_not_know_of_each_other():
    path = crossconnect.find_topology(CHAIN)
    with crossconnect.up(path, name="left") as left, crossconnect.up(path, name="right") as right:
        names = [{node["name"] for node in lab.inspect()["nodes"]} for lab in (left, right)]
        assert names[0] == names[1]
        with left.fault("kill-node", "r2"):
            assert right.inspect()["converged"]
        with pytest.raises(crossconnect.Error, match="is up already"):
            crossconnect.up(path, name="left")


def test_secrets_are_private_and_never_printed(xconn):
    with crossconnect.up(crossconnect.find_topology("sdwan-expressroute"), name="secrets") as lab:
        for secret in ("crossconnect-lab-only", "er1md5"):
            for output in (xconn("plan", "sdwan-expressroute", "--format", "json"), xconn("inspect", "hq-er", "--format", "json")):
                assert secret not in output.stdout + output.stderr
            for file in lab.folder.rglob("*"):
                if file.is_file() and secret.encode() in file.read_bytes():
                    assert file.stat().st_mode & 0o077 == 0, f"{file} is readable by others"
