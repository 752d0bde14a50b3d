"""Commands that work on the database itself: at DATABASE_URL, or of a running `draftwire dev` by its directory."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import click

from draftwire.errors import Problem
from draftwire_server.cli.exits import EXIT_FAILED, EXIT_SCHEMA, UNREACHABLE, read_settings, refuse
from draftwire_server.settings import Settings, environment
from draftwire_server.store import migrate
from draftwire_server.store.postgres import connect


def data_dir_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take the directory of `draftwire dev`."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Use the database of the `draftwire dev` that runs in this directory, instead of DATABASE_URL.",
    )(command)


def on_database(work: Callable[[Any], Awaitable[Any]], data_dir: Path | None = None) -> Any:
    """Do something on one connection, as the server itself connects; end the process if that can't be."""
    settings = settings_of(data_dir)

    async def working() -> Any:
        connection = await connect(settings)
        try:
            await migrate.check(connection, settings.schema)
            return await work(connection)
        finally:
            await connection.close()

    try:
        return asyncio.run(working())
    except Problem as problem:
        click.echo(f"{problem.code}: {problem.message}", err=True)
        sys.exit(EXIT_FAILED)
    except migrate.SchemaMismatch as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_SCHEMA)
    except (asyncpg.PostgresError, *UNREACHABLE) as error:
        where = "Postgres" if data_dir is None else f"The database of {data_dir} (is `draftwire dev` running there?)"
        click.echo(f"{where}: {error or type(error).__name__}", err=True)
        sys.exit(EXIT_FAILED)


def settings_of(data_dir: Path | None) -> Settings:
    """The settings of a command on the database; end the process if they can't be used."""
    environ = environment()
    if data_dir is not None:
        from draftwire_server.cli.process.embedded import Embedded

        if not (data_dir / "postgres").exists():
            refuse(f"There is no database of `draftwire dev` in {data_dir}.")
        environ = {**environ, "DATABASE_URL": Embedded(data_dir).database_url}
        environ.pop("DRAFTWIRE_DATABASE_URL", None)
    return read_settings(environ, needs_keys=False)
