# SPDX-License-Identifier: Apache-2.0
"""What the shells offer, by the scripts that `xconn completion` prints."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Iterator

import crossconnect
import pytest
from conftest import XCONN


@pytest.fixture(scope="module")
def chain(leaves_nothing_behind: None) -> Iterator[str]:
    with crossconnect.up(crossconnect.find_topology("chain"), name="completed"):
        yield "completed"


ZSH = """
source $1
compadd() { shift; print -l -- "$@" }
_files() { print files }
words=("${(@s: :)2}") CURRENT=$#words
_xconn
"""
FISH = 'source $argv[1]; complete --do-complete "$argv[2]"'
ASKED = {"zsh": ["zsh", "-f", "-c", ZSH, "zsh"], "fish": ["fish", "-c", FISH]}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_its_shell(xconn, tmp_path, shell: str):
    script = tmp_path / "script"
    script.write_text(xconn("completion", shell).stdout)
    assert "xconn complete" in script.read_text()
    subprocess.run([shell, "-n", script], check=True)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_in_other_shells(xconn, tmp_path, chain, shell: str):
    """What zsh's compadd is given, and what fish says itself."""
    script = tmp_path / "script"
    script.write_text(xconn("completion", shell).stdout)
    environment = {**os.environ, "PATH": f"{Path(XCONN).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    def offered(line: str) -> list[str]:
        asked = [*ASKED[shell], str(script), line]
        return subprocess.run(asked, capture_output=True, text=True, check=True, env=environment).stdout.split()

    assert offered("xconn ins") == ["inspect"]
    assert offered(f"xconn inspect --lab {chain} le") == ["left"]
    assert {"json", "text"} <= set(offered("xconn inspect --format "))
    assert offered("xconn fault blackhole r1:ea") == ["r1:east"]


@pytest.fixture
def complete(xconn, tmp_path):
    """What bash offers for a line, with the script that `xconn completion bash` prints."""
    script = tmp_path / "completion.bash"
    script.write_text(xconn("completion", "bash").stdout)

    def offered(line: str) -> list[str]:
        call = f'source {script}; COMP_LINE=$1 COMP_POINT=${{#1}}; _xconn; printf "%s\\n" "${{COMPREPLY[@]}}"'
        path = f"{Path(XCONN).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", call, "bash", line],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PATH": path},
        )
        return done.stdout.split()

    return offered


def test_completion_of_verbs_options_and_values(complete):
    assert complete("xconn ins") == ["inspect"]
    verbs = complete("xconn ")
    assert {"up", "drill", "fault", "inspect"} <= set(verbs) and "agent" not in verbs
    assert complete("xconn fault black") == ["blackhole"]
    assert complete("xconn up --dry") == ["--dry-run"]
    assert complete("xconn circuit pro") == ["provision"] and complete("xconn peering prov") == []
    assert complete("xconn local-") == ["local-gateway"] and "create" in complete("xconn load-balancer ")
    assert complete("xconn inspect --format ") == ["json", "text"]
    assert "sdwan-expressroute" in complete("xconn up sdwan")


def test_completion_knows_the_lab(complete, chain):
    assert complete("xconn inspect r") == ["r1", "r2", "r3", "right"]
    assert complete("xconn exec --lab ") == [chain]
    assert complete(f"xconn inspect --lab {chain} le") == ["left"]
    assert complete("xconn fault blackhole r1:ea") == ["east"], "behind the colon, where bash replaces"
    assert "bgpd" in complete("xconn fault freeze r1:")
    assert complete(f"xconn node show --lab {chain} r") == ["r1", "r2", "r3", "right"]
    assert complete(f"xconn node create --lab {chain} righ") == []
