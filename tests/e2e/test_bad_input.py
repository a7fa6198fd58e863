# SPDX-License-Identifier: Apache-2.0
"""Wrong topologies and lacking hosts, through the real binary: the exit code says which, nothing is built."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import time
from pathlib import Path

import crossconnect
import pytest
from conftest import ROOT, XCONN
from host import Footprint, hidden

BAD = ROOT / "tests" / "unit" / "bad"

HEAD = """\
name: bad
nodes:
  a: {role: host, interfaces: {eth0: 10.0.0.1/24}}
  b: {role: host, interfaces: {eth0: 10.0.0.2/24}}
links: [[a:eth0, b:eth0]]
"""

# name: (what the file says, the line and column of each finding, words that the message has)
CASES = {
    "unknown key": (HEAD.replace("role: host, inter", "rolle: host, inter", 1), [(3, 7)], "role"),
    "wrong type": (HEAD.replace("links: [[a:eth0, b:eth0]]", "links: 7"), [(5, 8)], "links"),
    "not an address": (HEAD.replace("10.0.0.1/24", "10.0.0.300/24"), [(3, 38)], "10.0.0.300/24"),
    "network address": (HEAD.replace("10.0.0.1/24", "10.0.0.0/24"), [(3, 38)], "first or last"),
    "duplicate address": (HEAD.replace("10.0.0.2/24", "10.0.0.1/24"), [(4, 38)], "once"),
    "duplicate name": (HEAD + "providers: {a: {model: l2-exchange}}\n", [(6, 13)], "names are unique"),
    "duplicate key": (HEAD.replace("  b: {", "  a: {"), [(4, 3)], "a"),
    "no such node": (HEAD.replace("b:eth0", "c:eth0"), [(5, 18)], "both ends of a link are on existing nodes"),
    "no such interface": (HEAD.replace("b:eth0", "b:eth1"), [(5, 18)], "interface"),
    "bad asn": (HEAD.replace("eth0: 10.0.0.1/24}}", "eth0: 10.0.0.1/24}, bgp: {asn: 0}}"), [(3, 63)], "AS number"),
    "broken yaml": ("nodes: [\n  a: {b\n", [(3, 1)], ""),
}

HUB = """\
name: bad
vnets:
  hub:
    region: westeurope
    address-space: [10.1.0.0/16]
    subnets:
      one: {prefix: 10.1.0.0/24}
      two: {prefix: 10.1.0.128/25}
      far: {prefix: 10.9.0.0/24}
nodes:
  app: {role: host, interfaces: {eth0: {subnet: hub/one, address: 10.1.7.4}}}
"""


def findings_of(xconn, file: Path) -> list[dict]:
    done = xconn("validate", str(file), "--format", "json")
    assert done.returncode == 2, done
    return json.loads(done.stdout)["findings"]


@pytest.mark.parametrize("case", CASES)
def test_wrong_file_is_exit_2_with_its_place(xconn, tmp_path, case: str):
    text, places, words = CASES[case]
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    before = Footprint.now()
    for verb in (["up", str(file)], ["validate", str(file)], ["plan", str(file)]):
        done = xconn(*verb)
        assert done.returncode == 2, done
        assert words in done.stderr
        assert re.search(rf"{re.escape(str(file))}:\d+:\d+: ", done.stderr), done.stderr
    found = [(finding["line"], finding["column"]) for finding in findings_of(xconn, file)]
    assert set(places) <= set(found), findings_of(xconn, file)
    assert not before.leftovers(), "nothing is created"


def test_all_findings_at_once(xconn, tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(HUB)
    found = {(finding["line"], finding["code"]) for finding in findings_of(xconn, file)}
    assert {(8, "T15"), (9, "T16"), (11, "V35")} <= found, found
    shown = xconn("up", str(file)).stderr
    assert all(f"bad.yaml:{line}:" in shown for line in (8, 9, 11))


@pytest.mark.parametrize("code, of", [("V15", "reserves"), ("V11", "/30"), ("T17", "overlaps"), ("T14", "network")])
def test_rules_of_the_field(xconn, code: str, of: str):
    done = xconn("up", str(BAD / f"{code}.yaml"))
    assert done.returncode == 2 and f"[{code}]" in done.stderr and of in done.stderr, done.stderr


def test_every_wrong_file_that_there_is_is_refused(xconn):
    files = sorted(BAD.glob("[TV][0-9]*.yaml"))
    assert len(files) > 40
    done = xconn("validate", *map(str, files), "--format", "json")
    assert done.returncode == 2
    silent = [
        file.name
        for file in files
        if not any(f["file"].endswith("/" + file.name) for f in json.loads(done.stdout)["findings"])
    ]
    assert silent == []


@pytest.mark.parametrize("content", [None, "", "\n# nothing\n"], ids=["missing", "empty", "comment"])
def test_no_topology_at_all(xconn, tmp_path, content: str | None):
    file = tmp_path / "none.yaml"
    if content is not None:
        file.write_text(content)
    done = xconn("up", str(file))
    assert done.returncode == 2 and "none.yaml" in done.stderr


@pytest.mark.parametrize("kind", ["bytes", "text", "brackets", "aliases", "folder"])
def test_ten_megabytes_of_noise(xconn, tmp_path, kind: str):
    file = tmp_path / "noise.yaml"
    size = 10_000_000
    seeded = random.Random(7)
    if kind == "bytes":
        file.write_bytes(seeded.randbytes(size))
    elif kind == "text":
        file.write_text("".join(seeded.choices("abc:{}[]-,#&*!|>'\"% \n\t", k=size)))
    elif kind == "brackets":
        file.write_text("[" * size)
    elif kind == "aliases":  # "a billion laughs"
        file.write_text(
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
        )
    else:
        file.mkdir()
    before = Footprint.now()
    begin = time.monotonic()
    done = xconn("up", str(file), timeout=60)
    assert done.returncode == 2, (done.returncode, done.stderr[:500])
    assert "noise.yaml" in done.stderr and len(done.stderr) < 100_000
    assert time.monotonic() - begin < 20
    assert not before.leftovers()


def test_the_same_findings_in_python(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(HUB)
    with pytest.raises(crossconnect.TopologyError) as caught:
        crossconnect.up(file)
    assert {finding["code"] for finding in caught.value.findings} >= {"T15", "T16", "V35"}
    assert all(finding["source"] for finding in caught.value.findings if finding["code"])


@pytest.mark.parametrize("name", ["../escape", "../elsewhere", "a.b", "a b", "", "-x", "x" * 64])
def test_a_labs_name_is_a_name(xconn, name: str):
    before = Footprint.now()
    done = xconn("up", "chain", f"--name={name}")
    if name == "":
        assert done.returncode in (0, 2)
        xconn("down", "chain")
        return
    assert done.returncode == 2 and name in done.stderr, done
    with pytest.raises(crossconnect.TopologyError, match="a name is letters"):
        crossconnect.up("chain", name=name)
    assert not before.leftovers()


def test_a_capture_of_what_is_not_there(xconn):
    before = Footprint.now()
    for end in ("r1:nowhere", "r1", ":east"):
        done = xconn("up", "chain", "--name", "none", "--capture", end)
        assert done.returncode == 2 and end in done.stderr
    assert not before.leftovers()


def without(file: str, *words: str) -> subprocess.CompletedProcess[str]:
    """xconn on a host that lacks `file`."""
    return subprocess.run([*hidden(file), XCONN, *words], capture_output=True, text=True, timeout=60)


PLUGINS = "/usr/lib/ipsec/plugins/libstrongswan"


@pytest.mark.parametrize(
    "program, topology, package",
    [
        ("/usr/lib/frr/zebra", "chain", "frr"),
        ("/usr/lib/frr/bgpd", "chain", "frr"),
        ("/usr/sbin/keepalived", "sdwan-expressroute", "keepalived"),
        ("/usr/lib/ipsec/charon", "sdwan-expressroute", "strongswan-charon"),
        ("/usr/sbin/swanctl", "sdwan-expressroute", "strongswan-swanctl"),
        (f"{PLUGINS}-kernel-libipsec.so", "sdwan-expressroute", "libcharon-extra-plugins"),
        (f"{PLUGINS}-openssl.so", "sdwan-expressroute", "libstrongswan-standard-plugins"),
    ],
)
def test_a_missing_program_is_exit_4_with_the_line_that_installs_it(program: str, topology: str, package: str):
    before = Footprint.now()
    done = without(program, "up", topology, "--name", "lacks")
    assert done.returncode == 4, done
    assert "apt-get install" in done.stderr and package in done.stderr
    assert "wiring" not in done.stderr, "nothing is made first"
    before.assert_restored(within=5)


def test_no_tun_device_is_exit_4_with_what_brings_it():
    done = without("/dev/net/tun", "up", "sdwan-expressroute", "--name", "lacks")
    assert done.returncode == 4 and "/dev/net/tun" in done.stderr and "mknod /dev/net/tun c 10 200" in done.stderr, done


def test_a_capture_without_tcpdump_is_exit_4():
    done = without(shutil.which("tcpdump") or "tcpdump", "capture", "r1:east")
    assert done.returncode == 4 and "apt-get install tcpdump" in done.stderr, done


CAPABILITIES = "sys_admin net_admin net_raw net_bind_service sys_chroot chown dac_override setuid setgid".split()
LESS = [
    pytest.param(["setpriv", f"--bounding-set=-{one}"], f"in a container: --cap-add {one.upper()}\n", id=one)
    for one in CAPABILITIES
]


@pytest.mark.parametrize("words", [["up", "chain", "--name", "poor"], ["doctor"]], ids=" ".join)
@pytest.mark.parametrize(
    "who, remedy",
    [
        pytest.param(["setpriv", "--reuid=65534", "--clear-groups"], "sudo", id="nobody"),
        pytest.param(["unshare", "--user", "--map-root-user"], "sudo podman run", id="root of a user namespace"),
        *LESS,
    ],
)
def test_a_missing_capability_is_exit_4(who: list[str], remedy: str, words: list[str]):
    before = Footprint.now()
    done = subprocess.run([*who, XCONN, *words], capture_output=True, text=True, timeout=60, cwd="/")
    assert done.returncode == 4, done
    assert "root" in done.stdout + done.stderr and remedy in done.stdout + done.stderr
    before.assert_restored(within=5)


@pytest.mark.parametrize("verb", ["validate", "drill"])
@pytest.mark.parametrize(
    "topology, why",
    [
        ("nowhere.yaml", "there is no such file; check the path"),
        ("folder/topology.yaml", "there is no such file; check the path"),
        ("itself.yaml", "the file cannot be read: Too many levels of symbolic links; check the path"),
        ("a" * 300 + ".yaml", "the file cannot be read: File name too long; check the path"),
        ("brnach", "there is no such file here, and no reference topology of this name; did you mean 'branch'"),
    ],
)
def test_a_topology_that_is_not_there_is_told_where_the_drill_names_it(xconn, tmp_path, verb, topology, why):
    (tmp_path / "itself.yaml").symlink_to("itself.yaml")
    (tmp_path / "folder").mkdir()
    (tmp_path / "d.drill.yaml").write_text(
        f"name: d\ntopology: {topology.removesuffix('/topology.yaml')}\nduration: 1s\n"
        "flows: {f: {from: left, to: right}}\nexpect:\n  - alive: {flow: f}\n"
    )
    done = xconn(verb, "d.drill.yaml")
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("xconn: ")]
    assert done.returncode == 2 and said.startswith(
        f"xconn: d.drill.yaml:2:11: topology = '{topology[:80]}"
    ), done.stderr
    assert said.endswith(f"': {why}") and done.stderr.splitlines()[-1] == said, done.stderr


def test_an_empty_drill_is_told_as_a_drill(xconn, tmp_path):
    (tmp_path / "empty.drill.yaml").touch()
    done = xconn("validate", "empty.drill.yaml")
    assert done.returncode == 2
    assert done.stderr.endswith(": the file is empty; write at least 'name:', 'flows:' and 'expect:'\n"), done.stderr


def test_a_program_that_the_host_has_not_is_told(xconn):
    with crossconnect.up(crossconnect.find_topology("chain"), name="without"):
        done = xconn("exec", "-l", "without", "left", "--", "no-such-program")
        assert done.returncode == 127
        assert done.stderr.endswith(
            ": there is no such program; a node has the host's, so install it there\n"
        ), done.stderr
        done = xconn("exec", "left", "-l", "without", "--", "hostname")
        assert done.returncode == 2 and done.stdout == ""
        assert "options stand before the node: xconn exec --lab LAB left -- COMMAND ..." in done.stderr, done.stderr
        done = xconn("exec", "-l", "without", "left", "--", "/no/such")
        assert done.stderr == "xconn: /no/such: No such file or directory\n"


def test_a_lab_of_root_is_not_for_others(xconn):
    with crossconnect.up(crossconnect.find_topology("chain"), name="private"):
        for words in (["inspect", "-l", "private"], ["exec", "-l", "private", "r1", "--", "true"], ["down", "private"]):
            done = subprocess.run(
                ["setpriv", "--reuid=65534", "--clear-groups", XCONN, *words], capture_output=True, text=True, cwd="/"
            )
            assert done.returncode == 4, (words, done)
        assert xconn("inspect", "-l", "private").returncode == 0
