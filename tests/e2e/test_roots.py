# SPDX-License-Identifier: Apache-2.0
"""Where the root of the file system is not what it usually is."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, XCONN
from host import ROOT_FOLDERS, in_own_mounts

LAB = "rooted"

# A plain chroot: its root is a folder, no mount point; what is in it is the host's.
CHROOT = """
for name in {folders}; do
  if [ -L /$name ]; then cp -P /$name {root}/; else mkdir {root}/$name; mount --rbind /$name {root}/$name; fi
done
exec chroot {root} sh -c "$1"
"""

# What container engines make: a root that is shared, the image read-only, /run and /tmp in memory.
CONTAINER = """
mount --rbind / {root} && cd {root} && mount --make-rshared {root} && mount -o remount,bind,ro {root}
mount -t tmpfs run {root}/run && mount -t tmpfs tmp {root}/tmp
exec chroot {root} sh -c "$1"
"""

# Debian 12 has cgroup v2; this machine may have v1 or both.
CGROUP2 = """
umount -l /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup
exec sh -c "$1"
"""

# The world has the daemons' files, and whoever enters it later finds the node: both by the root that `up` had.
LIFE = f"""
set -e
export XCONN_RUN=/run/xconn-{LAB}.$$
trap '"$XCONN" down {LAB} >/dev/null 2>&1 || true; rmdir $XCONN_RUN 2>/dev/null || true' EXIT
cd /
"$XCONN" up "$TOPOLOGY" --name {LAB}
"$XCONN" exec -l {LAB} "$NODE" -- sh -c 'ip -o addr show; ls -d "$BUILT_IN" /run/netns/'"$NODE"
"$XCONN" shell -l {LAB} </dev/null
"$XCONN" doctor | grep '^ *confinement'
"$XCONN" down {LAB}
"""


@pytest.mark.parametrize("root", [CHROOT, CONTAINER, CGROUP2], ids=["chroot", "container", "cgroup-v2"])
@pytest.mark.parametrize("topology, node", [("chain", "r1"), ("sdwan-expressroute", "hq-fgt")])
def test_a_lab_lives_in_a_root_of_its_own(tmp_path: Path, topologies: Path, root: str, topology: str, node: str):
    folder = tmp_path / "root"
    folder.mkdir()
    script = root.format(root=folder, folders=" ".join(ROOT_FOLDERS))
    environment = {**os.environ, "XCONN": XCONN, "TOPOLOGY": str(topologies / topology), "NODE": node}
    environment |= {"BUILT_IN": str(BUILD), "SHELL": "/bin/sh"}
    command = [*in_own_mounts(script), LIFE]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stderr
    assert f"/run/netns/{node}" in ran.stdout.splitlines(), "exec is in the lab's world"
    assert re.search(r"^ *confinement +ok ", ran.stdout, re.MULTILINE), "and the doctor says of it what the lab has"
    assert str(BUILD) in ran.stdout.splitlines(), "and that world is the root that `up` had"
