# SPDX-License-Identifier: Apache-2.0
"""Every verb of the command line, through the real binary."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from xml.etree import ElementTree
from typing import Iterator

import pytest
from conftest import XCONN
from host import Footprint, eventually
from terminal import Terminal

VERBS = (
    "up down inspect exec shell fault restart drill demo capture az events graph validate plan import schema doctor version"
    " completion train exam mcp circuit peering authorization connection gateway global-reach vnet subnet vnet-peering node"
    " route-table route-filter nsg nsg-rule provider local-gateway encryption-gateway port public-service load-balancer"
).split()


@pytest.fixture(scope="module")
def chain(leaves_nothing_behind: None) -> Iterator[str]:
    """A lab that verbs can be tried on, by its name."""
    subprocess.run([XCONN, "up", "chain", "--name", "cli"], check=True, capture_output=True, timeout=60)
    yield "cli"
    subprocess.run([XCONN, "down", "cli"], check=True, capture_output=True, timeout=30)


def good(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- without a lab ---------------------------------------------------------------------------------------------------


def test_help_lists_every_verb_and_the_exit_codes(xconn):
    said = good(xconn("--help"))
    listed = re.findall(r"^  ([a-z][a-z-]*)[, ]", said, flags=re.MULTILINE)
    assert sorted(listed) == sorted(VERBS), "a verb without a test of its help"
    assert "Exit codes: 0 pass, 1 fail, 2 usage or bad topology, 3 inconclusive, 4 the host lacks something" in said


def test_without_a_verb_it_shows_them_in_groups_and_three_examples(xconn):
    said = xconn().stderr
    groups = re.findall(r"^([A-Z].*):$", said, flags=re.MULTILINE)
    assert groups[:3] == ["Options", "A lab", "Break and judge"] and groups[-1] == "Examples"
    assert len(re.findall("^  xconn ", said.partition("Examples:")[2], flags=re.MULTILINE)) == 3
    assert "create" in xconn("circuit").stderr


@pytest.mark.parametrize("verb", [*VERBS, "deploy", "destroy"])
def test_help_of_every_verb(xconn, verb: str):
    said = good(xconn(verb, "--help"))
    assert "Usage" in said and "--format" in said


@pytest.mark.parametrize(
    "words", [["no-such-verb"], [], ["up", "--no-such-option"], ["graph", "--dot", "--svg"], ["exec"]]
)
def test_bad_usage_is_exit_2(xconn, words: list[str]):
    done = xconn(*words)
    assert done.returncode == 2 and done.stderr


def test_version(xconn):
    version = json.loads(good(xconn("version", "--format", "json")))["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert version in good(xconn("version")) and version in good(xconn("--version"))


def test_dry_run_plans_and_builds_nothing(xconn):
    before = Footprint.now()
    said = good(xconn("up", "sdwan-expressroute", "--dry-run"))
    assert "22 nodes" in said and "provider:msee1" in said
    plan = json.loads(good(xconn("up", "sdwan-expressroute", "--dry-run", "--format", "json")))
    assert len(plan["nodes"]) == 22
    assert not before.leftovers()


def test_a_topology_is_a_name_a_folder_or_a_file(xconn, topologies, tmp_path):
    folder = topologies / "chain"
    said = {good(xconn("plan", word)) for word in ("chain", str(folder), str(folder / "topology.yaml"))}
    assert len(said) == 1
    shutil.copy(folder / "topology.yaml", tmp_path / "topology.yaml")
    assert good(xconn("plan")) in said, "topology.yaml of the current folder is what is meant without a word"


def test_validate(xconn, topologies):
    assert ": valid" in good(xconn("validate", "chain", "sdwan-expressroute"))
    verdict = json.loads(good(xconn("validate", "chain", "--format", "json")))
    assert verdict == {"valid": True, "findings": [], "broken_on_purpose": []}
    for file in topologies.glob("*/*.yaml"):
        good(xconn("validate", str(file)))


def test_validate_needs_no_root(tmp_path):
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", XCONN, "validate", "chain"], capture_output=True, cwd="/"
    )
    assert done.returncode == 0, done.stderr


def test_plan_is_the_same_each_time_and_shows_configuration(xconn):
    assert good(xconn("plan", "chain", "--format", "json")) == good(xconn("plan", "chain", "--format", "json"))
    assert "neighbor 192.0.2.2 remote-as 64602" in good(xconn("plan", "chain", "--node", "r1"))
    assert xconn("plan", "chain", "--node", "r9").returncode == 2


def test_plan_against_shows_the_difference_only(xconn, tmp_path, topologies):
    changed = tmp_path / "changed.yaml"
    changed.write_text(f"extends: {topologies / 'chain' / 'topology.yaml'}\nnodes: {{spare: {{role: host}}}}\n")
    said = good(xconn("plan", str(changed), "--against", "chain"))
    assert "spare" in said and "r1" not in said
    assert "the same" in good(xconn("plan", "chain", "--against", "chain"))


def test_graph_in_three_languages(xconn):
    mermaid = good(xconn("graph", "sdwan-expressroute"))
    assert mermaid.startswith("graph LR") and mermaid.count("---") == 37
    dot = good(xconn("graph", "sdwan-expressroute", "--dot"))
    assert dot.count(" -- ") == 37
    if not shutil.which("dot"):
        done = xconn("graph", "chain", "--svg")
        assert done.returncode == 4 and "apt-get install graphviz" in done.stderr
        return
    drawn = subprocess.run(["dot", "-Tplain"], input=dot, capture_output=True, text=True, check=True).stdout
    assert len(re.findall(r"^node ", drawn, flags=re.MULTILINE)) == 22
    assert ElementTree.fromstring(good(xconn("graph", "chain", "--svg"))).tag.endswith("svg")


def test_schema_is_json_schema_that_takes_our_topologies(xconn, topologies):
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("yaml")
    schema = json.loads(good(xconn("schema")))
    jsonschema.validators.validator_for(schema).check_schema(schema)
    jsonschema.validate(yaml.safe_load((topologies / "chain" / "topology.yaml").read_text()), schema)


def test_doctor_tries_every_feature(xconn):
    before = Footprint.now()
    done = xconn("doctor", "--format", "json")
    features = json.loads(done.stdout)
    assert {feature["state"] for feature in features} <= {"ok", "portable", "missing"}
    missing = [feature for feature in features if feature["state"] == "missing"]
    assert done.returncode == (4 if missing else 0)
    assert all(feature["remedy"] for feature in missing)
    unused = {"netem", "XFRM", "vrf device"}
    assert not [one for one in features if any(word in one["driver"] + one["remedy"] for word in unused)]
    names = {feature["name"] for feature in features}
    for word in ("vlan", "ipsec", "nftables", "tun"):
        assert any(word in name.lower() for name in names), names
    text = xconn("doctor")
    assert text.returncode == done.returncode and all(name in text.stdout for name in names)
    assert not before.leftovers()


# --- with a lab ------------------------------------------------------------------------------------------------------


def test_verbs_on_labs_say_when_there_is_none(xconn):
    for words in (
        ["inspect"],
        ["down"],
        ["events"],
        ["fault", "list"],
        ["exec", "r1", "--", "true"],
        ["inspect", "-l", "nope"],
    ):
        done = xconn(*words)
        assert done.returncode == 2 and "is up" in done.stderr or "not up" in done.stderr, (words, done)


def test_inspect_as_text(xconn, chain):
    said = good(xconn("inspect"))
    assert "5 nodes, 4 links" in said and "converged in" in said
    assert "\033[" not in said, "no colour without a terminal"
    assert chain in good(xconn("inspect", "--all")).split()


def test_inspect_as_json(xconn, chain):
    state = json.loads(good(xconn("inspect", "--format", "json")))
    assert state["lab"] == chain and state["converged"] and state["faults"] == []
    assert [node["name"] for node in state["nodes"]] == ["left", "r1", "r2", "r3", "right"]


def test_inspect_of_a_node_as_text(xconn, chain):
    said = good(xconn("inspect", "r2"))
    assert "{" not in said, "tables, not JSON"
    for row in (
        r"ROUTE +NEXT HOP",
        r"10\.0\.1\.0/24 +192\.0\.2\.1 +west +20 +bgp",
        r"192\.0\.2\.6 +64603 +Established",
    ):
        assert re.search(row, said), said


def test_inspect_of_a_node_agrees_with_ip(xconn, chain):
    said = json.loads(good(xconn("inspect", "r2", "--format", "json")))
    seen = json.loads(good(xconn("exec", "r2", "--", "ip", "-j", "address", "show", "dev", "west")))
    west = next(one for one in said["interfaces"] if one["name"] == "west")
    assert west["mac"] == seen[0]["address"] and west["addresses"] == ["192.0.2.2/30"]
    assert {route["to"] for route in said["routes"]} >= {"10.0.1.0/24", "10.0.3.0/24"}
    assert "bgpd" in good(xconn("inspect", "r2"))
    done = xconn("inspect", "r9")
    assert done.returncode == 2 and "r1, r2, r3" in done.stderr


def test_as_a_user_a_command_is_confined_to_its_node(xconn, chain: str):
    assert good(xconn("exec", "--as", "daemon", "left", "--", "id", "-un")) == "daemon\n"
    assert good(xconn("exec", "--as", "daemon", "left", "--", "ls", "-A", "/home", "/root")) == "/home:\n\n/root:\n"
    for words, why in (
        (("exec", "--as", "root", "left", "--", "id"), "root is no guest"),
        (("exec", "--as", "nobody-here", "left", "--", "id"), "there is no user nobody-here"),
        (("shell", "--as", "daemon"), "a guest works in a node; name it"),
    ):
        refused = xconn(*words)
        assert refused.returncode != 0 and refused.stdout == "" and why in refused.stderr, refused


def test_exec_is_the_command(xconn, chain):
    assert good(xconn("exec", "left", "--", "hostname")).strip() == chain
    assert xconn("exec", "left", "--", "sh", "-c", "exit 7").returncode == 7
    assert xconn("exec", "left", "--", "sh", "-c", "kill -9 $$").returncode == 137
    assert xconn("exec", "left", "--", "no-such-program").returncode == 127
    assert xconn("exec", "r9", "--", "true").returncode == 2
    echoed = xconn("exec", "left", "--", "cat", stdin=None, input="in\n")
    assert echoed.stdout == "in\n"
    assert good(xconn("exec", "left", "--", "ip", "-br", "address", "show", "eth0")).split()[2] == "10.0.1.10/24"
    good(xconn("exec", "left", "--", "ping", "-c2", "-i0.2", "10.0.3.10"))
    good(xconn("exec", "left", "ping", "-c1", "10.0.3.10"))  # options of the command are not ours, even without --


def test_shell_in_a_node_is_a_terminal(chain):
    terminal = Terminal("shell", "r1")
    terminal.type("tty; echo links=$(ls /sys/class/net | wc -l); ip -br a; exit 5\n")
    terminal.expect(r"/dev/pts/\d+")
    terminal.expect(r"east\S*\s+UP\s+192\.0\.2\.1/30")
    assert terminal.wait() == 5


def test_shell_in_the_world_has_the_users_own_tools(chain):
    terminal = Terminal("shell")
    terminal.type("ip netns list | sort | tr '\\n' ' '; ip netns exec r1 ping -c1 192.0.2.2; exit\n")
    terminal.expect(r"left .*r1 .*r2 .*r3 .*right")
    terminal.expect(r"1 received")
    assert terminal.wait() == 0


def test_ctrl_c_in_a_shell_is_for_its_command(chain):
    terminal = Terminal("shell", "left")
    terminal.type("ping 10.0.3.10\n")
    terminal.expect(r"icmp_seq=2")
    terminal.type("\x03")
    terminal.expect(r"packet loss")
    terminal.type("echo still-$((40 + 2)); exit\n")
    terminal.expect(r"still-42")
    assert terminal.wait() == 0


def test_fault_list_heal_kinds(xconn, chain):
    kinds = {kind["name"] for kind in json.loads(good(xconn("fault", "kinds", "--format", "json")))}
    assert {
        "carrier",
        "admin-down",
        "blackhole",
        "oneway",
        "loss",
        "delay",
        "jitter",
        "rate",
        "flap",
        "mtu-hole",
        "drop",
    } <= kinds
    assert {"freeze", "kill", "kill-node"} <= kinds
    text = good(xconn("fault", "kinds"))
    assert all(kind in text for kind in kinds)

    assert "no fault" in good(xconn("fault", "list"))
    first = json.loads(good(xconn("fault", "loss", "r1:east", "10%", "--format", "json")))["id"]
    second = re.search(r"fault (\d+) is in force", good(xconn("fault", "delay", "r2:west", "delay=5ms", "--for", "1h")))
    listed = json.loads(good(xconn("fault", "list", "--format", "json")))
    assert [fault["kind"] for fault in listed] == ["loss", "delay"]
    assert "heals_in_ms" in listed[1] and "heals_in_ms" not in listed[0]
    table = good(xconn("fault", "list"))
    assert "loss r1:east" in table and "when healed" in table
    assert "loss r1:east" in good(xconn("inspect"))
    good(xconn("fault", "heal", str(first)))
    assert [fault["id"] for fault in json.loads(good(xconn("fault", "list", "--format", "json")))] == [int(second[1])]
    good(xconn("fault", "heal"))
    assert json.loads(good(xconn("fault", "list", "--format", "json"))) == []


@pytest.mark.parametrize(
    "words, says",
    [
        (["meteor", "r1:east"], "blackhole"),
        (["carrier", "r1:nowhere"], "east"),
        (["carrier", "r9:east"], "r1, r2, r3"),
        (["loss", "r1:east"], "loss"),
        (["loss", "r1:east", "200%"], "share"),
        (["delay", "r1:east", "5"], "duration"),
        (["blackhole", "r1:east", "--for", "soon"], "duration"),
        (["kill", "r1:charon"], "zebra"),
        (["heal", "99"], "99"),
        (["carrier"], "target"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_fault_is_refused_with_what_would_be_right(xconn, chain, words: list[str], says: str):
    done = xconn("fault", *words)
    assert done.returncode == 2 and says in done.stderr, done
    assert json.loads(good(xconn("fault", "list", "--format", "json"))) == []


def test_events_tell_of_faults_and_routing(xconn, chain):
    good(xconn("fault", "carrier", "r1:east", "--for", "300ms"))
    eventually(lambda: "healed" in good(xconn("events")), within=5)
    eventually(lambda: json.loads(good(xconn("inspect", "--format", "json")))["converged"], within=20)
    events = [json.loads(line) for line in good(xconn("events", "--format", "json")).splitlines()]
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert {"fault", "bgp", "bfd", "fib"} <= {event["source"] for event in events}
    applied = next(
        event["at"] for event in events if event["text"].startswith("carrier") and "applied" in event["text"]
    )
    down = next(
        event["at"]
        for event in events
        if event["source"] == "bgp" and "down" in event["text"] and event["at"] > applied - 10**9
    )
    assert abs(down - applied) < 2 * 10**9


def test_a_capture_of_an_interface_that_is_not_there(xconn, chain):
    done = xconn("capture", "r1:nope")
    assert done.returncode == 2 and "it has " in done.stderr and "east" in done.stderr


def test_events_follow(xconn, chain):
    following = subprocess.Popen([XCONN, "events", "--follow", "--format", "json"], stdout=subprocess.PIPE, text=True)
    good(xconn("fault", "blackhole", "left:eth0", "--for", "50ms"))
    for line in following.stdout:
        if "blackhole left:eth0 for 50ms healed" in json.loads(line)["text"]:
            break
    else:
        pytest.fail("the stream ended before the event came")
    following.send_signal(signal.SIGINT)
    following.wait(5)


def test_capture_writes_a_pcap_that_others_read(xconn, chain, tmp_path):
    file = tmp_path / "icmp.pcap"
    capture = subprocess.Popen(
        [XCONN, "capture", "left:eth0", "-w", str(file), "-c", "6", "icmp"], stderr=subprocess.PIPE, text=True
    )
    assert any("listening on eth0" in line for line in capture.stderr)
    good(xconn("exec", "left", "--", "ping", "-c3", "-i0.2", "10.0.3.10"))
    assert capture.wait(10) == 0
    capture.stderr.close()
    read = ["tshark", "-r", str(file), "-T", "fields", "-e", "ip.src", "-e", "icmp.type"]
    rows = subprocess.run(read, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    assert rows == ["10.0.1.10\t8", "10.0.3.10\t0"] * 3


def test_capture_to_the_terminal_and_to_stdout(xconn, chain):
    pinging = subprocess.Popen(
        [XCONN, "exec", "left", "--", "ping", "-q", "-i0.2", "10.0.3.10"], stdout=subprocess.DEVNULL
    )
    try:
        assert "10.0.1.10 > 10.0.3.10: ICMP echo request" in good(xconn("capture", "r2:west", "-c", "3", "icmp"))
        raw = xconn("capture", "r2:west", "-c", "1", "-w", "-", text=False)
        assert raw.stdout[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1")
    finally:
        pinging.terminate()
        pinging.wait()
    assert xconn("capture", "r2:nowhere").returncode != 0
    assert xconn("capture", "r2").returncode == 2


def test_json_errors_are_json(xconn, chain):
    done = xconn("inspect", "r9", "--format", "json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["type"] == "NotFoundError"


def test_down_by_name_and_all(xconn, chain):
    for name in ("one", "two"):
        good(xconn("up", "chain", "--name", name))
    assert xconn("inspect").returncode == 2, "three labs are up: which one?"
    good(xconn("inspect", env={**os.environ, "XCONN_LAB": "one"}))
    assert re.search(r"one: down in 0\.\d+ s", good(xconn("destroy", "one")))
    good(xconn("down", "two"))
    assert good(xconn("inspect", "--all")).split() == [chain]
