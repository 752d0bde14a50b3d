"""Which installation this worker is of, and who else bears its id on the same Redis.

The names of all keys and channels wait for the first look (`bus/names.py`). Then every worker tells of itself now and
then under the bare id, where a restored copy of its database meets it; whoever finds another database there says so in
the log, once, and `draftwire check` says it too.
"""

import asyncio
import contextlib
import logging
from typing import Any, Final

import msgspec
import redis.asyncio as redis

from draftwire.errors import Problem
from draftwire_server.bus.link import REDIS_DOWN
from draftwire_server.bus.names import Names, company
from draftwire_server.settings import Settings
from draftwire_server.store.installation import Installation, load
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

EVERY_S: Final = 10.0
FRESH_S: Final = 35.0  # who has not told of itself for so long is not there: three times, and a little
KEPT_S: Final = 3600

SURE_ROUNDS: Final = 4  # after a restart of Postgres workers tell of the new one within a round

_RENEW: Final = "run `draftwire installation renew` in the copy and start it anew, or give it a Redis of its own"
TWO_DATABASES: Final = (
    "Another database with this installation's id uses the same Redis: a copy that was restored from a dump. They "
    f"share nothing, but only one of them should bear the id: {_RENEW}."
)
TWO_SERVERS: Final = (
    "Two running Postgres servers have this database and use the same Redis: one is a copy of the other's files, and "
    f"their people see each other's text. Now: {_RENEW}. (For a few seconds after Postgres was restarted, or another "
    "server took over, this is no more than that.)"
)


class WorkerTold(msgspec.Struct, frozen=True):
    """What a worker tells of itself."""

    database: str
    postgres_since: str
    at: float  # by Redis' clock


_encode = msgspec.json.Encoder().encode
_told = msgspec.json.Decoder(WorkerTold)


class Company:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, names: Names) -> None:
        self._settings = settings
        self._database = database
        self._names = names
        self._worker = settings.worker_name
        self._redis = client(settings)
        self._field = ""
        self._seen: dict[str, int] = {}  # what is wrong, and for how many rounds

    async def look(self) -> Installation:
        """Read which installation this is, and let names be made. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            found = await load(connection)
        if not self._names.known:
            self._names.settle(found.name)
        return found

    async def run(self) -> None:
        """Tell of this worker and look for others until cancelled; an outage is waited out."""
        while not self._names.known:
            with contextlib.suppress(Problem):
                await self.look()
            if not self._names.known:
                await asyncio.sleep(self._settings.timings.poll_s)
        while self._redis is not None:
            with contextlib.suppress(Problem, *REDIS_DOWN):
                await self._round(self._redis)
            await asyncio.sleep(EVERY_S)

    async def _round(self, client: "redis.Redis") -> None:
        here = await self.look()
        now = await _now(client)
        key = company(here.id)
        field = f"{here.database}|{here.postgres_since}|{self._worker}"
        if self._field not in ("", field):
            await client.hdel(key, self._field)  # Postgres was restarted: that was us too
        self._field = field
        await client.hset(key, field, _encode(WorkerTold(here.database, here.postgres_since, now)))
        await client.expire(key, KEPT_S)
        problems, stale = await others(client, here)
        if stale:
            await client.hdel(key, *stale)
        self._seen = {problem: self._seen.get(problem, 0) + 1 for problem in problems}
        for problem, rounds in self._seen.items():
            if rounds == (SURE_ROUNDS if problem == TWO_SERVERS else 1):
                log.warning("%s", problem)

    async def close(self) -> None:
        """Let the connections go."""
        if self._redis is not None:
            await self._redis.aclose()


async def others(client: "redis.Redis", here: Installation) -> tuple[list[str], list[Any]]:
    """What to tell of other databases whose workers bear this id now, and what stands there of workers that are gone.

    Raises one of `REDIS_DOWN`.
    """
    now = await _now(client)
    fields: dict[Any, Any] = await client.hgetall(company(here.id))
    found: dict[str, None] = {}
    stale: list[Any] = []
    for field, value in fields.items():
        try:
            told = _told.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # of another release
        if now - told.at > FRESH_S:
            stale.append(field)
        elif told.database != here.database:
            found[TWO_DATABASES] = None
        elif told.postgres_since != here.postgres_since:
            found[TWO_SERVERS] = None
    return list(found), stale


def client(settings: Settings) -> "redis.Redis | None":
    """A client of the Redis that is set, at database 0 whatever its URL says: channels know no numbers either."""
    if settings.redis_url is None:
        return None
    timeout_s = settings.timings.connect_timeout_s
    made = redis.Redis.from_url(settings.redis_url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s)
    made.connection_pool.connection_kwargs["db"] = 0
    return made


async def _now(client: "redis.Redis") -> float:
    seconds, micros = await client.time()
    return float(seconds) + micros / 1e6
