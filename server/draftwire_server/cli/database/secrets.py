"""`draftwire secrets`: which keys encrypt what is kept, and bringing all of it onto the first one.

Works on the database at DATABASE_URL with the keys in DRAFTWIRE_SECRET_KEYS, while servers run. Rotation goes in small
transactions and may be stopped and started again anywhere: what stands on the first key already is passed over.
"""

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

import click
import msgspec

from draftwire_server.cli.database.database import on_database
from draftwire_server.cli.exits import EXIT_FAILED, read_settings, refuse
from draftwire_server.core.access.sealing import Box, CantOpen, Sealed
from draftwire_server.services.deploys.secret_copies import SEALED_AS
from draftwire_server.services.events.delivery import SIGNING_KEY
from draftwire_server.settings import environment
from draftwire_server.store.items import secrets as store

ROWS: Final = 200  # encrypted anew in one transaction: some ms in which nobody else can change them


class Rotated(msgspec.Struct):
    """What a rotation came to."""

    first: str
    moved: int = 0
    unopened: int = 0  # their key is not among those that are set
    rows: dict[str, int] = {}  # on which key they stand now


Find = Callable[[Any, str, store.Stale | None, int], Awaitable[list[store.Stale]]]
Move = Callable[[Any, store.Stale, Sealed], Awaitable[None]]


async def rotate_all(connection: Any, box: Box) -> Rotated:
    """Encrypt everything with the first key that stands on another one."""
    done = Rotated(box.keys[0])
    await _rotate(connection, box, done, SEALED_AS, store.stale_secrets, store.reseal_secret)
    await _rotate(connection, box, done, SIGNING_KEY, store.stale_signing_keys, store.reseal_signing_key)
    done.rows = await store.count_by_key(connection)
    return done


async def _rotate(connection: Any, box: Box, done: Rotated, purpose: str, find: Find, move: Move) -> None:
    after: store.Stale | None = None
    while True:
        async with connection.transaction():
            rows = await find(connection, done.first, after, ROWS)
            for row in rows:
                place = (purpose, row.workspace, *row.place)
                try:
                    await move(connection, row, box.seal(box.open(row.sealed, *place), *place))
                except CantOpen:
                    done.unopened += 1
                else:
                    done.moved += 1
        if len(rows) < ROWS:
            return
        after = rows[-1]


def _run(work: Callable[[Any, Box], Awaitable[Any]]) -> Any:
    settings = read_settings(environment(), needs_keys=False)
    box = Box(settings.secret_keys)
    if not box.keys:
        refuse("Set DRAFTWIRE_SECRET_KEYS: the new key first, then all keys in use.")
    return on_database(lambda connection: work(connection, box))


def _show(rows: dict[str, int], box_keys: tuple[str, ...]) -> None:
    for place, key in enumerate(box_keys, 1):
        click.echo(f"key {place} ({key}): {rows.get(key, 0)} rows" + (", encrypts new values" if place == 1 else ""))
    for key in sorted(rows.keys() - set(box_keys)):
        click.echo(f"a key that is not set ({key}): {rows[key]} rows, which can't be read")


@click.group()
def secrets() -> None:
    """Encryption of secrets and of webhooks' signing keys."""


@secrets.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """Count rows by key. You can remove an older key once no row uses it."""

    async def look(connection: Any, box: Box) -> tuple[dict[str, int], tuple[str, ...]]:
        return await store.count_by_key(connection), box.keys

    rows, keys = _run(look)
    if as_json:
        click.echo(json.dumps({"keys": keys, "rows": rows}, indent=2))
    else:
        _show(rows, keys)
    sys.exit(EXIT_FAILED if rows.keys() - set(keys) else 0)


@secrets.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rotate(as_json: bool) -> None:
    """Re-encrypt everything with the first key. First give all servers the new key, after the old one."""

    async def work(connection: Any, box: Box) -> tuple[Rotated, tuple[str, ...]]:
        return await rotate_all(connection, box), box.keys

    done, keys = _run(work)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(done), indent=2))
    else:
        click.echo(f"{done.moved} rows were re-encrypted.")
        _show(done.rows, keys)
    sys.exit(EXIT_FAILED if done.unopened else 0)
