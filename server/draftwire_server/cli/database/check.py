"""`draftwire check`: everything that is wrong with an installation, at once, each with what to do about it.

Looks at the configuration, the keys, the kinds, Postgres (version, schema, workspaces, connections, durability, clock),
Redis (an answer, a message that really comes through, its clock, company of a copy of this database) and the limits of
the process. Writes nothing.
"""

import asyncio
import contextlib
import json
import resource
import secrets
import sys
import time
from collections.abc import AsyncIterator
from typing import Any, Final, Literal

import asyncpg
import click
import msgspec
import redis.asyncio as aioredis
from redis.exceptions import RedisError

from draftwire_server.bus.names import check_channel
from draftwire_server.cli.exits import EXIT_FAILED, NO_KEYS, UNREACHABLE
from draftwire_server.core.access.sealing import Box
from draftwire_server.core.access.tokens import SKEW_S
from draftwire_server.core.kinds.kind_file import KindError
from draftwire_server.kinds import load_kinds
from draftwire_server.services.worker import company
from draftwire_server.settings import Settings, SettingsError, environment, from_env
from draftwire_server.store import installation, migrate
from draftwire_server.store.access.members import list_workspaces
from draftwire_server.store.health import prove_room, prove_write
from draftwire_server.store.items.secrets import count_by_key
from draftwire_server.store.postgres import (
    LANES,
    POOL_LEAST,
    POOL_MOST,
    PooledByTransaction,
    check_sessions,
    connect,
    room,
    share,
)
from draftwire_server.store.quiet import told

OTHERS: Final = 10  # connections that backups, migrations and people need
FILES_PER_WORKER: Final = 4_096  # sockets of one worker before anything else; each is a file
SKEW_WARNED_S: Final = 1.0
FEW_CHARACTERS: Final = 8  # different ones in 32 random bytes, however they are written: about 20
TIMEOUT_S: Final = 5.0
NO_DATABASE: Final = {"DATABASE_URL": "postgresql://not-set"}

State = Literal["ok", "warning", "wrong"]
MARKS: Final[dict[State, str]] = {"ok": "✓", "warning": "!", "wrong": "✗"}


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    about: str
    state: State
    told: str


async def findings(environ: dict[str, str]) -> AsyncIterator[Finding]:
    """Look at everything; what can't be looked at because something before it is wrong is left out."""
    settings = None
    try:
        settings = from_env(environ)
        yield Finding("configuration", "ok", f"{settings.workers} worker(s) at {settings.host}:{settings.port}")
    except SettingsError as error:
        for problem in error.problems:
            yield Finding("configuration", "wrong", problem)
        with contextlib.suppress(SettingsError):
            settings = from_env(NO_KEYS | NO_DATABASE | environ)  # the rest can be looked at without them
    if settings is None:
        return
    for finding in (*_keys(environ, settings), *_kinds(settings), *_process(settings)):
        yield finding
    if settings.database_url != NO_DATABASE["DATABASE_URL"]:
        async for finding in _postgres(settings):
            yield finding
    async for finding in _redis(settings):
        yield finding


def _keys(environ: dict[str, str], settings: Settings) -> list[Finding]:
    if not (environ.get("DRAFTWIRE_TOKEN_KEYS") or settings.jwks_url) or not environ.get("DRAFTWIRE_RESUME_KEY"):
        return []  # told with the configuration
    poor = "A token key has only a few different characters. Generate keys at random."
    found = [Finding("keys", "warning", poor) for key in settings.token_keys if len(set(key)) < FEW_CHARACTERS]
    if settings.resume_key in settings.token_keys:
        found.append(Finding("keys", "warning", "The resume key is also a token key. Use separate keys."))
    return found or [Finding("keys", "ok", f"{len(settings.token_keys)} to verify tokens, the first one signs")]


def _kinds(settings: Settings) -> list[Finding]:
    try:
        kinds = list(load_kinds(settings.kinds_dir))
    except KindError as error:
        return [Finding("kinds", "wrong", problem) for problem in error.problems]
    return [Finding("kinds", "ok", f"{len(kinds)} kinds")]


def _process(settings: Settings) -> list[Finding]:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files < FILES_PER_WORKER:
        told = (
            f"A process may open only {files} files, and each socket is one. Raise the limit (ulimit -n) to "
            f"{FILES_PER_WORKER}."
        )
        return [Finding("process", "warning", told)]
    if settings.workers > 1 and settings.redis_url is None:
        return [Finding("process", "wrong", "More than one worker needs REDIS_URL.")]
    return [Finding("process", "ok", f"may open {files} files")]


# ---- Postgres


async def _postgres(settings: Settings) -> AsyncIterator[Finding]:
    try:
        connection = await connect(settings)  # as a worker does
    except (asyncpg.PostgresError, *UNREACHABLE) as error:
        yield Finding("Postgres", "wrong", f"can't be reached: {_told(error)}")
        return
    try:
        version = connection.get_server_version()
        yield Finding("Postgres", "ok", f"answers, version {version.major}.{version.minor}")
        yield await _sessions(settings)
        schema = await _schema(connection, settings)
        yield schema
        if schema.state == "ok":
            yield await _writing(connection, settings)
            yield await _secrets(connection, settings)
            async for finding in _company(connection, settings):
                yield finding
            yield await _workspaces(connection)
        yield await _connections(connection, settings)
        yield await _durable(connection)
        yield _skew("Postgres", await connection.fetchval("select extract(epoch from clock_timestamp())::float8"))
    except (asyncpg.PostgresError, *UNREACHABLE) as error:
        yield Finding("Postgres", "wrong", _told(error))
    finally:
        await connection.close()


async def _schema(connection: Any, settings: Settings) -> Finding:
    try:
        await migrate.check(connection, settings.schema)
    except (migrate.SchemaMismatch, migrate.PostgresTooOld) as error:
        return Finding("schema", "wrong", str(error))
    encoding = await connection.fetchval("select current_setting('server_encoding')")
    if encoding != "UTF8":
        return Finding("schema", "wrong", f"The database's encoding is {encoding}. Draftwire needs UTF8.")
    return Finding("schema", "ok", f"{settings.schema} matches this release")


async def _secrets(connection: Any, settings: Settings) -> Finding:
    """Whether what is encrypted can be read with the keys that are set."""
    await connection.execute("select set_config('search_path', $1, false)", settings.schema)
    rows = await count_by_key(connection)
    keys = Box(settings.secret_keys).keys
    lost = sum(count for key, count in rows.items() if key not in keys)
    if lost:
        told = (
            f"{lost} rows were encrypted with a key that is not in DRAFTWIRE_SECRET_KEYS and can't be read. Add that "
            "key."
        )
        return Finding("secrets", "wrong", told)
    if not keys:
        return Finding(
            "secrets", "warning", "DRAFTWIRE_SECRET_KEYS is not set, so secrets and webhooks are unavailable."
        )
    old = sum(count for key, count in rows.items() if key != keys[0])
    told = f"{old} rows use an older key. Run: draftwire secrets rotate" if old else "all rows use the first key"
    return Finding("secrets", "ok", told)


async def _company(connection: Any, settings: Settings) -> AsyncIterator[Finding]:
    """Whether a copy of this database uses the same Redis."""
    here = await installation.load(connection)
    client = company.client(settings)
    if client is None:
        return
    try:
        problems, _ = await company.others(client, here)
    except (RedisError, *UNREACHABLE):
        return  # told with Redis
    finally:
        await client.aclose()
    for problem in problems:
        yield Finding("installation", "wrong" if problem == company.TWO_SERVERS else "warning", problem)
    if not problems:
        yield Finding("installation", "ok", f"{here.id}, the only one with this id on its Redis")


async def _workspaces(connection: Any) -> Finding:
    """Whether anybody can sign in at all."""
    found = await list_workspaces(connection)
    if not found:
        told = (
            "There is no workspace yet. Create one so that people can sign in: draftwire workspace add ID --admin USER"
        )
        return Finding("workspaces", "warning", told)
    if alone := [name or id_ for id_, name, _, _, _, admins in found if not admins]:
        return Finding("workspaces", "warning", f"{', '.join(alone[:10])}: no admin left")
    return Finding("workspaces", "ok", f"{len(found)}")


async def _writing(connection: Any, settings: Settings) -> Finding:
    """Whether Postgres takes what is written: a replica, or a full disk, answers everything else."""
    attempt = connection.transaction()
    await attempt.start()
    try:
        await prove_write(connection, settings.worker_name)
        await prove_room(connection)
    except asyncpg.PostgresError as error:
        return Finding("writing", "wrong", f"Postgres refuses writes: {_told(error)}")
    finally:
        await attempt.rollback()
    return Finding("writing", "ok", "Postgres accepts writes")


async def _sessions(settings: Settings) -> Finding:
    try:
        await check_sessions(settings)
    except PooledByTransaction as error:
        return Finding("sessions", "wrong", str(error))
    return Finding("sessions", "ok", "connections keep their settings")


async def _connections(connection: Any, settings: Settings) -> Finding:
    """Whether all workers of this machine find room; other machines' are not known here."""
    there, workers = await room(connection), settings.workers
    wanted = workers * (POOL_MOST + LANES) + OTHERS
    pool = share(there, workers)
    if pool is None:
        told = (
            f"{workers} worker(s) need {workers * (POOL_LEAST + LANES)} connections at least, but the role may have "
            f"{there} (max_connections and the limits of role and database)."
        )
        return Finding("connections", "wrong", told)
    if wanted > there:
        told = (
            f"{workers} worker(s) want {wanted - OTHERS} connections and leave {OTHERS} to others, but the role has "
            f"{there}. Each gets {pool + LANES}."
        )
        return Finding("connections", "warning", told)
    return Finding("connections", "ok", f"up to {wanted - OTHERS} of {there}")


async def _durable(connection: Any) -> Finding:
    off = [
        name
        for name in ("fsync", "full_page_writes")
        if await connection.fetchval("select current_setting($1)", name) != "on"
    ]
    if off:
        told = f"{', '.join(off)} is off. A crash of the machine loses acknowledged edits. Switch it on."
        return Finding("durability", "wrong", told)
    return Finding("durability", "ok", "an acknowledged edit survives a crash of the machine")


# ---- Redis


async def _redis(settings: Settings) -> AsyncIterator[Finding]:
    if settings.redis_url is None:
        yield Finding("Redis", "ok" if settings.workers == 1 else "wrong", "none; a single worker needs none")
        return
    client = aioredis.Redis.from_url(settings.redis_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            info = await client.info("server")
            yield Finding("Redis", "ok", f"answers, version {info.get('valkey_version') or info.get('redis_version')}")
            yield await _message(client)
            seconds, micros = await client.time()
            yield _skew("Redis", seconds + micros / 1e6)
    except (RedisError, *UNREACHABLE) as error:
        yield Finding("Redis", "wrong", f"can't be used: {_told(error)}")
    finally:
        await client.aclose()


async def _message(client: "aioredis.Redis") -> Finding:
    """Send ourselves a message: a proxy that drops pub/sub answers to everything else."""
    channel, sent = check_channel(secrets.token_hex(8)), secrets.token_bytes(16)
    async with client.pubsub() as pubsub:
        await pubsub.subscribe(channel)
        began = time.monotonic()
        await client.publish(channel, sent)
        while time.monotonic() - began < TIMEOUT_S:
            message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=0.2)
            if message is not None and message["data"] == sent:
                return Finding("pub/sub", "ok", f"a message arrived in {(time.monotonic() - began) * 1000:.0f} ms")
    return Finding("pub/sub", "wrong", "a published message did not arrive. Does a proxy drop pub/sub?")


def _skew(whose: str, now: float) -> Finding:
    skew = abs(now - time.time())
    told = f"differs by {skew:.2f} s from this machine's"
    if skew > SKEW_S:
        return Finding(f"clock of {whose}", "wrong", f"{told}. Tokens would be refused. Synchronize the clocks (NTP).")
    if skew > SKEW_WARNED_S:
        return Finding(f"clock of {whose}", "warning", f"{told}. Synchronize the clocks (NTP).")
    return Finding(f"clock of {whose}", "ok", told)


def _told(error: BaseException) -> str:
    """An error's text; redis-py repeats no password in its own."""
    return told(error)


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), help="Number of workers you will start (DRAFTWIRE_WORKERS).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(workers: int | None, as_json: bool) -> None:
    """Check the installation and report every problem. The exit code is 1 if there is one."""
    environ = environment()
    if workers is not None:
        environ["DRAFTWIRE_WORKERS"] = str(workers)

    async def look() -> list[Finding]:
        found = []
        async for finding in findings(environ):
            found.append(finding)
            if not as_json:
                click.echo(f"{MARKS[finding.state]} {finding.about}: {finding.told}")
        return found

    found = asyncio.run(look())
    wrong = sum(1 for finding in found if finding.state == "wrong")
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(finding) for finding in found], indent=2, ensure_ascii=False))
    elif wrong:
        click.echo(f"\n{wrong} of {len(found)} checks failed.")
    else:
        click.echo("\nReady to serve.")
    sys.exit(EXIT_FAILED if wrong else 0)
