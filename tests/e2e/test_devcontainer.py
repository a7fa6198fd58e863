# SPDX-License-Identifier: Apache-2.0
"""What opens in a Codespace: few capabilities, a lab that runs, and words that work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Iterator

import pytest
from conftest import BUILD, ROOT, XCONN
from pages import blocks_of, unseen
from test_action_install import OURS, Job

FOLDER = ROOT / ".devcontainer"
CMAKE = ROOT / "CMakeLists.txt"
SPEC = json.loads((FOLDER / "devcontainer.json").read_text())


def documented_capabilities() -> list[str]:
    """The first nine of the table of docs/containers.md."""
    page = (ROOT / "docs/containers.md").read_text()
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", page, re.MULTILINE)
    return re.findall("[A-Z_]+", " ".join(rows))[:9]


def test_capabilities_are_those_that_are_documented_and_tried():
    tried = re.search(r'^NEEDED = "(.*)"', (ROOT / "tests/packages/test_image.py").read_text(), re.MULTILINE)[1].split()
    assert SPEC["capAdd"] == documented_capabilities() == tried
    assert "privileged" not in SPEC and SPEC["runArgs"] == ["--device=/dev/net/tun"]


def test_what_it_names_is_there():
    dockerfile = (FOLDER / SPEC["build"]["dockerfile"]).read_text()
    assert SPEC["build"]["context"] == ".." and "/.devcontainer/install" in dockerfile
    for script in (FOLDER / "install", ROOT / SPEC["postStartCommand"], ROOT / SPEC["postAttachCommand"]):
        assert os.access(script, os.X_OK), script
    sent = (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
    for needed in ("CMakeLists.txt", "packaging/action", ".devcontainer"):
        assert f"!{needed}" in sent and (ROOT / needed).exists()


def test_what_is_sent_to_docker_is_enough_to_install(tmp_path: Path):
    sent = [line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"]
    for name in sent:
        if (ROOT / name).is_dir() and not name.startswith("build/"):
            shutil.copytree(ROOT / name, tmp_path / "sent" / name)
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, tmp_path / "sent" / name)
    job = Job(tmp_path)
    job.release = job.release.with_name("v" + re.search(r"crossconnect VERSION (\S+)", CMAKE.read_text())[1])
    job.publish(*OURS)
    install = [tmp_path / "sent/.devcontainer/install"]
    done = subprocess.run(install, env=job.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0 and f"from {job.release.as_uri()}" in done.stdout, done.stdout + done.stderr
    assert all(name in job.asked[2] for name in OURS) and "python3-pytest" in job.asked[3]


@pytest.fixture
def script(place: Path) -> Iterator[Callable[..., str]]:
    environment = {**os.environ, "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}", "XCONN_RUN": str(place)}
    environment["XCONN_TOPOLOGIES"] = str(ROOT / "topologies")

    def run(*argv: str) -> str:
        done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    yield run
    subprocess.run([XCONN, "down", "--all"], env=environment, capture_output=True)


def test_it_opens_with_a_lab_and_what_it_says_to_type_works(script):
    assert "none" in script(SPEC["postAttachCommand"])
    script(SPEC["postStartCommand"])
    script(SPEC["postStartCommand"])  # the container starts again, and the lab is up
    said = script(SPEC["postAttachCommand"])
    (shown,) = [block.text for block in blocks_of(ROOT / "docs/codespaces.md")]
    assert unseen(shown, said) == []
    typed = [
        line.split("   ")[0] for line in re.findall(r"^  (xconn .*)", said.partition("Break it:")[2], re.MULTILINE)
    ]
    assert len(typed) == 7
    quick = [
        line for line in typed if "drill" not in line and " up " not in line
    ]  # test_pages.py and test_drills.py run those
    script("bash", "-euc", "\n".join(quick))
