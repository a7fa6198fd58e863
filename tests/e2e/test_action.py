# SPDX-License-Identifier: Apache-2.0
"""The GitHub Action's scripts, with files in place of those that GitHub gives."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import BUILD, ROOT, XCONN
from fake_labs import report
from host import eventually

SCRIPTS = ROOT / "packaging" / "action"
sys.path.insert(0, str(SCRIPTS))
import find  # noqa: E402
from results import Drill, Finding, Inconclusive, Results  # noqa: E402
from summary import LIMIT  # noqa: E402

CHAIN = ROOT / "topologies" / "chain" / "topology.yaml"


class Runner:
    """A GitHub job, as the scripts see it."""

    def __init__(self, folder: Path, labs: Path) -> None:
        self.workspace, self.results = folder / "workspace", folder / "results"
        self.summary, self.output = folder / "summary.md", folder / "output"
        self.workspace.mkdir()
        self.environment = {
            "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(BUILD / "python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "XCONN_RUN": str(labs / "labs"),
            "CROSSCONNECT_RESULTS": str(self.results),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_RUN_ID": "7",
            "RUNNER_TEMP": str(folder),
        }

    def start(self, script: str, **inputs: str) -> subprocess.Popen[str]:
        environment = {**self.environment, **inputs}
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([SCRIPTS / script], env=environment, cwd=self.workspace, **pipes)

    def run(self, script: str, **inputs: str) -> tuple[int, str]:
        with self.start(script, **inputs) as process:
            said, _ = process.communicate(timeout=100)
        return process.returncode, said

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())

    def drill(self, name: str, most: str = "3s", topology: Path = CHAIN) -> None:
        path = self.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"name: cut\ntopology: {topology}\nduration: 4s\nflows: {{f: {{from: left, to: right}}}}\n"
            'timeline:\n  - {at: 1s, fault: blackhole, on: "r1:east", for: 500ms}\n'
            f"expect:\n  - alive: {{flow: f}}\n  - outage: {{flow: f, at-most: {most}}}\n"
        )


@pytest.fixture
def runner(tmp_path: Path, place: Path) -> Runner:
    return Runner(tmp_path, place)


def failing(count: int, timeline: int = 30, verdict: str = "fail") -> Results:
    raw = report(verdict).raw
    raw["highlights"] *= timeline
    return Results(drills=[Drill(f"network/drills/d{n}.yaml", verdict, report=raw) for n in range(count)])


# --- tell ---------------------------------------------------------------------------------------------------------------


def test_two_hundred_failing_drills(runner):
    failing(200).write(runner.results)
    status, said = runner.run("tell")
    assert status == 1 and runner.outputs == {
        "verdict": "fail",
        "worst-outage": "1120",
        "json": str(runner.results / "results.json"),
    }
    errors = [line for line in said.splitlines() if line.startswith("::error ")]
    assert len(errors) == 10 and errors[9].endswith("::and 191 more; the job summary lists all of them")
    assert errors[0].startswith(
        "::error file=network/drills/d0.yaml,line=8,title=drill cut::outage of f <= 1.00 s: fail%0A"
    )
    summary = runner.summary.read_text()
    assert summary.startswith("## ❌ Crossconnect: 0 of 200 drills passed; the longest outage was 1.12 s")
    assert summary.count("\n### ") == 200 and summary.count("```mermaid") == 200
    assert summary.count("<details>") == summary.count("</details>") == 201
    assert '  n0["a"]\n  n1["b"]\n  n2["c"]\n  n0 --> n1\n  n1 --> n2\n  n0 -.-> n2\n' in summary


def test_a_summary_that_would_be_too_big_says_what_has_no_room(runner):
    failing(200, timeline=200).write(runner.results)
    assert runner.run("tell")[0] == 1
    size = runner.summary.stat().st_size
    assert LIMIT * 0.8 < size < LIMIT
    summary = runner.summary.read_text()
    (left,) = re.findall(r"(\d+) more drills do not fit here", summary)
    assert summary.count("\n### ") + int(left) == 200


def test_what_failed_comes_before_what_passed(runner):
    passed, failed = failing(1, verdict="pass"), failing(1)
    Results(drills=passed.drills + failed.drills).write(runner.results)
    runner.run("tell")
    summary = runner.summary.read_text()
    assert summary.index("### ❌") < summary.index("<details><summary>✅")
    assert summary.startswith("## ❌ Crossconnect: 1 of 2 drills passed")


@pytest.mark.parametrize("mode, status, level", [("fail", 1, "error"), ("rerun:2", 1, "error"), ("warn", 0, "warning")])
def test_inconclusive(runner, mode, status, level):
    failing(12, verdict="inconclusive").write(runner.results)
    ended, said = runner.run("tell", INPUT_INCONCLUSIVE=mode)
    assert ended == status and runner.outputs["verdict"] == "inconclusive"
    assert len([line for line in said.splitlines() if line.startswith(f"::{level} ")]) == 10
    assert runner.summary.read_text().startswith("## ⚠️ Crossconnect: 0 of 12 drills passed")


def test_all_passed(runner):
    failing(2, verdict="pass").write(runner.results)
    status, said = runner.run("tell")
    assert status == 0 and runner.outputs["verdict"] == "pass" and "::" not in said


def test_nobodys_words_speak_to_github(runner):
    hostile = "a%0A\n::error::b\r`c` <img src=x> | [d](e) ```\x1b[31m"
    results = failing(1)
    drill = results.drills[0]
    drill.file = "x,line=1::\n.yaml"
    drill.report["expectations"][0].update(sentence=hostile, found=hostile, because=hostile)
    drill.report["flows"][0]["forward"]["path"]["before"]["nodes"] = ['n"]; click', "b"]
    drill.report["highlights"][0]["text"] = hostile
    results.write(runner.results)
    _, said = runner.run("tell")
    assert [line.split(" ")[0] for line in said.splitlines() if line.startswith("::")] == ["::error"]
    assert "file=x%2Cline=1%3A%3A%0A.yaml,line=8," in said and "a%250A%0A::error::b%0D" in said
    summary = runner.summary.read_text()
    assert "<img" not in summary and "\x1b" not in summary and "[d](e)" not in summary
    assert 'n0["n#34;#93;#59; click"]' in summary and summary.count("```") == 2


def test_mistakes_are_told_where_they_are(runner):
    Results(findings=[Finding("network/topology.yaml", n, 3, "nodes: wrong") for n in range(1, 31)]).write(
        runner.results
    )
    status, said = runner.run("tell")
    assert status == 1 and runner.outputs["verdict"] == "error"
    assert "::error file=network/topology.yaml,line=1,title=not valid::nodes: wrong" in said
    assert said.count("::error ") == 10 and "30 mistakes, so no drill ran" in runner.summary.read_text()


def test_one_mistake_is_one(runner):
    Results(findings=[Finding("a.yaml", 1, 1, "wrong")]).write(runner.results)
    runner.run("tell")
    assert "1 mistake, so no drill ran" in runner.summary.read_text()


def test_drills_that_did_not_come_to_their_end(runner):
    status, said = runner.run("tell")
    assert status == 1 and "did not finish" in said and runner.outputs["verdict"] == "error"


# --- find ---------------------------------------------------------------------------------------------------------------


def test_drills_are_found_where_they_may_be(tmp_path):
    for name in (
        "a.drill.yaml",
        "net/drills/b.yaml",
        "net/drills/b.yml",
        "node_modules/x/c.drill.yaml",
        ".git/d.drill.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("name: x\nflows: {}\n")
    (tmp_path / "net" / "drills" / "topology.yaml").write_text("name: x\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in find.drills(tmp_path, "")] == [
        "a.drill.yaml",
        "net/drills/b.yaml",
        "net/drills/b.yml",
    ]
    assert find.drills(tmp_path, "net/**/*.yml a.*") == [tmp_path / "a.drill.yaml", tmp_path / "net/drills/b.yml"]
    for pattern, words in (
        ("none/*.yaml", "matches no file"),
        ("../*", "not in the repository"),
        ("/etc/*", "not in the"),
    ):
        with pytest.raises(ValueError, match=words):
            find.drills(tmp_path, pattern)


@pytest.mark.parametrize("word", ["rerun:0", "rerun:100", "never", "", "fail:2"])
def test_an_input_that_means_nothing(word):
    with pytest.raises(ValueError, match="use rerun:N"):
        Inconclusive.of(word)
    assert Inconclusive.of("rerun 3") == Inconclusive.of("rerun:3") == Inconclusive(3, False)


# --- rehearse and clean-up ----------------------------------------------------------------------------------------------


def test_a_rehearsal_of_real_labs(runner):
    runner.drill("network/drills/good.yaml")
    runner.drill("network/bad.drill.yaml", most="1ms")
    status, said = runner.run("rehearse", INPUT_JOBS="2", INPUT_INCONCLUSIVE="rerun:5")
    assert status == 0, said
    lines = said.splitlines()
    assert lines[0].startswith("::stop-commands::") and lines[-1] == f"::{lines[0].rpartition(':')[2]}::"
    results = Results.read(runner.results)
    assert [(drill.file, drill.verdict) for drill in results.drills] == [
        ("network/bad.drill.yaml", "fail"),
        ("network/drills/good.yaml", "pass"),
    ]
    assert [one["line"] for one in results.drills[0].not_held()] == [9]
    kept = runner.results / "network-bad.drill.yaml"
    assert (
        (kept / "cut.txt").exists()
        and [*kept.glob("drill-*/nodes/r1/frr.conf")]
        and [*kept.glob("drill-*/events.jsonl")]
    )
    assert runner.run("clean-up")[0] == 0 and not Path(runner.environment["XCONN_RUN"]).exists()
    status, said = runner.run("tell")
    assert (
        status == 1
        and "::error file=network/bad.drill.yaml,line=9,title=drill cut::outage of f <= 1.00 ms: fail" in said
    )


def test_nothing_runs_where_a_file_is_wrong(runner):
    runner.drill("drills/good.yaml")
    (runner.workspace / "topology.yaml").write_text("name: x\nnodes: {a: {role: rooter}}\n")
    runner.drill("drills/bad.yaml", topology=Path("../topology.yaml"))
    runner.drill("drills/too.yaml", topology=Path("../topology.yaml"))
    (runner.workspace / "drills" / "worse.yaml").write_text("flows: {}\n")
    runner.drill("drills/lost.yaml", topology=Path("../nowhere.yaml"))
    assert runner.run("rehearse")[0] == 0
    results = Results.read(runner.results)
    assert results.drills == [] and results.verdict == "error"
    found = [(one.file, one.line) for one in results.findings]
    assert ("topology.yaml", 2) in found and ("drills/worse.yaml", 1) in found
    (lost,) = [one for one in results.findings if one.file == "drills/lost.yaml"]
    lines = (runner.workspace / lost.file).read_text().splitlines()
    assert lines[lost.line - 1].startswith("topology:") and lost.text.endswith("there is no such file; check the path")
    assert len(found) == len({(one.file, one.line, one.column, one.text) for one in results.findings})


@pytest.mark.parametrize(
    "inputs, words",
    [
        ({}, "there is no drill in this repository"),
        ({"INPUT_JOBS": "many"}, "input jobs 'many': use a number"),
        ({"INPUT_INCONCLUSIVE": "maybe"}, "input inconclusive 'maybe': use rerun:N"),
        ({"INPUT_DRILLS": "none/*"}, "'none/*' matches no file in the repository"),
    ],
)
def test_inputs_that_mean_nothing_are_an_error_in_words(runner, inputs, words):
    assert runner.run("rehearse", **inputs)[0] == 0
    status, said = runner.run("tell", **inputs)
    assert status == 1 and f"::error title=Crossconnect::{words}" in said


def test_a_job_that_is_cancelled_leaves_no_lab(runner):
    runner.drill("long.drill.yaml")
    (runner.workspace / "long.drill.yaml").write_text(
        (runner.workspace / "long.drill.yaml").read_text().replace("duration: 4s", "duration: 90s")
    )
    labs = Path(runner.environment["XCONN_RUN"])
    with runner.start("rehearse") as process:
        eventually(
            lambda: [*labs.glob("*/events.jsonl")] and "blackhole" in next(labs.glob("*/events.jsonl")).read_text(), 60
        )
        process.send_signal(signal.SIGKILL)
    status, said = runner.run("clean-up")
    assert status == 0, said
    assert not labs.exists()
    assert subprocess.run([XCONN, "inspect", "--all"], env=runner.environment, capture_output=True).returncode == 0


CALM = f"""
name: calm
topology: {CHAIN}
duration: 4s
flows: {{f: {{from: left, to: right}}}}
timeline:
  - {{at: 500ms, fault: delay, on: "left:eth0", delay: 1ms}}
expect:
  - outage: {{flow: f, at-most: 100ms}}
"""


def stall(labs: Path, seconds: float) -> None:
    """The agent of the lab that comes up stands still for a while, once its drill has begun."""
    eventually(lambda: [*labs.glob("*/events.jsonl")] and "delay" in next(labs.glob("*/events.jsonl")).read_text(), 60)
    agent = int(next(labs.glob("*/pid")).read_text())
    os.kill(agent, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(agent, signal.SIGCONT)


def test_a_host_that_stalls_gets_the_drill_again(runner):
    (runner.workspace / "calm.drill.yaml").write_text(CALM)
    with runner.start("rehearse", INPUT_INCONCLUSIVE="rerun:3") as process:
        stall(Path(runner.environment["XCONN_RUN"]), 1.0)
        process.communicate(timeout=100)
    (drill,) = Results.read(runner.results).drills
    assert drill.attempts > 1 and drill.verdict in ("pass", "inconclusive"), drill
    status, _ = runner.run("tell", INPUT_INCONCLUSIVE="warn")
    assert status == 0 and f"attempt {drill.attempts}; " in runner.summary.read_text()


# --- action.yml ---------------------------------------------------------------------------------------------------------

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]


def test_the_action_refers_to_what_is_there():
    text = (ROOT / "action.yml").read_text()
    ids = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.([a-z-]+)\.", text)) <= ids
    for script in re.findall(r"packaging/action/([a-z-]+)(?:\" ([a-z-]+))?", text):
        for name in filter(None, script):
            assert os.access(SCRIPTS / name, os.X_OK), name
    for step in STEPS:
        assert ("uses" in step) != ("run" in step and step["shell"] == "bash"), step["name"]


def test_no_input_is_pasted_into_a_script():
    """A branch called $(rm -rf /) stays a word: scripts get what others wrote by their environment only."""
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_no_context_is_read_that_github_does_not_promise_to_composite_actions():
    """github/docs#25336: they may name an action that this one uses."""
    assert not re.search(r"github\.action_(repository|ref)", (ROOT / "action.yml").read_text())


def test_root_gets_what_the_scripts_read():
    kept = set(re.search(r"--preserve-env=(\S+)", (SCRIPTS / "as-root").read_text())[1].split(","))
    for step in STEPS:
        if "as-root" in step.get("run", ""):
            assert set(step["env"]) <= kept, step["name"]
