# SPDX-License-Identifier: Apache-2.0
"""The verbs of objects that test_life.py has no story for: each object is created, updated and deleted on a running lab,
and the lab's own topology and the kernel say so."""

from __future__ import annotations

import json
from typing import Any, Callable, Iterator

import pytest
from host import eventually

import crossconnect

Verb = Callable[..., str]


@pytest.fixture(scope="module")
def lab(leaves_nothing_behind: None) -> Iterator[Any]:
    with crossconnect.up("transit-vnet", name="objects") as lab:
        yield lab


@pytest.fixture
def verb(lab: Any, xconn: Any) -> Verb:
    def run(*words: str, refused: str = "") -> str:
        done = xconn(*words, "--lab", lab.name)
        assert (done.returncode != 0) == bool(refused) and refused in done.stderr, done.stderr
        return done.stdout

    return run


# kind, name, KEY=VALUE words of create, those of update, key and value that are then in the topology
OBJECTS = [
    ("route-table", ["extra"], ["routes=[{to: 0.0.0.0/0, next-hop: None}]"], ["propagate-bgp=false"]),
    ("nsg", ["web"], ["rules={http: {priority: 200, direction: Inbound, access: Allow}}"], ["rules="]),
    ("public-service", ["sql"], ["prefix=20.70.0.0/24", "communities=['12076:51004']"], ["prefix=20.71.0.0/24"]),
    (
        "local-gateway",
        ["branch"],
        ["address=46.162.118.99", "address-space=[172.31.0.0/24]"],
        ["address-space=[172.31.1.0/24]"],
    ),
    (
        "route-filter",
        ["east"],
        ["rules={a: {access: Allow, communities: ['12076:51004']}}"],
        ["rules={a: {access: Allow, communities: ['12076:51005']}}"],
    ),
]


@pytest.mark.parametrize(("kind", "name", "made", "updated"), OBJECTS, ids=[row[0] for row in OBJECTS])
def test_an_object_comes_changes_and_goes(verb: Verb, kind: str, name: list[str], made: list[str], updated: list[str]):
    assert name[0] not in json.loads(verb(kind, "list", "--format", "json"))
    assert verb(kind, "create", *name, *made, "--dry-run") and name[0] not in verb(kind, "list")
    verb(kind, "create", *name, *made)
    verb(kind, "create", *name, *made, refused="there already")
    before = json.loads(verb(kind, "show", *name, "--format", "json"))
    verb(kind, "update", *name, *updated)
    after = json.loads(verb(kind, "show", *name, "--format", "json"))
    assert list(before) == list(after) == name[-1:] and before != after
    verb(kind, "delete", *name)
    assert name[0] not in verb(kind, "list")
    verb(kind, "show", *name, refused="no ")


def test_a_rule_of_a_security_group_is_in_the_fabric_while_it_is_there(lab: Any, verb: Verb):
    def denies() -> bool:
        return "no-ping" in lab.exec("spoke1", "nft", "list", "ruleset").stdout

    verb("nsg", "create", "guard", "rules={}")
    verb("subnet", "update", "spoke1", "vms", "nsg=guard")
    assert not denies()
    verb("nsg-rule", "create", "guard", "no-ping", "priority=100", "direction=Inbound", "access=Deny", "protocol=Icmp")
    assert denies() and lab.exec("spoke2-vm", "ping", "-c1", "-W1", "10.0.100.36", check=False).returncode != 0
    verb("nsg-rule", "delete", "guard", "no-ping")
    assert not denies()


def test_circuits_are_parted_and_joined_again(kept_labs: Any, xconn: Any):
    lab = kept_labs("two-circuits")

    def meets() -> bool:
        """London's network in the routing table of Amsterdam's MSEE."""
        return any(route["dst"] == "10.20.0.0/24" for route in lab.json("er-ams-msee1", "ip", "-j", "route"))

    assert meets()
    shown = json.loads(xconn("global-reach", "show", "ams-lon", "--lab", lab.name, "--format", "json").stdout)[
        "ams-lon"
    ]
    for words in (("delete", "ams-lon"), ("create", "ams-lon", *(f"{key}={value}" for key, value in shown.items()))):
        done = xconn("global-reach", *words, "--lab", lab.name)
        assert done.returncode == 0, done.stderr
        eventually(lambda: meets() == (words[0] == "create"), within=15)


# --- the same from Python -------------------------------------------------------------------------------------------


def _topology(lab: Any) -> dict[str, Any]:
    return json.loads((lab.folder / "topology.json").read_text())


def test_objects_are_changed_from_python(lab: Any):
    route_table = lab.route_table("from-python")
    route_table.create(routes=[{"to": "0.0.0.0/0", "next-hop": "None"}])
    assert "from-python" in lab.ask("route-table", "list")
    route_table.update(propagate_bgp=False)
    assert _topology(lab)["route-tables"]["from-python"]["propagate-bgp"] in ("false", False)
    assert route_table.show()["routes"]
    route_table.update(propagate_bgp=None)
    assert "propagate-bgp" not in route_table.show()
    route_table.delete()
    with pytest.raises(crossconnect.NotFoundError, match="from-python"):
        route_table.show()


def test_a_command_reaches_the_wire_from_python(lab: Any):
    """The session goes down at the MSEE, as its own vtysh says, and comes back."""
    circuit = next(iter(_topology(lab)["circuits"]))
    plan = json.loads((lab.folder / "plan.json").read_text())
    msee = next(node["name"] for node in plan["nodes"] if node["role"] == "msee" and circuit in node["name"])

    def shut() -> bool:
        return "shutdown" in lab.exec(msee, "vtysh", "-N", msee, "-c", "show running-config").stdout

    lab.peering(circuit, "private").disable()
    assert shut()
    lab.peering(circuit, "private").enable()
    assert not shut()


def test_what_azure_refuses_is_refused_in_python(lab: Any):
    circuit = next(iter(_topology(lab)["circuits"]))
    with pytest.raises(crossconnect.TopologyError, match="V2"):
        lab.circuit(circuit).update(bandwidth="50Mbps")
    with pytest.raises(crossconnect.TopologyError, match="no such key"):
        lab.circuit(circuit).update(colour="red")
    with pytest.raises(crossconnect.NotFoundError, match="nobody"):
        lab.circuit("nobody").update(bandwidth="10Gbps")
    with pytest.raises(AttributeError, match="no verb dance"):
        lab.circuit(circuit).dance()
    with pytest.raises(AttributeError, match="a lab has no circus"):
        lab.circus("er1")
