# SPDX-License-Identifier: Apache-2.0
"""Two sides configured differently, on a real lab: seen by ip, bgpd and swanctl, which know nothing of faults."""

from __future__ import annotations

import re

import crossconnect
import pytest
from host import eventually
from witness import bfd_state, bgp_state, has_carrier, reaches


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


def test_each_has_its_places():
    def targets(what: str) -> set[str]:
        return {fault.target for fault in crossconnect.faults("sdwan-expressroute", "mismatch", at="hq-er", what=what)}

    assert targets("vlan") == {"hq-er:pri.28", "hq-er:sec.28"}
    assert targets("md5") == {"hq-er:192.168.251.2", "hq-er:192.168.251.6"}
    with pytest.raises(crossconnect.NotFoundError, match="no place"):
        targets("psk")
