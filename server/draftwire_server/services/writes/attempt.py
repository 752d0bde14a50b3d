"""A request on its way into a draft, decided anew while that moves; of a save also what was asked for, and one look."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.ops import Op
from draftwire.errors import Problem
from draftwire.merge.merge import Conflict
from draftwire.rest.drafts import CameIn
from draftwire.wire.messages import ActorInfo
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.etag import Etag
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.store.postgres import Database
from draftwire_server.store.writes.idempotency import Answer

ADDRESSES = 100  # of what came in; a list for people
LOOKS: Final = 8  # a head that moves during so many merges belongs to a stream; the client comes again
LOOKS_BETWEEN_KEYS: Final = 20  # somebody types ten keys a second: one of so many looks falls in between
EXACT_LOOKS: Final = 2  # a head that moves on while so many merges are worked out: somebody types, rebase the next
BUSY: Final = "The draft keeps changing. Try again in a moment."

T = TypeVar("T")


class Attempt:
    """One request that changes drafts: it is decided against them as they are, and again when one moved meanwhile.

    ``session`` and ``key`` are what it writes with, the same over all looks: what was committed after all is found.
    ``once``: of the answer to this request; None: none is kept. ``busy``: what to say where that leads nowhere.
    """

    def __init__(self, database: Database, principal: Principal, once: Once | None = None, busy: str = BUSY) -> None:
        self._database = database
        self.principal = principal
        self.once = once or Once()
        self.session = own_session()
        self.key = secrets.token_urlsafe(16)
        self._busy = busy
        self._looked = 0

    @property
    def exact(self) -> bool:
        """Whether the next change must meet exactly the head that it was made for; later ones are rebased."""
        return self._looked < EXACT_LOOKS

    @property
    def first(self) -> bool:
        """Whether nothing was looked at before."""
        return not self._looked

    async def replayed(self) -> Answer | None:
        """Give the first answer to this request, if it has one: asked in each look, it may be answered beside this one.

        Raises `Problem` idempotency_reused.
        """
        return await self.once.replayed(self._database, self.principal)

    async def run(self, look: Callable[[], Awaitable[T | None]], looks: int = LOOKS) -> T:
        """Look until something was decided; ``look`` gives None if a draft moved before that could be committed.

        Raises `Problem` busy, and what ``look`` does.
        """
        for self._looked in range(looks):
            found = await look()
            if found is not None:
                return found
        raise Problem("busy", self._busy)


def own_session() -> str:
    """Make a session for one request that asks for something, as an adoption."""
    return secrets.token_urlsafe(24)


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
