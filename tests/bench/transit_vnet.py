#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long transit-vnet with more spokes takes until it is up and converged.

    tests/bench/transit_vnet.py [SPOKES = 10] [RUNS = 5]

Each spoke is a VNet with a machine, peered with the hub, and uses its ExpressRoute gateway. Needs root, and build/bin/xconn
($XCONN names another). Prints each run and the median, in seconds.
"""

from __future__ import annotations

import ipaddress
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
XCONN = os.environ.get("XCONN", str(ROOT / "build" / "bin" / "xconn"))
FIRST = ipaddress.ip_network("10.0.100.32/27")
LAB = "bench-transit"


def spoke(number: int) -> tuple[ipaddress.IPv4Network, str]:
    prefix = ipaddress.ip_network((int(FIRST.network_address) + 32 * (number - 1), 27))
    return prefix, str(prefix[4])


def topology(spokes: int) -> dict:
    """The reference topology has the first two."""
    more = range(3, spokes + 1)
    hub = {f"to-spoke{n}": {"remote": f"spoke{n}", "allow-gateway-transit": True} for n in more}
    vnets: dict = {"transit": {"peerings": hub}}
    for n in more:
        vnets[f"spoke{n}"] = {
            "address-space": str(spoke(n)[0]),
            "subnets": {"vms": str(spoke(n)[0])},
            "peerings": {"to-transit": {"remote": "transit", "use-remote-gateways": True}},
        }
    nodes = {
        f"spoke{n}-vm": {"role": "host", "interfaces": {"eth0": {"subnet": f"spoke{n}/vms", "address": spoke(n)[1]}}}
        for n in more
    }
    return {"extends": str(ROOT / "topologies/transit-vnet/topology.yaml"), "name": LAB, "nodes": nodes, "vnets": vnets}


def converged_in(file: Path) -> float:
    subprocess.run([XCONN, "up", str(file), "--name", LAB], check=True, capture_output=True)
    try:
        seen = subprocess.run(
            [XCONN, "inspect", "--lab", LAB, "--format", "json"], check=True, capture_output=True, text=True
        )
        return json.loads(seen.stdout)["converged_in_ms"] / 1000
    finally:
        subprocess.run([XCONN, "down", LAB], check=True, capture_output=True)


def main() -> None:
    given = [int(word) for word in sys.argv[1:]]
    spokes, runs = given + [10, 5][len(given) :]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "topology.yaml"
        file.write_text(json.dumps(topology(spokes)))
        seconds = []
        for _ in range(runs):
            seconds.append(converged_in(file))
            print(f"{seconds[-1]:.2f} s", flush=True)
    print(f"{spokes} spokes: median {statistics.median(seconds):.2f} s")


if __name__ == "__main__":
    main()
