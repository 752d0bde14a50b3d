"""What stands around items: deployed values, one's own drafts with their values, the drafts that one may know of, who
is there.

`read` takes all that Postgres has in the caller's transaction, so that it is of one moment; `seen` makes of it what a
reader gets, with the transaction over: documents are built beside the event loop, names and presence come from caches
and Redis.
"""

import asyncio
from collections.abc import Iterable, Sequence

import msgspec

from draftwire.errors import Problem
from draftwire.rest.items import Include, Mine
from draftwire.wire.messages import DraftInfo, PresenceEntry
from draftwire_server.core.access.access import Resource
from draftwire_server.core.etag import Etag, first_mark
from draftwire_server.core.ids import ItemId, UserId, WorkspaceId, draft_id
from draftwire_server.limits.tuning import MERGE_INLINE_BYTES
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.events.channels import Channels
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.loading import value_of
from draftwire_server.services.presence.attendance import Attendance
from draftwire_server.store.items import items, listing
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Connection


class Own(msgspec.Struct, frozen=True):
    """One's own draft of an item as read: ``value`` if it was in memory, else the log from which it is made."""

    id: str
    row: listing.OwnRow | None
    value: bytes | None = None
    log: logs.LoadedLog | None = None

    @property
    def bytes(self) -> int:
        """How much there is to make of."""
        if self.log is not None:
            return len(self.log.value) + sum(len(batch.ops) for batch in self.log.batches)
        return len(self.value or b"")


class ReadSurroundings(msgspec.Struct, frozen=True):
    """What one transaction has shown of items."""

    rows: tuple[items.ItemRow, ...]
    include: frozenset[Include]
    values: dict[str, bytes]
    own: dict[str, Own]
    drafts: dict[str, list[items.DraftListRow]]


class Surroundings(msgspec.Struct, frozen=True):
    """What a reader sees around items, by the items' ids. ``whole``: of these no value was left out."""

    values: dict[str, bytes]
    mine: dict[str, Mine]
    drafts: dict[str, tuple[DraftInfo, ...]]
    here: dict[str, tuple[PresenceEntry, ...]]
    presence_unknown: bool
    mine_left_out: frozenset[str]


def with_values(principal: Principal, rows: Sequence[items.ItemRow]) -> list[str]:
    """The items whose value is shown: what is deployed, and what is not to who may read drafts there."""
    return [row.id for row in rows if row.head_version or principal.may("read_initial", place_of(row))]


class Around:
    """See the module."""

    def __init__(
        self, drafts: Drafts, kinds: KindBook, people: People, channels: Channels, attendance: Attendance
    ) -> None:
        self._drafts = drafts
        self._kinds = kinds
        self._people = people
        self._channels = channels
        self._attendance = attendance

    async def read(
        self,
        connection: Connection,
        principal: Principal,
        rows: Sequence[items.ItemRow],
        include: Iterable[Include],
        *,
        most_bytes: int,
    ) -> ReadSurroundings:
        """Read what is wanted of items that the principal may see. Raises `Problem` internal for a broken log."""
        wanted = frozenset(include)
        workspace = principal.workspace.id
        ids = [row.id for row in rows]
        values = {}
        if "value" in wanted:
            values = await listing.load_values(connection, workspace, with_values(principal, rows), most_bytes)
        drafts = await items.list_drafts_of(connection, workspace, ids) if "drafts" in wanted else {}
        own = {}
        if "mine" in wanted:
            edited = [row for row in rows if principal.may("see_draft", place_of(row))]
            own = await self._read_own(connection, principal, edited, most_bytes)
        return ReadSurroundings(tuple(rows), wanted, values, own, drafts)

    async def _read_own(
        self, connection: Connection, principal: Principal, rows: list[items.ItemRow], most_bytes: int
    ) -> dict[str, Own]:
        workspace = principal.workspace.id
        ids = {row.id: _own_id(principal, row.id) for row in rows}
        known = await listing.load_own(connection, workspace, list(ids.values()))
        found: dict[str, Own] = {}
        left = most_bytes
        for item, draft in ids.items():
            row = known.get(draft)
            own = Own(draft, row)
            if row is not None and not row.discarded and left > 0:
                own = await self._load_own(connection, workspace, draft, row)
                left -= own.bytes
                if left < 0 and len(ids) > 1:
                    own = Own(draft, row)
            found[item] = own
        return found

    async def _load_own(self, connection: Connection, workspace: str, draft: str, row: listing.OwnRow) -> Own:
        live = self._drafts.get(workspace, draft)
        if live is not None and live.stands:
            replica = live.replica
            if (replica.generation, replica.seq, replica.mark) == (row.generation, row.seq, row.mark):
                return Own(draft, row, value=live.value_json())
        try:
            return Own(draft, row, log=await logs.load(connection, workspace, draft))
        except logs.BrokenLog as error:
            raise Problem("internal", "The draft's log has a gap.") from error

    # ---- afterwards

    async def seen(self, principal: Principal, read: ReadSurroundings) -> Surroundings:
        """Make what the reader sees. Raises `Problem` unavailable."""
        workspace = principal.workspace.id
        owners = await self._people.load_users(
            workspace, {draft.owner for drafts in read.drafts.values() for draft in drafts if draft.owner}
        )
        mine: dict[str, Mine] = {}
        left_out: set[str] = set()
        for row in read.rows:
            own = read.own.get(row.id)
            if own is not None and (made := await self._mine(principal, row, own)) is not None:
                mine[row.id] = made
                if made.stands and made.value is None:
                    left_out.add(row.id)
        here: dict[str, tuple[PresenceEntry, ...]] = {}
        unknown = False
        if "here" in read.include:
            here, unknown = await self._attendance.at(principal, [place_of(row) for row in read.rows])
        drafts = {
            row.id: self._channels.draft_infos(principal, row, read.drafts.get(row.id, ()), owners)
            for row in (read.rows if "drafts" in read.include else ())
        }
        return Surroundings(read.values, mine, drafts, here, unknown, frozenset(left_out))

    async def _mine(self, principal: Principal, item: items.ItemRow, own: Own) -> Mine | None:
        row = own.row
        if row is None or row.discarded:
            kind = await self._kinds.load(principal.workspace.id, item.kind)
            if item.archived or not kind.may_begin("own") or not principal.may("write_item", place_of(item)):
                return None
            generation = 1 if row is None else row.generation + 1
            etag = Etag(generation, 0, first_mark(own.id, generation, item.head_version, item.base_hash))
            return Mine(own.id, str(etag), generation, 0, item.head_version, behind=False, stands=False)
        value = own.value
        if own.log is not None:
            kind = await self._kinds.load(principal.workspace.id, item.kind)
            if own.bytes > MERGE_INLINE_BYTES:
                value = await asyncio.to_thread(value_of, own.log, kind)
            else:
                value = value_of(own.log, kind)
        return Mine(
            draft=own.id, etag=str(Etag(row.generation, row.seq, row.mark)), generation=row.generation, seq=row.seq,
            base_version=row.base_version, behind=row.base_version < item.head_version, updated_at=row.changed_at,
            value=None if value is None else msgspec.Raw(value),
        )  # fmt: skip


def place_of(row: items.ItemRow) -> Resource:
    """What decisions about an item look at."""
    return row.place


def _own_id(principal: Principal, item: str) -> str:
    return draft_id(WorkspaceId(principal.workspace.id), ItemId(item), "own", UserId(principal.access.user))
