# SPDX-License-Identifier: Apache-2.0
"""A kernel that loads no module by itself: what is missing is named with the line that brings it, and that line helps."""

from __future__ import annotations

from typing import Iterator

import pytest
from conftest import FOLDER, SUITES, Lab
from guest import Guest, fetched

PAIR = """name: pair
nodes:
  a: {role: host, interfaces: {eth0: 10.0.0.1/24}}
  b: {role: host, interfaces: {eth0: 10.0.0.2/24}}
links: [[a:eth0, b:eth0]]
"""
SWITCHED = PAIR.replace("pair", "switched") + "  - [a:eth1, lan:one]\n  - [b:eth1, lan:two]\n"
SWITCHED = SWITCHED.replace("links: [[a:eth0, b:eth0]]", "  lan: {role: switch}\nlinks:\n  - [a:eth0, b:eth0]")
FILTERED = PAIR.replace("pair", "filtered").replace(
    "a: {role: host,", "a: {role: host, nftables: 'table ip own { chain c { type filter hook input priority 0; } }',"
)


@pytest.fixture(scope="module")
def bare(request: pytest.FixtureRequest) -> Iterator[Lab]:
    newest = request.config.getoption("--kernels").split(",")[-1]
    with Guest(fetched(FOLDER, SUITES[newest])) as guest:
        guest.check("echo /nonexistent > /proc/sys/kernel/modprobe")
        for name, text in (("pair", PAIR), ("switched", SWITCHED), ("filtered", FILTERED)):
            guest.check(f"cat > /root/{name}.yaml <<'YAML'\n{text}YAML")
        yield Lab(guest)


PAIR_UP, AT_PAIR = ("up", "/root/pair.yaml", "--timeout", "5m"), ("--lab", "pair")
# What is refused, the line that is given, and whether the line alone lets it succeed.
STEPS = [
    (PAIR_UP, "modprobe veth", False),
    (PAIR_UP, "modprobe sch_ingress", True),
    (("fault", "loss", "a:eth0", "50%", *AT_PAIR), "modprobe cls_bpf", True),
    (("fault", "rate", "a:eth0", "1mbit", *AT_PAIR), "modprobe sch_tbf", True),
    (("fault", "delay", "a:eth0", "5ms", *AT_PAIR), "modprobe tun", True),
    (("up", "/root/switched.yaml", "--timeout", "5m"), "modprobe bridge", True),
    (
        ("up", "/root/filtered.yaml", "--timeout", "5m"),
        "modprobe -a nf_tables nft_ct nft_nat nft_hash nft_numgen nft_fib_ipv4",
        True,
    ),
    (("up", "private-peering", "--datapath", "kernel", "--timeout", "10m"), "modprobe 8021q", True),
]


def is_refused(xconn: Lab, line: str, *words: str) -> None:
    done = xconn(*words)
    assert done.status == 4 and line in done.text, done.text
    for riddle in ("CONFIG_", "File exists"):
        assert riddle not in done.text, done.text


@pytest.mark.slow
def test_each_missing_module_is_named_and_its_line_helps(bare: Lab) -> None:
    for words, line, helps in STEPS:
        if line != "modprobe 8021q":  # there is another driver: the doctor misses nothing
            is_refused(bare, line, "doctor")
        is_refused(bare, line, *words)
        bare.guest.check(line)
        done = bare(*words)
        assert (done.status == 0) == helps, done.text
    assert bare("doctor").status == 0
