# SPDX-License-Identifier: Apache-2.0
"""ci/owner: who publishes Crossconnect, and as which version, is said once, pages follow, and a release is refused while it
is nobody."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

NOBODY = "project(crossconnect VERSION 1.2.3 HOMEPAGE_URL https://github.com/OWNER/crossconnect LANGUAGES C CXX)\n"
NOBODY += 'set(XCONN_MAINTAINER "Crossconnect maintainers <maintainers@crossconnect.invalid>")  # both: ci/owner\n'
PAGE = """[releases](https://github.com/OWNER/crossconnect/releases), `ghcr.io/OWNER/crossconnect:VERSION`
      - uses: OWNER/crossconnect@v1
gh attestation verify FILE -R OWNER/crossconnect; podman run localhost/crossconnect:1.2.3; not https://example.com/their/crossconnect
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "ci").mkdir()
    shutil.copy(ROOT / "ci" / "owner", tmp_path / "ci")
    (tmp_path / "CMakeLists.txt").write_text(NOBODY)
    (tmp_path / "page.md").write_text(PAGE)
    return tmp_path


def owner(tree: Path, *words: str) -> tuple[int, list[str]]:
    done = subprocess.run([tree / "ci" / "owner", *words], capture_output=True, text=True)
    assert done.stderr == "" or done.returncode, done.stderr
    return done.returncode, done.stdout.splitlines()


def change(tree: Path, before: str, after: str) -> None:
    file = tree / "CMakeLists.txt"
    file.write_text(file.read_text().replace(before, after))


def test_a_release_of_nobody_is_refused_with_what_to_do(tree):
    assert owner(tree) == (0, [])
    status, said = owner(tree, "--release")
    assert status == 1 and len(said) == 2
    assert said[0].startswith("CMakeLists.txt:1: HOMEPAGE_URL is 'https://github.com/OWNER/crossconnect', which stands")
    assert "put your account in place of OWNER, and run ci/owner --write" in said[0]
    assert said[1].startswith("CMakeLists.txt:2: XCONN_MAINTAINER") and "put an address" in said[1]


def test_an_owner_changes_one_line_and_the_pages_follow(tree):
    change(tree, "OWNER", "contoso-net")
    status, said = owner(tree)
    assert status == 1 and [line.split(": ")[0] for line in said] == [
        "page.md:1",
        "page.md:1",
        "page.md:2",
        "page.md:3",
    ]
    assert said[0] == "page.md:1: the account is OWNER, and by CMakeLists.txt it is contoso-net: run ci/owner --write"
    assert owner(tree, "--write") == (0, [])
    assert (tree / "page.md").read_text() == PAGE.replace("OWNER", "contoso-net")
    change(tree, "maintainers@crossconnect.invalid", "net@contoso.com")
    assert owner(tree, "--release") == (0, [])


def test_the_tag_and_the_image_follow_the_version(tree):
    change(tree, "VERSION 1.2.3", "VERSION 0.9.0")
    assert owner(tree) == (
        1,
        [
            "page.md:2: the tag is v1, and by CMakeLists.txt it is v0: run ci/owner --write",
            "page.md:3: the version is 1.2.3, and by CMakeLists.txt it is 0.9.0: run ci/owner --write",
        ],
    )
    assert owner(tree, "--write") == (0, [])
    assert (tree / "page.md").read_text() == PAGE.replace("@v1", "@v0").replace("1.2.3", "0.9.0")


def test_this_tree_agrees_with_itself():
    assert owner(ROOT) == (0, [])
    code = [
        ROOT / "ci",
        ROOT / "packaging",
        ROOT / ".devcontainer",
        ROOT / ".github",
        ROOT / "cmake",
        ROOT / "bindings",
    ]
    files = [path for folder in code for path in folder.rglob("*") if path.is_file() and path.name != "owner"]
    named = [path for path in files if re.search(rb"com/OWNER|crossconnect\.invalid", path.read_bytes())]
    assert files and named == []
