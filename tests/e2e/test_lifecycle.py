# SPDX-License-Identifier: Apache-2.0
"""Labs come and go, in every way that they can, and leave nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import crossconnect
import pytest
from conftest import XCONN
from host import RUN, Footprint, eventually
from witness import bfd_state, ping

CHAIN = "chain"


def agent_pid(name: str) -> int:
    return int((RUN / name / "pid").read_text())


def test_up_inspect_down(xconn):
    before = Footprint.now()
    up = xconn("up", CHAIN, "--name", "life", "--format", "json")
    assert up.returncode == 0, up.stderr
    state = json.loads(up.stdout)
    assert state["converged"] and {node["state"] for node in state["nodes"]} == {"up"}
    during = Footprint.now()
    assert len(during.processes - before.processes) > 10, "what is up must be seen for its absence to mean something"
    assert len(during.namespaces - before.namespaces) >= len(state["nodes"])
    for kind in ("links", "mounts", "pinned"):
        assert getattr(during, kind) == getattr(before, kind), f"a lab that is up shows nothing in the host's {kind}"
    assert xconn("down", "life").returncode == 0
    before.assert_restored(within=5)


def test_kill_minus_nine_of_the_agent_takes_everything(xconn):
    before = Footprint.now()
    lab = crossconnect.up(crossconnect.find_topology(CHAIN), name="killed")
    assert Footprint.now().processes - before.processes
    os.kill(agent_pid("killed"), signal.SIGKILL)
    before.assert_restored(within=5, but=frozenset({"folders"}))  # the logs stay for a look at them
    with pytest.raises(crossconnect.NotFoundError):
        lab.inspect()
    assert (RUN / "killed" / "agent.log").exists()
    swept = xconn("down", "killed")
    assert swept.returncode == 0, swept.stderr
    before.assert_restored(within=1)
    assert xconn("down", "killed").returncode == 2, "now there is nothing to end"


def test_a_lab_whose_agent_was_killed_comes_up_again(xconn):
    before = Footprint.now()
    crossconnect.up(crossconnect.find_topology(CHAIN), name="again")
    os.kill(agent_pid("again"), signal.SIGKILL)
    eventually(lambda: "again" not in xconn("inspect", "--all").stdout.split(), within=5)
    with crossconnect.up(crossconnect.find_topology(CHAIN), name="again") as lab:
        assert lab.inspect()["converged"]
    before.assert_restored(within=5)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda stop: stop.name)
@pytest.mark.parametrize("after", [0.01, 0.1, 0.4, 1.0, 2.0])
def test_up_interrupted_at_any_moment_leaves_nothing(xconn, after: float, stop: signal.Signals):
    before = Footprint.now()
    command = [XCONN, "up", "sdwan-expressroute", "--name", "cut"]
    up = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        up.wait(after)
    except subprocess.TimeoutExpired:
        pass
    up.send_signal(stop)
    _, said = up.communicate(timeout=20)
    if up.returncode == 0:
        pytest.skip("the lab was up before the signal came")
    if stop == signal.SIGKILL:  # nobody is left to remove the folder; the agent sees the end of its pipe
        before.assert_restored(within=10, but=frozenset({"folders"}))
        xconn("down", "cut")
    elif up.returncode > 0:  # else the signal came before anything was begun
        assert up.returncode == 128 + stop, said
        assert "nothing is left" in said
    before.assert_restored(within=10)


def test_interrupted_by_a_terminal_that_goes_away(xconn):
    """Ctrl-C reaches the whole foreground process group; the agent is not in it and ends because `up` does."""
    before = Footprint.now()
    up = subprocess.Popen(
        [XCONN, "up", "sdwan-expressroute", "--name", "cut"], stderr=subprocess.PIPE, start_new_session=True
    )
    eventually(lambda: len(Footprint.now().namespaces - before.namespaces) > 5, within=10)
    os.killpg(up.pid, signal.SIGINT)
    up.communicate(timeout=20)
    assert up.returncode == 130
    before.assert_restored(within=10)


LONG_DRILL = """
name: long
topology: {topology}
duration: 100s
flows: {{ping: {{from: left, to: right}}}}
timeline: [{{at: 200ms, fault: blackhole, on: "r1:east"}}]
expect: [{{outage: {{flow: ping, at-least: 1s}}}}]
"""


@pytest.fixture
def long_drill(tmp_path, topologies) -> Path:
    file = tmp_path / "long.yaml"
    file.write_text(LONG_DRILL.format(topology=topologies / "chain/topology.yaml"))
    return file


def playing(drill: Path, lab: str) -> subprocess.Popen[bytes]:
    """A drill that has broken something."""
    process = subprocess.Popen([XCONN, "drill", str(drill), "--lab", lab], stdout=subprocess.DEVNULL)
    shown = [XCONN, "fault", "list", "--lab", lab, "--format", "json"]
    eventually(lambda: b"blackhole" in subprocess.run(shown, capture_output=True).stdout, within=20)
    return process


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL], ids=lambda stop: stop.name)
def test_a_lab_that_was_brought_up_for_a_drill_ends_with_it(xconn, long_drill, stop: signal.Signals):
    before = Footprint.now()
    drill = playing(long_drill, "drilled")
    drill.send_signal(stop)
    drill.wait(20)
    before.assert_restored(within=10, but=frozenset({"folders"}))
    xconn("down", "drilled")
    before.assert_restored(within=1)


def test_a_drill_that_nobody_waits_for_heals_and_ends(xconn, long_drill, topologies):
    with crossconnect.up(topologies / "chain", name="drilled") as lab:
        drill = playing(long_drill, "drilled")
        drill.send_signal(signal.SIGINT)
        drill.wait(20)
        eventually(lambda: lab.faults() == [], within=5)
        lab.wait(30)
        playing(long_drill, "drilled").kill()


def test_failed_up_leaves_nothing_and_says_why(xconn, tmp_path, topologies):
    before = Footprint.now()
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        f"extends: {topologies / 'chain' / 'topology.yaml'}\n"
        "name: broken\n"
        "nodes: {r1: {files: {frr.conf: {replace: 'router bgp not-a-number'}}}}\n"
    )
    up = xconn("up", str(broken), "--timeout", "6s")
    assert up.returncode == 1, up.stderr
    assert "r1" in up.stderr
    before.assert_restored(within=5)


@pytest.fixture
def wrong(tmp_path, topologies):
    """A topology with a session that cannot come up."""
    file = tmp_path / "wrong.yaml"
    file.write_text(
        f"extends: {topologies / 'chain' / 'topology.yaml'}\n"
        "name: wrong\n"
        'nodes: {r1: {files: {frr.conf: {append: "router bgp 64601\\n neighbor 192.0.2.2 shutdown\\n"}}}}\n'
    )
    return file


def test_up_that_does_not_converge_says_what_is_missing(xconn, wrong):
    before = Footprint.now()
    up = xconn("up", str(wrong), "--timeout", "4s")
    assert up.returncode == 1, up.stderr
    assert "192.0.2.2" in up.stderr and "waited 4s" in up.stderr, up.stderr
    before.assert_restored(within=5)


def test_a_lab_that_does_not_converge_can_be_kept_and_looked_at(xconn, wrong):
    up = xconn("up", str(wrong), "--timeout", "4s", "--keep-unconverged")
    try:
        assert up.returncode == 1 and "waited 4s" in up.stderr and "xconn inspect --lab wrong" in up.stderr, up.stderr
        state = json.loads(xconn("inspect", "--lab", "wrong", "--format", "json").stdout)
        assert not state["converged"] and state["converged_in_ms"] is None and "192.0.2.2" in state["missing"]
        assert "has not converged" in xconn("inspect", "--lab", "wrong").stdout
        shown = xconn("exec", "--lab", "wrong", "r1", "--", "vtysh", "-N", "r1", "-c", "show bgp summary")
        assert "Idle (Admin)" in shown.stdout, shown.stderr
        mend = ("-c", "configure", "-c", "router bgp 64601", "-c", "no neighbor 192.0.2.2 shutdown")
        assert xconn("exec", "--lab", "wrong", "r1", "--", "vtysh", "-N", "r1", *mend).returncode == 0
        crossconnect.attach("wrong").wait(30)
    finally:
        assert xconn("down", "wrong").returncode == 0


def test_a_debug_log_says_what_the_agent_does(xconn):
    plan = json.loads(xconn("plan", CHAIN, "--format", "json").stdout)
    with crossconnect.up(CHAIN, name="told", debug_log=True) as lab:
        file = Path(lab.folder) / "agent-debug.log"
        assert file.stat().st_mode & 0o777 == 0o600
        log = file.read_text()
        for fact in plan["facts"]:
            assert " fact: {node}: {kind} {subject} is {expected}\n".format(**fact) in log
        for node in plan["nodes"]:
            assert f" netlink: {node['name']}: " in log
        assert " netlink: the lab's world: 4 from" in log and ", none refused" in log
        for router in ("r1", "r2", "r3"):
            assert re.search(rf" process: \d+ started: \S+/bgpd -N {router} ", log)
        waits = [line for line in log.splitlines() if " wait: for the lab to converge: " in line]
        assert len(waits) > 2 and waits[-1].endswith(": it is so")
        lab.inject("blackhole", "r1:east")
        more = file.read_text()[len(log) :]
        assert " request: fault\n" in more and " event: r1: fault " in more
        late = xconn("up", CHAIN, "--name", "told", "--log", "debug")
        assert late.returncode == 2 and "lab told is up already" in late.stderr, late.stderr


def test_the_debug_log_of_an_up_that_failed_stays(xconn, wrong):
    before = Footprint.now()
    up = xconn("up", str(wrong), "--timeout", "4s", "--log", "debug")
    file = RUN / "wrong" / "agent-debug.log"
    try:
        assert up.returncode == 1 and str(file) in up.stderr, up.stderr
        assert xconn("inspect", "--lab", "wrong").returncode == 2, "the lab itself is gone"
        last = file.read_text().splitlines()[-1]
        assert " failed: " in last and "192.0.2.2" in last, last
    finally:
        xconn("down", "wrong")
    before.assert_restored(within=5)
    assert not file.exists()


def test_two_labs_at_once_do_not_know_of_each_other():
    path = crossconnect.find_topology(CHAIN)
    with crossconnect.up(path, name="left") as left, crossconnect.up(path, name="right") as right:
        names = [{node["name"] for node in lab.inspect()["nodes"]} for lab in (left, right)]
        assert names[0] == names[1]
        with left.fault("kill-node", "r2"):
            assert left.exec("left", "ping", "-c1", "-W1", "10.0.3.10", check=False).returncode != 0
            right.exec("left", "ping", "-c2", "-i0.2", "-W1", "10.0.3.10")
            assert right.inspect()["converged"] and not right.faults()
        with pytest.raises(crossconnect.Error, match="is up already"):
            crossconnect.up(path, name="left")
        left.wait()


def bfd_is_up(lab: crossconnect.Lab) -> bool:
    return {bfd_state(lab, "hq-er", peer) for peer in ("192.168.251.2", "192.168.251.6")} == {"up"}


def assert_only_one_feels_a_fault(broken: crossconnect.Lab, calm: crossconnect.Lab) -> None:
    began = len(calm.events())
    with ThreadPoolExecutor(1) as pool:
        pinging = pool.submit(ping, calm, "-i0.05", "-c100", to="172.16.137.4")
        with broken.fault("blackhole", "provider:msee1"):
            eventually(lambda: not bfd_is_up(broken), within=4)
            assert not pinging.done(), "the fault was there before the last ping"
            assert pinging.result()[0] == 0, "percent lost"
            assert bfd_is_up(calm) and calm.inspect()["converged"] and not calm.faults()
    assert [event for event in calm.events()[began:] if event["source"] == "fault" or " down" in event["text"]] == []
    broken.wait()


@pytest.mark.bound(180)
def test_two_labs_of_many_daemons_side_by_side_do_not_feel_each_others_faults(xconn):
    before = Footprint.now()
    names = ("left", "right")
    for name in names:
        done = xconn("deploy", "sdwan-expressroute", "--name", name)
        assert done.returncode == 0, done.stderr
    left, right = (crossconnect.attach(name) for name in names)
    assert left.inspect()["converged"] and right.inspect()["converged"]
    assert_only_one_feels_a_fault(broken=left, calm=right)
    assert_only_one_feels_a_fault(broken=right, calm=left)
    assert xconn("destroy", "left").returncode == 0
    assert right.inspect()["converged"] and ping(right, "-c1", to="172.16.137.4")[0] == 0
    assert xconn("destroy", "right").returncode == 0
    before.assert_restored(within=5)


def test_two_ups_of_one_name_at_once_make_one_lab(xconn):
    before = Footprint.now()
    commands = [[XCONN, "up", CHAIN, "--name", "race"] for _ in range(4)]
    started = [
        subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for argv in commands
    ]
    said = [process.communicate(timeout=60)[1] for process in started]
    codes = [process.returncode for process in started]
    assert sorted(codes) == [0, 1, 1, 1], said
    assert all("is up already" in text for text, code in zip(said, codes) if code)
    assert xconn("down", "race").returncode == 0
    before.assert_restored(within=5)


def test_a_command_inside_ends_with_the_lab(xconn):
    with crossconnect.up(crossconnect.find_topology(CHAIN), name="busy"):
        inside = subprocess.Popen([XCONN, "exec", "--lab", "busy", "r1", "--", "sleep", "600"])
        eventually(lambda: "sleep" in xconn("exec", "-l", "busy", "r2", "--", "ps", "-A").stdout, within=5)
    assert inside.wait(5) == 128 + signal.SIGKILL


def test_secrets_are_private_and_never_printed(xconn):
    with crossconnect.up(crossconnect.find_topology("sdwan-expressroute"), name="secrets") as lab:
        asked = (
            ["plan", "sdwan-expressroute", "--format", "json"],
            ["plan", "sdwan-expressroute", "--node", "hq-er"],
            ["plan", "sdwan-expressroute", "--node", "hq-fgt"],
            ["inspect", "--format", "json"],
            ["inspect", "hq-er", "--format", "json"],
            ["inspect", "hq-fgt", "--format", "json"],
            ["events"],
        )
        said = {" ".join(argv): xconn(*argv) for argv in asked}
        files = [file for file in lab.folder.rglob("*") if file.is_file()]
        holders = {
            secret: [file for file in files if secret in file.read_bytes()]
            for secret in (b"crossconnect-lab-only", b"er1md5")
        }
        for secret, holding in holders.items():
            assert holding, "the daemons must be told"
            assert [argv for argv, done in said.items() if secret.decode() in done.stdout + done.stderr] == []
            assert [str(file) for file in holding if file.stat().st_mode & 0o077] == []
