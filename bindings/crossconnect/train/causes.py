"""Kinds of causes: what `train answer --what` takes, and the words that would give each away in a ticket."""

from __future__ import annotations

from dataclasses import dataclass

from .._core import NotFoundError
from .finding import nearest


@dataclass(frozen=True)
class Cause:
    name: str
    meaning: str
    telling: tuple[str, ...]  # beside its name; small letters


CAUSES = (
    Cause("nothing", "all is as it should be", ("not a fault", "no fault", "nothing is wrong")),
    Cause("health-check", "what is not measured, or measured at the wrong place", ("health check", "probe")),
    Cause("route-missing", "a route, or the table that has it, is not there", ("route table", "udr", "user route")),
    Cause("route-leaked", "something is announced that should not be", ("leak", "default route", "0.0.0.0/0")),
    Cause("route-filter", "a filter of routes lets too little or too much through", ("route filter", "prefix list")),
    Cause("route-preference", "one of several ways is preferred against the best path", ("local preference", "pinned")),
    Cause(
        "equal-prefixes", "two ways know the same prefix, and the wrong one wins", ("more specific", "longest prefix")
    ),
    Cause("static-route", "a static route stands before what BGP says", ("static route", "ip route")),
    Cause("propagation", "a subnet learns gateway routes that it should not", ("propagat",)),
    Cause("forwarding-off", "a machine or its NIC may not forward", ("ip forwarding", "ip_forward")),
    Cause("packet-filter", "a firewall or NSG rule", ("nsg", "security group", "nftables", "firewall rule")),
    Cause("secret", "a password or key that the other side does not have", ("password", "md5", "psk", "shared key")),
    Cause("timers", "a hold time, keepalive or BFD setting", ("hold time", "keepalive", "bfd")),
    Cause("mtu", "packets of a size vanish", ("mtu", "mss", "fragment")),
    Cause("peering", "an object of Azure's is not joined, or half of it", ("gateway transit", "remote gateway")),
)


def demand(name: str) -> None:
    """Raises NotFoundError for a kind that there is not."""
    names = [cause.name for cause in CAUSES]
    if name not in names:
        raise NotFoundError(f"there is no cause '{name}'; {nearest(name, names) or 'there are ' + ', '.join(names)}")


def telling_words(name: str) -> tuple[str, ...]:
    named = () if name == "nothing" else (name, name.replace("-", " "))  # tickets say "nothing works"
    return named + next(cause.telling for cause in CAUSES if cause.name == name)
