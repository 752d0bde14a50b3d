"""By which names the server may be asked."""

import pytest

from draftwire_server.core.access.hosts import allowed_hosts, is_allowed_host

DEV = allowed_hosts((), "127.0.0.1", dev=True)
FORGED = (
    "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1.nip.io:8000",
    "", "localhost@evil.example", "evil.example#localhost", "localhost,evil.example", "localhost evil.example",
    "localhost:", "localhost:8000:1", "[::1", "::1", "[::2]", "127.0.0.2", "0.0.0.0:8000", "10.0.0.1", "xlocalhost",
    "a.localhost",
    "localhost\t", "localhost\x00", "LOCALHOST.EVIL.EXAMPLE", "2130706433",
)  # fmt: skip


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1", "127.0.0.1:1", "[::1]:8000"]
)
def test_dev_is_asked_by_the_names_of_this_machine(host: str) -> None:
    assert is_allowed_host([host], DEV)


@pytest.mark.parametrize("host", FORGED)
def test_and_by_no_other(host: str) -> None:
    assert not is_allowed_host([host], DEV)
    assert is_allowed_host([host], ()), "a server whose operator says nothing takes any"


def test_exactly_one_host_is_named() -> None:
    assert not is_allowed_host([], DEV)
    assert not is_allowed_host(["localhost", "localhost"], DEV)
    assert not is_allowed_host(["localhost", "evil.example"], DEV)


def test_an_operator_names_hosts_and_what_lies_below_one() -> None:
    allowed = allowed_hosts(("draftwire.example", "*.acme.example", "::1"), "0.0.0.0", dev=False)  # noqa: S104
    for host in ("draftwire.example", "Draftwire.Example:443", "a.acme.example", "a.b.acme.example:1", "[::1]"):
        assert is_allowed_host([host], allowed), host
    for host in ("acme.example", "evilacme.example", "x.draftwire.example", "localhost", "*.acme.example.evil.example"):
        assert not is_allowed_host([host], allowed), host
    assert is_allowed_host(["box.example"], allowed_hosts(("box.example",), "127.0.0.1", dev=True))
