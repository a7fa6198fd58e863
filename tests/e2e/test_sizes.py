# SPDX-License-Identifier: Apache-2.0
"""A lab may be as large as the machine carries, and an agent does not grow with what it says or is asked."""

from __future__ import annotations

import json
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import crossconnect
import pytest
from conftest import ROOT
from host import RUN
from witness import reaches

sys.path.insert(0, str(ROOT / "tests" / "bench"))
from networks import chain, routes, star, tunnels  # noqa: E402


def resident(lab: str) -> int:
    """Bytes of the agent's memory."""
    status = Path(f"/proc/{(RUN / lab / 'pid').read_text().strip()}/status").read_text()
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def write(folder: Path, network: dict) -> str:
    file = folder / "topology.yaml"
    file.write_text(json.dumps(network))
    return str(file)


def up_and_down(xconn, tmp_path: Path, network: dict) -> None:
    topology = write(tmp_path, network)
    up = xconn("up", topology, "--name", "large", timeout=280)
    assert up.returncode == 0, up.stderr
    try:
        lab = crossconnect.attach("large")
        state = lab.inspect()
        assert state["converged"]
        assert (len(state["nodes"]), len(state["links"])) == (len(network["nodes"]), len(network["links"]))
        (far, interface), (near, _) = (end.split(":") for end in network["links"][-1])
        address = network["nodes"][far]["interfaces"][interface].split("/")[0]
        assert reaches(lab, node=near, to=address), "the last link carries nothing"
        again = xconn("up", topology, "--name", "large")
        assert again.returncode == 0, again.stderr
    finally:
        assert xconn("down", "large").returncode == 0


@pytest.mark.parametrize("network", [chain, star], ids=["chain", "star"])
def test_700_nodes(xconn, tmp_path, network):
    up_and_down(xconn, tmp_path, network(700))


@pytest.mark.slow
@pytest.mark.bound(300)
@pytest.mark.parametrize("network", [chain, star], ids=["chain", "star"])
def test_2000_nodes(xconn, tmp_path, network):
    up_and_down(xconn, tmp_path, network(2000))


def test_tunnels_to_neighbours_on_one_network(tmp_path):
    """What a peer sends to the hub's own address is the hub's, but for IKE and ESP; so ARP and TCP work beside them."""
    with crossconnect.up(write(tmp_path, tunnels(3)), timeout=60) as lab:
        for branch in ("branch1", "branch2", "branch3"):
            assert reaches(lab, node=branch, to="198.18.255.254"), f"{branch} does not reach the hub beside its tunnel"
        assert reaches(lab, node="branch2", to="169.254.100.4"), "nothing passes the tunnel"
        sas = lab.exec("hub-b2", "swanctl", "--list-sas").stdout
        assert "INSTALLED" in sas


@pytest.mark.slow
@pytest.mark.bound(400)
def test_100_tunnels_on_a_node(tmp_path):
    with crossconnect.up(write(tmp_path, tunnels(100)), timeout=360) as lab:
        assert lab.inspect()["converged"]


@pytest.mark.parametrize("count", [1000, pytest.param(9400, marks=[pytest.mark.slow, pytest.mark.bound(400)])])
def test_many_routes_on_a_peering(tmp_path, count):
    with crossconnect.up(write(tmp_path, routes(count)), timeout=360) as lab:
        for node in ("msee1", "msee2", "er-gw-0"):
            kernel = lab.exec(node, "ip", "route", "show", "proto", "bgp").stdout
            assert kernel.count("100.") >= count, node


@pytest.fixture
def small(tmp_path: Path):
    """A lab without daemons; what its agent costs is its own."""
    with crossconnect.up(write(tmp_path, {**chain(10), "name": "small"})) as lab:
        yield lab


class Deaf:
    """A client of the agent's socket that asks, and reads no answer."""

    def __init__(self, lab: str, request: dict, times: int) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(RUN / lab / "agent.sock"))
        self.socket.setblocking(False)
        with suppress(BlockingIOError):
            for _ in range(times):
                self.socket.send(json.dumps(request).encode() + b"\n")


def flap(lab, times: int) -> None:
    """Two events each time."""
    for _ in range(times):
        lab.heal(lab.inject("loss", "n0:right", loss="1%"))


def test_clients_that_do_not_read_cost_the_agent_little(small):
    flap(small, 50)
    before = resident("small")
    deaf = [Deaf("small", {"verb": "inspect"}, 100) for _ in range(10)]
    deaf += [Deaf("small", {"verb": "events", "follow": True}, 1) for _ in range(10)]
    flap(small, 250)
    assert resident("small") < before + (8 << 20)
    events = list(small.events())
    assert len(events) == 600 and [e["at"] for e in events] == sorted(e["at"] for e in events)
    assert small.inspect()["converged"], "who reads is answered"
    for client in deaf:
        client.socket.close()


def test_events_are_followed_while_others_sleep(small, xconn):
    deaf = Deaf("small", {"verb": "events", "follow": True}, 1)
    follower = socket.socket(socket.AF_UNIX)
    follower.connect(str(RUN / "small" / "agent.sock"))
    follower.sendall(b'{"verb": "events", "follow": true}\n')
    flap(small, 100)
    lines = follower.makefile()
    seen = [json.loads(lines.readline())["progress"] for _ in range(200)]
    assert {event["source"] for event in seen} == {"fault"}
    assert [event["at"] for event in seen] == sorted(event["at"] for event in seen)
    deaf.socket.close()
    follower.close()


def test_the_memory_of_a_drill_comes_back(small, xconn, tmp_path):
    """Four flows with a probe each millisecond, each way."""
    drill = tmp_path / "drill.yaml"
    flows = {f"f{i}": {"from": f"n{i}:right", "to": f"n{i + 1}:left", "every": "1ms"} for i in range(4)}
    expect = [{"lost": {"flow": name, "at-most": 100_000}} for name in flows]
    drill.write_text(
        json.dumps({"name": "often", "topology": "topology.yaml", "duration": "5s", "flows": flows, "expect": expect})
    )
    before = resident("small")
    for _ in range(2):
        report = tmp_path / "report.json"
        done = xconn("drill", str(drill), "--lab", "small", "--report", str(report))
        assert done.returncode == 0, done.stdout + done.stderr
        ways = [flow[way] for flow in json.loads(report.read_text())[0]["flows"] for way in ("forward", "reverse")]
        assert all(way["sent"] > 2500 and way["unstamped"] == 0 for way in ways), ways
    assert resident("small") < before + (8 << 20)


def test_a_lab_that_rests_costs_nothing(small):
    pid = (RUN / "small" / "pid").read_text().strip()

    def ticks() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(5)
    assert ticks() - before <= 5, "1 % of a processor"
    assert resident("small") < 30 << 20
