# SPDX-License-Identifier: Apache-2.0
"""A YAML file whose values know their line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import yaml

from .._core import TopologyError
from .finding import Finding, demand_none

Path_ = tuple[Any, ...]


def read_text(file: Path) -> str:
    """Raises TopologyError where it is no text. A FIFO, at which one would wait, is not opened."""
    if file.exists() and not file.is_file() and not file.is_dir():
        demand_none([Finding(str(file), "is not a regular file", "write a text file")])
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        demand_none([Finding(str(file), "is missing", "every exercise needs it")])
        raise
    except (UnicodeDecodeError, OSError) as error:
        why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read: {error.strerror}"
        demand_none([Finding(str(file), why, "write a text file")])
        raise


class Document:
    """Keys are texts; `data` is plain Python; `place(("hints", 0))` is (line, column). What cannot be read is a finding, and
    None in `data`."""

    def __init__(self, file: Path, text: str | None = None) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._places: dict[Path_, tuple[int, int]] = {}
        self._texts: dict[Path_, str] = {}
        self._unread: set[Path_] = set()
        root = self._root(text)
        self.data = self._value(root, ()) if root else None

    def place(self, path: Path_) -> tuple[int, int]:
        return self._places.get(path) or self._places.get(path[:-1], (1, 1))

    def texts(self) -> Iterator[tuple[Path_, str]]:
        """Every text in it, with its path."""
        yield from self._texts.items()

    def is_read(self, path: Path_) -> bool:
        return path not in self._unread

    def finding(self, path: Path_, rule: str, remedy: str = "", value: object = "") -> Finding:
        line, column = self.place(path)
        field = ".".join(str(part) for part in path)
        return Finding(str(self.file), rule, remedy, line, column, "exercise", field, str(value))

    def _root(self, text: str | None) -> yaml.Node | None:
        try:
            return yaml.compose(read_text(self.file) if text is None else text, Loader=yaml.SafeLoader)
        except TopologyError as error:
            self.findings += [Finding(**one) for one in error.findings]
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            rule = str(getattr(error, "problem", error))
            self.findings.append(Finding(str(self.file), rule, "write it as YAML", line, column))
        except RecursionError:
            self.findings.append(Finding(str(self.file), "has too many lists in lists", "write it as YAML", 1, 1))
        self._unread.add(())
        return None

    def _refuse(self, path: Path_, rule: str, remedy: str, value: object = "") -> None:
        self.findings.append(self.finding(path, rule, remedy, value))
        self._unread.add(path)

    def _value(self, node: yaml.Node, path: Path_, around: tuple[yaml.Node, ...] = ()) -> Any:
        self._places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if node in around:
            return self._refuse(path, "contains itself", "remove the alias")
        if isinstance(node, yaml.MappingNode):
            return dict(pair for key, value in node.value for pair in self._pairs(key, value, path, (*around, node)))
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, number), (*around, node)) for number, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: Path_) -> Any:
        try:
            value = yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            return self._refuse(path, f"is no {node.tag}", "write it without a tag", node.value)
        if isinstance(value, str):
            self._texts[path] = value
        return value

    def _pairs(self, key: yaml.Node, value: yaml.Node, path: Path_, around: tuple[yaml.Node, ...]) -> Iterator[tuple[str, Any]]:  # fmt: skip
        mark = key.start_mark
        line, column = mark.line + 1, mark.column + 1
        if not isinstance(key, yaml.ScalarNode):
            self.findings.append(Finding(str(self.file), "a key must be a text", "write KEY: VALUE", line, column))
            return
        where = (*path, key.value)
        seen_before = where in self._places
        self._places[where] = (line, column)
        if seen_before:
            self.findings.append(self.finding(where, "is defined twice", "remove one of them"))
        yield key.value, self._value(value, where, around)
