# SPDX-License-Identifier: Apache-2.0
"""Daemons that die, freeze or stay away, and an agent that goes on meanwhile."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import crossconnect
import pytest
from host import eventually
from witness import bgp_state, reaches

CHAIN = crossconnect.find_topology("chain")
EDGE = crossconnect.find_topology("sdwan-expressroute")


def pids(lab: Any, daemon: str) -> list[int]:
    node, _, name = daemon.partition(":")
    services = next(one for one in lab.inspect()["nodes"] if one["name"] == node)["services"]
    return next(one["pids"] for one in services if one["name"] == name)


def send(lab: Any, daemon: str, number: signal.Signals) -> None:
    """As somebody would who has a shell in the node."""
    for pid in pids(lab, daemon):
        lab.exec(daemon.partition(":")[0], "kill", f"-{number.value}", str(pid))


def said(lab: Any, node: str) -> list[str]:
    return [one["text"] for one in lab.events() if one["source"] == "service" and one["node"] == node]


def is_back(lab: Any, daemon: str, before: list[int]) -> bool:
    now = pids(lab, daemon)
    return bool(now) and not set(now) & set(before)


class During:
    """A call in a thread of its own; what it raised comes out at the end."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.error: BaseException | None = None
        self.result: Any = None

        def run() -> None:
            try:
                self.result = call()
            except BaseException as error:  # noqa: BLE001: handed on
                self.error = error

        self.thread = threading.Thread(target=run)
        self.thread.start()

    def is_on(self) -> bool:
        return self.thread.is_alive()

    def end(self, within: float) -> Any:
        self.thread.join(within)
        assert not self.is_on(), f"not done after {within} s"
        if self.error:
            raise self.error
        return self.result


def answers_in(lab: Any, during: During, times: int = 5) -> float:
    """How long the agent takes for a short question while something else is under way: the best of some, for the host may be
    busy. A loop that stands still spoils them all."""
    took = []
    for _ in range(times):
        begin = time.monotonic()
        lab.faults()
        took.append(time.monotonic() - begin)
        assert during.is_on(), "it was over before it could be measured"
    return min(took)


def overlay(folder: Path, text: str, base: str = CHAIN) -> Path:
    path = folder / "overlay.yaml"
    path.write_text(f"extends: {base}\n{text}")
    return path


@pytest.fixture(scope="module")
def edge(leaves_nothing_behind: None) -> Iterator[Any]:
    with crossconnect.up(EDGE, name="daemons") as lab:
        yield lab


@pytest.mark.parametrize(
    "daemon", ["hq-er:bgpd", "hq-er:bfdd", "msee2:zebra", "hq-fgt:charon", "hq-fgt:sdwan", "elb:lb", "app:echo"]
)
def test_a_daemon_that_was_killed_comes_back_by_itself(edge: Any, daemon: str):
    before = pids(edge, daemon)
    assert before
    send(edge, daemon, signal.SIGKILL)
    eventually(
        lambda: is_back(edge, daemon, before), within=20, otherwise=lambda: str(said(edge, daemon.split(":")[0]))
    )
    edge.wait(90)
    node, _, name = daemon.partition(":")
    ends = [text for text in said(edge, node) if text.startswith(f"{name} ended: killed by SIGKILL; it starts again")]
    assert len(ends) == 1, said(edge, node)


def test_one_that_a_fault_killed_stays_down_as_long_as_the_fault(edge: Any, xconn: Any):
    before = pids(edge, "msee2:bgpd")
    with edge.fault("kill", "msee2:bgpd"):
        eventually(lambda: pids(edge, "msee2:bgpd") == [], within=5)
        until = time.monotonic() + 3  # FRR's comes back at once
        while time.monotonic() < until:
            assert pids(edge, "msee2:bgpd") == []
        assert "a fault keeps it down" in said(edge, "msee2")[-1]
        refused = xconn("restart", "msee2:bgpd", "--lab", "daemons")
        assert refused.returncode == 1 and "heal it first" in refused.stderr
    eventually(lambda: is_back(edge, "msee2:bgpd", before), within=10)
    edge.wait(90)


def test_restart_of_a_daemon_takes_those_along_that_hang_on_it(edge: Any, xconn: Any):
    before = {name: pids(edge, f"msee1:{name}") for name in ("zebra", "bgpd", "bfdd")}
    done = xconn("restart", "msee1:bgpd", "--lab", "daemons", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"restarted": "msee1:bgpd"}
    assert is_back(edge, "msee1:bgpd", before["bgpd"])
    assert pids(edge, "msee1:zebra") == before["zebra"]
    edge.restart("msee1")
    assert all(is_back(edge, f"msee1:{name}", before[name]) for name in before)
    edge.wait(90)
    with pytest.raises(crossconnect.NotFoundError, match="has no service 'ospfd'; it has: zebra"):
        edge.restart("msee1:ospfd")


@pytest.mark.bound(180)
def test_a_frozen_router_holds_up_nobody_but_who_asked_for_it(edge: Any):
    send(edge, "msee1:bgpd", signal.SIGSTOP)
    fault = During(lambda: edge.inject("msee-maintenance", "msee1"))
    try:
        assert answers_in(edge, fault) < 0.2
        inspecting = During(lambda: edge.inspect("msee1"))
        assert answers_in(edge, inspecting, times=2) < 0.2
        node = inspecting.end(5)["services"]
        assert "does not answer" in node["bgpd"]["error"] and node["bgpd"]["running"]
        assert "peers" in node["bfdd"], "the others are answered"
        assert edge.faults() == [], "it is not in force before the router has said so"
    finally:
        thawed = time.monotonic_ns()
        send(edge, "msee1:bgpd", signal.SIGCONT)
    number = fault.end(10)
    assert [one["id"] for one in edge.faults()] == [number]
    applied = next(one for one in edge.events() if one["text"] == "msee-maintenance msee1 applied")
    assert applied["at"] >= thawed, "stamped when the router acknowledged it"
    edge.heal(number)
    edge.wait(90)


def test_what_a_fault_told_a_router_holds_when_its_daemon_has_started_again(edge: Any):
    with edge.fault("peering-disable", "msee2"):
        edge.restart("msee2:bgpd")
        eventually(lambda: bgp_state(edge, "msee2", "192.168.251.5") == "Idle (Admin)", within=10)
    edge.wait(90)


@pytest.mark.bound(180)
def test_a_router_that_says_nothing_is_given_up_and_the_fault_is_not_in_force(edge: Any):
    send(edge, "msee1:bgpd", signal.SIGSTOP)
    try:
        fault = During(lambda: edge.inject("peering-disable", "msee1"))
        with pytest.raises(crossconnect.TimeoutError, match="msee1's bgpd to take its new configuration"):
            fault.end(30)
        assert edge.faults() == []
    finally:
        send(edge, "msee1:bgpd", signal.SIGCONT)
    edge.wait(90)


def test_down_does_not_wait_for_a_frozen_daemon():
    lab = crossconnect.up(CHAIN, name="frozen")
    send(lab, "r2:bgpd", signal.SIGSTOP)
    begin = time.monotonic()
    lab.down()
    assert time.monotonic() - begin < 3


def test_one_that_is_never_to_come_back_is_named_at_once_and_mended_by_up(xconn: Any, tmp_path: Path):
    topology = overlay(tmp_path, 'name: chain\nrestart: {"r1:bgpd": never, r2: on-failure}\n')
    with crossconnect.up(topology, name="never") as lab:
        before = pids(lab, "r1:bgpd")
        send(lab, "r1:bgpd", signal.SIGKILL)
        eventually(lambda: any("r1" in one["node"] for one in lab.events() if "ended" in one["text"]), within=5)
        assert said(lab, "r1")[-1] == "bgpd ended: killed by SIGKILL; it stays down (restart: never)"
        begin = time.monotonic()
        with pytest.raises(crossconnect.ServiceError, match="xconn restart r1:bgpd"):
            lab.wait(60)
        assert time.monotonic() - begin < 5, "nobody waits for what cannot come"
        assert "it stays down" in lab.inspect()["missing"]

        up = xconn("up", str(topology), "--name", "never")
        assert up.returncode == 0, up.stderr
        assert is_back(lab, "r1:bgpd", before)
        assert bgp_state(lab, "r2", "192.0.2.1") == "Established"

        send(lab, "r1:bgpd", signal.SIGKILL)
        eventually(lambda: pids(lab, "r1:bgpd") == [], within=5)
        done = xconn("restart", "r1:bgpd", "--lab", "never")
        assert done.returncode == 0, done.stderr
        lab.wait(60)
        assert reaches(lab, node="left", to="10.0.3.10")


def pause_after_kill(lab: crossconnect.Lab, daemon: str) -> float:
    before = pids(lab, daemon)
    begin = time.monotonic()
    send(lab, daemon, signal.SIGKILL)
    eventually(lambda: is_back(lab, daemon, before), within=20)
    return time.monotonic() - begin


def test_one_that_keeps_dying_is_tried_less_and_less_often(tmp_path: Path):
    text = "name: chain\nrestart: {'left:command-1': always}\nnodes: {left: {exec: [tail -f /dev/null]}}\n"
    with crossconnect.up(overlay(tmp_path, text), name="dying") as lab:
        pauses = [pause_after_kill(lab, "left:command-1") for _ in range(4)]
        assert pauses[3] > pauses[0] + 1, pauses
        assert any("ended: killed by SIGKILL; it starts again in" in one for one in said(lab, "left"))


def test_a_restart_that_names_nothing_is_refused(xconn: Any, tmp_path: Path):
    done = xconn("validate", str(overlay(tmp_path, 'restart: {"r9": never, "r1:ospfd": always, r1: sometimes}\n')))
    assert done.returncode == 2
    assert "restart.r1 = 'sometimes': it is always, on-failure or never" in done.stderr + done.stdout
    done = xconn("validate", str(overlay(tmp_path, 'restart: {"r9": never, "r1:ospfd": always}\n')))
    assert done.returncode == 2
    assert (done.stderr + done.stdout).count("it names no daemon of this topology") == 2
