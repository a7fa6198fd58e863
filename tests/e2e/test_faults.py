# SPDX-License-Identifier: Apache-2.0
"""Every kind of fault on a real lab, seen by programs that know nothing of faults: ip, ping, iperf3, vtysh, swanctl."""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import crossconnect
import pytest
from conftest import XCONN
from host import eventually
from witness import NEAR, bfd_state, bgp_state, has_carrier, is_admin_up, ping, reaches

SERVER = "172.16.137.4"


@pytest.fixture(scope="module")
def sdwan(leaves_nothing_behind):
    """One lab for the module. `lab` below says that each test left it as it was."""
    with crossconnect.up(crossconnect.find_topology("sdwan-expressroute"), name="faults") as lab:
        yield lab


@pytest.fixture
def lab(sdwan):
    yield sdwan
    assert sdwan.faults() == [], "a test left a fault"
    sdwan.wait(60)
    assert [event["text"] for event in sdwan.events() if event["source"] == "agent"] == [], "the agent stumbled"


# --- links -----------------------------------------------------------------------------------------------------------


def test_carrier_takes_both_ends_down(lab):
    with lab.fault("carrier", "hq-client:eth0"):
        assert not is_admin_up(lab, "hq-client", "eth0") and not is_admin_up(lab, "hq-lan", "p1")
        assert not reaches(lab)
    assert has_carrier(lab, "hq-client", "eth0") and has_carrier(lab, "hq-lan", "p1")
    eventually(lambda: reaches(lab), within=5)


def test_carrier_loses_no_route_of_the_user(lab):
    before = lab.json("hq-client", "ip", "-j", "route")
    with lab.fault("carrier", "hq-client:eth0"):
        assert lab.json("hq-client", "ip", "-j", "route") != before
    assert lab.json("hq-client", "ip", "-j", "route") == before


def test_admin_down_takes_one_end_down_and_the_others_carrier(lab):
    with lab.fault("admin-down", "hq-client:eth0"):
        assert not is_admin_up(lab, "hq-client", "eth0")
        assert is_admin_up(lab, "hq-lan", "p1") and not has_carrier(lab, "hq-lan", "p1")
    assert has_carrier(lab, "hq-lan", "p1")


def test_blackhole_keeps_carrier(lab):
    with lab.fault("blackhole", "hq-client:eth0"):
        assert has_carrier(lab, "hq-client", "eth0") and has_carrier(lab, "hq-lan", "p1")
        assert ping(lab, "-c5", "-i0.05") == (100.0, 0.0)
    assert reaches(lab)


@pytest.mark.parametrize("direction, arrives", [("out", False), ("in", True)])
def test_oneway_is_one_way(lab, direction: str, arrives: bool):
    reaches(lab)  # so that ARP is not what fails

    def received() -> int:
        return lab.json("hq-fgt", "ip", "-j", "-s", "link", "show", "dev", "lan")[0]["stats64"]["rx"]["packets"]

    with lab.fault("oneway", "hq-client:eth0", direction=direction):
        before = received()
        assert ping(lab, "-c5", "-i0.05")[0] == 100
        assert (received() - before >= 5) == arrives


def test_loss_is_counted_by_ping(lab):
    with lab.fault("loss", "hq-client:eth0", loss="30%", direction="out"):
        lost, _ = ping(lab, "-c600", "-i0.002")
    assert 20 < lost < 40  # six sigma around 30 %
    assert ping(lab, "-c200", "-i0.002")[0] == 0


def test_delay_is_in_the_round_trip(lab):
    _, before = ping(lab, "-c5", "-i0.1")
    with lab.fault("delay", "hq-client:eth0", delay="40ms"):
        lost, both = ping(lab, "-c8", "-i0.1")
        assert lost == 0 and before + 79 < both < before + 95
    with lab.fault("delay", "hq-client:eth0", delay="40ms", direction="in"):
        assert before + 39 < ping(lab, "-c8", "-i0.1")[1] < before + 50
    assert ping(lab, "-c5", "-i0.1")[1] < before + 5


def test_jitter_varies_the_round_trip(lab):
    with lab.fault("delay", "hq-client:eth0", delay="30ms", direction="out"), lab.fault(
        "jitter", "hq-client:eth0", jitter="20ms", direction="out"
    ):
        said = lab.exec("hq-client", "ping", "-n", "-q", "-c40", "-i0.05", NEAR).stdout
    low, mean, high, deviation = map(float, re.search(r"= ([\d.]+)/([\d.]+)/([\d.]+)/([\d.]+)", said).groups())
    assert 20 < mean < 45 and deviation > 4 and high - low > 15


def test_reorder_duplicate_and_corrupt(lab):
    with lab.fault("duplicate", "hq-client:eth0", duplicate="50%", direction="out"):
        assert "duplicates" in lab.exec("hq-client", "ping", "-n", "-q", "-c60", "-i0.01", NEAR).stdout
    with lab.fault("corrupt", "hq-client:eth0", corrupt="100%", direction="out"):
        assert ping(lab, "-c20", "-i0.01")[0] > 50  # a bit flipped in header or payload: a checksum says no
    with lab.fault("delay", "hq-client:eth0", delay="20ms", direction="out"), lab.fault(
        "reorder", "hq-client:eth0", reorder="40%", direction="out"
    ):
        said = lab.exec("hq-client", "ping", "-n", "-c60", "-i0.004", NEAR).stdout
    order = [int(number) for number in re.findall(r"icmp_seq=(\d+)", said)]
    assert order != sorted(order) and len(set(order)) == 60


def test_rate_narrows_tcp(lab):
    serving = subprocess.Popen(
        [XCONN, "exec", "-l", lab.name, "hq-printer", "--", "iperf3", "-s"], stdout=subprocess.DEVNULL
    )
    try:
        eventually(lambda: ":5201" in lab.exec("hq-printer", "ss", "-Hltn").stdout, within=5)

        def megabits() -> float:
            sent = lab.json("hq-client", "iperf3", "-c", "172.16.248.20", "-t", "3", "-O", "1", "-J")
            return sent["end"]["sum_received"]["bits_per_second"] / 1e6

        with lab.fault("rate", "hq-client:eth0", rate="20Mbps"):
            narrow = megabits()
        assert 14 < narrow < 22
        assert megabits() > 100
    finally:
        serving.terminate()
        serving.wait()


def test_flap_goes_up_and_down(lab):
    monitor = subprocess.Popen(
        [XCONN, "exec", "-l", lab.name, "hq-lan", "--", "timeout", "2", "ip", "-o", "monitor", "link", "dev", "p1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with lab.fault("flap", "hq-client:eth0", period="400ms", duty="50%"):
        said, _ = monitor.communicate(timeout=10)
    states = ["UP" in re.search(r"<([^>]*)>", line)[1].split(",") for line in said.splitlines() if "p1" in line]
    changes = sum(a != b for a, b in zip(states, states[1:]))
    assert 5 <= changes <= 12, said
    assert has_carrier(lab, "hq-client", "eth0")


def test_mtu_hole_swallows_the_big_ones_without_a_word(lab):
    with lab.fault("mtu-hole", "hq-client:eth0", size="1300", direction="out"):
        assert ping(lab, "-c3", "-i0.1", "-s", str(1300 - 28), "-M", "do")[0] == 0
        said = lab.exec(
            "hq-client", "ping", "-n", "-c2", "-i0.1", "-W1", "-s", str(1301 - 28), "-M", "do", NEAR, check=False
        ).stdout
        assert "100% packet loss" in said and "Frag needed" not in said and "too long" not in said
    assert ping(lab, "-c3", "-i0.1", "-s", "1472", "-M", "do")[0] == 0


def test_brownout_is_slow_and_lossy(lab):
    with lab.fault("brownout", "hq-client:eth0", delay="50ms", loss="20%"):
        lost, mean = ping(lab, "-c100", "-i0.02")
    assert 15 < lost < 60 and mean > 99


def test_drop_by_port_and_protocol(lab):
    def http() -> bool:
        return (
            lab.exec("hq-client", "curl", "-s", "-m2", "-o", "/dev/null", f"http://{SERVER}/", check=False).returncode
            == 0
        )

    assert http()
    with lab.fault("drop", "hq-client:eth0", traffic="tcp/80"):
        assert not http() and reaches(lab)
    with lab.fault("drop", "hq-client:eth0", traffic="icmp"):
        assert http() and not reaches(lab)
    assert http() and reaches(lab)


def test_drop_bfd_is_seen_by_bfd_within_its_time(lab):
    with lab.fault("drop", "provider:msee1", traffic="bfd"):
        eventually(lambda: bfd_state(lab, "hq-er", "192.168.251.2") == "down", within=3)
        assert bfd_state(lab, "hq-er", "192.168.251.6") == "up"
    eventually(lambda: bfd_state(lab, "hq-er", "192.168.251.2") == "up", within=20)


def test_drop_bgp_leaves_bfd_up(lab):
    with lab.fault("drop", "provider:msee1", traffic="bgp"):
        lab.exec("hq-er", "vtysh", "-N", "hq-er", "-c", "clear bgp 192.168.251.2")
        assert bgp_state(lab, "hq-er", "192.168.251.2") != "Established"
        assert reaches(lab, node="hq-er", to="192.168.251.2")
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)


@pytest.mark.parametrize("traffic", ["udp/4500", "ipsec-natt"])
def test_drop_of_nat_traversal_ends_the_tunnel(lab, traffic: str):
    with lab.fault("drop", "hq-fgt:wan", traffic=traffic):
        assert not reaches(lab, node="hq-fgt", to="198.18.1.1")
        assert reaches(lab, node="hq-fgt", to="46.162.118.1"), "the Internet is there"
        eventually(lambda: "ESTABLISHED" not in lab.exec("hq-fgt", "swanctl", "--list-sas").stdout, within=60)
    eventually(lambda: reaches(lab, node="hq-fgt", to="198.18.1.1"), within=30)


def test_drop_esp_drops_it_in_udp_too_but_not_ike(lab):
    def rekeyed() -> str:
        return re.search(r"vpn: #(\d+)", lab.exec("hq-fgt", "swanctl", "--list-sas").stdout)[1]

    lab.wait()
    with lab.fault("drop", "hq-fgt:wan", traffic="esp"):
        assert ping(lab, "-c5", "-i0.2", node="hq-fgt", to="198.18.1.1")[0] == 100
        before = rekeyed()
        lab.exec("hq-fgt", "swanctl", "--rekey", "--ike", "vpn")  # fails unless the peer answers
        eventually(lambda: rekeyed() != before, within=10)
    eventually(lambda: reaches(lab, node="hq-fgt", to="198.18.1.1"), within=10)


# --- daemons and nodes -----------------------------------------------------------------------------------------------


def test_freeze_keeps_sockets_and_loses_sessions(lab):
    with lab.fault("freeze", "msee1:bfdd"):
        states = lab.exec("msee1", "ps", "-A", "-o", "stat=,comm=").stdout
        assert re.search(r"^T\S*\s+bfdd$", states, flags=re.MULTILINE), states
        eventually(lambda: bfd_state(lab, "hq-er", "192.168.251.2") == "down", within=3)
        assert has_carrier(lab, "msee1", "core")
    eventually(lambda: bfd_state(lab, "hq-er", "192.168.251.2") == "up", within=20)


def pids(lab, node: str, daemon: str) -> list[int]:
    services = next(one for one in lab.inspect()["nodes"] if one["name"] == node)["services"]
    return next(one["pids"] for one in services if one["name"] == daemon)


@pytest.mark.parametrize(
    "node, daemon",
    [("hq-er", "bgpd"), ("msee2", "zebra"), ("hq-fgt", "charon"), ("hq-fgt", "sdwan"), ("elb", "lb"), ("app", "echo")],
)
def test_kill_and_return_of_a_daemon(lab, node: str, daemon: str):
    before = pids(lab, node, daemon)
    assert before
    with lab.fault("kill", f"{node}:{daemon}"):
        eventually(lambda: pids(lab, node, daemon) == [], within=5)
        assert not lab.inspect()["converged"]
    lab.wait(90)
    assert pids(lab, node, daemon) and pids(lab, node, daemon) != before


@pytest.mark.bound(240)
@pytest.mark.parametrize("node", ["msee1", "er-gw-0", "hq-client", "internet", "provider"])
def test_kill_node_and_return(lab, node: str):
    with lab.fault("kill-node", node):
        links = lab.json(node, "ip", "-j", "link")
        planned = [one for one in links if one["ifname"] != "lo" and one.get("linkinfo", {}).get("info_kind") == "veth"]
        assert all(
            "UP" not in one["flags"]
            for one in links
            if one["ifname"] in {end.split(":")[1] for end in ends_of(lab, node)}
        ), planned
        services = next(one for one in lab.inspect()["nodes"] if one["name"] == node)["services"]
        assert [one for one in services if one["running"]] == []
    lab.wait(120)


def ends_of(lab, node: str) -> list[str]:
    return [end for one in lab.inspect()["links"] for end in (one["a"], one["b"]) if end.startswith(f"{node}:")]


def test_member_down_moves_the_traffic(lab):
    with lab.fault("member-down", "hq-fgt:er"):
        assert not is_admin_up(lab, "hq-fgt", "er")
        eventually(lambda: reaches(lab, to=SERVER), within=10)
        trace = lab.exec("hq-client", "traceroute", "-n", "-q1", "-w1", "-m8", SERVER).stdout
        assert "172.16.251.254" not in trace and SERVER in trace


# --- many and by themselves ------------------------------------------------------------------------------------------


def test_for_heals_by_itself(lab):
    lab.inject("blackhole", "hq-client:eth0", for_="600ms")
    assert lab.faults()[0]["heals_in_ms"] <= 600
    assert not reaches(lab)
    eventually(lambda: lab.faults() == [], within=3)
    assert reaches(lab)


def test_several_at_once_on_one_link_each_with_its_own_end(lab):
    with lab.fault("delay", "hq-client:eth0", delay="20ms"):
        with lab.fault("delay", "hq-lan:p1", delay="30ms"), lab.fault("drop", "hq-client:eth0", traffic="tcp/80"):
            assert len(lab.faults()) == 3
            assert 99 < ping(lab, "-c4", "-i0.2")[1] < 120
        assert 39 < ping(lab, "-c4", "-i0.2")[1] < 55
    with lab.fault("carrier", "hq-client:eth0"):
        with lab.fault("admin-down", "hq-client:eth0"):
            pass
        assert not is_admin_up(lab, "hq-client", "eth0"), "one of two holders is left"
    assert is_admin_up(lab, "hq-client", "eth0")


def test_many_from_many_at_once_are_all_undone(lab):
    ends = [end for one in lab.inspect()["links"] for end in (one["a"], one["b"])][:24]
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda end: lab.inject("loss", end, loss="1%"), ends))
    assert len(set(numbers)) == len(ends) == len(lab.faults())
    lab.heal()
    assert lab.faults() == []


def test_a_fault_is_on_the_timeline_at_its_time(lab):
    with lab.fault("blackhole", "hq-printer:eth0"):
        assert not reaches(lab, to="172.16.248.20")
    told = [
        event
        for event in lab.events()
        if event["source"] == "fault" and event["text"].startswith("blackhole hq-printer")
    ]
    assert [event["text"].rsplit(" ", 1)[1] for event in told] == ["applied", "healed"]
    assert told[0]["node"] == "hq-printer" and told[0]["at"] < told[1]["at"]


def test_every_kind_is_tested_here():
    said = subprocess.run(
        [XCONN, "fault", "kinds", "--format", "json"], capture_output=True, text=True, check=True
    ).stdout
    text = "".join(file.read_text() for file in Path(__file__).parent.glob("test_faults*.py"))
    assert [kind["name"] for kind in json.loads(said) if f'"{kind["name"]}"' not in text] == []
