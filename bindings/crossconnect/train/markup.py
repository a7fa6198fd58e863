# SPDX-License-Identifier: Apache-2.0
"""Text of teachers and students in HTML: it shows the same characters and has no meaning there."""

from __future__ import annotations

import html
import re
import shutil
import sys
import unicodedata
from typing import Iterable

_HIDDEN = {"Cc", "Cf", "Cs"}  # controls, direction marks, halves of characters
_LAYOUT = "\n\t"


def shown(text: str) -> str:
    """Characters that cannot be seen, or that move others, as \\u202e."""
    return "".join(one if one in _LAYOUT or unicodedata.category(one) not in _HIDDEN else f"\\u{ord(one):04x}" for one in text)  # fmt: skip


def fitting(line: str) -> str:
    """As much of a line of a table as the terminal is wide; all of it where there is none."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else len(line)
    return line if len(line) <= width else f"{line[: max(0, width - 3)]}..."


def escaped(text: object) -> str:
    """Content or a quoted attribute."""
    return html.escape(shown(str(text)))


def element(tag: str, inner: str, **attributes: object) -> str:
    """`inner` is HTML already; attributes are texts. A trailing underscore is for Python's own words, and others are for hyphens: class_, text_anchor for text-anchor."""
    given = "".join(f' {name.rstrip("_").replace("_", "-")}="{escaped(value)}"' for name, value in attributes.items())
    return f"<{tag}{given}>{inner}</{tag}>"


def table(rows: Iterable[Iterable[str]], heads: Iterable[str] = ()) -> str:
    """Cells are HTML: escape what goes into them."""
    head = element("tr", "".join(element("th", escaped(one)) for one in heads)) if heads else ""
    body = "\n".join(element("tr", "".join(element("td", cell) for cell in row)) for row in rows)
    return element("table", f"{head}\n{body}")


def paragraphs(markdown: str) -> str:
    """What tickets and solutions are written in: headings, paragraphs, and `code`."""
    return "\n".join(_block(block) for block in re.split(r"\n\s*\n", markdown.strip()))


def _block(text: str) -> str:
    heading = re.match(r"#+ +", text)
    return element("h3", _line(text[heading.end() :])) if heading else element("p", _line(text))


def _line(text: str) -> str:
    parts = re.split(r"`([^`]*)`", text)  # every second one was between backticks
    return "".join(element("code", escaped(one)) if index % 2 else escaped(one) for index, one in enumerate(parts))
