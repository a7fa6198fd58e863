# SPDX-License-Identifier: Apache-2.0
"""The job summary. GitHub drops a summary of more than 1024 KiB entirely, so this one stays below 900: what did not pass
comes first, and drills that no longer fit are counted."""

from __future__ import annotations

from typing import Any

from results import Drill, Results

LIMIT = 900 * 1024
_MOST_ROWS = 500
_MARKUP = {ord(c): f"&#{ord(c)};" for c in "\\`*_[]#|<>&@~$"}
_MARKS = {"pass": "✅", "fail": "❌", "inconclusive": "⚠️", "error": "🛑"}


def summary(results: Results) -> str:
    drills = sorted(results.drills, key=lambda drill: drill.verdict == "pass")
    parts = [_head(results) + _findings(results) + _table(drills)]
    room = LIMIT - 1024 - len(parts[0].encode())
    for number, drill in enumerate(drills):
        parts.append(_section(drill))
        room -= len(parts[-1].encode())
        if room < 0:
            left = f"\n{len(drills) - number} more drills do not fit here; this job's artifact has all of them.\n"
            return "".join([*parts[:-1], left])
    return "".join(parts)


def _head(results: Results) -> str:
    held = sum(drill.verdict == "pass" for drill in results.drills)
    said = plain(results.problem) or (
        f"{counted(len(results.findings), 'mistake')}, so no drill ran"
        if results.findings
        else f"{held} of {len(results.drills)} drills passed"
    )
    worst = f"; the longest outage was {readable(results.worst_outage)}" if results.worst_outage else ""
    return f"## {_MARKS[results.verdict]} Crossconnect: {said}{worst}\n"


def _findings(results: Results) -> str:
    rows = [[f"{one.file}:{one.line}:{one.column}", one.text] for one in results.findings[:_MOST_ROWS]]
    return _folded("mistakes in the files", _rows(["where", "what"], rows)) if rows else ""


def _table(drills: list[Drill]) -> str:
    rows = [[_MARKS[one.verdict], one.file, readable(one.worst_outage), _reason(one)] for one in drills[:_MOST_ROWS]]
    if not rows:
        return ""
    more = f"\n{len(drills) - _MOST_ROWS} more are not in this table.\n" if len(drills) > _MOST_ROWS else ""
    table = _rows(["", "drill", "longest outage", "failed expectations"], rows) + more
    return table if len(rows) <= 20 else _folded(f"all {len(drills)} drills", table)


def _reason(drill: Drill) -> str:
    again = f"attempt {drill.attempts}; " if drill.attempts > 1 else ""
    not_held = drill.not_held()
    more = f", and {len(not_held) - 1} more" if len(not_held) > 1 else ""
    first = f"{not_held[0]['sentence']}: {not_held[0]['found']}" if not_held else drill.error.split("\n")[0]
    return again + first[:300] + more


# --- one drill --------------------------------------------------------------------------------------------------------------


def _section(drill: Drill) -> str:
    if drill.error:
        return f"\n### {_MARKS[drill.verdict]} {plain(drill.file)}\n\n{plain(drill.error)}\n"
    expected = [[_MARKS[one["verdict"]], one["sentence"], one["found"]] for one in drill.report["expectations"]]
    timeline = [[f"{row['at']:+.3f}", row["source"], row["node"], row["text"]] for row in drill.report["highlights"]]
    body = _rows(["", "expected", "found"], expected) + "".join(map(_picture, drill.report["flows"]))
    body += _folded("timeline", _rows(["s", "source", "node", "what"], timeline)) if timeline else ""
    title = f"{_MARKS[drill.verdict]} {plain(drill.file)}"
    return _folded(title, body) if drill.verdict == "pass" else f"\n### {title}\n{body}"


def _picture(flow: dict[str, Any]) -> str:
    """The path before and after, the latter dotted where it differs."""
    before, after = (_nodes(flow["forward"]["path"][when]) for when in ("before", "after"))
    if not before:
        return ""
    names = {node: f"n{number}" for number, node in enumerate(dict.fromkeys([*before, *after]))}
    lines = [f'  {name}["{_label(node)}"]' for node, name in names.items()]
    lines += [f"  {names[a]} --> {names[b]}" for a, b in _steps(before)]
    lines += [f"  {names[a]} -.-> {names[b]}" for a, b in _steps(after) if (a, b) not in _steps(before)]
    title = f"path of {flow['name']}" + ("" if after == before else ", and after it (dotted)")
    return (
        f"\n{plain(title)}: outage {readable(flow['outage'])}\n\n```mermaid\nflowchart LR\n"
        + "\n".join(lines)
        + "\n```\n"
    )


def _nodes(path: dict[str, Any] | None) -> list[str]:
    return path["nodes"] if path else []


def _steps(nodes: list[str]) -> list[tuple[str, str]]:
    return list(zip(nodes, nodes[1:]))


# --- Markdown ---------------------------------------------------------------------------------------------------------------


def counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def plain(text: str) -> str:
    """Foreign text, escaped: none of it acts as markup."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    return text.translate(_MARKUP)


def _label(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-_. " else f"#{ord(c)};" for c in text)


def _rows(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *([plain(cell) for cell in row] for row in rows)]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _folded(title: str, body: str) -> str:
    return f"\n<details><summary>{title}</summary>\n{body}\n</details>\n"


def readable(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms" if seconds else "none"
