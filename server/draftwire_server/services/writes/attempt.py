"""A save on its way: what was asked for, and one look at the head against which it is decided."""

from typing import Any

import msgspec

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.ops import Op
from draftwire.merge.merge import Conflict
from draftwire.rest.drafts import CameIn
from draftwire.wire.messages import ActorInfo
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.etag import Etag
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.store.writes.idempotency import Answer

ADDRESSES = 100  # of what came in; a list for people


class Save(msgspec.Struct, frozen=True):
    """What is asked for. ``session`` None: the client named none, and tabs of one token can't be told apart."""

    value: dict[str, Any]
    base: Etag
    session: str | None
    fixed_session: str
    override: Etag | None = None
    may_merge: bool = True
    once: Once = Once()
    normalized: bool = False
    etag_header: str = "etag"  # "draft-etag" where the answer is no representation of the draft itself
    made_from: dict[str, Any] | None = None  # where it was made from another document than that of ``base``
    own_seen: bool = True  # whether the document holds what its session has written since the base


class Saver(msgspec.Struct, frozen=True):
    """Who saves: the session and the key of the batch are the same over all looks."""

    principal: Principal
    save: Save
    session: str
    sid: str
    key: str

    def answer(self, status: int, body: bytes, etag: str, media_type: str = "application/json") -> Answer:
        """An answer about the draft, whose state is ``etag``."""
        headers = {"content-type": media_type, "cache-control": "no-store", self.save.etag_header: f'"{etag}"'}
        return Answer(self.save.once.digest, status, headers, body)


class Look(msgspec.Struct):
    """One look at the head: everything is decided against this state."""

    live: LiveDraft
    at: Etag
    document: Document
    unseen: list[Entry]  # after the base
    base: Document | None = None  # None: nothing is unseen
    ops: tuple[Op, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def by_of(look: Look, entries: list[Entry]) -> list[ActorInfo]:
    """Who wrote these batches."""
    return _by(look.live, entries)


def _by(live: LiveDraft, entries: list[Entry]) -> list[ActorInfo]:
    infos = live.writer_infos
    return list({infos[e.w].actor.id: infos[e.w].actor for e in entries if e.w in infos}.values())


def meets(op: Op, address: str) -> bool:
    """Whether an op is at an address, around it or inside."""
    return op.at == address or addresses.is_inside(op.at, address) or addresses.is_inside(address, op.at)


def computed(look: Look, address: str) -> bool:
    """Whether no change is seen at an address."""
    path = look.document.path(address)
    return path is not None and look.live.kind.computed_shape.is_text(path)


def came_in(look: Look) -> list[CameIn]:
    """What others wrote since the base, one entry for each run of batches of one actor."""
    return runs_of(look.live, look.unseen)


def runs_of(live: LiveDraft, entries: list[Entry]) -> list[CameIn]:
    """Batches of a log, one entry for each run of batches of one actor."""
    found: list[CameIn] = []
    for entry in entries:
        by = tuple(_by(live, [entry]))
        at = tuple(dict.fromkeys(effect.op.at for effect in entry.effects))
        if found and found[-1].by == by:
            last = found.pop()
            at = tuple(dict.fromkeys((*last.addresses, *at)))
            found.append(CameIn(last.seq_from, entry.seq, by, at[:ADDRESSES]))
        else:
            found.append(CameIn(entry.seq, entry.seq, by, at[:ADDRESSES]))
    return found
