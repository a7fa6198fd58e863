# SPDX-License-Identifier: Apache-2.0
"""A circuit's bandwidth, measured by iperf3: each of the two links has all of it, each way."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Iterator

import crossconnect
import pytest
from conftest import XCONN
from host import eventually

MEGABIT = 1_000_000
BANDWIDTH = 50 * MEGABIT


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None, topologies: Any, tmp_path_factory: Any) -> Iterator[Any]:
    file = tmp_path_factory.mktemp("narrow") / "narrow.yaml"
    file.write_text(
        f"extends: {topologies / 'private-peering' / 'topology.yaml'}\n"
        "name: narrow\n"
        "circuits: {useasterc1cust1: {bandwidth: 50Mbps}}\n"
    )
    with crossconnect.up(file, name="narrow") as lab:
        server = [XCONN, "exec", "--lab", lab.name, "hub-vm", "--", "iperf3", "-s"]
        with subprocess.Popen(server, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as listening:
            eventually(lambda: ":5201" in lab.exec("hub-vm", "ss", "-ltn").stdout, within=10)
            yield lab
            listening.terminate()


def rate(lab: Any, *options: str) -> float:
    """Bits of TCP payload in a second, of all flows together, once they have got going."""
    done = lab.exec("client", "iperf3", "-J", "-c", "10.0.4.132", "-t", "4", "-O", "2", *options)
    return json.loads(done.stdout)["end"]["sum_received"]["bits_per_second"]


@pytest.mark.parametrize("direction", [(), ("-R",)], ids=["to-azure", "from-azure"])
def test_a_flow_has_the_bandwidth_of_one_link(lab: Any, direction: tuple[str, ...]) -> None:
    assert 0.85 * BANDWIDTH < rate(lab, *direction) < BANDWIDTH


@pytest.mark.parametrize("direction", [(), ("-R",)], ids=["to-azure", "from-azure"])
def test_flows_over_both_links_have_twice_of_it(lab: Any, direction: tuple[str, ...]) -> None:
    """Twelve flows: that all take the same one of two paths is once in 2048 times."""
    assert 1.7 * BANDWIDTH < rate(lab, "-P", "12", *direction) < 2 * BANDWIDTH
