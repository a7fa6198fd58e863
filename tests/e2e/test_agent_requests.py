# SPDX-License-Identifier: Apache-2.0
"""Wrong requests at an agent's socket get an error, and the lab goes on."""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path
from typing import Any

import crossconnect
import pytest

ODD: list[Any] = [None, True, 0, -1, 2**31, 2**63 - 1, 2**64 - 1, -(2**63), 1e308, "", "x", "\0", "a" * 5000]
ODD += [[], [[]], [None], [1], {}, {"a": 1}, [{}], "[", "9" * 400, "99999999999999999999"]
FAULTS = ["carrier", "loss", "delay", "rate", "flap", "kill", "freeze", "advertise", "mtu-hole", "kill-node"]
VALUES = ["30%", "101%", "nan%", "-5ms", "9223372036854775807s", "1bps", "count=-1", "size=99999999999", "period=1ns"]
VERBS = ["inspect", "fault", "heal", "faults", "wait", "drill", "events", "ask", "apply", "", "x", *ODD]
QUESTIONS = ["neighbours", "links", "routes", "nft", "events", "service", "vty"]


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None) -> Any:
    with crossconnect.up(crossconnect.find_topology("chain"), name="asked") as lab:
        yield lab


def ask(folder: Path, text: bytes, within: float = 20) -> dict[str, Any] | None:
    """The answer of the agent; None when it closes the connection."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(within)
        client.connect(str(folder / "agent.sock"))
        client.sendall(text + b"\n")
        for line in client.makefile():
            answer = json.loads(line)
            if "progress" not in answer:
                return answer
    return None


def a_request(chance: random.Random) -> dict[str, Any]:
    odd = lambda: chance.choice(ODD)  # noqa: E731
    node = lambda: chance.choice(["r1", "left", odd()])  # noqa: E731
    words = [
        chance.choice(FAULTS),
        chance.choice(["r1:east", "r1", "r2:bgpd", "x:y", ""]),
        *chance.choices(VALUES, k=2),
    ]
    return {
        "verb": chance.choice(VERBS),
        "node": node(),
        "words": chance.choice([odd(), words, words]),
        "id": odd(),
        "bound_ms": chance.choice([1, -5, "x", 2**63 - 1, 1e300] if chance.random() < 0.3 else [1]),
        "text": chance.choice([odd(), "a: &a [*a]", "{" * 2000, "name: x\ntopology: x\nduration: 0s"]),
        "file": odd(),
        "since": odd(),
        "questions": chance.choice(
            [odd(), [{"node": node(), "what": chance.choice([*QUESTIONS, odd()]), "text": odd()} for _ in range(3)]]
        ),
        "plan": chance.choice([odd(), {}, {"lab": "asked", "nodes": odd(), "links": odd(), "facts": odd()}]),
        "topology": odd(),
    }


@pytest.mark.parametrize("seed", range(8))
def test_a_wrong_request_gets_an_error_and_the_agent_lives(lab: Any, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        request = a_request(chance)
        if request["verb"] == "wait" and request["bound_ms"] not in (1, -5):
            continue  # it may wait as long as it is told to
        answer = ask(lab.folder, json.dumps(request).encode())
        assert answer and ("error" in answer or "result" in answer), request
    lab.heal()
    lab.wait(60)
    assert lab.inspect()["converged"]


@pytest.mark.parametrize(
    "noise", [b"", b"{", b"\xff\xfe", b"null", b"[]", b'"x"', b"{}", b'{"verb":', b"GET / HTTP/1.1"]
)
def test_what_is_no_request_gets_an_error(lab: Any, noise: bytes) -> None:
    answer = ask(lab.folder, noise)
    assert answer and "error" in answer, noise


@pytest.mark.parametrize(
    ("plan", "why"),
    [({}, ""), ({"lab": "asked", "nodes": [], "links": [], "facts": []}, "no nodes"), ({"lab": "another"}, "another")],
)
def test_a_plan_of_nothing_or_of_another_lab_changes_nothing(lab: Any, plan: dict[str, Any], why: str) -> None:
    whole = {"title": "", "timers": "fast", "message": "", "nodes": [], "links": [], "facts": [], **plan}
    for given in (plan, whole):
        request = {"verb": "apply", "plan": given, "topology": "{}", "bound_ms": 1000}
        answer = ask(lab.folder, json.dumps(request).encode())
        assert answer and "error" in answer and (given is plan or why in answer["error"]["message"]), answer
    assert len(lab.inspect()["nodes"]) == 5
