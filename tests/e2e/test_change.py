# SPDX-License-Identifier: Apache-2.0
"""A running lab is changed: only what differs is touched."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest

import crossconnect

HERE = Path(__file__).parent / "change"
BASE, MORE = str(HERE / "base.yaml"), str(HERE / "more.yaml")


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None) -> Iterator[Any]:
    with crossconnect.up(BASE, name="change") as lab:
        yield lab


def pids(lab: Any) -> dict[tuple[str, str], list[int]]:
    return {(node["name"], s["name"]): s["pids"] for node in lab.inspect()["nodes"] for s in node["services"]}


@pytest.mark.bound(240)
def test_a_whole_vnet_comes_and_goes_and_a_flow_beside_it_loses_nothing(lab: Any) -> None:
    report: dict[str, Any] = {}
    drill = {
        "name": "beside",
        "topology": BASE,
        "duration": "25s",
        "flows": {"beside": {"from": "client", "to": "hub-vm", "every": "5ms"}},
        "expect": [{"lost": {"flow": "beside", "at-most": 0}}],
    }
    before = pids(lab)
    running = threading.Thread(target=lambda: report.update(of=lab._core.drill(json.dumps(drill), "beside")))
    running.start()
    changes = lab.apply(MORE)
    assert "+ node annex-vnet" in changes and any("+ bgp neighbour 172.20.1.2 AS 64900" in text for text in changes)
    assert not any("fact" in text or "cust1secret" in text for text in changes)
    during = pids(lab)
    assert during[("annex-gw-0", "bgpd")], "the new gateway's daemon runs"
    assert {key: during[key] for key in before} == before, "no daemon that was there has been started again"
    # seen by others' eyes: the session on the router that the flow crosses, the way into the new VNet
    shown = lab.exec("core", "vtysh", "-N", "core", "-c", "show bgp summary json")
    assert shown.stderr == "", "vtysh has something to complain of"
    session = json.loads(shown.stdout)
    assert session["ipv4Unicast"]["peers"]["172.20.1.2"]["state"] == "Established"
    lab.exec("annex", "ping", "-c1", "-W2", "-I", "172.20.1.2", "172.20.1.1")
    assert any(route["dst"] == "10.200.0.0/16" for route in lab.json("core", "ip", "-j", "route"))

    lab.apply(BASE)
    assert pids(lab) == before
    routes = lab.json("core", "ip", "-j", "route")
    assert not any(route["dst"] in ("10.200.0.0/16", "172.20.1.0/30") for route in routes)
    session = json.loads(lab.exec("core", "vtysh", "-N", "core", "-c", "show bgp summary json").stdout)
    assert "172.20.1.2" not in session["ipv4Unicast"]["peers"]

    assert running.is_alive(), "the flow is to outlast both changes"
    running.join()
    flow = report["of"]["flows"][0]
    assert flow["forward"]["sent"] > 1000 and flow["forward"]["lost"] == 0 and flow["reverse"]["lost"] == 0, flow


@pytest.mark.bound(240)
def test_a_fault_on_what_goes_is_healed_and_others_stay(lab: Any) -> None:
    lab.apply(MORE)
    lost, kept = lab.inject("blackhole", "core:lab"), lab.inject("delay", "core:wan", delay="5ms")
    lab.apply(BASE)
    assert [fault["id"] for fault in lab.faults()] == [kept]
    assert any(e["source"] == "fault" and "core:lab healed" in e["text"] for e in lab.events()), lost
    assert any(e["source"] == "change" and e["text"] == "- node annex-vnet" for e in lab.events())
    lab.heal(kept)
    lab.wait()


@pytest.mark.bound(240)
def test_a_change_that_stops_half_way_leaves_the_lab_running_and_can_be_repeated(lab: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(f"extends: {MORE}\nnodes: {{client: {{nftables: 'table inet mine {{ oops }}'}}}}\n")
    before = pids(lab)
    with pytest.raises(crossconnect.Error, match="(?s)stopped half-way.*nftables.*remains.*annex-vnet"):
        lab.apply(broken)
    assert pids(lab) == before and lab.inspect()["converged"]
    lab.apply(MORE)
    assert lab.inspect()["converged"]
    lab.apply(BASE)
    assert pids(lab) == before
    assert lab.apply(BASE) == []


@pytest.mark.bound(240)
def test_what_a_stopped_change_left_is_put_right_and_told_once(lab: Any, tmp_path: Path) -> None:
    file = tmp_path / "changed.yaml"

    def written(**nodes: str) -> str:
        words = ", ".join(f"{name}: {{{text}}}" for name, text in nodes.items())
        file.write_text(f"extends: {BASE}\nnodes: {{{words}}}\n")
        return str(file)

    left = "nftables: 'table ip left { chain here { accept; }; }'"
    for name in ("nosuch", "neither", "nosuch"):
        with pytest.raises(crossconnect.Error, match=f"(?s)stopped half-way.*{name}"):
            lab.apply(written(client=left, core=f"sysctls: {{net.ipv4.{name}: 1}}"))
    assert "left" in lab.exec("client", "nft", "list", "ruleset").stdout, "it stopped too early to leave something"
    assert lab.apply(written(core="sysctls: {net.ipv4.ip_default_ttl: 63}")) == [
        "~ node core: ~ sysctl net.ipv4.ip_default_ttl = 63",
        "~ node client: what a change that stopped half-way left there is put right",
    ]
    assert "left" not in lab.exec("client", "nft", "list", "ruleset").stdout
    assert lab.apply(BASE) == [], "once"


@pytest.mark.bound(240)
def test_of_two_changes_at_once_the_second_is_refused(lab: Any) -> None:
    refused: list[dict[str, Any]] = []

    def change_again(_: str) -> None:
        if refused:
            return
        with pytest.raises(crossconnect.TopologyError, match="AnotherOperationInProgress") as raised:
            lab.apply(BASE)
        refused.extend(raised.value.findings)

    lab.apply(MORE, progress=change_again)
    assert refused[0]["code"] == "V37" and refused[0]["source"].startswith("Microsoft Learn")
    assert refused[0]["object"] == "lab change" and refused[0]["remedy"]
    assert lab.inspect()["converged"]
    lab.apply(BASE)


def test_the_command_says_what_it_would_change_and_changes_nothing(lab: Any, xconn: Any) -> None:
    said = xconn("up", MORE, "--name", "change", "--dry-run")
    assert said.returncode == 0 and "+ node annex-vnet" in said.stdout, said
    assert "annex-vnet" not in json.dumps(lab.inspect())
    kept = lab.folder / "topology.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert xconn("validate", str(kept)).returncode == 0
