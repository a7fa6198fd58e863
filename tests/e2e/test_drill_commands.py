# SPDX-License-Identifier: Apache-2.0
"""Commands on a drill's timeline: the lab changes as by the verbs of objects, what Azure refuses fails the drill, and
afterwards the lab is what it was. FRR and the kernel say so, and the flow feels it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

import pytest

import crossconnect

BASE = str(Path(__file__).parent / "change" / "base.yaml")
LINKED = "useasterc1cust1-cxn"
LEARNED = "vtysh -N core -c 'show bgp ipv4 unicast json' | grep -q 10.0.4.0/24"  # the VNet, by the customer's core


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None) -> Iterator[Any]:
    with crossconnect.up(BASE, name="commands") as lab:
        yield lab


def drill(*timeline: dict[str, Any], duration: str = "12s", **more: Any) -> dict[str, Any]:
    return {
        "name": "commands",
        "topology": BASE,
        "duration": duration,
        "flows": {"a": {"from": "client", "to": "hub-vm"}},
        "timeline": list(timeline),
        "expect": [{"alive": {"flow": "a"}}],
        **more,
    }


def routes_of(lab: Any, node: str) -> set[str]:
    return {route["dst"] for route in lab.json(node, "ip", "-j", "route")}


def test_a_connection_is_deleted_and_made_again(lab: Any) -> None:
    plan, topology = ((lab.folder / name).read_text() for name in ("plan.json", "topology.json"))
    report = lab.drill(
        drill(
            {"at": "1s", "do": f"connection delete {LINKED}"},
            {"at": "4s", "exec": {"node": "core", "command": ["sh", "-c", LEARNED]}},
            {"at": "5s", "do": ["connection", "create", LINKED, "gateway=erspvnetcust1gw1", "circuit=er1"]},
            duration="25s",
            expect=[
                {"outage": {"flow": "a", "at-least": "3s", "at-most": "22s"}},
                {"alive": {"flow": "a"}},
                {"path": {"flow": "a", "contains": [["er1-msee1", "er1-msee2"]]}},
                {"event": {"source": "change", "contains": f"connection delete {LINKED}"}},
                {"event": {"source": "exec", "node": "core", "contains": "exit status 1"}},
            ],
        )
    )
    assert report.verdict != "fail", str(report)
    lab.wait()
    assert "10.0.4.0/24" in routes_of(lab, "core")
    assert json.loads((lab.folder / "plan.json").read_text()) == json.loads(plan), "the lab is what it was"
    assert (lab.folder / "topology.json").read_text() == topology


def test_what_azure_refuses_fails_the_drill_and_changes_nothing(lab: Any) -> None:
    report = lab.drill(drill({"at": "1s", "do": "peering delete er1 private"}, duration="3s"))
    assert report.verdict == "fail"
    refused = [one for one in report.expectations if one["verdict"] == "fail"]
    assert [one["sentence"] for one in refused] == ["peering delete er1 private is carried out"]
    assert f"xconn connection delete {LINKED}" in refused[0]["found"] and "[V10]" in refused[0]["found"]
    flow = report.flow("a")
    assert flow.forward.lost == flow.reverse.lost == 0, "nothing was touched"
    assert any("is refused" in row["text"] for row in report.timeline)


def test_a_drill_that_ends_early_restores_the_lab(lab: Any, xconn: Any, tmp_path: Path) -> None:
    """The client is interrupted between the two commands."""
    plan = json.loads((lab.folder / "plan.json").read_text())
    file = tmp_path / "d.yaml"
    file.write_text(json.dumps(drill({"at": "1s", "do": f"connection delete {LINKED}"}, duration="60s")))
    done = xconn("drill", str(file), "--lab", lab.name, timeout=120, preexec_fn=_interrupted_in_five_seconds)
    assert done.returncode != 0
    lab.wait()
    assert json.loads((lab.folder / "plan.json").read_text()) == plan
    assert "10.0.4.0/24" in routes_of(lab, "core")


def _interrupted_in_five_seconds() -> None:
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(5)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "conection delete x",
            "9:14: step 1: do = 'conection': there is no such kind of object; did you mean 'connection'",
        ),
        ("connection destroy x", "9:14: step 1: do = 'destroy': a connection has no such verb"),
        ("connection delete nothing", "9:14: 'connection delete nothing': the lab has no connections.nothing"),
        (f"connection create {LINKED}", "is there already"),
        ("circuit update er1 bandwith=2Gbps", "did you mean 'bandwidth'"),
    ],
)
def test_mistakes_are_said_before_anything_is_built(xconn: Any, tmp_path: Path, command: str, said: str) -> None:
    file = tmp_path / "d.yaml"
    file.write_text(
        f"name: d\ntopology: {BASE}\nduration: 3s\nflows:\n  a: {{from: client, to: hub-vm}}\n"
        f"expect:\n  - alive: {{flow: a}}\ntimeline:\n  - {{at: 1s, do: {command}}}\n"
    )
    done = xconn("validate", str(file))
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert xconn("drill", str(file)).returncode == 2
