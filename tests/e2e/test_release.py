"""What ci/release makes of a release's packages and image: all of it or nothing, with sums that hold."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

VERSION = re.search(r"^project\(crossconnect VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
SYSTEMS = ("debian-12", "debian-13", "ubuntu-24.04")


def package(folder: Path, name: str) -> None:
    tree = folder / f"tree-{name}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "usr/share/doc").mkdir(parents=True)
    (tree / "usr/share/doc" / name).write_text(f"{name} of {folder.name}\n")
    control = {"Package": name, "Version": VERSION, "Architecture": "amd64", "Maintainer": "a <a@example.com>"}
    (tree / "DEBIAN/control").write_text("".join(f"{k}: {v}\n" for k, v in control.items()) + "Description: d\n")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, folder], check=True, capture_output=True)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given")
    for system in SYSTEMS:
        (folder / system).mkdir()
        for name in ("crossconnect", "python3-crossconnect"):
            package(folder / system, name)
    (folder / "image").mkdir()
    for name in (f"crossconnect-{VERSION}.oci.tar", "digest", "contents.cdx.json"):
        (folder / "image" / name).write_text(name)
    return folder


def released(given: Path, out: Path, tag: str = f"v{VERSION}") -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "ci/release", tag, given, out], capture_output=True, text=True)


def test_packages_of_each_system_and_the_image_with_their_sums(given: Path, tmp_path: Path):
    done = released(given, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len([name for name in files if name.endswith(".deb")]) == 6
    assert f"crossconnect-{VERSION}.oci.tar" in files and "image.digest" in files
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    contents = json.loads(files["contents.cdx.json"])
    assert sorted({one["bom-ref"].split("/")[0] for one in contents["components"]}) == sorted(SYSTEMS)
    assert any(
        inner["name"] == "/usr/share/doc/crossconnect" for one in contents["components"] for inner in one["components"]
    )


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("debian-13/python3-crossconnect_*.deb", "has no python3-crossconnect"),
        ("image/*.oci.tar", f"there is no .*crossconnect-{re.escape(VERSION)}.oci.tar"),
    ],
)
def test_nothing_is_released_in_parts(given: Path, tmp_path: Path, lost: str, said: str):
    (path,) = given.glob(lost)
    kept = path.rename(tmp_path / path.name)
    try:
        done = released(given, tmp_path / "out")
    finally:
        kept.rename(path)
    assert done.returncode != 0 and re.search(said, done.stderr), done.stderr
    assert not (tmp_path / "out").exists()


def test_a_tag_is_the_tree_s_version(given: Path, tmp_path: Path):
    done = released(given, tmp_path / "out", tag="v9.9.9")
    assert done.returncode != 0 and f"tag v{VERSION}" in done.stderr
