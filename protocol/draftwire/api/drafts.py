"""Drafts over HTTP."""

from collections.abc import AsyncIterator, Generator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from draftwire.rest.draft_list import DraftListQuery, DraftPage, ListedDraft
from draftwire.rest.drafts import DraftLog, DraftPatch, DraftState, Saved, WholeDraft
from draftwire.wire.messages import Diagnostic, Diagnostics

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class DraftsApi:
    """`Api.drafts`.

    A draft that nobody has begun is found with its ``item`` only. One that this `Api` was told of (`of_item`,
    `Api.items.get`) needs none.
    """

    def __init__(self, api: "Api") -> None:
        self._api = api

    def list(
        self,
        *,
        whose: Literal["mine", "others", "any"] = "any",
        owner: str | None = None,
        purpose: Literal["own", "shared", "suggestion"] | None = None,
        item: str | None = None,
        folder: str | None = None,
        prefix: str | None = None,
        kind: str | Sequence[str] = (),
        behind: bool = False,
        conflict: bool = False,
        archived: Literal["without", "only", "with"] = "without",
        order: Literal["changed", "age"] = "changed",
        cursor: str | None = None,
        limit: int = 50,
    ) -> "ListOfDrafts":
        """The drafts with changes that one may know of: ``await`` gives a page, ``async for`` every draft of all pages.

        What the filters mean: `DraftListQuery`. Both raise `Problem`.
        """
        query = DraftListQuery(
            whose=whose, owner=owner, purpose=purpose, item=item, folder=folder, prefix=prefix,
            kind=(kind,) if isinstance(kind, str) else tuple(kind), behind=behind, conflict=conflict,
            archived=archived, order=order, cursor=cursor, limit=limit,
        )  # fmt: skip
        return ListOfDrafts(self._api, query)

    async def get(self, draft: str, *, item: str | None = None) -> DraftState:
        """A draft as it is now. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft)
        return await self._api.ask(DraftState, "GET", path, query=self._api.item_of(draft, item))

    async def of_item(self, item: str, purpose: Literal["own", "shared"] | None = None) -> DraftState:
        """The draft of an item that an editor would open, or the one named. Raises `Problem`."""
        path = await self._api.in_workspace("items", item, "draft")
        state = await self._api.ask(DraftState, "GET", path, query={"purpose": purpose})
        if not state.stands:
            self._api.unbegun(state.draft, state.item)
        return state

    async def save(
        self,
        draft: str,
        value: dict[str, Any],
        *,
        if_match: str,
        made_from: dict[str, Any] | None = None,
        item: str | None = None,
        override: str | None = None,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Save a whole document that was made on ``if_match``.

        An answer with a ``value`` has others' work in it. Go on from that value and its etag; or, as long as you go on
        from your own document, name that as ``made_from`` beside the etag that you had, with one ``session``: else what
        you don't show counts as deleted by you.

        Raises:
            Problem: stale, read_only, …
        """
        headers = {
            "if-match": f'"{if_match}"',
            "draftwire-override": None if override is None else f'"{override}"',
            "draftwire-session": session,
            "idempotency-key": idempotency_key,
            "prefer": None if merge else "merge=never",
        }
        path = await self._api.in_workspace("drafts", draft)
        query = self._api.item_of(draft, item)
        return await self._api.ask(Saved, "PUT", path, body=WholeDraft(value, made_from), query=query, headers=headers)

    async def diagnostics(self, draft: str, *, item: str | None = None) -> tuple[Diagnostic, ...]:
        """What stands in the way of a deploy of the draft as it is now. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "diagnostics")
        query = self._api.item_of(draft, item)
        return (await self._api.ask(Diagnostics, "GET", path, query=query)).diagnostics

    async def patch(
        self,
        draft: str,
        change: DraftPatch,
        *,
        if_match: str,
        item: str | None = None,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Change parts of a draft, as of ``if_match``. Raises `Problem` stale, no_single_match, test_failed, …"""
        headers = {
            "if-match": f'"{if_match}"',
            "draftwire-session": session,
            "idempotency-key": idempotency_key,
            "prefer": None if merge else "merge=never",
        }
        path = await self._api.in_workspace("drafts", draft, "content")
        query = self._api.item_of(draft, item)
        return await self._api.ask(Saved, "PATCH", path, body=change, query=query, headers=headers)

    async def log(self, draft: str, *, after: int = 0, limit: int | None = None) -> DraftLog:
        """A stretch of the draft's log. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "log")
        query = {"after": after, "limit": limit, **self._api.item_of(draft, None)}
        return await self._api.ask(DraftLog, "GET", path, query=query)


class ListOfDrafts:
    """A list of drafts: its first page if awaited, all its drafts if iterated."""

    def __init__(self, api: "Api", query: DraftListQuery) -> None:
        self._api = api
        self._query = query

    def __await__(self) -> Generator[Any, None, DraftPage]:
        return self._page(self._query.cursor).__await__()

    async def __aiter__(self) -> AsyncIterator[ListedDraft]:
        cursor = self._query.cursor
        while True:
            page = await self._page(cursor)
            for draft in page.drafts:
                yield draft
            cursor = page.next
            if cursor is None:
                return

    async def _page(self, cursor: str | None) -> DraftPage:
        asked = msgspec.to_builtins(msgspec.structs.replace(self._query, cursor=cursor))
        return await self._api.ask(DraftPage, "GET", await self._api.in_workspace("drafts"), query=asked)
