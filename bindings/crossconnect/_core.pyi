# SPDX-License-Identifier: Apache-2.0
from typing import Any, Callable

class Error(Exception): ...

class TopologyError(Error):
    findings: list[dict[str, Any]]

class HostError(Error):
    missing: str
    remedy: str

class KernelError(Error):
    operation: str
    object: str
    netns: str
    error_number: int
    sentence: str

class ServiceError(Error):
    argv: list[str]
    status: str
    last_log_lines: list[str]

class NotFoundError(Error): ...

class TimeoutError(Error, __builtins__.TimeoutError):  # type: ignore[name-defined]
    awaited: str
    bound_ns: int
    last_state: str

def read_drill(file: str) -> dict[str, Any]: ...
def check_drill(file: str, topology: str) -> None: ...
def fault_kinds() -> list[dict[str, Any]]: ...
def object_verbs() -> dict[str, list[str]]: ...
def plan(topology: str) -> dict[str, Any]: ...

class Lab:
    @staticmethod
    def up(
        topology: str,
        name: str = "",
        *,
        program: str,
        datapath: str = "auto",
        captures: list[str] = [],
        timeout: float = 90.0,
        keep_unconverged: bool = False,
        debug_log: bool = False,
        progress: Callable[[str], None] | None = None,
    ) -> Lab: ...
    @staticmethod
    def attach(name: str) -> Lab: ...
    @staticmethod
    def down(name: str) -> bool: ...
    @property
    def name(self) -> str: ...
    @property
    def folder(self) -> str: ...
    def inspect(self) -> dict[str, Any]: ...
    def inspect_node(self, node: str) -> dict[str, Any]: ...
    def fault(self, words: list[str]) -> int: ...
    def heal(self, id: int) -> None: ...
    def heal_all(self) -> list[int]: ...
    def faults(self) -> list[dict[str, Any]]: ...
    def restart(self, node: str, daemon: str = "", timeout: float = 60.0) -> None: ...
    def wait(self, timeout: float = 60.0) -> None: ...
    def apply(
        self, topology: str, timeout: float = 90.0, progress: Callable[[str], None] | None = None
    ) -> list[str]: ...
    def command(
        self, words: list[str], timeout: float = 90.0, progress: Callable[[str], None] | None = None
    ) -> list[str]: ...
    def drill(
        self,
        text: str,
        file: str,
        captures: str = "",
        progress: Callable[[dict[str, Any]], None] | None = None,
        as_it_is: bool = False,
    ) -> dict[str, Any]: ...
    def events(self) -> list[dict[str, Any]]: ...
