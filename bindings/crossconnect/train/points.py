# SPDX-License-Identifier: Apache-2.0
"""Scoring: half for the fix, a quarter for the place, a quarter for the kind; hints and guesses cost points."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from .attempt import Attempt
from .exercise import Exercise

STAGES = ("found", "fixed")  # the cause is known; the fix is in
GUESS = 1  # points per answer beyond the number of causes


@dataclass(frozen=True)
class Judged:
    """An answer compared with the causes."""

    place: bool
    kind: bool

    @property
    def right(self) -> bool:
        return self.place and self.kind


@dataclass(frozen=True)
class Score:
    fix: float
    place: float
    kind: float
    hints: int
    guesses: int
    of: int

    @property
    def total(self) -> float:
        return max(0.0, round(self.fix + self.place + self.kind - self.hints - self.guesses, 2))

    def as_words(self) -> dict[str, Any]:
        return {"total": self.total, **asdict(self)}


def judge(exercise: Exercise, where: str, what: str) -> Judged:
    if not exercise.causes:
        return Judged(what == "nothing", what == "nothing")
    places = [cause for cause in exercise.causes if where in cause["where"]]
    kinds = [cause for cause in exercise.causes if what == cause["what"]]
    if where and len(exercise.causes) > 1:  # with two causes, the place of one and the kind of the other do not match
        kinds = [cause for cause in kinds if cause in places or not places]
    return Judged(bool(places), bool(kinds))


def found_causes(exercise: Exercise, attempt: Attempt, key: str) -> float:
    """The share of the causes whose place (or kind) was named in an answer that counts."""
    return _share(exercise, counted(attempt), key)


def _share(exercise: Exercise, answers: list[dict[str, Any]], key: str) -> float:
    if not exercise.causes:
        return float(any(answer["what"] == "nothing" for answer in answers))
    named = [any(_names(cause, answer, key) for answer in answers) for cause in exercise.causes]
    return sum(named) / len(named)


def _names(cause: dict[str, Any], answer: dict[str, Any], key: str) -> bool:
    return answer["where"] in cause["where"] if key == "place" else answer["what"] == cause["what"]


def counted(attempt: Attempt) -> list[dict[str, Any]]:
    """Answers given before the cause was told."""
    end = told_at(attempt, "found")
    return [answer for answer in attempt.answers if answer["at"] < end]


def all_named(exercise: Exercise, answers: list[dict[str, Any]]) -> bool:
    return all(_share(exercise, answers, key) == 1 for key in ("place", "kind"))


def _guesses(exercise: Exercise, attempt: Attempt) -> int:
    """Those beyond the free ones; once all is named, another answer is none."""
    answers = counted(attempt)
    needed = next((count for count in range(len(answers)) if all_named(exercise, answers[:count])), len(answers))
    return max(0, needed - max(1, len(exercise.causes)))


def is_told(attempt: Attempt) -> bool:
    """The student knows the cause from us: nothing more can be earned by naming it."""
    return told_at(attempt, "found") != math.inf


def is_known(exercise: Exercise, attempt: Attempt) -> bool:
    """Place and kind were named, or told: a hint has nothing to sell any more."""
    return is_told(attempt) or all_named(exercise, attempt.answers)


def is_over(exercise: Exercise, attempt: Attempt) -> bool:
    """There is nothing left to earn, so the page may say all."""
    return attempt.gave_up_at is not None or (attempt.fixed_at is not None and is_known(exercise, attempt))


def next_steps(exercise: Exercise, attempt: Attempt) -> list[tuple[str, str]]:
    """The verbs that can still earn something, or show what was earned, each with its arguments."""
    if is_over(exercise, attempt):
        return [("page", "")]
    open_ = not is_known(exercise, attempt)
    steps = (
        (("answer", "--where NODE --what KIND"), open_),
        (("check", ""), attempt.fixed_at is None),
        (("hint", ""), open_ and attempt.hints < len(exercise.hints)),
    )
    return [step for step, is_of_use in steps if is_of_use]


def told_at(attempt: Attempt, stage: str) -> float:
    """When the solution was shown, or a checkpoint of this stage or a later one taken; never: infinity."""
    taken = [one["at"] for one in attempt.checkpoints if STAGES.index(one["stage"]) >= STAGES.index(stage)]
    return min([*taken, attempt.gave_up_at or math.inf], default=math.inf)


def price(exercise: Exercise, attempt: Attempt, stage: str) -> float:
    """Of a checkpoint: the points that it leaves nothing to earn of."""
    named = found_causes(exercise, attempt, "place") + found_causes(exercise, attempt, "kind")
    fix = exercise.points / 2 if stage == "fixed" and attempt.fixed_at is None else 0.0
    return fix + (exercise.points / 4 * (2 - named) if not is_told(attempt) else 0.0)


def fixed_in_time(exercise: Exercise, attempt: Attempt) -> bool:
    """If nothing is wrong the check passes from the start, so it counts only with the right answer."""
    in_time = attempt.fixed_at is not None and attempt.fixed_at <= told_at(attempt, "fixed")
    return in_time and (bool(exercise.causes) or found_causes(exercise, attempt, "kind") == 1)


def score(exercise: Exercise, attempt: Attempt) -> Score:
    return Score(
        fix=exercise.points / 2 if fixed_in_time(exercise, attempt) else 0.0,
        place=exercise.points / 4 * found_causes(exercise, attempt, "place"),
        kind=exercise.points / 4 * found_causes(exercise, attempt, "kind"),
        hints=sum(hint["price"] for hint in exercise.hints[: attempt.hints]),
        guesses=GUESS * _guesses(exercise, attempt),
        of=exercise.points,
    )
