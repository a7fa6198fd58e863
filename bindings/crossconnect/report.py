# SPDX-License-Identifier: Apache-2.0
"""What a drill measured. All times are seconds since the drill's start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator


@dataclass(frozen=True)
class Direction:
    """One way of a flow."""

    sent: int
    received: int
    lost: int
    duplicated: int
    reordered: int
    outage: float  # the longest silence, less one interval
    dead: bool  # stopped, and silent until the end
    gaps: tuple[dict[str, Any], ...]  # {start, end, outage, open}
    path_before: tuple[str, ...]  # nodes that were seen to forward it, before the first fault
    path_after: tuple[str, ...]  # and at the end
    raw: dict[str, Any]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Direction:
        def nodes(path: dict[str, Any] | None) -> tuple[str, ...]:
            return tuple(path["nodes"]) if path else ()

        counts = {key: raw[key] for key in ("sent", "received", "lost", "duplicated", "reordered", "outage", "dead")}
        return cls(
            **counts,
            gaps=tuple(raw["gaps"]),
            path_before=nodes(raw["path"]["before"]),
            path_after=nodes(raw["path"]["after"]),
            raw=raw,
        )


@dataclass(frozen=True)
class Flow:
    """A stream of numbered probes between two nodes."""

    name: str
    kind: str
    outage: float  # the worse direction's
    forward: Direction
    reverse: Direction

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Flow:
        return cls(raw["name"], raw["kind"], raw["outage"], Direction.of(raw["forward"]), Direction.of(raw["reverse"]))


class Inconclusive(Exception):
    """A drill's verdict is open: the host stalled for long enough to have changed it."""

    def __init__(self, words: str, report: Report) -> None:
        super().__init__(words)
        self.report = report


class Report:
    """A drill's report. `str(report)` lists its expectations and what matters of the timeline; `raw` is all of it as a dict."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.name: str = raw["drill"]
        self.verdict: str = raw["verdict"]  # "pass", "fail" or "inconclusive"
        self.expectations: list[dict[str, Any]] = raw["expectations"]  # {sentence, found, because, verdict, line}
        self.timeline: list[dict[str, Any]] = raw["timeline"]  # {at, source, node, text, times, late}
        self.highlights: list[dict[str, Any]] = raw["highlights"]  # {at, source, node, text}: what fits on a screen
        self.flows: dict[str, Flow] = {flow["name"]: Flow.of(flow) for flow in raw["flows"]}

    def flow(self, name: str) -> Flow:
        return self.flows[name]

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"

    @property
    def inconclusive(self) -> bool:
        """The host stalled for long enough to have changed a verdict."""
        return self.verdict == "inconclusive"

    def check(self) -> None:
        """Raises AssertionError when the drill failed, Inconclusive when its verdict is open."""
        if self.inconclusive:
            raise Inconclusive(f"drill {self.name}: the host stalled, and that may have decided", self)
        if not self.passed:
            raise AssertionError(str(self))

    def words_of(self, number: int) -> str:
        """One expectation: what was expected, what was found, and why it was expected."""
        one = self.expectations[number]
        because = f"\n  expected because {one['because']}" if one["because"] else ""
        return f"{one['sentence']}: {one['verdict']}\n  found: {one['found']}{because}"

    def __repr__(self) -> str:
        """What pytest prints of `assert report.passed, report`, which it cuts: the verdict and what did not hold."""
        open_ones = [one for one in self.expectations if one["verdict"] != "pass"]
        return "; ".join([f"<Report of drill {self.name}: {self.verdict}", *map(_told, open_ones)]) + ">"

    def __str__(self) -> str:
        lines = [f"drill {self.name}: {self.verdict}"]
        lines += [f"  {one['verdict']:<12} {one['sentence']}  (found: {one['found']})" for one in self.expectations]
        for flow in self.flows.values():
            lines += _flow_lines(flow)
        lines += [f"  {row['at']:+9.3f}  {row['source']:<8} {row['node']:<14} {row['text']}" for row in self.highlights]
        host = self.raw["host"]
        lines.append(
            f"  host stalled {readable(host['longest_normal'])} at most, loop {readable(host['longest_loop'])}"
        )
        return "\n".join(lines)


def _told(one: dict[str, Any]) -> str:
    return f"{one['sentence']}: {one['verdict']}, found {one['found']}"


def _flow_lines(flow: Flow) -> Iterator[str]:
    yield f"  flow {flow.name}: outage {readable(flow.outage)}"
    for name, way in (("forward", flow.forward), ("reverse", flow.reverse)):
        if way.path_before:
            yield f"    {name} before  {' > '.join(way.path_before)}"
        if way.path_after != way.path_before:
            yield f"    {name} after   {' > '.join(way.path_after) or 'nothing arrived'}"


def readable(seconds: float) -> str:
    """ "1.12 s", "94 ms", "0.31 ms": as xconn writes it."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 or seconds == 0 else f"{seconds * 1000:.2f} ms"
