"""Secrets: set by people, named by documents, read by runtimes and by nobody else.

A value is sealed before it reaches Postgres and bound to workspace, item and id. It is opened in two places: for an API
key with `reads_secrets` that asks for a deployed version's, and to be sealed anew for a fork of whoever set it. It
enters no document, op, event, answer of a request that may be sent again, or log.
"""

import logging
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.rest.deploys import DeployedQuery
from draftwire.rest.items import At
from draftwire.rest.rights import Done
from draftwire.rest.secrets import DeployedSecrets, MadeSecret, Secret, SecretList
from draftwire.wire.codec import check_value
from draftwire_server.core.access.access import Resource
from draftwire_server.core.access.sealing import Box, CantOpen
from draftwire_server.core.ids import new_id
from draftwire_server.core.kinds.kinds import SECRET_REFERENCE, markers
from draftwire_server.core.stored import stored_value
from draftwire_server.limits.contract import SECRET_BYTES, SECRETS_PER_ITEM
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.deploys.secret_copies import SEALED_AS
from draftwire_server.services.deploys.versions import Versions
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.store.events import clock
from draftwire_server.store.items import items, secrets
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)


class Secrets:
    """See the module."""

    def __init__(
        self,
        box: Box,
        database: Database,
        opening: Opening,
        kinds: KindBook,
        people: People,
        outbox: Outbox,
        versions: Versions,
    ) -> None:
        self._box = box
        self._database = database
        self._opening = opening
        self._kinds = kinds
        self._people = people
        self._outbox = outbox
        self._versions = versions

    # ---- setting

    async def make(self, principal: Principal, item: str, value: Any) -> MadeSecret:
        """Keep a value for whoever writes its marker. Raises `Problem` not_found, forbidden, secrets_off, too_large."""
        row = await self._opening.visible_item(principal, item)
        if not principal.may("write_item", Resource(row.path, row.id, row.creator)):
            raise principal.lacks("write")
        secret = await self.keep(principal, row.id, value)
        return MadeSecret(secret, row.id, {SECRET_REFERENCE: secret})

    async def keep(self, principal: Principal, item: str, value: Any, draft: str | None = None) -> str:
        """Keep a value of an item that the caller has asked the right for; gives its id. Raises `Problem`."""
        if not self._box.keys:
            raise Problem("secrets_off")
        if value in (None, ""):
            raise Problem(
                "bad_message", "A secret can't be empty. To have none, leave its place in the document empty."
            )
        check_value(value)
        plain = msgspec.json.encode(value)
        if len(plain) > SECRET_BYTES:
            raise Problem("too_large", f"A secret can have at most {SECRET_BYTES} bytes.")
        workspace, secret = principal.workspace.id, new_id()
        sealed = self._box.seal(plain, SEALED_AS, workspace, item, secret)
        async with self._database.transaction() as connection:
            if await secrets.count_secrets(connection, workspace, item) >= SECRETS_PER_ITEM:
                raise Problem("too_large", f"An item can have at most {SECRETS_PER_ITEM} secrets. Delete unused ones.")
            await secrets.add_secret(
                connection, workspace, item, secret, sealed, user=principal.access.user, actor=principal.info.id
            )
            await clock.append_event(
                connection, workspace, "secret.set", actor=principal.info.id, item=item, draft=draft,
                data={"secret": secret},
            )  # fmt: skip
        self._outbox.tell(workspace)
        return secret

    async def forget(self, workspace: str, item: str, secret: str) -> None:
        """Drop a value whose marker could not be written. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            await secrets.remove_secret(connection, workspace, item, secret)

    async def listed(self, principal: Principal, item: str) -> SecretList:
        """Which secrets an item has. Raises `Problem` not_found, forbidden."""
        row = await self._opening.visible_item(principal, item)
        if not principal.may("write_item", Resource(row.path, row.id, row.creator)):
            raise principal.lacks("write")
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            rows = await secrets.list_secrets(connection, workspace, row.id, SECRETS_PER_ITEM)
        by = await self._people.load(workspace, {each.actor for each in rows})
        return SecretList(tuple(Secret(each.id, by[each.actor], each.at) for each in rows))

    async def remove(self, principal: Principal, item: str, secret: str) -> Done:
        """Destroy a value that is not deployed. Raises `Problem` not_found, forbidden, secret_in_use."""
        row = await self._opening.visible_item(principal, item)
        if not principal.may("write_item", Resource(row.path, row.id, row.creator)):
            raise principal.lacks("write")
        workspace = principal.workspace.id
        kind = await self._kinds.load(workspace, row.kind)
        async with self._database.transaction() as connection:
            held = await items.lock_item(connection, workspace, row.id)  # no deploy comes in between
            head = None if held is None else await items.load_value(connection, workspace, row.id, held.head_version)
            if head is None or not await secrets.known_secrets(connection, workspace, row.id, [secret]):
                raise Problem("not_found")
            if secret in markers(kind, stored_value(head)).values():
                raise Problem("secret_in_use")
            await secrets.remove_secret(connection, workspace, row.id, secret)
            await clock.append_event(
                connection, workspace, "secret.removed", actor=principal.info.id, item=row.id, data={"secret": secret}
            )
        self._outbox.tell(workspace)
        return Done("removed", secret)

    # ---- reading

    async def deployed(self, principal: Principal, query: DeployedQuery) -> DeployedSecrets:
        """The values of a version's markers: for an API key to which an admin gave that, and that may run the item.

        The event that says so is committed before anything is answered.

        Raises:
            Problem: bad_message, not_found, forbidden, secrets_off.
        """
        if principal.credential.key is None or not principal.access.reads_secrets or principal.is_agent:
            raise Problem(
                "forbidden", "Only API keys with reads_secrets can read secrets.", detail={"missing": "reads_secrets"}
            )
        workspace = principal.workspace.id
        found = await self._versions.deployed(principal, query)
        if isinstance(found, At):  # the item has moved
            found = await self._versions.deployed(principal, DeployedQuery(path=found.path))
        if isinstance(found, At):
            raise Problem("busy", "The item keeps moving. Try again in a moment.")
        kind = await self._kinds.load(workspace, found.kind)
        value = stored_value(found.value)
        marked = markers(kind, value)
        async with self._database.transaction() as connection:
            rows = await secrets.load_sealed(connection, workspace, found.item, sorted(set(marked.values())))
            values = {at: self._opened(workspace, found.item, rows.get(secret)) for at, secret in marked.items()}
            await clock.append_event(
                connection, workspace, "secret.read", actor=principal.info.id, item=found.item,
                data={"version": found.version, "key": principal.credential.key},
            )  # fmt: skip
        self._outbox.tell(workspace)
        return DeployedSecrets(found.item, found.version, found.hash, values)

    def _opened(self, workspace: str, item: str, row: secrets.SealedRow | None) -> Any:
        if row is None:  # a deploy refuses such a marker: somebody has removed the row
            raise Problem("unknown_secret")
        try:
            return msgspec.json.decode(self._box.open(row.sealed, SEALED_AS, workspace, item, row.id))
        except CantOpen as error:
            log.error("secret %s of item %s can't be opened: %s", row.id, item, error)
            raise Problem(
                "secrets_off", "The server does not have the key that this secret was encrypted with."
            ) from error
