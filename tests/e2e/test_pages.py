# SPDX-License-Identifier: Apache-2.0
"""What README and tutorials show works as it is pasted, and prints what they say."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Callable

import pytest
import yaml
from conftest import BUILD, ROOT, XCONN
from pages import Block, blocks_of, links_of, unseen

TOPOLOGIES = ROOT / "topologies"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/tutorials").glob("*.md"))]
AUTHOR = {f"GIT_{who}_{what}": "reader@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
TRIES = 3  # of a script that ends with 3: a host that stalled
INCONCLUSIVE = 3


def names_our_packages(block: Block) -> None:
    """As ci/deb and a release call them."""
    version = re.search(r"crossconnect VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    (glob,) = re.findall(r"\./(\S+\.deb)", block.text)
    for package in ("crossconnect", "python3-crossconnect"):
        assert f'"{package}"' in (ROOT / "ci/release").read_text()
        for name in (f"{package}_{version}_amd64.deb", f"ubuntu-24.04_{package}_{version}_amd64.deb"):
            assert fnmatch(name, glob), f"{block}: {name}"


# Begins like this -> why it is not run, and what is looked at instead.
NOT_RUN: dict[str, tuple[str, Callable[[Block], None]]] = {
    "sudo apt install ": ("there is no release yet; tests/packages installs them into bare roots", names_our_packages),
}


class Reader:
    """Somebody who pastes what a page shows, block after block, in a folder of their own."""

    def __init__(self, folder: Path, labs: Path) -> None:
        self._folder, self._printed = folder / "reader", ""
        programs = folder / "programs"
        self._folder.mkdir()
        programs.mkdir()
        for name, runs in {"sudo": "", "pytest": "/usr/bin/python3 -m pytest"}.items():
            (programs / name).write_text(f'#!/bin/sh\nexec {runs} "$@"\n')
            (programs / name).chmod(0o755)
        hidden = ("PYTEST_", "XCONN_")  # of the tests that run this one
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | {
            **AUTHOR,
            "PATH": f"{programs}:{BUILD / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(BUILD / "python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "XCONN_RUN": str(labs),
            "XCONN_TRAIN": str(folder / "attempts"),
            "XCONN_TOPOLOGIES": str(TOPOLOGIES),
        }

    def read(self, block: Block) -> None:
        for start, (_, check) in NOT_RUN.items():
            if block.text.startswith(start):
                return check(block)
        if block.kind == "text":
            assert unseen(block.text, self._printed) == [], f"{block} shows what is not printed:\n{self._printed}"
        elif block.kind == "sh":
            self._run(block)
        else:
            self.save(block)

    def save(self, block: Block) -> None:
        assert block.file, f"{block}: a first line such as '# network/topology.yaml' says which file it is"
        path = self._folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)

    def _run(self, block: Block) -> None:
        for _ in range(TRIES):
            script = ["bash", "-euo", "pipefail", "-c", block.text]
            done = subprocess.run(
                script,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if done.returncode != INCONCLUSIVE:
                break
        self._printed = done.stdout
        if done.returncode == INCONCLUSIVE:
            pytest.xfail(f"the host stalled each time, which leaves it open: {done.stdout}")
        assert done.returncode == 0, f"{block}: exit code {done.returncode}\n{done.stdout}"

    def leave(self) -> None:
        subprocess.run([XCONN, "down", "--all"], env=self._environment, capture_output=True)


@pytest.mark.own_lab
@pytest.mark.bound(240)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path, tmp_path: Path, place: Path) -> None:
    reader = Reader(tmp_path, place)
    try:
        for block in blocks_of(ROOT / "README.md") if page.stem != "README" else []:
            if block.file.startswith("network/"):  # some begin with them, and none may trip over them
                reader.save(block)
        for block in blocks_of(page):
            reader.read(block)
    finally:
        reader.leave()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_workflows_are_in_order_and_use_inputs_that_there_are(page: Path, tmp_path: Path) -> None:
    """GitHub runs them; that the action's scripts do what it says is for test_action.py."""
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    for block in blocks_of(page):
        if not block.file.startswith(".github/workflows/"):
            continue
        file = tmp_path / Path(block.file).name
        file.write_text(block.text)
        looked = subprocess.run([ROOT / "ci/workflows", file], capture_output=True, text=True)
        assert looked.returncode == 0, looked.stdout + looked.stderr
        for job in yaml.safe_load(block.text)["jobs"].values():
            ours = [step for step in job["steps"] if re.match(r"[\w.-]+/crossconnect@v", step.get("uses", ""))]
            assert ours and all(set(step.get("with", {})) <= set(inputs) for step in ours), block


def test_the_readme_shows_the_reference_network_and_its_drill() -> None:
    def without(words: set[str], text: str) -> dict:
        return {key: value for key, value in yaml.safe_load(text).items() if key not in words}

    shown = {block.file: block.text for block in blocks_of(ROOT / "README.md") if block.file}
    for name, path, words in (
        ("network/topology.yaml", "topology.yaml", {"title", "message"}),
        ("network/primary-silent.drill.yaml", "drills/primary-silent.yaml", {"about", "topology"}),
    ):
        assert without(words, shown[name]) == without(words, (TOPOLOGIES / "branch" / path).read_text())


def test_the_picture_is_what_graph_draws(xconn) -> None:
    dot = xconn("graph", str(TOPOLOGIES / "branch"), "--dot").stdout
    nodes, links = re.findall(r'^    "(.*)" \[', dot, re.M), re.findall(r'^  "(.*)" -- "(.*)" \[', dot, re.M)
    picture = (ROOT / "docs/pictures/branch.svg").read_text().replace("&#45;", "-")
    titles = re.findall(r'class="(?:node|edge)">\n<title>(.*)</title>', picture)
    assert sorted(titles) == sorted([*nodes, *(f"{a}--{b}" for a, b in links)])


def test_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("topologies/*.md")]
    dead = [f"{page.name}: {link}" for page in pages for link in links_of(page) if not (page.parent / link).exists()]
    assert dead == []
