"""Connections to Postgres: how each is set up, and what its errors mean to us.

Owns no connection: pools and lane connections belong to services. `json` columns are read and written through
msgspec, `search_path` is our one schema. asyncpg's errors are translated here and nowhere else.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.stored import stored_value
from draftwire_server.settings import Settings

# asyncpg's classes are generic for type checkers alone; a quoted alias could not be part of a union at run time.
if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]
    Pool: TypeAlias = asyncpg.Pool[Any]
else:
    Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
    Pool = asyncpg.Pool
Row: TypeAlias = asyncpg.Record

POOL_MAX = 8  # reads, HTTP writes and sweeps of one worker; edits have lanes of their own
KEPT_FREE = 2  # of these, for what edits wait for (`Database.ahead`): hundreds of requests stand in line at times

# Postgres is away, starting, stopping, out of connections, or dropped this one or its work: the same may pass later.
AWAY = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg makes of a connection that died while it was given back
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,  # somebody held a row for too long
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.DiskFullError,
    asyncpg.DeadlockDetectedError,
)


async def _prepare(connection: Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            encoder=lambda value: msgspec.json.encode(value).decode(),
            decoder=stored_value,
            schema="pg_catalog",
        )


async def _leave_as_it_is(_connection: Connection) -> None:
    """Nothing of ours outlives a transaction (asyncpg ends an open one): to reset the session would cost each use of a
    connection a round trip.
    """


def _arguments(settings: Settings, statement_timeout_s: float) -> dict[str, Any]:
    timings = settings.timings
    return {
        "dsn": settings.database_url,
        "timeout": timings.connect_timeout_s,
        "command_timeout": statement_timeout_s,
        "server_settings": {
            "search_path": settings.schema,
            "application_name": f"draftwire {settings.worker_name}",
            "idle_in_transaction_session_timeout": str(int(timings.idle_in_transaction_s * 1000)),
            "synchronous_commit": "on",
            "jit": "off",  # our statements are short; compiling them costs more than running them
        },
    }


async def connect(settings: Settings) -> "asyncpg.Connection[Any]":
    """Open one connection, for a commit lane. Raises one of `AWAY`."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(
        **_arguments(settings, settings.timings.statement_timeout_s)
    )
    await _prepare(connection)
    return connection


def make_pool(settings: Settings) -> Pool:
    """Make a pool that connects when it is first used; `await` it, or let `acquired` do so."""
    return asyncpg.create_pool(
        min_size=0,
        max_size=POOL_MAX,
        init=_prepare,
        reset=_leave_as_it_is,
        **_arguments(settings, settings.timings.statement_timeout_s),
    )


class Database:
    """The worker's pool: hands out connections, and turns an outage into `unavailable`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = make_pool(settings)
        self._opening = asyncio.Lock()
        self._opened = False
        self._holders: set[asyncio.Task[Any] | None] = set()  # tasks that have a connection now
        self._line = asyncio.Semaphore(POOL_MAX - KEPT_FREE)
        self._ahead: ContextVar[bool] = ContextVar("ahead", default=False)

    async def _open(self) -> None:
        async with self._opening:
            if not self._opened:
                await self._pool
                self._opened = True

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """What asks for connections in this block, and what it starts, does not stand in line behind everybody else."""
        token = self._ahead.set(True)
        try:
            yield
        finally:
            self._ahead.reset(token)

    @asynccontextmanager
    async def _in_line(self) -> AsyncIterator[None]:
        if self._ahead.get():
            yield
            return
        async with asyncio.timeout(self._settings.timings.connect_timeout_s):
            await self._line.acquire()
        try:
            yield
        finally:
            self._line.release()

    @asynccontextmanager
    async def acquired(self) -> AsyncIterator[Connection]:
        """Lend a connection.

        Raises:
            Problem: `unavailable` if Postgres is away, also in the middle; nothing uncommitted then took effect.
        """
        # Whoever waits for a second one while they hold one waits for each other, once there are enough of them.
        task = asyncio.current_task()
        assert task not in self._holders, "a task that holds a connection asks for another one"
        try:
            if not self._opened:
                await self._open()
            timeout_s = self._settings.timings.connect_timeout_s
            async with self._in_line(), self._pool.acquire(timeout=timeout_s) as connection:
                self._holders.add(task)
                try:
                    yield connection
                finally:
                    self._holders.discard(task)
        except AWAY as error:
            raise Problem("unavailable") from error

    @asynccontextmanager
    async def lent(self, connection: "Connection | None") -> "AsyncIterator[Connection]":
        """The caller's connection, or one of the pool for the length of the block. Raises as `acquired` does."""
        if connection is not None:
            yield connection
        else:
            async with self.acquired() as own:
                yield own

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection in a transaction that commits at the end of the block."""
        async with self.acquired() as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        """Close all connections; those in use get a moment, then are cut."""
        try:
            async with asyncio.timeout(2.0):
                await self._pool.close()
        except (TimeoutError, asyncpg.InterfaceError, OSError):
            self._pool.terminate()
