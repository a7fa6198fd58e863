# SPDX-License-Identifier: Apache-2.0
"""Faults and heals at random: whatever the order, right is reachable exactly while a path is left.

Hypothesis looks for a sequence that breaks it, and shortens what it finds. It takes minutes, so it is marked slow.
"""

import crossconnect
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

HERE = crossconnect.find_topology(__file__.rpartition("/")[0])
PATHS = {"north": ("a:north", "n:z"), "south": ("a:south", "s:z")}  # the link ends whose loss cuts a path
KINDS = ("blackhole", "carrier", "oneway")
CONVERGED = 20  # seconds: BFD, BGP and its advertisement interval
UNTIL_IT_ANSWERS = "until ping -n -c1 -W1 10.0.2.10; do sleep 0.2; done"
NEVER_ANSWERS = ["ping", "-n", "-i0.2", "-w2", "10.0.2.10"]


class Network(RuleBasedStateMachine):
    lab: crossconnect.Lab

    def __init__(self):
        super().__init__()
        self.lab.heal()
        self.lab.wait()
        self.broken = {}  # link end -> number of its fault

    @precondition(lambda self: len(self.broken) < 4)
    @rule(end=st.sampled_from([end for ends in PATHS.values() for end in ends]), kind=st.sampled_from(KINDS))
    def breaks(self, end, kind):
        if end not in self.broken:
            self.broken[end] = self.lab.inject(kind, end)

    @precondition(lambda self: self.broken)
    @rule(choice=st.data())
    def heals(self, choice):
        end = choice.draw(st.sampled_from(sorted(self.broken)))
        self.lab.heal(self.broken.pop(end))

    @invariant()
    def right_is_reachable_exactly_while_a_path_is_left(self):
        is_left = any(not self.broken.keys() & set(ends) for ends in PATHS.values())
        command = ["timeout", str(CONVERGED), "sh", "-c", UNTIL_IT_ANSWERS] if is_left else NEVER_ANSWERS
        done = self.lab.exec("left", *command, check=False, timeout=60)
        assert (done.returncode == 0) == is_left, f"broken: {sorted(self.broken)}\n{done.stdout}"


@pytest.mark.slow
@pytest.mark.xconn(topology="topology.yaml")
def test_right_is_reachable_as_long_as_a_path_is_left(xconn_lab):
    Network.lab = xconn_lab
    run_state_machine_as_test(
        Network,
        settings=settings(
            max_examples=5,
            stateful_step_count=8,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),  # shrinking would take hours
            suppress_health_check=list(HealthCheck),
        ),
    )
