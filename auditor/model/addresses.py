"""Hosts of addresses, and which of them share their cookies."""

import re

_NUMBERS = re.compile(r"^[\d.]+$|^\[")


def host_of(url: str) -> str:
    """The host of an address, without its port; empty where the address names none."""
    rest = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return rest.rpartition("@")[2].partition(":")[0].lower() if not rest.startswith("[") else rest


def domain_of(host: str) -> str | None:
    """What stands for the registrable domain of a host: its last two labels; ``None`` for an IP address or a name
    within a network, which are machines and no sites.

    Under ``co.uk`` and the like this takes two sites for one, never one for two.
    """
    return None if _NUMBERS.match(host) or "." not in host else ".".join(host.split(".")[-2:])
