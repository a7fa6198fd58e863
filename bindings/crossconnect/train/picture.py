# SPDX-License-Identifier: Apache-2.0
"""The symptoms over time: a lane for each, from one look to the next; a line for each answer and command. SVG, in itself complete."""

from __future__ import annotations

from typing import Iterator

from .markup import element, escaped
from .story import Happening, Look

LEFT, WIDTH, LANE, TOP = 330, 640, 22, 16


class Picture:
    def __init__(self, minutes: float, looks: list[Look], happenings: list[Happening]) -> None:
        self._minutes, self._looks, self._happenings = max(minutes, 0.1), looks, happenings
        self._sentences = list(dict.fromkeys(sentence for look in looks for sentence in look.verdicts))

    def svg(self) -> str:
        parts = [*self._lanes(), *self._lines(), *self._axis()]
        return element("svg", "\n".join(parts), viewBox=f"0 0 {LEFT + WIDTH + 20} {self._bottom + 20}", role="img")

    @property
    def _bottom(self) -> int:
        return TOP + LANE * len(self._sentences)

    def _x(self, minutes: float) -> float:
        return round(LEFT + WIDTH * min(max(minutes / self._minutes, 0.0), 1.0), 1)

    def _lanes(self) -> Iterator[str]:
        for number, sentence in enumerate(self._sentences):
            y = TOP + LANE * number
            yield element("text", escaped(sentence), x=0, y=y + 12)
            yield self._bar("unseen", y, 0.0, self._minutes, "nobody had looked")
            yield from self._seen(sentence, y)

    def _seen(self, sentence: str, y: int) -> Iterator[str]:
        """Each look holds until the next one at the same symptom."""
        looks = [(look.minutes, look.verdicts[sentence]) for look in self._looks if sentence in look.verdicts]
        ends = [begin for begin, _ in looks[1:]] + [self._minutes]
        for (begin, verdict), end in zip(looks, ends):
            yield self._bar(verdict, y, begin, end, f"{verdict} at {begin:.1f} min")

    def _bar(self, kind: str, y: int, begin: float, end: float, words: str) -> str:
        width = round(max(self._x(end) - self._x(begin), 2.0), 1)
        title = element("title", escaped(words))
        return element("rect", title, class_=kind, x=self._x(begin), y=y, width=width, height=14)

    def _lines(self) -> Iterator[str]:
        for one in self._happenings:
            title = element("title", escaped(f"{one.minutes:.1f} min {one.kind}: {one.text}"))
            x = self._x(one.minutes)
            yield element("line", title, class_=one.kind, x1=x, x2=x, y1=TOP - 8, y2=self._bottom)

    def _axis(self) -> Iterator[str]:
        yield element("text", "0 min", x=LEFT, y=self._bottom + 14)
        yield element("text", f"{self._minutes:.1f} min", x=LEFT + WIDTH, y=self._bottom + 14, text_anchor="end")
