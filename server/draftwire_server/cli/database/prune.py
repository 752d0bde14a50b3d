"""`draftwire prune`: drops what is older than its rule of keeping, at once, and says what it dropped."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

import asyncpg
import click

from draftwire.errors import Problem
from draftwire_server.cli.database.database import data_dir_option, on_database, settings_of
from draftwire_server.cli.exits import EXIT_FAILED, UNREACHABLE
from draftwire_server.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Only print what would be deleted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_dir_option
def prune(dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Delete everything that is past its retention time, in all workspaces.

    The server does this once an hour by itself; both can run at the same time. Needs the database and the server's
    settings, no server and no token. For retention times see docs/keeping.md.
    """
    on_database(_nothing, data_dir)  # says what is wrong with the database or its schema, if anything is
    try:
        found = asyncio.run(_pruned(settings_of(data_dir), dry_run))
    except Problem as problem:
        click.echo(f"{problem.code}: {problem.message} Rows deleted so far stay deleted.", err=True)
        sys.exit(EXIT_FAILED)
    except (asyncpg.PostgresError, *UNREACHABLE) as error:
        click.echo(f"Postgres: {type(error).__name__}", err=True)
        sys.exit(EXIT_FAILED)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "rows": dict(sorted(found.items()))}, indent=2))
        return
    for table, count in sorted(found.items()):
        click.echo(f"{count:>10}  {table}")
    what = "would be deleted" if dry_run else "deleted"
    click.echo(
        f"{found.total()} old rows {what}." if found else "Nothing to delete: all rows are within their retention time."
    )


async def _nothing(_connection: object) -> None:
    return None


async def _pruned(settings: Settings, dry_run: bool) -> Counter[str]:
    from draftwire_server.services.runtime import Runtime

    worker = Runtime(settings)  # of which nothing runs: its services look after the database alone
    try:
        return await (worker.keeping.count() if dry_run else worker.keeping.sweep())
    finally:
        await worker.checking.close()
        await worker.database.close()
