"""What a record of an import claims, looked at before anything of it is written: secrets, and who may see what."""

import asyncio
from typing import Any, Final, TypeAlias

import msgspec

from draftwire.document.document import Document
from draftwire.document.shape import Shape
from draftwire.errors import Problem
from draftwire.rest import transfer as t
from draftwire.wire.codec import check_value
from draftwire_server.core.canonical import EXACT
from draftwire_server.core.kinds.kinds import Kind, Visibility, markers, plain_secrets
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.deploys.secret_copies import missing_secrets
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.store.access import members
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Database

WIDER: Final[tuple[Visibility, ...]] = ("private", "readable", "open")
Valued: TypeAlias = t.ItemRecord | t.VersionRecord | t.DraftRecord


class Notes(msgspec.Struct, frozen=True):
    """What is said of a record that was taken: what of it was not, and which secrets it lacks."""

    left_out: tuple[t.LeftOut, ...] = ()
    unset: tuple[str, ...] = ()


class RecordClaims:
    """See the module."""

    def __init__(self, database: Database, kinds: KindBook) -> None:
        self._database = database
        self._kinds = kinds

    async def look(self, principal: Principal, record: Valued, known: t.Known) -> tuple[Valued, Notes]:
        """Look at what a record claims before it is written; gives as much of it as is taken.

        No secret comes in as plain text, as at every other door (`Problem` plain_secret). Who may look at somebody
        else's draft an import does not widen: what they type in it tomorrow is theirs.
        """
        workspace = principal.workspace.id
        item = record.id if isinstance(record, t.ItemRecord) else record.item
        async with self._database.acquired() as connection:
            row = await items.load_item(connection, workspace, item)
            owner = record.owner if isinstance(record, t.DraftRecord) else None
            there = None if owner is None else await members.find_member_by_username(connection, workspace, owner)
        name = known.kinds.get(item) if row is None else row.kind
        kind = await self._kind(workspace, record.kind if isinstance(record, t.ItemRecord) else name)
        marked = {} if kind is None else await asyncio.to_thread(_secrets_of, kind, record)
        async with self._database.acquired() as connection:
            unset = await missing_secrets(connection, workspace, item, marked)
        left_out: tuple[t.LeftOut, ...] = ()
        foreign = owner is not None and (there is None or there.id != principal.access.user)
        if foreign and isinstance(record, t.DraftRecord):
            record, left_out = _narrowed(record, "private" if kind is None else kind.visibility)
        return record, Notes(left_out, unset)

    async def _kind(self, workspace: str, name: str | None) -> Kind | None:
        """A kind; None if it is not here: then it has no secrets that are known of, and its drafts are private."""
        try:
            return None if name is None else await self._kinds.load(workspace, name)
        except Problem as problem:
            if problem.code == "unavailable":
                raise
            return None


def _narrowed(record: t.DraftRecord, most: str) -> tuple[t.DraftRecord, tuple[t.LeftOut, ...]]:
    """Somebody else's draft, seen by no more people than one that they begin themselves."""
    left_out: list[t.LeftOut] = []
    visibility = record.visibility
    if WIDER.index(visibility) > WIDER.index(most):
        visibility = WIDER[WIDER.index(most)]
        left_out.append("visibility")
    if record.guests:
        left_out.append("guests")
    return msgspec.structs.replace(record, visibility=visibility, guests=()), tuple(left_out)


def _secrets_of(kind: Kind, record: Valued) -> dict[str, str]:
    """The markers that a record ends with. Raises `Problem` plain_secret, for any value that it holds: of a draft, any
    state of its log.
    """
    match record:
        case t.ItemRecord():
            value, found = record.initial, plain_secrets(kind, record.initial)
        case t.VersionRecord():
            value, found = record.value, plain_secrets(kind, record.value)
        case t.DraftRecord():
            document = Document.load(checked_value(record.value), Shape(record.keyed, record.text))
            found = plain_secrets(kind, document.value)
            for batch in record.batches if kind.secret else ():
                for op in batch.ops:
                    document = document.apply(op, batch.w).document
                found = found or plain_secrets(kind, document.value)
            value = document.value
    if found:
        raise Problem("plain_secret", detail={"at": list(found)})
    return markers(kind, value)


def checked_value(value: Any) -> Any:
    """A value as it may stand in a document. Raises `Problem`, as at every other door."""
    value = _floats_again(value)
    check_value(value)
    if not isinstance(value, dict):
        raise Problem("not_an_object")
    return value


def _floats_again(value: Any) -> Any:
    """Postgres writes 1e30 as a one and thirty zeros: the same number, which no integer can be."""
    if isinstance(value, dict):
        return {name: _floats_again(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_floats_again(element) for element in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
        return float(value) if abs(value) < 10**308 and int(float(value)) == value else value
    return value
