"""The values that people compare: any two of my draft, another's, the shared one, the deployed value, a past state.

Each value is named by a text, and the right to read it is asked for each: who may not read a draft finds nothing.
"""

import re
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire_server.core.etag import Etag, first_mark, parse_etag
from draftwire_server.core.stored import stored_value
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening
from draftwire_server.store.history import history
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Database

VERSION: Final = re.compile(r"version:(\d{1,9})")


class Compared(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value and what it is: a state of a draft, or a version (0: the initial value)."""

    name: str
    value: dict[str, Any]
    draft: str | None = None
    etag: str | None = None
    version: int | None = None


class ComparedValues:
    """See the module."""

    def __init__(self, database: Database, drafts: Drafts, opening: Opening) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening

    async def value_of(self, principal: Principal, item: str, name: str) -> Compared:
        """The value that a name means for one item.

        Names: ``mine``, ``shared``, ``deployed``, ``version:<number>``, a draft's id; ``mine``, ``shared`` and ids may
        go on with ``@<etag>``: that state of the draft. An etag alone is one of ``mine``.

        Raises:
            Problem: not_found, bad_message, generation_changed, rewound, base_ahead, base_expired.
        """
        draft, at, etag = name.partition("@")
        if not at and parse_etag(name) is not None:
            draft, etag = "mine", name
        number = VERSION.fullmatch(draft)
        if draft == "deployed" or number is not None:
            if at:
                raise Problem("bad_message", "A version has no etag. Leave out the @.")
            return await self._version(principal, item, name, int(number[1]) if number is not None else None)
        live = await self.draft_of(principal, item, draft)
        wanted = None
        if etag:
            wanted = parse_etag(etag)
            if wanted is None:
                raise Problem("bad_etag", "Give an etag of that draft after the @.")
        found, value = await self.state_of(live, wanted)
        return Compared(name, value, draft=live.id, etag=str(found))

    async def draft_of(self, principal: Principal, item: str, name: str) -> LiveDraft:
        """The draft of an item that is meant by ``mine``, ``shared`` or an id, as it is now. Raises `Problem`."""
        if name in ("mine", "shared"):
            return await self._opening.current_of(principal, item, "own" if name == "mine" else "shared")
        live = await self._opening.current(principal, name)
        row = await self._opening.visible_item(principal, item)
        if live.item.id != row.id:
            raise Problem("not_found")
        return live

    async def state_of(self, live: LiveDraft, wanted: Etag | None) -> tuple[Etag, dict[str, Any]]:
        """A draft's value as of an etag; as it is for None. The caller has asked for the right.

        Raises:
            Problem: generation_changed, rewound, base_ahead, base_expired, unavailable.
        """
        head = head_of(live)
        if wanted is None or wanted == head:
            return head, live.replica.document.value
        if wanted.generation != head.generation:
            raise Problem("generation_changed")
        if wanted.seq > head.seq:
            raise Problem("base_ahead")
        try:
            if await self._drafts.history.mark_at(live, wanted.seq) != wanted.mark:
                raise Problem("rewound")
            return wanted, (await self._drafts.history.document_at(live, wanted.seq)).value
        except Problem as problem:
            named = await self._named_value(live, wanted) if problem.code == "base_expired" else None
            if named is None:
                raise
            return wanted, named

    async def _named_value(self, live: LiveDraft, wanted: Etag) -> dict[str, Any] | None:
        """The value of a state that is kept for its name alone."""
        async with self._database.acquired() as connection:
            row = await history.find_named_seq(connection, live.workspace, live.id, wanted.generation, wanted.seq)
            if row is None or row.mark != wanted.mark:
                return None
            value = await history.load_named_value(connection, live.workspace, live.id, row.name)
        return None if value is None else history.value_of(value)

    async def mark_at(self, live: LiveDraft, seq: int) -> str:
        """The mark of a state of the present generation. Raises `Problem` base_expired, unavailable."""
        return await self._drafts.history.mark_at(live, seq)

    async def origin_mark(self, live: LiveDraft, generation: int, version: int) -> str:
        """The mark at seq 0 of a generation that began from a version."""
        async with self._database.acquired() as connection:
            content = await items.load_content_hash(connection, live.workspace, live.item.id, version)
        return first_mark(live.id, generation, version, content)

    async def _version(self, principal: Principal, item: str, name: str, number: int | None) -> Compared:
        row = await self._opening.visible_item(principal, item)
        wanted = row.head_version if number is None else number
        if not row.head_version and not principal.may("read_initial", row.place):
            raise Problem("not_found", "Nothing is deployed there yet.")
        value = await self.version_value(principal.workspace.id, row.id, wanted)
        return Compared(name, value, version=wanted)

    async def version_value(self, workspace: str, item: str, number: int) -> dict[str, Any]:
        """A version's value, 0 being the initial one. Raises `Problem` not_found."""
        async with self._database.acquired() as connection:
            raw = await items.load_value(connection, workspace, item, number)
        if raw is None:
            raise Problem("not_found")
        value: dict[str, Any] = stored_value(raw)
        return value

    async def base_value(self, live: LiveDraft) -> dict[str, Any]:
        """The deployed value on which a draft stands."""
        return await self.version_value(live.workspace, live.item.id, live.base_version)
