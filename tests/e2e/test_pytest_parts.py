# SPDX-License-Identifier: Apache-2.0
"""Parts of the pytest plugin by themselves: no lab."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import crossconnect
import pytest
from conftest import BUILD, ROOT
from crossconnect import runs, turns
from crossconnect.pytest_plugin import keeper
from crossconnect.pytest_plugin.state import State

CHAIN = ROOT / "topologies" / "chain" / "topology.yaml"


# --- faults and topologies to parametrise over --------------------------------------------------------------------------


def test_faults_have_every_place_of_a_topology():
    cut = crossconnect.faults(CHAIN, "carrier", "blackhole", at="r2")
    assert [str(fault) for fault in cut] == [
        "carrier r2:west",
        "carrier r2:east",
        "blackhole r2:west",
        "blackhole r2:east",
    ]
    assert len(crossconnect.faults(CHAIN, "carrier")) == 8
    assert "kill r1:bgpd" in map(str, crossconnect.faults(CHAIN, "kill"))
    assert [str(fault) for fault in crossconnect.faults(CHAIN, "loss", at="r1:east", loss="30%")] == [
        "loss r1:east loss=30%"
    ]
    assert {fault.target for fault in crossconnect.faults(CHAIN, "advertise", count="9")} == {"r1", "r2", "r3"}


@pytest.mark.parametrize("kind", [one["name"] for one in crossconnect._core.fault_kinds()])
def test_every_kind_of_fault_has_a_place_in_the_reference_network(kind):
    needed = next(one["needs"] for one in crossconnect._core.fault_kinds() if one["name"] == kind)
    topology = crossconnect.find_topology(ROOT / "topologies" / "sdwan-expressroute")
    assert crossconnect.faults(topology, kind, **dict.fromkeys(needed, "1"))


@pytest.mark.parametrize(
    "words, said",
    [
        ({"kinds": ["carier"]}, "there is no fault 'carier'; there are carrier, "),
        ({"kinds": ["loss"]}, "a loss fault needs loss"),
        ({"kinds": ["carrier"], "at": "r9"}, "topology chain has no place for carrier at r9"),
        ({"kinds": ["msee-maintenance"]}, "topology chain has no place for msee-maintenance"),
    ],
)
def test_faults_that_cannot_be_say_why(words, said):
    with pytest.raises(crossconnect.NotFoundError, match=said):
        crossconnect.faults(CHAIN, *words["kinds"], at=words.get("at", ""))


def test_topologies_of_a_folder(tmp_path):
    assert str(CHAIN) in crossconnect.topologies(ROOT / "topologies")
    with pytest.raises(crossconnect.NotFoundError, match="there is no topology.yaml in"):
        crossconnect.topologies(tmp_path)


# --- run folders --------------------------------------------------------------------------------------------------------


def test_a_tests_id_becomes_one_folder_name():
    assert runs.folder_name("tests/test_a.py::test_b[x/../y]") == "tests-test_a.py-test_b-x-..-y"
    assert runs.folder_name("../..") == "test"
    long = runs.folder_name("a" * 300)
    assert len(long) == 100 and long != runs.folder_name("a" * 301)


def test_a_run_folder_is_copied_without_secrets_and_sockets(tmp_path):
    lab = tmp_path / "lab"
    (lab / "nodes" / "r1").mkdir(parents=True)
    (lab / "plan.json").write_text(
        json.dumps({"nodes": [{"name": "r1", "files": [{"name": "swanctl.conf", "secret": True}]}]})
    )
    for name in ("events.jsonl", "topology.json", "nodes/r1/swanctl.conf", "nodes/r1/frr.conf"):
        (lab / name).write_text("x")
    os.mkfifo(lab / "nodes" / "r1" / "pipe")
    (lab / "nodes" / "r1" / "out").symlink_to("/etc/passwd")
    target = runs.save_lab(tmp_path, "test_it", SimpleNamespace(name="chain", folder=lab))  # type: ignore[arg-type]
    assert sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()) == [
        "events.jsonl",
        "nodes/r1/frr.conf",
    ]


# --- whether a lab is what it was ---------------------------------------------------------------------------------------


def interface(name: str = "eth0", up: bool = True) -> dict[str, object]:
    return {"name": name, "up": up, "carrier": up, "mtu": 1500, "addresses": ["192.0.2.1/30"]}


def state(folder: Path, *interfaces: dict[str, object], plan: str = "{}") -> State:
    (folder / "plan.json").write_text(plan)
    node = {"name": "r1", "interfaces": list(interfaces), "routes": []}
    inspect = lambda name=None: node if name else {"nodes": [node]}  # noqa: E731
    return State.of(SimpleNamespace(folder=folder, inspect=inspect))  # type: ignore[arg-type]


def test_a_labs_state_is_compared_in_words(tmp_path):
    before = state(tmp_path, interface())
    assert before.differences(state(tmp_path, interface(), interface("wire0~"))) == []
    assert before.differences(state(tmp_path, interface(up=False))) == [
        "gone: r1: interface eth0 up, mtu 1500, 192.0.2.1/30",
        "new: r1: interface eth0 down without carrier, mtu 1500, 192.0.2.1/30",
    ]
    assert before.differences(state(tmp_path, interface(), plan="other")) == [
        "it has another plan (it was changed while it ran)"
    ]


# --- turns --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_turns(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "FOLDER", tmp_path / "turns")


def test_there_are_as_many_slots_as_said(own_turns):
    first, second = turns.try_slot(2), turns.try_slot(2)
    assert first and second and turns.try_slot(2) is None
    second.close()
    assert turns.try_slot(2)


def test_a_wait_for_a_slot_ends_when_one_is_free(own_turns):
    slot, got = turns.try_slot(1), threading.Event()
    assert slot
    waiting = threading.Thread(target=lambda: turns.wait_for_slot(1) and got.set())
    waiting.start()
    assert not got.wait(0.2)
    slot.close()
    assert got.wait(10)
    waiting.join()


def test_who_wants_to_be_alone_waits_for_the_others_and_lets_no_more_in(own_turns):
    first, second = turns.Turn(), turns.Turn()
    alone, third = threading.Event(), threading.Event()
    threads = [threading.Thread(target=lambda: (first.be_alone(), alone.set()))]
    threads[0].start()
    assert not alone.wait(0.2)
    threads.append(threading.Thread(target=lambda: (turns.Turn().close(), third.set())))
    threads[1].start()
    assert not third.wait(0.2)  # the gate is shut, though the turn is shared still
    second.close()
    assert alone.wait(10) and not third.is_set()
    first.close()
    assert third.wait(10)
    for thread in threads:
        thread.join()


def test_a_slot_ends_with_its_process(own_turns):
    code = f"import fcntl, os, sys; d = os.open({str(turns.FOLDER / 'slot-0')!r}, os.O_RDWR | os.O_CREAT); "
    code += "fcntl.flock(d, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    turns.FOLDER.mkdir()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == "held\n" and turns.try_slot(1) is None
        other.kill()
    assert turns.try_slot(1)


def test_the_keeper_ends_what_is_still_the_sessions():
    assert keeper.left_over(["+a\n", "+b\n", "-a\n", "+c\n", "-never\n"]) == ["b", "c"]


# --- being installed ----------------------------------------------------------------------------------------------------


def test_pytest_finds_the_plugin_by_its_entry_point():
    (found,) = importlib.metadata.Distribution.discover(name="crossconnect", path=[str(BUILD / "python")])
    assert [(point.group, point.value) for point in found.entry_points] == [("pytest11", "crossconnect.pytest_plugin")]
    assert found.metadata["Name"] == "crossconnect" and found.version


@pytest.mark.parametrize("options", [(), ("-p", "crossconnect.pytest_plugin")])
def test_the_plugin_is_there_once_however_it_is_named(project, options):
    result = project.run("--markers", *options)
    assert result.ret == 0
    assert [line for line in result.outlines if line.startswith("@pytest.mark.xconn(")]


def test_a_broken_drill_file_is_told_line_by_line(project):
    (project.path / "broken.drill.yaml").write_text("name: broken\ntopology: x\nflows: {a: {from: left}}\nexpect: []\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*broken.drill.yaml:1:1: duration: this key is required*", "*3:9: flow a: to: this key is required*"]
    )


DRILL = "name: a\ntopology: {}\nduration: 1s\nflows: {{f: {{from: {}, to: right}}}}\nexpect:\n  - alive: {{flow: f}}\n"


def test_what_a_drill_names_is_looked_up_before_a_lab_is_built(project):
    (project.path / "lost.drill.yaml").write_text(DRILL.format("nowhere.yaml", "left"))
    (project.path / "name.drill.yaml").write_text(DRILL.format(CHAIN, "lfet"))
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "*lost.drill.yaml:2:11: topology = '...*/nowhere.yaml': there is no such file; check the path",
            "*name.drill.yaml:4:19: flow f: from = 'lfet': there is no node lfet; did you mean 'left'",
        ]
    )


def test_a_drill_may_name_a_reference_topology_as_for_xconn(project, monkeypatch):
    monkeypatch.setenv("XCONN_TOPOLOGIES", str(CHAIN.parents[1]))
    (project.path / "a.drill.yaml").write_text(DRILL.format("chain", "left"))
    assert project.run("--collect-only", "-q").outlines[0] == "a.drill.yaml::f is moving at the end"


def pytest_of_nobody(place: Path) -> subprocess.CompletedProcess[str]:
    (place / "temporary").mkdir()
    (place / "temporary").chmod(0o777)
    environment = {**os.environ, "PYTHONPATH": str(BUILD / "python"), "TMPDIR": str(place / "temporary")}
    who = ["setpriv", "--reuid=65534", "--clear-groups"]
    command = [*who, sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)


def test_an_ordinary_user_is_told_what_to_type(place):
    """One sentence for each test, and no line of this package."""
    (place / "a.drill.yaml").write_text(DRILL.format(CHAIN, "left"))
    (place / "test_it.py").write_text(
        "import pytest\n\n"
        f"@pytest.mark.xconn(topology='{CHAIN}')\ndef test_one(xconn_lab):\n    pass\n\n"
        f"def test_two(xconn_labs):\n    xconn_labs('{CHAIN}')\n"
    )
    ran = pytest_of_nobody(place)
    assert ran.stdout.count("labs belong to root\n  fix: run it as root: sudo pytest ...\n") == 3, ran.stdout
    assert "a.drill.yaml:6: labs belong to root" in ran.stdout and "turns.py" not in ran.stdout, ran.stdout


def test_a_drill_that_may_not_be_read_is_told(place):
    (place / "drills").mkdir()
    (place / "drills" / "closed.yaml").touch(mode=0o600)
    ran = pytest_of_nobody(place)
    assert ran.returncode == pytest.ExitCode.INTERRUPTED
    assert "drills/closed.yaml: drill: the file cannot be read; check its permissions\n" in ran.stdout, ran.stdout


def test_a_program_that_is_none_is_told_by_the_variable_that_names_it(monkeypatch):
    monkeypatch.setenv("XCONN", "/no/xconn")
    with pytest.raises(
        crossconnect.HostError, match="^XCONN is '/no/xconn', and that is no program: set it to the path"
    ):
        crossconnect.up(CHAIN)


def test_turns_that_cannot_be_taken_say_why(monkeypatch):
    monkeypatch.setattr(turns, "FOLDER", Path("/proc/turns"))
    with pytest.raises(
        crossconnect.HostError, match="^/proc/turns/slot-0, where labs take turns, cannot be opened: No such"
    ):
        turns.try_slot(1)


def test_a_drills_expectations_are_its_tests(project):
    (project.path / "a.drill.yaml").write_text(
        f"name: a\ntopology: {CHAIN}\nduration: 1s\nflows: {{f: {{from: left, to: right}}}}\n"
        "expect:\n  - alive: {flow: f}\n  - alive: {flow: f}\n  - no-event: {source: bgp}\n"
    )
    result = project.run("--collect-only", "-q")
    assert result.outlines[:3] == [
        "a.drill.yaml::f is moving at the end",
        "a.drill.yaml::f is moving at the end #2",
        "a.drill.yaml::no bgp event",
    ]
