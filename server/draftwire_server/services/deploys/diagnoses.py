"""What stands in the way of a deploy: what the schema objects to, references that lead nowhere. It never stops typing.

Asked for over HTTP, and told to everybody who follows a draft within a second or two of a change, whether the draft
changed or its kind did. Of an item that a reader may not see they are told what they would be told if it did not exist.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.wire.messages import Diagnostic, Diagnostics
from draftwire_server.core.access.access import Resource
from draftwire_server.core.frames import text_frame
from draftwire_server.core.kinds.references import Referred, references, without_member
from draftwire_server.limits.tuning import MERGE_INLINE_BYTES
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.kinds.checking import SchemaChecks
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.state import Diagnosis
from draftwire_server.store.items import kinds as kind_store
from draftwire_server.store.postgres import Database

PUSHED_BYTES: Final = 1024 * 1024  # larger documents are diagnosed when somebody asks

_encode = msgspec.json.Encoder().encode

CHANGED_SHAPE: Final = Diagnostic(
    "", "shape", "Text leaves or keyed arrays of the kind have changed; this draft keeps those that it began with."
)


class Diagnoses:
    """See the module."""

    def __init__(self, database: Database, drafts: Drafts, checking: SchemaChecks, spawn: Callable[..., Any]) -> None:
        self._database = database
        self._drafts = drafts
        self._checking = checking
        self._spawn = spawn
        self._at_work: set[str] = set()  # workspaces whose drafts are being looked at

    async def of(self, principal: Principal, live: LiveDraft) -> Diagnostics:
        """What stands in the way of a deploy of the draft as it is now, as this reader may know it."""
        diagnosis = await self._diagnosis(live)
        return Diagnostics(live.id, diagnosis.seq, _as_seen(diagnosis, principal))

    def run_once(self) -> None:
        """Tell followers what has changed for them; each workspace for itself: none waits for another's schema."""
        drafts: dict[str, list[LiveDraft]] = {}
        for live in self._drafts:
            if live.followers and not live.state.too_large_to_watch and live.workspace not in self._at_work:
                drafts.setdefault(live.workspace, []).append(live)
        for workspace, lives in drafts.items():
            self._at_work.add(workspace)
            self._spawn(self._tell(workspace, lives))

    async def _tell(self, workspace: str, lives: list[LiveDraft]) -> None:
        try:
            for live in lives:
                if self._is_new(live) and len(live.value_json()) > PUSHED_BYTES:
                    live.state.watch_no_more()
                    continue
                try:
                    diagnosis = await self._diagnosis(live)
                except Problem as problem:  # the next look finds it again
                    if problem.code == "unavailable":
                        return
                    continue
                for following in live.followers:
                    told = _as_seen(diagnosis, following.reader.principal)
                    if told != following.diagnostics and following.allowed:
                        following.diagnostics = told
                        message = Diagnostics(live.id, diagnosis.seq, told)
                        following.reader.write(text_frame(_encode(message)), live.followers.channel)
        finally:
            self._at_work.discard(workspace)

    @staticmethod
    def _is_new(live: LiveDraft) -> bool:
        known = live.state.diagnosis
        return known is None or known.mark != live.replica.mark or known.kind is not live.of_kind

    async def _diagnosis(self, live: LiveDraft) -> Diagnosis:
        replica, kind, known = live.replica, live.of_kind, live.state.diagnosis
        seq, mark, value = replica.seq, replica.mark, replica.document.value
        if known is not None and not self._is_new(live):
            if not known.referred:
                return known
            found, referred = known.found, known.referred  # what is referred to may have come or gone
        else:
            data = live.value_json()
            found = await self._checking.live_problems(live.workspace, kind, data)
            if live.kind.shape_id != kind.shape_id:
                found = (CHANGED_SHAPE, *found)
            found = (*found, *without_member(kind, value))
            large = len(data) > MERGE_INLINE_BYTES
            referred = await asyncio.to_thread(references, kind, value) if large else references(kind, value)
        there: tuple[kind_store.ItemAt, ...] = ()
        if referred:
            paths = sorted({each.path for each in referred})
            async with self._database.acquired() as connection:
                there = await kind_store.items_at(connection, live.workspace, paths)
        diagnosis = Diagnosis(seq, mark, kind, found, referred, there)
        live.state.diagnosed(diagnosis)
        return diagnosis


def _as_seen(diagnosis: Diagnosis, principal: Principal) -> tuple[Diagnostic, ...]:
    return (*diagnosis.found, *dangling(diagnosis.referred, places_of(principal, diagnosis.there)))


def places_of(principal: Principal, there: tuple[kind_store.ItemAt, ...]) -> dict[str, str]:
    """The kinds of those of the items that the asker may see, by the paths that lead to them."""
    return {
        item.path: item.kind
        for item in there
        if principal.may("see_item", Resource(item.stands, item.id, item.creator))
    }


def dangling(referred: tuple[Referred, ...], places: dict[str, str]) -> tuple[Diagnostic, ...]:
    """What of what is referred to is not there; ``places``: the kinds of what one sees, by path."""
    return tuple(_dangling(each) for each in referred if not _leads(each, places))


def _leads(each: Referred, places: dict[str, str]) -> bool:
    kind = places.get(each.path)
    return kind is not None and (not each.kinds or kind in each.kinds)


def _dangling(each: Referred) -> Diagnostic:
    what = " or ".join(each.kinds) or "item"
    return Diagnostic(each.at, "reference", f"No {what} stands at {each.path}, or you may not see it.")
