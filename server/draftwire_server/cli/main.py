"""The command `draftwire`: what each subcommand takes, and which exit code says what.

Exit codes: 0 done, 1 failed while running, 2 wrong settings or options, 3 the database has another schema
than this release (`draftwire migrate` mends an older one).
"""

import asyncio
import contextlib
import importlib
import logging
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final

import asyncpg
import click
import msgspec

from draftwire_server.cli.exits import (
    EXIT_FAILED,
    EXIT_SCHEMA,
    EXIT_USAGE,
    UNREACHABLE,
    read_settings,
    refuse,
    refuse_settings,
)
from draftwire_server.settings import Settings, SettingsError, environment
from draftwire_server.store.quiet import log_quietly, told

log = logging.getLogger("draftwire")


# Each command and its module, which is imported only for it: one command needs a fraction of what all of them need.
ELSEWHERE: Final = {
    name: module
    for module, names in (
        ("database.check", "check"),
        ("config", "config"),
        ("database.schema", "schema"),
        ("database.prune", "prune"),
        ("database.installation", "installation"),
        ("database.secrets", "secrets"),
        ("people.webhooks", "webhooks"),
        ("items.items", "items"),
        ("items.draft", "draft"),
        ("items.drafts", "drafts"),
        ("items.deploy", "deploy redeploy diff"),
        ("items.history", "history blame"),
        ("items.tail", "tail"),
        ("items.transfer", "export import"),
        ("people.token", "token"),
        ("people.runs", "runs"),
        ("people.mcp", "mcp"),
        ("people.workspace", "workspace"),
        ("people.people", "members groups folders"),
        ("people.rights", "grants keys tokens identity directory"),
    )
    for name in names.split()
}


class Commands(click.Group):
    """The commands of this module, and those of `ELSEWHERE`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"draftwire_server.cli.{ELSEWHERE[cmd_name]}")
        command: click.Command = getattr(module, "import_" if cmd_name == "import" else cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Draftwire: drafts, presence, live edits, conflict alerts and deploys for platforms with an editor."""


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(f"draftwire {installed_version('draftwire')}")


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option("--workers", default=2, show_default=True, help="Number of worker processes.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".draftwire"),
    show_default=True,
    help="Directory of PostgreSQL, keys and logs.",
)
@click.option("--worker-port-base", type=int, help="Worker i also listens on this port + i.")
def dev(port: int, workers: int, data_dir: Path, worker_port_base: int | None) -> None:
    """Run everything on this machine: PostgreSQL, Valkey, a demo workspace, the server."""
    from draftwire_server.cli.process.develop import develop

    _log_to_stderr("info")
    overrides = {"DRAFTWIRE_PORT": str(port), "DRAFTWIRE_WORKERS": str(workers)}
    if worker_port_base is not None:
        overrides["DRAFTWIRE_WORKER_PORT_BASE"] = str(worker_port_base)
    try:
        sys.exit(asyncio.run(develop(data_dir.resolve(), overrides)))
    except SettingsError as error:
        refuse_settings(error)
    except KeyboardInterrupt:
        sys.exit(EXIT_FAILED)


@main.command()
@click.option("--workers", type=click.IntRange(1, 64), help="Number of worker processes (DRAFTWIRE_WORKERS).")
@click.option("--host", help="Address to listen on (DRAFTWIRE_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (DRAFTWIRE_PORT).")
def serve(workers: int | None, host: str | None, port: int | None) -> None:
    """Run the production server on DATABASE_URL and REDIS_URL."""
    environ = environment()
    for name, value in (("WORKERS", workers), ("HOST", host), ("PORT", port)):
        if value is not None:
            environ[f"DRAFTWIRE_{name}"] = str(value)
    settings = read_settings(environ)
    if settings.workers > 1 and settings.redis_url is None:
        refuse("More than one worker needs REDIS_URL, over which workers exchange edits.")
    _log_to_stderr(settings.log_level)
    sys.exit(asyncio.run(_serve(settings)))


@main.command()
def migrate() -> None:
    """Migrate the database at DATABASE_URL to this release's schema. Idempotent, and safe to run concurrently."""
    from draftwire_server.store import migrate as steps

    settings = read_settings(environment(), needs_keys=False)
    try:
        applied = asyncio.run(steps.migrate(settings.database_url, settings.schema))
    except steps.SchemaMismatch as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_SCHEMA)
    except (steps.MigrationError, steps.PostgresTooOld, asyncpg.PostgresError, *UNREACHABLE) as error:
        click.echo(f"The migration failed: {told(error)}", err=True)
        sys.exit(EXIT_FAILED)
    for name in applied:
        click.echo(f"applied {name}")
    click.echo("The schema is up to date.")


async def _serve(settings: Settings) -> int:
    from draftwire_server.cli.process.supervise import PortTaken, Supervisor, stop_on_signals
    from draftwire_server.dev.control import listening
    from draftwire_server.store.migrate import PostgresTooOld, SchemaMismatch
    from draftwire_server.store.postgres import PooledByTransaction

    try:
        settings = await _fitted(settings)
    except SchemaMismatch as error:
        click.echo(str(error), err=True)
        return EXIT_SCHEMA
    except (PostgresTooOld, PooledByTransaction, TooFewConnections) as error:
        click.echo(str(error), err=True)
        return EXIT_USAGE
    except asyncpg.PostgresError as error:  # a wrong password, no such database: waiting mends none of it
        click.echo(f"Postgres refused the connection: {told(error)}", err=True)
        return EXIT_FAILED
    supervisor = Supervisor(settings)
    stop = stop_on_signals(supervisor.kill_now)
    try:
        await supervisor.open()
    except PortTaken as error:
        click.echo(str(error), err=True)
        return EXIT_FAILED
    control = settings.control_socket
    async with listening(control, supervisor.answer) if control else contextlib.nullcontext():
        log.info("Listening on http://%s:%d with %d worker(s).", settings.host, supervisor.port, settings.workers)
        return await supervisor.run(stop)


class TooFewConnections(Exception):
    """Some of the workers would find no room at Postgres."""


async def _fitted(settings: Settings) -> Settings:
    """Refuse another schema, a pooler that can't be used and too few connections now; share what connections there are.

    A database that is away is the workers' to wait for; one that refuses us is not.
    """
    from draftwire_server.store.migrate import check
    from draftwire_server.store.postgres import (
        AWAY,
        LANES,
        POOL_LEAST,
        POOL_MOST,
        REFUSED,
        check_sessions,
        connect,
        room,
        share,
    )

    try:
        connection = await connect(settings)
    except AWAY as error:
        if isinstance(error, REFUSED):
            raise
        log.warning("Postgres can't be reached yet (%s); starting, not ready.", type(error).__name__)
        return settings
    try:
        await check(connection, settings.schema)
        there = await room(connection)
    finally:
        await connection.close()
    await check_sessions(settings)
    pool = share(there, settings.workers)
    if pool is None:
        raise TooFewConnections(
            f"{settings.workers} worker(s) need {settings.workers * (POOL_LEAST + LANES)} connections to Postgres at "
            f"least, but the database role may have {there}. Raise max_connections, or start fewer workers."
        )
    if pool < POOL_MOST:
        log.warning("Postgres has room for %d connections: each worker takes %d.", there, pool + LANES)
    return msgspec.structs.replace(settings, pool_max=pool)


def _log_to_stderr(level: str) -> None:
    log_quietly(level)
    logging.getLogger("asyncio").setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
