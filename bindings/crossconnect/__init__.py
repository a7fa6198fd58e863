# SPDX-License-Identifier: Apache-2.0
"""Crossconnect: rehearse a hybrid network before it breaks, from Python.

>>> with crossconnect.up("sdwan-expressroute") as lab:
...     with lab.fault("blackhole", "provider:msee1"):
...         print(lab.exec("hq-client", "ping", "-c1", "172.16.137.4").stdout)
"""

from ._core import Error, HostError, KernelError, NotFoundError, ServiceError, TimeoutError, TopologyError, plan
from .azure_object import AzureObject
from .fault import Fault, faults
from .lab import CommandError, Lab, attach, find_drill, find_topology, up
from .report import Flow, Inconclusive, Report
from .topologies import topologies

__all__ = [
    "AzureObject",
    "CommandError",
    "Error",
    "Fault",
    "Flow",
    "HostError",
    "Inconclusive",
    "KernelError",
    "Lab",
    "NotFoundError",
    "Report",
    "ServiceError",
    "TimeoutError",
    "TopologyError",
    "attach",
    "faults",
    "find_drill",
    "find_topology",
    "plan",
    "topologies",
    "up",
]
