# SPDX-License-Identifier: Apache-2.0
"""The tries before an attempt, which `start --again` has put beside it, and the time that counts. No lab is up."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import crossconnect
import pytest
from trainee import EXERCISES

from crossconnect.train import attempt as attempts
from crossconnect.train import clock, desk, exercise as exercises, page, page_html, points, stage, verbs
from crossconnect.train import verification
from crossconnect.train.attempt import Attempt

# --- tries -------------------------------------------------------------------------------------------------------------

RIGHT = {"at": 1.0, "where": "", "what": "nothing"}


@pytest.fixture
def ada(tmp_path: Path) -> Attempt:
    """Of one-row: nothing is wrong, which ada has said."""
    exercise = exercises.read(EXERCISES / "one-row")
    made = attempts.create(tmp_path / "one-row-ada", exercise, "ada", "0")
    made.set_the_stage(exercise)
    made.answers = [RIGHT]
    made.save()
    return made


def again(attempt: Attempt) -> Attempt:
    attempts.set_aside(attempt.folder)
    earlier = len(attempts.earlier_in(attempt.folder))
    return attempts.create(attempt.folder, attempt.read_exercise(), attempt.student, "0", earlier)


def findings(home: Path) -> dict[str, tuple[str, ...]]:
    return {one.attempt: one.findings for one in verification.verify(home)}


def test_earlier_tries_are_verified(ada: Attempt, tmp_path: Path):
    last = again(again(ada))
    assert findings(tmp_path) == dict.fromkeys(("one-row-ada.1", "one-row-ada.2", "one-row-ada"), ())
    first = tmp_path / "one-row-ada.1" / "attempt.json"
    first.write_text(first.read_text().replace('"nothing"', '"mtu"'))
    assert findings(tmp_path)["one-row-ada.1"][0].startswith("attempt.json changed since ")
    shutil.rmtree(first.parent)
    assert findings(tmp_path)[last.name] == ("one-row-ada.1, which was the try 1, is gone",)


def test_the_teacher_sees_how_often_and_what_the_first_try_earned(ada: Attempt, tmp_path: Path):
    """The row is of the last try."""
    last = again(again(ada))
    (row,) = desk.rows(tmp_path)
    assert (row["tries"], row["first"], row["points"]) == (3, 4.0, 0)
    last.answers, last.fixed_at = [RIGHT], 2.0
    last.save()
    (row,) = desk.rows(tmp_path)
    assert (row["points"], row["first"]) == (8.0, 4.0)
    assert "TRIES  FIRST" in desk.as_text([row]) and ",3,4.0," in desk.as_csv([row])


def test_the_page_tells_them(ada: Attempt):
    last = again(ada)
    told = "Try 1, before this one: 4 of 8 points in 0 min."
    for made in (page.markdown(last, last.read_exercise()), page_html.html(last, last.read_exercise())):
        assert told in made
    first = attempts.load(attempts.try_of(ada.folder, 1))
    assert "Try 1" not in page.markdown(first, first.read_exercise())


def test_one_that_is_damaged_hides_no_other(ada: Attempt, tmp_path: Path):
    (ada.folder / "attempt.json").write_text("{")
    last = again(ada)
    (row,) = desk.rows(tmp_path)
    assert (row["tries"], row["first"], row["state"]) == (2, "", "away")
    assert "Try 1, before this one: unreadable." in page.markdown(last, last.read_exercise())


def test_nothing_is_added_to_one(ada: Attempt, tmp_path: Path):
    again(ada)
    words = argparse.Namespace(attempt="one-row-ada.1", folder=str(tmp_path), where="", what="mtu", watch=False)
    with pytest.raises(crossconnect.Error, match="was set aside by --again, .* name one-row-ada$"):
        verbs.hint(words)
    assert verbs.status(words).words["answers"] == 1, "it can be looked at"
    assert findings(tmp_path)["one-row-ada.1"] == ()


# --- time --------------------------------------------------------------------------------------------------------------


class Host:
    """With a clock that the test turns, a lab that is up or not, and the boot that it is in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.now, self.boot, self.lab = 1_000_000.0, "first", SimpleNamespace(folder=folder)
        (folder / "topology.json").write_text("{}")
        monkeypatch.setattr(time, "time", lambda: self.now)
        monkeypatch.setattr(clock, "boot", lambda: self.boot)
        monkeypatch.setattr(stage, "own_lab", lambda _: self.lab)

    def wait(self, minutes: float) -> None:
        self.now += 60 * minutes

    def restart(self) -> None:
        self.boot, self.lab = "second", None

    def type(self, attempt: Attempt, *argv: str) -> None:
        """A verb of xconn, which the lab records."""
        with open(attempt.folder / "verbs.jsonl", "a") as file:
            file.write(json.dumps({"at": self.now, "argv": ["xconn", *argv]}) + "\n")


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ada: Attempt) -> Host:
    """With ada at work."""
    (tmp_path / "run").mkdir()
    made = Host(monkeypatch, tmp_path / "run")
    start(ada)
    return made


def start(attempt: Attempt) -> None:
    """As `xconn train start` does."""
    clock.settle(attempt)
    clock.begin(attempt)
    attempt.save()


def minutes(attempt: Attempt) -> float:
    """As `class` tells them, from the file."""
    return desk.row_of(attempts.load(attempt.folder))["minutes"]


def test_time_runs_without_a_verb(host: Host, ada: Attempt):
    host.wait(30)
    assert minutes(ada) == 30


def test_stop_is_a_pause(host: Host, ada: Attempt):
    host.wait(10)
    clock.stop(ada)
    ada.save()
    host.lab = None
    host.wait(600)
    assert minutes(ada) == 10
    start(ada)
    host.wait(5)
    assert minutes(ada) == 15


def work_and_lose_the_lab(host: Host, ada: Attempt, words: str, away: float) -> None:
    """Ten minutes of work that end with a verb; the lab is gone for some more."""
    host.wait(10)
    host.type(ada, *words.split())
    host.lab = None
    host.wait(away)


@pytest.mark.parametrize("words", ["down", "down one-row-ada", "destroy --all", "--format json down"])
def test_down_is_a_pause(host: Host, ada: Attempt, words: str):
    work_and_lose_the_lab(host, ada, words, 600)
    assert minutes(ada) == 10
    ada.save()
    assert minutes(ada) == 10, "a verb meanwhile is no work"
    start(ada)
    host.wait(5)
    assert minutes(ada) == 15


@pytest.mark.parametrize("words", ["exec pc -- ip link set eth0 down", "inspect", "shell"])
def test_a_lab_that_ends_by_itself_is_none(host: Host, ada: Attempt, words: str):
    work_and_lose_the_lab(host, ada, words, 20)
    assert minutes(ada) == 30
    start(ada)
    host.wait(5)
    assert minutes(ada) == 35


def test_a_restart_of_the_host_is_a_pause_from_what_was_last_recorded(host: Host, ada: Attempt):
    host.wait(4)
    ada.save()
    host.wait(6)
    host.type(ada, "exec", "pc", "--", "true")
    host.restart()
    host.wait(600)
    assert minutes(ada) == 10
    start(ada)
    host.wait(5)
    assert minutes(ada) == 15


def test_time_ends_when_nothing_is_left_to_earn(host: Host, ada: Attempt, tmp_path: Path):
    """The check has passed, and the cause is named; the lab may stay up for as long as it likes."""
    ada.answers, ada.fixed_at = [], host.now
    ada.save()
    words = argparse.Namespace(attempt=ada.name, folder=str(tmp_path), where="", what="nothing", watch=False)
    host.wait(10)
    assert verbs.status(words).words["minutes"] == 10
    verbs.answer(words)
    host.wait(20)
    assert minutes(ada) == 10 and points.is_over(ada.read_exercise(), attempts.load(ada.folder))


def test_what_happens_after_an_exam_is_no_time_in_it(host: Host, ada: Attempt):
    host.wait(10)
    ends = host.now
    host.wait(20)
    clock.stop(ada, ends)
    assert ada.seconds == 600


def test_an_attempt_that_is_set_aside_takes_no_more_time(host: Host, ada: Attempt):
    host.wait(10)
    attempts.set_aside(ada.folder)
    host.wait(20)
    assert attempts.load(attempts.try_of(ada.folder, 1)).seconds == 600


def test_an_attempt_of_an_earlier_program_has_the_time_that_it_wrote(host: Host, ada: Attempt):
    file = ada.folder / "attempt.json"
    words = json.loads(file.read_text()) | {"spans": [[0, 600]]}
    file.write_text(json.dumps({key: words[key] for key in words if key not in ("boot", "earlier")}))
    host.wait(20)
    assert minutes(ada) == 10


def test_a_clock_that_was_never_started_is_no_traceback(ada: Attempt):
    file = ada.folder / "attempt.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"boot": "x"}))
    assert minutes(ada) == 0
