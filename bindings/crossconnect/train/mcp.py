# SPDX-License-Identifier: Apache-2.0
"""`xconn mcp`: the Model Context Protocol (2025-06-18) on stdin and stdout, one JSON-RPC message per line. A lab's verbs are
tools; with an attempt, so are its ticket, check and answer, and only the nodes of its ticket may be entered."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Any, Callable

from .. import _core
from ..lab import program
from . import attempt as attempts
from . import commands, stage, verbs, workplace

VERSIONS = ("2025-06-18", "2025-03-26", "2024-11-05")
PARSE_ERROR, BAD_REQUEST, NO_METHOD, BAD_PARAMETERS = -32700, -32600, -32601, -32602
_TYPES: dict[str, Any] = {"string": str, "array": list}


class Refused(Exception):
    """A JSON-RPC error, with its code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


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

    def demand(self, given: dict[str, Any]) -> None:
        """Raises Refused for arguments that do not match `parameters`."""
        for name, value in given.items():
            kind = self.parameters.get(name, "").rstrip("?")
            if not kind or not isinstance(value, _TYPES[kind]):
                raise Refused(
                    BAD_PARAMETERS, f"{self.name}: {name}: " + (f"must be a {kind}" if kind else "unknown argument")
                )
        for name, kind in self.parameters.items():
            if name not in given and not kind.endswith("?"):
                raise Refused(BAD_PARAMETERS, f"{self.name}: missing argument {name}")


class Server:
    def __init__(self, words: argparse.Namespace) -> None:
        self._words = words
        self._attempt = attempts.choose(words.attempt, words.folder) if words.attempt else None
        self.tools = {tool.name: tool for tool in self._tools()}

    def answer(self, line: str) -> dict[str, Any] | None:
        """The response to a message; nothing for a notification."""
        try:
            message = json.loads(line)
        except ValueError:
            return _error(None, PARSE_ERROR, "not valid JSON")
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            return _error(None, BAD_REQUEST, "not a request")
        if "id" not in message:
            return None
        try:
            result = self._result(message["method"], message.get("params") or {})
        except Refused as refused:
            return _error(message["id"], refused.code, str(refused))
        return {"jsonrpc": "2.0", "id": message["id"], "result": result}

    def _result(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        methods: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "initialize": self._initialize,
            "ping": lambda _: {},
            "tools/list": lambda _: {"tools": [tool.described() for tool in self.tools.values()]},
            "tools/call": self._call,
        }
        if method not in methods:
            raise Refused(NO_METHOD, f"unknown method {method}")
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
        tool = self.tools.get(parameters.get("name", ""))
        if tool is None:
            raise Refused(BAD_PARAMETERS, f"unknown tool {parameters.get('name')}; use one of {', '.join(self.tools)}")
        given = parameters.get("arguments") or {}
        tool.demand(given)
        try:
            return {"content": [{"type": "text", "text": tool.run(given)}], "isError": False}
        except (_core.Error, OSError) as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}

    # --- the tools -----------------------------------------------------------------------------------------------------

    def _tools(self) -> list[Tool]:
        every = [
            Tool("inspect", "The current state of the lab, or of one node (JSON)", {"node": "string?"}, self._inspect),
            Tool("events", "All events so far, one JSON object per line", {}, lambda _: self._xconn("events", "--format", "json")),  # fmt: skip
            Tool("az", "Query like the Azure CLI: words such as network express-route list", {"words": "array"}, lambda one: self._xconn("az", *one["words"])),  # fmt: skip
            Tool("exec", "Run a command in a node", {"node": "string", "command": "array"}, self._exec),
            Tool("change", "Change an object in the lab: words such as node update ce bgp.asn=65010", {"words": "array"}, self._change),  # fmt: skip
        ]
        if self._words.allow_faults:
            every.append(Tool("fault", "Inject or heal a fault: words as for xconn fault", {"words": "array"}, lambda one: self._xconn("fault", *one["words"])))  # fmt: skip
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
        return self._xconn("inspect", *([given["node"]] if "node" in given else []), "--format", "json")

    def _exec(self, given: dict[str, Any]) -> str:
        if self._attempt:
            workplace.demand_access(self._attempt.read_exercise(), given["node"])
        return self._xconn("exec", given["node"], "--", *given["command"])

    def _change(self, given: dict[str, Any]) -> str:
        verb = (given["words"] or [""])[0]
        if verb not in CHANGING:
            raise Refused(BAD_PARAMETERS, f"change: unknown object '{verb}'; use one of {', '.join(CHANGING)}")
        return self._xconn(*given["words"])

    def _xconn(self, *words: str) -> str:
        if self._attempt:
            commands.note(attempts.load(self._attempt.folder), ["xconn", *words])
        lab = self._attempt.name if self._attempt else self._words.lab
        done = stage.run(lab, *words)
        if done.returncode != 0:
            raise _core.Error((done.stderr or done.stdout).strip() or f"exited with {done.returncode}")
        return done.stdout


CHANGING = (
    "circuit", "peering", "authorization", "connection", "gateway", "local-gateway", "encryption-gateway", "port",
    "global-reach", "vnet", "subnet", "vnet-peering", "route-table", "route-filter", "public-service", "load-balancer",
    "nsg", "nsg-rule", "node",
)  # fmt: skip


def _error(number: Any, code: int, words: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": words}}


def serve(words: argparse.Namespace) -> verbs.Answer:
    program()  # before the first message, and not at the first call
    server = Server(words)
    for line in sys.stdin:
        if line.strip() and (answer := server.answer(line)) is not None:
            print(json.dumps(answer), flush=True)
    return verbs.Answer(None, "")
