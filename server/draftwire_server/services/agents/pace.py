"""How fast agents may write: a bucket for each run and for each draft, over all workers.

The buckets lie in Redis, as one number each (the generic cell rate algorithm: when the bucket will be empty again).
While Redis is away each worker keeps its own, so that nobody has to wait for it.
"""

import time
from typing import Any, Final

import redis.asyncio as redis

from draftwire_server.bus.link import REDIS_DOWN
from draftwire_server.bus.names import Names
from draftwire_server.settings import Settings

BUCKETS: Final = 10_000  # of one worker while Redis is away

# Times in µs by Redis' own clock. Gives how long to wait; 0: the cost was taken. Who reserves takes it in any case.
_TAKE: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
if full < now then full = now end
local next = full + ARGV[1]
local wait = next - now - ARGV[2]
if wait > 0 and ARGV[3] == '0' then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1)
return math.max(wait, 0)
"""


class Bucket:
    """What a name in a workspace may take: so many a second, so many at once."""

    __slots__ = ("burst_us", "each_us", "name", "workspace")

    def __init__(self, workspace: str, name: str, per_s: float, burst: float) -> None:
        self.workspace = workspace
        self.name = name
        self.each_us = int(1e6 / per_s)
        self.burst_us = int(1e6 * burst / per_s)


class Pace:
    """See the module."""

    def __init__(self, settings: Settings, names: Names) -> None:
        self._names = names
        self._redis: redis.Redis | None = None
        if settings.redis_url is not None:
            timeout_s = settings.timings.connect_timeout_s
            self._redis = redis.Redis.from_url(
                settings.redis_url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s
            )
        self._take: Any = None if self._redis is None else self._redis.register_script(_TAKE)
        self._local: dict[tuple[str, str], int] = {}  # by workspace and name

    async def take(self, bucket: Bucket) -> float:
        """Take one from a bucket; else how many seconds it takes until there is one."""
        return await self._ask(bucket, reserve=False)

    async def reserve(self, bucket: Bucket) -> float:
        """Take one from a bucket now, to be used in so many seconds: those who wait stand in line."""
        return await self._ask(bucket, reserve=True)

    async def _ask(self, bucket: Bucket, *, reserve: bool) -> float:
        if self._take is not None and self._names.known:
            key = self._names.of(bucket.workspace, "pace", bucket.name)
            arguments = [bucket.each_us, bucket.burst_us, int(reserve)]
            try:
                return int(await self._take(keys=[key], args=arguments)) / 1e6
            except REDIS_DOWN:
                pass
        return self._ask_here(bucket, reserve=reserve)

    def _ask_here(self, bucket: Bucket, *, reserve: bool) -> float:
        now = time.monotonic_ns() // 1000
        key = (bucket.workspace, bucket.name)
        following = max(self._local.get(key, 0), now) + bucket.each_us
        wait_us = following - now - bucket.burst_us
        if wait_us > 0 and not reserve:
            return wait_us / 1e6
        if len(self._local) >= BUCKETS:
            self._local.clear()
        self._local[key] = following
        return max(wait_us, 0) / 1e6

    async def close(self) -> None:
        """Let the connections go."""
        if self._redis is not None:
            await self._redis.aclose()
