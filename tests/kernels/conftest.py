# SPDX-License-Identifier: Apache-2.0
"""Stock kernels: one guest for each, as its distribution boots it; `--kernels debian-12,debian-13` chooses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator

import pytest

from guest import HERE, Guest, Output, fetched

ROOT = HERE.parents[1]
BUILD = Path(os.environ.get("XCONN_BUILD", ROOT / "build")).resolve()
FOLDER = Path(os.environ.get("XCONN_KERNELS", BUILD / "kernels"))
SUITES = {"debian-12": "bookworm", "debian-13": "trixie"}

# What the distribution's boot does and that labs feel: its sysctls, and the profiles that packages have put here.
SETTLE = """
shopt -s nullglob
sysctl -q -p {kernel}/rest/usr/lib/sysctl.d/*.conf || true
cp -rn {kernel}/apparmor/etc/apparmor.d/. /etc/apparmor.d/
parser=({kernel}/apparmor/sbin/apparmor_parser {kernel}/apparmor/usr/sbin/apparmor_parser)
for profile in /etc/apparmor.d/usr.*; do "${{parser[0]}}" --replace --skip-cache "$profile" || exit; done
cat /sys/kernel/security/apparmor/profiles
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kernels", default=",".join(SUITES), help="which guests, with commas")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("XCONN_SLOW") == "1":
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: set XCONN_SLOW=1"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "guest" in metafunc.fixturenames:
        metafunc.parametrize("guest", metafunc.config.getoption("--kernels").split(","), indirect=True, scope="session")


class Lab:
    """xconn in a guest."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest

    def __call__(self, *words: str, within: float = 1800) -> Output:
        return self.guest.run(f"export PATH={BUILD}/bin:$PATH\ncd {ROOT}/topologies\nxconn " + " ".join(words), within)

    def up(self, topology: str, *options: str) -> None:
        done = self("up", topology, "--timeout", "10m", *options)
        assert done.status == 0, done.text

    def reaches(self, node: str, address: str) -> None:
        done = self("exec", node, "--", "ping", "-c", "20", "-i", "0.5", "-W", "5", address)
        assert done.status == 0, done.text


@pytest.fixture(scope="session")
def guest(request: pytest.FixtureRequest) -> Iterator[Guest]:
    kernel = fetched(FOLDER, SUITES[request.param])
    with Guest(kernel) as guest:
        profiles = guest.check(SETTLE.format(kernel=kernel))
        assert "/usr/lib/ipsec/charon (enforce)" in profiles and "/usr/sbin/swanctl (enforce)" in profiles, profiles
        yield guest


@pytest.fixture
def xconn(guest: Guest) -> Iterator[Lab]:
    """What is up at the end of a test is ended; nothing of it may stay."""
    before = guest.check("ip -o link; ls /run/netns 2>&1; findmnt -rno TARGET | sort")
    yield Lab(guest)
    Lab(guest)("down", "--all")
    assert guest.check("ip -o link; ls /run/netns 2>&1; findmnt -rno TARGET | sort") == before
