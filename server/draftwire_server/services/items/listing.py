"""Lists of items: filtered, searched, a page at a time, with what stands around them; and one item with all of that.

A page is read in one transaction, so it is of one moment. What the asker may not see is not read and leaves no trace:
there are no counts, and a cursor tells of items that were shown alone.
"""

import asyncio
import time
from collections.abc import Sequence
from math import isnan

import msgspec

from draftwire.errors import Problem
from draftwire.rest.items import Hit, Include, ItemPage, ItemQuery, ItemState, ListedItem
from draftwire_server.core import cursor
from draftwire_server.core.access.access import Visible, readable, visible
from draftwire_server.core.access.reach import Reach, reach
from draftwire_server.core.items.search import hits, question, word_questions
from draftwire_server.core.stored import stored_value
from draftwire_server.limits.contract import DOCUMENT_BYTES
from draftwire_server.limits.pages import FILTER_VALUES, PAGE_ITEMS, PAGE_VALUE_BYTES, SEARCH_WORDS, SEARCHED_BYTES
from draftwire_server.limits.tuning import MERGE_INLINE_BYTES
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.lookup import named_member
from draftwire_server.services.access.paths import leads
from draftwire_server.services.events.channels import Channels
from draftwire_server.services.items.surroundings import Around, ReadSurroundings, Surroundings, place_of, with_values
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.settings import Settings
from draftwire_server.store.events import clock
from draftwire_server.store.items import items, listing
from draftwire_server.store.postgres import Connection, Database

EVERYTHING: tuple[Include, ...] = ("value", "mine", "drafts", "here")
NOBODY = "-"  # no id


class _Page(msgspec.Struct, frozen=True):
    """What the transaction of one page has read."""

    read: ReadSurroundings
    words: tuple[str, ...]
    searched: dict[str, bytes]  # values to be looked through for the words
    position: msgspec.Struct | None  # the last item of the page, if there are more
    event: int


class _Asked(msgspec.Struct, frozen=True):
    """A query as the store wants it."""

    visible: Visible
    reach: Reach
    wanted: listing.WantedItems
    words: tuple[str, ...]
    order: str
    limit: int


class Listing:
    """See the module."""

    def __init__(
        self, settings: Settings, database: Database, kinds: KindBook, channels: Channels, around: Around
    ) -> None:
        self._key = settings.resume_key.encode()
        self._database = database
        self._kinds = kinds
        self._channels = channels
        self._around = around

    # ---- one item

    async def look(self, principal: Principal, item: str, include: Sequence[Include]) -> ItemState:
        """An item with what stands around it. Raises `Problem` not_found."""
        async with (
            self._database.acquired() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            snapshot = await self._channels.snapshot(connection, principal.workspace.id, item, principal)
            if not principal.may("see_item", place_of(snapshot.row)):
                raise Problem("not_found")
            read = await self._around.read(
                connection, principal, [snapshot.row], set(include) - {"drafts"}, most_bytes=4 * DOCUMENT_BYTES
            )
        if "drafts" not in include:
            snapshot = msgspec.structs.replace(snapshot, drafts=())
        row = snapshot.row
        message = await self._channels.item_message(principal, snapshot)
        around = await self._around.seen(principal, read)
        value = around.values.get(row.id)
        return ItemState(
            **msgspec.structs.asdict(message), creator=row.creator, created_at=row.created_at,
            changed_at=row.changed_at, value=None if value is None else msgspec.Raw(value),
            mine=around.mine.get(row.id), here=around.here.get(row.id, ()),
            presence_unknown=around.presence_unknown,
        )  # fmt: skip

    # ---- pages

    async def page(self, principal: Principal, query: ItemQuery, *, now: float) -> ItemPage:
        """A page of what the asker may see. Raises `Problem` bad_message, bad_cursor, unknown_kind, too_many."""
        scope = _scope(principal, query)
        order = _order(query)
        wanted = await self._wanted(principal, query)
        if wanted is None:
            return ItemPage(())
        shown = visible(principal.access, now)
        async with (
            self._database.acquired() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await listing.begin(connection)
            if wanted.drafts == "mine" or (wanted.behind and wanted.drafts is None):
                mine = await listing.with_own_drafts(
                    connection, principal.workspace.id, principal.access.user, wanted.behind
                )
                wanted = msgspec.structs.replace(wanted, drafts=None, items=mine)
            words = await _words(connection, query.q or "")
            if query.q and not words:
                return ItemPage(())
            moved_from = None
            if wanted.path is not None and wanted.archived == "without":
                at = await leads(connection, principal, wanted.path, ("see_item",))
                if at is not None and at.moved_from is not None:
                    moved_from, wanted = wanted.path, msgspec.structs.replace(wanted, path=at.path)
            asked = _Asked(
                shown, reach(shown, wanted.below), wanted, words, order, max(1, min(query.limit, PAGE_ITEMS))
            )
            rows, position = await self._rows(connection, principal, asked, scope, query.cursor)
            page = _Page(
                read=await self._around.read(connection, principal, rows, query.include, most_bytes=PAGE_VALUE_BYTES),
                words=words,
                searched=await listing.load_values(
                    connection, principal.workspace.id, with_values(principal, rows), SEARCHED_BYTES
                )
                if words
                else {},
                position=position,
                event=(await clock.read_clocks(connection, [principal.workspace.id]))[0].event_seq,
            )
        around = await self._around.seen(principal, page.read)
        found = await _hits(page)
        return ItemPage(
            items=tuple(_listed(row, page, around, found, moved_from) for row in rows),
            next=None if position is None else cursor.seal(self._key, scope, position),
            event=page.event,
            presence_unknown=around.presence_unknown,
        )

    async def _wanted(self, principal: Principal, query: ItemQuery) -> listing.WantedItems | None:
        """What the filters mean; None: nothing can fulfil them."""
        if max(len(query.kind), len(query.external_id)) > FILTER_VALUES:
            raise Problem("too_many", f"A filter can have at most {FILTER_VALUES} values.")
        for kind in query.kind:
            await self._kinds.load(principal.workspace.id, kind)
        if query.changed_since is not None and isnan(query.changed_since):
            raise Problem("bad_message", "changed_since must be a number.")
        below = below_of(query.prefix, query.folder)
        if below is None:
            return None
        if (query.drafts is not None or query.behind) and principal.access.role == "operator":
            return None  # operators know of no drafts
        creator = query.creator
        if creator == "me":
            creator = principal.access.user
        elif creator is not None and creator.startswith(items.EXTERNAL):
            async with self._database.acquired() as connection:
                member = await named_member(connection, principal, creator)
            creator = NOBODY if member is None else member.id
        return listing.WantedItems(
            kinds=tuple(dict.fromkeys(query.kind)), external_ids=query.external_id, creator=creator,
            changed_since=query.changed_since, archived=query.archived, drafts=query.drafts,
            user=principal.access.user, behind=query.behind, path=query.path, below=below,
        )  # fmt: skip

    async def _rows(
        self, connection: Connection, principal: Principal, asked: _Asked, scope: bytes, cursor_: str | None
    ) -> tuple[list[items.ItemRow], msgspec.Struct | None]:
        """The rows of a page, and the position of its last one if there are more."""
        workspace, limit = principal.workspace.id, asked.limit
        if asked.order == "changed":
            changed = cursor.unseal(self._key, scope, cursor_, listing.ByChange) if cursor_ else None
            rows = await listing.page_by_change(connection, workspace, asked.visible, asked.wanted, changed, limit + 1)
            end = rows[:limit][-1] if len(rows) > limit else None
            return rows[:limit], end and listing.ByChange(round(end.changed_at * 1_000_000), end.id)
        if asked.order == "rank":
            ranked = cursor.unseal(self._key, scope, cursor_, listing.ByRank) if cursor_ else None
            asking = question(workspace, asked.words, asked.reach, principal.access.user)
            found = await listing.page_by_rank(
                connection, workspace, asked.visible, asked.wanted, asking, word_questions(workspace, asked.words),
                ranked, limit + 1, readable(principal.access, time.time()),
                None if principal.access.role == "operator" else principal.access.user,
            )  # fmt: skip
            rank, last = found[:limit][-1] if len(found) > limit else (0, None)
            return [row for _, row in found[:limit]], last and listing.ByRank(rank, last.path, last.id)
        after = cursor.unseal(self._key, scope, cursor_, listing.ByPath) if cursor_ else listing.BEGIN_OF_PATHS
        rows = await listing.page_by_path(
            connection, workspace, asked.visible, asked.reach, asked.wanted, after, limit + 1
        )
        end = rows[:limit][-1] if len(rows) > limit else None
        return rows[:limit], end and listing.ByPath(end.path, end.id)


def _scope(principal: Principal, query: ItemQuery) -> bytes:
    """Whose query it is, and which: all but the page and what is shown of an item."""
    plain = msgspec.structs.replace(query, cursor=None, limit=1, include=())
    return msgspec.json.encode((principal.workspace.id, principal.access.user, plain))


def _order(query: ItemQuery) -> str:
    if query.q:
        if query.order not in (None, "rank"):
            raise Problem("bad_message", "A search (q) can only be ordered by rank.")
        return "rank"
    if query.order == "rank":
        raise Problem("bad_message", "The order rank needs q.")
    return query.order or "path"


def below_of(prefix: str | None, folder: str | None) -> str | None:
    """The prefix that prefix and folder amount to; None if no path has both."""
    prefix = prefix or ""
    folder = f"{folder.rstrip('/')}/" if folder else ""
    if prefix.startswith(folder):
        return prefix
    return folder if folder.startswith(prefix) else None


async def _words(connection: Connection, written: str) -> tuple[str, ...]:
    if not written:
        return ()
    words = await listing.words_of(connection, written)
    if len(words) > SEARCH_WORDS:
        raise Problem("too_many", f"A search can have at most {SEARCH_WORDS} words.")
    return tuple(words)


async def _hits(page: _Page) -> dict[str, tuple[Hit, ...]]:
    """Where the words stand in each item; beside the event loop if there is much to look through."""
    if not page.words:
        return {}

    def look() -> dict[str, tuple[Hit, ...]]:
        found = {}
        for row in page.read.rows:
            raw = page.searched.get(row.id)
            value = None if raw is None else stored_value(raw)
            found[row.id] = hits(page.words, row.path, row.summary, value)
        return found

    if sum(map(len, page.searched.values())) > MERGE_INLINE_BYTES:
        return await asyncio.to_thread(look)
    return look()


def _listed(
    row: items.ItemRow,
    page: _Page,
    around: Surroundings,
    found: dict[str, tuple[Hit, ...]],
    moved_from: str | None,
) -> ListedItem:
    value = around.values.get(row.id)
    mine = around.mine.get(row.id)
    left_out = (
        *(("value",) if "value" in page.read.include and value is None else ()),
        *(("mine",) if row.id in around.mine_left_out else ()),
        *(("hits",) if page.words and row.id not in page.searched else ()),
    )
    return ListedItem(
        id=row.id, kind=row.kind, path=row.path, external_id=row.external_id, summary=row.summary,
        version=row.head_version, changed_at=row.changed_at, creator=row.creator, created_at=row.created_at,
        archived=row.archived, moved_from=moved_from, value=None if value is None else msgspec.Raw(value),
        mine=mine if mine is not None and mine.stands else None, drafts=around.drafts.get(row.id, ()),
        here=around.here.get(row.id, ()), hits=found.get(row.id, ()), left_out=left_out,
    )  # fmt: skip
