# SPDX-License-Identifier: Apache-2.0
"""The verbs of `xconn train`: each takes the parsed arguments and returns an Answer, which __main__ prints as text or JSON."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, TextIO

from .. import _core
from . import attempt as attempts
from . import (
    causes,
    check,
    clock,
    commands,
    desk,
    exam as exams,
    exercise as exercises,
    key,
    keys,
    os_errors,
    points,
    page,
    page_html,
    script,
    stage,
    suits,
    trial,
    validate,
    verification,
    watch,
    workplace,
)
from .attempt import Attempt
from .exercise import Exercise
from .finding import Finding, all_undecided, suggestion
from .markup import fitting
from .places import Places

PASS, FAIL, USAGE, INCONCLUSIVE = 0, 1, 2, 3
Words = argparse.Namespace


@dataclass(frozen=True)
class Answer:
    words: Any  # for --format json
    text: str
    code: int = PASS


def _chosen(words: Words) -> tuple[Attempt, Exercise]:
    attempt = attempts.choose(words.attempt, words.folder)
    return attempt, attempt.read_exercise()


@contextmanager
def _changing(words: Words) -> Iterator[tuple[Attempt, Exercise]]:
    """The attempt as it is now, which nobody else changes meanwhile; saved unless an error ends it."""
    chosen = attempts.choose(words.attempt, words.folder)
    if chosen.is_set_aside:
        raise _core.Error(
            f"{chosen.name} was set aside by --again, and nothing more counts in it; name {chosen.folder.stem}"
        )
    with attempts.alone(chosen.folder):
        attempt = attempts.load(chosen.folder)
        yield attempt, (exercise := attempt.read_exercise())
        if points.is_over(exercise, attempt):
            clock.stop(attempt)
        attempt.save()


def list_exercises(words: Words) -> Answer:
    table, spoilt = [], []
    for folder in exercises.all_folders():
        try:
            table.append(_listed(exercises.read(folder)))
        except _core.TopologyError:  # one does not hide the others
            spoilt.append(f"  {folder.name:<22}  has mistakes: xconn train validate {folder}")
    lines = [
        f"  {row['exercise']:<22}  level {row['level']}  {row['minutes']:>3} min  {'' if row['no-exam'] else 'exam':<4}  {row['title']}"
        for row in table
    ]
    told = "  exam: may be set in one; --format json says why others may not"
    return Answer(table, "\n".join([*map(fitting, lines), *spoilt, told]))


def _listed(exercise: Exercise) -> dict[str, Any]:
    shown = {key: exercise.words[key] for key in ("title", "level", "minutes", "points")}
    return {"exercise": exercise.name, **shown, "no-exam": suits.objection(exercise)}


def start(words: Words) -> Answer:
    stage.demand_root()  # before an attempt is made
    folder = exercises.find_folder(words.exercise)
    student = words.student or attempts.user()
    seed = exercises.seed_of(student, folder.name, words.seed)
    exercise = exercises.read(folder, seed)
    place = attempts.home(words.folder) / attempts.name_of(exercise.name, student)
    with attempts.alone(place):
        key.demand(place.parent)
        attempt = _attempt_of(place, exercise, student, seed, words.again)
        if words.seed and attempt.seed != words.seed:
            raise _core.Error(
                f"{place} was started with --seed {attempt.seed}; leave --seed out to resume it, or start over with --again"
            )
        if not attempt.spans:
            attempt.set_the_stage(attempt.read_exercise())
        clock.settle(attempt)
        exercise = attempt.read_exercise()
        with stage.or_down(stage.raise_lab(attempt, exercise)):
            if not points.is_over(exercise, attempt):
                clock.begin(attempt)
            attempt.save()
    return _ticket(attempt, exercise)


def _attempt_of(place: Path, exercise: Exercise, student: str, seed: str, again: bool) -> Attempt:
    if stage.is_up(place.name):
        raise _core.Error(_whose_lab(place))
    if place.exists() and again:
        attempts.set_aside(place)
    if not place.exists():
        return attempts.create(place, exercise, student, seed, len(attempts.earlier_in(place)))
    attempt = attempts.load(place)
    if (Path(attempt.exercise).name, attempt.student) != (exercise.name, student):
        raise _core.Error(
            f"{place} is the attempt of {attempt.student} at {attempt.exercise}; nothing was changed, "
            "name another folder with --folder, or start over with --again, which keeps it beside the new one"
        )
    return attempt


def _whose_lab(place: Path) -> str:
    """Why there is nothing to start: a lab of that name is up."""
    if not place.exists():
        return (
            f"a lab {place.name} is up that is of no attempt in {place.parent}; xconn down {place.name} takes it down"
        )
    attempt = attempts.load(place)
    if not stage.own_lab(attempt):
        return stage.foreign(attempt)
    told = "" if exams.is_in(place) else f", {attempt.command('stop')} takes the lab down"
    return f"the lab {place.name} is already up; {attempt.command('ticket')} shows the ticket{told}"


def ticket(words: Words) -> Answer:
    return _ticket(*_chosen(words))


def _ticket(attempt: Attempt, exercise: Exercise) -> Answer:
    text = exercise.text("ticket.md").strip()
    access = ", ".join(exercise.access)
    steps = "; ".join(attempt.command(*step) for step in points.next_steps(exercise, attempt))
    told = (
        f"{text}\n\n"
        f"  lab       {attempt.name}: xconn inspect --lab {attempt.name}, xconn az ..., xconn node update ...\n"
        f"  access    {access}: {attempt.command('shell', 'NODE')}, {attempt.command('exec', 'NODE -- COMMAND')}\n"
        f"  next      {steps}\n"
        f"  kinds     {causes.listed(12)}"
    )
    facts = {"attempt": attempt.name, "lab": attempt.name, "seed": attempt.seed, "folder": str(attempt.folder)}
    return Answer({**facts, "exercise": exercise.name, "access": exercise.access, "ticket": text}, told)


def status(words: Words) -> Answer:
    if words.watch:
        _watch(words, sys.stderr if words.format == "json" else sys.stdout)
    attempt, exercise = _chosen(words)
    if not attempt.is_set_aside:
        with _changing(words) as (attempt, exercise):  # with the lab as it is now
            pass
    row = desk.row_of(attempt)
    facts = {**row, "attempt": attempt.name, "seed": attempt.seed, "score": points.score(exercise, attempt).as_words()}
    return Answer(facts, desk.as_text([row]))


def _watch(words: Words, out: TextIO) -> None:
    """What was seen is kept, also when the lab goes down meanwhile."""
    looks: list[dict[str, Any]] = []

    def tell(verdict: check.Verdict) -> None:
        os_errors.tell(verdict, out)
        looks.append({"at": time.time(), "rows": verdict.as_words()["rows"]})

    def look() -> check.Verdict:
        return os_errors.while_read(out, lambda: watch.look(lambda: stage.lab_of(attempt), exercise))

    attempt, exercise = _chosen(words)
    try:
        watch.watch(look, tell)
    finally:
        _keep_looks(attempt.folder, looks)


def _keep_looks(folder: Path, looks: list[dict[str, Any]]) -> None:
    with attempts.alone(folder):
        attempt = attempts.load(folder)
        attempt.looks += looks
        attempt.save()


def hint(words: Words) -> Answer:
    with _changing(words) as (attempt, exercise):
        if attempt.hints >= len(exercise.hints):
            raise _core.Error(f"no more hints: you have had {attempt.hints} of {len(exercise.hints)}")
        given = exercise.hints[attempt.hints]
        if points.is_known(exercise, attempt):
            return _free_hints(exercise.hints[attempt.hints :])
        attempt.hints += 1
        attempt.hints_at.append(time.time())
    return Answer({"hint": attempt.hints, **given}, f"{given['text'].strip()}\n  (-{given['price']} points)")


def _free_hints(left: list[dict[str, Any]]) -> Answer:
    """The cause is known already: none of them counts, so all may be read."""
    text = "\n".join(hint["text"].strip() for hint in left)
    return Answer({"hint": None, "price": 0, "text": text}, f"{text}\n  (free: the cause is known already)")


def answer(words: Words) -> Answer:
    causes.demand(words.what)
    if words.what != "nothing" and not words.where:
        raise _core.NotFoundError("--where is missing: the place of the cause, as NODE, NODE:INTERFACE or KIND/NAME")
    with _changing(words) as (attempt, exercise):
        judged = points.judge(exercise, words.where, words.what)
        if words.where and not judged.place:
            Places(exercise).demand(words.where)
        attempt.answers.append({"at": time.time(), "where": words.where, "what": words.what})
    said = ", ".join(f"{name} {'right' if right else 'wrong'}" for name, right in vars(judged).items())
    said += "; the cause was told already, so it does not count" if points.is_told(attempt) else ""
    facts = {"where": words.where, "what": words.what, **vars(judged)}
    return Answer(facts, f"  {said}", PASS if judged.right else FAIL)


def run_check(words: Words) -> Answer:
    attempt, exercise = _chosen(words)
    verdict = check.run(stage.lab_of(attempt), exercise)
    with _changing(words) as (attempt, exercise):
        attempt.checks.append({"at": time.time(), **verdict.as_words()})
        if verdict.fixed and attempt.fixed_at is None:
            attempt.fixed_at = time.time()
    given = points.score(exercise, attempt)
    unnamed = not points.is_known(exercise, attempt)
    facts = {"score": given.as_words(), "steps": len(commands.read(attempt)), "minutes": round(attempt.seconds / 60, 1)}
    return Answer({**verdict.as_words(), **facts}, *_told(verdict, given, unnamed))


def _told(verdict: check.Verdict, given: points.Score, unnamed: bool) -> tuple[str, int]:
    if verdict.fixed:
        rest = "; place and kind of the cause are not named yet" if unnamed else ""
        return f"{verdict}\nPASS  {given.total:g} of {given.of} points{rest}", PASS
    if verdict.open:
        return f"{verdict}\nINCONCLUSIVE: the host stalled; run the check again", INCONCLUSIVE
    return f"{verdict}\nFAIL", FAIL


def solution(words: Words) -> Answer:
    with _changing(words) as (attempt, exercise):
        if attempt.gave_up_at is None:
            attempt.gave_up_at = time.time()
    text = exercise.text("solution.md").strip()
    return Answer({"causes": exercise.causes, "solution": text, "solve": exercise.text("solve")}, text)


def checkpoint(words: Words) -> Answer:
    """For who fell behind: tells the cause, or puts the fix in."""
    with _changing(words) as (attempt, exercise):
        _demand_stage(attempt, words.stage)
        price = points.price(exercise, attempt, words.stage)
        if words.stage == "fixed":
            lab = stage.lab_of(attempt)
            script.run(lab, exercise.text("solve"), "solve")
            attempt.keep_topology(lab.folder)
        attempt.checkpoints.append({"at": time.time(), "stage": words.stage, "price": price})
    told = "\n".join(f"  {cause['what']} at {cause['where'][0]}" for cause in exercise.causes) or "  nothing is wrong"
    facts = {"stage": words.stage, "price": price, "causes": exercise.causes}
    return Answer(facts, f"{told}\n  ({price:g} points less to earn)")


def _demand_stage(attempt: Attempt, name: str) -> None:
    if name not in points.STAGES:
        remedy = suggestion(name, points.STAGES)
        raise _core.NotFoundError(f"there is no stage '{name}'; {remedy}")
    if points.told_at(attempt, name) != math.inf:
        raise _core.Error(f"{attempt.name}: is past '{name}' already")


def stop(words: Words) -> Answer:
    with _changing(words) as (attempt, exercise):
        stage.lab_of(attempt)
        clock.stop(attempt)
        attempt.save()
        stage.lower_lab(attempt)
    facts = {"attempt": attempt.name, "down": True, "resume": attempt.resume}
    return Answer(facts, f"  {attempt.name}: down; {attempt.resume} resumes it")


def execute(words: Words) -> Answer:
    attempt, exercise = _chosen(words)
    stage.lab_of(attempt)
    if words.format != "json":
        return Answer(None, "", workplace.execute(attempt, exercise, words.node, command(words.words)))
    done = workplace.ask_node(attempt, exercise, words.node, command(words.words))
    return Answer({"exit": done.returncode, "stdout": done.stdout, "stderr": done.stderr}, "", done.returncode)


def command(words: list[str]) -> list[str]:
    return words[1:] if words and words[0] == "--" else words


def shell(words: Words) -> Answer:
    attempt, exercise = _chosen(words)
    stage.lab_of(attempt)
    return Answer(None, "", workplace.shell(attempt, exercise, words.node or ""))


_RIGHT_ANSWER = "an answer with the right place and kind"


def show_page(words: Words) -> Answer:
    attempt, exercise = _chosen(words)
    if not points.is_over(exercise, attempt):
        wanted = (("a passed check", attempt.fixed_at is None), (_RIGHT_ANSWER, not points.is_known(exercise, attempt)))
        left = " and ".join(name for name, is_missing in wanted if is_missing)
        raise _core.Error(
            f"the page contains the solution: it is available after {left}, or after xconn train solution"
        )
    made = _page(words.report)(attempt, exercise)
    if not words.report:
        return Answer({"page": made}, made.rstrip())
    with os_errors.about(Path(words.report)):
        Path(words.report).write_text(made, encoding="utf-8")
    return Answer({"report": words.report}, f"  {words.report}")


def _page(file: str) -> Callable[[Attempt, Exercise], str]:
    kinds = {"": page.markdown, ".md": page.markdown, ".html": page_html.html}
    if (ending := Path(file).suffix) not in kinds:
        raise _core.NotFoundError(f"--report {file}: there is no report of kind '{ending}'; name it .html or .md")
    return kinds[ending]


def show_class(words: Words) -> Answer:
    folder = Path(words.folder)
    if not folder.is_dir():
        raise _core.NotFoundError(f"{folder} is not a folder; name one with attempts in it")
    if words.csv and (other := "--format json" if words.format == "json" else "--verify" if words.verify else ""):
        raise _core.NotFoundError(f"--csv and {other} are two formats; leave one out")
    if words.verify:
        return _verified(folder)
    table = desk.rows(folder)
    code = FAIL if any(row["state"] == desk.UNREADABLE for row in table) else PASS
    return Answer(table, desk.as_csv(table).rstrip() if words.csv else desk.as_text(table), code)


def _verified(folder: Path) -> Answer:
    every = verification.verify(folder)
    told = "\n".join(map(str, every)) or f"  {folder}: no attempts"
    return Answer([one.as_words() for one in every], told, FAIL if any(one.findings for one in every) else PASS)


def schema(words: Words) -> Answer:
    made = keys.json_schema()
    return Answer(made, json.dumps(made, indent=2))


def run_validate(words: Words) -> Answer:
    folders = [exercises.find_folder(word) for word in words.words] or exercises.all_folders()
    found = [one for folder in folders for one in validate.findings(folder)]
    if words.trial and not found:
        stage.demand_root()
        out = sys.stderr if words.format == "json" else sys.stdout
        found = [one for folder in folders for each in exercises.variants(folder) for one in _tried(each, out)]
    told = "\n".join(map(str, found)) or f"  {len(folders)} exercise{'s' if len(folders) != 1 else ''}: no mistakes"
    code = INCONCLUSIVE if all_undecided(found) else USAGE if found else PASS
    return Answer({"valid": not found, "findings": [vars(one) for one in found]}, told, code)


def _tried(exercise: Exercise, out: TextIO) -> Iterator[Finding]:
    """Each way takes half a minute, so it is told as it ends."""
    for way in trial.ways(exercise):
        began = time.monotonic()
        found = list(way.findings())
        result = "ok" if not found else "open" if all_undecided(found) else "FAIL"
        took = time.monotonic() - began
        values = ", ".join(f"{name} {value}" for name, value in exercise.variant.items())
        os_errors.tell(f"  {exercise.name:<22}  {way.name:<24}  {took:5.1f} s  {result:<4}  {values}".rstrip(), out)
        yield from found
