"""Public keys of issuers: fetched without holding anybody up, kept, looked for again when a token names an unknown one.

A set is kept for `jwks_keep_s` and then read again beside the requests that use it; one that can't be read any more
goes on with the keys that are known. An unknown key makes the set be read at once, but no more often than every
`jwks_again_s`: tokens are anybody's to make up. They are fetched as webhooks are sent (`services/worker/outward.py`),
with the hosts that the operator allows looked at each time, not only when an address is set.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from draftwire.errors import Problem
from draftwire_server.core.access.outward import LOOPBACK
from draftwire_server.core.access.tokens import PublicKey, jwks_host_problem, jwks_url_problem, public_keys
from draftwire_server.limits.contract import JWKS_BYTES
from draftwire_server.limits.tuning import JWKS_KEPT
from draftwire_server.services.worker.outward import Outward, Unanswered
from draftwire_server.settings import Settings

log = logging.getLogger(__name__)


class _Set:
    """The keys at one address."""

    __slots__ = ("keys", "lock", "read_at", "tried_at")

    def __init__(self) -> None:
        self.keys: tuple[PublicKey, ...] = ()
        self.read_at = float("-inf")
        self.tried_at = float("-inf")
        self.lock = asyncio.Lock()


class Jwks:
    """See the module."""

    def __init__(self, settings: Settings, spawn: Callable[[Coroutine[Any, Any, Any]], None]) -> None:
        self._timings = settings.timings
        self._own_url = settings.jwks_url  # of the operator's, who may keep it wherever they like
        self._hosts = (*settings.jwks_hosts, *(LOOPBACK if settings.dev else ()))
        total_s = settings.timings.jwks_timeout_s
        self._outward = Outward(self._hosts, connect_s=total_s, total_s=total_s)
        self._spawn = spawn
        self._sets: OrderedDict[str, _Set] = OrderedDict()

    async def close(self) -> None:
        """Let go of connections."""
        await self._outward.close()

    def problem_of(self, url: str) -> str | None:
        """Why an address can't be used; None if it can."""
        problem = jwks_url_problem(url)
        if problem is None and url != self._own_url:
            problem = jwks_host_problem(url, self._hosts)
        return problem

    async def keys(self, url: str) -> tuple[PublicKey, ...]:
        """The keys at an address, as far as they are known. Raises `Problem` unavailable if none ever were."""
        known = self._set(url)
        if not known.keys:
            await self._read(url, known)
            if not known.keys:
                raise Problem("unavailable", "The keys of the workspace's token issuer can't be loaded. Try again.")
        elif time.monotonic() - known.read_at > self._timings.jwks_keep_s and self._due(known):
            self._spawn(self._read(url, known))
        return known.keys

    async def look_again(self, url: str) -> bool:
        """A token is of an unknown key: read the set, unless that was done a moment ago; say whether it was read."""
        known = self._set(url)
        before = known.read_at
        await self._read(url, known)
        return known.read_at != before

    async def usable(self, url: str) -> bool:
        """Whether an address that somebody wants to set gives a key; asks it now, whatever is known."""
        try:
            return bool(public_keys(await self._fetch(url)))
        except (Unanswered, ValueError):
            return False

    def _set(self, url: str) -> _Set:
        known = self._sets.get(url)
        if known is None:
            known = self._sets[url] = _Set()
            if len(self._sets) > JWKS_KEPT:
                self._sets.popitem(last=False)
        self._sets.move_to_end(url)
        return known

    def _due(self, known: _Set) -> bool:
        return time.monotonic() - known.tried_at > self._timings.jwks_again_s

    async def _read(self, url: str, known: _Set) -> None:
        """Read the set, one at a time and not too often; what goes wrong leaves the known keys as they are."""
        async with known.lock:
            if not self._due(known):
                return
            known.tried_at = time.monotonic()
            try:
                keys = public_keys(await self._fetch(url))
                if not keys:
                    raise ValueError("no key in it verifies RS256 or ES256")
            except (Unanswered, ValueError) as error:
                log.warning("the JWKS of %s can't be read: %s", urlsplit(url).hostname, error or type(error).__name__)
                return
            known.keys, known.read_at = keys, time.monotonic()

    async def _fetch(self, url: str) -> bytes:
        problem = self.problem_of(url)
        if problem is not None:
            raise ValueError(problem)
        own = urlsplit(url).hostname if url == self._own_url else None
        return await self._outward.get(url, JWKS_BYTES, {"accept": "application/json"}, own)
