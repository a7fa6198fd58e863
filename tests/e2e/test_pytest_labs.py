# SPDX-License-Identifier: Apache-2.0
"""The pytest plugin in a project of somebody else's, with real labs: shared, healed, looked at, kept, and gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, XCONN
from host import eventually

DRILL = f"""
name: cut
topology: {ROOT}/topologies/chain/topology.yaml
duration: 4s
flows:
  across: {{from: left, to: right}}
timeline:
  - {{at: 1s, fault: blackhole, on: "r1:east", for: 500ms}}
expect:
  - outage: {{flow: across, at-least: 300ms}}
  - outage: {{flow: across, at-most: 100ms}}
    because: we wish
"""


@pytest.fixture(autouse=True)
def place_of_labs(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XCONN_RUN", str(place))
    return place


def labs_up() -> list[str]:
    listed = subprocess.run([XCONN, "inspect", "--all", "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(listed.stdout)


def test_one_lab_serves_all_that_may_share_it(project):
    project.makepyfile(
        """
        import os, pytest, crossconnect
        pytestmark = pytest.mark.xconn(topology="chain")
        names = {}

        def test_breaks_and_does_not_heal(xconn_lab):
            names["first"] = xconn_lab.name, xconn_lab.inspect()["nodes"]
            xconn_lab.inject("blackhole", "r2:west")

        def test_gets_it_healed(xconn_lab):
            assert (xconn_lab.name, xconn_lab.inspect()["nodes"]) == names["first"]
            assert xconn_lab.faults() == [] and xconn_lab.inspect()["converged"]
            xconn_lab.exec("r1", "ip", "route", "add", "10.9.0.0/16", "via", "192.0.2.2")

        def test_gets_it_as_planned(xconn_lab):
            assert xconn_lab.exec("r1", "ip", "route", "show", "10.9.0.0/16").stdout == ""
            assert xconn_lab.name == names["first"][0] and xconn_lab.inspect()["nodes"] != names["first"][1]

        def test_gets_it_again_and_nothing_has_happened(xconn_lab):
            assert xconn_lab.name == names["first"][0]

        @pytest.mark.xconn(scope="function", timers="azure")
        def test_has_one_of_its_own(xconn_lab):
            assert xconn_lab.name != names["first"][0] and xconn_lab.inspect()["timers"] == "azure"
            names["own"] = xconn_lab.name

        def test_takes_it_down(xconn_lab):
            xconn_lab.down()

        def test_that_one_is_gone(xconn_labs):
            assert xconn_labs("chain").name == names["first"][0]
            with pytest.raises(crossconnect.NotFoundError):
                crossconnect.attach(names["own"])
        """
    )
    result = project.run("--xconn-labs=16")  # with fewer, another worker's labs may take an idle one's place
    assert result.parseoutcomes() == {"passed": 7}, result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "*labs that were not as they had been, and came up anew*",
            "*::test_gets_it_healed left lab chain-* another than it was, so it came up anew: "
            "new: r1: route 10.9.0.0/16 by 192.0.2.2 east *",
            "*::test_takes_it_down left lab chain-* another than it was, so it came up anew: it is down",
        ]
    )
    assert str(result.stdout).count("came up anew:") == 2 and labs_up() == []


def test_what_a_module_sets_up_stays_and_faults_do_not(project):
    project.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.xconn(topology="chain")

        @pytest.fixture(scope="module")
        def prepared(xconn_module_lab):
            xconn_module_lab.exec("r1", "ip", "route", "add", "10.9.0.0/16", "via", "192.0.2.2")
            return xconn_module_lab

        @pytest.mark.parametrize("time", [1, 2])
        def test_it(prepared, time):
            assert prepared.faults() == []
            assert "via 192.0.2.2" in prepared.exec("r1", "ip", "route", "show", "10.9.0.0/16").stdout
            prepared.inject("blackhole", "r2:west")
        """
    )
    result = project.run()
    assert result.parseoutcomes() == {"passed": 2}, result.stdout.str()
    assert "came up anew" not in result.stdout.str()


def test_drills_are_tests_and_a_failed_one_leaves_its_lab_if_asked(project):
    (project.path / "drills").mkdir()
    (project.path / "drills" / "cut.yaml").write_text(DRILL)
    (project.path / "drills" / "topology.yaml").write_text("name: no-drill\n")
    result = project.run("--xconn-keep", "--xconn-runs=runs")
    assert result.parseoutcomes() == {"passed": 1, "failed": 1}, result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "*drills/cut.yaml:11: outage of across <= 100 ms: fail",
            "*forward before  left > r1 > r2 > r3 > right",
            "*blackhole r1:east for 500ms applied",
            "run folder: *runs/drills-cut.yaml/chain-*",
            "*labs that are still up*",
            "*xconn shell --lab chain-*",
        ]
    )
    (lab,) = labs_up()
    folder = project.path / "runs" / "drills-cut.yaml"
    assert "router bgp 64601" in (folder / lab / "nodes" / "r1" / "frr.conf").read_text()
    assert json.loads((folder / "cut.json").read_text())["expectations"][1]["line"] == 11
    assert subprocess.run([XCONN, "down", lab], capture_output=True).returncode == 0


def test_each_worker_has_labs_of_its_own_and_runs_whole_drills(project):
    (project.path / "drills").mkdir()
    for name in ("a", "b"):
        (project.path / "drills" / f"{name}.yaml").write_text(DRILL.replace("name: cut", f"name: {name}"))
    result = project.run("-n2", "-v", "--xconn-runs=runs")
    assert result.parseoutcomes() == {"passed": 2, "failed": 2}, result.stdout.str()
    names = [path.name for path in sorted((project.path / "runs").glob("*/chain-*"))]
    assert len(names) == 2 and {name.split("-")[1] for name in names} == {"gw0", "gw1"}
    assert labs_up() == []


HANGS = """
import pytest

@pytest.mark.xconn(topology="chain")
def test_it(xconn_lab, request):
    (request.config.rootpath / "begun").touch()
    xconn_lab.drill({"name": "long", "topology": "-", "duration": "90s", "flows": {"f": {"from": "left", "to": "right"}},
                     "expect": [{"alive": {"flow": "f"}}]})

def test_after():
    raise AssertionError("it went on")
"""


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 2), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_session_that_ends_early_leaves_no_lab(project, place_of_labs, number, status):
    project.makepyfile(test_it=HANGS)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    session = subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, text=True, env=os.environ)
    eventually((project.path / "begun").exists, within=60)
    session.send_signal(number)
    said, _ = session.communicate(timeout=20)
    assert session.returncode == status, said
    assert "it went on" not in said
    eventually(lambda: not [*place_of_labs.iterdir()], within=10)


def test_the_first_failure_ends_it_and_the_lab(project):
    project.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.xconn(topology="chain")

        def test_fails(xconn_lab):
            assert xconn_lab.exec("r1", "false")

        def test_after(xconn_lab):
            pass
        """
    )
    result = project.run("-x")
    assert result.parseoutcomes() == {"failed": 1} and labs_up() == []
    result.stdout.fnmatch_lines(
        ["*xconn lab chain-*", "the latest events:", "*bgp *neighbor 192.0.2.* up", "run folder: *"]
    )


def test_a_topology_that_does_not_come_up_is_told_in_its_own_words(project):
    (project.path / "topology.yaml").write_text("name: bad\nnodes: {a: {role: rooter}}\n")
    project.makepyfile(
        """
        import pytest

        @pytest.mark.xconn(topology="topology.yaml")
        def test_it(xconn_lab):
            pass
        """
    )
    result = project.run()
    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["*ERROR at setup of test_it*", "*topology.yaml:2:*rooter*"], consecutive=True)
