#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The same chain or star by Mininet (Debian's package), hosts linked to each other without any switch or controller.

    tests/bench/mininet_wires.py chain|star COUNT

Prints the milliseconds until all is up, and until it is gone. Needs root.
"""

import sys
import time

from mininet.clean import cleanup  # noqa: F401  (what Mininet's own `mn` does after a failure)
from mininet.net import Mininet
from networks import chain, star


def main() -> None:
    network = {"chain": chain, "star": star}[sys.argv[1]](int(sys.argv[2]))
    begin = time.monotonic()
    net = Mininet(controller=None)
    for name in network["nodes"]:
        net.addHost(name, ip=None)
    for left, right in network["links"]:
        (a, a_interface), (b, b_interface) = left.split(":"), right.split(":")
        # Interfaces of Mininet are born in the host's namespace and moved, so their names are unique in all of it.
        net.addLink(a, b, intfName1=f"{a}-{a_interface}", intfName2=f"{b}-{b_interface}")
    net.build()
    for name, node in network["nodes"].items():
        for interface, address in node["interfaces"].items():
            net[name].setIP(address, intf=f"{name}-{interface}")
    up = time.monotonic() - begin
    begin = time.monotonic()
    net.stop()
    print(f"up {up * 1e3:.1f} ms gone {(time.monotonic() - begin) * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
