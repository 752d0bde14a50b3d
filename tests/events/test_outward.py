"""Requests to addresses that others named: one look-up, that very address, TLS for the name, nothing followed."""

import asyncio
import datetime
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from draftwire_server.services.worker.outward import ANSWER_BYTES, Outward, Unanswered
from tests.events.receiver import Receiver, receiving

BODY = b"{}"


class Names:
    """The machine's resolver with some names of the test's own; everything else is as it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.of: dict[str, list[list[str]]] = {}  # what each look-up of a name gives, the last one for ever
        self.asked: list[str] = []
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if host not in self.of:
            return self._real(host, port, *args, **more)
        self.asked.append(host)
        answers = self.of[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in found for entry in self._real(address, port, *args, **more)]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


def outward(*hosts: str, total_s: float = 10.0) -> Outward:
    return Outward(hosts, connect_s=5.0, total_s=total_s)


async def test_a_public_name_that_leads_inside_is_not_connected_to(names: Names) -> None:
    async with receiving() as receiver:
        for address in ("127.0.0.1", "::1", "10.0.0.1", "169.254.169.254"):
            names.of["public.example"] = [[address]]
            asking = outward()
            attempt = await asking.post(f"https://public.example:{receiver.port}/", BODY, {})
            assert (attempt.status, attempt.error) == (None, "the host has no address to which this server may send")
            await asking.close()
        assert receiver.came == [] and receiver.open == 0


async def test_a_name_is_looked_up_once_and_that_very_address_is_connected_to(names: Names) -> None:
    """A second look-up might lead elsewhere: DNS rebinding."""
    async with receiving() as receiver:
        names.of["hooks.example"] = [["127.0.0.1"], ["10.255.255.1"]]
        asking = outward("hooks.example")
        attempt = await asking.post(f"http://hooks.example:{receiver.port}/x?y=1", BODY, {"webhook-id": "i"})
        assert (attempt.status, attempt.error) == (200, None)
        assert names.asked == ["hooks.example"]
        (came,) = receiver.came
        assert (came.path, came.headers["host"], came.body) == ("/x?y=1", f"hooks.example:{receiver.port}", BODY)
        await asking.close()


async def test_the_next_address_of_a_name_is_tried_if_one_can_not_be_reached(names: Names) -> None:
    async with receiving() as receiver:
        names.of["hooks.example"] = [["127.0.0.9", "127.0.0.1"]]  # nobody listens at the first
        asking = outward("hooks.example")
        assert (await asking.post(receiver.url(host="hooks.example"), BODY, {})).status == 200
        await asking.close()


async def test_an_endless_or_compressed_answer_is_read_to_a_bound() -> None:
    async with receiving() as receiver:
        sent = 0

        async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 x\r\ncontent-encoding: gzip\r\n\r\n")
            try:
                while sent < 1_000 * ANSWER_BYTES:
                    writer.write(b"x" * ANSWER_BYTES)
                    await writer.drain()
                    sent += ANSWER_BYTES
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(flood, "127.0.0.1", 0)
        async with server:
            asking = outward("127.0.0.1")
            port = server.sockets[0].getsockname()[1]
            assert (await asking.post(f"http://127.0.0.1:{port}/", BODY, {})).status == 200
            await asking.close()
        assert sent < 1_000 * ANSWER_BYTES
        assert receiver.came == []


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver, receiving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        asking = outward("127.0.0.1")
        assert (await asking.post(receiver.url(), BODY, {})).status == 200
        await asking.close()
        assert proxy.came == [] and len(receiver.came) == 1


def certificate(directory: Path, name: str) -> ssl.SSLContext:
    """A server's TLS with a certificate of its own for a name, which is left in ``ca.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (directory / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "ca.pem", directory / "key.pem")
    return context


async def test_tls_is_for_the_name_although_the_address_is_connected_to(
    names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certificate(tmp_path, "hooks.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    names.of |= {"hooks.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    receiver = Receiver()
    seen: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        asking = outward("hooks.example", "other.example", "127.0.0.1")
        assert (await asking.post(f"https://hooks.example:{port}/", BODY, {})).status == 200
        wrong = await asking.post(f"https://other.example:{port}/", BODY, {})
        assert wrong.status is None and "CERTIFICATE_VERIFY_FAILED" in (wrong.error or "")
        literal = await asking.post(f"https://127.0.0.1:{port}/", BODY, {})
        assert literal.status is None
        await asking.close()
    assert seen[:2] == ["hooks.example", "other.example"]
    assert len(receiver.came) == 1


async def test_a_name_that_leads_nowhere_is_an_answer() -> None:
    asking = outward(total_s=5.0)
    attempt = await asking.post("https://x" * 20 + ".example/", BODY, {})
    assert attempt.status is None and attempt.error
    assert (await asking.post("ftp://example.com/", BODY, {})).error == "it must begin with https://"
    await asking.close()


@pytest.mark.parametrize("host", ["jwks.example", "2130706433", "127.1", "0x7f.0.0.1", "localhost.", "0"])
async def test_reading_goes_the_same_way_as_sending(names: Names, host: str) -> None:
    names.of["jwks.example"] = [["10.0.0.8"]]
    async with receiving() as receiver:
        asking = outward()
        with pytest.raises(Unanswered, match=r"^the (host|operator) "):
            await asking.get(f"https://{host}:{receiver.port}/", 100, {})
        await asking.close()
        assert receiver.open == 0 and receiver.came == []


@pytest.mark.parametrize(
    ("status", "size", "told"), [(302, 0, "it answers 302"), (200, 101, "it is larger than 100 bytes")]
)
async def test_what_is_read_is_not_led_elsewhere_and_has_a_bound(status: int, size: int, told: str) -> None:
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        head = f"HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\ncontent-length: {size}\r\n\r\n"
        writer.write(head.encode() + b"x" * size)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        asking = outward("127.0.0.1")
        with pytest.raises(Unanswered, match=told):
            await asking.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", 100, {})
        await asking.close()
    assert asked == [b"GET / HTTP/1.1\r\n"]
