"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.history import (
    BlameQuery,
    BlameVersionQuery,
    ChangesQuery,
    DraftBlame,
    DraftChanges,
    HistoryPage,
    HistoryQuery,
    Looked,
    LookedAt,
    NamedState,
    NewStateName,
    PastState,
    RenamedState,
    StateQuery,
)


class HistoryCalls:
    """Requests of `Api.history`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def page(
        self,
        draft: str,
        *,
        item: str | None = None,
        before: int | None = None,
        limit: int = 50,
        generation: int | None = None,
    ) -> HistoryPage:
        """Read a draft's history.

        The draft's batches grouped by writer, run and time, the latest first: who, when, where, how much, named states.

        A pause of five minutes ends a group. A batch by itself is in the draft's log.

        Raises:
            Problem: generation_changed, busy.
        """
        return await self._api.ask(
            HistoryPage,
            "GET",
            await self._api.in_workspace("drafts", draft, "history"),
            query=HistoryQuery(item=self._api.item_of(draft, item), before=before, limit=limit, generation=generation),
        )

    async def state(self, draft: str, at: str | None = None, *, item: str | None = None) -> PastState:
        """Read a draft as it was.

        The draft's value at an etag, at a seq, or at a named state, and whose batch led to it.

        Raises:
            Problem: bad_etag, bad_name, generation_changed, rewound, base_ahead, base_expired.
        """
        return await self._api.ask(
            PastState,
            "GET",
            await self._api.in_workspace("drafts", draft, "state"),
            query=StateQuery(item=self._api.item_of(draft, item), at=at),
        )

    async def name(self, draft: str, name: str, etag: str) -> NamedState:
        """Name a state.

        Give the state of an etag a name, for who may type in the draft; 200 if it has that name already.

        Raises:
            Problem: bad_etag, bad_name, generation_changed, rewound, base_ahead, base_expired, bad_name, taken,
                read_only, mode_forbids, too_many.
        """
        return await self._api.ask(
            NamedState,
            "POST",
            await self._api.in_workspace("drafts", draft, "names"),
            body=NewStateName(name=name, etag=etag),
        )

    async def rename(self, draft: str, name: str, to: str) -> NamedState:
        """Rename a named state.

        Another name for the same state.

        Raises:
            Problem: bad_name, taken, read_only, mode_forbids.
        """
        return await self._api.ask(
            NamedState,
            "PATCH",
            await self._api.in_workspace("drafts", draft, "names", name),
            body=RenamedState(name=to),
        )

    async def unname(self, draft: str, name: str) -> None:
        """Remove a state's name.

        The state is kept as long as its log is, no longer for its name.

        Raises:
            Problem: read_only, mode_forbids.
        """
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("drafts", draft, "names", name))

    async def blame(
        self, draft: str, at: str | None = None, *, item: str | None = None, address: str | None = None
    ) -> DraftBlame:
        """Who wrote what of a draft.

        By line of the texts and by member: who, or an agent for whom, in which run, when, with which batches.

        What came with a version is told with that version's own writers.

        Raises:
            Problem: bad_etag, bad_name, generation_changed, rewound, base_ahead, base_expired, no_such_place,
                duplicate_id, bad_id.
        """
        return await self._api.ask(
            DraftBlame,
            "GET",
            await self._api.in_workspace("drafts", draft, "blame"),
            query=BlameQuery(item=self._api.item_of(draft, item), at=at, address=address),
        )

    async def version_blame(self, item: str, version: int | str, *, address: str | None = None) -> DraftBlame:
        """Who wrote what of a version.

        The same of a version, by number or hash; who sees the item sees it.

        Raises:
            Problem: no_such_place, duplicate_id, bad_id.
        """
        return await self._api.ask(
            DraftBlame,
            "GET",
            await self._api.in_workspace("items", item, "versions", str(version), "blame"),
            query=BlameVersionQuery(address=address),
        )

    async def changes(
        self, draft: str, since: str = "looked", *, item: str | None = None, context: int = 3
    ) -> DraftChanges:
        """What others changed in a draft.

        What others changed since the asker said that they looked, or since a state: by whom, how often, when, where.

        People and each run of an agent are told apart; ``comparison`` holds the places that they changed.

        Raises:
            Problem: bad_etag, bad_name, generation_changed, rewound, base_ahead, base_expired, too_large, duplicate_id,
                bad_id, busy.
        """
        return await self._api.ask(
            DraftChanges,
            "GET",
            await self._api.in_workspace("drafts", draft, "changes"),
            query=ChangesQuery(item=self._api.item_of(draft, item), since=since, context=context),
        )

    async def looked(self, draft: str, etag: str, *, item: str | None = None) -> LookedAt:
        """Say up to where one has looked.

        Move the asker's mark to a state. Nothing else moves it, and it never goes back.

        Raises:
            Problem: bad_etag, bad_name, generation_changed, rewound, base_ahead, base_expired.
        """
        return await self._api.ask(
            LookedAt, "POST", await self._api.in_workspace("drafts", draft, "looked"), body=Looked(etag=etag, item=item)
        )
