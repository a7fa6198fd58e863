# SPDX-License-Identifier: Apache-2.0
"""An exam: what students may on the teacher's host, honestly and otherwise."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import time
from pathlib import Path
from typing import Iterator

import pytest
from conftest import ROOT, XCONN
from exam_attacks import CALLS, FIXED, HOSTILE, OTHER, READABLE, UNDONE, WRITABLE
from exam_host import HOME, UIDS, TeachersHost
from terminal import Terminal
from test_train import options_in

from crossconnect.train import door
from crossconnect.train import exercise as exercises
from crossconnect.train.command_line import verbs_of

GUEST = (1 << 30) + UIDS["ada"]
SEED = "7"


def folders(place: str = "/srv/exercises") -> list[str]:
    return [f"{place}/{name}" for name in (FIXED, OTHER)]


def clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() + seconds))


def run_folder(user: str, exercise: str) -> str:
    return f"/run/xconn-exam/{user}/{exercise}-{user}"


@pytest.fixture(scope="module")
def host(leaves_nothing_behind: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeachersHost]:
    """With an exam that two students sit, each at one exercise."""
    made = TeachersHost(tmp_path_factory.mktemp("teacher"), FIXED, OTHER, "silent-appliance")
    opened = made.teacher("open", *folders(), "--students", "%students", "--seed", SEED, "--until", clock(86400))
    assert opened.returncode == 0, opened.stderr
    for user, exercise in (("ada", FIXED), ("ben", OTHER)):
        begun = made.sudo(user, "start", exercise)
        assert begun.returncode == 0 and "sudo xconn exam check" in begun.stdout, begun.stderr
    yield made
    made.end()


# --- what students may -------------------------------------------------------------------------------------------------


@pytest.mark.bound(180)
def test_a_student_mends_the_network_from_inside(host: TeachersHost) -> None:
    neighbor = exercises.read(ROOT / "exercises" / FIXED, SEED).variant["neighbor"]
    assert host.checked("ada").returncode == 1
    lines = ("configure terminal", "router bgp 65010", f"neighbor {neighbor} password branchkey")
    fixed = host.sudo(
        "ada", "exec", "ce", "--", "vtysh", "-N", "ce", *(word for line in lines for word in ("-c", line))
    )
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr
    passed = host.checked("ada")
    assert passed.returncode == 0 and "PASS" in passed.stdout, passed.stdout + passed.stderr
    assert host.sudo("ada", "answer", "--where", "ce", "--what", "secret").returncode == 0
    rows = json.loads(host.teacher("show", "--format", "json").stdout)["attempts"]
    table = {row["student"]: row for row in rows if row["state"] != "not started"}
    assert table["ada"]["state"] == "fixed" and table["ada"]["points"] == 10 and table["ada"]["steps"] >= 1
    assert table["ben"]["state"] == "at work" and table["ben"]["steps"] == 0


@pytest.mark.parametrize(
    ("node", "command", "seen"),
    [
        ("ce", "vtysh -N ce -c 'show bgp summary json'", '"as":65010'),
        ("pc", "ping -c 1 -W 2 192.168.10.1", "1 received"),
        ("pc", "(sleep 0.3; ping -c 2 -W 2 192.168.10.1) > /dev/null & timeout 20 tcpdump -c 1 -i any icmp", "ICMP echo"),
        ("pc", "ip route add 203.0.113.0/24 via 192.168.10.1 && ip route get 203.0.113.1", "via 192.168.10.1"),
        ("pc", "sysctl -w net.ipv4.ip_forward=1", "net.ipv4.ip_forward = 1"),
        ("pc", "nft add table ip mine && nft list ruleset && nft delete table ip mine", "table ip mine"),
        ("pc", "touch /tmp/notes && ls -A /tmp", "notes"),
    ],
)  # fmt: skip
def test_the_tools_of_a_network_engineer_work(host: TeachersHost, node: str, command: str, seen: str) -> None:
    done = host.inside("ada", node, command)
    assert done.returncode == 0 and re.sub(r"\s*:\s*", ":", seen) in re.sub(r"\s*:\s*", ":", done.stdout), done


def test_looking_needs_no_node(host: TeachersHost) -> None:
    assert "ada" not in host.sudo("ben", "inspect").stdout
    assert json.loads(host.sudo("ada", "inspect", "ce", "--format", "json").stdout)["name"] == "ce"
    table = host.sudo("ada", "az", "network", "express-route", "list", "-o", "table")
    assert table.returncode == 0 and "er1" in table.stdout, table.stderr
    listed = json.loads(host.sudo("ada", "list", "--format", "json").stdout)["exercises"]
    assert listed == [{"exercise": FIXED, "state": "in progress"}, {"exercise": OTHER, "state": "not started"}]


def test_a_command_runs_as_the_student_with_what_the_network_needs(host: TeachersHost) -> None:
    said = host.inside("ada", "ce", "id; grep -E 'Cap|NoNew|Seccomp:' /proc/self/status; env").stdout
    assert said.startswith(f"uid={GUEST}(ada) gid={GUEST} groups={GUEST},"), "nobody else on the host is that"
    assert re.fullmatch(r"(,?\d+(\(frrvty\))?)*", said.splitlines()[0].split("groups=")[1]), said
    network = f"{1 << 12 | 1 << 13 | 1 << 10:016x}"  # NET_ADMIN, NET_RAW, NET_BIND_SERVICE
    held = dict(re.findall(r"(Cap\w+):\t(\w+)", said))
    assert held == dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), network)
    assert "NoNewPrivs:\t1" in said and "Seccomp:\t2" in said
    assert "SUDO_UID" not in said and "PYTHONPATH" not in said


WAITS = """sh -c "echo ne''xt; sleep 100\""""


def test_what_is_typed_in_a_shell_is_kept(host: TeachersHost) -> None:
    terminal = Terminal("exam", "shell", "pc", through=host.as_sudo("ada"))
    terminal.expect(r"\$ $")
    terminal.type("echo one$((1))two\n")
    terminal.expect("one1two")
    terminal.type(f"{WAITS}\n")
    terminal.expect("next")
    terminal.interrupt()  # Ctrl-C is the command's, and the shell goes on
    terminal.type("exit 5\n")
    assert terminal.wait() == 5
    kept = host.run("cat", f"{host.attempts}/{FIXED}-ada/commands.jsonl").stdout
    commands = [json.loads(line)["command"] for line in kept.splitlines()]
    assert commands[-3:] == ["echo one$((1))two", WAITS, "exit 5"], commands
    assert "as it was signed" in host.run(XCONN, "train", "class", host.attempts, "--verify").stdout


def test_what_is_piped_into_a_shell_is_kept(host: TeachersHost) -> None:
    """As it comes, before the shell has it: a program that works through a pipe is recorded like a person."""
    with host.popen("ada", "shell", "pc") as running:
        assert running.stdin and running.stdout
        for number in (1, 2):
            running.stdin.write(f"echo $(({number} + 40))\n")
            running.stdin.flush()
            assert running.stdout.readline() == f"{number + 40}\n"
        running.stdin.write("trap - DEBUG; set +o history; exit 6\n")
        running.stdin.close()
        assert running.wait() == 6
    kept = [
        json.loads(line) for line in host.run("cat", f"{host.attempts}/{FIXED}-ada/verbs.jsonl").stdout.splitlines()
    ]
    rows = [row for row in kept if "piped" in row]
    assert [row["piped"] for row in rows] == [
        "echo $((1 + 40))\n",
        "echo $((2 + 40))\n",
        "trap - DEBUG; set +o history; exit 6\n",
    ]
    assert all(before["at"] < after["at"] for before, after in zip(rows, rows[1:]))
    shown = json.loads(host.teacher("show", "--format", "json").stdout)["attempts"][0]
    assert shown["last"].startswith("trap - DEBUG") and shown["exercise"] == FIXED
    assert "as it was signed" in host.run(XCONN, "train", "class", host.attempts, "--verify").stdout


def test_the_teacher_sees_who_works_and_who_has_not_begun(host: TeachersHost) -> None:
    """Also by `class`, which is not the exam's and looks from outside."""
    shown = {
        (row["student"], row["exercise"]): row["state"]
        for row in json.loads(host.teacher("show", "--format", "json").stdout)["attempts"]
    }
    assert set(shown) == {(student, exercise) for student in ("ada", "ben") for exercise in (FIXED, OTHER)}
    assert shown["ada", OTHER] == shown["ben", FIXED] == "not started" and shown["ben", OTHER] == "at work"
    table = json.loads(host.run(XCONN, "train", "class", host.attempts, "--format", "json").stdout)
    assert {(row["student"], row["state"]) for row in table} == {("ada", shown["ada", FIXED]), ("ben", "at work")}
    assert "not started" in host.teacher("show").stdout


def test_nothing_of_a_command_stays_behind(host: TeachersHost) -> None:
    host.inside("ada", "pc", "setsid sleep 1234 & setsid nohup sleep 1234 & echo begun")
    assert not host.pids_of(GUEST)


# --- what they may not: in a node ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("foreign", ["/proc/self/ns/net", "/etc/passwd", "/", "/dev/net/tun", "socket"])
def test_no_descriptor_of_the_host_comes_in(host: TeachersHost, foreign: str) -> None:
    """Who has a node's CAP_NET_ADMIN may change any network of which it holds a descriptor: the host's, or a tun's."""
    here, there = socket.socketpair()
    with here, there, contextlib.suppress(OSError):
        number = here.fileno() if foreign == "socket" else os.open(foreign, os.O_RDONLY)
        done = host.sudo("ada", "exec", "ce", "--", "id", stdin=number)
        assert done.returncode == 1 and done.stdout == "", done
        assert "terminals, pipes or /dev/null" in done.stderr or foreign == "/", "Python takes no folder as its input"


def test_what_runs_in_a_node_is_out_of_the_reach_of_its_user(host: TeachersHost) -> None:
    """Who logs in could hand it a descriptor, with ptrace or a socket that both see."""
    with host.popen("ada", "exec", "ce", "--", "sh", "-c", "echo begun; cat") as running:
        assert running.stdout.readline() == "begun\n"
        pids = host.pids_of(GUEST)
        assert pids
        for pid in pids:
            seen = host.login("ada", "sh", "-c", f"ls /proc/{pid}/fd || ls -L /proc/{pid}/ns/net; kill -0 {pid}")
            assert seen.returncode != 0 and seen.stdout == "", seen
    assert not host.pids_of(GUEST)
    others = f"/home /srv /mnt /var/lib /{ROOT.parts[1]}"
    script = f"for place in /*/; do [ -w $place ] && echo $place; done; find {others} -mindepth 1 2> /dev/null"
    assert host.inside("ada", "ce", script).stdout == "/tmp/\n"


@pytest.mark.parametrize("script", [READABLE, WRITABLE, UNDONE], ids=["reads", "writes", "undoes"])
def test_a_student_in_a_node_does_no_harm(host: TeachersHost, script: str) -> None:
    told = {"$ATTEMPTS": host.attempts, "$RUN": run_folder("ada", FIXED), "@WORLD@": str(host.writable)}
    for name, value in told.items():
        script = script.replace(name, value)
    done = host.inside("ada", "ce", script)
    assert done.stdout == "done\n", done.stdout


def test_the_calls_that_would_undo_it_are_refused(host: TeachersHost) -> None:
    done = host.sudo("ada", "exec", "ce", "--", "/usr/bin/python3", "-c", CALLS)
    assert done.stdout == "done\n", done.stdout + done.stderr


def test_a_student_sees_the_nodes_of_the_ticket(host: TeachersHost) -> None:
    said = host.inside("ada", "pc", f"ls {run_folder('ada', FIXED)}/nodes /run/frr; ls /run; ls /srv/exercises").stdout
    assert {"pc", "ce"} == set(re.findall(r"^(pc|ce|msee\d?|app|carrier.*)$", said, re.MULTILINE)), said
    assert "xconn-exam" in said and "netns" not in said


# --- what they may not: on the host -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [HOME, "/srv/exercises", run_folder("ada", FIXED), run_folder("ada", FIXED) + "/nodes/ce", run_folder("ben", OTHER)],
)  # fmt: skip
def test_a_student_who_logs_in_gets_nowhere_near(host: TeachersHost, place: str) -> None:
    assert host.run("ls", place).returncode == 0, "it is there"
    seen = host.login("ada", "ls", place)
    assert seen.returncode != 0 and "Permission denied" in seen.stderr, seen


def test_without_sudo_there_is_no_door(host: TeachersHost) -> None:
    done = host.login("ada", XCONN, "exam", "ticket")
    assert done.returncode == 4 and "sudo xconn exam" in done.stderr, done.stderr


@pytest.mark.parametrize(
    "uid", ["", "0", "-1", "+61001", " 61001", "61001 ", "061001x", "\u0666\u0661", "61003", "4294967296"]
)
def test_the_door_opens_for_who_takes_part(host: TeachersHost, uid: str) -> None:
    done = host.run(XCONN, "exam", "ticket", env={"PATH": os.environ["PATH"], "SUDO_UID": uid})
    assert done.returncode in (2, 4) and done.stdout == "", done


@pytest.mark.parametrize("words", HOSTILE, ids=" ".join)
def test_a_hostile_word_is_refused(host: TeachersHost, words: tuple[str, ...]) -> None:
    done = host.sudo("ada", *words)
    if words == ("ticket", "--exercise", ""):  # as without it
        assert done.returncode == 0
        return
    assert done.returncode not in (0, 1, 127) or words[0] == "az" and done.returncode == 1, done
    assert done.stdout == "" and "Traceback" not in done.stderr and "uid=" not in done.stderr, done


def test_what_sudo_lets_through_changes_nothing(host: TeachersHost, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    evil = tmp_path / "crossconnect"
    evil.mkdir()
    for name in ("__init__.py", "_core.py", "sitecustomize.py"):
        (evil / name).write_text(f"open('{tmp_path}/ran', 'w')")
    (tmp_path / "sitecustomize.py").write_text(f"open('{tmp_path}/ran', 'w')")
    (tmp_path / "start").write_text(f"touch {tmp_path}/ran")
    hostile = {
        **dict.fromkeys(("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "HOME", "XCONN_EXERCISES"), str(tmp_path)),
        **dict.fromkeys(("XCONN_TRAIN", "XCONN_LIBEXEC", "XCONN_TOPOLOGIES", "PATH"), str(tmp_path)),
        **{"XCONN_RUN": "/run/xconn-exam/ben", "XCONN_LAB": f"{OTHER}-ben", "XCONN": str(tmp_path / "start")},
        **{"BASH_ENV": str(tmp_path / "start"), "ENV": str(tmp_path / "start"), "SUDO_USER": "ben", "TERM": "../../x"},
    }
    assert "session key `branchkey`" in host.sudo("ada", "ticket", **hostile).stdout
    said = host.sudo("ada", "exec", "ce", "--", "env", **hostile)
    assert said.returncode == 0 and str(tmp_path) not in said.stdout and "../x" not in said.stdout, said
    assert not (tmp_path / "ran").exists()


# --- the teacher ---------------------------------------------------------------------------------------------------------


def test_an_exam_that_cannot_be_held_is_refused_with_every_reason(host: TeachersHost) -> None:
    given = [*folders("/mnt/exercises"), "/srv/exercises/silent-appliance"]
    done = host.teacher("open", *given, "--students", "root,ada", "--until", clock(-60))
    assert done.returncode == 1, done
    assert "xconn train exam close" in done.stderr, "one is open"
    assert done.stderr.count("students can read the solution of") == 2
    assert "root: is not an ordinary user's account" in done.stderr
    assert "--until" in done.stderr
    assert "silent-appliance: cannot be solved in an exam: its fix needs xconn node update" in done.stderr
    for words, why in (
        (("--students", "nobody-here"), "no user nobody-here"),
        (("--students", "%nobody-here"), "no group %nobody-here"),
        (("--students", "ada", "--until", "noon"), "12:30"),
    ):
        done = host.teacher("open", *folders(), *words)
        assert done.returncode in (1, 2) and why in done.stderr, done.stderr
    assert "did you mean 'close'" in host.teacher("clos").stderr


def test_the_line_of_sudoers(host: TeachersHost) -> None:
    assert host.teacher("sudoers").stdout == f"%students ALL=(root) NOPASSWD: {XCONN} exam *\n"


@pytest.mark.bound(180)
def test_with_the_exam_ends_what_runs_in_it(host: TeachersHost) -> None:
    with host.ending_in(seconds=4):
        done = host.inside("ada", "pc", "trap '' HUP TERM INT; sleep 1235")
        assert done.returncode == 1 and "the exam ended at" in done.stderr, done
        late = host.sudo("ada", "hint")
        assert late.returncode == 1 and "nothing counts any more" in late.stderr, late
    assert host.sudo("ada", "status").returncode == 0


@pytest.mark.parametrize("verb", [*verbs_of(door.parser())])
def test_both_tables_of_verbs_say_the_same(xconn, verb: str) -> None:
    """That of orchestrator/cli/train.cc, which people see, and the one that Python reads the words with."""
    shown = xconn("exam", verb, "--help").stdout.split("Exit codes")[0]
    assert options_in(shown) == options_in(verbs_of(door.parser())[verb].format_help())


def test_every_verb_that_is_shown_is_read(xconn) -> None:
    assert set(xconn("complete", "--", "exam", "").stdout.split()) == set(verbs_of(door.parser()))


def test_closing_takes_the_labs_down_and_keeps_the_attempts(host: TeachersHost) -> None:
    """The last of this module."""
    closed = host.teacher("close")
    assert closed.returncode == 0 and host.attempts in closed.stdout, closed.stderr
    assert host.run("ls", "/run/xconn-exam/ada", "/run/xconn-exam/ben").stdout.split() == ["/run/xconn-exam/ada:", "/run/xconn-exam/ben:"]  # fmt: skip
    verified = host.run(XCONN, "train", "class", host.attempts, "--verify")
    assert verified.returncode == 0 and verified.stdout.count("as it was signed") == 2, verified.stdout
    shut = host.sudo("ada", "ticket")
    assert shut.returncode == 2 and "no exam is open" in shut.stderr, shut.stderr
