# SPDX-License-Identifier: Apache-2.0
"""Every command of `xconn az` answers on a running lab, in each form. What it answers is test_az.py's."""

from __future__ import annotations

import json
import shutil
import subprocess

import az_commands
import pytest
from conftest import XCONN
from host import hidden


@pytest.fixture(scope="module")
def lab(kept_labs):
    return kept_labs(az_commands.TOPOLOGY)


def test_a_user_finds_them_all():
    assert len(az_commands.commands()) == 22


@pytest.mark.parametrize("command", az_commands.commands())
def test_it_answers(lab, xconn, command):
    words = az_commands.words_of(command)
    for form in ("json", "table", "tsv"):
        done = xconn("az", "--lab", lab.name, *words, "-o", form)
        assert done.returncode == 0, done.stderr
        if form == "json":
            assert json.loads(done.stdout)


def test_a_query_without_jp_is_exit_4_and_without_a_query_nobody_misses_it(lab):
    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        argv = [*hidden(shutil.which("jp") or "jp"), XCONN, "az", "--lab", lab.name, "network", "express-route", "list"]
        return subprocess.run([*argv, *words], capture_output=True, text=True, timeout=60)

    assert ask().returncode == 0
    done = ask("--query", "[].name")
    assert (done.returncode, done.stdout) == (4, "") and "apt-get install jp" in done.stderr, done
