# SPDX-License-Identifier: Apache-2.0
"""Labs in Docker under AppArmor: what its profile docker-default refuses is told with the flag that helps, and with the flags
of docs/containers.md labs come up. The container's files are this machine's, read-only, so what runs was built here."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Iterator

import pytest
from conftest import BUILD, FOLDER, HERE, ROOT
from guest import Guest, Output

pytestmark = pytest.mark.slow

# Of docs/containers.md.
FLAGS = "--network none --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW --device /dev/net/tun"
UNCONFINED = "--security-opt apparmor=unconfined"
REMEDY = "in a container: --security-opt apparmor=unconfined, for its AppArmor profile is docker-default"

START = """
cp -rn {apparmor}/etc/. /etc/; cp -rn {apparmor}/usr/share/. /usr/share/
mkdir /run/docker && mount -t tmpfs docker /run/docker
(setsid dockerd --data-root /run/docker/data --bridge none --iptables=false --ip6tables=false --ip-forward=false \\
  >/run/docker/log 2>&1 </dev/null &)
until docker version; do kill -0 "$(pidof dockerd)" || {{ cat /run/docker/log; exit 1; }}; sleep 1; done >/dev/null 2>&1
docker info --format '{{{{.SecurityOptions}}}}'
mkdir /run/docker/root && cd /run/docker/root
mkdir dev etc proc run srv sys tmp var && ln -s usr/bin usr/lib usr/lib64 usr/sbin . && ln -s /run var/run
tar -c . | docker import - files >/dev/null
"""


class Docker:
    """The engine of a guest."""

    def __init__(self, guest: Guest, programs: Path) -> None:
        self._guest = guest
        self._path = f"export PATH={programs}/usr/bin:{programs}/usr/sbin:{programs}/sbin:$PATH\n"

    def shell(self, script: str, within: float = 900) -> Output:
        return self._guest.run(self._path + script, within)

    def run(self, flags: str, *words: str) -> Output:
        ours = (f"--volume {path}:{path}:ro" for path in ("/usr", "/etc", BUILD, ROOT / "topologies"))
        tmpfs = "--tmpfs /run --tmpfs /tmp --tmpfs /var/tmp"
        command = f"docker run --rm {flags} {' '.join(ours)} {tmpfs} --env PATH=$PATH files"
        return self.shell(f"{command} {BUILD}/bin/xconn {' '.join(words)}", within=1800)


@pytest.fixture(scope="module")
def docker(guest: Guest) -> Iterator[Docker]:
    programs = FOLDER / "docker"
    subprocess.run([HERE / "fetch-docker", programs], check=True, timeout=900)
    engine = Docker(guest, programs)
    started = engine.shell(START.format(apparmor=programs))
    assert started.status == 0 and "name=apparmor" in started.text and "name=seccomp" in started.text, started.text
    yield engine
    engine.shell("kill $(pidof dockerd); while pidof dockerd; do sleep 1; done; umount -R /run/docker")


@pytest.mark.parametrize("verb", ["doctor", "up chain"])
def test_what_docker_default_refuses_is_told_with_the_flag_that_helps(docker: Docker, verb: str) -> None:
    refused = docker.run(FLAGS, verb)
    assert refused.status == 4 and REMEDY in refused.text, refused.text


def test_with_the_flag_the_doctor_finds_all(docker: Docker) -> None:
    found = docker.run(f"{FLAGS} {UNCONFINED}", "doctor")
    assert found.status == 0, found.text


@pytest.mark.parametrize("topology", ["chain", "sdwan-expressroute"])
def test_with_the_flag_labs_come_up(docker: Docker, topology: str) -> None:
    up = docker.run(f"{FLAGS} {UNCONFINED}", "up", topology, "--timeout", "10m")
    assert up.status == 0, up.text
