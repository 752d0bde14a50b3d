"""`draftwire installation`: the id in front of every key in Redis, and a new one for a copy of the database."""

import asyncio
import sys

import asyncpg
import click

from draftwire_server.cli.exits import EXIT_FAILED, EXIT_SCHEMA, UNREACHABLE, read_settings
from draftwire_server.settings import environment
from draftwire_server.store import installation as store
from draftwire_server.store import migrate


@click.group()
def installation() -> None:
    """The id of this installation. It separates installations that share a Redis."""


@installation.command()
def show() -> None:
    """Print the id. A copy of the database has the same id until you renew it."""
    sys.exit(asyncio.run(_do(fresh=False)))


@installation.command()
def renew() -> None:
    """Give a copied database its own id. Stop its servers before, and start them after."""
    sys.exit(asyncio.run(_do(fresh=True)))


async def _do(*, fresh: bool) -> int:
    settings = read_settings(environment(), needs_keys=False)
    timeout = settings.timings.connect_timeout_s
    try:
        connection = await asyncpg.connect(
            settings.database_url, timeout=timeout, command_timeout=timeout,
            server_settings={"search_path": settings.schema},
        )  # fmt: skip
    except (asyncpg.PostgresError, *UNREACHABLE) as error:
        click.echo(f"The database can't be reached: {error or type(error).__name__}", err=True)
        return EXIT_FAILED
    try:
        await migrate.check(connection, settings.schema)
        click.echo(await store.renew(connection) if fresh else (await store.load(connection)).id)
    except (migrate.SchemaMismatch, migrate.PostgresTooOld) as error:
        click.echo(str(error), err=True)
        return EXIT_SCHEMA
    finally:
        await connection.close()
    return 0
