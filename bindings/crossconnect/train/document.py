# SPDX-License-Identifier: Apache-2.0
"""A YAML file whose values know their line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .finding import Finding, demand_none

Path_ = tuple[Any, ...]


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
            return yaml.compose(file.read_text(), Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            demand_none([Finding(str(file), str(getattr(error, "problem", error)), "write it as YAML", line, column)])
        return None

    def _value(self, node: yaml.Node | None, path: Path_) -> Any:
        if node is None:
            return None
        self._places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if isinstance(node, yaml.MappingNode):
            return dict(self._pair(key, value, path) for key, value in node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, number)) for number, item in enumerate(node.value)]
        return yaml.SafeLoader("").construct_object(node)

    def _pair(self, key: yaml.Node, value: yaml.Node, path: Path_) -> tuple[str, Any]:
        where, mark = (*path, key.value), key.start_mark
        seen_before = where in self._places
        self._places[where] = (mark.line + 1, mark.column + 1)
        if seen_before:
            self._twice.append(self.finding(where, "is defined twice", "remove one of them"))
        return key.value, self._value(value, where)
