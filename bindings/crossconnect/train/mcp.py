# SPDX-License-Identifier: Apache-2.0
"""`xconn mcp`: the Model Context Protocol (2025-06-18) on stdin and stdout, one JSON-RPC message per line. A lab's verbs are
tools; with an attempt, so are its ticket, check and answer, and only the nodes of its ticket may be entered."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import traceback
from dataclasses import dataclass
from typing import Any, BinaryIO, Callable, Iterator

from .. import _core
from ..lab import program
from . import attempt as attempts
from . import commands, confined, guest, os_errors, stage, verbs, workplace
from .command_line import leave_reader
from .finding import cut

VERSIONS = ("2025-06-18", "2024-11-05")  # that of 2025-03-26 demands batches
PARSE_ERROR, BAD_REQUEST, NO_METHOD, BAD_PARAMETERS, INTERNAL = -32700, -32600, -32601, -32602, -32603
LONGEST = 1 << 20  # bytes of a message


class Refused(Exception):
    """A JSON-RPC error, with its code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


def _is_text(value: Any) -> bool:
    """A word that a command line can have: no NUL, no half of a character."""
    return isinstance(value, str) and not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a text", _is_text),
    "array": ("a list of texts", _is_texts),
}


@dataclass(frozen=True)
class Tool:
    name: str
    about: str
    parameters: dict[str, str]  # name: JSON type; a "?" behind it: may be left out
    run: Callable[[dict[str, Any]], str]

    def described(self) -> dict[str, Any]:
        items = {"type": "string"}
        properties = {
            name: {"type": "array", "items": items} if kind.startswith("array") else {"type": "string"}
            for name, kind in self.parameters.items()
        }
        needed = [name for name, kind in self.parameters.items() if not kind.endswith("?")]
        schema = {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
        return {"name": self.name, "description": self.about, "inputSchema": schema}

    def demand(self, given: Any) -> None:
        """Raises Refused for arguments that do not match `parameters`."""
        if not isinstance(given, dict):
            raise Refused(BAD_PARAMETERS, f"{self.name}: arguments must be an object")
        for name, value in given.items():
            if name not in self.parameters:
                raise Refused(BAD_PARAMETERS, f"{self.name}: {cut(name)}: unknown argument")
            words, fits = _KINDS[self.parameters[name].rstrip("?")]
            if not fits(value):
                raise Refused(BAD_PARAMETERS, f"{self.name}: {name}: must be {words}")
        for name, kind in self.parameters.items():
            if name not in given and not kind.endswith("?"):
                raise Refused(BAD_PARAMETERS, f"{self.name}: missing argument {name}")


class Server:
    def __init__(self, words: argparse.Namespace) -> None:
        self._words = words
        self._attempt = attempts.choose(words.attempt, words.folder) if words.attempt else None
        if self._attempt:
            confined.demand_hidden(self._attempt.read_exercise())
        self.tools = {tool.name: tool for tool in self._tools()}

    def answer(self, line: bytes) -> dict[str, Any] | None:
        """The response to a message; nothing for a notification."""
        number = None
        try:
            message = _message(line)
            if "id" not in message:
                return None
            number = _number(message)
            return {"jsonrpc": "2.0", "id": number, "result": self._result(message)}
        except Refused as refused:
            return _error(number, refused.code, str(refused))
        except Exception as error:  # a mistake of ours: the client goes on
            traceback.print_exc()
            return _error(number, INTERNAL, f"{type(error).__name__}: {error}")

    def _result(self, message: dict[str, Any]) -> dict[str, Any]:
        methods: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "initialize": self._initialize,
            "ping": lambda _: {},
            "tools/list": lambda _: {"tools": [tool.described() for tool in self.tools.values()]},
            "tools/call": self._call,
        }
        method, parameters = message["method"], _given(message, "params")
        if method not in methods:
            raise Refused(NO_METHOD, f"unknown method {cut(method)}")
        if not isinstance(parameters, dict):
            raise Refused(BAD_PARAMETERS, f"{method}: params must be an object")
        return methods[method](parameters)

    @staticmethod
    def _initialize(parameters: dict[str, Any]) -> dict[str, Any]:
        wanted = parameters.get("protocolVersion")
        version = wanted if wanted in VERSIONS else VERSIONS[0]
        return {
            "protocolVersion": version,
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "xconn", "version": "1"},
        }

    def _call(self, parameters: dict[str, Any]) -> dict[str, Any]:
        name = parameters.get("name")
        tool = self.tools.get(name) if isinstance(name, str) else None
        if tool is None:
            raise Refused(BAD_PARAMETERS, f"unknown tool {cut(str(name))}; {self._remedy(name)}")
        given = _given(parameters, "arguments")
        tool.demand(given)
        try:
            with os_errors.about(tool.name):
                return {"content": [{"type": "text", "text": tool.run(given)}], "isError": False}
        except (_core.Error, OSError, subprocess.SubprocessError) as error:
            told = os_errors.as_error(error) if isinstance(error, OSError) else error
            return {"content": [{"type": "text", "text": str(told)}], "isError": True}

    def _remedy(self, name: Any) -> str:
        if name == "fault":
            return "this server was started without --allow-faults"
        return f"use one of {', '.join(self.tools)}"

    # --- the tools -----------------------------------------------------------------------------------------------------

    def _tools(self) -> list[Tool]:
        every = [
            Tool("inspect", "The current state of the lab, or of one node (JSON)", {"node": "string?"}, self._inspect),
            Tool("events", "All events so far, one JSON object per line", {}, lambda _: self._xconn("events", "--format", "json")),  # fmt: skip
            Tool("az", "Query like the Azure CLI: words such as network express-route list", {"words": "array"}, lambda one: self._asked("az", *one["words"])),  # fmt: skip
            Tool("exec", "Run a command in a node", {"node": "string", "command": "array"}, self._exec),
            Tool("change", "Change an object in the lab: words such as node update ce bgp.asn=65010", {"words": "array"}, self._change),  # fmt: skip
        ]
        if self._words.allow_faults:
            every.append(Tool("fault", "Inject or heal a fault: words as for xconn fault", {"words": "array"}, lambda one: self._asked("fault", *one["words"])))  # fmt: skip
        return every + (self._of_attempt() if self._attempt else [])

    def _of_attempt(self) -> list[Tool]:
        return [
            Tool(
                "ticket", "What the user wrote, and which nodes you may enter", {}, lambda _: self._train(verbs.ticket)
            ),
            Tool("hint", "The next hint, at its price", {}, lambda _: self._train(verbs.hint)),
            Tool("check", "Is it fixed? Returns the score", {}, lambda _: self._train(verbs.run_check)),
            Tool(
                "answer", "Name the place and kind of the cause", {"where": "string?", "what": "string"}, self._answer
            ),
        ]

    def _train(self, verb: Callable[[argparse.Namespace], verbs.Answer], **more: str) -> str:
        words = argparse.Namespace(attempt=self._attempt.name, folder=self._words.folder, **more)
        return json.dumps(verb(words).words)

    def _answer(self, given: dict[str, Any]) -> str:
        return self._train(verbs.answer, where=given.get("where", ""), what=given["what"])

    def _inspect(self, given: dict[str, Any]) -> str:
        return self._xconn("inspect", "--format", "json", *(["--", given["node"]] if "node" in given else []))

    def _exec(self, given: dict[str, Any]) -> str:
        node, command = given["node"], given["command"]
        if not command:
            raise _core.Error("command: there is none; write its words as a list")
        if not self._attempt:
            return _spoken(self._run("exec", "--", node, "--", *command))
        exercise = self._attempt.read_exercise()
        workplace.demand_access(exercise, node)  # what is refused is no step
        stage.lab_of(self._attempt)
        commands.note(self._attempt, ["xconn", "exec", node, "--", *command])
        return _spoken(guest.run(self._attempt.name, exercise, node, command))

    def _change(self, given: dict[str, Any]) -> str:
        words, verb = given["words"], (given["words"] or [""])[0]
        if verb not in CHANGING:
            raise Refused(BAD_PARAMETERS, f"change: unknown object '{cut(verb)}'; use one of {', '.join(CHANGING)}")
        if self._attempt:
            words = confined.change(self._attempt.read_exercise(), words)
        return self._asked(*words)

    def _asked(self, *words: str) -> str:
        """A verb in the client's own words, which may not be about another lab."""
        if found := next((word for word in words if _ANOTHER.match(word)), None):
            raise Refused(BAD_PARAMETERS, f"{found}: this server is about one lab; leave the option out")
        return self._xconn(*words)

    def _xconn(self, *words: str) -> str:
        return _said(self._run(*words))

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        if self._attempt:
            commands.note(attempts.load(self._attempt.folder), ["xconn", *words])
        lab = self._attempt.name if self._attempt else self._words.lab
        return stage.run(lab, *words)


def _spoken(done: subprocess.CompletedProcess[str]) -> str:
    """All that a command in a node printed; what failed says more in what came before."""
    text = done.stdout + done.stderr
    if done.returncode != 0:
        raise _core.Error(f"{text}exited with {done.returncode}")
    return text


def _said(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode != 0:
        raise _core.Error((done.stderr or done.stdout).strip() or f"exited with {done.returncode}")
    return done.stdout


_ANOTHER = re.compile(r"--l(a|ab)?(=|$)|-[a-z]*l", re.DOTALL)  # an option of a lab, also cut short, or among flags
CHANGING = (
    "circuit", "peering", "authorization", "connection", "gateway", "local-gateway", "encryption-gateway", "port",
    "global-reach", "vnet", "subnet", "vnet-peering", "route-table", "route-filter", "public-service", "load-balancer",
    "nsg", "nsg-rule", "node",
)  # fmt: skip


def _error(number: Any, code: int, words: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": words}}


def _message(line: bytes) -> dict[str, Any]:
    """Raises Refused for what is no request."""
    if len(line) > LONGEST:
        raise Refused(BAD_REQUEST, f"a message may have {LONGEST} bytes")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise Refused(PARSE_ERROR, "not valid JSON")
    if not isinstance(message, dict) or not isinstance(message.get("method"), str) or message.get("jsonrpc") != "2.0":
        raise Refused(BAD_REQUEST, "not a request of JSON-RPC 2.0")
    return message


def _given(message: dict[str, Any], key: str) -> Any:
    return {} if message.get(key) is None else message[key]


def _number(message: dict[str, Any]) -> str | int:
    number = message["id"]
    if isinstance(number, bool) or not isinstance(number, (str, int)):
        raise Refused(BAD_REQUEST, "id must be a text or a whole number")
    return number


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """A line each; of one that is too long its beginning, which is too long as well."""
    while line := stream.readline(LONGEST + 1):
        yield line
        while len(line) > LONGEST and not line.endswith(b"\n"):
            line = stream.readline(LONGEST + 1)


def serve(words: argparse.Namespace) -> verbs.Answer:
    program()  # before the first message, and not at the first call
    server = Server(words)
    try:
        for line in _messages(sys.stdin.buffer):
            if line.strip() and (answer := server.answer(line)) is not None:
                os_errors.tell(json.dumps(answer))
    except BrokenPipeError:  # the client has gone
        leave_reader()
    return verbs.Answer(None, "")
