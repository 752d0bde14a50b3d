"""Forward-only migrations: the SQL files beside this module, each applied once, in order, each in one
transaction.from draftwire_server.store.quiet import told


Owns the table `schema_migration` and the Postgres schema that everything lives in. Invariants:

- An advisory lock, taken inside of every transaction, puts processes that migrate at once behind each other;
  each looks again which step is next once it has the lock, so an interrupted run is simply continued by the
  next one.
- A step and its row in `schema_migration` commit together.
- A file is never changed once released: its digest is kept and compared.
- A file says from which schema version on a release can run with it (``-- runs-from: 0018``), and the database keeps
  that: old workers and their replacements go on while a new release migrates and takes over.
- No extension, no superuser, PostgreSQL ≥ 15. The files name no schema: they run with the search path set to
  ours.
"""

import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

import asyncpg
import msgspec

from draftwire_server.store.quiet import told

MIN_POSTGRES: Final = 150_000  # NULLS NOT DISTINCT, security_invoker, grants on public changed
LOCK_CLASS: Final = 0x64726674  # "drft": the first key of our advisory locks
LOCK_TIMEOUT_S: Final = 10  # DDL waiting behind a long transaction makes everybody else wait behind it
FILE_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")

SELECT_TABLE = "select to_regclass($1)"
RUNS_FROM: Final = re.compile(r"^-- runs-from: (\d{4})$", re.MULTILINE)

SELECT_APPLIED = "select number, name, digest from schema_migration order by number"
SELECT_RUNS_FROM = (
    "select coalesce(to_jsonb(m) ->> 'runs_from', '99999')::int from schema_migration m where number > $1"
)
ADD_RUNS_FROM = "alter table schema_migration add column if not exists runs_from integer"
INSERT_APPLIED = "insert into schema_migration (number, name, digest, runs_from) values ($1, $2, $3, $4)"
CREATE_TABLE = """
create table if not exists schema_migration (
  number      integer primary key,
  name        text not null,
  digest      text not null,
  applied_at  timestamptz not null default now()
)
"""


class MigrationError(Exception):
    """Migrating failed; the database is as the last whole step left it."""


class SchemaMismatch(Exception):
    """The database does not have the schema that this release was made for."""

    def __init__(self, message: str, *, found: int, wanted: int) -> None:
        self.found = found
        self.wanted = wanted
        super().__init__(message)


class SchemaTooOld(SchemaMismatch):
    """Migrations are missing: `draftwire migrate` applies them."""


class SchemaTooNew(SchemaMismatch):
    """A later release has migrated this database: install that one."""


class SchemaChanged(SchemaMismatch):
    """A migration was another text when it was applied."""


class PostgresTooOld(Exception):
    """The server's major version is below 15."""


class Migration(msgspec.Struct, frozen=True):
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def runs_from(self) -> int:
        """The lowest schema version whose releases can run when this step is applied; its own where it says nothing."""
        found = RUNS_FROM.search(self.sql)
        return int(found[1]) if found else self.number

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()[:32]


def load_migrations() -> tuple[Migration, ...]:
    """Read the files of this release, in order; numbers run 1, 2, 3 … without gaps."""
    found = [
        Migration(int(match[1]), match[2], file.read_text(encoding="utf-8"))
        for file in files("draftwire_server.store").joinpath("migrations").iterdir()
        if (match := FILE_NAME.fullmatch(file.name))
    ]
    found.sort(key=lambda m: m.number)
    numbers = [m.number for m in found]
    assert numbers == list(range(1, len(found) + 1)), f"migrations are numbered 1, 2, 3 …, not {numbers}"
    return tuple(found)


async def migrate(
    database_url: str, schema: str = "draftwire", migrations: Sequence[Migration] | None = None
) -> list[str]:
    """Bring a database to this release's schema; give the names of the steps that were applied now.

    Raises:
        MigrationError, SchemaTooNew, SchemaChanged, PostgresTooOld, OSError, asyncpg.PostgresError
    """
    steps = load_migrations() if migrations is None else migrations
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.execute("select set_config('search_path', quote_ident($1), false)", schema)
        _check_postgres(connection)
        if await _is_of_a_later_release(connection, schema, steps):
            return []
        applied = []
        while (name := await _apply_next(connection, schema, steps)) is not None:
            applied.append(name)
        return applied
    finally:
        await connection.close()


async def schema_version(connection: Any, schema: str = "draftwire") -> int:
    """Give the number of the last applied migration; 0 for a database without our tables."""
    applied = await _applied(connection, schema)
    return applied[-1][0] if applied else 0


async def check(connection: Any, schema: str = "draftwire", migrations: Sequence[Migration] | None = None) -> None:
    """Make sure that the database has the schema of this release, or one of a later release with which it can run.

    Raises:
        SchemaTooOld, SchemaTooNew, SchemaChanged, PostgresTooOld
    """
    _check_postgres(connection)
    steps = load_migrations() if migrations is None else migrations
    applied = await _applied(connection, schema)
    if await _is_of_a_later_release(connection, schema, steps):
        applied = applied[: len(steps)]
    _compare(applied, steps)
    if len(applied) < len(steps):
        raise SchemaTooOld(
            f"The database has schema version {len(applied)}, this release needs {len(steps)}: "
            "run `draftwire migrate`.",
            found=len(applied),
            wanted=len(steps),
        )


async def _apply_next(connection: Any, schema: str, steps: Sequence[Migration]) -> str | None:
    """Apply the first missing step, if any, in one transaction."""
    try:
        async with connection.transaction():
            # Whatever limits the role or the database sets for ordinary work: a migration may take its time.
            await connection.execute("set local statement_timeout = 0; set local lock_timeout = 0")
            await connection.execute("select pg_advisory_xact_lock($1::int, hashtext($2))", LOCK_CLASS, schema)
            if not await connection.fetchval("select 1 from pg_namespace where nspname = $1", schema):
                await connection.execute(f'create schema "{schema}"')
            await connection.execute(CREATE_TABLE)
            await connection.execute(ADD_RUNS_FROM)
            applied = await _applied(connection, schema)
            _compare(applied, steps)
            if len(applied) == len(steps):
                return None
            step = steps[len(applied)]
            await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT_S}s'")
            await connection.execute(step.sql)
            await connection.execute(INSERT_APPLIED, step.number, step.name, step.digest, step.runs_from)
            return f"{step.number:04d}_{step.name}"
    except asyncpg.LockNotAvailableError as error:
        raise MigrationError(
            f"A table is in use by a long transaction ({told(error)}); nothing was changed by this step. Try again."
        ) from error
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"The database role may not do this: {told(error)}. It must own schema {schema} or may create it."
        ) from error


async def _applied(connection: Any, schema: str) -> list[tuple[int, str, str]]:
    if await connection.fetchval(SELECT_TABLE, f'"{schema}".schema_migration') is None:
        return []
    rows = await connection.fetch(SELECT_APPLIED.replace("schema_migration", f'"{schema}".schema_migration'))
    return [(row["number"], row["name"], row["digest"]) for row in rows]


async def _is_of_a_later_release(connection: Any, schema: str, steps: Sequence[Migration]) -> bool:
    """Whether a later release has migrated the database, and said that this one can go on."""
    if await schema_version(connection, schema) <= len(steps):
        return False
    statement = SELECT_RUNS_FROM.replace("schema_migration", f'"{schema}".schema_migration')
    return all(row[0] <= len(steps) for row in await connection.fetch(statement, len(steps)))


def _compare(applied: Sequence[tuple[int, str, str]], steps: Sequence[Migration]) -> None:
    """Refuse what another release or another build has made of the database."""
    if len(applied) > len(steps):
        raise SchemaTooNew(
            f"The database has schema version {len(applied)}, this release knows {len(steps)}: it was "
            "migrated by a later release. Install that one; `draftwire migrate` does not go back.",
            found=len(applied),
            wanted=len(steps),
        )
    for (number, name, digest), step in zip(applied, steps, strict=False):
        if (number, digest) != (step.number, step.digest):
            raise SchemaChanged(
                f"Migration {number:04d}_{name} of this database is not the one of this release: it was made "
                "by another build. A database with data in it needs that build.",
                found=len(applied),
                wanted=len(steps),
            )


def _check_postgres(connection: Any) -> None:
    version = connection.get_server_version()
    if version.major * 10_000 < MIN_POSTGRES:
        raise PostgresTooOld(f"PostgreSQL {version.major}.{version.minor} is too old: Draftwire needs 15 or later.")
