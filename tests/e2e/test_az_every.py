"""Every command of `xconn az` answers on a running lab, in each form. What it answers is test_az.py's."""

from __future__ import annotations

import json

import az_commands
import pytest


@pytest.fixture(scope="module")
def lab(xconn_lab):
    return xconn_lab(az_commands.TOPOLOGY)


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
