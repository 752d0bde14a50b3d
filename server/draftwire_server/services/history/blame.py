"""Blame of drafts and versions: read from the nearest kept one and the batches after it.

Kept beside every snapshot, by whose worker made that, and with every version that is deployed; so a long log is never
read again, and blame goes on across versions and forks. What is missing (a log from before blame was kept) is made at
the first question, and kept on the way.
"""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.errors import OpError, Problem
from draftwire.rest.history import BlamedLines, BlamedMember, BlamedText, BlameOrigin, DraftBlame
from draftwire.wire.messages import ActorInfo
from draftwire_server.core.edits.replica import stored_effects
from draftwire_server.core.history.blame import Blame, BlamedBatch, Donor, Origin, lines_of
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.services.access.names import People
from draftwire_server.services.history.states import Past, States
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.store.access import members
from draftwire_server.store.deploys import versions
from draftwire_server.store.history import history
from draftwire_server.store.items import items
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

STRIDE: Final = 1_000
"""Batches that are taken in at once; blame that was not kept is kept after so many."""

BLAME_BYTES: Final = 8 * 1024 * 1024
"""A larger blame is not kept: half of the largest document, in origins alone."""

DONORS: Final = 10
"""Versions that are read to know whose text a stretch of batches brought in."""

MEMBERS: Final = 20_000
"""Members told in one answer; whoever has more asks for an address."""

SOURCE: Final = re.compile(
    r"version:(?:\d{1,9}\.\.)?(\d{1,9})(?:/parts)?"
)  # the version that a rebase or revert took text from

SHARES: Final = 50
"""Authors that a version names; those who wrote the least are left out."""


class Blames:
    """See the module."""

    def __init__(self, database: Database, states: States, comparing: ComparedValues, people: People) -> None:
        self._database = database
        self._states = states
        self._comparing = comparing
        self._people = people
        self._turn = asyncio.Semaphore(1)  # of keeping: it is in no hurry, and there is one core

    # ---- answers

    async def of_draft(self, live: LiveDraft, at: str | None, address: str | None) -> DraftBlame:
        """Who wrote what of a state. Raises `Problem` as `States.find`, base_expired, no_such_place."""
        past, etag, named = await self._states.find(live, at)
        value = await self._states.value(past, etag, named)
        blame = await self.at(past, etag.seq)
        made = await self._told(live.workspace, live.item.id, blame, _loaded(past.kind, value), address)
        return msgspec.structs.replace(made, draft=live.id, etag=str(etag))

    async def of_version(self, workspace: str, item: str, kind: Kind, number: int, address: str | None) -> DraftBlame:
        """Who wrote what of a version. Raises `Problem` not_found, no_such_place."""
        value = await self._comparing.version_value(workspace, item, number)
        blame = await self.version(workspace, item, number)
        document = _loaded(kind.fitting(value), value)
        made = await self._told(workspace, item, blame, document, address)
        return msgspec.structs.replace(made, version=number)

    async def _told(
        self, workspace: str, item: str, blame: Blame, document: Document, address: str | None
    ) -> DraftBlame:
        found = await asyncio.to_thread(_look, blame, document, address)
        if not found.texts and not found.members and address:
            raise Problem("no_such_place", detail={"at": address})
        actors = {actor for origin in found.origins for actor in (origin.actor, origin.approved_by) if actor}
        infos = await self._people.load(workspace, actors)
        origins = tuple(_origin_on_wire(origin, infos) for origin in found.origins)
        return DraftBlame(item, origins, tuple(found.texts), tuple(found.members))

    # ---- making

    async def at(self, past: Past, seq: int) -> Blame:
        """The blame of a state. Raises `Problem` base_expired, unavailable."""
        live = past.live
        async with self._database.acquired() as connection:
            found = await history.find_blame(connection, live.workspace, live.id, past.generation, seq)
            writers = {w.w: w for w in await logs.read_writers(connection, live.workspace, live.id, 0)}
        if found is not None:
            after, blame = found[0], await asyncio.to_thread(Blame.load, found[1])
        elif past.origin is not None:
            after, blame = 0, await self.version(live.workspace, live.item.id, past.origin)
        else:
            raise Problem("base_expired")
        while after < seq:
            upto = min(seq, after + STRIDE)
            rows = await self._rows(past, after, upto)
            donors = await self._donors(past, rows)
            await asyncio.to_thread(_take_in, blame, rows, writers, donors)
            after = upto
            if after < seq:  # what should have been kept and was not
                await self._keep(past, after, blame)
        return blame

    async def _rows(self, past: Past, after: int, upto: int) -> tuple[logs.BatchRow, ...]:
        live = past.live
        try:
            async with self._database.acquired() as connection:
                return await logs.read_range(connection, live.workspace, live.id, past.generation, after, upto)
        except logs.BrokenLog as error:
            raise Problem("base_expired") from error

    async def _donors(self, past: Past, rows: Sequence[logs.BatchRow]) -> dict[int, Donor]:
        """The versions from which batches took text, by seq."""
        by_version: dict[int, Donor] = {}
        found: dict[int, Donor] = {}
        live = past.live
        for row in rows:
            source = SOURCE.fullmatch(row.cause or "") if row.kind in ("rebase", "revert") else None
            if source is None:
                continue
            number = int(source[1])
            if number not in by_version:
                if len(by_version) == DONORS:
                    continue
                try:
                    value = await self._comparing.version_value(live.workspace, live.item.id, number)
                    document = Document.load(value, past.kind.document_shape)
                except (Problem, OpError):
                    continue
                by_version[number] = Donor(await self.version(live.workspace, live.item.id, number), document.get)
            found[row.seq] = by_version[number]
        return found

    async def version(self, workspace: str, item: str, number: int) -> Blame:
        """The blame of a version: the one kept with it, else all is its author's; of 0, the creator's.

        Raises:
            Problem: not_found, unavailable.
        """
        async with self._database.acquired() as connection:
            kept = await history.load_version_blame(connection, workspace, item, number)
            if kept is not None:
                return await asyncio.to_thread(Blame.load, kept)
            if number:
                row = await versions.find_version(connection, workspace, item, number)
                if row is None:
                    raise Problem("not_found")
                return Blame(Origin(row.author, None, row.at, "deploy", version=number))
            begun = await items.load_item(connection, workspace, item)
            if begun is None:
                raise Problem("not_found")
            actor = await members.ensure_actor(connection, workspace, "user", begun.creator)
            return Blame(Origin(actor, None, begun.created_at, "deploy", version=0))

    # ---- keeping

    async def keep(self, live: LiveDraft, generation: int, seq: int) -> None:
        """Keep the blame of a state that a snapshot was made of. Raises `Problem`."""
        async with self._turn:
            past = await self._states.past(live, generation)
            await self._keep(past, seq, await self.at(past, seq))

    async def _keep(self, past: Past, seq: int, blame: Blame) -> None:
        data = await asyncio.to_thread(blame.dump)
        if len(data) > BLAME_BYTES:
            log.info("draft %s: the blame at seq %d is too large to be kept", past.live.id, seq)
            return
        live = past.live
        async with self._database.acquired() as connection:
            await history.keep_blame(connection, live.workspace, live.id, past.generation, seq, data)

    async def of_deploy(
        self, live: LiveDraft, seq: int, number: int, value: dict[str, Any]
    ) -> tuple[bytes | None, tuple[history.Share, ...]]:
        """The blame to keep with a version that ships a state, and who wrote how much of its text.

        None and nothing if it can't be had, which stops no deploy.
        """
        blame = await self._kept_of(live, seq)
        if blame is None:
            return None, ()
        shares = await asyncio.to_thread(_shares, blame, _loaded(live.kind, value))
        return await _dumped(blame.deployed(number)), shares

    async def of_fork(self, live: LiveDraft, seq: int) -> bytes | None:
        """The blame to keep with the initial value of an item that is forked from a state."""
        blame = await self._kept_of(live, seq)
        return None if blame is None else await _dumped(blame.forked())

    async def of_forked_version(self, workspace: str, item: str, number: int) -> bytes | None:
        """The same of an item that is forked from a version."""
        return await _dumped((await self.version(workspace, item, number)).forked())

    async def _kept_of(self, live: LiveDraft, seq: int) -> Blame | None:
        try:
            return await self.at(await self._states.past(live), seq)
        except Problem as problem:
            if problem.code == "unavailable":
                raise
            log.info("draft %s: no blame at seq %d: %s", live.id, seq, problem)
            return None


async def _dumped(blame: Blame) -> bytes | None:
    data = await asyncio.to_thread(blame.dump)
    return data if len(data) <= BLAME_BYTES else None


def _loaded(kind: Kind, value: dict[str, Any]) -> Document:
    try:
        return Document.load(value, kind.document_shape)
    except OpError as error:
        raise error.problem() from error


def _take_in(
    blame: Blame, rows: Sequence[logs.BatchRow], writers: dict[int, logs.WriterRow], donors: dict[int, Donor]
) -> None:
    for row in rows:
        writer = writers.get(row.w)
        actor, run, approved_by = (writer.actor, writer.run, writer.approved_by) if writer else ("", None, None)
        effects = stored_effects(row.ops, row.took)
        blame.add(BlamedBatch(row.seq, actor, run, row.at, row.kind, effects, approved_by), donors.get(row.seq))


class _Found(msgspec.Struct):
    origins: list[Origin]
    texts: list[BlamedText]
    members: list[BlamedMember]


def _look(blame: Blame, document: Document, address: str | None) -> _Found:
    """Tell texts and members, with the origins that they refer to."""
    found = _Found([], [], [])
    index: dict[int | Origin, int] = {}

    def told(origin: Origin) -> int:
        if origin not in index:
            index[origin] = len(found.origins)
            found.origins.append(origin)
        return index[origin]

    for at, value, is_text in _places(document):
        if address and not (at == address or addresses.is_inside(at, address)):
            continue
        if is_text:
            spans = blame.spans(at, _units(value))
            lines = tuple(
                BlamedLines(
                    one.first, one.last, told(blame.origins[one.origin]),
                    tuple(sorted(told(blame.origins[other]) for other in one.others)),
                )
                for one in lines_of(value, spans, blame.origins)
            )  # fmt: skip
            found.texts.append(BlamedText(at, lines, tuple((size, told(blame.origins[o])) for size, o in spans)))
        elif len(found.members) < MEMBERS:
            found.members.append(BlamedMember(at, told(blame.member(at))))
    return found


def _shares(blame: Blame, document: Document) -> tuple[history.Share, ...]:
    """How many units of the texts are whose, the largest share first."""
    found: Counter[tuple[str, str | None]] = Counter()
    for at, value, is_text in _places(document):
        if is_text:
            for size, index in blame.spans(at, _units(value)):
                found[blame.origins[index].actor, blame.origins[index].run] += size
    return tuple((actor, run, units) for (actor, run), units in found.most_common(SHARES))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) >> 1


def _places(document: Document) -> list[tuple[str, Any, bool]]:
    """Every text leaf, other member and element, in the order of the document."""
    found: list[tuple[str, Any, bool]] = []

    def walk(at: str, value: Any, place: Any) -> None:
        if isinstance(value, dict) and (value or not at):
            for name, member in value.items():
                if not ("/" not in at and at and name == "id"):
                    walk(f"{at}/{addresses.escape(name)}", member, place.member(name))
        elif isinstance(value, list) and place.keyed:
            for element in value:
                inside = addresses.escape(element["id"])
                found.append((inside, element, False))
                walk(inside, element, place.element())
        else:
            found.append((at, value, isinstance(value, str) and place.text))

    walk("", document.value, document.shape.root)
    return found


def _origin_on_wire(origin: Origin, infos: dict[str, ActorInfo]) -> BlameOrigin:
    return BlameOrigin(
        infos[origin.actor], origin.at, origin.kind, origin.run, origin.seq, origin.to, origin.version,
        infos[origin.approved_by] if origin.approved_by else None,
    )  # fmt: skip
