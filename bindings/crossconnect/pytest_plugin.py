"""pytest plugin: labs as fixtures. pytest finds it where the package is installed; no option is needed.

def test_failover(xconn_lab):
    lab = xconn_lab("sdwan-expressroute")
    report = lab.drill("sdwan-expressroute/er-silent-health-check")
    assert report.flow("client-to-app").outage < 3.5
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator

import pytest

from . import Lab, up


@contextmanager
def kept_labs() -> Iterator[Callable[..., Lab]]:
    """Labs that are brought up once and stay until the end of the block."""
    labs: dict[str, Lab] = {}

    def get(topology: str, **options: Any) -> Lab:
        key = f"{topology} {sorted(options.items())}"
        if key not in labs:
            labs[key] = up(topology, **options)
        labs[key].heal()
        labs[key].wait()
        return labs[key]

    try:
        yield get
    finally:
        for lab in labs.values():
            lab.down()


@pytest.fixture(scope="module")
def xconn_lab() -> Iterator[Callable[..., Lab]]:
    """`lab = xconn_lab(topology, **options of up())`: the same lab for a whole module, healed and settled each time that
    it is asked for, and gone at the module's end."""
    with kept_labs() as get:
        yield get
