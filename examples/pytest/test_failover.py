# SPDX-License-Identifier: Apache-2.0
"""What the tests of a network look like. Run them with `sudo pytest`, here: the drills are tests too."""

import crossconnect
import pytest

HERE = crossconnect.find_topology(__file__.rpartition("/")[0])
pytestmark = pytest.mark.xconn(topology="topology.yaml")

PATHS = crossconnect.faults(HERE, "blackhole", "carrier", at="a:north") + crossconnect.faults(
    HERE, "blackhole", at="z:south"
)


def reaches(lab) -> bool:
    return lab.exec("left", "ping", "-c1", "-W1", "10.0.2.10", check=False).returncode == 0


@pytest.mark.parametrize("fault", PATHS, ids=str)
def test_one_path_may_go(xconn_lab, fault):
    report = xconn_lab.drill(
        {
            "name": "one-path",
            "topology": HERE,
            "duration": "4s",
            "flows": {"across": {"from": "left", "to": "right"}},
            "timeline": [fault.step("1s")],
            "expect": [{"outage": {"flow": "across", "at-most": "1500ms"}}, {"alive": {"flow": "across"}}],
        }
    )
    report.check()


def test_without_both_paths_nothing_arrives(xconn_lab):
    with xconn_lab.fault("carrier", "a:north"), xconn_lab.fault("carrier", "a:south"):
        assert not reaches(xconn_lab)
    xconn_lab.wait()
    assert reaches(xconn_lab)
