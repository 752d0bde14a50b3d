"""Which draft an `open` leads to, and what the reader may do there: ops-and-sync.md §4 and §8."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec

from draftwire.document.document import Document
from draftwire.document.values import same
from draftwire.errors import Problem
from draftwire.wire.messages import Have, Purpose
from draftwire_server.core.access.access import missing_to_type, only_suggests
from draftwire_server.core.etag import first_mark
from draftwire_server.core.ids import ItemId, UserId, WorkspaceId, draft_id
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.core.stored import stored_value
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.events.channels import draft_facts
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.store.items import items
from draftwire_server.store.live import logs, marks
from draftwire_server.store.postgres import Database
from draftwire_server.store.sharing import sharing

NO_DRAFT = (
    "Draft not found, or you don't have access. A draft that has not been started is found only if you also name its "
    "item."
)


def may_follow(principal: Principal, live: LiveDraft) -> bool:
    """Whether a reader may see a draft's text: of one that nobody has begun the deployed value, or the initial one."""
    if live.stands:
        return principal.may("read_draft", live.resource)
    return principal.may("see_item" if live.base_version else "read_initial", live.resource)


def _shows(principal: Principal, live: LiveDraft) -> bool:
    """Whether a draft is there for a reader; one's own that is not begun is for its owner alone."""
    foreign = not live.stands and live.facts.owner not in (None, principal.access.user)
    return not foreign and may_follow(principal, live)


def may_type(
    principal: Principal, live: LiveDraft
) -> Literal["type", "archived", "read_only", "suggest_only", "not_found", "mode_forbids"]:
    """ "type", or the code with which typing is refused."""
    if live.resource.archived and may_follow(principal, live):
        return "archived"
    if principal.may("type_in_draft", live.resource):
        return "type" if live.stands or live.kind.may_begin(live.facts.purpose) else "mode_forbids"
    if not may_follow(principal, live):
        return "not_found"
    return "suggest_only" if only_suggests(principal.access, live.resource, time.time()) else "read_only"


def told_why(problem: Problem, principal: Principal, live: LiveDraft) -> Problem:
    """The same refusal, with what is missing if it is one of typing."""
    if problem.code != "read_only" or problem.detail is not None:
        return problem
    missing = missing_to_type(principal.access, live.resource, time.time())
    return Problem(problem.code, problem.message, detail={"missing": missing})


def need_type(principal: Principal, live: LiveDraft) -> None:
    """Refuse whoever may not type in a draft. Raises `Problem` read_only, suggest_only, archived, mode_forbids, …"""
    verdict = may_type(principal, live)
    if verdict != "type":
        raise told_why(Problem(verdict), principal, live)


class Opening:
    """Finds and loads drafts for readers."""

    def __init__(self, database: Database, drafts: Drafts, kinds: KindBook) -> None:
        self._database = database
        self._drafts = drafts
        self._kinds = kinds

    async def current(self, principal: Principal, draft: str, item: str = "") -> LiveDraft:
        """Open a named draft as `by_id` does, and as it is now: all that was committed before is in it.

        What is held of a draft over a wait may be a copy of a log that is no more, after a discard: whoever decides
        again opens it again. Raises `Problem` not_found, unavailable.
        """
        return await self.as_now(principal, lambda: self.by_id(principal, draft, item))

    async def current_of(self, principal: Principal, item: str, purpose: Purpose | None) -> LiveDraft:
        """The same for the draft of an item, as `by_item` finds it. Raises `Problem` as that, and unavailable."""
        return await self.as_now(principal, lambda: self.by_item(principal, item, purpose))

    async def as_now(self, principal: Principal, find: Callable[[], Awaitable[LiveDraft]]) -> LiveDraft:
        """The same for a draft that is found in another way. Raises `Problem` as finding does, and unavailable."""
        live = await find()
        await self._drafts.up_to_date(live)
        if self._drafts.get(live.workspace, live.id) is not live:
            return await find()  # it was discarded, or its log is another one: what is loaded since is current
        if not _shows(principal, live):  # its facts came with what was read
            raise Problem("not_found", NO_DRAFT)
        return live

    def holds(self, principal: Principal, live: LiveDraft) -> bool:
        """Whether a draft that was opened a moment ago is still the one that this worker follows, and may be seen."""
        return self._drafts.get(live.workspace, live.id) is live and _shows(principal, live)

    async def by_id(self, principal: Principal, draft: str, item: str = "") -> LiveDraft:
        """Open a named draft; ``item`` helps to find one that nobody has begun. Raises `Problem` not_found."""
        try:
            return await self._by_id(principal, draft, item)
        except Problem as problem:
            if problem.code != "not_found":
                raise
            raise Problem("not_found", NO_DRAFT) from None  # the same words, whatever the reason is

    async def _by_id(self, principal: Principal, draft: str, item: str) -> LiveDraft:
        workspace = principal.workspace.id
        live = self._drafts.get(workspace, draft)
        if live is not None and _shows(principal, live):
            return await self._drafts.opened(workspace, draft)
        # From here on the same is done for a draft out of sight as for one that is not there, whatever lies in memory:
        # the time that it takes tells nothing of it.
        if await self._may_open(principal, draft):
            live = await self._drafts.opened(workspace, draft)
        elif item:
            row = await self.visible_item(principal, item)
            begins = (("shared", None), ("own", principal.access.user))
            named = [each for each in begins if draft == _derived(workspace, row.id, *each)]
            if not named:
                raise Problem("not_found")
            live = await self._drafts.opened_of(workspace, row, *named[0])
        else:
            raise Problem("not_found")
        if not _shows(principal, live):
            raise Problem("not_found")
        return live

    async def had(self, principal: Principal, have: Have) -> bool:
        """Whether what a client says to hold of a draft stands in its log: then it had the draft open, whatever it may
        see now. Raises `Problem` unavailable.
        """
        workspace, place = principal.workspace.id, have.item or ""
        async with self._database.acquired() as connection:  # the same two questions, whatever lies in memory
            kept = await marks.read_kept(connection, workspace, have.id, have.have)
            row = await items.load_item(connection, workspace, place)
        if kept is not None and not kept.discarded:
            if have.generation != kept.generation or have.have > kept.head_seq:
                return False
            origin = first_mark(have.id, kept.generation, kept.origin_version, kept.origin_hash)
            return have.mark == (kept.mark if have.have else origin)
        if row is None or have.have:
            return False
        generation = 1 if kept is None else kept.generation + 1
        begins = (("shared", None), ("own", principal.access.user))
        begun = any(have.id == _derived(workspace, row.id, *each) for each in begins)
        origin = first_mark(have.id, generation, row.head_version, row.base_hash)
        return begun and have.generation == generation and have.mark == origin

    async def _may_open(self, principal: Principal, draft: str) -> bool:
        """Whether a draft has a row and shows, by two small statements that are asked of any id."""
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            shared = await sharing.load(connection, workspace, draft)
            places = await items.load_places(connection, workspace, [draft if shared is None else shared.item])
        if shared is None or not places:
            return False
        place = places[0].place
        if shared.discarded:  # nobody has begun it anew: it shows as what is deployed
            return shared.owner in (None, principal.access.user) and principal.may("see_item", place)
        return principal.may("read_draft", msgspec.structs.replace(place, draft=shared.facts))

    async def by_item(self, principal: Principal, item: str, purpose: Purpose | None) -> LiveDraft:
        """Open the draft of an item that is this reader's to see. Raises `Problem` not_found or forbidden."""
        workspace = principal.workspace.id
        row = await self.visible_item(principal, item)
        place = row.place
        user = principal.access.user
        async with self._database.acquired() as connection:
            standing = await items.list_drafts(connection, workspace, row.id)
        readable = [
            draft
            for draft in standing
            if draft.purpose != "suggestion"
            and principal.may("read_draft", msgspec.structs.replace(place, draft=draft_facts(draft)))
        ]
        if purpose is None:
            writes = principal.may("write_item", place)
            own = next((d for d in readable if d.purpose == "own" and d.owner == user), None)
            shared = next((d for d in readable if d.purpose == "shared"), None)
            for found in (own, shared):
                if found is not None:
                    live = await self._drafts.opened(workspace, found.id)
                    if await self.has_changes(live):
                        return live
            if not writes and readable:
                return await self._drafts.opened(workspace, readable[0].id)
            purpose = "own" if not writes else (await self._kinds.load(workspace, row.kind)).default_purpose
        if purpose == "suggestion":
            raise Problem("not_found")
        owner = user if purpose == "own" else None
        stands = any(d.purpose == purpose and d.owner == owner for d in standing)
        kind = await self._kinds.load(workspace, row.kind)
        if not stands and principal.may("write_item", place) and not kind.may_begin(purpose):
            raise Problem("mode_forbids", f"Items of this kind can't be edited in a draft of purpose {purpose}.")
        live = await self._drafts.opened_of(workspace, row, purpose, owner)
        if not live.stands and live.origin_version < row.head_version:
            await self._drafts.begin_anew(live, row)
        if not may_follow(principal, live):
            raise Problem("not_found")
        return live

    async def place_of(self, principal: Principal, draft: str, item: str | None = None) -> str:
        """The item of a draft in the principal's workspace, whatever they may do there; also of one that nobody has
        begun, if its item is named. Raises `Problem` not_found.
        """
        workspace = principal.workspace.id
        live = self._drafts.get(workspace, draft)
        if live is not None:
            return live.item.id
        async with self._database.acquired() as connection:
            found = await logs.find_item(connection, workspace, draft)
            if found is None and item is not None and await items.load_kind(connection, workspace, item) is not None:
                own, shared = ("own", principal.access.user), ("shared", None)
                if draft in (_derived(workspace, item, *own), _derived(workspace, item, *shared)):
                    return item
        if found is None:
            raise Problem("not_found")
        return found

    async def kind_of(self, principal: Principal, draft: str, item: str) -> tuple[Kind, Document | None]:
        """The kind of a draft's item, also of a deleted one, and the document if it is followed here.

        Raises:
            Problem: not_found.
        """
        workspace = principal.workspace.id
        live = self._drafts.get(workspace, draft)
        if live is not None:
            return live.kind, live.replica.document
        async with self._database.acquired() as connection:
            kind = await items.load_kind(connection, workspace, item)
        if kind is None:
            raise Problem("not_found")
        return await self._kinds.load(workspace, kind), None

    async def has_changes(self, live: LiveDraft) -> bool:
        """Whether a draft differs from the deployed value on which it stands; else it counts as none.

        Asked for every opening: the deployed value is read once for a draft and version, and again only when the two
        are of one length, which they hardly ever are but when they are equal.
        """
        if not live.stands or live.replica.seq == 0:
            return False
        async with live.commits.reading:
            length = live.state.base_length
            if length is None or length[0] != live.base_version:
                length = live.state.base_measured(len(msgspec.json.encode(await self._base_value(live))))
        if length[1] != len(live.value_json()):
            return True
        return not same(live.replica.document.value, await self._base_value(live))

    async def _base_value(self, live: LiveDraft) -> Any:
        async with self._database.acquired() as connection:
            value = await items.load_value(connection, live.workspace, live.item.id, live.base_version)
        return None if value is None else stored_value(value)

    async def visible_item(self, principal: Principal, item: str) -> items.ItemRow:
        """An item that the principal may see. Raises `Problem` not_found."""
        async with self._database.acquired() as connection:
            row = await items.load_item(connection, principal.workspace.id, item)
        if row is None or not principal.may("see_item", row.place):
            raise Problem("not_found")
        return row


def _derived(workspace: str, item: str, purpose: str, owner: str | None) -> str:
    return draft_id(WorkspaceId(workspace), ItemId(item), "own" if purpose == "own" else "shared", UserId(owner or ""))
