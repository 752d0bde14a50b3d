"""Items: made, and looked at by themselves. Every answer is what the asker may see; the rest looks absent."""

import asyncio
from collections.abc import Container
from typing import Any

import msgspec

from draftwire.document.document import Document
from draftwire.errors import OpError, Problem
from draftwire.rest.items import NewItem
from draftwire.wire.codec import check_value
from draftwire.wire.messages import Item
from draftwire_server.core.access.access import Resource
from draftwire_server.core.canonical import content_hash
from draftwire_server.core.edits.whole import with_lf
from draftwire_server.core.items.paths import check_path
from draftwire_server.core.kinds.kinds import Kinds, markers, plain_secrets, summary_of
from draftwire_server.limits.contract import SUMMARY_CHARS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.events.channels import Channels
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.people.groups import checked_external_id
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database


class Items:
    """See the module."""

    def __init__(self, database: Database, kinds: KindBook, channels: Channels, outbox: Outbox) -> None:
        self._database = database
        self._kinds = kinds
        self._channels = channels
        self._outbox = outbox

    async def create(self, principal: Principal, new: NewItem) -> str:
        """Make an item. Raises `Problem` forbidden, bad_path, taken, unknown_kind, duplicate_id, …"""
        workspace = principal.workspace
        path = None if new.path is None else check_path(new.path, workspace.path_rule)
        if not principal.may("create_item", Resource(path=path, creator=principal.access.user)):
            raise principal.lacks("write", "You can't create items there.")
        principal.require_claim(checked_external_id(new.external_id))
        await self._kinds.load(workspace.id, new.kind)
        made = await asyncio.to_thread(checked, self._kinds.of(workspace.id), new, path)
        async with self._database.transaction() as connection:
            item = await add_checked(connection, workspace.id, made, creator=principal.access.user)
            await clock.append_event(
                connection,
                workspace.id,
                "item.created",
                actor=principal.info.id,
                item=item,
                data={"kind": new.kind},
            )
        self._outbox.tell(workspace.id)
        return item

    async def load(self, principal: Principal, item: str) -> Item:
        """An item with what stands around it. Raises `Problem` not_found."""
        snapshot = await self._channels.load_item(principal.workspace.id, item, principal)
        return await self._channels.item_message(principal, snapshot)


class Checked(msgspec.Struct, frozen=True):
    """A new item as it may be written."""

    kind: str
    path: str | None
    external_id: str | None
    summary: str
    value: Any
    hash: str


def checked(kinds: Kinds, new: NewItem, path: str | None, *, secrets: Container[str] = ()) -> Checked:
    """Check a new item; ``secrets`` are those that will be written with it. Raises `Problem`.

    Before a transaction, and in a thread: the hash of a million numbers takes seconds, and a transaction that is idle
    for one is ended by Postgres.
    """
    kind = kinds.get(new.kind)
    value = new.value if new.value is not None else kind.initial
    check_value(value)
    value = with_lf(kind, value)
    try:
        Document.load(value, kind.document_shape)
    except OpError as error:
        raise error.problem() from error
    plain = plain_secrets(kind, value)
    if plain:
        raise Problem("plain_secret", detail={"at": list(plain)})
    foreign = [at for at, secret in markers(kind, value).items() if secret not in secrets]
    if foreign:  # a new item has none yet
        raise Problem("unknown_secret", detail={"at": foreign})
    if new.summary is not None and len(new.summary) > SUMMARY_CHARS:
        raise Problem("bad_message", f"A summary can have at most {SUMMARY_CHARS} characters.")
    summary = new.summary if new.summary is not None else summary_of(kind, value)
    return Checked(new.kind, path, checked_external_id(new.external_id), summary, value, content_hash(value))


async def add_checked(
    connection: Connection, workspace: str, made: Checked, *, creator: str, item: str | None = None
) -> str:
    """Write a new item in the caller's transaction; ``item`` is its id, if that was made before."""
    return await items.add_item(
        connection, workspace, kind=made.kind, path=made.path, external_id=made.external_id, summary=made.summary,
        creator=creator, initial=made.value, initial_hash=made.hash, item=item,
    )  # fmt: skip
