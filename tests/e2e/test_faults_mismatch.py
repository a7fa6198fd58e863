# SPDX-License-Identifier: Apache-2.0
"""Two sides configured differently, on a real lab: seen by ip, bgpd and swanctl, which know nothing of faults."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import crossconnect
import pytest
from host import eventually
from witness import bfd_state, bgp_state, has_carrier, reaches, vtysh


@pytest.fixture
def lab(kept_labs):
    return kept_labs("sdwan-expressroute")


def entry(lab, address: str) -> list[str]:
    """What hq-er's kernel thinks of a neighbour on the primary path."""
    return [state for one in lab.json("hq-er", "ip", "-j", "neigh", "show", address) for state in one["state"]]


def test_another_vlan_id_is_a_silence_with_carrier(lab):
    with lab.fault("mismatch", "hq-er:pri.28", what="vlan"):
        assert has_carrier(lab, "hq-er", "pri.28")
        eventually(lambda: bfd_state(lab, "hq-er", "192.168.251.2") == "down", within=3)
        lab.exec("hq-er", "ip", "neigh", "flush", "dev", "pri.28")
        assert not reaches(lab, node="hq-er", to="192.168.251.2")
        assert set(entry(lab, "192.168.251.2")) <= {"INCOMPLETE", "FAILED"}, "ARP is not answered"
        assert reaches(lab, node="hq-er", to="192.168.251.6"), "the secondary path is not concerned"
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)


def test_another_password_ends_the_session_and_leaves_the_link_alone(lab):
    with lab.fault("mismatch", "msee1:192.168.251.1", what="md5"):
        eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") != "Established", within=5)
        assert reaches(lab, node="hq-er", to="192.168.251.2")
        assert bgp_state(lab, "hq-er", "192.168.251.6") == "Established"
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)


def sa(lab) -> str:
    """The tunnel's IKE_SA that is up: its number."""
    found = re.search(r"vpn: #(\d+), ESTABLISHED", lab.exec("hq-fgt", "swanctl", "--list-sas").stdout)
    return found[1] if found else ""


def test_another_key_is_noticed_when_somebody_authenticates(lab):
    before = sa(lab)
    with lab.fault("mismatch", "hq-fgt:vpn", what="psk", notice="at-reauth"):
        lab.exec("hq-fgt", "swanctl", "--rekey", "--child", "vpn")  # fails unless the peer answers
        assert sa(lab) == before and reaches(lab, node="hq-fgt", to="198.18.1.1")
        lab.exec("hq-fgt", "swanctl", "--terminate", "--ike", "vpn")
        refused = lab.exec("hq-fgt", "swanctl", "--initiate", "--child", "vpn", check=False)
        assert "AUTHENTICATION_FAILED" in refused.stdout + refused.stderr
    eventually(lambda: reaches(lab, node="hq-fgt", to="198.18.1.1"), within=20)


def test_another_key_noticed_now_ends_the_tunnel(lab):
    before = sa(lab)
    with lab.fault("mismatch", "hq-fgt:vpn", what="psk"):
        assert sa(lab) != before and not reaches(lab, node="hq-fgt", to="198.18.1.1")
    eventually(lambda: sa(lab) != "" and reaches(lab, node="hq-fgt", to="198.18.1.1"), within=20)


def said_of(lab, source: str, since: int) -> list[str]:
    """What the lab's events say from that event on."""
    return [f"{one['node']}: {one['text']}" for one in lab.events()[since:] if one["source"] == source]


def test_another_tag_type_is_a_silence_with_carrier(lab):
    with lab.fault("mismatch", "hq-er:pri.28", what="tag-type"):
        assert has_carrier(lab, "hq-er", "pri.28")
        eventually(lambda: bfd_state(lab, "hq-er", "192.168.251.2") == "down", within=3)
        assert not reaches(lab, node="hq-er", to="192.168.251.2")
        shown = lab.exec("hq-er", "timeout", "5", "tcpdump", "-neQ", "out", "-c1", "-i", "pri", check=False)
        assert "802.1Q-QinQ (0x88a8)" in shown.stdout, shown.stdout
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)


def addresses(lab, node: str, interface: str) -> list[str]:
    return [
        f"{one['local']}/{one['prefixlen']}"
        for link in lab.json(node, "ip", "-j", "-4", "address", "show", "dev", interface)
        for one in link["addr_info"]
    ]


def test_another_30_is_a_neighbour_that_is_not_there(lab):
    with lab.fault("mismatch", "hq-er:pri.28", what="prefix"):
        (other,) = addresses(lab, "hq-er", "pri.28")
        assert other.endswith("/30") and other != "192.168.251.1/30"
        assert not reaches(lab, node="hq-er", to="192.168.251.2")
        eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") != "Established", within=15)
        assert bgp_state(lab, "hq-er", "192.168.251.6") == "Established", "the secondary path is not concerned"
    assert addresses(lab, "hq-er", "pri.28") == ["192.168.251.1/30"]
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)


def test_another_as_number_is_a_bad_peer(lab):
    before = len(lab.events())
    with lab.fault("mismatch", "msee1:192.168.251.1", what="asn"):
        eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") != "Established", within=5)
        eventually(
            lambda: "Bad Peer AS" in str(vtysh(lab, "msee1", "show bgp neighbors 192.168.251.1 json")), within=15
        )
        refused = "neighbor 192.168.251.1 does not come up: sent OPEN Message Error/Bad Peer AS"
        eventually(lambda: f"msee1: {refused}" in said_of(lab, "bgp", before), within=5)
        assert refused in lab.inspect("msee1")["reasons"]
        assert len([text for text in said_of(lab, "bgp", before) if "Bad Peer AS" in text]) <= 2, "told once a side"
        assert reaches(lab, node="hq-er", to="192.168.251.2")
        assert bgp_state(lab, "hq-er", "192.168.251.6") == "Established"
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)
    assert refused not in lab.inspect("msee1")["reasons"]


def test_the_smaller_hold_time_is_both_sides(lab):
    def hold_time() -> float:
        return vtysh(lab, "hq-er", "show bgp neighbors 192.168.251.2 json")["192.168.251.2"]["bgpTimerHoldTimeMsecs"]

    def is_up_with(milliseconds: float) -> bool:
        return bgp_state(lab, "hq-er", "192.168.251.2") == "Established" and hold_time() == milliseconds

    before = hold_time()
    with lab.fault("mismatch", "msee1", what="bgp-timers"):
        eventually(lambda: is_up_with(3000), within=45, otherwise=lambda: str(hold_time()))
        assert bgp_state(lab, "hq-er", "192.168.251.6") == "Established", "the secondary path is not concerned"
    assert before > 3000
    eventually(lambda: is_up_with(before), within=45, otherwise=lambda: str(hold_time()))


def test_the_larger_bfd_interval_is_both_sides_and_ends_no_session(lab):
    def told() -> set[int]:
        peers = vtysh(lab, "hq-er", "show bfd peers json")
        (peer,) = [one for one in peers if one["peer"] == "192.168.251.2"]
        return {peer["remote-receive-interval"], peer["remote-transmit-interval"]}

    before, told_before = len(lab.events()), told()
    with lab.fault("mismatch", "msee1", what="bfd-timers"):
        eventually(lambda: told() == {1000}, within=10, otherwise=lambda: str(told()))
        assert said_of(lab, "bfd", before) == said_of(lab, "bgp", before) == []
        with lab.fault("blackhole", "provider:msee1"):
            eventually(lambda: bfd_state(lab, "hq-er", "192.168.251.2") == "down", within=5)
        silent, down = [
            next(one["at"] for one in lab.events()[before:] if one["source"] == source and word in one["text"])
            for source, word in (("fault", "blackhole"), ("bfd", "192.168.251.2 down"))
        ]
        assert 1.5e9 < down - silent < 3.5e9, "three intervals of 1 s after the last packet"
    eventually(lambda: told() == told_before, within=10)
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)


# what, what the one who initiates is told, what the lab's timeline says of it
REFUSALS = [
    ("ike-proposal", "NO_PROPOSAL_CHOSEN", "NO_PROPOSAL_CHOSEN: the received IKE_SA proposals did not match"),
    ("esp-proposal", "NO_PROPOSAL_CHOSEN", "NO_PROPOSAL_CHOSEN: the received CHILD_SA proposals did not match"),
    ("selectors", "TS_UNACCEPTABLE", "TS_UNACCEPTABLE: the received traffic selectors did not match"),
    ("identity", "AUTHENTICATION_FAILED", "AUTHENTICATION_FAILED"),
]


def test_the_initiator_knows_the_other_side_by_another_identity(lab):
    before = len(lab.events())
    with lab.fault("mismatch", "hq-fgt:vpn", what="identity"):
        eventually(lambda: not reaches(lab, node="hq-fgt", to="198.18.1.1"), within=10)
        eventually(lambda: any("AUTHENTICATION_FAILED" in text for text in said_of(lab, "ike", before)), within=10)
        assert "INSTALLED" not in lab.exec("hq-fgt", "swanctl", "--list-sas").stdout
    eventually(lambda: reaches(lab, node="hq-fgt", to="198.18.1.1"), within=30)


def test_a_tunnel_that_has_a_namespace_of_its_own_has_the_topologys_name_too(kept_labs):
    lab = kept_labs("er-vpn-backup")

    def sas() -> str:
        return lab.exec("hq-ce-vpn0", "swanctl", "--list-sas").stdout

    with lab.fault("mismatch", "hq-ce:vpn0", what="psk"):
        assert "INSTALLED" not in sas()
        assert "INSTALLED" in lab.exec("hq-ce-vpn1", "swanctl", "--list-sas").stdout, "its other tunnel"
    eventually(lambda: "INSTALLED" in sas(), within=30)


@pytest.mark.parametrize(("what", "told", "said"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_tunnel_that_is_configured_otherwise_does_not_come_up(lab, what: str, told: str, said: str):
    before = len(lab.events())
    with lab.fault("mismatch", "fgt-a:vpn", what=what):
        eventually(lambda: not reaches(lab, node="hq-fgt", to="198.18.1.1"), within=10)
        refused = lab.exec("hq-fgt", "swanctl", "--initiate", "--child", "vpn", "--timeout", "5", check=False)
        assert told in refused.stdout + refused.stderr, refused.stdout + refused.stderr
        eventually(lambda: any(said in text for text in said_of(lab, "ike", before)), within=10)
        reasons = [reason for node in lab.inspect()["nodes"] for reason in node["reasons"]]
        assert any(told in reason for reason in reasons), reasons
    eventually(lambda: reaches(lab, node="hq-fgt", to="198.18.1.1"), within=30)
    lab.wait()
    assert not any("IKE_SA" in reason for node in lab.inspect()["nodes"] for reason in node["reasons"])


def test_another_group_for_pfs_is_noticed_by_the_first_rekeying(lab):
    before = len(lab.events())
    with lab.fault("mismatch", "hq-fgt:vpn", what="pfs"):
        eventually(lambda: reaches(lab, node="hq-fgt", to="198.18.1.1"), within=10)
        said = "NO_PROPOSAL_CHOSEN: the received CHILD_SA proposals did not match"
        eventually(lambda: any(said in text for text in said_of(lab, "ike", before)), within=20)
        assert "aes" in lab.exec("hq-fgt", "swanctl", "--list-sas").stdout.lower()
    eventually(lambda: reaches(lab, node="hq-fgt", to="198.18.1.1"), within=30)


def test_a_missing_route(lab):
    def routes() -> list[dict]:
        return lab.json("hq-client", "ip", "-j", "route", "show", "default")

    before = routes()
    with lab.fault("no-route", "hq-client:0.0.0.0/0"):
        assert routes() == []
    assert routes() == before != []


def test_the_reasons_of_a_session_that_does_not_come_up(lab):
    before = len(lab.events())
    with lab.fault("mismatch", "msee1:192.168.251.1", what="md5"):
        eventually(lambda: said_of(lab, "tcp-md5", before), within=30)
        dropped = lab.exec("msee1", "nstat", "-az", "TcpExtTCPMD5Failure", check=False).stdout
        assert any("TCPMD5" in reason for node in lab.inspect()["nodes"] for reason in node["reasons"]), dropped
    eventually(lambda: bgp_state(lab, "hq-er", "192.168.251.2") == "Established", within=45)
    before = len(lab.events())
    with lab.fault("mismatch", "hq-er:pri.28", what="vlan"):
        lab.exec("hq-er", "ip", "neigh", "flush", "dev", "pri.28")
        assert not reaches(lab, node="hq-er", to="192.168.251.2")
        eventually(
            lambda: "hq-er: 192.168.251.2 does not answer ARP on pri.28" in said_of(lab, "arp", before), within=10
        )
        assert {"FAILED", "INCOMPLETE"} & {*entry(lab, "192.168.251.2")}, "BFD asks again at once"
        assert "192.168.251.2 does not answer ARP on pri.28" in lab.inspect("hq-er")["reasons"]
    eventually(lambda: reaches(lab, node="hq-er", to="192.168.251.2"), within=10)
    eventually(lambda: not lab.inspect("hq-er")["reasons"], within=10)


def test_each_has_its_places():
    def targets(what: str) -> set[str]:
        return {fault.target for fault in crossconnect.faults("sdwan-expressroute", "mismatch", at="hq-er", what=what)}

    assert targets("vlan") == {"hq-er:pri.28", "hq-er:sec.28"}
    assert targets("md5") == targets("asn") == {"hq-er:192.168.251.2", "hq-er:192.168.251.6"}
    assert targets("bgp-timers") == targets("bfd-timers") == {"hq-er"}
    assert targets("prefix") == {"hq-er:lan", "hq-er:pri.28", "hq-er:sec.28"}
    with pytest.raises(crossconnect.NotFoundError, match="no place"):
        targets("psk")


SERVER = """
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(100):
            self.request.sendall(data)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
Server(("", 7777), Echo).serve_forever()
"""

PINNED = """
import os, socket, sys, time
connection = socket.create_connection((sys.argv[1], 7777), 5)
connection.settimeout(2)
open(sys.argv[2] + "/begun", "w").close()
while not os.path.exists(sys.argv[2] + "/enough"):
    connection.sendall(b"x")
    assert connection.recv(1) == b"x", "closed"
    time.sleep(0.05)
"""

APP = "172.16.137.4"


def accepts(lab) -> bool:
    """Whether a new connection through the load balancer before the firewalls is made."""
    call = "import socket, sys; socket.create_connection((sys.argv[1], 7777), 1)"
    return lab.exec("hq-client", "python3", "-c", call, APP, check=False).returncode == 0


def probed_ports(lab) -> set[str]:
    """Where Azure's probes of the next 6 s go, as the active firewall's outer port sees them."""
    shown = lab.exec("fgt-a", "timeout", "6", "tcpdump", "-nlQ", "in", "-i", "port1",
                     "src host 168.63.129.16 and tcp[tcpflags] = tcp-syn", check=False)  # fmt: skip
    return set(re.findall(r"> [\d.]+\.(\d+): Flags \[S\]", shown.stdout))


def balancer(lab) -> dict:
    """What the load balancer before the firewalls says of itself."""
    return lab.inspect("ilb-external")["services"]["lb"]


@pytest.fixture
def pinned(lab, tmp_path):
    """A connection from on-prem to the application that is in use all the time; called, it says how it ended."""
    with ThreadPoolExecutor(2) as pool:
        server = pool.submit(lab.exec, "app", "timeout", "100", "python3", "-c", SERVER, check=False, timeout=120)
        eventually(lambda: accepts(lab), within=10)
        client = pool.submit(lab.exec, "hq-client", "timeout", "90", "python3", "-c", PINNED, APP, str(tmp_path),
                             check=False, timeout=120)  # fmt: skip
        eventually((tmp_path / "begun").exists, within=10)

        def end() -> tuple[int, str]:
            (tmp_path / "enough").touch()
            return client.result().returncode, client.result().stderr

        yield end
        end()
        lab.exec(
            "app", "sh", "-c", "kill $(ss -Hltnp 'sport = :7777' | grep -o 'pid=[0-9]*' | cut -d= -f2)", check=False
        )
        server.result()


@pytest.mark.bound(150)
def test_another_port_to_probe_takes_new_flows_and_leaves_established_ones(lab, pinned):
    before, pids = len(lab.events()), balancer(lab)["pids"]
    assert probed_ports(lab) >= {"8008"}
    with lab.fault("mismatch", "ilb-external", what="probe-port"):
        eventually(lambda: not accepts(lab), within=20)
        assert "8009" in probed_ports(lab)
        said = said_of(lab, "lb", before)
        assert [text for text in said if "fgt-a:port1 unhealthy: 2 probes unanswered" in text], said
        assert not [
            text for text in said if not text.startswith("ilb-external: ")
        ], "the others have probes of their own"
    eventually(lambda: accepts(lab), within=10)
    assert balancer(lab)["pids"] == pids
    assert pinned() == (0, ""), "it ended, or an answer was missing for 2 s"


@pytest.mark.bound(150)
def test_a_probe_that_is_updated_ends_no_flow(lab, pinned):
    pids = balancer(lab)["pids"]
    changes = lab.command("load-balancer", "update", "ilb-external", "probe.interval=6s")
    assert balancer(lab)["pids"] == pids, changes
    assert balancer(lab)["probe"]["interval"] == "6s"
    assert accepts(lab)
    lab.command("load-balancer", "update", "ilb-external", "probe.interval=5s")
    assert pinned() == (0, ""), changes
