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
        """Get a draft's history.

        Returns the draft's batches grouped by writer, run and time, newest first: who, when, where, how much, and named
        states.

        A pause of five minutes ends a group. The draft's log has the single batches.

        Who may: everyone who can read the draft.

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
        """Get a past state of a draft.

        Returns the draft's value at an etag, a seq or a named state, and who wrote the batch that led to it.

        Who may: everyone who can read the draft.

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

        Gives the state of an etag a name. Returns 200 if it already has that name.

        Who may: everyone who can edit the draft.

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

        Gives a named state another name.

        Who may: everyone who can edit the draft.

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

        Removes the name. The state then stays readable only as long as the log contains it.

        Who may: everyone who can edit the draft.

        Raises:
            Problem: read_only, mode_forbids.
        """
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("drafts", draft, "names", name))

    async def blame(
        self, draft: str, at: str | None = None, *, item: str | None = None, address: str | None = None
    ) -> DraftBlame:
        """Get the authors of a draft.

        Returns the author of each line of text and of each member: the actor, the run, the time and the batches.

        Text that came with a version is attributed to that version's authors.

        Who may: everyone who can read the draft.

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
        """Get the authors of a version.

        Returns the author of each line of text and of each member of a version, by number or hash.

        Who may: everyone who can see the item.

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
        """List what others changed in a draft.

        Returns what others changed since your own mark, or since a state: who, how often, when and where.

        People and the runs of agents are listed separately. ``comparison`` holds the places that they changed.

        Who may: everyone who can read the draft.

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
        """Mark a draft as viewed.

        Moves your mark to a state. Nothing else moves it, and it never moves back.

        Who may: everyone who can read the draft, for their own mark.

        Raises:
            Problem: bad_etag, bad_name, generation_changed, rewound, base_ahead, base_expired.
        """
        return await self._api.ask(
            LookedAt, "POST", await self._api.in_workspace("drafts", draft, "looked"), body=Looked(etag=etag, item=item)
        )
