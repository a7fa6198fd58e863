# SPDX-License-Identifier: Apache-2.0
"""What `xconn mcp --attempt` lets a program have: values that two readers read alike, and no exercise that it could read."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import crossconnect
import pytest
from conftest import XCONN
from trainee import EXERCISES

from crossconnect.train import confined, value_text
from crossconnect.train import exercise as exercises


@pytest.mark.parametrize(
    "value, text",
    [
        ("", ""),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("2001:db8::/32", '"2001:db8::/32"'),
        ("~", "null"),
        ('"null"', '"null"'),
        ("a: {b: [1, ~]}", '{"a": {"b": ["1", null]}}'),
        ("- a\n- b # c", '["a", "b"]'),
        ("|\n a\n\n  b\n", '"a\\n\\n b\\n"'),
        (">-\n a\n b", '"a b"'),
        ('"\\x65\\t\\\\ é"', '"e\\t\\\\ é"'),
        ("{a, b: ''}", '{"a": null, "b": ""}'),
    ],
)
def test_a_value_is_passed_on_as_it_was_read(value: str, text: str):
    assert value_text.read(value).text == text


@pytest.mark.parametrize("value", ["{" * 5000, "[" * 5000, "[{" * 2000, "[1, " * 40 + "]" * 40, "x" * 70_000])
def test_a_value_has_bounds(value: str):
    with pytest.raises(crossconnect.Error, match="too many lists|characters"):
        value_text.read(value)


def test_an_exercise_that_a_program_can_read_is_refused(monkeypatch: pytest.MonkeyPatch):
    exercise = exercises.read(EXERCISES / "silent-appliance")
    confined.demand_hidden(exercise)
    monkeypatch.setattr(confined, "program", lambda: "/usr/local/mine/bin/xconn")
    shares = [f"/usr/{prefix}share/crossconnect/exercises" for prefix in ("local/mine/", "local/", "")]
    own, *others = [replace(exercise, folder=Path(share) / "silent-appliance") for share in shares]
    confined.demand_hidden(own)
    for other in (*others, replace(exercise, folder=Path("/usr/local/mine/silent-appliance"))):
        with pytest.raises(crossconnect.Error, match="a program can read the solution there"):
            confined.demand_hidden(other)


def test_of_all_exercises_those_of_the_running_program_are_hidden(monkeypatch: pytest.MonkeyPatch):
    """As orchestrator/world/guest.cc does it; not those around the Python package."""
    monkeypatch.setattr(confined, "program", lambda: "/usr/local/bin/xconn")
    monkeypatch.setattr(exercises, "installed", lambda: [Path("/usr/share/crossconnect/exercises")])
    exercise = exercises.read(EXERCISES / "silent-appliance")
    with pytest.raises(crossconnect.Error, match="a program can read the solution there"):
        confined.demand_hidden(replace(exercise, folder=Path("/usr/share/crossconnect/exercises/silent-appliance")))


INSTALLED = """
mount -t tmpfs none /usr/src
mkdir -p /usr/src/x/bin /usr/src/x/libexec /usr/src/x/share/crossconnect/exercises
mount --bind "$1/bin" /usr/src/x/bin
mount --bind "$1/libexec" /usr/src/x/libexec
mount --bind "$2" /usr/src/x/share/crossconnect/exercises
xconn=/usr/src/x/bin/xconn
$xconn up "$3" --name hidden-exercises > /dev/null
trap '$xconn down hidden-exercises > /dev/null' EXIT
$xconn exec --lab hidden-exercises a -- ls /usr/src/x/share/crossconnect/exercises
echo --
$xconn exec --lab hidden-exercises --as nobody a -- ls /usr/src/x/share/crossconnect/exercises < /dev/null | cat
"""


def test_the_exercises_that_ship_are_hidden_from_who_is_confined(tmp_path: Path):
    """They are in a folder of the system's, where the others are in view."""
    topology = tmp_path / "two.yaml"
    topology.write_text(
        "name: two\nnodes:\n  a: {role: host, interfaces: {eth0: 192.0.2.1/24}}\n"
        "  b: {role: host, interfaces: {eth0: 192.0.2.2/24}}\nlinks:\n  - [a:eth0, b:eth0]\n"
    )
    words = [str(Path(XCONN).parents[1]), str(EXERCISES), str(topology)]
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-eu", "-c", INSTALLED, "sh", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    seen, hidden = done.stdout.split("--\n")
    assert "silent-appliance" in seen and hidden == ""
