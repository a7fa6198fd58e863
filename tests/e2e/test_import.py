# SPDX-License-Identifier: Apache-2.0
"""Exports of a network become a lab of it: the transit network of tests/data/import/az-2021."""

from __future__ import annotations

import json
import stat
import subprocess

import crossconnect
import pytest
from conftest import ROOT, XCONN
from host import eventually

DATA = ROOT / "tests/data/import"
KINDS = sorted(path.name for path in DATA.iterdir())


def files_of(kind: str) -> list[str]:
    return [str(path) for path in sorted((DATA / kind).iterdir())]


@pytest.fixture(scope="module")
def topology(tmp_path_factory):
    path = tmp_path_factory.mktemp("import") / "topology.yaml"
    subprocess.run([XCONN, "import", *files_of("az-2021"), "-o", str(path)], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def lab(kept_labs, topology):
    return kept_labs(str(topology))


def pings(lab, node: str, address: str) -> bool:
    return lab.exec(node, "ping", "-c1", "-W1", address, check=False).returncode == 0


def test_the_customer_s_router_speaks_with_microsoft_on_both_paths(lab):
    summary = lab.json("onprem-ce", "vtysh", "-N", "onprem-ce", "-c", "show bgp ipv4 unicast summary json")
    assert {peer: row["state"] for peer, row in summary["peers"].items()} == {
        "192.0.2.98": "Established",
        "192.0.2.102": "Established",
    }
    assert summary["as"] == 65001


def test_the_tags_are_the_export_s(lab):
    links = lab.json("onprem-ce", "ip", "-j", "-d", "address", "show")
    assert {"pri.28", "sec.28"} <= {link["ifname"] for link in links}


def test_the_client_reaches_the_peered_vnet_behind_the_transit_one(lab):
    assert eventually(lambda: pings(lab, "onprem-client", "10.0.100.36"), within=20) is None
    assert pings(lab, "customer1-vm", "198.51.100.2")


def test_azure_learns_what_the_route_tables_showed(lab):
    routes = lab.json("transit-gw-0", "vtysh", "-N", "transit-gw-0", "-c", "show bgp ipv4 unicast json")["routes"]
    assert {"198.51.100.0/25", "10.90.0.0/20", "192.0.2.1/32"} <= routes.keys()
    assert {path["path"] for path in routes["198.51.100.0/25"] if path.get("pathFrom") == "external"} == {"12076 65001"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_imported_is_valid_and_has_a_plan(xconn, tmp_path, kind):
    done = xconn("import", *files_of(kind), "-o", "topology.yaml", "--format", "json")
    assert done.returncode == 0, done.stderr
    notes = json.loads(done.stdout)["notes"]
    assert notes and all(note["reason"] for note in notes)
    assert stat.S_IMODE((tmp_path / "topology.yaml").stat().st_mode) == 0o600
    assert xconn("validate").returncode == 0
    assert xconn("plan").returncode == 0


@pytest.mark.bound(240)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "az-2021"])
def test_what_is_imported_comes_up(xconn, leaves_nothing_behind, tmp_path, kind):
    """`up` returns when every fact of the plan holds; asked once more, they still do."""
    assert xconn("import", *files_of(kind), "-o", "topology.yaml").returncode == 0
    with crossconnect.up(str(tmp_path / "topology.yaml"), name=f"import-{kind}", timeout=180) as lab:
        lab.wait(60)


@pytest.fixture(scope="module")
def firewall(kept_labs, tmp_path_factory):
    path = tmp_path_factory.mktemp("firewall") / "topology.yaml"
    subprocess.run([XCONN, "import", *files_of("az-firewall"), "-o", str(path)], check=True, capture_output=True)
    return kept_labs(str(path))


def forwarded(lab, node: str) -> int:
    keys, values = [line.split() for line in lab.exec(node, "grep", "^Ip:", "/proc/net/snmp").stdout.splitlines()]
    return int(values[keys.index("ForwDatagrams")])


def test_spokes_reach_each_other_by_the_firewall(firewall):
    assert eventually(lambda: pings(firewall, "web-nic", "10.142.0.4"), within=20) is None
    before = forwarded(firewall, "wall")
    assert pings(firewall, "web-nic", "10.142.0.4")
    assert forwarded(firewall, "wall") >= before + 2, "there and back"


def test_a_backend_answers_on_the_port_of_its_probe(firewall):
    assert "9443" in firewall.exec("web-nic", "ss", "-Hltn").stdout


@pytest.fixture(scope="module")
def appliances(kept_labs, tmp_path_factory):
    path = tmp_path_factory.mktemp("appliances") / "topology.yaml"
    subprocess.run([XCONN, "import", *files_of("arm-appliances"), "-o", str(path)], check=True, capture_output=True)
    return kept_labs(str(path))


def test_a_pair_with_two_nics_each_passes_what_its_balancer_is_sent(appliances):
    assert eventually(lambda: pings(appliances, "spoke-vm", "10.73.0.4"), within=20) is None
    before = [forwarded(appliances, node) for node in ("fw1", "fw2")]
    assert pings(appliances, "spoke-vm", "10.73.0.4")
    after = [forwarded(appliances, node) for node in ("fw1", "fw2")]
    assert sum(after) >= sum(before) + 2, "there and back"


def test_a_device_whose_bgp_address_is_open_has_a_session(appliances):
    summary = appliances.json("vpn-0", "vtysh", "-N", "vpn-0", "-c", "show bgp ipv4 unicast summary json")
    assert summary["peers"]["192.168.200.1"]["state"] == "Established"
    assert summary["peers"]["192.168.200.1"]["remoteAs"] == 65050


def test_check_says_what_becomes_of_each_and_writes_nothing(xconn, tmp_path):
    done = xconn("import", "--check", *files_of("az-firewall"))
    assert done.returncode == 0
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert {"carried", "made", "assumed", "left"} == {row[0] for row in rows}
    assert "VNet (3)" in done.stdout and "microsoft.network/bastionhosts jump" in done.stdout
    told = json.loads(xconn("import", "--check", *files_of("az-firewall"), "--format", "json").stdout)
    assert {"what": "firewall", "names": ["wall"]} in told["carried"]
    assert any("green-vm" in note["instead"] for note in told["made"])
    assert [note["object"] for note in told["left out"]] == ["microsoft.network/bastionhosts jump"]
    assert not (tmp_path / "topology.yaml").exists()


def test_a_region_is_given_where_no_file_says_one(xconn, tmp_path):
    template = {
        "$schema": "https://example/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [
            {
                "type": "Microsoft.Network/virtualNetworks",
                "name": "lone",
                "location": "[resourceGroup().location]",
                "properties": {"addressSpace": {"addressPrefixes": ["10.143.0.0/24"]}},
            }
        ],
    }
    (tmp_path / "lone.json").write_text(json.dumps(template))
    assert "--region REGION" in xconn("import", "lone.json", "-o", "-").stderr
    done = xconn("import", "lone.json", "-o", "-", "--region", "westus3")
    assert "region: westus3" in done.stdout and "--region" not in done.stderr


def test_what_cannot_be_read_is_named_all_at_once_and_nothing_is_written(xconn, tmp_path):
    (tmp_path / "cut.json").write_text('[{"id": "/subscriptions/s"')
    (tmp_path / "prose.json").write_text("Dear all,\n")
    done = xconn("import", "cut.json", "prose.json", "gone.json", "-o", "topology.yaml")
    assert done.returncode == 2 and "gone.json" in done.stderr
    done = xconn("import", "cut.json", "prose.json", "-o", "topology.yaml")
    assert done.returncode == 2
    assert "cut.json:1:" in done.stderr and "prose.json:1:1" in done.stderr
    assert not (tmp_path / "topology.yaml").exists()


VNET = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub",
    "name": "hub",
    "addressSpace": {"addressPrefixes": ["10.44.0.0/16"]},
    "subnets": [{"name": "app", "addressPrefix": "10.44.1.0/24"}],
}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_what_a_shell_of_windows_writes_is_read(xconn, tmp_path, encoding):
    (tmp_path / "vnet.json").write_bytes(json.dumps({"newVNet": VNET}).encode(encoding))
    assert xconn("import", "vnet.json").returncode == 0
    assert "10.44.1.0/24" in (tmp_path / "topology.yaml").read_text()
    assert xconn("validate").returncode == 0


def test_a_neighbour_of_an_input_is_refused_with_the_command_that_makes_json(xconn, tmp_path):
    (tmp_path / "hub.bicep").write_text(
        "param name string\nresource hub 'Microsoft.Network/virtualNetworks@2023-09-01' = {}\n"
    )
    (tmp_path / "list.txt").write_text("Name    Location\n------  ---------\nhub     westeurope\n")
    done = xconn("import", "hub.bicep", "list.txt")
    assert done.returncode == 2
    assert "az bicep build --file hub.bicep" in done.stderr and "-o json" in done.stderr
    assert not (tmp_path / "topology.yaml").exists()


def test_nothing_carried_over_is_no_success(xconn, tmp_path):
    hub = VNET | {"id": VNET["id"].replace("virtualNetworks", "privateDnsZones")}
    (tmp_path / "zones.json").write_text(json.dumps([hub]))
    done = xconn("import", "zones.json")
    assert done.returncode == 2 and "nothing of it can be carried over" in done.stderr
    assert not (tmp_path / "topology.yaml").exists()


def arm(resources: list, **parts) -> str:
    return json.dumps(
        {"$schema": "x/deploymentTemplate.json#", "contentVersion": "1.0.0.0", **parts, "resources": resources}
    )


def test_a_linked_template_and_parameters_are_found_beside_it(xconn, tmp_path):
    body = {"addressSpace": {"addressPrefixes": ["[parameters('space')]"]}}
    vnet = {"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties": body}
    link = {
        "templateLink": {"relativePath": "nested/net.json"},
        "parameters": {"space": {"value": "[parameters('all')]"}},
    }
    (tmp_path / "nested").mkdir()
    (tmp_path / "nested/net.json").write_text(arm([vnet], parameters={"space": {"type": "string"}}))
    main = [{"type": "Microsoft.Resources/deployments", "name": "net", "properties": link}]
    (tmp_path / "main.json").write_text(arm(main, parameters={"all": {"type": "string"}}))
    given = {
        "$schema": "x/deploymentParameters.json#",
        "contentVersion": "1",
        "parameters": {"all": {"value": "10.44.0.0/16"}},
    }
    (tmp_path / "main.parameters.json").write_text(json.dumps(given))
    done = xconn("import", "main.json", "main.parameters.json")
    assert done.returncode == 2 and "import net.json too" in done.stderr
    assert xconn("import", "main.json", "main.parameters.json", "nested/net.json").returncode == 0
    assert "10.44.0.0/16" in (tmp_path / "topology.yaml").read_text()


def test_a_topology_that_is_there_stays(xconn, tmp_path):
    (tmp_path / "topology.yaml").write_text("mine\n")
    assert xconn("import", *files_of("arm")).returncode == 2
    assert (tmp_path / "topology.yaml").read_text() == "mine\n"
    assert xconn("import", *files_of("arm"), "--force").returncode == 0
    assert "Made by" in (tmp_path / "topology.yaml").read_text()
