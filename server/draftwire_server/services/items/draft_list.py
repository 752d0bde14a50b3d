"""The list of drafts: mine, and all that I may know of; behind, in conflict, by owner, item, folder, kind; by age or
change.

The query reads what lies where the asker sees items; `decide` then says of each draft what may be told of it, and pages
are filled with what is shown (`services/access/paging.py`).
"""

import time
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.rest.draft_list import DraftListQuery, DraftPage, ListedDraft
from draftwire_server.core import cursor
from draftwire_server.core.access.access import visible
from draftwire_server.core.etag import Etag
from draftwire_server.limits.pages import FILTER_VALUES, PAGE_ITEMS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.lookup import named_member
from draftwire_server.services.access.names import People
from draftwire_server.services.access.paging import page_of
from draftwire_server.services.items.listing import NOBODY, below_of
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.settings import Settings
from draftwire_server.store.items import draft_list, items
from draftwire_server.store.items.draft_list import DraftPosition, ListedRow
from draftwire_server.store.postgres import Database


class DraftList:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, kinds: KindBook, people: People) -> None:
        self._key = settings.resume_key.encode()
        self._database = database
        self._kinds = kinds
        self._people = people

    async def page(self, principal: Principal, query: DraftListQuery) -> DraftPage:
        """A page of what the asker may know of. Raises `Problem` bad_cursor, unknown_kind, too_many."""
        workspace, limit = principal.workspace.id, min(query.limit, PAGE_ITEMS)
        plain = msgspec.structs.replace(query, cursor=None, limit=1)
        scope = msgspec.json.encode(("drafts", workspace, principal.access.user, plain))
        after = cursor.unseal(self._key, scope, query.cursor, DraftPosition) if query.cursor else None
        wanted = await self._wanted(principal, query)
        if wanted is None:
            return DraftPage(())

        async def read(behind: DraftPosition | None, most: int) -> tuple[list[ListedRow], list[ListedRow]]:
            async with self._database.acquired() as connection:
                rows = await draft_list.list_drafts(
                    connection, workspace, visible(principal.access, time.time()), wanted, query.order, behind, most
                )
            return rows, [row for row in rows if _is_shown(principal, row, query)]

        def place(row: ListedRow) -> DraftPosition:
            return DraftPosition(row.changed_us if query.order == "changed" else row.begun_us, row.draft)

        found, next_ = await page_of(read, place, after, limit)
        owners = await self._people.load_users(workspace, {row.owner for row in found if row.owner})
        lines = tuple(_listed(principal, row, owners) for row in found)
        return DraftPage(lines, None if next_ is None else cursor.seal(self._key, scope, next_))

    async def _wanted(self, principal: Principal, query: DraftListQuery) -> draft_list.WantedDrafts | None:
        """What the filters mean; None: nothing can fulfil them."""
        if len(query.kind) > FILTER_VALUES:
            raise Problem("too_many", f"A filter can have at most {FILTER_VALUES} values.")
        for kind in query.kind:
            await self._kinds.load(principal.workspace.id, kind)
        below = below_of(query.prefix, query.folder)
        if below is None or principal.access.role == "operator":
            return None  # operators know of no drafts
        owner = principal.access.user if query.owner == "me" else query.owner
        async with self._database.acquired() as connection:
            if owner is not None and owner.startswith(items.EXTERNAL):
                member = await named_member(connection, principal, owner)
                owner = NOBODY if member is None else member.id
            item = await items.id_of(connection, principal.workspace.id, query.item)
        return draft_list.WantedDrafts(
            whose=query.whose, user=principal.access.user, owner=owner, purpose=query.purpose, item=item, below=below,
            kinds=query.kind, behind=query.behind, conflict=query.conflict, archived=query.archived,
        )  # fmt: skip


def _is_shown(principal: Principal, row: ListedRow, query: DraftListQuery) -> bool:
    """Whether a draft is one that the asker may know of, and all that the filters tell of it too."""
    if query.behind or query.conflict:
        return principal.may("read_draft", row.place)
    return principal.may("see_draft", row.place)


def _listed(principal: Principal, row: ListedRow, owners: dict[str, Any]) -> ListedDraft:
    known = ListedDraft(
        row.draft, row.item, row.kind, row.path, row.summary, row.purpose, owners.get(row.owner or ""), row.visibility,
        row.begun_us / 1e6, row.changed_us / 1e6, "no", row.external_id, row.archived,
    )  # fmt: skip
    if not principal.may("read_draft", row.place):
        return known
    behind = row.base_version < row.head_version
    return msgspec.structs.replace(
        known, may="type" if principal.may("type_in_draft", row.place) else "look",
        etag=str(Etag(row.generation, row.seq, row.mark)), generation=row.generation, seq=row.seq,
        base_version=row.base_version, head_version=row.head_version, behind=behind,
        kept=behind and row.kept_version == row.head_version, conflicts=row.conflicts,
    )  # fmt: skip
