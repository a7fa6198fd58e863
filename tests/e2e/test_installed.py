# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` copies works where it is put, and wherever it is moved to."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, ROOT

LAB = "moved"


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed for /opt/crossconnect, staged as packagers do it, and moved elsewhere."""
    folder = tmp_path_factory.mktemp("installed")
    install = ["cmake", "--install", str(BUILD), "--prefix", "/opt/crossconnect"]
    subprocess.run(install, check=True, capture_output=True, env={**os.environ, "DESTDIR": str(folder / "staged")})
    return (folder / "staged/opt/crossconnect").rename(folder / "elsewhere")


@pytest.fixture(scope="module")
def python(prefix: Path) -> dict[str, str]:
    """The environment in which Python finds the package there, and nothing of the build tree."""
    found = next(prefix.glob("lib/python3*/*-packages"))
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(found), "PYTHONDONTWRITEBYTECODE": "1"}


def run(*argv: str | Path, cwd: str | Path = "/", **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=cwd, **options)


def test_nothing_installed_names_the_folders_it_was_made_in(prefix: Path):
    folders = [str(folder).encode() for folder in {ROOT, BUILD.resolve()}]
    naming = [file for file in prefix.rglob("*") if file.is_file() and any(f in file.read_bytes() for f in folders)]
    assert naming == []
    for program in (prefix / "bin/xconn", *(prefix / "libexec/crossconnect").iterdir(), *prefix.rglob("_core*.so")):
        assert not re.search("R(UN)?PATH", run("readelf", "-d", program).stdout), program


def test_a_lab_comes_up_from_there(prefix: Path):
    xconn = prefix / "bin" / "xconn"
    try:
        up = run(xconn, "up", "chain", "--name", LAB)
        assert up.returncode == 0, up.stderr
        echo = f"{prefix}/libexec/crossconnect/"
        running = {os.readlink(link) for link in Path("/proc").glob("[0-9]*/exe") if os.path.exists(link)}
        assert f"{prefix}/bin/xconn" in running, sorted(running)
        assert all(Path(echo, name).exists() for name in ("xconn-echo", "xconn-lb", "xconn-sdwan", "xconn-encryption"))
    finally:
        run(xconn, "down", LAB)


def test_reference_topologies_and_drills_are_called_by_name(prefix: Path):
    xconn = prefix / "bin" / "xconn"
    named = run(xconn, "validate", "sdwan-expressroute", "sdwan-expressroute/er-silent-bfd")
    assert named.returncode == 0 and named.stdout.count(f"{prefix}/share/crossconnect/topologies/") == 2, named.stderr
    wrong = run(xconn, "drill", "sdwan-expressroute/er-silent")
    assert wrong.returncode == 2 and "it has: active-firewall-killed, " in wrong.stderr
    assert "bfd-on-off/off" in run(xconn, "complete", "--", "drill", "bfd-on-off/").stdout.split()


def test_python_finds_program_and_topologies(prefix: Path, python: dict[str, str]):
    code = (
        "import crossconnect, crossconnect.lab as lab; print(lab.program(), crossconnect.find_drill('bfd-on-off/on'))"
    )
    found = run("/usr/bin/python3", "-c", code, env=python)
    drill = f"{prefix}/share/crossconnect/topologies/bfd-on-off/drills/on.yaml"
    assert found.stdout.split() == [f"{prefix}/bin/xconn", drill], found.stderr


def test_pytest_has_the_fixture_without_an_option(python: dict[str, str], tmp_path: Path):
    asked = run("/usr/bin/python3", "-m", "pytest", "--fixtures", "-q", env=python, cwd=tmp_path)
    assert "xconn_session_lab [session scope]" in asked.stdout, asked.stdout + asked.stderr
    twice = run("/usr/bin/python3", "-m", "pytest", "-p", "crossconnect.pytest_plugin", env=python, cwd=tmp_path)
    assert "no tests ran" in twice.stdout, twice.stdout + twice.stderr


def test_each_verb_has_a_page(prefix: Path):
    pages = {page.name for page in prefix.glob("share/man/man1/*")}
    verbs = re.findall(r"^  ([a-z][a-z-]*)(?:, ?[a-z]+)?  ", run(prefix / "bin/xconn", "--help").stdout, re.M)
    assert {"xconn.1.gz"} | {f"xconn-{verb}.1.gz" for verb in verbs} == pages and len(verbs) > 20
    up = gzip.decompress((prefix / "share/man/man1/xconn-up.1.gz").read_bytes()).decode()
    assert "\n.SH OPTIONS\n" in up and "\\fB\\-\\-dry\\-run\\fR" in up and "xconn deploy" in up


# zsh calls a file of its folders of completions as a function, and takes what it offers the first time.
ZSH = """
fpath=($1) words=(xconn ins) CURRENT=2
compdef() { }
compadd() { shift; print -l -- "$@" }
autoload -U _xconn
_xconn
"""


def test_completion_of_zsh_offers_at_its_first_call(prefix: Path):
    folder = prefix / "share/zsh/site-functions"
    environment = {**os.environ, "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
    assert run("zsh", "-f", "-c", ZSH, "zsh", folder, env=environment).stdout.split() == ["inspect"]


def test_the_schema_is_json(prefix: Path):
    for file in ("topology", "drill"):
        assert "$defs" in json.loads((prefix / f"share/crossconnect/schemas/{file}.schema.json").read_text())
    exercise = (prefix / "share/crossconnect/schemas/exercise.schema.json").read_text()
    printed = run(prefix / "bin/xconn", "train", "schema", env={"PATH": os.environ["PATH"]}).stdout
    assert "hints" in json.loads(exercise)["properties"] and exercise == printed


def test_exercises_are_there_with_the_python_package(prefix: Path):
    listed = json.loads(
        run(prefix / "bin/xconn", "train", "list", "--format", "json", env={"PATH": os.environ["PATH"]}).stdout
    )
    assert "dead-backup" in [row["exercise"] for row in listed]
    looked = run(prefix / "bin/xconn", "train", "validate", "dead-backup", env={"PATH": os.environ["PATH"]})
    assert looked.returncode == 0, looked.stdout + looked.stderr
