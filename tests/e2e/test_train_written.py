# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an exercise that somebody writes: each mistake is told with its place, or found by trying."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import crossconnect
import pytest
from trainee import EXERCISES

from crossconnect.train import exercise as exercises
from crossconnect.train import script, stage, trial, validate, verbs
from crossconnect.train.finding import Finding, Undecided


@pytest.mark.parametrize(
    "file, old, new, line, words",
    [
        ("exercise.yaml", "hints:", "hint:", 8, "unknown key; did you mean 'hints'?"),
        ("exercise.yaml", "level: 1", "level: 9", 2, "level = '9': must be a whole number from 1 to 3"),
        ("exercise.yaml", "route-filter", "route-filtr", 7, "is not a kind of cause; did you mean 'route-filter'?"),
        ("exercise.yaml", "access: [pc, ce]", "access: [pc, cf]", 5, "access.1 = 'cf': is not a node in the lab"),
        (
            "exercise.yaml",
            "{typed: 192.168.1.0/24}",
            "{type: 192.168.1.0/24}",
            13,
            "has different names from the first",
        ),
        ("exercise.yaml", "points: 10", "points: 10\npoints: 11", 5, "is defined twice; remove one of them"),
        ("exercise.yaml", "title: The", "title: [The", 2, "write it as YAML"),
        ("broken.yaml", "prepend", "prepent", 9, "prepend"),
        ("symptom.yaml", "at-most", "at-mots", 10, "at-most"),
        ("ticket.md", "worked on our", "worked on the route filter of our", 3, "gives the cause away"),
        ("ticket.md", "nothing in the branch", "nothing behind 192.0.2.6 in the branch", 0, ""),
        ("broken.yaml", "title: A branch", "title: A prefix list of a branch", 3, "gives the cause away"),
    ],
)
def test_a_mistake_is_named_with_its_place(written, file: str, old: str, new: str, line: int, words: str):
    found = validate.findings(written(file, old, new))
    if not words:  # another place than the cause's own may be named
        assert found == []
        return
    assert any(words in str(one) and Path(one.file).name == file for one in found), [str(one) for one in found]
    assert not line or any(one.line == line for one in found), found


@pytest.mark.parametrize(
    "file, content, words",
    [
        ("exercise.yaml", "", "must be keys and values"),
        ("exercise.yaml", "a: &a [*a]", "exercise.yaml:1:4: exercise: a.0: contains itself"),
        ("exercise.yaml", "? [x]\n: y\n", "exercise.yaml:1:3: a key must be a text"),
        ("exercise.yaml", "title: !!binary x", "exercise.yaml:1:1: exercise: title = 'x': is no tag:yaml.org,2002:binary"),
        ("exercise.yaml", "!!python/object:os.system x", "is no tag:yaml.org,2002:python/object:os.system"),
        ("exercise.yaml", "[" * 3000, "has too many lists in lists"),
        ("exercise.yaml", b"\xff\xfe", "exercise.yaml: is not UTF-8"),
        ("ticket.md", b"\xff", "ticket.md: is not UTF-8"),
        ("solution.md", b"\xff", "solution.md: is not UTF-8"),
        ("wrong/static-route.sh", b"\xff", "static-route.sh: is not UTF-8"),
        ("solve", None, "solve: cannot be read: Is a directory"),
        ("inside/ce.sh", None, "inside/ce.sh: cannot be read: Is a directory"),
        ("wrong/static-route.sh", None, "wrong/static-route.sh: cannot be read: Is a directory"),
        ("broken.yaml", "", "broken.yaml:1:1: the file is empty"),
        ("broken.yaml", "5", "broken.yaml:1:1: a topology file is a map of keys"),
        ("broken.yaml", "&a [*a]", "broken.yaml:1:5: an alias cannot stand inside what it refers to"),
        ("symptom.yaml", "[]", "symptom.yaml:1:1: this is no drill"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_a_file_of_any_content_is_told(written, file: str, content: str | bytes | None, words: str):
    place = written("ticket.md", "Branch", "Branch") / file
    place.unlink()
    if content is None:
        place.mkdir()
    else:
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = [str(one) for one in validate.findings(place.parents[file.count("/")])]
    assert any(words in one for one in found), found


@pytest.mark.parametrize(
    "file, old, new, line, words",
    [
        ("symptom.yaml", "from: pc,", "from: pcc,", 6, "there is no node pcc; did you mean 'pc'"),
        ("holds.yaml", "to: app}", "to: appp}", 6, "there is no node appp"),
        ("exercise.yaml", '"ce:sec"', '"ce:third"', 7, "causes.0.where.2 = 'ce:third': is not a place in the lab"),
        ("exercise.yaml", "[ce, ", "[cee, ", 7, "'cee': is not a place in the lab; did you mean 'ce'?"),
        ("exercise.yaml", "Both sessions", "Both ${sessions}", 9, "name = 'sessions': no variant has this value"),
        ("solve", "xconn node", "fi\nxconn node", 2, "sh -n must accept it"),
        ("solve", "192.0.2.6 adv", "${peer} adv", 1, "'peer': no variant has this value; variants have typed; write"),
        ("wrong/static-route.sh", "500", "'500", 0, "sh -n must accept it"),
        ("wrong/static-route.sh", "500", "${metric}", 1, "'metric': no variant has this value"),
        ("inside/ce.sh", "vtysh", "(vtysh", 0, "sh -n must accept it"),
    ],
)
def test_a_mistake_in_a_script_or_a_place_is_found(written, file: str, old: str, new: str, line: int, words: str):
    folder = written(file, old, new)
    found = validate.findings(folder)
    assert [one for one in found if words in str(one) and Path(one.file) == folder / file], [str(one) for one in found]
    assert not line or {one.line for one in found} == {line}, found


@pytest.mark.parametrize(
    "file, content, words",
    [
        ("ticket.md", "\n", "ticket.md:1:1: is empty"),
        ("solve", "", "solve:1:1: is empty"),
        ("solve", "echo \0 )\n", "sh -n must accept it"),
        ("solve", "# " + "x" * 300_000 + "\nfi\n", "solve:2:1: "),
        ("solution.md", " \n", "solution.md:1:1: is empty"),
        ("wrong/static-route.sh", "", "wrong/static-route.sh:1:1: is empty"),
        ("wrong/static-route.sh", "#!/bin/sh\n  # later\n", "wrong/static-route.sh:1:1: is empty"),
        ("inside/ce.sh", "# nothing\n", "inside/ce.sh:1:1: is empty"),
        ("broken.sh", "true\n", "broken.sh: stands beside broken.yaml; break the network with one of them"),
        ("broken.sh", "true\nxconn  fault add blackhole\n", "broken.sh:2:1: uses xconn fault, which the timeline"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_file_that_says_nothing_or_too_much_is_found(written, file: str, content: str, words: str):
    folder = written("ticket.md", "Branch", "Branch")
    (folder / file).write_text(content)
    found = [str(one) for one in validate.findings(folder)]
    assert any(words in one for one in found), found


@pytest.mark.parametrize("file", ["inside/ce.sh", "wrong/static-route.sh", "solution.md"])
def test_a_fifo_holds_up_nothing_and_hides_nothing(written, file: str):
    folder = written("exercise.yaml", "level: 1", "level: 9")
    (folder / file).unlink()
    os.mkfifo(folder / file)
    found = [str(one) for one in validate.findings(folder)]
    assert [one for one in found if f"{file}: is not a regular file" in one] and [
        one for one in found if "level" in one
    ]


def test_a_link_to_a_file_of_the_host_is_told_by_every_verb(written, train, tmp_path: Path):
    """It would be shown to students."""
    folder = written("ticket.md", "Branch", "Branch")
    (folder / "ticket.md").unlink()
    (folder / "ticket.md").symlink_to("/etc/shadow")
    for told in (train("validate", str(folder)), train("start", str(folder))):
        assert (
            told.returncode == 2
            and "ticket.md: is a link to /etc/shadow, outside of the exercise" in f"{told.stdout}{told.stderr}"
        )
        assert "root:" not in f"{told.stdout}{told.stderr}"
    (folder / "ticket.md").unlink()
    (folder / "ticket.md").symlink_to("text.md")
    (folder / "text.md").write_text("The app is away.\n")
    assert validate.findings(folder) == [], "within the exercise it is the author's"


def test_hints_cost_no_more_than_there_is_to_earn(written):
    (found,) = validate.findings(written("exercise.yaml", "points: 10", "points: 2"))
    assert "exercise.yaml:8:1: exercise: hints: cost 3 points together, and the exercise has 2" in str(found)


@pytest.mark.parametrize(
    "name, word", [("leaked-route", "leak"), ("the-route-filter", "route filter"), ("no_prefix_list", "prefix list")]
)
def test_a_name_that_gives_the_cause_away_is_found(written, name: str, word: str):
    """Lists, labs and attempts are called by it."""
    folder = written("exercise.yaml", "route-filter", "route-leaked" if word == "leak" else "route-filter")
    found = validate.findings(folder.rename(folder.with_name(name)))
    assert [one.value for one in found] == [word] and str(found[0]).startswith(
        f"{folder.with_name(name)}: the folder's name: word"
    ), found


def test_what_cannot_be_seen_does_nothing_to_the_terminal(written):
    found = map(str, validate.findings(written("exercise.yaml", "access: [pc", 'access: ["p\\0c\\e[31m"')))
    assert any("'p\\u0000c\\u001b[31m': is not a node in the lab" in one for one in found)


def test_a_key_of_a_drill_may_be_quoted(written):
    assert validate.findings(written("symptom.yaml", "flows:", '"flows":')) == []


def test_a_shell_may_use_its_own_variables(written):
    folder = written("solve", "xconn node", "for one in 1 2; do echo $$one $${one} ${XCONN_LAB}; done\nxconn node")
    assert validate.findings(folder) == []


@pytest.mark.parametrize(
    "line", ['extends: "healthy.yaml"  # quoted', "extends: 'healthy.yaml'", "extends: healthy.yaml # x"]
)
def test_a_path_may_be_quoted(written, line: str):
    assert validate.findings(written("broken.yaml", "extends: healthy.yaml", line)) == []


def test_all_mistakes_are_told_at_once(written, train):
    folder = written("exercise.yaml", "level: 1", "level: one\nlevle: 2")
    (folder / "exercise.yaml").write_text((folder / "exercise.yaml").read_text().replace("minutes: 20\n", ""))
    told = train("validate", str(folder), "--format", "json")
    rules = [one["rule"] for one in json.loads(told.stdout)["findings"]]
    assert told.returncode == 2 and len(rules) == 3 and any("'minutes' is missing" in rule for rule in rules), rules


_MISTAKES = (  # one or more in each file: what is replaced by what, and the finding
    ("exercise.yaml", "level: 1", "levle: 1", "2:1: exercise: levle: unknown key; did you mean 'level'?"),
    ("exercise.yaml", "minutes: 20", "minutes: &a [*a]", "3:10: exercise: minutes.0: contains itself"),
    ("exercise.yaml", "access: [pc, ce]", "access: [pc, cee]", "access.1 = 'cee': is not a node in the lab; did you mean 'ce'?"),
    ("exercise.yaml", "price: 2,", "price: two,", "hints.1.price = 'two': must be a whole number"),
    ("exercise.yaml", "Both sessions", "Both ${sessions}", "name = 'sessions': no variant has this value"),
    ("exercise.yaml", "title: The", "title: The prefix list and the", "exercise.yaml:1:1: title: word = 'prefix list'"),
    ("ticket.md", "worked on our", "worked on the route filter of our", "ticket.md:3:38: ticket: word = 'route filter'"),
    ("broken.yaml", "title: A branch", "title: A prefix list of a branch", "broken.yaml:3:1: title: word = 'prefix list'"),
    ("symptom.yaml", "at-most", "at-mots", "symptom.yaml:10:"),
    ("holds.yaml", "to: app}", "to: appp}", "there is no node appp"),
    ("solve", "xconn node", "fi\nxconn node", "solve:2:1: "),
    ("wrong/static-route.sh", "500", "'500", "static-route.sh:"),
)  # fmt: skip


_OF_TOPOLOGIES = (
    *(
        one for one in _MISTAKES if "no node" not in one[3] and "not a node" not in one[3]
    ),  # which only the lab could tell
    ("broken.yaml", "prepend", "prepent", "broken.yaml:9:"),
    ("healthy.yaml", "name:", "naem:", "healthy.yaml:"),
)


@pytest.mark.parametrize("mistakes", [_MISTAKES, _OF_TOPOLOGIES], ids=["of all files", "also of topologies"])
def test_no_mistake_hides_another(written, mistakes: tuple[tuple[str, str, str, str], ...]):
    folder = written("ticket.md", "Branch", "Branch")
    for file, old, new, _ in mistakes:
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace(old, new, 1))
    (folder / "solution.md").unlink()
    found = list(map(str, validate.findings(folder)))
    expected = [*(words for _, _, _, words in mistakes), "solution.md: is missing"]
    assert [words for words in expected if not any(words in one for one in found)] == [], found


@pytest.mark.parametrize(
    "content, files",
    [
        ("title: [", {"exercise.yaml", "healthy.yaml", "solve"}),  # not one word of it can be read
        ("varaints: [{typed: 192.168.1.0/24}]", {"exercise.yaml", "healthy.yaml", "solve"}),
    ],
)
def test_what_cannot_be_read_makes_nothing_else_wrong(written, content: str, files: set[str]):
    folder = written("healthy.yaml", "extends:", "timer: fast\nextends:")
    (folder / "exercise.yaml").write_text(content)
    (folder / "solve").write_text("fi\n")
    assert {Path(one.file).name for one in validate.findings(folder)} == files


def test_a_folder_without_an_exercise_is_told(train, tmp_path: Path):
    told = train("validate", ".", cwd=tmp_path)
    assert told.returncode == 2
    assert told.stderr == "xconn: .: this folder has no exercise.yaml; name a folder that has one, or an exercise\n"


def test_a_file_that_is_missing_is_named(written):
    folder = written("ticket.md", "Branch", "Branch")
    (folder / "solve").unlink()
    shutil.rmtree(folder / "wrong")
    missing, few = map(str, validate.findings(folder))
    assert "solve: is missing" in missing and "needs 2 wrong fixes and has 0" in few


@pytest.mark.bound(180)
def test_what_an_exam_would_refuse_is_found_by_trying(written):
    folder = written("ticket.md", "Branch", "Branch")
    (folder / "inside" / "ce.sh").write_text("vtysh -N msee1 -c 'show version'\n")
    (folder / "inside" / "msee1.sh").write_text("true\n")
    (found,) = validate.findings(folder)
    assert "inside/msee1.sh: is for a node that the ticket gives no access to" in str(found)
    (folder / "inside" / "msee1.sh").unlink()
    refused, unsolved = trial.fixed_inside(exercises.read(folder))
    assert "inside/ce.sh" in str(refused) and "in an exam" in str(refused)
    assert "the check fails after inside" in str(unsolved)


@pytest.mark.bound(180)
def test_a_check_that_passes_while_broken_is_found(written):
    folder = written("symptom.yaml", "carrier:msee1", "carrier:msee2")
    found = [str(one) for one in trial.fixed(exercises.read(folder))]
    assert len(found) == 1 and "the check passes after broken.yaml; fix symptom.yaml" in found[0], found


@pytest.mark.bound(180)
def test_a_script_that_breaks_nothing_is_named(written):
    folder = written("exercise.yaml", "", "")
    (folder / "broken.yaml").unlink()
    (folder / "broken.sh").write_text("true\n")
    found = [str(one) for one in trial.fixed(exercises.read(folder))]
    assert any("broken.sh: the check passes after broken.sh" in one for one in found), found


def test_of_a_script_that_fails_more_is_told_than_where_it_points():
    nft = "printf 'Error: No such file or directory\\nadd rule inet nosuch pass drop\\n    ^^^^^^\\n' >&2; exit 1"
    with pytest.raises(
        crossconnect.Error, match=r"^broken.sh: Error: No such file or directory \| add rule inet nosuch"
    ):
        script.run(SimpleNamespace(name="none"), nft, "broken.sh")


def test_a_trial_tells_each_way_as_it_ends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    wrong, stalled = Finding("solve", "the check fails"), Undecided("healthy.yaml", "inconclusive")
    found = {"healthy": [stalled], "broken, solve": [wrong], "wrong/a.sh": []}
    monkeypatch.setattr(
        trial, "ways", lambda _: [trial.Way(name, lambda told=told: iter(told)) for name, told in found.items()]
    )
    monkeypatch.setattr(stage, "demand_root", lambda: None)
    words = {"words": [str(EXERCISES / "one-row")], "trial": True}
    answer = verbs.run_validate(argparse.Namespace(**words, format="text"))
    assert answer.code == verbs.USAGE and answer.text.splitlines() == [str(stalled), str(wrong)]
    lines = capsys.readouterr().out.splitlines()
    assert [(line.split()[0], line.split()[-1]) for line in lines] == [
        ("one-row", "open"),
        ("one-row", "FAIL"),
        ("one-row", "ok"),
    ]
    words["words"] = [str(EXERCISES / "dead-backup")]
    found["broken, solve"] = []
    verbs.run_validate(argparse.Namespace(**words, format="text"))
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(set(row.split()[-1] for row in rows)) * 3 == 9, "each variant has rows of its own"
    words["words"] = [str(EXERCISES / "one-row")]
    assert verbs.run_validate(argparse.Namespace(**words, format="json")).code == verbs.INCONCLUSIVE
    seen = capsys.readouterr()
    assert seen.out == "" and len(seen.err.splitlines()) == 3


NEVER_UP = """
nodes:
  ce:
    nftables: |
      table ip office {
        chain input {
          type filter hook input priority filter; policy accept;
          tcp dport 179 drop
          tcp sport 179 drop
        }
      }
"""


@pytest.mark.bound(240)
def test_a_network_that_never_comes_up_is_a_finding(written, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trial, "LONGEST_TO_COME_UP", 20.0)
    folder = written("ticket.md", "Branch", "Branch")
    (folder / "broken.yaml").write_text("extends: healthy.yaml" + NEVER_UP)
    (found,) = map(str, trial.fixed(exercises.read(folder)))
    assert "the lab does not come up: waited" in found and "is for broken.sh" in found


def test_a_fault_that_cannot_be_placed_is_a_finding(written):
    folder = written("ticket.md", "Branch", "Branch")
    (folder / "broken.sh").write_text("xconn exec nowhere -- true\n")
    (found,) = map(str, trial.fixed(exercises.read(folder)))
    assert "broken.sh: " in found and "there is no node nowhere" in found


def test_an_exercise_that_was_corrected_starts_as_it_is_now(written, train):
    folder = written("broken.yaml", "prepend", "prepent")
    assert train("start", str(folder), "--student", "ada").returncode == 2
    (folder / "broken.yaml").write_text((folder / "broken.yaml").read_text().replace("prepent", "prepend"))
    begun = train("start", str(folder), "--student", "ada")
    assert begun.returncode == 0, begun.stderr


def test_a_lab_that_cannot_be_broken_is_taken_down(written, train, xconn):
    folder = written("ticket.md", "Branch", "Branch")
    (folder / "broken.sh").write_text("xconn exec nowhere -- true\n")
    told = train("start", str(folder), "--student", "eve")
    assert told.returncode == 1 and "broken.sh: " in told.stderr and "nowhere" in told.stderr, told.stderr
    assert "mine-eve" not in xconn("inspect", "--all").stdout


def test_no_exercise_injects_a_fault():
    """`xconn inspect` and the timeline would say what it is."""
    scripts = [*EXERCISES.glob("*/broken.sh"), *EXERCISES.glob("*/broken.yaml")]
    assert scripts and [script for script in scripts if "fault" in script.read_text()] == []
