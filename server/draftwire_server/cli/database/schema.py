"""`draftwire schema`: what this release makes of the database, and its contracts in machine-readable form."""

import asyncio
import sys
from typing import Final, get_args

import asyncpg
import click
import msgspec

from draftwire_server.cli.exits import EXIT_FAILED, EXIT_SCHEMA, UNREACHABLE, read_settings
from draftwire_server.settings import environment

WHAT: Final = ("status", "sql", "openapi", "messages")


@click.command()
@click.argument("what", type=click.Choice(WHAT), default="status")
def schema(what: str) -> None:
    """Print the state of the database's schema (status), or one of the contracts.

    status: each migration, applied or missing; exit code 3 if it does not match this release. sql: the text of all
    migrations. openapi: the HTTP interface. messages: JSON Schema of the WebSocket messages.
    """
    if what == "sql":
        from draftwire_server.store.migrate import load_migrations

        for step in load_migrations():
            click.echo(f"-- {step.number:04d}_{step.name}\n{step.sql}")
    elif what == "openapi":
        from draftwire.rest.routes import ROUTES
        from draftwire_server.http.serving.openapi import description

        click.echo(msgspec.json.format(msgspec.json.encode(description(ROUTES)), indent=2).decode())
    elif what == "messages":
        click.echo(msgspec.json.format(msgspec.json.encode(_messages()), indent=2).decode())
    else:
        sys.exit(asyncio.run(_status()))


def _messages() -> dict[str, object]:
    from draftwire.wire import messages as m

    sides = {"client": get_args(m.ClientMessage), "server": get_args(m.ServerMessage)}
    every = [message for side in sides.values() for message in side]
    schemas, definitions = msgspec.json.schema_components(every, ref_template="#/$defs/{name}")
    by_type = dict(zip(every, schemas, strict=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Messages of {m.SUBPROTOCOL}",
        **{side: {"anyOf": [by_type[message] for message in messages]} for side, messages in sides.items()},
        "$defs": definitions,
    }


async def _status() -> int:
    from draftwire_server.store import migrate

    settings = read_settings(environment(), needs_keys=False)
    timeout = settings.timings.connect_timeout_s
    try:
        connection = await asyncpg.connect(settings.database_url, timeout=timeout, command_timeout=timeout)
    except (asyncpg.PostgresError, *UNREACHABLE) as error:
        click.echo(f"The database can't be reached: {error or type(error).__name__}", err=True)
        return EXIT_FAILED
    try:
        applied = await migrate.schema_version(connection, settings.schema)
        for step in migrate.load_migrations():
            click.echo(f"{'applied' if step.number <= applied else 'missing'}  {step.number:04d}_{step.name}")
        await migrate.check(connection, settings.schema)
    except (migrate.SchemaMismatch, migrate.PostgresTooOld) as error:
        click.echo(str(error), err=True)
        return EXIT_SCHEMA
    finally:
        await connection.close()
    click.echo(f"Schema {settings.schema} matches this release.")
    return 0
