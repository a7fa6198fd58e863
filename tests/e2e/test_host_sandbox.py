# SPDX-License-Identifier: Apache-2.0
"""What the programs of a lab may do to the host: see its files, not write them; hold what they need, not more. What the
user runs with `xconn exec` is the user's own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import crossconnect
import pytest
from conftest import XCONN
from host import eventually

# linux/capability.h
CHOWN, DAC_OVERRIDE, KILL, SETGID, SETUID, SETPCAP = 0, 1, 5, 6, 7, 8
NET_BIND, NET_ADMIN, NET_RAW, SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_ADMIN = 10, 12, 13, 16, 17, 19, 21
SYS_BOOT, SYS_TIME, MKNOD = 22, 25, 27
NOBODYS = {SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_BOOT, SYS_TIME, MKNOD, SETPCAP}

PROBE = """
exec > @RUN@/tried 2>&1
for file in /etc/xconn-was-here /root/xconn-was-here "$OUTSIDE/was-here" /run/was-here /sys/kernel/was-here @RUN@/../../plan.json; do
  (: >> "$file") 2> /dev/null && echo "wrote $file"
done
(echo 1 > /proc/sys/kernel/panic) 2> /dev/null && echo "wrote a sysctl of the host"
(cat /proc/sys/kernel/panic > /proc/sys/kernel/panic) 2> /dev/null && echo "wrote a sysctl of the host"
(: > /proc/sysrq-trigger) 2> /dev/null && echo "opened sysrq"
mount -o remount,bind,rw / 2> /dev/null && echo "remounted"
mount -t tmpfs none /mnt 2> /dev/null && echo "mounted"
unshare --mount true 2> /dev/null && echo "a mount namespace"
mknod @RUN@/disk b 8 0 2> /dev/null && echo "made a device"
nsenter --mount=/proc/1/ns/mnt true 2> /dev/null && echo "entered the agent"
ls /proc/1/root/ > /dev/null 2>&1 && echo "saw the agent's root"
cat @RUN@/../../plan.json > /dev/null 2>&1 || echo "could not read"
echo yes > /dev/null && head -c 1 /dev/urandom > /dev/null || echo "lacks devices"
echo 1 > /proc/sys/net/ipv4/ip_forward || echo "cannot set its own network"
ip link add extra type veth peer name other && ip link delete extra || echo "cannot make a link"
touch /var/tmp/a /dev/shm/b @RUN@/c || echo "cannot write where it may"
echo "devices:" /dev/*
grep -E "CapBnd|NoNewPrivs" /proc/self/status
echo done
sleep 600
"""


def capabilities(pid: int, name: str = "CapBnd") -> set[int]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    mask = int(next(line for line in lines if line.startswith(name)).split()[1], 16)
    return {bit for bit in range(64) if mask >> bit & 1}


@pytest.fixture(scope="module")
def curious(leaves_nothing_behind: None, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A lab whose node runs PROBE, and what the probe said."""
    folder = tmp_path_factory.mktemp("curious")
    chain = crossconnect.find_topology("chain")
    script = PROBE.replace("$OUTSIDE", str(folder))
    document = {"extends": chain, "name": "curious", "nodes": {"left": {"exec": [["sh", "-c", script]]}}}
    (folder / "topology.yaml").write_text(json.dumps(document))
    with crossconnect.up(folder / "topology.yaml", name="curious") as lab:
        said = lab.folder / "nodes" / "left" / "tried"
        eventually(lambda: said.exists() and "done" in said.read_text(), within=20)
        yield lab, said.read_text(), folder


def test_a_command_of_a_topology_sees_the_host_and_cannot_write_it(curious: Any) -> None:
    _, said, folder = curious
    assert said.splitlines()[0].startswith("devices:"), said
    devices = set(said.splitlines()[0].split()[1:])
    allowed = {
        "null",
        "zero",
        "full",
        "random",
        "urandom",
        "tty",
        "net",
        "pts",
        "ptmx",
        "shm",
        "fd",
        "stdin",
        "stdout",
        "stderr",
    }
    assert devices <= {f"/dev/{name}" for name in allowed}, devices
    assert "NoNewPrivs:\t1" in said
    assert not list(folder.glob("was-here")) and not Path("/etc/xconn-was-here").exists()


def test_what_the_user_runs_is_the_users_own(curious: Any, xconn: Any) -> None:
    lab, _, folder = curious
    assert xconn("exec", "--lab", lab.name, "left", "--", "touch", str(folder / "mine")).returncode == 0
    assert (folder / "mine").exists()
    inside = xconn("exec", "--lab", lab.name, "left", "--", "cat", "/proc/self/status").stdout
    assert "NoNewPrivs:\t0" in inside


def test_up_says_once_that_a_topology_brings_commands(curious: Any, xconn: Any) -> None:
    _, _, folder = curious
    up = xconn("up", str(folder / "topology.yaml"), "--name", "told")
    assert up.returncode == 0, up.stderr
    assert up.stderr.count("runs 1 command of its own, as root in its nodes") == 1, up.stderr
    assert xconn("down", "told").returncode == 0
    plain = xconn("up", "chain", "--name", "told")
    assert plain.returncode == 0 and "command" not in plain.stderr
    assert xconn("down", "told").returncode == 0


# What a kind of daemon may hold at most, and no other.
MOST = {
    "frr": {NET_ADMIN, NET_RAW, NET_BIND, SYS_ADMIN, SETUID, SETGID, CHOWN, DAC_OVERRIDE},
    "strongswan": {NET_ADMIN, NET_RAW, NET_BIND, CHOWN, SETUID, SETGID},
    "keepalived": {NET_ADMIN, NET_RAW, NET_BIND, SETUID, SETGID, KILL, 23},
    "sdwan-edge": {NET_ADMIN, NET_RAW, NET_BIND, SYS_ADMIN},
    "load-balancer": {NET_ADMIN, NET_RAW, NET_BIND, SYS_ADMIN, 38, 39},
    "encryption": {NET_ADMIN, NET_RAW, NET_BIND, SYS_ADMIN},
    "echo": {NET_BIND},
}


@pytest.mark.parametrize("topology", ["sdwan-expressroute", "transit-vnet", "aviatrix-encryption"])
@pytest.mark.bound(240)
def test_a_daemon_holds_no_more_than_its_kind_needs(topology: str, topologies: Path) -> None:
    pid_of_agent = {}
    with crossconnect.up(topologies / topology, name="held") as lab:
        pid_of_agent["agent"] = int((lab.folder / "pid").read_text())
        world = os.readlink(f"/proc/{pid_of_agent['agent']}/ns/pid")
        inside = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.readlink(entry / "ns" / "pid") == world:
                        status = (entry / "status").read_text()
                        inside[int(next(l for l in status.splitlines() if l.startswith("NSpid")).split()[-1])] = int(
                            entry.name
                        )
                except OSError:
                    continue
        seen = set()
        for node in lab.inspect()["nodes"]:
            for service in node["services"]:
                for pid in service["pids"]:
                    outer = inside[pid]
                    held = capabilities(outer) | capabilities(outer, "CapPrm")
                    assert held <= MOST[service["kind"]], (
                        node["name"],
                        service["name"],
                        sorted(held - MOST[service["kind"]]),
                    )
                    assert not held & NOBODYS
                    root = next(
                        line
                        for line in Path(f"/proc/{outer}/mountinfo").read_text().splitlines()
                        if line.split()[4] == "/"
                    )
                    assert "ro" in root.split()[5].split(","), root
                    seen.add(service["kind"])
        assert seen, "there are daemons"
        refused = [event["text"] for event in lab.events() if event["source"] == "agent"]
        assert refused == []


def test_doctor_tells_of_confinement(xconn: Any) -> None:
    features = {one["name"]: one for one in json.loads(xconn("doctor", "--format", "json").stdout)}
    assert features["confinement"]["state"] == "ok", features["confinement"]


def test_a_host_that_refuses_read_only_mounts_still_runs_labs(tmp_path: Path, xconn: Any) -> None:
    """As in a container whose seccomp profile knows no mount_setattr: doctor and the lab's events say so."""
    refuse = tmp_path / "refuse.py"
    refuse.write_text(REFUSE)
    doctor = subprocess.run(
        ["/usr/bin/python3", str(refuse), XCONN, "doctor", "--format", "json"], capture_output=True, text=True
    )
    features = {one["name"]: one for one in json.loads(doctor.stdout)}
    assert features["confinement"]["state"] == "portable" and "mount" in features["confinement"]["detail"]
    up = subprocess.run(
        ["/usr/bin/python3", str(refuse), XCONN, "up", "chain", "--name", "open"], capture_output=True, text=True
    )
    assert up.returncode == 0, up.stderr
    try:
        events = [json.loads(line) for line in xconn("events", "--lab", "open", "--format", "json").stdout.splitlines()]
        assert any(event["source"] == "agent" and "read-only" in event["text"] for event in events)
    finally:
        assert xconn("down", "open").returncode == 0


# Installs a seccomp filter that answers mount_setattr (442 everywhere) with EPERM, and executes its arguments.
REFUSE = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
code = b"".join(struct.pack("HBBI", *row) for row in [(0x20, 0, 0, 0), (0x15, 0, 1, 442), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7fff0000)])
class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_char_p)]
program = Program(4, code)
assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0, ctypes.get_errno()
os.execv(sys.argv[1], sys.argv[1:])
"""
