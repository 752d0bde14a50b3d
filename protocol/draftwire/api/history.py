"""A draft's past over HTTP."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from draftwire.rest.history import (
    DraftBlame,
    DraftChanges,
    HistoryGroup,
    HistoryPage,
    Looked,
    LookedAt,
    NamedState,
    NamedStates,
    NewStateName,
    PastState,
    RenamedState,
)

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class HistoryApi:
    """`Api.history`. States are named by an etag, a seq (as text) or a name that somebody gave them."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def page(
        self, draft: str, *, before: int | None = None, limit: int | None = None, generation: int | None = None
    ) -> HistoryPage:
        """A page of a draft's history, the latest first. Raises `Problem` not_found, generation_changed."""
        path = await self._api.in_workspace("drafts", draft, "history")
        query = {"before": before, "limit": limit, "generation": generation, **self._api.item_of(draft, None)}
        return await self._api.ask(HistoryPage, "GET", path, query=query)

    async def groups(self, draft: str, *, generation: int | None = None) -> AsyncIterator[HistoryGroup]:
        """All groups of a draft's history, page after page, the latest first. Raises `Problem` as `page`."""
        before: int | None = None
        while True:
            page = await self.page(draft, before=before, generation=generation)
            for group in page.groups:
                yield group
            if page.next is None:
                return
            before = page.next

    async def state(self, draft: str, at: str | None = None) -> PastState:
        """A draft as it was. Raises `Problem` not_found, base_ahead, base_expired, rewound, generation_changed."""
        path = await self._api.in_workspace("drafts", draft, "state")
        return await self._api.ask(PastState, "GET", path, query={"at": at, **self._api.item_of(draft, None)})

    async def names(self, draft: str) -> tuple[NamedState, ...]:
        """The named states of a draft, the latest first."""
        path = await self._api.in_workspace("drafts", draft, "names")
        return (await self._api.ask(NamedStates, "GET", path, query=self._api.item_of(draft, None))).names

    async def name(self, draft: str, name: str, etag: str) -> NamedState:
        """Name a state. Raises `Problem` bad_name, taken, too_many, read_only, and what `state` raises."""
        path = await self._api.in_workspace("drafts", draft, "names")
        return await self._api.ask(NamedState, "POST", path, body=NewStateName(name, etag))

    async def rename(self, draft: str, name: str, to: str) -> NamedState:
        """Give a named state another name. Raises `Problem` bad_name, taken, not_found, read_only."""
        path = await self._api.in_workspace("drafts", draft, "names", name)
        return await self._api.ask(NamedState, "PATCH", path, body=RenamedState(to))

    async def unname(self, draft: str, name: str) -> None:
        """Let a state's name go. Raises `Problem` not_found, read_only."""
        await self._api.send("DELETE", await self._api.in_workspace("drafts", draft, "names", name))

    async def blame(self, draft: str, at: str | None = None, *, address: str | None = None) -> DraftBlame:
        """Who wrote what of a draft, as it is or as it was. Raises `Problem` as `state`, and no_such_place."""
        path = await self._api.in_workspace("drafts", draft, "blame")
        query = {"at": at, "address": address, **self._api.item_of(draft, None)}
        return await self._api.ask(DraftBlame, "GET", path, query=query)

    async def version_blame(self, item: str, version: int | str, *, address: str | None = None) -> DraftBlame:
        """Who wrote what of a version, by number or hash. Raises `Problem` not_found, no_such_place."""
        path = await self._api.in_workspace("items", item, "versions", str(version), "blame")
        return await self._api.ask(DraftBlame, "GET", path, query={"address": address})

    async def changes(self, draft: str, since: str = "looked", *, context: int | None = None) -> DraftChanges:
        """What others changed since I looked, or since a state. Raises `Problem` as `state`."""
        path = await self._api.in_workspace("drafts", draft, "changes")
        query = {"since": since, "context": context, **self._api.item_of(draft, None)}
        return await self._api.ask(DraftChanges, "GET", path, query=query)

    async def looked(self, draft: str, etag: str) -> LookedAt:
        """Say that I have looked at a state. Raises `Problem` bad_etag, base_ahead, rewound, generation_changed."""
        path = await self._api.in_workspace("drafts", draft, "looked")
        return await self._api.ask(LookedAt, "POST", path, body=Looked(etag))
