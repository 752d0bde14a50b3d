"""Connections to Postgres: how each is set up, and what its errors mean to us.

Owns no connection: pools and lane connections belong to services. `json` columns are read and written through
msgspec, `search_path` is our one schema. What a session is set to is set by a statement, since poolers refuse or drop
parameters of the connection's start. asyncpg's errors are translated here and nowhere else; their texts hold rows, so
`told` says which error it is and no more.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
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

LANES = 2  # connections of one worker that do nothing but commit; more split the batch: at high load slower
POOL_MOST = 8  # reads, HTTP writes and sweeps of one worker
POOL_LEAST = 3
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
    asyncpg.InsufficientResourcesError,  # disk or memory is full
    asyncpg.DeadlockDetectedError,
    asyncpg.ReadOnlySQLTransactionError,  # a replica, or a primary that was one until now
    asyncpg.InvalidAuthorizationSpecificationError,  # the password was changed there before it was here
    asyncpg.InvalidCatalogNameError,  # the database is being restored
)

# What a server that begins does not wait for: far more often a wrong setting than a moment between two right ones.
REFUSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)

DATABASE_ERRORS = (*AWAY, asyncpg.PostgresError)


# jit: our statements are short; compiling them costs more than running them.
_SETTLE = """
select set_config('search_path', quote_ident($1), false), set_config('synchronous_commit', 'on', false),
       set_config('idle_in_transaction_session_timeout', $2, false), set_config('jit', 'off', false)
"""


async def _settle(connection: Connection, settings: Settings) -> None:
    idle_ms = str(int(settings.timings.idle_in_transaction_s * 1000))
    await connection.fetchrow(_SETTLE, settings.schema, idle_ms)
    await _prepare(connection)


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
        "server_settings": {"application_name": f"draftwire {settings.worker_name}"},
    }


async def connect(settings: Settings) -> "asyncpg.Connection[Any]":
    """Open one connection, for a commit lane. Raises one of `AWAY`."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(
        **_arguments(settings, settings.timings.statement_timeout_s)
    )
    try:
        await _settle(connection, settings)
    except BaseException:
        connection.terminate()
        raise
    return connection


class PooledByTransaction(Exception):
    """A pooler gives each transaction another connection: what a session is set to and prepares is lost there."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL leads to a pooler that changes the connection between transactions (PgBouncer: pool_mode = "
            "transaction). Draftwire prepares statements and sets its sessions: use pool_mode = session, or Postgres "
            "itself."
        )


async def check_sessions(settings: Settings) -> None:
    """Make sure that a session keeps what it was set to while another one works.

    Raises:
        PooledByTransaction: it does not.
        OSError, asyncpg.PostgresError: as `connect` does.
    """
    async with AsyncExitStack() as opened:
        try:
            one, other = [await _connected_in(opened, settings) for _ in range(2)]
            sent = secrets.token_hex(8)
            await one.execute("select set_config('draftwire.session.session', $1, false)", sent)
            async with other.transaction():
                await other.fetchval("select 1")  # takes the connection that was given back last
                kept = await _soon(one.fetchval("select current_setting('draftwire.session.session', true)"))
        except _LOST_SESSION as error:
            raise PooledByTransaction from error
    if kept != sent:
        raise PooledByTransaction


# What a prepared statement meets that was made on another connection.
_LOST_SESSION = (
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.DuplicatePreparedStatementError,
    asyncpg.ProtocolViolationError,
    asyncpg.InterfaceError,  # the pooler cut it off when there was no second one
)


async def _connected_in(opened: AsyncExitStack, settings: Settings) -> "asyncpg.Connection[Any]":
    connection = await connect(settings)
    opened.callback(connection.terminate)
    return connection


async def _soon(answer: Awaitable[Any]) -> Any:
    """An answer, or None where the pooler has no second connection to ask on."""
    try:
        async with asyncio.timeout(2.0):
            return await answer
    except TimeoutError:
        return None


_ROOM = """
select least(
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0),
  (select nullif(r.rolconnlimit, -1) from pg_roles r where r.rolname = current_user),
  (select nullif(d.datconnlimit, -1) from pg_database d where d.datname = current_database()))
"""


async def room(connection: Connection) -> int:
    """How many connections our role may have at once, as far as Postgres says."""
    return int(await connection.fetchval(_ROOM))


def share(connections: int, workers: int) -> int | None:
    """How large each worker's pool may be, beside its lanes; None if there is too little for all of them."""
    each = connections // workers - LANES
    return None if each < POOL_LEAST else min(each, POOL_MOST)


def make_pool(settings: Settings) -> Pool:
    """Make a pool that connects when it is first used; `await` it, or let `acquired` do so."""
    return asyncpg.create_pool(
        min_size=0,
        max_size=settings.pool_max,
        init=lambda connection: _settle(connection, settings),
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
        self._line = asyncio.Semaphore(max(1, settings.pool_max - KEPT_FREE))
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
