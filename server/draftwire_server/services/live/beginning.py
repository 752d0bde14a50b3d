"""The row of a draft that nobody has begun: made by its first edit, or by its owner who shares it before typing."""

from draftwire_server.services.live.live import LiveDraft
from draftwire_server.store.events import clock
from draftwire_server.store.items import kinds
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Connection


async def begin(connection: Connection, live: LiveDraft) -> bool:
    """Make the row at seq 0, with its event, in the caller's transaction; False if another worker has made it."""
    kind, replica = live.kind, live.replica
    await kinds.keep_shape(connection, live.workspace, kind.shape_id, kind.keyed, kind.text)
    begun = await logs.begin(
        connection, live.workspace, live.id, live.item.id, live.facts.purpose, live.facts.owner, live.facts.visibility,
        replica.generation, replica.mark, live.origin_version, kind.shape_id,
    )  # fmt: skip
    if begun:
        await clock.append_event(connection, live.workspace, "draft.begun", item=live.item.id, draft=live.id)
    return begun
