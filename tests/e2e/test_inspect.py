# SPDX-License-Identifier: Apache-2.0
"""`xconn inspect NODE`: what an engineer wants to see of an edge, a balancer and a pair, before and after a fault; and that
an edge without its daemon lets nothing leak."""

from __future__ import annotations

import subprocess
from operator import itemgetter
from pathlib import Path
from typing import Any, Iterator

import crossconnect
import pytest
from conftest import XCONN
from host import eventually

TOPOLOGY = Path(__file__).parent / "sdwan" / "applications.yaml"
AZURE = "172.16.136.0/22"
APP = "172.16.137.4"


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None) -> Iterator[Any]:
    with crossconnect.up(TOPOLOGY, name="inspected") as lab:
        yield lab


def text_of(node: str) -> str:
    done = subprocess.run([XCONN, "inspect", node, "-l", "inspected"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    return done.stdout


def rows(text: str, header: str) -> dict[str, dict[str, str]]:
    """The table whose first column is `header`, by that column; columns begin where their header does."""
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if line.strip().startswith(header)), None)
    assert first is not None, f"no table of {header} in:\n{text}"
    names = [name.strip() for name in lines[first].strip().split("  ") if name.strip()]
    starts = [lines[first].index(f"  {name}") + 2 for name in names]
    table = {}
    for line in lines[first + 1 :]:
        if not line.strip():
            break
        cells = [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None])]
        table[cells[0]] = dict(zip(names, cells))
    return table


def steering(lab: Any) -> dict[str, Any]:
    return lab.inspect("hq-fgt")["services"]["sdwan"]


def taken(lab: Any, rule: str) -> list[str]:
    return next(one["members"] for one in steering(lab)["rules"] if one["name"] == rule)


def test_members_have_their_zone_and_since_when(lab):
    members = rows(text_of("hq-fgt"), "SD-WAN MEMBER")
    assert {name: (row["ZONE"], row["ALIVE"]) for name, row in members.items()} == {
        "er": ("underlay", "yes"),
        "vpn": ("overlay", "yes"),
    }
    assert all(row["SINCE"].endswith(" ago") for row in members.values())
    assert {one["name"]: one["zones"] for one in steering(lab)["members"]} == {"er": ["underlay"], "vpn": ["overlay"]}


def test_applications_that_were_seen(lab):
    def seen() -> bool:
        lab.exec("hq-client", "curl", "-s", "-o", "/dev/null", "-m", "2", f"http://{APP}/", check=False)
        return any("HTTP" in one["name"] for one in steering(lab)["applications"])

    eventually(seen, within=20)
    shown = rows(text_of("hq-fgt"), "APPLICATION")
    assert all(int(row["FLOWS"]) > 0 and int(row["BYTES"]) > 0 for row in shown.values()), shown
    assert any("HTTP" in name for name in shown)


def test_a_fault_moves_the_rule_and_says_why(lab):
    before = rows(text_of("hq-fgt"), "SD-WAN RULE")
    assert before["to-azure"]["TAKES"] == "er" and before["web"]["TAKES"] == "er", before
    with lab.fault("blackhole", "hq-fgt:er"):
        eventually(lambda: taken(lab, "to-azure") == ["vpn"], within=10, otherwise=lambda: str(steering(lab)))
        text = text_of("hq-fgt")
        assert rows(text, "SD-WAN RULE")["to-azure"]["TAKES"] == "vpn"
        # out of SLA moves the rule, maybe a check before the member is dead
        eventually(lambda: rows(text_of("hq-fgt"), "SD-WAN MEMBER")["er"]["ALIVE"] == "no", within=10)
        events = lab.inspect("hq-fgt")["events"]
        assert any("er" in event["text"] and event["source"] == "sdwan" for event in events), events
        assert "WHEN" in text and "sdwan " in text
    eventually(lambda: taken(lab, "to-azure") == ["er"], within=30)


def test_tunnels_pairs_and_balancers_have_their_tables(lab):
    edge = text_of("hq-fgt")
    assert {row["STATE"] for row in rows(edge, "IKE_SA").values()} == {"ESTABLISHED"}
    assert {row["STATE"] for row in rows(edge, "CHILD_SA").values()} == {"INSTALLED"}
    assert rows(text_of("fgt-a"), "VRRP INSTANCE")["fgt"]["STATE"] == "MASTER"
    assert rows(text_of("fgt-b"), "VRRP INSTANCE")["fgt"]["STATE"] == "BACKUP"
    backends = rows(text_of("ilb-external"), "BACKEND")
    assert {name: row["STATE"] for name, row in backends.items()} == {
        "fgt-a:port1": "healthy",
        "fgt-b:port1": "unhealthy",
    }
    assert all(row["SINCE"].endswith("ago") for row in backends.values())


def test_nothing_leaks_when_the_daemon_of_the_edge_has_ended(lab):
    """Asked of the neighbour on the Internet, who would get it in the clear; and of the kernel."""
    counter = (
        "table ip leak { chain in { type filter hook prerouting priority -300; ip daddr " + AZURE + " counter; }; }"
    )
    lab.exec("internet", "nft", counter)
    pid = next(iter(lab.inspect("hq-fgt")["services"]["sdwan"]["pids"]))
    lab.exec("hq-fgt", "kill", "-TERM", str(pid))
    eventually(lambda: "xconn_sdwan" not in lab.exec("hq-fgt", "nft", "list", "tables").stdout, within=10)
    assert not [rule for rule in lab.json("hq-fgt", "ip", "-j", "rule") if 1000 <= rule["priority"] < 2000]
    for node in ("hq-client", "hq-fgt"):
        lab.exec(node, "ping", "-q", "-c5", "-i0.2", "-W1", APP, check=False)
    said = lab.json("internet", "nft", "-j", "list", "table", "ip", "leak")
    assert [rule["rule"]["expr"][-1]["counter"]["packets"] for rule in said["nftables"] if "rule" in rule] == [0]
    route = next(one for one in lab.inspect("hq-fgt")["routes"] if one["to"] == AZURE)
    assert route["interfaces"] == [] and route["metric"] >> 24 == 254
    assert rows(text_of("hq-fgt"), "ROUTE")[AZURE]["METRIC"] == "distance 254"


def test_the_first_look_after_a_change_is_of_now(leaves_nothing_behind: None):
    """What daemons said is not what they say: nobody had asked since the lab came up. Each end notices by itself."""
    told = itemgetter("source", "node")
    with crossconnect.up("branch", name="looked-at") as lab:
        with lab.fault("blackhole", "carrier:msee1"):
            eventually(lambda: any(told(one) == ("bgp", "ce") and "down" in one["text"] for one in lab.events()), 30)
            states = {one["name"]: one["state"] for one in lab.inspect()["nodes"]}
            assert "not Established" in states["ce"], states
        eventually(lambda: any("192.0.2.2 up" in one["text"] for one in lab.events() if one["source"] == "bgp"), 60)
