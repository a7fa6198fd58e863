"""What a drill measured. All times are seconds since the drill's start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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


class Report:
    """A drill's report. `str(report)` lists its expectations and the timeline; `raw` is all of it as a dict."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.name: str = raw["drill"]
        self.verdict: str = raw["verdict"]  # "pass", "fail" or "inconclusive"
        self.expectations: list[dict[str, str]] = raw["expectations"]  # {sentence, found, because, verdict}
        self.timeline: list[dict[str, Any]] = raw["timeline"]  # {at, source, node, text, times, late}
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

    def __str__(self) -> str:
        lines = [f"drill {self.name}: {self.verdict}"]
        lines += [f"  {one['verdict']:<12} {one['sentence']}  (found: {one['found']})" for one in self.expectations]
        lines += [f"  {row['at']:+9.3f}  {row['source']:<8} {row['node']:<14} {row['text']}" for row in self.timeline]
        return "\n".join(lines)
