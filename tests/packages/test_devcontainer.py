# SPDX-License-Identifier: Apache-2.0
"""The dev container, as an editor opens it: its Dockerfile is built, by buildah, and what it starts runs in it with the
capabilities of devcontainer.json. Its base image comes from no registry here: it is a root of the same release, whose apt
has the packages that the Dockerfile asks for and no others, so that nothing is fetched while it is built."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Iterator

import pytest
from engine import added, buildah, finished, run
from root import bootstrap, release

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".devcontainer"
SPEC = json.loads((FOLDER / "devcontainer.json").read_text())
DOCKERFILE = (FOLDER / SPEC["build"]["dockerfile"]).read_text()
BASE, BUILT = "localhost/xconn-devcontainer-base", "localhost/xconn-devcontainer"
SYSTEM = "{ID}:{VERSION_ID}".format(**release())

pytestmark = pytest.mark.skipif(f"FROM {SYSTEM}\n" not in DOCKERFILE, reason=f"the Dockerfile is not of {SYSTEM}")


def asked_of_apt() -> list[str]:
    """What the Dockerfile and its script install beside Crossconnect."""
    lines = re.findall(r"apt-get install ([^&\n]*)", DOCKERFILE + (FOLDER / "install").read_text())
    return [word for line in lines for word in line.split() if word[0].isalnum()]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = bootstrap(tmp_path_factory.mktemp("devcontainer") / "root", ROOT / "build" / "packages", asked_of_apt())
    work = buildah("from", "--pull-never", "scratch")
    buildah("add", "-q", work, str(root.folder), "/")
    buildah("commit", "-q", "--rm", work, BASE)
    yield BASE
    buildah("rmi", "--force", BASE)


@pytest.fixture(scope="module")
def image(base: str) -> Iterator[str]:
    alone = ["unshare", "--net", "buildah", "build", "-q", "--isolation", "chroot", "--pull-never"]
    sent = ["--ignorefile", f"{FOLDER}/Dockerfile.dockerignore", "--file", f"{FOLDER}/Dockerfile"]
    finished([*alone, *sent, "--from", base, "--tag", BUILT, str((FOLDER / SPEC["build"]["context"]).resolve())], True)
    yield BUILT
    buildah("rmi", "--force", BUILT)


def opened(image: str, script: str) -> subprocess.CompletedProcess[str]:
    """In the container that devcontainer.json asks for, in the workspace."""
    given = [*added(SPEC["capAdd"]), *(f"--security-opt={one}" for one in SPEC["securityOpt"]), *SPEC["runArgs"]]
    place = ["--user", SPEC["remoteUser"], "--volume", f"{ROOT}:/workspace:ro", "--workdir", "/workspace"]
    return run(image, ["--cap-drop", "ALL", *given, *place], "bash", "-ec", script)


def test_its_lab_runs_and_what_it_says_to_type_works(image: str) -> None:
    """Twice, as it starts again after it was stopped; then what the greeting says, but for the bigger lab."""
    script = f"""
      {SPEC['postStartCommand']}
      {SPEC['postStartCommand']}
      {SPEC['postAttachCommand']} | tee /tmp/said
      sed -n '/Break it/,$s/^  \\(xconn [^;]*\\).*/\\1/p' /tmp/said | sed 's/    .*//' >/tmp/typed
      wc -l </tmp/typed
      bash -euxc "$(cat /tmp/typed)"
    """
    done = opened(image, script)
    assert done.returncode in (0, 3), done.stdout + done.stderr  # 3: its drill, on a host that stalled
    assert "Break it:" in done.stdout and "\n7\n" in done.stdout, done.stdout
    assert "192.0.2.2" in done.stdout and "192.0.2.6" in done.stdout  # the way before the fault, and after it


def test_tests_of_a_user_run_in_it(image: str) -> None:
    done = opened(image, "python3 -B -m pytest -q -p no:cacheprovider examples/pytest/test_failover.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_of_the_build_stays_in_it(image: str) -> None:
    left = opened(image, "ls /tmp /var/lib/apt/lists; ls /usr/sbin/policy-rc.d || true").stdout.split()
    assert left == ["/tmp:", "/var/lib/apt/lists:"]
