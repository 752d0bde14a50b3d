"""The stash: text that can't go on as it is, kept for its author before anybody forgets it."""

import time
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.wire.messages import Park
from draftwire_server.core.etag import Etag
from draftwire_server.core.ids import ActorId, public_session_id
from draftwire_server.core.kinds.kinds import masked, plain_secrets
from draftwire_server.limits.contract import (
    PARKED_TEXTS,
    STASH_BYTES_PER_USER,
    STASH_BYTES_PER_WORKSPACE,
    STASH_ENTRIES_PER_USER,
)
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import Opening
from draftwire_server.store.live import alerts
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.writes import stash as stash_store

MEASURED_EVERY_S: Final = 10.0  # the bytes of a whole workspace; between that a worker adds up what it keeps itself


class StashRoom:
    """How much more the stash may hold. The one place where its quotas count: whoever keeps a text there asks first.

    A user's use is exact. A workspace's is as of the last ten seconds, so it may be exceeded by what that brings.
    """

    def __init__(self) -> None:
        self._measured: dict[str, tuple[float, int]] = {}

    async def take(self, connection: Connection, workspace: str, user: str, texts: Any) -> None:
        """Make sure that there is room, in the transaction that keeps the texts. Raises `Problem` quota."""
        adding = len(msgspec.json.encode(texts))
        entries, kept = await stash_store.lock_use(connection, workspace, user)
        if entries >= STASH_ENTRIES_PER_USER or kept + adding > STASH_BYTES_PER_USER:
            await stash_store.drop_dismissed_of(connection, workspace, user)
            entries, kept = await stash_store.lock_use(connection, workspace, user)
        if entries >= STASH_ENTRIES_PER_USER or kept + adding > STASH_BYTES_PER_USER:
            raise Problem(
                "quota",
                "Your stash is full. Dismiss entries you no longer need.",
                detail={"of": "user", "entries": entries, "bytes": kept},
            )
        now = time.monotonic()
        at, in_all = self._measured.get(workspace, (float("-inf"), 0))
        if now - at > MEASURED_EVERY_S:
            self._measured = {name: one for name, one in self._measured.items() if now - one[0] < MEASURED_EVERY_S}
            at, in_all = now, await stash_store.bytes_in(connection, workspace)
        if in_all + adding > STASH_BYTES_PER_WORKSPACE:
            raise Problem(
                "quota",
                "The workspace's stash is full. Its members have to dismiss entries they no longer need.",
                detail={"of": "workspace", "bytes": in_all},
            )
        self._measured[workspace] = (at, in_all + adding)

    async def has(self, connection: Connection, workspace: str, user: str, texts: Any) -> bool:
        """The same as an answer."""
        try:
            await self.take(connection, workspace, user, texts)
        except Problem as problem:
            if problem.code != "quota":
                raise
            return False
        return True


class Stash:
    """Keeps texts; reading them back is by author only."""

    def __init__(self, database: Database, opening: Opening, room: StashRoom) -> None:
        self._database = database
        self._opening = opening
        self._room = room

    async def park(self, principal: Principal, sid: str, park: Park, *, followed: bool) -> str:
        """Commit what a client can't send; gives the entry's id. ``followed``: the connection had the draft open.

        What somebody has typed is kept also if they lost the right to it meanwhile, into no other draft.

        Raises:
            Problem: not_found, bad_message, quota, unavailable.
        """
        if not park.texts or len(park.texts) > PARKED_TEXTS:
            raise Problem("bad_message", f"Park 1 to {PARKED_TEXTS} texts at once.")
        if not followed:
            await self._check_sight(principal, park)
        place = await self._opening.place_of(principal, park.draft, park.item)
        kind, document = await self._opening.kind_of(principal, park.draft, place)
        texts: list[dict[str, Any]] = []
        for text in park.texts:  # a client parks what was refused, a secret in plain text too
            path = document.path(text.at) if document is not None and kind.secret else None
            mine, base = (masked(kind, written, text.at, path) for written in (text.mine, text.base))
            texts.append({"at": text.at, "mine": mine, "base": base})
        async with self._database.transaction() as connection:
            await self._room.take(connection, principal.workspace.id, principal.access.user, texts)
            return await alerts.add_stash(
                connection, principal.workspace.id, user=principal.access.user, actor=principal.info.id,
                item=place, draft=park.draft, generation=park.generation, base_seq=park.base,
                reason=park.reason, sid=sid, texts=texts,
            )  # fmt: skip

    async def _check_sight(self, principal: Principal, park: Park) -> None:
        """Raise `Problem` not_found unless they may see the draft, or had to do with it before."""
        async with self._database.acquired() as connection:
            workspace, user = principal.workspace.id, principal.access.user
            if await stash_store.has_worked(connection, workspace, user, park.draft):
                return
        await self._opening.by_id(principal, park.draft, park.item or "")


def replaced_row(
    principal: Principal, live: LiveDraft, after: Etag, session: str, texts: list[dict[str, Any]], entry: str
) -> dict[str, Any]:
    """A row for what a batch that leads to ``after`` replaces: the texts as they stood right before it."""
    return {
        "workspace_id": live.workspace, "id": entry, "user_id": principal.access.user,
        "actor_id": principal.info.id, "item_id": live.item.id, "draft_id": live.id,
        "generation": after.generation, "base_seq": after.seq - 1, "reason": "replaced",
        "sid": public_session_id(ActorId(principal.info.id), session), "texts": texts,
    }  # fmt: skip


def refuse_plain_secrets(live: LiveDraft, value: Any) -> None:
    """Raise `Problem` plain_secret if a whole document holds a secret in plain text."""
    found = plain_secrets(live.kind, value)
    if found:
        raise Problem("plain_secret", detail={"at": list(found)})
