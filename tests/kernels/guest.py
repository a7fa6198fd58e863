# SPDX-License-Identifier: Apache-2.0
"""A guest: a distribution's stock kernel in QEMU (emulated, for KVM is not everywhere), over this machine's own files.

The root is this machine's, read-only by 9p, below a layer in memory: what is tested is what was built here, and nothing
that a guest writes stays.
"""

from __future__ import annotations

import itertools
import os
import selectors
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Iterator

HERE = Path(__file__).resolve().parent
PROGRAMS = {  # and the Debian packages that have them
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "cpio": "cpio",
    "modprobe": "kmod",
}
PATIENCE = 900  # seconds of this machine's clock, for a script that is instant where nothing else runs
# Its clock counts instructions, 500 million a second, and stands still while the host gives it no processor: what a
# guest's timers see does not depend on what else this machine does. That takes one thread, whatever the processors.
CLOCK = ["-accel", "tcg,thread=single", "-smp", "1", "-icount", "shift=1,sleep=on"]
BOOTED = ["virtio_pci", "9pnet_virtio", "9p", "overlay"]  # what it takes to reach the root

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc && mount -t devtmpfs dev /dev
for module in /modules/*; do insmod "$module" || echo "insmod $module failed"; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose root /lower
mount -t tmpfs -o size=3g upper /upper && mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /new
umount /proc
exec switch_root /new /bin/bash {here}/init
"""


@dataclass(frozen=True)
class Output:
    status: int
    text: str


def demand_programs() -> None:
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        raise RuntimeError("guests need programs that are missing: apt-get install " + " ".join(missing))


def fetched(folder: Path, suite: str) -> Path:
    """The kernel of a Debian release, fetched once."""
    kernel = folder / suite
    subprocess.run([HERE / "fetch", kernel, suite], check=True, timeout=900)
    return kernel


def module_files(kernel: Path) -> Iterator[Path]:
    """In the order of loading, without those that are built in."""
    version = next((kernel / "kernel/lib/modules").iterdir()).name
    seen: set[str] = set()
    for module in BOOTED:
        asked = ["modprobe", "-d", kernel / "kernel", "-S", version, "--show-depends", module]
        for line in subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines():
            kind, path, *_ = line.split()
            if kind == "insmod" and path not in seen:
                seen.add(path)
                yield Path(path)


def make_initramfs(kernel: Path, into: Path) -> None:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        for name in ("bin", "modules", "proc", "dev", "lower", "upper", "new"):
            (root / name).mkdir()
        shutil.copy(shutil.which("busybox") or "", root / "bin/busybox")
        for number, path in enumerate(module_files(kernel)):
            plain = root / "modules" / f"{number:02}-{path.name.removesuffix('.xz')}"
            plain.write_bytes(
                subprocess.run(["xz", "-dc", path], check=True, capture_output=True).stdout
                if path.suffix == ".xz"
                else path.read_bytes()
            )
        (root / "init").write_text(INIT.format(here=HERE))
        (root / "init").chmod(0o755)
        pack = f"find . | cpio -o -H newc --quiet > {into}"
        subprocess.run(["sh", "-c", pack], cwd=root, check=True)


class Guest:
    """Boots; ends with the `with`. One at a time: it takes the processors of the machine."""

    def __init__(self, kernel: Path, append: str = "") -> None:
        demand_programs()
        self._folder = tempfile.TemporaryDirectory(prefix="xconn-guest.", dir="/var/tmp")
        self.share = Path(self._folder.name)
        self._numbers = itertools.count()
        make_initramfs(kernel, self.share / "initramfs")
        self._qemu = subprocess.Popen(
            self._command(kernel, append), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        self._answers = b""
        try:
            self._line = self._connect(within=30)
            self.release = self._answer(within=1800).removeprefix("up ")
        except BaseException:
            self.close()
            raise

    def _command(self, kernel: Path, append: str) -> list[str]:
        line = f"console=ttyS0 panic=-1 quiet no_timer_check xconn.kernel={kernel} {append}"
        image = next((kernel / "kernel/boot").glob("vmlinuz-*"))
        command = ["nice", "-n", "10", "qemu-system-x86_64", *CLOCK, "-cpu", "max"]
        command += ["-m", "3072", "-display", "none", "-monitor", "none", "-no-reboot", "-nic", "none"]
        command += ["-kernel", str(image), "-initrd", str(self.share / "initramfs"), "-append", line]
        command += ["-serial", f"file:{self.share}/console", "-serial", f"unix:{self.share}/line,server=on,wait=off"]
        for tag, path, more in (("root", "/", ",readonly=on,multidevs=remap"), ("share", self.share, "")):
            command += ["-fsdev", f"local,id={tag},path={path},security_model=none{more}"]
            command += ["-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]
        return command

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._qemu.kill()
        self._qemu.wait()
        self._folder.cleanup()

    @property
    def console(self) -> str:
        path = self.share / "console"
        return path.read_text(errors="replace") if path.exists() else ""

    def _connect(self, within: float) -> socket.socket:
        """QEMU makes the socket before it starts the machine."""
        deadline = monotonic() + within
        while True:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(f"{self.share}/line")
                return line
            except OSError:
                line.close()
                if self._qemu.poll() is not None or monotonic() > deadline:
                    raise RuntimeError(f"QEMU did not start (status {self._qemu.poll()})") from None
                os.sched_yield()

    def _answer(self, within: float) -> str:
        """The next line that the guest says."""
        deadline = monotonic() + within
        with selectors.DefaultSelector() as ready:
            ready.register(self._line, selectors.EVENT_READ)
            while b"\n" not in self._answers:
                left = deadline - monotonic()
                if left <= 0 or not ready.select(left):
                    raise TimeoutError(
                        f"the guest said nothing for {within:.0f} s; its console:\n{self.console[-3000:]}"
                    )
                said = self._line.recv(4096)
                if not said:
                    raise RuntimeError(f"the guest ended; its console:\n{self.console[-3000:]}")
                self._answers += said
        line, self._answers = self._answers.split(b"\n", 1)
        return line.decode().strip()

    def run(self, script: str, within: float = PATIENCE) -> Output:
        """Runs a bash script as root in the guest, in /root."""
        name = f"script{next(self._numbers)}"
        (self.share / f"{name}.sh").write_text(script)
        self._line.sendall(f"{name}\n".encode())
        try:
            answer = self._answer(within)
        except TimeoutError as error:
            said = (self.share / f"{name}.out").read_text(errors="replace")
            raise TimeoutError(f"{error}\nthe script:\n{script}\nsaid:\n{said[-3000:]}") from None
        asked, status = answer.split()
        assert asked == name, f"{asked} answered in place of {name}"
        return Output(int(status), (self.share / f"{name}.out").read_text(errors="replace"))

    def check(self, script: str, within: float = PATIENCE) -> str:
        """As run(), of a script that must succeed."""
        output = self.run(script, within)
        assert output.status == 0, f"status {output.status}\n{script}\n{output.text}\n{self.console[-500:]}"
        return output.text
