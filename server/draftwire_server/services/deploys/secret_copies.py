"""What becomes of an item's secrets when another item is made from it; and whether markers name an item's own."""

import logging
from typing import Any, Final

import msgspec

from draftwire_server.core.access.sealing import Box, CantOpen, Sealed
from draftwire_server.core.ids import new_id
from draftwire_server.core.kinds.kinds import Kind, markers, with_markers
from draftwire_server.services.access.identity import Principal
from draftwire_server.store.items import secrets
from draftwire_server.store.postgres import Connection, Database

log = logging.getLogger(__name__)

SEALED_AS: Final = "secret"  # what a value is bound to begins with its table


class Copied(msgspec.Struct, frozen=True):
    """A value for a new item: with markers of its own, their sealed values, and where a marker was dropped."""

    value: dict[str, Any]
    sealed: dict[str, Sealed]
    dropped: tuple[str, ...]

    async def keep(self, connection: Connection, principal: Principal, item: str) -> None:
        """Write the values of the new item's secrets, in the transaction that makes it."""
        for secret, sealed in self.sealed.items():
            await secrets.add_secret(
                connection, principal.workspace.id, item, secret, sealed,
                user=principal.access.user, actor=principal.info.id,
            )  # fmt: skip


class SecretCopies:
    """Takes secrets along into a fork."""

    def __init__(self, box: Box, database: Database) -> None:
        self._box = box
        self._database = database

    async def copy(self, principal: Principal, kind: Kind, source: str, value: dict[str, Any], made: str) -> Copied:
        """A value of the item ``source`` for the item ``made``: who forks takes along what they set themselves."""
        workspace = principal.workspace.id
        found = markers(kind, value)
        if not found:
            return Copied(value, {}, ())
        async with self._database.acquired() as connection:
            rows = await secrets.load_sealed(connection, workspace, source, sorted(set(found.values())))
        renamed: dict[str, str] = {}
        sealed: dict[str, Sealed] = {}
        for secret, row in rows.items():
            if row.user != principal.access.user:
                continue
            try:
                plain = self._box.open(row.sealed, SEALED_AS, workspace, source, secret)
            except CantOpen as error:
                log.warning("a secret of item %s can't be opened: %s", source, error)
                continue
            renamed[secret] = new_id()
            sealed[renamed[secret]] = self._box.seal(plain, SEALED_AS, workspace, made, renamed[secret])
        copied, dropped = with_markers(kind, value, renamed)
        return Copied(copied, sealed, dropped)


async def missing_secrets(connection: Connection, workspace: str, item: str, marked: dict[str, str]) -> tuple[str, ...]:
    """The places of markers that name no secret of the item."""
    known = await secrets.known_secrets(connection, workspace, item, sorted(set(marked.values())))
    return tuple(at for at, secret in marked.items() if secret not in known)
