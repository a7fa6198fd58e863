# SPDX-License-Identifier: Apache-2.0
"""What pytest says of verdicts: inconclusive is an outcome of its own, reruns, JUnit, the report as failure output."""

from __future__ import annotations

import fnmatch
import xml.etree.ElementTree as ElementTree

import fake_labs
import pytest
from conftest import ROOT

CHAIN = ROOT / "topologies" / "chain" / "topology.yaml"
ASSERTS = """
def test_failover(xconn_lab):
    report = xconn_lab.drill("any")
    assert report.flow("f").outage < 1
"""
CHECKS = """
def test_failover(xconn_lab):
    xconn_lab.drill("any").check()
"""
DRILL = f"""
name: cut
topology: {CHAIN}
duration: 2s
flows: {{f: {{from: left, to: right}}}}
expect:
  - outage: {{flow: f, at-most: 1s}}
"""


@pytest.fixture
def rehearse(project, monkeypatch):
    """Runs a test, or the drill, over labs whose drills end as told."""

    def run(verdicts: str, *options: str, test: str = ASSERTS) -> pytest.RunResult:
        if test is DRILL:
            (project.path / "cut.drill.yaml").write_text(test)
        else:
            project.makepyfile(test_it=test)
        monkeypatch.setenv("FAKE_VERDICTS", verdicts)
        return project.run("-p", "fake_labs", f"--xconn-topology={CHAIN}", *options)

    return run


def test_a_failed_drill_is_told_as_its_report(rehearse):
    result = rehearse("fail", test=DRILL)
    assert result.ret == 1 and result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(
        [
            "*cut.drill.yaml:7: outage of f <= 1.00 s: fail",
            "*found: 1.12 s forward",
            "*expected because BFD",
            "*forward before  a > b > c",
            "*forward after   a > c",
            "*+0.871  bfd      r1*down",
            "run folder: *cut.drill.yaml*",
            "*longest outages*",
            "*1.12 s  f in drill cut  (cut.drill.yaml::*",
        ]
    )


def test_a_failed_assertion_brings_the_report_too(rehearse):
    result = rehearse("fail")
    result.stdout.fnmatch_lines(["*assert 1.12 < 1", "*xconn lab chain-*", "drill cut: fail", "*down", "run folder: *"])


@pytest.mark.parametrize("test", [ASSERTS, CHECKS, DRILL], ids=["asserts", "checks", "drill"])
def test_an_open_verdict_is_neither_passed_nor_failed(rehearse, test):
    result = rehearse("inconclusive", "--xconn-inconclusive=fail", test=test)
    assert result.ret == 1 and result.parseoutcomes() == {"inconclusive": 1}
    result.stdout.fnmatch_lines(["*I *", "*INCONCLUSIVE: the host stalled*", "*host stalled 400 ms at most*"])
    result.stdout.no_fnmatch_line("*= FAILURES =*")


def test_an_assertion_that_no_stall_can_have_made_is_a_failure(rehearse):
    result = rehearse("pass", "--xconn-inconclusive=fail")
    assert result.parseoutcomes() == {"failed": 1}


@pytest.mark.parametrize("test", [ASSERTS, CHECKS, DRILL], ids=["asserts", "checks", "drill"])
def test_what_is_open_runs_again_in_the_same_lab(rehearse, test):
    result = rehearse("inconclusive,inconclusive,fail", "-rP", "-s", test=test)
    assert result.parseoutcomes() == {"failed": 1}
    ran = [line for line in result.outlines if "drill in chain-" in line]
    assert len(ran) == 3 and len({line.split()[-1] for line in ran}) == 1


def test_a_rerun_that_passes_is_a_pass(rehearse):
    assert rehearse("inconclusive,pass", test=CHECKS).parseoutcomes() == {"passed": 1}


def test_reruns_end(rehearse):
    result = rehearse("inconclusive", "--xconn-inconclusive=rerun:3", "-s", test=DRILL)
    assert result.parseoutcomes() == {"inconclusive": 1} and result.ret == 1
    assert str(result.stdout).count("drill in chain-") == 4


@pytest.mark.parametrize("test", [ASSERTS, DRILL], ids=["asserts", "drill"])
def test_skip_leaves_the_session_green_and_says_so(rehearse, test):
    result = rehearse("inconclusive", "--xconn-inconclusive=skip", test=test)
    assert result.ret == 0 and result.parseoutcomes() == {"inconclusive": 1}
    result.stdout.fnmatch_lines(["*INCONCLUSIVE: the host stalled*"])


@pytest.mark.parametrize("mode, tag", [("fail", "error"), ("skip", "skipped")])
def test_junit_has_a_type_of_its_own(rehearse, project, mode, tag):
    rehearse("inconclusive", f"--xconn-inconclusive={mode}", "--junit-xml=junit.xml")
    suite = ElementTree.parse(project.path / "junit.xml").getroot().find("testsuite")
    case = suite.find("testcase")
    assert [child.tag for child in case if child.tag != "properties"] == [tag] and case.find(tag).get(
        "type"
    ) == "inconclusive"
    counts = {key: int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 1, "failures": 0, "errors": int(mode == "fail"), "skipped": int(mode == "skip")}


def test_the_ten_longest_outages_of_all_workers(rehearse):
    twelve = "import pytest\n@pytest.mark.parametrize('n', range(12))\ndef test_it(xconn_lab, n):\n    xconn_lab.drill('any')\n"
    result = rehearse("pass", "-n2", test=twelve)
    assert result.parseoutcomes() == {"passed": 12}
    result.stdout.fnmatch_lines(["*the longest outages (10 of 12 flows)*"])
    assert str(result.stdout).count("f in drill cut") == 10


@pytest.mark.parametrize(
    "option, words",
    [
        ("--xconn-inconclusive=rerun:0", "--xconn-inconclusive=rerun:0: it is rerun, rerun:N"),
        ("--xconn-inconclusive=maybe", "--xconn-inconclusive=maybe: it is rerun"),
        ("--xconn-labs=none", "--xconn-labs=none: it is a number from 1, or auto"),
    ],
)
def test_a_bad_option_is_a_usage_error(rehearse, option, words):
    result = rehearse("pass", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {words}*"])


@pytest.mark.parametrize(
    "mark, words",
    [
        ('"chain"', "*'chain' has no name; write topology='chain'*"),
        ('topologie="chain"', "*there is no 'topologie'; there are topology, timers, scope*"),
        ('topology="chain", timers="slow"', "*timers='slow': it is one of azure, fast*"),
        ('topology="chain", scope="class"', "*scope='class': it is one of function, module, session*"),
        ('topology="chain", timeout="1m"', "*timeout='1m': it is seconds*"),
        ("topology=[]", "*topology: the list is empty*"),
    ],
)
def test_a_bad_mark_says_what_is_wrong(project, mark, words):
    project.makepyfile(f"import pytest\n@pytest.mark.xconn({mark})\ndef test_it(xconn_lab):\n    pass\n")
    result = project.run("-p", "fake_labs")
    assert result.ret != 0
    assert any(fnmatch.fnmatch(line, words) for line in result.outlines + result.errlines)


def test_a_test_without_a_topology_says_how_to_name_one(project):
    project.makepyfile("def test_it(xconn_lab):\n    pass\n")
    result = project.run("-p", "fake_labs")
    result.stdout.fnmatch_lines(["*no topology: name one (topology=...), or give --xconn-topology*"])


def test_a_reports_repr_says_what_did_not_hold():
    assert (
        repr(fake_labs.report("fail"))
        == "<Report of drill cut: fail; outage of f <= 1.00 s: fail, found 1.12 s forward>"
    )
    assert repr(fake_labs.report("pass")) == "<Report of drill cut: pass>"
