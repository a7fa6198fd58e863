# SPDX-License-Identifier: Apache-2.0
"""Every command of `xconn az`, with words that a lab of transit-vnet has an answer to."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

XCONN = Path(os.environ.get("XCONN_BUILD", Path(__file__).resolve().parents[2] / "build")) / "bin" / "xconn"

TOPOLOGY = "transit-vnet"
OPTIONS = {
    "--circuit-name": "cust1",
    "--vnet-name": "transit",
    "--peering-name": "AzurePrivatePeering",
    "--path": "primary",
    "--peer": "10.0.4.4",
}
NAMES = {
    "network express-route peering show": "AzurePrivatePeering",
    "network express-route": "cust1",
    "network nic": "spoke1-vm",
    "network vnet peering": "to-spoke1",
    "network vnet-gateway": "transit-gw",
    "network vnet": "transit",
    "network vpn-connection": "cust1-transit",
}


def said(*words: str) -> str:
    return subprocess.run([XCONN, "az", *words], capture_output=True, text=True, check=True).stdout


def commands() -> list[str]:
    return re.findall(r"^    (network(?: [a-z-]+)+)  ", said(), re.M)


def words_of(command: str) -> list[str]:
    """The command with a value for each option that it requires."""
    required = re.findall(r"^    (--[a-z-]+)\S*\s+\[Required\]", said(*command.split(), "--help"), re.M)
    name = next(name for start, name in NAMES.items() if command.startswith(start))
    return [*command.split(), *(word for option in required for word in (option, OPTIONS.get(option, name)))]
