# SPDX-License-Identifier: Apache-2.0
"""`xconn mcp`, as a client speaks it: the protocol's own messages, what is refused, and an exercise solved by a script."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from pathlib import Path
from typing import Any, Iterator

import pytest
from conftest import XCONN
from trainee import EXERCISES

LONG = "x" * 200_000


class Client:
    def __init__(self, *options: str) -> None:
        self._server = subprocess.Popen(
            [XCONN, "mcp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, errors="surrogateescape"
        )
        self._number = 0

    def say(self, line: str) -> dict[str, Any]:
        self._server.stdin.write(line + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": parameters}
        answer = self.say(json.dumps(request))
        assert answer["id"] == self._number and answer["jsonrpc"] == "2.0"
        return answer

    def call(self, name: str, **arguments: Any) -> tuple[str, bool]:
        result = self.ask("tools/call", name=name, arguments=arguments)["result"]
        return result["content"][0]["text"], result["isError"]

    def tools(self) -> dict[str, Any]:
        return {tool["name"]: tool for tool in self.ask("tools/list")["result"]["tools"]}

    def end(self) -> int:
        self._server.stdin.close()
        return self._server.wait(10)


@pytest.fixture
def clients() -> Iterator[Any]:
    made: list[Client] = []

    def make(*options: str) -> Client:
        made.append(Client(*options))
        return made[-1]

    yield make
    assert [client.end() for client in made] == [0] * len(made)


@pytest.fixture
def attempt(xconn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("XCONN_TRAIN", str(tmp_path / "attempts"))
    begun = xconn("train", "start", "silent-appliance", "--student", "robot", "--format", "json")
    lab = json.loads(begun.stdout)["lab"]
    yield lab
    xconn("down", lab)


def test_it_speaks_the_protocol(clients):
    client = clients()
    begun = client.ask(
        "initialize", protocolVersion="2024-11-05", capabilities={}, clientInfo={"name": "t", "version": "1"}
    )
    assert begun["result"]["protocolVersion"] == "2024-11-05" and "tools" in begun["result"]["capabilities"]
    assert client.ask("initialize", protocolVersion="1999-01-01")["result"]["protocolVersion"] == "2025-06-18"
    client._server.stdin.write('{"jsonrpc": "2.0", "method": "notifications/initialized"}\n')  # has no answer
    assert client.ask("ping")["result"] == {}
    tools = client.tools()
    assert {"inspect", "events", "az", "exec", "change"} == set(tools)
    assert tools["exec"]["inputSchema"]["required"] == ["node", "command"]


def called(name: object, arguments: object, number: object = 1) -> str:
    parameters = {"name": name, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": parameters})


@pytest.mark.parametrize(
    "line, code",
    [
        ("{", -32700),
        ("[" * 100_000, -32700),
        ("\udcff", -32700),
        ("[1]", -32600),
        ('{"id": 1, "method": "ping"}', -32600),
        ('{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600),
        ('{"jsonrpc": "2.0", "id": NaN, "method": "ping"}', -32600),
        ('{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": "' + "x" * (3 << 20) + '"}', -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [1]}', -32602),
        (called(["exec"], {}), -32602),
        (called("exec", [1]), -32602),
        (called("exec", {"node": "ce", "command": ["a", 1]}), -32602),
        (called("exec", {"node": "ce", "command": ["a\0b"]}), -32602),
        (called("exec", {"node": "\ud800", "command": ["a"]}), -32602),
        (called("az", {"words": ["network", "express-route", "list", "--lab", "another"]}), -32602),
        (called("az", {"words": ["network", "express-route", "list", "--lab=another"]}), -32602),
        (called("az", {"words": ["network", "express-route", "list", "--l=another"]}), -32602),
        (called("az", {"words": ["network", "express-route", "list", "--la", "another"]}), -32602),
        (called("change", {"words": ["node", "list", "-lanother"]}), -32602),
        ('{"jsonrpc": "2.0", "id": 1, "method": "dance"}', -32601),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "fault"}}', -32602),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "exec", "arguments": {}}}', -32602),
        (
            '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "az", "arguments": {"words": 1}}}',
            -32602,
        ),
        (
            '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", '
            '"params": {"name": "change", "arguments": {"words": ["down", "--all"]}}}',
            -32602,
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_wrong_is_refused_and_it_goes_on(clients, line: str, code: int):
    client = clients()
    assert client.say(line)["error"]["code"] == code
    assert client.ask("ping")["result"] == {}


def test_requests_that_are_not_waited_for_are_answered_in_order(clients):
    client = clients()
    lines = [called("inspect", {"node": str(number)}, number) for number in range(20)]
    first = client.say("\n".join(lines))
    rest = [json.loads(client._server.stdout.readline()) for _ in lines[1:]]
    assert [answer["id"] for answer in (first, *rest)] == list(range(20))


@pytest.mark.parametrize("last", ["", '{"jsonrpc": "2.0", "id": 1, "meth', "x" * (2 << 20)], ids=len)
def test_a_client_that_leaves_in_the_middle_ends_it(last: str):
    said = '{"jsonrpc": "2.0", "id": 0, "method": "ping"}\n' + last
    done = subprocess.run([XCONN, "mcp"], input=said, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "") and json.loads(done.stdout.splitlines()[0])["id"] == 0


def test_a_client_that_reads_no_answer_ends_it():
    command = [XCONN, "mcp"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    server.stdout.close()
    server.stdin.write('{"jsonrpc": "2.0", "id": 0, "method": "ping"}\n')
    server.stdin.flush()
    assert server.wait(30) == 0 and server.stderr.read() == ""


@pytest.mark.bound(180)
def test_a_tool_that_fails_is_told_and_it_goes_on(clients, xconn, attempt: str):
    client = clients("--attempt", attempt)
    for command, words in (
        ([], "command: there is none"),
        (["yes"], "printed more than 1024 KiB"),
        (["echo", "x" * 200_000], "the command: argument list too long; a word may have 128 KiB; write shorter ones"),
        (["no-such-program"], "no-such-program"),
    ):
        told, failed = client.call("exec", node="nva", command=command)
        assert failed and words in told, told
    assert client.call("exec", node="nva", command=["head", "-c", "4", "/bin/ls"]) == ("\x7fELF", False)
    spoken = ["sh", "-c", "echo out; echo warned >&2; exit 3"]
    assert client.call("exec", node="nva", command=spoken) == ("out\nwarned\nexited with 3", True)
    assert "gives no access to --lab=" in client.call("exec", node="--lab=another", command=["a", "true"])[0]
    assert "no node --all" in client.call("inspect", node="--all")[0]
    assert "--where is missing" in client.call("answer", what="mtu")[0]
    for tool, given in (
        ("answer", {"what": LONG}),
        ("answer", {"where": LONG, "what": "mtu"}),
        ("az", {"words": [LONG]}),
    ):
        told, failed = client.call(tool, **given)
        assert failed and len(told) < 400, told
    lab = clients("--lab", attempt)
    assert lab.call("exec", node="-lanother", command=["nva", "true"])[1]
    assert xconn("train", "stop").returncode == 0
    assert "is not up; xconn train start silent-appliance --student robot resumes it" in client.call("check")[0]
    assert client.ask("ping")["result"] == {}


def test_faults_only_when_they_are_allowed(clients, attempt: str):
    assert "fault" not in clients("--lab", attempt).tools()
    client = clients("--lab", attempt, "--allow-faults")
    told, failed = client.call("fault", words=["blackhole", "nva:eth0"])
    assert not failed, told
    assert "blackhole" in client.call("fault", words=["list"])[0]
    assert not client.call("fault", words=["heal", "all"])[1]


def test_a_tool_that_has_to_be_allowed_is_named(clients):
    refused = clients().ask("tools/call", name="fault", arguments={"words": ["list"]})
    assert "started without --allow-faults" in refused["error"]["message"]


# --- an attempt is confined ---------------------------------------------------------------------------------------------

AT_THE_ROOT = f"/xconn-test-{os.getpid()}.json"


@pytest.fixture
def at_the_root() -> Iterator[None]:
    """A file beside the host's folders, as container engines leave them."""
    Path(AT_THE_ROOT).write_text("made by somebody\n")
    yield
    Path(AT_THE_ROOT).unlink()


# What only somebody on the host, or in another node, can do. Each works for whom nobody measures.
ATTACKS = {
    "another node's router": ["vtysh", "-N", "cust1-msee1", "-c", "show version"],
    "another node by its name": ["ip", "netns", "exec", "cust1-msee1", "true"],
    "the namespaces that have names": ["ls", "/run/netns/cust1-msee1"],
    "the first process's namespaces": ["nsenter", "--target=1", "--net", "--mount", "ip", "netns", "exec", "cust1-msee1", "true"],
    "the first process's files": ["ls", "/proc/1/root/run/netns/cust1-msee1"],
    "everybody's files": ["sh", "-c", "ls /proc/*/root/run/netns/cust1-msee1"],
    "the lab's command line": [XCONN, "inspect", "cust1-msee1"],
    "the solution": ["cat", f"{EXERCISES}/silent-appliance/solution.md"],
    "what breaks it": ["cat", f"{EXERCISES}/silent-appliance/broken.yaml"],
    "the host's secrets": ["cat", "/etc/shadow"],
    "how the host was made": ["grep", "-q", "made", AT_THE_ROOT],
    "a new namespace": ["unshare", "--net", "true"],
    "a mount": ["mount", "-t", "tmpfs", "none", "/mnt"],
    "a file of the lab": ["sh", "-c", ": > /var/tmp/note"],
}  # fmt: skip


@pytest.mark.bound(180)
def test_a_program_reaches_nothing_but_its_nodes(clients, attempt: str, tmp_path: Path, at_the_root: None):
    free, measured = clients("--lab", attempt), clients("--attempt", attempt)
    own = [["cat", str(tmp_path / "attempts" / attempt / "attempt.json")], ["cat", str(tmp_path / "attempts" / ".key")]]
    for name, command in [*ATTACKS.items(), *((str(one), one) for one in own)]:
        said, failed = free.call("exec", node="nva", command=command)
        assert not failed, f"{name}: is no attack: {said}"
        assert measured.call("exec", node="nva", command=command)[1], name
    assert measured.call("exec", node="nva", command=["sh", "-c", f"cat {AT_THE_ROOT}"]) == (
        "",
        False,
    ), "its name is all"
    assert measured.call("exec", node="nva", command=["id", "-u"]) == (f"{(1 << 30) + 65534}\n", False)
    for command in (["ip", "route", "add", "203.0.113.0/24", "dev", "lo"], ["nft", "list", "ruleset"]):
        assert not measured.call("exec", node="nva", command=command)[1], "it may work in its own"


CHANGES = {
    "gives no access to cust1-msee1": [
        ["node", "update", "cust1-msee1", "bgp.keepalive=60s"],
        ["node", "update", "--dry-run", "cust1-msee1", "bgp.keepalive=60s"],
        ["node", "show", "cust1-msee1"],
        ["node", "delete", "cust1-msee1"],
    ],
    "gives no access to spy": [["node", "create", "spy", "role=host"]],
    "'exec' runs or reads": [
        ["node", "update", "nva", "exec=[[touch, /tmp/x]]"],
        ["node", "update", "nva", 'interfaces={"\\x65xec": [[touch, /tmp/x]]}'],
        ["node", "update", "nva", "interfaces={<<: {exec: [[touch, /tmp/x]]}}"],
    ],
    "'from-file' runs or reads": [["node", "update", "nva", "nftables={from-file: /etc/shadow}"]],
    "'files' runs or reads": [["node", "update", "nva", "files={frr.conf: {append: x}}"]],
    "'include' runs or reads": [
        ["node", "update", "nva", 'nftables=|\n  include "/etc/shadow"\n'],
        ["node", "update", "nva", 'nftables=>-\n  x\n\n  include "/etc/shadow"'],
        ["node", "update", "nva", 'nftables=%YAML 1.1\n---\ninclude "/etc/shadow"'],
        ["node", "update", "nva", 'nftables=éinclude "/etc/shadow"'],
        ["node", "update", "nva", 'nftables=include "/etc/shadow"'],
        ["node", "update", "nva", 'nftables="\\x69nclude \\"/etc/shadow\\""'],
    ],
    "takes --dry-run and --format=json alone": [["node", "update", "--format", "json", "nva", "a=1"]],
    "is not YAML": [
        ["node", "update", "nva", "routes=[{"],
        ["node", "update", "nva", 'nftables=# include "/etc/shadow"'],
        ["node", "update", "nva", "nftables=a\n---\nb"],
    ],
    "too many lists in lists": [["node", "update", "nva", "routes=" + bracket * 10_000] for bracket in "[{"],
    # The two readers of YAML end a line, or a document, at different characters.
    "has the character U+2028": [
        ["node", "update", "nva", 'nftables=&a\u2028# include "/etc/shadow"'],
        ["node", "update", "nva", 'nftables="\\L# include"'],
    ],
    "has the character U+2029": [["node", "update", "nva", 'nftables=a\u2029# include "/etc/shadow"']],
    "has the character U+0085": [["node", "update", "nva", 'nftables=a\x85# include "/etc/shadow"']],
    "has the character U+000D": [["node", "update", "nva", 'nftables=a\r# include "/etc/shadow"']],
    "has the character U+FEFF": [["node", "update", "nva", "nftables=\ufeffa"]],
    "has the character U+0000": [["node", "update", "nva", 'nftables="a\\0b"']],
    "has an anchor, an alias or a tag": [
        ["node", "update", "nva", "nftables=&a x"],
        ["node", "update", "nva", "nftables=*a"],
        ["node", "update", "nva", "nftables=!!str x"],
        ["node", "update", "nva", "interfaces={eth0: &a {}, eth1: *a}"],
    ],
    "a key must be a text": [["node", "update", "nva", "interfaces=? [a]\n: b"]],
    # In brackets one word is several to the command line.
    "is neither a name nor KEY=VALUE": [
        ["node", "update", "nva", "[role=router,nftables.from-file=/etc/shadow]"],
        ["node", "update", "nva", "[role=router,nftables={from-file: /etc/shadow}]"],
        ["nsg", "create", "[one,two.from-file=/etc/shadow]"],
        ["node", "update", "nva", "={role: router}"],
        ["node", "update", "nva", "'nftables'=x"],
    ],
}


def test_a_program_changes_a_network_and_nothing_else(clients, attempt: str):
    client = clients("--attempt", attempt)
    for words, changes in CHANGES.items():
        for change in changes:
            said, failed = client.call("change", words=change)
            assert failed and words in said, (change, said)
    for change in (
        ["node", "list"],
        ["node", "show", "nva"],
        ["node", "update", "nva", "interfaces.eth0.ip-forwarding=true", "--dry-run"],
        ["subnet", "show", "spoke1", "vms", "--format=json"],
    ):
        assert not client.call("change", words=change)[1], change
    assert not client.call("change", words=["node", "update", "nva", f"nftables=|\n{_TABLE}"])[1]
    kept = json.loads(client.call("change", words=["node", "show", "nva", "--format=json"])[0])
    assert kept["nva"]["nftables"] == textwrap.dedent(_TABLE), "a block is read as it was written"
    listed = client.call("exec", node="nva", command=["nft", "-j", "list", "table", "ip", "written"])
    assert 'it says \\"é\\"' in listed[0] or not listed[1], listed


_TABLE = """
  table ip written {
    # it says "é": {a: 1}
    chain one { type filter hook input priority 5; policy accept; }
  }
"""[
    1:
]


@pytest.mark.bound(180)
def test_a_script_solves_an_exercise(clients, xconn, attempt: str, tmp_path: Path):
    client = clients("--attempt", attempt)
    assert "rebuilt" in json.loads(client.call("ticket")[0])["ticket"]
    assert json.loads(client.call("check")[0])["fixed"] is False
    told, refused = client.call("exec", node="msee1", command=["true"])
    assert refused and "gives no access to msee1" in told
    noted = tmp_path / "attempts" / attempt / "commands.jsonl"
    assert not noted.exists() or "msee1" not in noted.read_text(), "what is refused is no step"

    ways = {
        node: client.call("exec", node=node, command=["ping", "-c1", "-W1", "10.0.4.36"])[1]
        for node in ("spoke1-vm", "spoke2-vm")
    }
    assert ways == {"spoke1-vm": False, "spoke2-vm": False}, "the appliance answers"
    assert client.call("exec", node="spoke1-vm", command=["ping", "-c1", "-W1", "10.0.100.68"])[
        1
    ], "and carries nothing"
    assert json.loads(client.call("inspect", node="nva")[0])["role"] == "router"
    assert json.loads(client.call("answer", where="nva", what="forwarding-off")[0])["place"] is True
    assert not client.call("change", words=["node", "update", "nva", "interfaces.eth0.ip-forwarding=true"])[1]

    checked = json.loads(client.call("check")[0])
    assert (checked["score"]["total"], checked["score"]["of"]) == (10, 10)
    state = json.loads(xconn("train", "status", "--attempt", attempt, "--format", "json").stdout)
    assert (tmp_path / "attempts" / attempt / "verbs.jsonl").read_text() == "", "what the server runs is kept once"
    assert state["steps"] >= 5 and state["state"] == "fixed" and state["minutes"] > 0
    assert (checked["steps"], checked["minutes"]) == (
        state["steps"],
        state["minutes"],
    ), "the clock has ended with the check"
