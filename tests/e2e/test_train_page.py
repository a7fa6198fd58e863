# SPDX-License-Identifier: Apache-2.0
"""The report of an attempt: what it tells, and that nothing that a student typed means anything in it. No lab is up."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from crossconnect.train import attempt as attempts
from crossconnect.train import exercise as exercises
from crossconnect.train import page, page_html, story
from crossconnect.train.attempt import Attempt

HOSTILE = "<script>alert(1)</script>"
BREAKS_OUT = "\"'><img src=http://evil.example/x onerror=alert(1)>&lt;\u202ebackwards\x1b[2J\udcff"
BEGAN = 1_000_000.0


@pytest.fixture
def attempt(tmp_path: Path) -> Attempt:
    """Of dead-backup: two spans of ten minutes with a night between them, a hint, four looks at the symptom, and hostile words."""
    exercise = exercises.read(ROOT / "exercises" / "dead-backup", "0")
    made = attempts.create(tmp_path / "dead-backup-ada", exercise, f"ada {HOSTILE}", "0")
    made.spans = [[BEGAN, BEGAN + 600], [BEGAN + 90_000, BEGAN + 90_600]]
    made.answers = [{"at": BEGAN + 240, "where": BREAKS_OUT, "what": "mtu"}]
    made.checks = [looked(300, "fail"), looked(90_540, "pass")]
    made.looks = [looked(330, "pass"), looked(360, "fail")]
    made.fixed_at = BEGAN + 90_540
    row = {"at": BEGAN + 60, "command": f"echo {HOSTILE} {BREAKS_OUT} | x `y`"}
    (made.folder / "commands.jsonl").write_text(json.dumps(row) + "\n")
    made.hints, made.hints_at = 1, [BEGAN + 180]
    verb = {"at": BEGAN + 210, "argv": ["xconn", "az", "network", "nic", "list-effective-nsg", "-n", HOSTILE]}
    (made.folder / "verbs.jsonl").write_text(json.dumps(verb) + '\n{"at": "x", "argv": ["a"]}\n{"at": 1}\n{"argv"')
    (made.folder / "history").write_bytes(b"#1000120\n</td></table><script>\xff</script>\n")
    return made


def looked(seconds: float, verdict: str) -> dict[str, Any]:
    row = {"about": "symptom", "sentence": f"outage of {BREAKS_OUT}", "found": "", "verdict": verdict, "because": ""}
    return {"at": BEGAN + seconds, "fixed": verdict == "pass", "rows": [row]}


class Reader(HTMLParser):
    """As a browser: elements, attributes, text; and that each element which begins ends."""

    EMPTY = {"meta", "br"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.text, self._open = "", []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in self.EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.seen if name == tag]


@pytest.fixture
def read(attempt: Attempt) -> Reader:
    return Reader(page_html.html(attempt, attempt.read_exercise()))


def test_what_a_student_typed_is_text(read: Reader):
    assert {tag for tag, _ in read.seen} <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "pre", "code"),
        *("table", "tr", "th", "td", "svg", "text", "rect", "line"),
    }
    assert f"echo {HOSTILE} \"'><img src=http://evil.example/x onerror=alert(1)>&lt;" in read.text
    assert "ada <script>" in read.text and "</td></table><script>" in read.text


def test_it_loads_nothing(read: Reader, attempt: Attempt):
    names = {name for _, attributes in read.seen for name in attributes}
    assert not {name for name in names if name.startswith("on")} and not names & {"src", "href", "style", "xlink:href"}
    assert "url(" not in page_html._STYLE and "@import" not in page_html._STYLE
    policy = [one["content"] for one in read.all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_what_cannot_be_seen_is_shown(read: Reader):
    assert "\\u202ebackwards\\u001b[2J\\udcff" in read.text
    assert not set(read.text) & {"\u202e", "\x1b", "\udcff"}


def test_the_symptoms_are_drawn_in_time_of_work(read: Reader):
    """20 minutes of work: failed at 5, seen to pass at 5.5 and to fail at 6, and passed at 19; grey before."""
    bars = [(one["class"], float(one["x"]), float(one["width"])) for one in read.all("rect")]
    assert [kind for kind, _, _ in bars] == ["unseen", "fail", "pass", "fail", "pass"]
    left, width = bars[0][1], bars[0][2]
    begins = [round((x - left) / width * 20, 1) for _, x, _ in bars[1:]]
    assert begins == [5.0, 5.5, 6.0, 19.0]
    assert bars[-1][1] + bars[-1][2] == left + width
    assert [one["class"] for one in read.all("line")] == [
        *("command", "command", "hint", "command", "answer", "check", "check"),
    ]


def test_it_shows_what_the_student_did(read: Reader, attempt: Attempt):
    told = page.markdown(attempt, attempt.read_exercise())
    assert "| 3.0 min | hint: number 1 |" in told and "| 3.5 min | `xconn az network nic list-effective-nsg -n" in told
    assert "number 1" in read.text and "xconn az network nic list-effective-nsg" in read.text
    attempt.gave_up_at = BEGAN + 90_570
    assert "| 19.5 min | solution: shown |" in page.markdown(attempt, attempt.read_exercise())


def test_it_has_all_parts(read: Reader):
    for words in (
        "Branch was cut off for forty minutes",  # the ticket
        "route-filter",
        "a route filter lets too little or too much through",
        "The check passed after 19.0 min. What fixes it:",
        "xconn node update ce",
        "4 of 10",
        "A session that is up is not redundancy",
        "Designing for high availability with ExpressRoute",
    ):
        assert words in read.text, words


def test_the_night_is_no_work(attempt: Attempt):
    assert [one.minutes for one in story.happenings(attempt)] == [1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 19.0]


def test_nobody_looked(tmp_path: Path):
    exercise = exercises.read(ROOT / "exercises" / "one-row", "0")
    attempt = attempts.create(tmp_path / "one-row-ben", exercise, "ben", "0")
    attempt.gave_up_at = BEGAN
    html = page_html.html(attempt, exercise)
    assert "Nobody ran a check." in html and "Nothing was wrong." in html and "The check never passed." in html


def test_markdown_is_text_too(attempt: Attempt):
    told = page.markdown(attempt, attempt.read_exercise())
    assert all(line.count("`") % 2 == 0 for line in told.splitlines())
    outside = "".join(part for part in told.split("`")[::2])
    assert "<script>" not in outside and "<img" not in outside


@pytest.mark.parametrize("ending, begins", [(".html", "<!doctype html>"), (".md", "# The night")])
def test_it_is_written_to_a_file(xconn, attempt: Attempt, tmp_path: Path, ending: str, begins: str):
    attempt.gave_up_at = BEGAN + 90_570  # its answer was wrong
    attempt.save()
    file = tmp_path / f"report{ending}"
    told = xconn("train", "page", "--attempt", attempt.name, "--folder", str(tmp_path), "--report", str(file))
    assert told.returncode == 0 and str(file) in told.stdout, told.stderr
    assert file.read_text().startswith(begins)


def test_a_report_of_another_kind_is_refused(xconn, attempt: Attempt, tmp_path: Path):
    attempt.gave_up_at = BEGAN + 90_570
    attempt.save()
    told = xconn("train", "page", "--attempt", attempt.name, "--folder", str(tmp_path), "--report", "x.pdf")
    assert told.returncode == 2 and "name it .html or .md" in told.stderr
