# SPDX-License-Identifier: Apache-2.0
"""Minimal roots of Debian or Ubuntu: made by mmdebstrap, entered with the network cut, booted with systemd as pid 1."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}

# $1 becomes the root of mounts and a network of its own, as container engines make it; what follows is run there.
ENTER = """
root=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sys "$root/sys"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=755 dev "$root/dev"
for name in null zero full random urandom tty; do touch "$root/dev/$name"; mount --bind /dev/$name "$root/dev/$name"; done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/net"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"; ln -s /proc/self/fd "$root/dev/fd"
touch "$root/dev/net/tun"; mount --bind /dev/net/tun "$root/dev/net/tun"
ip link set lo up
cd "$root"
mkdir -p mnt/before
pivot_root . mnt/before
umount -l /mnt/before
rmdir /mnt/before
[ "$1" != boot ] || { mount -t cgroup2 cgroup /sys/fs/cgroup; exec env container=crossconnect /lib/systemd/systemd; }
exec "$@"
"""
NAMESPACES = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"]

# Says when the system is up: whoever opens the FIFO gets a line.
READY = """[Unit]
After=multi-user.target
[Service]
Type=idle
ExecStart=/bin/sh -c 'echo up > /ready'
[Install]
WantedBy=multi-user.target
"""


def enter(root: Path, *argv: str) -> list[str]:
    return ["unshare", *NAMESPACES, "--propagation", "private", "sh", "-ec", ENTER, "sh", str(root), *argv]


class Root:
    """A root of its own. `run` is in namespaces that are made for it and gone after it, without a network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return checked(enter(self.folder, *argv), check)

    def copy(self, folder: Path) -> Root:
        subprocess.run(["cp", "-a", "--reflink=auto", self.folder, folder], check=True)
        return Root(folder)

    def files(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    def packages(self) -> set[str]:
        listed = self.run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n").stdout
        return {line.split()[0] for line in listed.splitlines()}

    @contextmanager
    def booted(self) -> Iterator[Booted]:
        """systemd runs in it until the end of the block."""
        ready = self.folder / "ready"
        os.mkfifo(ready)
        (self.folder / "etc/systemd/system/says-ready.service").write_text(READY)
        self.run("systemctl", "enable", "says-ready")
        unshare = subprocess.Popen(enter(self.folder, "boot"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            assert ready.read_text() == "up\n"
            yield Booted(unshare)
        finally:
            unshare.kill()  # and with it pid 1, and with that all
            unshare.wait()


class Booted:
    def __init__(self, unshare: subprocess.Popen[bytes]) -> None:
        children = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text().split()
        self._pid = children[0]

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return checked(["nsenter", "-t", self._pid, "-m", "-p", "-n", "-u", "-i", *argv], check)

    def service(self, name: str) -> tuple[str, str]:
        """("active" or not, "enabled" or not)"""
        active = self.run("systemctl", "is-active", name, check=False).stdout.strip()
        return active, self.run("systemctl", "is-enabled", name, check=False).stdout.strip()


def checked(argv: list[str], check: bool) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=ENVIRONMENT)
    assert (
        not check or done.returncode == 0
    ), f"{argv[-4:]}: {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done


def release() -> dict[str, str]:
    """The words of /etc/os-release: packages are tried on the release that they were built on."""
    lines = (line.partition("=") for line in Path("/etc/os-release").read_text().splitlines())
    return {name: value.strip('"') for name, _, value in lines}


def bootstrap(folder: Path, debs: Path, wanted: list[str]) -> Root:
    """A minimal root whose only source of packages is its folder /debs: ours, and what the `wanted` ones need."""
    os_release = release()
    components = ["--components=main,universe"] if os_release["ID"] == "ubuntu" else []
    command = ["mmdebstrap", "--quiet", "--variant=minbase", *components, os_release["VERSION_CODENAME"], str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    offered = folder / "debs"
    shutil.copytree(debs, offered)
    fetch = """
    apt-get update -q
    apt-get install -q -y --no-install-recommends --download-only "$@" /debs/*.deb
    mv /var/cache/apt/archives/*.deb /debs/
    """
    checked(["chroot", str(folder), "sh", "-ec", fetch, "sh", *wanted], True)
    index = subprocess.run(["dpkg-scanpackages", "-m", "."], cwd=offered, capture_output=True, text=True, check=True)
    (offered / "Packages").write_text(index.stdout)
    (folder / "etc/apt/sources.list").unlink(missing_ok=True)
    for source in (folder / "etc/apt/sources.list.d").iterdir():
        source.unlink()
    (folder / "etc/apt/sources.list.d/debs.list").write_text("deb [trusted=yes] file:/debs ./\n")
    root = Root(folder)
    root.run("apt-get", "update", "-q")
    return root
