# SPDX-License-Identifier: Apache-2.0
"""A YAML file whose values know their line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .finding import Finding, demand_none

Path_ = tuple[Any, ...]


def read_text(file: Path) -> str:
    """Raises TopologyError where it is no text. A FIFO, at which one would wait, is not opened."""
    if file.exists() and not file.is_file() and not file.is_dir():
        demand_none([Finding(str(file), "is not a regular file", "write a text file")])
    try:
        return file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read: {error.strerror}"
        demand_none([Finding(str(file), why, "write a text file")])
        raise


class Document:
    """Keys are texts; `data` is plain Python; `place(("hints", 0))` is (line, column). Raises TopologyError."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._places: dict[Path_, tuple[int, int]] = {}
        self._twice: list[Finding] = []
        self.data = self._value(self._root(file), ())
        demand_none(self._twice)

    def place(self, path: Path_) -> tuple[int, int]:
        return self._places.get(path) or self._places.get(path[:-1], (1, 1))

    def finding(self, path: Path_, rule: str, remedy: str = "", value: object = "") -> Finding:
        line, column = self.place(path)
        field = ".".join(str(part) for part in path)
        return Finding(str(self.file), rule, remedy, line, column, "exercise", field, str(value))

    @staticmethod
    def _root(file: Path) -> yaml.Node | None:
        try:
            return yaml.compose(read_text(file), Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            demand_none([Finding(str(file), str(getattr(error, "problem", error)), "write it as YAML", line, column)])
        except RecursionError:
            demand_none([Finding(str(file), "has too many lists in lists", "write it as YAML", 1, 1)])
        return None

    def _value(self, node: yaml.Node | None, path: Path_, around: tuple[yaml.Node, ...] = ()) -> Any:
        if node is None:
            return None
        self._places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if node in around:
            demand_none([self.finding(path, "contains itself", "remove the alias")])
        if isinstance(node, yaml.MappingNode):
            return dict(self._pair(key, value, path, (*around, node)) for key, value in node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, number), (*around, node)) for number, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: Path_) -> Any:
        try:
            return yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            demand_none([self.finding(path, f"is no {node.tag}", "write it without a tag", node.value)])

    def _pair(self, key: yaml.Node, value: yaml.Node, path: Path_, around: tuple[yaml.Node, ...]) -> tuple[str, Any]:
        mark = key.start_mark
        if not isinstance(key, yaml.ScalarNode):
            finding = Finding(
                str(self.file), "a key must be a text", "write KEY: VALUE", mark.line + 1, mark.column + 1
            )
            demand_none([finding])
        where = (*path, key.value)
        seen_before = where in self._places
        self._places[where] = (mark.line + 1, mark.column + 1)
        if seen_before:
            self._twice.append(self.finding(where, "is defined twice", "remove one of them"))
        return key.value, self._value(value, where, around)
