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


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(xconn, shell: str):
    script = xconn("completion", shell).stdout
    assert "xconn complete" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


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
    assert complete("xconn inspect --format ") == ["json", "text"]
    assert "sdwan-expressroute" in complete("xconn up sdwan")


def test_completion_knows_the_lab(complete, chain):
    assert complete("xconn inspect r") == ["r1", "r2", "r3", "right"]
    assert complete("xconn exec --lab ") == [chain]
    assert complete(f"xconn inspect --lab {chain} le") == ["left"]
    assert complete("xconn fault blackhole r1:ea") == ["east"], "behind the colon, where bash replaces"
    assert "bgpd" in complete("xconn fault freeze r1:")
