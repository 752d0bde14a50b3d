"""Where the server may be sent by those whom it serves."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.core.access.outward import destination, is_allowed, is_public, may_connect

# Of the IANA special-purpose registries, and ways to write IPv4 in IPv6.
INSIDE = (
    "0.0.0.0", "10.1.2.3",  # noqa: S104
    "100.64.0.1", "127.0.0.1", "127.8.9.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%1",
    "fec0::1", "ff02::1", "ff0e::1",
)  # fmt: skip
OUTSIDE = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", INSIDE)
def test_what_lies_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_lies_outside_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_as_public_as_the_one_inside(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for wrapped in (
        0xFFFF << 32 | number,
        int(ipaddress.ip_address("64:ff9b::")) | number,
        0x2002 << 112 | number << 80,
    ):
        assert is_public(ipaddress.IPv6Address(wrapped)) == is_public(address)
    if is_public(address):
        assert address.is_global
        assert not address.is_private
        assert not address.is_multicast


@pytest.mark.parametrize("url", [
    "http://example.com/x", "https://127.0.0.1/x", "https://[::1]/x", "https://localhost/", "https://a.localhost/",
    "https://169.254.169.254/latest", "https://u:p@example.com/", "https://example.com/#x", "ftp://example.com/",
    "https:///x", "https://", "example.com", "https://exa mple.com/", "https://example.com/\r\nx: y", "https://x:99999/",
    "https://[::ffff:127.0.0.1]/", "https://example.com/" + "x" * 2_000, "file:///etc/passwd", "https://10.0.0.8/",
    "https://localhost./", "https://a.localhost./", "https://127.0.0.1./", "https://2130706433/", "https://0x7f000001/",
    "https://0177.0.0.1/", "https://127.1/", "https://0/", "https://0.0.0.0/", "https://127.0.0.2/", "https://LOCALHOST/",
    "https://3232235777/", "https://0xa9fea9fe/", "https://[::]/", "https://[::ffff:7f00:1]/", "https://[64:ff9b::7f00:1]/",
])  # fmt: skip
def test_addresses_that_can_not_be_named(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(it|the) "):
        destination(url, ("hooks.internal",))


def test_what_the_operator_allows_may_be_inside_and_without_tls() -> None:
    hosts = ("hooks.internal", "10.0.0.0/8", "fd00::/8")
    for url in ("http://hooks.internal/x", "http://10.1.2.3:8080/", "https://[fd00::1]/", "http://HOOKS.internal/"):
        assert destination(url, hosts).trusted, url
    for host in ("hooks.internal.example.com", "11.0.0.1", "fe80::1", "10.example.com"):
        assert not is_allowed(host, hosts), host
    named = destination("https://hooks.example.com/", hosts)
    assert (named.host, named.port, named.trusted) == ("hooks.example.com", 443, False)
    # Its name was harmless; what it leads to is looked at by itself.
    assert may_connect(named, "93.184.216.34")
    assert not may_connect(named, "10.0.0.1")
    assert may_connect(destination("http://hooks.internal:81/", hosts), "127.0.0.1")
