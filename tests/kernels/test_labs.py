# SPDX-License-Identifier: Apache-2.0
"""Labs on stock kernels, emulated: that they come up and carry packets; how long that takes is not looked at."""

from __future__ import annotations

import pytest
from conftest import HERE, Lab
from guest import Guest

slow = pytest.mark.slow


def test_ipsec_under_apparmor(guest: Guest, xconn: Lab) -> None:
    """An SD-WAN edge and a firewall pair: charon, swanctl, nftables, BGP; over a host whose settings are turned."""
    guest.check(
        "dmesg -C; sysctl -q -w net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1 net.ipv4.ip_forward=1"
    )
    guest.check("modprobe br_netfilter && sysctl -n net.bridge.bridge-nf-call-iptables")
    xconn.up("sdwan-expressroute")
    xconn.reaches("hq-client", "172.16.137.4")
    for words in (["swanctl", "--list-sas"], ["sh", "-c", "'swanctl --list-sas'"]):
        done = xconn("exec", "hq-fgt", "--", *words)
        assert done.status == 0 and "ESTABLISHED" in done.text, done.text
    shell = xconn("exec", "hq-fgt", "--", "timeout", "60", "tcpdump", "-n", "-c", "1", "-i", "er")
    assert shell.status == 0, shell.text
    denied = guest.run("dmesg | grep 'apparmor=\"DENIED\"' | grep -E 'charon|swanctl|tcpdump'").text
    assert not denied, denied


@slow
@pytest.mark.parametrize("datapath", ["kernel", "portable"])
def test_private_peering(xconn: Lab, datapath: str) -> None:
    xconn.up("private-peering", "--datapath", datapath)
    xconn.reaches("client", "10.0.4.132")
    for fault in ("delay core:lan 20ms", "rate core:lan 1mbit", "duplicate core:lan 50%"):
        assert xconn("fault", *fault.split()).status == 0
        xconn.reaches("client", "10.0.4.132")
        assert xconn("fault", "heal", "all").status == 0


@slow
@pytest.mark.parametrize(
    "topology",
    [
        "aviatrix-encryption",
        "bfd-on-off",
        "connectivity/exchange.yaml",
        "er-direct",
        "er-vpn-backup",
        "microsoft-peering",
        "transit-vnet",
        "transit-vnet/firewall.yaml",
        "two-circuits",
        "vpn-over-er",
    ],
)
def test_one_of_each_kind(xconn: Lab, topology: str) -> None:
    xconn.up(topology)


@slow
@pytest.mark.parametrize(
    "drill", ["private-peering/drills/maintenance.yaml", "sdwan-expressroute/drills/er-silent-health-check.yaml"]
)
def test_a_drill_is_played_to_its_end(xconn: Lab, drill: str) -> None:
    """0, 1 or 3: its verdict is about time, which an emulated machine does not keep."""
    done = xconn("drill", drill, within=1800)
    assert done.status in (0, 1, 3) and "outage" in done.text, done.text
