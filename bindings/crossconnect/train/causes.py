# SPDX-License-Identifier: Apache-2.0
"""The kinds of causes that `train answer --what` accepts, and the words that would give each away in a ticket."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from .._core import NotFoundError
from .finding import cut, suggestion


@dataclass(frozen=True)
class Cause:
    name: str
    meaning: str
    telling: tuple[str, ...]  # beside its name; small letters


CAUSES = (
    Cause("nothing", "everything works as designed", ("not a fault", "no fault", "nothing is wrong")),
    Cause("health-check", "something is not monitored, or is monitored at the wrong place", ("health check", "probe")),
    Cause(
        "route-missing", "a route, or the route table that holds it, is missing", ("route table", "udr", "user route")
    ),
    Cause("route-leaked", "a route is announced that should not be", ("leak", "default route", "0.0.0.0/0")),
    Cause("route-filter", "a route filter lets too little or too much through", ("route filter", "prefix list")),
    Cause("route-preference", "one of several paths is preferred over the best one", ("local preference", "pinned")),
    Cause(
        "equal-prefixes",
        "the same prefix is known over two paths, and the wrong one wins",
        ("more specific", "longest prefix"),
    ),
    Cause("static-route", "a static route overrides BGP", ("static route", "ip route")),
    Cause("propagation", "a subnet learns gateway routes that it should not", ("propagat",)),
    Cause("forwarding-off", "a machine or its NIC does not forward", ("ip forwarding", "ip_forward")),
    Cause("packet-filter", "a firewall or NSG rule", ("nsg", "security group", "nftables", "firewall rule")),
    Cause("secret", "a password or key that does not match the other side's", ("password", "md5", "psk", "shared key")),
    Cause("timers", "a hold time, keepalive or BFD setting", ("hold time", "keepalive", "bfd")),
    Cause("vlan", "frames carry another VLAN tag than the other side expects", ("vlan id", "vlan tag", "802.1q")),
    Cause("translation", "an address is translated that should not be, or should be and is not", ("nat", "masquerade")),
    Cause("address", "an interface or a tunnel has an address that it should not have", ("typo", "wrong address")),
    Cause("mtu", "packets above a certain size are lost", ("mtu", "mss", "fragment")),
    Cause("peering", "an Azure object is not connected, or only half of it is", ("gateway transit", "remote gateway")),
)


def table() -> str:
    """Of docs/training.md."""
    rows = [f"| `{cause.name}` | {cause.meaning} |" for cause in CAUSES]
    return "\n".join(["| kind of cause | is |", "|---|---|", *rows, ""])


def listed(indent: int) -> str:
    """Of a ticket, on lines that begin in the same column."""
    return textwrap.fill(", ".join(cause.name for cause in CAUSES), 100, subsequent_indent=" " * indent)


def demand(name: str) -> None:
    """Raises NotFoundError for an unknown kind."""
    names = [cause.name for cause in CAUSES]
    if not name:
        raise NotFoundError(f"--what is missing: the kind of cause; use one of {', '.join(names)}")
    if name not in names:
        raise NotFoundError(f"there is no kind of cause '{cut(name)}'; {suggestion(name, names)}")


def telling_words(name: str) -> tuple[str, ...]:
    named = () if name == "nothing" else (name, name.replace("-", " "))  # tickets say "nothing works"
    return named + next(cause.telling for cause in CAUSES if cause.name == name)
