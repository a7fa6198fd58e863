# SPDX-License-Identifier: Apache-2.0
"""The container image: made twice, looked into, and run by podman with no more than docs/containers.md says."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Iterator

import pytest
from engine import TUN, added, changed, podman, run

ROOT = Path(__file__).resolve().parents[2]
NEEDED = "SYS_ADMIN NET_ADMIN NET_RAW NET_BIND_SERVICE SYS_CHROOT CHOWN DAC_OVERRIDE SETUID SETGID".split()
MOST_BYTES = 150 * 1000 * 1000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """By ci/image; $XCONN_IMAGE is a folder in which it has made one already."""
    if "XCONN_IMAGE" in os.environ:
        return Path(os.environ["XCONN_IMAGE"])
    folder = tmp_path_factory.mktemp("image")
    subprocess.run([ROOT / "ci" / "image", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def image(made: Path) -> Iterator[str]:
    loaded = podman("load", "-q", "-i", str(next(made.glob("*.oci.tar")))).stdout
    yield loaded.strip().rpartition(" ")[2]


def test_what_was_changed_for_this_host(record_property: pytest.FixtureRequest, capsys: pytest.CaptureFixture) -> None:
    record_property("what was changed", "; ".join(changed()))
    with capsys.disabled():
        print(f"\npodman: {'; '.join(changed())}")


def test_two_builds_have_one_digest(made: Path, tmp_path: Path) -> None:
    subprocess.run([ROOT / "ci" / "image", tmp_path], check=True)
    assert (tmp_path / "digest").read_text() == (made / "digest").read_text()


def test_it_is_small(made: Path) -> None:
    assert next(made.glob("*.oci.tar")).stat().st_size <= MOST_BYTES


def test_labels_say_what_it_is(image: str) -> None:
    labels = json.loads(podman("image", "inspect", image).stdout)[0]["Labels"]
    for name in ("title", "version", "licenses", "source", "revision", "created"):
        assert labels[f"org.opencontainers.image.{name}"], labels


def test_its_list_of_contents_is_what_dpkg_has(made: Path, image: str) -> None:
    listed = json.loads((made / "contents.cdx.json").read_text())
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.4")
    query = ["--entrypoint", "dpkg-query"]
    installed = run(image, query, "-W", "-f", "${Package} ${Version}\n").stdout.split("\n")[:-1]
    assert [f"{one['name']} {one['version']}" for one in listed["components"]] == installed


def test_the_documented_line_gives_a_verdict(image: str) -> None:
    begun = time.monotonic()
    drill = run(image, [*added(["SYS_ADMIN", "NET_ADMIN", "NET_RAW"]), *TUN], "drill", "sdwan-expressroute/er-inbound")
    assert drill.returncode in (0, 3), drill.stdout + drill.stderr
    assert "er-inbound" in drill.stdout and time.monotonic() - begun < 60


@pytest.mark.parametrize("topology", ["sdwan-expressroute", "er-vpn-backup", "aviatrix-encryption", "transit-vnet"])
def test_nine_capabilities_are_enough_on_a_read_only_image(image: str, topology: str) -> None:
    read_only = ["--read-only", "--tmpfs", "/run", "--tmpfs", "/tmp"]
    up = run(image, ["--cap-drop", "ALL", *added(NEEDED), *TUN, *read_only], "up", topology)
    assert up.returncode == 0 and f"{topology}: " in up.stdout, up.stderr


@pytest.mark.parametrize("lacking", NEEDED)
def test_each_is_needed_and_named(image: str, lacking: str) -> None:
    """Both verbs, in one container."""
    less = ["--cap-drop", "ALL", *added([name for name in NEEDED if name != lacking]), *TUN]
    both = run(image, [*less, "--entrypoint", "sh"], "-c", "xconn up chain; echo $?; xconn doctor; echo $?")
    said = both.stdout + both.stderr
    assert [line for line in both.stdout.splitlines() if line.isdigit()] == ["4", "4"], said
    assert f"CAP_{lacking}" in said and said.count(f"in a container: --cap-add {lacking}\n") >= 2, said


@pytest.mark.parametrize("topology", ["sdwan-expressroute", "chain"], ids=["a tunnel", "a link with a delay"])
def test_who_needs_the_device_is_told_how_to_give_it(image: str, topology: str) -> None:
    up = run(image, ["--cap-drop", "ALL", *added(NEEDED)], "up", topology)
    assert up.returncode == 4 and "in a container --device /dev/net/tun" in up.stderr, up.stderr


def test_others_do_without_the_device(image: str) -> None:
    assert run(image, ["--cap-drop", "ALL", *added(NEEDED)], "up", "bfd-on-off").returncode == 0
