# SPDX-License-Identifier: Apache-2.0
"""What Azure's fabric does not carry, sent between two machines of one subnet and looked for by tcpdump on both sides."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from typing import Iterator

import crossconnect
import pytest
from conftest import XCONN
from host import eventually

TOPOLOGY = """
name: fabric
nodes:
  one:
    role: host
    interfaces: {eth0: {subnet: net/vms, address: 10.0.0.4}}
  two:
    role: host
    interfaces: {eth0: {subnet: net/vms, address: 10.0.0.5}}
vnets:
  net:
    region: westeurope
    address-space: 10.0.0.0/24
    subnets: {vms: 10.0.0.0/26}
"""
SEND = """
import socket
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 8)
for to in ("224.0.0.5", "224.0.0.251", "239.1.2.3", "255.255.255.255", "10.0.0.63"):
    udp.sendto(b"any", (to, 5000))
for protocol in (47, 4):
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
    raw.sendto({47: bytes.fromhex("00000800"), 4: b""}[protocol] + INNER, ("10.0.0.5", 0))
udp.sendto(b"last", ("10.0.0.5", 5000))
"""
# a UDP datagram of 198.51.100.1 to 198.51.100.2, for GRE and IP in IP to carry
INNER = "bytes.fromhex('4500001c000040004011d2aac6336401c63364021388138800080000')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, leaves_nothing_behind: None) -> Iterator[crossconnect.Lab]:
    file = tmp_path_factory.mktemp("fabric") / "topology.yaml"
    file.write_text(TOPOLOGY)
    with crossconnect.up(file) as lab:
        yield lab


@contextmanager
def seen(lab: crossconnect.Lab, node: str, tmp_path) -> Iterator[object]:
    """What tcpdump has shown of 10.0.0.4's packets at a node so far: a function that gives the destinations, GRE and IP in
    IP by those names."""
    shown, said = tmp_path / f"{node}.out", tmp_path / f"{node}.err"
    watch = [XCONN, "exec", "--lab", lab.name, node, "--", "tcpdump", "-n", "-l", "--immediate-mode", "-i", "eth0"]
    with shown.open("w") as out, said.open("w") as err:
        tcpdump = subprocess.Popen([*watch, "ip src 10.0.0.4"], stdout=out, stderr=err)
    eventually(lambda: "listening on" in said.read_text(), within=10, otherwise=said.read_text)

    def destinations() -> list[str]:
        lines = re.findall(r"IP 10\.0\.0\.4(?:\.\d+)? > (\d+\.\d+\.\d+\.\d+)(?:\.\d+)?: (.*)", shown.read_text())
        return ["GRE" if "GRE" in what else "IP in IP" if "IP 198." in what else to for to, what in lines]

    try:
        yield destinations
    finally:
        tcpdump.terminate()
        tcpdump.wait(10)


NEVER = ["224.0.0.5", "224.0.0.251", "239.1.2.3", "255.255.255.255", "10.0.0.63", "GRE", "IP in IP"]


def exchange(lab: crossconnect.Lab, tmp_path) -> tuple[list[str], list[str]]:
    """What left `one`, and what came to `two` until the last datagram, which nothing can overtake."""
    with seen(lab, "one", tmp_path) as sent, seen(lab, "two", tmp_path) as came:
        lab.exec("one", "/usr/bin/python3", "-c", SEND.replace("INNER", INNER))
        eventually(lambda: "10.0.0.5" in came(), within=10)
        eventually(lambda: "10.0.0.5" in sent(), within=10)
        return sent(), came()


def test_neither_multicast_nor_broadcast_nor_gre_nor_ip_in_ip_crosses_the_fabric(lab, tmp_path):
    sent, came = exchange(lab, tmp_path)
    assert sent == [*NEVER, "10.0.0.5"]
    assert came == ["10.0.0.5"]


FRAGMENTS = """
import socket, struct
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
datagram = struct.pack("!HHHH", 5000, 7, 8 + 1600, 0) + b"x" * 1600
def fragment(number, offset, length, more):
    part = datagram[offset : offset + length]
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, number, (more << 13) | offset // 8, 64, 17, 0,
                       socket.inet_aton("10.0.0.4"), socket.inet_aton("10.0.0.5"))
    raw.sendto(head + part, ("10.0.0.5", 0))
for number, order in ((1001, (0, 1)), (1002, (1, 0))):
    for part in order:
        fragment(number, *((0, 1000, 1), (1000, 608, 0))[part])
"""


def reassembled(lab) -> int:
    """Datagrams that `two` has put together, by its kernel."""
    lines = [line.split() for line in lab.exec("two", "cat", "/proc/net/snmp").stdout.splitlines()]
    names, values = [line for line in lines if line[0] == "Ip:"]
    return int(values[names.index("ReasmOKs")])


def out_of_order(lab) -> int:
    listed = lab.json("net", "nft", "-j", "list", "chain", "inet", "fabric", "fragments")["nftables"]
    parts = [part for item in listed if "rule" in item for part in item["rule"]["expr"]]
    return next(part["counter"]["packets"] for part in parts if "counter" in part)


def test_fragments_out_of_order_are_dropped(lab):
    """Of the second datagram the second part comes first."""
    before = reassembled(lab)
    lab.exec("one", "/usr/bin/python3", "-c", FRAGMENTS)
    eventually(lambda: out_of_order(lab) == 1, within=10)
    eventually(lambda: reassembled(lab) > before, within=10)
    assert reassembled(lab) == before + 1


def test_it_is_the_fabric_that_drops_gre_and_ip_in_ip(lab, tmp_path):
    """Last, for the lab is not the same after it."""
    lab.exec("net", "nft", "flush", "chain", "inet", "fabric", "forward")
    assert exchange(lab, tmp_path)[1] == ["GRE", "IP in IP", "10.0.0.5"]
