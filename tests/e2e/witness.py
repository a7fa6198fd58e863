# SPDX-License-Identifier: Apache-2.0
"""What programs that know nothing of Crossconnect say of a lab of sdwan-expressroute: ping, ip, vtysh."""

from __future__ import annotations

import re

NEAR = "172.16.248.1"  # hq-client's first hop, over hq-client:eth0 and hq-lan


def ping(lab, *options: str, node: str = "hq-client", to: str = NEAR) -> tuple[float, float]:
    """Loss in percent and mean round trip in ms (0 without an answer), as iputils says."""
    done = lab.exec(node, "ping", "-n", "-q", "-W1", *options, to, check=False)
    if "unreachable" in done.stderr:  # no route: none was sent
        return 100.0, 0.0
    said = done.stdout
    loss = re.search(r"([\d.]+)% packet loss", said)
    mean = re.search(r"= [\d.]+/([\d.]+)/", said)
    assert loss, said
    return float(loss[1]), float(mean[1]) if mean else 0.0


def reaches(lab, **options: str) -> bool:
    return ping(lab, "-c1", **options)[0] == 0


def link(lab, node: str, interface: str) -> dict:
    return lab.json(node, "ip", "-j", "link", "show", "dev", interface)[0]


def has_carrier(lab, node: str, interface: str) -> bool:
    return "LOWER_UP" in link(lab, node, interface)["flags"]


def is_admin_up(lab, node: str, interface: str) -> bool:
    return "UP" in link(lab, node, interface)["flags"]


def vtysh(lab, node: str, command: str) -> dict:
    return lab.json(node, "vtysh", "-N", node, "-c", command)


def bgp_state(lab, node: str, peer: str) -> str:
    return vtysh(lab, node, "show bgp ipv4 unicast summary json")["peers"][peer]["state"]


def bfd_state(lab, node: str, peer: str) -> str:
    return next(one["status"] for one in vtysh(lab, node, "show bfd peers json") if one["peer"] == peer)
