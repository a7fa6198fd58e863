# SPDX-License-Identifier: Apache-2.0
"""A host of a teacher's with two students' accounts: a mount namespace with its own accounts, /run, /srv and /var/lib, so that
an exam can be held beside whatever this machine does. sudo is played: root, with the SUDO_UID that it would set."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Iterator

from conftest import ROOT, XCONN

HOME = "/var/lib/crossconnect/exam"
UIDS = {"ada": 61001, "ben": 61002, "eve": 61003}  # eve takes no part

_SET_UP = """
set -eu
for place in /run /srv /mnt; do mount -t tmpfs -o mode=755 none $place; done
mount -t tmpfs -o mode=755 none /var/lib
mkdir /var/lib/crossconnect
touch /mnt/writable
chmod 666 /mnt/writable
for file in passwd group; do
  cp /etc/$file /run/$file
  cat "$1/$file" >> /run/$file
  mount --bind /run/$file /etc/$file
done
cp -r "$1/exercises" /srv/exercises
cp -r "$1/exercises" /mnt/exercises
chmod 700 /srv/exercises
ln -s "$2/topologies" /srv/topologies
ln -s "$2/topologies" /mnt/topologies
echo ready
exec cat
"""


class TeachersHost:
    def __init__(self, folder: Path, *exercises: str) -> None:
        for name in exercises:
            shutil.copytree(ROOT / "exercises" / name, folder / "exercises" / name)
        (folder / "passwd").write_text("".join(f"{name}:x:{uid}:{uid}::/home/{name}:/bin/sh\n" for name, uid in UIDS.items()))  # fmt: skip
        (folder / "group").write_text("".join(f"{name}:x:{uid}:\n" for name, uid in UIDS.items()) + "students:x:61000:ada,ben\n")  # fmt: skip
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _SET_UP, "sh", str(folder), str(ROOT)]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._holder.stdout and self._holder.stdout.readline() == "ready\n"
        self.writable = "/mnt/writable"  # by everybody
        self.enter = ["/usr/bin/nsenter", f"--target={self._holder.pid}", "--mount", "--"]

    def run(self, *argv: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """As root."""
        defaults = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 100}
        return subprocess.run([*self.enter, *argv], **{**defaults, **options})

    def teacher(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(XCONN, "train", "exam", *words)

    def as_sudo(self, user: str, **environment: str) -> list[str]:
        told = {"PATH": os.environ["PATH"], "TERM": "dumb", "SUDO_UID": str(UIDS[user]), **environment}
        return [*self.enter, "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in told.items())]

    def sudo(
        self, user: str, *words: str, stdin: int = subprocess.DEVNULL, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """What the student's `sudo xconn exam ...` does; `environment` is what sudo failed to leave out."""
        command = [*self.as_sudo(user, **environment), XCONN, "exam", *words]
        return subprocess.run(command, capture_output=True, text=True, stdin=stdin, timeout=100)

    def popen(self, user: str, *words: str) -> subprocess.Popen[str]:
        command = [*self.as_sudo(user), XCONN, "exam", *words]
        return subprocess.Popen(
            command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def checked(self, user: str) -> subprocess.CompletedProcess[str]:
        """A check that no stall of the host has left open."""
        done = self.sudo(user, "check")
        for _ in range(4):
            done = self.sudo(user, "check") if done.returncode == 3 else done
        return done

    def login(self, user: str, *argv: str) -> subprocess.CompletedProcess[str]:
        """On the host, without sudo."""
        uid = UIDS[user]
        return self.run("setpriv", f"--reuid={uid}", f"--regid={uid}", "--init-groups", "--", *argv)

    def inside(self, user: str, node: str, script: str) -> subprocess.CompletedProcess[str]:
        return self.sudo(user, "exec", node, "--", "sh", "-c", script)

    @property
    def exam(self) -> dict[str, Any]:
        return json.loads(self.run("cat", f"{HOME}/exam.json").stdout)

    @property
    def attempts(self) -> str:
        """Their folder, also after the exam."""
        return self.run("sh", "-c", f"ls -d {HOME}/*/").stdout.strip().rstrip("/")

    @contextmanager
    def ending_in(self, seconds: float) -> Iterator[None]:
        before = self.exam
        self._write_exam({**before, "ends": time.time() + seconds})
        yield
        self._write_exam(before)

    def _write_exam(self, words: dict[str, Any]) -> None:
        self.run("sh", "-c", f"cat > {HOME}/exam.json", input=json.dumps(words), stdin=None)

    @staticmethod
    def pids_of(uid: int) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and f"Uid:\t{uid}\t" in (entry / "status").read_text():
                    found.append(int(entry.name))
        return found

    def end(self) -> None:
        self.teacher("close")
        assert self._holder.stdin
        self._holder.stdin.close()
        self._holder.wait()
