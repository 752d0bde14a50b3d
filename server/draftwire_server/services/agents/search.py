"""The search tool: lines of texts that hold a text or match a pattern, in one draft or in all items that one may see.

An item is searched in one's own draft of it, if there is one; else as it is deployed. Patterns are run
in a thread, with a deadline and without the interpreter's lock: a model writes some that never end. So one at a time is
run, and of one actor one after the other: a flood of them takes one core at the most, and nobody else's turn.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final
from weakref import WeakValueDictionary

import regex

from draftwire.document.document import Document
from draftwire.errors import OpError, Problem
from draftwire.rest.items import ItemQuery, ListedItem
from draftwire.rest.tools import Match, Search, SearchAnswer, Searched
from draftwire_server.core.etag import Etag
from draftwire_server.core.items.paths import forms
from draftwire_server.core.stored import stored_value
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.agents.tools import Tools, leaves_of
from draftwire_server.services.items.listing import Listing
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import may_follow
from draftwire_server.store.agents.runs import RunRow

MATCHES: Final = 500
ITEMS: Final = 500  # looked through for one answer
LINE_CHARS: Final = 400  # of a line that is shown
DEADLINE_S: Final = 10.0  # of one answer; then it says that there may be more
PATTERN_S: Final = 2.0  # of one pattern; one that is sound takes milliseconds
TURN_S: Final = 10.0  # to wait for one's turn; then a client hears that it may try again

Find = Callable[[str], bool]


class TextSearch:
    """See the module."""

    def __init__(self, drafts: Drafts, kinds: KindBook, listing: Listing, runs: Runs, tools: Tools) -> None:
        self._drafts = drafts
        self._kinds = kinds
        self._listing = listing
        self._runs = runs
        self._tools = tools
        self._turn = asyncio.Semaphore(1)
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def search(self, principal: Principal, run: str, asked: Search) -> SearchAnswer:
        """Find lines. Raises `Problem` bad_message (a pattern that is none), busy (one that takes too long)."""
        row = await self._runs.readable(principal, run)
        if not asked.pattern:
            return await self._search(principal, row, asked)
        _compiled(asked)
        async with self._in_turn((principal.workspace.id, principal.info.id)):
            return await self._search(principal, row, asked)

    @contextlib.asynccontextmanager
    async def _in_turn(self, actor: tuple[str, str]) -> AsyncIterator[None]:
        mine = self._turns.setdefault(actor, asyncio.Lock())
        async with contextlib.AsyncExitStack() as turns:
            try:
                async with asyncio.timeout(TURN_S):
                    await turns.enter_async_context(mine)
                    await turns.enter_async_context(self._turn)
            except TimeoutError:
                raise Problem("busy", "Too many searches for patterns are running. Try again in a moment.") from None
            yield

    async def _search(self, principal: Principal, row: RunRow, asked: Search) -> SearchAnswer:
        find = _find(asked)
        limit = min(asked.limit, MATCHES)
        if asked.draft is not None or asked.item is not None or asked.path is not None:
            live = await self._tools.find_now(principal, row, asked)
            where = (live.item.id, live.item.path, live.id, live.replica.seq)
            head, document = head_of(live), live.replica.document
            searched = await self._searched(live, row, head)
            found = await _looked(document, find, limit + 1, *where)
            return SearchAnswer(tuple(found[:limit]), 1, len(found) > limit, (searched,))
        return await self._everywhere(principal, row, find, limit)

    async def _searched(self, live: LiveDraft, row: RunRow, head: Etag) -> Searched:
        changes = await self._tools.changes(live, row, head)
        return Searched(live.id, live.item.id, str(head), head.seq, changes, live.item.path)

    async def _everywhere(self, principal: Principal, row: RunRow, find: Find, limit: int) -> SearchAnswer:
        found: list[Match] = []
        changed: list[Searched] = []
        cursor: str | None = None
        until = time.monotonic() + DEADLINE_S
        looked_at = 0
        while True:
            query = ItemQuery(cursor=cursor, include=("value", "mine"))
            page = await self._listing.page(principal, query, now=time.time())
            for item in page.items:
                looked_at += 1
                live = await self._own(principal, item)
                if live is not None:
                    where: tuple[Any, ...] = (item.id, item.path, live.id, live.replica.seq)
                    document: Document | None = live.replica.document
                    searched = await self._searched(live, row, head_of(live))
                    changed += [searched] if searched.changes else []
                else:
                    where = (item.id, item.path, None, None)
                    document = await self._document(principal, item.kind, await self._value(principal, item))
                if document is not None:
                    found += await _looked(document, find, limit + 1 - len(found), *where)
                if len(found) > limit or time.monotonic() > until:
                    return SearchAnswer(tuple(found[:limit]), looked_at, True, tuple(changed))
            cursor = page.next
            if cursor is None or looked_at >= ITEMS:
                return SearchAnswer(tuple(found), looked_at, cursor is not None, tuple(changed))

    async def _own(self, principal: Principal, item: ListedItem) -> LiveDraft | None:
        """One's own draft of an item, if it stands; the same through every worker."""
        if item.mine is None or not item.mine.stands:
            return None
        live = await self._drafts.opened(principal.workspace.id, item.mine.draft)
        await self._drafts.up_to_date(live)
        return live if live.stands and may_follow(principal, live) else None

    async def _value(self, principal: Principal, item: ListedItem) -> Any:
        """What is deployed; a list leaves large values out."""
        value = item.value
        if "value" in item.left_out:
            value = (await self._listing.look(principal, item.id, ("value",))).value
        return None if value is None else stored_value(value)

    async def _document(self, principal: Principal, kind: str, value: Any) -> Document | None:
        if not isinstance(value, dict):
            return None
        shape = (await self._kinds.load(principal.workspace.id, kind)).document_shape
        try:
            return Document.load(value, shape)
        except OpError:
            return None  # deployed by a release that knew another shape


def _find(asked: Search) -> Find:
    if not asked.pattern:
        wanted = forms(asked.query.lower() if asked.ignore_case else asked.query)
        lower = str.lower if asked.ignore_case else str
        return lambda line: any(form in lower(line) for form in wanted)
    pattern = _compiled(asked)
    left_s = PATTERN_S  # of matching itself: what else a search waits for is no fault of the pattern

    def find(line: str) -> bool:
        nonlocal left_s
        began_s = time.thread_time()
        try:
            return pattern.search(line, timeout=max(0.001, left_s), concurrent=True) is not None
        finally:
            left_s -= time.thread_time() - began_s

    return find


def _compiled(asked: Search) -> Any:
    try:
        return regex.compile(asked.query, regex.IGNORECASE if asked.ignore_case else 0)
    except (regex.error, RecursionError, OverflowError) as error:
        raise Problem("bad_message", f"The pattern is not a valid regular expression: {error}.") from error


async def _looked(
    document: Document, find: Find, limit: int, item: str, path: str | None, draft: str | None, seq: int | None
) -> list[Match]:
    def look() -> list[Match]:
        return [
            Match(item, at, number, line[:LINE_CHARS], path, draft, seq)
            for at, number, line in _lines(document, find, limit)
        ]

    try:
        return await asyncio.to_thread(look)
    except TimeoutError:
        raise Problem("busy", "The search for this pattern takes too long. Use a simpler one.") from None


def _lines(document: Document, find: Find, limit: int) -> Iterator[tuple[str, int, str]]:
    left = limit
    for leaf in leaves_of(document):
        text = document.get(leaf.at)
        for number, line in enumerate(str(text).split("\n"), 1):
            if left > 0 and find(line):
                left -= 1
                yield leaf.at, number, line
        if left <= 0:
            return
