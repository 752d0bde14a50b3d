"""The one way out: requests to addresses that others have named, within a time, to an IP address that was looked at.

The name is resolved once and that very address is connected to, so that what was allowed is what is asked (a second
look-up could say something else: DNS rebinding). TLS still checks the certificate of the name. No proxy, no redirect,
no connection is used twice, an answer is read up to a bound. Name look-ups have threads of their own: one that
hangs holds up nobody else's work. Nothing else in the server opens connections that others could lead anywhere:
`tests/test_outgoing.py` holds that.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import certifi
import httpx

from draftwire.rest.webhooks import Attempt
from draftwire_server.core.access.outward import Destination, destination, may_connect

ANSWER_BYTES: Final = 16 * 1024  # nobody looks at it; a receiver that sends more is cut off
LOOK_UPS: Final = 64  # at once; a thread each, made when needed
ADDRESSES: Final = 4  # of one name that are tried


class Unanswered(Exception):
    """An address gave no answer that counts, or may not be asked; the text says why."""


class Outward:
    """See the module."""

    def __init__(self, hosts: tuple[str, ...], *, connect_s: float, total_s: float) -> None:
        self._hosts = hosts  # of the operator's: inside of the network, and without TLS
        self._connect_s = connect_s
        self._total_s = total_s
        self._threads = ThreadPoolExecutor(LOOK_UPS, "look-up")
        self._http: httpx.AsyncClient | None = None
        self._making = asyncio.Lock()

    def check(self, url: str) -> None:
        """Whether an address may be named at all. Raises `ValueError` with the reason."""
        destination(url, self._hosts)

    async def close(self) -> None:
        """Let go of everything."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._http is not None:
            await self._http.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """Send a message; whatever happens is told by what is returned, within ``total_s``."""
        began, at = time.monotonic(), time.time()
        status: int | None = None
        error: str | None = None
        try:
            status, _ = await self._within("POST", url, self._hosts, body, headers, ANSWER_BYTES)
        except Unanswered as problem:
            error = str(problem)
        return Attempt(at, round((time.monotonic() - began) * 1000), status, error)

    async def get(self, url: str, most_bytes: int, headers: Mapping[str, str], own: str | None = None) -> bytes:
        """Read what is at an address, which answers 200. ``own`` is a host that the operator named for this address.

        Raises:
            Unanswered: with the reason; more than ``most_bytes`` is one.
        """
        hosts = self._hosts if own is None else (*self._hosts, own)
        status, answer = await self._within("GET", url, hosts, b"", headers, most_bytes)
        if status != 200:
            raise Unanswered(f"it answers {status}")
        if len(answer) > most_bytes:
            raise Unanswered(f"it is larger than {most_bytes} bytes")
        return answer

    async def _within(
        self, method: str, url: str, hosts: tuple[str, ...], body: bytes, headers: Mapping[str, str], most_bytes: int
    ) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(self._total_s):
                return await self._send(method, destination(url, hosts), body, headers, most_bytes)
        except TimeoutError:
            raise Unanswered(f"no answer within {self._total_s:g} s") from None
        except ValueError as problem:
            raise Unanswered(str(problem)) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            raise Unanswered(f"{type(problem).__name__}: {problem}"[:300]) from problem

    async def _send(
        self, method: str, to: Destination, body: bytes, headers: Mapping[str, str], most_bytes: int
    ) -> tuple[int, bytes]:
        failed: httpx.HTTPError | None = None
        for address in await self._resolved(to):
            try:
                return await self._ask(method, to, address, body, headers, most_bytes)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:  # nothing was sent yet
                failed = error
        assert failed is not None
        raise failed

    async def _resolved(self, to: Destination) -> list[str]:
        """The addresses of a name to which may be sent. Raises `ValueError` if there is none."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
        )
        addresses = [str(entry[4][0]) for entry in found]
        allowed = [address for address in dict.fromkeys(addresses) if may_connect(to, address)]
        if not allowed:
            raise ValueError("the host has no address to which this server may send")
        return allowed[:ADDRESSES]

    async def _ask(
        self, method: str, to: Destination, address: str, body: bytes, headers: Mapping[str, str], most_bytes: int
    ) -> tuple[int, bytes]:
        client = await self._client()
        named = httpx.URL(to.url)
        extensions = {} if _is_address(to.host) else {"sni_hostname": to.host}
        sent = {**headers, "host": named.netloc.decode("ascii"), "accept-encoding": "identity"}
        async with client.stream(
            method, named.copy_with(host=address), content=body, headers=sent, extensions=extensions
        ) as answer:
            parts, size = [], 0
            async for part in answer.aiter_raw():
                size += len(part)
                parts.append(part)
                if size > most_bytes:
                    break
        return int(answer.status_code), b"".join(parts)

    async def _client(self) -> httpx.AsyncClient:
        async with self._making:
            if self._http is None:
                roots = await asyncio.get_running_loop().run_in_executor(self._threads, _trusted_roots)  # 100 ms
                timeout = httpx.Timeout(self._total_s, connect=self._connect_s)
                # No connection is kept: two names at one address must not share one.
                limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
                self._http = httpx.AsyncClient(
                    verify=roots, timeout=timeout, limits=limits, trust_env=False, follow_redirects=False
                )
        return self._http


def _trusted_roots() -> ssl.SSLContext:
    """Those of certifi, and those of the machine, where an operator puts roots of their own (SSL_CERT_FILE too)."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
