# SPDX-License-Identifier: Apache-2.0
"""What engineers have met in the field, on networks as small as can be: each drill says what has to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import crossconnect
import pytest
from conftest import ROOT
from host import RUN, eventually

FOLDER = Path(__file__).parent / "incidents"
PLAYED = ["floating-static", "flow-symmetry", "frontend", "no-jitter", "standby", "through-nat"]


@pytest.mark.parametrize("name", PLAYED)
def test_it_is_played_as_it_happens(xconn: Any, name: str) -> None:
    """Again, where the host stalled."""
    drill = FOLDER / f"{name}.drill.yaml"
    for _ in range(5):
        done = xconn("drill", str(drill), "--lab", f"incident-{name}")
        if done.returncode != 3:
            break
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("verb", ["validate", "drill"])
def test_a_drill_that_names_what_is_not_there_is_refused_before_anything_is_built(xconn: Any, verb: str) -> None:
    drill = FOLDER / "vacuous.drill.yaml"
    done = xconn(verb, str(drill))
    assert done.returncode == 2
    for place, word in (("7:32", "r:outt"), ("9:24", "bpg"), ("9:35", "cee"), ("10:30", "mse1"), ("11:21", "r9")):
        assert f"{drill}:{place}: " in done.stderr and word in done.stderr, done.stderr
    assert "did you mean 'r:out'" in done.stderr
    assert not (RUN / "through-nat").exists()


def test_a_running_lab_refuses_it_too() -> None:
    with crossconnect.up(FOLDER / "through-nat.yaml", name="incident-vacuous") as lab:
        with pytest.raises(crossconnect.TopologyError, match="no such node"):
            lab.drill(FOLDER / "vacuous.drill.yaml")


def fetched(lab: Any) -> bool:
    words = ["curl", "-s", "-o", "/dev/null", "--max-time", "3", "http://10.1.1.100/"]
    return lab.exec("client", *words, check=False).returncode == 0


def test_an_internal_rule_without_floating_ip_translates_and_its_answer_back() -> None:
    """To the backend's address and port; the answers do not pass the load balancer."""
    with crossconnect.up(FOLDER / "internal-rule.yaml", name="incident-internal-rule") as lab:
        assert all(fetched(lab) for _ in range(20))
        backends = lab.inspect("ilb")["services"]["lb"]["backends"]
        assert sum(backend["new_flows"] for backend in backends) == 20
        assert all(backend["new_flows"] > 0 for backend in backends)


def says(lab: Any, text: str) -> bool:
    return any(text in event["text"] for event in lab.events() if event["source"] == "lb")


def test_an_appliance_answers_probes_as_its_own_routes_say() -> None:
    """Its default route is by the management NIC: without the route back the probe's answer leaves by that."""
    with crossconnect.up(FOLDER / "probe-routes.yaml", name="incident-probe") as lab:
        lab.exec("web", "ip", "rule", "del", "priority", "500")
        eventually(lambda: says(lab, "web:data unhealthy"), within=15)


def passes_whole(lab: Any, node: str, to: str, size: int) -> bool:
    """A packet of so many bytes, which nobody may cut."""
    words = ["ping", "-M", "do", "-c", "1", "-W", "2", "-s", str(size - 28), to]
    return lab.exec(node, *words, check=False).returncode == 0


def test_a_hybrid_path_carries_1400_bytes_and_cuts_what_is_larger() -> None:
    with crossconnect.up(ROOT / "topologies/private-peering/topology.yaml", name="incident-mtu") as lab:
        for node, to in (("client", "10.0.4.132"), ("hub-vm", "198.51.100.10")):
            assert passes_whole(lab, node, to, 1400)
            assert not passes_whole(lab, node, to, 1401)
            lab.exec(node, "ping", "-M", "dont", "-c", "1", "-W", "2", "-s", "1472", to)
