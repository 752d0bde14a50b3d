"""Requests to addresses that others have named: one POST, within a time, to an IP address that was looked at.

The name is resolved once and that very address is connected to, so that what was allowed is what is asked (a second
look-up could say something else: DNS rebinding). TLS still checks the certificate of the name. No proxy, no redirect,
no connection is used twice, an answer is read up to `ANSWER_BYTES`. Name look-ups have threads of their own: one that
hangs holds up nobody else's work.
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
from draftwire_server.core.outward import Destination, destination, may_connect
from draftwire_server.settings import Timings

ANSWER_BYTES: Final = 16 * 1024  # nobody looks at it; a receiver that sends more is cut off
LOOK_UPS: Final = 64  # at once; a thread each, made when needed
ADDRESSES: Final = 4  # of one name that are tried


class Outward:
    """See the module."""

    def __init__(self, timings: Timings, hosts: tuple[str, ...]) -> None:
        self._timings = timings
        self._hosts = hosts
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
        """Send a message; whatever happens is told by what is returned, within `webhook_total_s`."""
        began, at = time.monotonic(), time.time()
        status: int | None = None
        error: str | None = None
        try:
            async with asyncio.timeout(self._timings.webhook_total_s):
                status = await self._post(destination(url, self._hosts), body, headers)
        except TimeoutError:
            error = f"no answer within {self._timings.webhook_total_s:g} s"
        except ValueError as problem:
            error = str(problem)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            error = f"{type(problem).__name__}: {problem}"[:300]
        return Attempt(at, round((time.monotonic() - began) * 1000), status, error)

    async def _post(self, to: Destination, body: bytes, headers: Mapping[str, str]) -> int:
        failed: httpx.HTTPError | None = None
        for address in await self._resolved(to):
            try:
                return await self._ask(to, address, body, headers)
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

    async def _ask(self, to: Destination, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        client = await self._client()
        named = httpx.URL(to.url)
        extensions = {} if _is_address(to.host) else {"sni_hostname": to.host}
        sent = {**headers, "host": named.netloc.decode("ascii"), "accept-encoding": "identity"}
        async with client.stream(
            "POST", named.copy_with(host=address), content=body, headers=sent, extensions=extensions
        ) as answer:
            size = 0
            async for part in answer.aiter_raw():
                size += len(part)
                if size > ANSWER_BYTES:
                    break
        return int(answer.status_code)

    async def _client(self) -> httpx.AsyncClient:
        async with self._making:
            if self._http is None:
                roots = await asyncio.get_running_loop().run_in_executor(self._threads, _trusted_roots)  # 100 ms
                timeout = httpx.Timeout(self._timings.webhook_total_s, connect=self._timings.webhook_connect_s)
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
