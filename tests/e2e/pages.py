# SPDX-License-Identifier: Apache-2.0
"""Pages of the documentation as what they have in them: fenced blocks, in order.

| block | is |
|---|---|
| `sh` | a script that a reader pastes |
| `yaml`, `python` | a file; its first line is a comment that names it |
| `text` | what the script before it prints; `...` stands for what is left out, figures are this time's |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FIGURE = re.compile(r"\d+(?:\.\d+)*(?: ?(?:us|ms|s|min|%)\b)?")


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def file(self) -> str:
        """The name in its first line, or ""."""
        named = re.match(r"# (\S+\.\w+)\n", self.text)
        return named[1] if named else ""


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text()
    return [Block(page, text.count("\n", 0, one.start()) + 1, one[1], one[2]) for one in FENCE.finditer(text)]


def links_of(page: Path) -> list[str]:
    """Relative links, outside fenced blocks."""
    return [link for link in LINK.findall(FENCE.sub("", page.read_text())) if "://" not in link]


def _masked(line: str) -> str:
    return " ".join(FIGURE.sub("#", line).split())


def unseen(shown: str, printed: str) -> list[str]:
    """The lines of `shown` that are not in what was printed."""
    lines = [_masked(line) for line in printed.splitlines()]

    def is_there(line: str) -> bool:
        parts = [re.escape(part.strip()) for part in _masked(line).split("...")]
        return any(re.search(".*".join(parts), one) for one in lines)

    return [line for line in shown.splitlines() if line.strip() and not is_there(line)]
