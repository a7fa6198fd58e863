# SPDX-License-Identifier: Apache-2.0
"""Labs: build one, break it, measure it, end it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, Callable, Iterator, Mapping, Sequence, TypeVar

from . import _core
from .azure_object import VERBS, AzureObject
from .fault import Fault
from .report import Report

_Result = TypeVar("_Result")

_PACKAGE = Path(__file__).resolve().parent


class CommandError(subprocess.CalledProcessError):
    """A command in a node failed. It says with what words: the command's own, or xconn's, when it could not be run."""

    def __str__(self) -> str:
        said = (self.stderr or "").strip()
        return f"{super().__str__()}\n{said}" if said else super().__str__()


def program() -> str:
    """The xconn binary: $XCONN, that of the prefix or the build tree around this package, or PATH."""
    named = os.environ.get("XCONN")
    if named and not shutil.which(named):
        raise _core.HostError(f"XCONN is '{named}', and that is no program: set it to the path of xconn, or unset it")
    around = (str(parent / "bin" / "xconn") for parent in _PACKAGE.parents if (parent / "bin" / "xconn").exists())
    found = named or next(around, None) or shutil.which("xconn")
    if not found:
        raise _core.HostError("the xconn binary is not here: install crossconnect, or set XCONN to its path")
    return found


def _find_in_libraries(path: Path) -> str | None:
    """A file of $XCONN_TOPOLOGIES, the current folder's topologies, or those that are installed with the program."""
    library = os.environ.get("XCONN_TOPOLOGIES")
    places = [Path(library)] if library else []
    places.append(Path.cwd() / "topologies")
    places += [parent / "share" / "crossconnect" / "topologies" for parent in _PACKAGE.parents]
    return next((str(place / path) for place in places if (place / path).exists()), None)


def find_topology(word: str | os.PathLike[str]) -> str:
    """A topology file: a path, a folder with a topology.yaml, or a reference topology's name."""
    path = Path(word)
    return str(path) if path.exists() else _find_in_libraries(path / "topology.yaml") or str(path)


def find_drill(word: str | os.PathLike[str]) -> str:
    """A drill file: a path, or the name of a reference topology's drill (sdwan-expressroute/er-silent-health-check)."""
    path = Path(word)
    return str(path) if path.exists() else _find_in_libraries(path.parent / "drills" / f"{path.name}.yaml") or str(path)


def read_drill(file: str | os.PathLike[str]) -> dict[str, Any]:
    """What a drill file says: {name, about, topology, duration, expectations: [{line, sentence, because}]}. `topology` is found
    as `xconn drill` finds it, and all that the drill names of it is there. Raises TopologyError with every finding."""
    said = _core.read_drill(str(file))
    topology = Path(said["topology"])
    if not topology.exists() and topology.parent == Path(file).parent:
        said["topology"] = _find_in_libraries(Path(topology.name, "topology.yaml")) or said["topology"]
    _core.check_drill(str(file), said["topology"])
    return said


def _interruptible(call: Callable[[], _Result]) -> _Result:
    """Runs a long call in a thread of its own, so that Ctrl-C ends the wait at once; the call itself ends with the lab."""
    results: list[_Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program(), *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


class Lab:
    """A lab that is up. As a context manager it goes down at the end of the block."""

    def __init__(self, core: _core.Lab) -> None:
        self._core = core
        self.reports: list[Report] = []  # of the drills that were run through this object

    def become(self, other: Lab) -> None:
        """From now on this object is about the other lab: one that came up anew under the same name."""
        self._core = other._core

    @property
    def name(self) -> str:
        return self._core.name

    @property
    def folder(self) -> Path:
        """The run folder: each node's rendered configuration and logs, events.jsonl, captures."""
        return Path(self._core.folder)

    def inspect(self, node: str | None = None) -> dict[str, Any]:
        """What is true of the lab, or of one node, now; see `xconn inspect --format json`."""
        return self._core.inspect_node(node) if node else self._core.inspect()

    def exec(self, node: str, *argv: str, check: bool = True, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Runs a command in a node. Raises CommandError (a CalledProcessError) when it fails and `check` is set."""
        command = [program(), "exec", "--lab", self.name, node, "--", *argv]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise CommandError(done.returncode, argv, done.stdout, done.stderr)
        return done

    def json(self, node: str, *argv: str) -> Any:
        """The JSON that a command in a node prints, such as `ip -j route`."""
        return json.loads(self.exec(node, *argv).stdout)

    def az(self, command: str | Sequence[str]) -> Any:
        """What `az` answers, parsed: `lab.az("network express-route show -n er1")`; docs/az.md has the commands. Raises
        NotFoundError where az says that a resource is not there, Error with its words where it refuses.
        """
        words = shlex.split(command) if isinstance(command, str) else [*command]
        done = _run("az", "--lab", self.name, *words, "--only-show-errors", "--output", "json")
        if done.returncode != 0:
            kind = {3: _core.NotFoundError, 4: _core.HostError}.get(done.returncode, _core.Error)
            raise kind(done.stderr.strip().removeprefix("ERROR: "))
        return json.loads(done.stdout) if done.stdout else None

    def ask(self, verb: str, *words: str) -> Any:
        """The JSON of a verb of `xconn` that is about a lab: `lab.ask("circuit", "list")`. Raises the error that it tells."""
        answer = json.loads(_run(verb, *words, "--lab", self.name, "--format", "json").stdout)
        if isinstance(answer, dict) and "error" in answer:
            raise getattr(_core, answer["error"]["type"], _core.Error)(answer["error"]["message"])
        return answer

    def command(self, *words: str, timeout: float = 90, progress: Callable[[str], None] | None = None) -> list[str]:
        """Changes an object as Azure does: `lab.command("circuit", "update", "er9", "bandwidth=2Gbps")`; see AzureObject,
        which is the same in Python's words. Returns what was changed, in words, once the lab is at rest.
        """
        return _interruptible(lambda: self._core.command([*words], timeout, progress))

    def __getattr__(self, kind: str) -> Callable[..., AzureObject]:
        """`lab.circuit("er9")`, `lab.vnet_peering("hub", "to-spoke")`: any kind of object that `xconn --help` lists."""
        word = kind.replace("_", "-")
        if word not in VERBS:
            raise AttributeError(f"a lab has no {kind}")
        return lambda *names: AzureObject(self, word, names)

    @contextmanager
    def fault(self, kind: str | Fault, target: str = "", **parameters: str) -> Iterator[int]:
        """A fault for the length of a block: `with lab.fault("loss", "hq-fgt:er", loss="30%"):`, or one of
        crossconnect.faults(). Yields its number."""
        number = self.inject(kind, target, **parameters)
        try:
            yield number
        finally:
            if any(fault["id"] == number for fault in self.faults()):
                self.heal(number)

    def inject(self, kind: str | Fault, target: str = "", **parameters: str) -> int:
        """A fault until heal(); `for_="20s"` heals it by itself. Returns its number."""
        if isinstance(kind, Fault):
            kind, target, parameters = (kind.kind, kind.target, {**dict(kind.parameters), **parameters})
        words = [kind, target]
        for name, value in parameters.items():
            words += ["--for", value] if name == "for_" else [f"{name.replace('_', '-')}={value}"]
        return self._core.fault(words)

    def heal(self, number: int | None = None) -> None:
        """Undoes one fault, or all."""
        if number is None:
            self._core.heal_all()
        else:
            self._core.heal(number)

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force."""
        return self._core.faults()

    def restart(self, target: str, timeout: float = 60) -> None:
        """Starts a daemon ("hq-fgt:bgpd") again, with those that hang on it, or all of a node ("hq-fgt"), and waits
        (seconds) until they serve. Raises ServiceError when one cannot come, TimeoutError.
        """
        node, _, daemon = target.partition(":")
        _interruptible(lambda: self._core.restart(node, daemon, timeout))

    def wait(self, timeout: float = 60) -> None:
        """Waits (seconds) until the lab is at rest: every session, route, tunnel and member is as planned, and nothing has
        happened for a second. Raises TimeoutError, and at once ServiceError when a daemon has ended and stays away.
        """
        _interruptible(lambda: self._core.wait(timeout))

    def apply(
        self, topology: str | os.PathLike[str], timeout: float = 90, progress: Callable[[str], None] | None = None
    ) -> list[str]:
        """Makes the lab what `topology` says, and waits until it is at rest. Only what differs is touched: other
        flows, faults and captures go on. Returns what was changed, in words. What fails leaves the lab running.
        """
        return _interruptible(lambda: self._core.apply(find_topology(topology), timeout, progress))

    def drill(
        self,
        drill: str | os.PathLike[str] | Mapping[str, Any],
        captures: str | os.PathLike[str] = "",
        progress: Callable[[dict[str, Any]], None] | None = None,
    ) -> Report:
        """Runs a drill (a file, a reference drill's name, or the same as a dict), and returns what it measured."""
        if isinstance(drill, Mapping):
            text, file = json.dumps(drill), "drill"
        else:
            file = find_drill(drill)
            text = Path(file).read_text()
        folder = str(Path(captures).resolve()) if captures else ""
        report = Report(_interruptible(lambda: self._core.drill(text, file, folder, progress)))
        self.reports.append(report)
        return report

    def events(self) -> list[dict[str, Any]]:
        """Everything that happened so far: {at (ns of CLOCK_MONOTONIC), source, node, text}."""
        return self._core.events()

    def down(self) -> None:
        """Ends the lab; returns when nothing of it is left."""
        _core.Lab.down(self.name)

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()


def up(
    topology: str | os.PathLike[str],
    name: str = "",
    captures: Sequence[str] = (),
    datapath: str = "auto",
    timeout: float = 90,
    progress: Callable[[str], None] | None = None,
    keep_unconverged: bool = False,
    debug_log: bool = False,
) -> Lab:
    """Builds a topology's lab and returns once it is at rest.

    topology: a file, a folder, or a reference topology's name. captures: link ends ("hq-fgt:wan") captured from before
    the first daemon into `lab.folder / "captures"`. timeout: seconds until converged.
    Raises TopologyError, HostError, KernelError, ServiceError, TimeoutError; nothing of the lab is left then, but with
    keep_unconverged one that did not converge: attach(name) has it. debug_log: the agent says what it does, in
    `lab.folder / "agent-debug.log"`; the folder then stays when the lab fails.
    """
    core = _core.Lab.up(
        find_topology(topology),
        name,
        program=program(),
        datapath=datapath,
        captures=list(captures),
        timeout=timeout,
        keep_unconverged=keep_unconverged,
        debug_log=debug_log,
        progress=progress,
    )
    return Lab(core)


def attach(name: str) -> Lab:
    """A lab that is up already. Raises NotFoundError."""
    return Lab(_core.Lab.attach(name))
