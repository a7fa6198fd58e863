# SPDX-License-Identifier: Apache-2.0
"""What a host may be set to, and what a lab must not feel of it."""

from __future__ import annotations

import re

import pytest
from conftest import BUILD, HERE, Lab
from guest import Guest

# Counters, keys that the kernel draws, and what is the whole machine's: no settings of a node.
NOT_SETTINGS = (
    *("nf_conntrack_count", "nf_conntrack_max", "nf_conntrack_buckets", "nf_conntrack_expect_max"),
    *("net.core.rmem_default", "net.core.rmem_max", "net.core.wmem_default", "net.core.wmem_max"),
    *("nf_hooks_lwtunnel", "tcp_fastopen_key", "stable_secret"),
)
NO_NEIGHBOURS = re.compile(r"net\.ipv[46]\.neigh\.wire\d+~\.")  # of a device that the node's packets only pass through


def settings_of(xconn: Lab, node: str) -> dict[str, str]:
    done = xconn("exec", node, "--", "sysctl", "-ae", "--pattern", "'^net'")
    assert done.status == 0, done.text
    pairs = (line.split(" = ", 1) for line in done.text.splitlines() if " = " in line)
    return {key: value for key, value in pairs if not key.endswith(NOT_SETTINGS) and not NO_NEIGHBOURS.match(key)}


def test_the_distribution_is_as_it_comes(guest: Guest) -> None:
    assert guest.check("cat /sys/module/apparmor/parameters/enabled").strip() == "Y"
    if "deb13" in guest.release:
        assert guest.check("sysctl -n net.ipv4.conf.default.rp_filter").strip() == "2"


def test_a_charon_of_the_systems_own_may_not_read_a_run_folder(guest: Guest) -> None:
    """That the profile is in force at all: else the labs below would show nothing."""
    script = (
        "mkdir -p /run/other && cp /etc/strongswan.conf /run/other/ && STRONGSWAN_CONF=/run/other/strongswan.conf {}"
    )
    denied = guest.run(script.format("swanctl --version") + "; dmesg | grep 'DENIED.*swanctl'")
    assert "/run/other/strongswan.conf" in denied.text, denied.text


def test_the_doctor_finds_all(xconn: Lab) -> None:
    done = xconn("doctor")
    assert done.status == 0, done.text


@pytest.mark.parametrize(
    "program, chosen, among_them",
    [
        ("kernel_kernel_test", "Inherited*:Kernel*", "InheritedTest"),
        ("datapath_kernel_test", "Doctor*:Filter*", "FilterTest"),
        # This kernel has VLAN devices, which the machine below may not have.
        ("datapath_kernel_test", "*VlanTest*/Kernel:*ProviderTest*/Kernel", "VlanTest.CarriesStackedTags/Kernel"),
        ("sys_kernel_test", "NetnsTest*:ProcessTest*:ViewTest*", "ViewTest"),
    ],
)
def test_kernel_tests(guest: Guest, program: str, chosen: str, among_them: str) -> None:
    done = guest.run(f"{BUILD}/tests/kernel/{program} --gtest_filter='{chosen}'", within=1800)
    assert done.status == 0 and among_them in done.text, done.text


def test_a_node_has_nothing_of_a_host_whose_every_setting_is_turned(guest: Guest, xconn: Lab) -> None:
    """Which settings a new namespace takes over is asked of the kernel, not of our table."""
    nodes = ("r1", "r2")
    xconn.up("chain")
    before = {node: settings_of(xconn, node) for node in nodes}
    xconn("down", "chain")
    saved = guest.check("sysctl -ae --pattern '^net' > /run/saved; wc -l < /run/saved")
    try:
        turned = guest.check(f"python3 {HERE}/turn.py", within=300).split()
        assert "/proc/sys/net/ipv4/conf/default/rp_filter" in turned, turned
        assert len(turned) > 60, (turned, saved)
        xconn.up("chain")
        after = {node: settings_of(xconn, node) for node in nodes}
    finally:
        guest.run("sysctl -q -p /run/saved")
    for node in nodes:
        changed = {key: (was, after[node].get(key)) for key, was in before[node].items() if after[node].get(key) != was}
        assert not changed, (node, changed)
