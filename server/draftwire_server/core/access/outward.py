"""Where the server may be sent by those whom it serves: which addresses, which hosts, which IP addresses. Pure.

Workspaces name addresses of their own (webhooks, keys of issuers); without these rules they would reach what only the
server can reach: its own machine, the network that it stands in, the metadata service of its cloud (SSRF).
"""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
ADDRESS_CHARS: Final = 2_000
_ATON: Final = re.compile(r"(0x)?[0-9a-f]+(\.(0x)?[0-9a-f]+){0,3}")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: IPv4 behind a prefix
_NAT64_LOCAL: Final = ipaddress.ip_network("64:ff9b:1::/48")  # RFC 8215


class Destination:
    """A host that an address names, and whether the operator allows it to lie inside of the network."""

    __slots__ = ("host", "port", "trusted", "url")

    def __init__(self, url: str, host: str, port: int, trusted: bool) -> None:
        self.url = url
        self.host = host
        self.port = port
        self.trusted = trusted


def destination(url: str, hosts: tuple[str, ...]) -> Destination:
    """Read an address. ``hosts`` are those that the operator allows: inside of the network, and without TLS.

    Raises:
        ValueError: nothing may be sent there; says why.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("it is no URL") from None
    plain = host and parts.username is None and parts.password is None and not parts.fragment
    if not plain or len(url) > ADDRESS_CHARS or any(character <= " " or character == "\x7f" for character in url):
        raise ValueError("it is no plain URL")
    assert host is not None
    host = host.removesuffix(".")  # the root's dot: `localhost.` is localhost
    trusted = is_allowed(host, hosts)
    if parts.scheme != "https" and not (parts.scheme == "http" and trusted):
        raise ValueError("it must begin with https://")
    found = Destination(url, host, port or (443 if parts.scheme == "https" else 80), trusted)
    literal = _literal(host)
    if literal is not None and not may_connect(found, literal):
        raise ValueError("the operator of this server does not allow that host")
    if literal is None and not trusted and (host in LOOPBACK or host.endswith(".localhost")):
        raise ValueError("the operator of this server does not allow that host")
    return found


def is_allowed(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether an operator's list names a host: by its name, its address, or a network that holds it."""
    literal = _literal(host)
    for allowed in hosts:
        if host == allowed:
            return True
        if literal is not None and "/" in allowed:
            network = _network(allowed)
            if network is not None and literal.version == network.version and literal in network:
                return True
    return False


def may_connect(to: Destination, address: str | ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether this very IP address of a destination may be connected to."""
    return to.trusted or is_public(address)


def is_public(address: str | ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an IP address belongs to the public Internet: no private, loopback, link-local, multicast, … one."""
    ip = ipaddress.ip_address(address) if isinstance(address, str) else address
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if ip in _NAT64_LOCAL or ip.is_site_local or ip.scope_id is not None:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, in the forms of inet_aton too, which resolvers take: 2130706433, 0x7f.1, 0177.1."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if _ATON.fullmatch(host) is None:
        return None
    try:
        *first, last = [int(part, 16 if part[:2] == "0x" else 8 if part[0] == "0" else 10) for part in host.split(".")]
    except ValueError:
        return None  # no number
    rest = 4 - len(first)  # bytes that the last part stands for
    if max(first, default=0) > 255 or last >= 256**rest:
        return None
    return ipaddress.IPv4Address(sum(part << 24 - 8 * n for n, part in enumerate(first)) + last)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
