"""Crossconnect: rehearse a hybrid network before it breaks, from Python.

>>> with crossconnect.up("sdwan-expressroute") as lab:
...     with lab.fault("blackhole", "provider:msee1"):
...         print(lab.exec("hq-client", "ping", "-c1", "172.16.137.4").stdout)
"""

from ._core import (
    Error,
    HostError,
    KernelError,
    NotFoundError,
    ServiceError,
    TimeoutError,
    TopologyError,
    plan,
)
from .lab import CommandError, Lab, attach, find_drill, find_topology, up
from .report import Flow, Report

__all__ = [
    "CommandError",
    "Error",
    "Flow",
    "HostError",
    "KernelError",
    "Lab",
    "NotFoundError",
    "Report",
    "ServiceError",
    "TimeoutError",
    "TopologyError",
    "attach",
    "find_drill",
    "find_topology",
    "plan",
    "up",
]
