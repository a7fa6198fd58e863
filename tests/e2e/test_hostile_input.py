# SPDX-License-Identifier: Apache-2.0
"""Files that somebody else wrote: nothing waits for ever, nothing is read that is no input, nothing of it is shown."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT

SECRET = "hunter2"


def refused(done) -> str:
    assert done.returncode == 2, done
    assert not [c for c in done.stderr + done.stdout if ord(c) < 32 and c not in "\n\t"], done
    assert SECRET not in done.stderr + done.stdout
    return done.stderr


def named_by(tmp_path: Path, target: str, way: str) -> list[str]:
    """The words that make xconn read `target`, because a file names it or is a link to it."""
    file = tmp_path / "topology.yaml"
    if way == "extends":
        file.write_text(f"extends: {target}\n")
    elif way == "file":
        file.write_text(f"nodes: {{a: {{role: host, files: {{x: {{replace: {{from-file: {target}}}}}}}}}}}\n")
    elif way == "drill":
        file.write_text(f"name: d\ntopology: {target}\nduration: 1s\nflows: {{f: {{from: a, to: b}}}}\n"
                        "expect: [alive: {flow: f}]\n")  # fmt: skip
    else:
        file.symlink_to(target)
    return {"import": ["import", "-o", "-"]}.get(way, ["validate"]) + [str(file)]


@pytest.mark.parametrize("way", ["extends", "file", "drill", "link", "import"])
@pytest.mark.parametrize(
    "target", ["/proc/kmsg", "/dev/zero", "/dev/ptmx", "fifo", "/sys/kernel/debug/tracing/trace_pipe"]
)
def test_no_read_waits(xconn, tmp_path, way: str, target: str):
    if target == "fifo":
        target = str(tmp_path / "fifo")
        os.mkfifo(target)
    done = xconn(*named_by(tmp_path, target, way), timeout=10)
    if way == "file" and target.startswith("/proc") and done.returncode == 0:
        return  # an empty file
    refused(done)


@pytest.mark.parametrize("way", ["extends", "drill", "link"])
@pytest.mark.parametrize(
    "text",
    [
        f"root:{SECRET}:19000:0:99999:7:::\ndaemon:{SECRET}:19000:0:99999:7:::\n",
        f"password: {SECRET}\ntoken: {SECRET}\n",
        f"{SECRET}: {{a: [",
        f"token: *{SECRET}\n",
        f"- {SECRET}\n",
    ],
    ids=["shadow", "keys", "broken", "anchor", "list"],
)
def test_a_file_that_is_no_topology_is_not_shown(xconn, tmp_path, way: str, text: str):
    secret = tmp_path / "secret"
    secret.write_text(text)
    refused(xconn(*named_by(tmp_path, str(secret), way)))


TITLE = f'x"; image="/etc/hostname"; {SECRET} [label=<<b>p</b>>]; "\\N </text><script>alert(1)</script>'
PAIR = """\
name: pair
title: %s
nodes:
  a: {role: host, interfaces: {eth0: 10.0.0.1/24}}
  b: {role: host, interfaces: {eth0: 10.0.0.2/24}}
links: [[a:eth0, b:eth0]]
"""


def test_a_title_is_only_text_in_a_picture(xconn, tmp_path):
    """Graphviz is asked what it understood."""
    file = tmp_path / "pair.yaml"
    file.write_text(PAIR % json.dumps(TITLE))
    dot = xconn("graph", "--dot", str(file)).stdout
    picture = json.loads(
        subprocess.run(["dot", "-Tjson0"], input=dot, capture_output=True, text=True, check=True).stdout
    )
    assert {each["name"] for each in picture["objects"] if "nodes" not in each} == {"a", "b"}
    assert "image" not in picture
    drawn = xconn("graph", "--svg", str(file)).stdout
    tags = {element.tag.split("}")[-1] for element in ElementTree.fromstring(drawn).iter()}
    assert not tags & {"script", "image", "a"}, tags


@pytest.mark.parametrize("key", ["title", "message"])
@pytest.mark.parametrize("text", ["\x1b]52;c;cm0gLXJmIC8=\x07", "\u009b31m", "a\u202eb", "\x1b[2J"], ids=ascii)
def test_nothing_speaks_to_the_terminal(xconn, tmp_path, key: str, text: str):
    file = tmp_path / "pair.yaml"
    file.write_text(PAIR.replace("title", key) % json.dumps(text))
    for words in (["validate"], ["plan"], ["graph"], ["up"]):
        shown = refused(xconn(*words, str(file)))
        assert "control" in shown and text not in shown


def test_text_that_would_be_configuration_is_refused(xconn, tmp_path):
    file = tmp_path / "evil.yaml"
    evil = "aes256-sha256-modp2048\n    children {\n      evil {\n        updown = sh -c 'id'\n      }\n    }"
    base = ROOT / "topologies" / "er-vpn-backup" / "topology.yaml"
    file.write_text(
        json.dumps({"extends": str(base), "nodes": {"hq-ce": {"tunnels": {"vpn0": {"ike-proposals": [evil]}}}}})
    )
    done = xconn("plan", str(file), "--node", "hq-ce")
    assert done.returncode == 2 and "a proposal is algorithms" in done.stderr and "\\n" in done.stderr, done


def test_any_key_is_a_key(xconn, tmp_path):
    """charon is asked: both sides take what ends in a backslash, and what looks like swanctl.conf."""
    file = tmp_path / "keys.yaml"
    base = ROOT / "topologies" / "er-vpn-backup" / "topology.yaml"
    key = "0sx#}{=abc\\"
    tunnels = {name: {"psk": key} for name in ("vpn0", "vpn1")}
    file.write_text(json.dumps({"extends": str(base), "name": "anykey", "nodes": {"hq-ce": {"tunnels": tunnels}},
                                "connections": {"hq-hub": {"psk": key}}}))  # fmt: skip
    try:
        done = xconn("up", str(file), timeout=150)
        assert done.returncode == 0, done
        assert key not in done.stdout + done.stderr
    finally:
        xconn("down", "anykey")
