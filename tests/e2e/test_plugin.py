# SPDX-License-Identifier: Apache-2.0
"""The Python package itself: fixtures, context managers, errors as classes, stubs."""

from __future__ import annotations

import ast
import builtins
import inspect
import subprocess
from pathlib import Path

import crossconnect
import pytest
from conftest import ROOT
from crossconnect import _core

STUBS = ROOT / "bindings" / "crossconnect" / "_core.pyi"


def test_the_fixture_gives_a_converged_lab_and_the_same_one_again(kept_labs):
    lab = kept_labs("chain")
    lab.inject("blackhole", "left:eth0")
    again = kept_labs("chain")
    assert again is lab and lab.faults() == [] and lab.inspect()["converged"]


def test_a_fault_is_healed_at_the_blocks_end_however_it_ends(kept_labs):
    lab = kept_labs("chain")
    with lab.fault("loss", "left:eth0", loss="10%") as number:
        assert [fault["id"] for fault in lab.faults()] == [number]
    with pytest.raises(ZeroDivisionError), lab.fault("blackhole", "left:eth0"):
        assert lab.exec("left", "ping", "-c1", "-W1", "10.0.3.10", check=False).returncode == 1
        raise ZeroDivisionError
    with lab.fault("blackhole", "left:eth0") as number:
        lab.heal(number)  # by hand is fine too
    assert lab.faults() == []


def test_exec_raises_with_what_was_said(kept_labs):
    lab = kept_labs("chain")
    assert lab.json("r1", "ip", "-j", "link", "show", "dev", "east")[0]["ifname"] == "east"
    with pytest.raises(subprocess.CalledProcessError) as caught:
        lab.exec("r1", "sh", "-c", "echo no >&2; exit 3")
    assert caught.value.returncode == 3 and caught.value.stderr == "no\n" and str(caught.value).endswith("\nno")
    with pytest.raises(crossconnect.CommandError, match="there is no node r9"):
        lab.exec("r9", "true")


def test_a_drill_from_a_dict(kept_labs):
    """The fault is on a link without a routing protocol, so what it costs is its own second. Between two routers it takes
    BGP down too, and where both connect again at the same moment, both connections may be refused (RFC 4271, 6.8)."""
    lab = kept_labs("chain")
    report = lab.drill(
        {
            "name": "cut",
            "topology": str(ROOT / "topologies" / "chain"),
            "duration": "6s",
            "flows": {"across": {"from": "left", "to": "right"}},
            "timeline": [{"at": "2s", "fault": "blackhole", "on": "left:eth0", "for": "1s"}],
            "expect": [{"outage": {"flow": "across", "at-least": "800ms", "at-most": "2s"}}],
        }
    )
    assert report.passed or report.inconclusive, report
    flow = report.flow("across")
    assert 0.8 < flow.outage < 2 and flow.forward.lost > 100
    assert flow.forward.path_before == ("left", "r1", "r2", "r3", "right")
    assert [row["source"] for row in report.timeline].count("fault") == 2
    assert "cut" in str(report)


def test_errors_are_classes_with_fields(kept_labs, tmp_path):
    lab = kept_labs("chain")
    with pytest.raises(crossconnect.NotFoundError):
        crossconnect.attach("no-such-lab")
    with pytest.raises(crossconnect.NotFoundError, match="r1, r2, r3"):
        lab.inspect("r9")
    with pytest.raises(crossconnect.TopologyError) as wrong:
        lab.inject("loss", "left:eth0", loss="much")
    assert wrong.value.findings[0]["field"] == "loss"
    with pytest.raises(crossconnect.TimeoutError) as late, lab.fault("kill", "r2:bgpd"):
        lab.wait(0.5)
    assert isinstance(late.value, builtins.TimeoutError)
    assert late.value.awaited and late.value.last_state and late.value.bound_ns == 500_000_000
    lab.wait()
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        f"extends: {ROOT}/topologies/chain/topology.yaml\nname: b\nnodes: {{r1: {{files: {{frr.conf: {{append: nonsense}}}}}}}}\n"
    )
    with pytest.raises(crossconnect.ServiceError) as refused:
        crossconnect.up(broken)
    assert refused.value.argv and refused.value.status and isinstance(refused.value.last_log_lines, list)
    for name in ("TopologyError", "HostError", "KernelError", "ServiceError", "TimeoutError", "NotFoundError"):
        assert issubclass(getattr(crossconnect, name), crossconnect.Error)


def test_a_lab_is_a_context_manager_and_attach_finds_it():
    with crossconnect.up("chain", name="managed") as lab:
        other = crossconnect.attach("managed")
        assert other.folder == lab.folder and (lab.folder / "events.jsonl").exists()
        assert lab.inspect("r1")["role"] == "router"
    with pytest.raises(crossconnect.NotFoundError):
        other.inspect()
    lab.down()  # once more does no harm


def test_progress_is_told():
    steps: list[str] = []
    crossconnect.up("chain", name="told", progress=steps.append).down()
    assert len(steps) >= 3 and all(isinstance(step, str) for step in steps)


def test_plan_is_plain_data():
    plan = crossconnect.plan(crossconnect.find_topology("sdwan-expressroute"))
    assert len(plan["nodes"]) == 22 and "crossconnect-lab-only" not in str(plan)


def test_two_labs_from_threads_do_not_block_each_other():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        labs = list(pool.map(lambda name: crossconnect.up("chain", name=name), ("one", "two")))
    assert [lab.inspect()["converged"] for lab in labs] == [True, True]
    for lab in labs:
        lab.down()


# --- stubs -----------------------------------------------------------------------------------------------------------


def _public(names) -> set[str]:
    return {name for name in names if not name.startswith("_")}


def _stubbed() -> dict[str, ast.AST]:
    return {
        node.name: node
        for node in ast.parse(STUBS.read_text()).body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef))
    }


def test_stubs_have_what_the_module_has():
    stubs = _stubbed()
    assert _public(stubs) == _public(vars(_core))
    for name, node in stubs.items():
        if not isinstance(node, ast.ClassDef) or name.endswith("Error"):
            continue
        members = {member.name for member in node.body if isinstance(member, ast.FunctionDef)}
        assert _public(members) == _public(vars(getattr(_core, name))), name


def test_stubs_name_the_parameters_that_the_module_takes():
    for name, node in _stubbed().items():
        if not isinstance(node, ast.ClassDef) or name.endswith("Error"):
            continue
        for method in node.body:
            said = inspect.getdoc(getattr(_core.Lab, method.name, None)) or ""
            parameters = [
                argument.arg for argument in (*method.args.args, *method.args.kwonlyargs) if argument.arg != "self"
            ]
            if "(" in said:  # pybind11 begins a docstring with the signature
                assert [p for p in parameters if f"{p}:" not in said.splitlines()[0]] == [], (method.name, said)


def test_the_package_is_typed():
    assert (Path(crossconnect.__file__).parent / "py.typed").exists()
    assert set(crossconnect.__all__) <= set(vars(crossconnect))
