# SPDX-License-Identifier: Apache-2.0
"""Objects of a running lab, changed as in Azure: circuits, peerings, connections, gateways, VNets and so on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable

from . import _core

if TYPE_CHECKING:
    from .lab import Lab

VERBS: dict[str, list[str]] = _core.object_verbs()


def _word(key: str, value: Any) -> str:
    """KEY=VALUE as `xconn` takes it. None removes the key; a list or dict is YAML in one line."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return f"{key.replace('_', '-')}={text}"


class AzureObject:
    """One object: `lab.circuit("er9")`, `lab.peering("er9", "private")`. Its methods are the verbs of `xconn circuit`,
    `xconn peering` and so on, with the keys of the topology as arguments (`peer_asn=65001` is `peer-asn`):

    >>> lab.circuit("er9").update(bandwidth="2Gbps")
    >>> lab.peering("er9", "private").disable()
    >>> lab.connection("er9-hub").delete()

    A verb returns once the lab is at rest again, with what was changed, in words. Raises TopologyError with the rule when
    Azure refuses, and NotFoundError when the object is not there.
    """

    def __init__(self, lab: Lab, kind: str, names: tuple[str, ...]) -> None:
        self._lab, self.kind, self.names = lab, kind, names

    def __repr__(self) -> str:
        return f"<{self.kind} {' '.join(self.names)} of lab {self._lab.name}>"

    def __getattr__(self, verb: str) -> Callable[..., list[str]]:
        if verb.startswith("_") or verb not in VERBS[self.kind]:
            raise AttributeError(f"{self.kind} has no verb {verb}; it has {', '.join(VERBS[self.kind])} and show")
        return lambda timeout=90, **values: self._do(verb, timeout, values)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *VERBS[self.kind]]

    def _do(self, verb: str, timeout: float, values: dict[str, Any]) -> list[str]:
        words = [_word(key, value) for key, value in values.items()]
        return self._lab.command(self.kind, verb, *self.names, *words, timeout=timeout)

    def show(self) -> dict[str, Any]:
        """The object as the topology has it now, without secrets. Raises NotFoundError."""
        shown: dict[str, Any] = self._lab.ask(self.kind, "show", *self.names)
        return shown[self.names[-1]]
