"""Past states of a draft: found by etag, seq or name, also of a generation that was discarded; and their names.

A state is made from the snapshot before it and the ops in between, so it costs the same in a log of any length. One
with a name is kept as a value of its own: whatever the retention drops, it stays readable.
"""

import asyncio
from typing import Any, Final

import msgspec

from draftwire.document.batch import replay
from draftwire.document.document import Document
from draftwire.errors import Problem
from draftwire.rest.history import NamedState, PastState
from draftwire_server.core.edits.replica import decode_ops
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.history.state_names import check_state_name
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.limits.contract import NAMES_PER_DRAFT
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import need_type
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.store.history import history
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Database

SEQ_DIGITS: Final = 15  # what fits a bigint, and no list of names


class Past(msgspec.Struct, frozen=True):
    """One generation of a draft's log. ``origin`` None: what it began with is not known any more."""

    live: LiveDraft
    generation: int
    head: Etag
    origin: int | None
    kind: Kind


class States:
    """See the module."""

    def __init__(self, database: Database, comparing: ComparedValues, people: People) -> None:
        self._database = database
        self._comparing = comparing
        self._people = people

    # ---- finding

    async def past(self, live: LiveDraft, generation: int | None = None) -> Past:
        """The present generation, or an earlier one that still exists. Raises `Problem` generation_changed."""
        head = head_of(live)
        if generation is None or generation == head.generation:
            return Past(live, head.generation, head, live.origin_version, live.kind)
        async with self._database.acquired() as connection:
            row = await history.find_earlier(connection, live.workspace, live.id, generation)
        if row is None:
            raise Problem("generation_changed", detail={"generation": head.generation})
        kind = live.of_kind if row.shape is None else live.of_kind.shaped(row.shape.keyed, row.shape.text)
        return Past(live, generation, Etag(generation, row.seq, row.mark), row.origin_version, kind)

    async def document(self, past: Past, seq: int) -> Document:
        """A state of a generation. Raises `Problem` base_expired, unavailable."""
        live = past.live
        if past.head == head_of(live) and seq == past.head.seq:
            return live.replica.document
        try:
            async with self._database.acquired() as connection:
                found = await history.read_state(connection, live.workspace, live.id, past.generation, seq)
        except logs.BrokenLog as error:
            raise Problem("base_expired") from error
        if found.value is not None:
            value = history.value_of(found.value)
        elif past.origin is not None:
            value = await self._comparing.version_value(live.workspace, live.item.id, past.origin)
        else:
            raise Problem("base_expired")
        document = Document.load(value, past.kind.document_shape)
        return await asyncio.to_thread(replay, document, [(w, decode_ops(ops)) for w, ops in found.batches])

    async def find(self, live: LiveDraft, named: str | None) -> tuple[Past, Etag, history.NameRow | None]:
        """The state that an etag, a seq or a name means; None: the present one. Its value may be gone.

        Raises:
            Problem: not_found, base_ahead, rewound, base_expired, generation_changed.
        """
        past = await self.past(live)
        if named is None or named == "head":
            return past, past.head, None
        etag = parse_etag(named)
        if etag is not None:
            past = await self.past(live, etag.generation)
            return past, *await self._checked(past, etag.seq, etag.mark)
        if named.isdecimal() and named.isascii():
            if len(named) > SEQ_DIGITS:
                raise Problem("base_ahead", detail={"head": past.head.seq})
            return past, *await self._checked(past, int(named), None)
        async with self._database.acquired() as connection:
            row = await history.find_name(connection, live.workspace, live.id, check_state_name(named))
        if row is None:
            raise Problem("not_found", "The draft has no state with that name.")
        here = Etag(row.generation, row.seq, row.mark)
        if row.generation != past.generation:
            async with self._database.acquired() as connection:
                earlier = await history.find_earlier(connection, live.workspace, live.id, row.generation)
            past = (
                await self.past(live, row.generation) if earlier else Past(live, row.generation, here, None, past.kind)
            )
        return past, here, row

    async def _checked(self, past: Past, seq: int, mark: str | None) -> tuple[Etag, history.NameRow | None]:
        live = past.live
        if seq > past.head.seq:
            raise Problem("base_ahead", detail={"head": past.head.seq})
        async with self._database.acquired() as connection:
            named = await history.find_named_seq(connection, live.workspace, live.id, past.generation, seq)
        kept = past.head.mark if seq == past.head.seq else await self.mark(past, seq)
        if kept is None:
            if named is None:
                raise Problem("base_expired")
            kept = named.mark
        if mark is not None and mark != kept:
            raise Problem("rewound")
        if named is not None and named.mark != kept:  # of a history that was rewound
            named = None
        return Etag(past.generation, seq, kept), named

    async def mark(self, past: Past, seq: int) -> str | None:
        """The mark of a state; None if it is no longer kept."""
        live = past.live
        if past.generation == live.replica.generation:
            try:
                return await self._comparing.mark_at(live, seq)
            except Problem as problem:
                if problem.code != "base_expired":
                    raise
                return None
        if seq == 0:
            return (
                None if past.origin is None else await self._comparing.origin_mark(live, past.generation, past.origin)
            )
        async with self._database.acquired() as connection:
            return await logs.read_mark(connection, live.workspace, live.id, past.generation, seq)

    async def value(self, past: Past, at: Etag, named: history.NameRow | None) -> dict[str, Any]:
        """The value of a state that was found. Raises `Problem` base_expired, unavailable."""
        if named is not None:
            live = past.live
            async with self._database.acquired() as connection:
                kept = await history.load_named_value(connection, live.workspace, live.id, named.name)
            if kept is not None:
                return history.value_of(kept)
        return (await self.document(past, at.seq)).value

    async def load(self, live: LiveDraft, named: str | None) -> PastState:
        """A state with its value and who led to it. Raises `Problem` as `find`."""
        past, at, row = await self.find(live, named)
        value = await self.value(past, at, row)
        async with self._database.acquired() as connection:
            names = await history.list_names(connection, live.workspace, live.id)
            info = await history.read_batch_info(connection, live.workspace, live.id, at.generation, at.seq)
            writers = {w.w: w for w in await logs.read_writers(connection, live.workspace, live.id, 0)}
        here = tuple(name.name for name in names if (name.generation, name.seq) == (at.generation, at.seq))
        made = PastState(live.id, live.item.id, str(at), at.generation, at.seq, value, names=here)
        writer = writers.get(info.w) if info is not None else None
        if info is not None and writer is not None:
            actors = await self._people.load(live.workspace, {writer.actor})
            return msgspec.structs.replace(
                made, by=actors[writer.actor], run=writer.run, kind=info.kind, cause=info.cause, at=info.at
            )
        if row is not None:  # its batch is gone, but what the name says of it is kept
            actors = await self._people.load(live.workspace, {row.writer} if row.writer else set())
            by = actors[row.writer] if row.writer else None
            return msgspec.structs.replace(made, by=by, run=row.run, at=row.state_at)
        return made

    # ---- names

    async def name(self, principal: Principal, live: LiveDraft, wanted: str, etag: str) -> tuple[NamedState, bool]:
        """Name a state; whether that is new. Raises `Problem` bad_name, bad_etag, taken, too_many, read_only, …"""
        _need_type(principal, live)
        name = check_state_name(wanted)
        if parse_etag(etag) is None:
            raise Problem("bad_etag", "etag must be a draft's etag.")
        past, at, known = await self.find(live, etag)
        value = msgspec.json.encode(await self.value(past, at, known))
        async with self._database.acquired() as connection:
            info = await history.read_batch_info(connection, live.workspace, live.id, at.generation, at.seq)
            writers = {w.w: w for w in await logs.read_writers(connection, live.workspace, live.id, 0)}
        writer = writers.get(info.w) if info is not None else None
        actor, run = (writer.actor, writer.run) if writer is not None else (None, None)
        state_at = info.at if info is not None else 0.0
        if info is None and known is not None:
            actor, run, state_at = known.writer, known.run, known.state_at
        row = history.NameRow(
            name, at.generation, at.seq, at.mark, state_at, actor, run, principal.info.id, 0.0
        )  # fmt: skip
        added = False
        async with self._database.transaction() as connection:
            found = await history.find_name(connection, live.workspace, live.id, name)
            if found is None:
                try:
                    added = await history.add_name(connection, live.workspace, live.id, row, value, NAMES_PER_DRAFT)
                except history.TooManyNames:
                    raise Problem("too_many", f"A draft has at most {NAMES_PER_DRAFT} named states.") from None
                found = await history.find_name(connection, live.workspace, live.id, name)
        if found is None or (found.generation, found.seq, found.mark) != (at.generation, at.seq, at.mark):
            raise Problem("taken", "Another state of the draft already has that name.")
        (made,) = await self._on_wire(live, [found])
        return made, added

    async def names(self, live: LiveDraft) -> tuple[NamedState, ...]:
        """The named states of a draft."""
        async with self._database.acquired() as connection:
            rows = await history.list_names(connection, live.workspace, live.id)
        return await self._on_wire(live, rows)

    async def rename(self, principal: Principal, live: LiveDraft, old: str, wanted: str) -> NamedState:
        """Give a named state another name. Raises `Problem` bad_name, taken, not_found, read_only."""
        _need_type(principal, live)
        new = check_state_name(wanted)
        async with self._database.transaction() as connection:
            found = await history.find_name(connection, live.workspace, live.id, old)
            if found is None:
                raise Problem("not_found", "The draft has no state with that name.")
            if new != old and not await history.rename(connection, live.workspace, live.id, old, new):
                raise Problem("taken", "Another state of the draft already has that name.")
        (made,) = await self._on_wire(live, [msgspec.structs.replace(found, name=new)])
        return made

    async def remove(self, principal: Principal, live: LiveDraft, name: str) -> None:
        """Let a name go, and the state with it once the log has no more need of it. Raises `Problem` not_found, …"""
        _need_type(principal, live)
        async with self._database.transaction() as connection:
            if not await history.remove_name(connection, live.workspace, live.id, name):
                raise Problem("not_found", "The draft has no state with that name.")

    async def _on_wire(self, live: LiveDraft, rows: list[history.NameRow]) -> tuple[NamedState, ...]:
        actors = {row.actor for row in rows} | {row.writer for row in rows if row.writer}
        infos = await self._people.load(live.workspace, actors)
        return tuple(
            NamedState(
                row.name, str(Etag(row.generation, row.seq, row.mark)), row.generation, row.seq, row.state_at,
                infos[row.actor], row.at, infos[row.writer] if row.writer else None, row.run,
            )
            for row in rows
        )  # fmt: skip


def _need_type(principal: Principal, live: LiveDraft) -> None:
    need_type(principal, live)
    if not live.stands:
        raise Problem("not_found", "The draft has not been started.")
