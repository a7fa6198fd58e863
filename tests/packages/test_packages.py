# SPDX-License-Identifier: Apache-2.0
"""The Debian packages, as somebody without a clone meets them: from a folder of .debs, with the network cut, into roots that
have nothing. `ci/test packages` makes the packages and runs this; root, and apt once for what the packages depend on."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import Iterator

import pytest
from root import Root, bootstrap

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "build" / "packages"
INSTALL = ["apt-get", "install", "-q", "-y", "--no-install-recommends"]
SERVICES = ["frr", "strongswan-starter", "keepalived"]

THREE_LINES = """import pytest


@pytest.mark.xconn(topology="sdwan-expressroute")
def test_the_edge_takes_the_way_of_its_rule(xconn_lab):
    assert xconn_lab.drill("sdwan-expressroute/er-inbound").verdict != "fail"
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Root:
    folder = tmp_path_factory.mktemp("packages") / "bare"
    return bootstrap(folder, PACKAGES, ["python3-pytest", "systemd-sysv", "dbus"])


@pytest.fixture(scope="module")
def with_init(bare: Root, tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = bare.copy(tmp_path_factory.mktemp("packages") / "with-init")
    root.run(*INSTALL, "systemd-sysv", "dbus")
    return root


@pytest.fixture
def root(with_init: Root, tmp_path: Path) -> Root:
    return with_init.copy(tmp_path / "root")


def test_lintian_finds_no_error() -> None:
    packages = sorted(map(str, PACKAGES.glob("*.deb")))
    assert len(packages) == 2, packages
    said = subprocess.run(["lintian", "--fail-on", "error", *packages], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


@pytest.fixture(scope="module")
def installed(bare: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    root = bare.copy(tmp_path_factory.mktemp("packages") / "installed")
    root.run(*INSTALL, "crossconnect", "python3-crossconnect", "python3-pytest")
    yield root


def test_doctor_finds_all_that_a_lab_needs(installed: Root) -> None:
    assert "this host has everything that a lab needs" in installed.run("xconn", "doctor").stdout


def test_a_reference_drill_gives_a_verdict(installed: Root) -> None:
    drill = installed.run("xconn", "drill", "bfd-on-off/on", check=False)
    assert drill.returncode in (0, 3), drill.stdout + drill.stderr
    assert re.search(r"flow .* outage \d", drill.stdout), drill.stdout


def test_the_first_commands_of_the_readme(installed: Root) -> None:
    """Also where apt installs no recommendation."""
    look = "xconn exec pc -- traceroute -n 10.20.1.4; xconn exec pc -- ping -c 1 10.20.1.4"
    ran = installed.run("sh", "-ec", f"xconn up branch; {look}; xconn down")
    assert "1 received" in ran.stdout, ran.stdout


def test_three_lines_of_pytest(installed: Root) -> None:
    (installed.folder / "root/test_mine.py").write_text(THREE_LINES)
    ran = installed.run("sh", "-c", "cd /root && python3 -B -m pytest -q -p no:cacheprovider")
    assert "1 passed" in ran.stdout, ran.stdout
    (installed.folder / "root/test_mine.py").unlink()


def test_exec_in_python_says_what_xconn_said(installed: Root) -> None:
    script = """
import crossconnect
with crossconnect.up("chain") as lab:
    try:
        lab.exec("ce", "true")
    except crossconnect.CommandError as error:
        print(error)
"""
    assert "there is no node ce" in installed.run("python3", "-B", "-c", script).stdout


def test_pages_and_completions_are_where_their_readers_look(installed: Root) -> None:
    for file in ("man/man1/xconn-up.1.gz", "bash-completion/completions/xconn", "fish/vendor_completions.d/xconn.fish"):
        assert (installed.folder / "usr/share" / file).is_file(), file
    assert (installed.folder / "usr/share/zsh/vendor-completions/_xconn").read_text().startswith("#compdef xconn\n")


def verbs(root: Root, *of: str) -> set[str]:
    return set(re.findall(r"^  ([a-z][a-z-]*)(?:, [a-z-]+)?  ", root.run("xconn", *of, "--help").stdout, re.MULTILINE))


def test_every_verb_has_a_page_and_is_completed(installed: Root) -> None:
    every = verbs(installed)
    assert {"up", "drill", "train", "exam", "mcp", "schema"} <= every
    pages = installed.folder / "usr/share/man/man1"
    assert {page.name for page in pages.iterdir()} >= {"xconn.1.gz", *(f"xconn-{verb}.1.gz" for verb in every)}
    assert every <= set(installed.run("xconn", "complete", "--", "").stdout.split())
    for verb in ("train", "exam"):
        page = gzip.decompress((pages / f"xconn-{verb}.1.gz").read_bytes()).decode()
        assert verbs(installed, verb) == set(re.findall(r"^\.SS (\S+)", page.replace("\\-", "-"), re.MULTILINE))
        assert verbs(installed, verb) <= set(installed.run("xconn", "complete", "--", verb, "").stdout.split())


def test_what_the_tree_has_is_installed(installed: Root) -> None:
    share = installed.folder / "usr/share/crossconnect"
    for folder in ("topologies", "exercises"):
        there = {
            path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if "__pycache__" not in str(path)
        }
        assert there == {path.relative_to(share / folder) for path in (share / folder).rglob("*")}
    schemas = {path.name.split(".")[0]: json.loads(path.read_text()) for path in (share / "schemas").iterdir()}
    assert set(schemas) == {"topology", "drill", "exercise"} and all("$schema" in one for one in schemas.values())
    assert {path.name for path in ROOT.glob("docs/*.md")} <= {
        path.name for path in (installed.folder / "usr/share/doc/crossconnect").iterdir()
    }


@pytest.fixture
def installed_alone(installed: Root, tmp_path: Path) -> Root:
    return installed.copy(tmp_path / "root")


def test_a_system_without_the_programs_is_told_so(installed_alone: Root) -> None:
    installed_alone.run("dpkg", "--force-depends", "--purge", "frr")
    up = installed_alone.run("xconn", "up", "chain", check=False)
    assert up.returncode == 4 and "apt-get install frr" in up.stderr, up.stderr
    doctor = installed_alone.run("xconn", "doctor", check=False)
    assert doctor.returncode == 4 and "program:frr: " in doctor.stdout, doctor.stdout


def kept_by_apt(root: Root, stayed: set[str]) -> set[str]:
    """Of what stayed, what is important or protected, and what that needs, recommends or suggests, as Debian 13's
    systemd its libraries: autoremove keeps all of it."""
    said = root.run("dpkg-query", "-W", "-f", "${Package} ${Priority} ${Protected} ${Essential}\n").stdout
    kept = {line.split()[0] for line in said.splitlines() if {"important", "required", "yes"} & set(line.split()[1:])}
    kept &= stayed
    options = [f"--no-{kind}" for kind in ("conflicts", "breaks", "replaces", "enhances")]
    needed = (
        root.run("apt-cache", "depends", "--recurse", "--installed", *options, *sorted(kept)).stdout if kept else ""
    )
    return kept | set(re.findall(r"^(\S+?)(?::\S+)?$", needed, re.MULTILINE))


def test_nothing_is_left_after_purge(installed: Root, bare: Root) -> None:
    """The last test of this root. What ours brought goes by autoremove, which keeps what Debian calls important: netbase,
    and where frr's logrotate finds no cron, systemd."""
    installed.run("apt-get", "purge", "-q", "-y", "crossconnect", "python3-crossconnect", "python3-pytest")
    left = {path for path in installed.files() if re.search("xconn|crossconnect", path)} - bare.files()
    assert left == set()
    installed.run("apt-get", "autoremove", "--purge", "-q", "-y")
    assert bare.packages() <= installed.packages()
    stayed = installed.packages() - bare.packages()
    assert stayed <= kept_by_apt(installed, stayed)
    assert not stayed & {"frr", "strongswan-charon", "keepalived"}


def test_no_service_starts_because_of_us(root: Root) -> None:
    with root.booted() as system:
        system.run(*INSTALL, "crossconnect")
        assert {name: system.service(name) for name in SERVICES} == dict.fromkeys(SERVICES, ("inactive", "disabled"))
        system.run("systemctl", "enable", "--now", "frr")  # not masked: it is there for who wants it
        assert system.service("frr") == ("active", "enabled")
        assert not (root.folder / "var/lib/crossconnect").exists()


def test_what_the_user_runs_goes_on(root: Root) -> None:
    with root.booted() as system:
        system.run(*INSTALL, "frr")
        before = system.run("systemctl", "show", "--property", "MainPID", "frr").stdout
        assert system.service("frr") == ("active", "enabled")
        system.run(*INSTALL, "crossconnect")
        assert system.service("frr") == ("active", "enabled")
        assert system.run("systemctl", "show", "--property", "MainPID", "frr").stdout == before
        assert system.service("strongswan-starter") == ("inactive", "disabled")
        system.run("apt-get", "purge", "-q", "-y", "crossconnect")
        assert system.service("frr") == ("active", "enabled")


def test_labs_end_with_their_program(root: Root) -> None:
    with root.booted() as system:
        system.run(*INSTALL, "crossconnect")
        system.run("xconn", "up", "chain")
        system.run("apt-get", "purge", "-q", "-y", "crossconnect")
        assert system.run("ls", "/run/xconn", check=False).returncode != 0
        assert "xconn" not in system.run("sh", "-c", "cat /proc/[0-9]*/comm").stdout
