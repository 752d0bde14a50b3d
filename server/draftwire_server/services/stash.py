"""The stash: text that can't go on as it is, kept for its author before anybody forgets it."""

from typing import Any

from draftwire.errors import Problem
from draftwire.messages import Park
from draftwire_server.core.etag import Etag
from draftwire_server.core.ids import ActorId, public_session_id
from draftwire_server.core.kinds import masked, plain_secrets
from draftwire_server.limits import PARKED_TEXTS
from draftwire_server.services.identity import Principal
from draftwire_server.services.live import LiveDraft
from draftwire_server.services.opening import Opening
from draftwire_server.store import alerts
from draftwire_server.store.postgres import Connection, Database


class Stash:
    """Keeps texts; reading them back is by author only."""

    def __init__(self, database: Database, opening: Opening) -> None:
        self._database = database
        self._opening = opening

    async def park(self, principal: Principal, sid: str, park: Park) -> str:
        """Commit what a client can't send; gives the entry's id. Raises `Problem`."""
        if not park.texts or len(park.texts) > PARKED_TEXTS:
            raise Problem("bad_message", f"A park holds 1 to {PARKED_TEXTS} texts.")
        place = await self._opening.place_of(principal, park.draft, park.item)
        kind, document = await self._opening.kind_of(principal, park.draft, place)
        texts: list[dict[str, Any]] = []
        for text in park.texts:  # a client parks what was refused, a secret in plain text too
            path = document.path(text.at) if document is not None and kind.secret else None
            mine, base = (masked(kind, written, text.at, path) for written in (text.mine, text.base))
            texts.append({"at": text.at, "mine": mine, "base": base})
        async with self._database.transaction() as connection:
            return await alerts.add_stash(
                connection, principal.workspace.id, user=principal.access.user, actor=principal.info.id,
                item=place, draft=park.draft, generation=park.generation, base_seq=park.base,
                reason=park.reason, sid=sid, texts=texts,
            )  # fmt: skip

    async def keep(
        self,
        connection: Connection,
        principal: Principal,
        live: LiveDraft,
        *,
        sid: str,
        reason: str,
        base_seq: int,
        texts: list[dict[str, Any]],
    ) -> str:
        """Keep texts in the caller's transaction."""
        return await alerts.add_stash(
            connection, live.workspace, user=principal.access.user, actor=principal.info.id, item=live.item.id,
            draft=live.id, generation=live.replica.generation, base_seq=base_seq, reason=reason, sid=sid, texts=texts,
        )  # fmt: skip


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
