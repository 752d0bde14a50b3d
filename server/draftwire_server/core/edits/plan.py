"""What a commit would add to a draft: edits decided, one after the other, against one unbroken prefix of the log.

A `Plan` builds on a `Replica` without touching it. If the compare-and-set wins, its entries extend the replica; if
it loses, the plan is dropped and the edits are decided again on the longer log. The order of the checks is part of
the contract (ops-and-sync.md §3): dedupe, generation and mark, rights, limits and shape, staleness, rebase, conflicts.
"""

from collections.abc import Callable
from typing import Final, Literal, assert_never

import msgspec

from draftwire.document.document import Document
from draftwire.document.form import check_form
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.document.rebase import Landed, Lost, land, rebase
from draftwire.errors import OpError, Problem
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.apart import carried_apart
from draftwire_server.core.edits.basis import check_at_base, checked
from draftwire_server.core.edits.clash import near_writers
from draftwire_server.core.edits.conflict import Contact, Unseen, find_contacts
from draftwire_server.core.edits.replica import Entry, Replica, Writer, encode_ops
from draftwire_server.core.edits.resting import Region, first_touched
from draftwire_server.core.etag import next_mark

UNKNOWN_W = 0


class Live(msgspec.Struct, frozen=True):
    """An edit as a person types it: it knows every earlier one of its session, and is rebased over all others.

    ``began``: the seq with which its connection began to follow the draft. What its writer had not seen of that was
    committed while they were away.
    """

    began: int = 0


class Exact(msgspec.Struct, frozen=True):
    """A write that was decided on a whole state: refused as `stale` unless its base is the head."""


class Resting(msgspec.Struct, frozen=True):
    """A tool's edit: rebased like a live one, also over its own session's, but for changes in what it rests on.

    Nothing of it is half done: an op that would be lost refuses it.
    """

    regions: tuple[Region, ...]


Rule = Live | Exact | Resting
LIVE: Final = Live()
EXACT: Final = Exact()
ALLOCATE = 0  # as an edit's number: the next one of its session; its key alone tells a repetition
ASKED_FOR = frozenset(("adopt", "revert", "rebase", "restore"))  # kinds that are no conflict with who asked for them


class Author(msgspec.Struct, frozen=True):
    """Who sends an edit."""

    actor: str
    user: str
    session: str
    sid: str
    run: str | None = None
    is_agent: bool = False
    approved_by: str | None = None  # the actor who accepts what a run suggested: the run need not go on for that
    stream: str | None = None  # of the run, which must go on too

    @property
    def going_run(self) -> str | None:
        """The run that must go on for the edit to be committed."""
        return self.run if self.approved_by is None else None


class LostText(msgspec.Struct, frozen=True):
    """An op that lost its place, with what it would have written."""

    address: str
    mine: object
    reason: str


class Decided(msgspec.Struct, frozen=True):
    """An accepted edit: its entry, what it met unseen, and what of it was lost."""

    entry: Entry
    author: Author
    base: int
    seen: int
    contacts: tuple[Contact, ...]
    lost: tuple[LostText, ...]
    sent: tuple[Op, ...] = ()  # as its writer made it, for the state at ``base``


class Duplicate(msgspec.Struct, frozen=True):
    """The batch is in the log already; ``seq`` None if only the store can tell where, and with which key."""

    w: int
    seq: int | None


# Raises `Problem` if an effect may not stand in the state after it, as a plaintext secret.
Guard = Callable[[Document, Effect], None]


class NeedsOlder(Exception):
    """Batches older than the replica keeps are needed; read them from the store and decide again."""

    def __init__(self, after: int) -> None:
        self.after = after
        super().__init__(f"after {after}")


class NeedsSecrets(Exception):
    """Markers name secrets that are not known to be the item's; look them up and decide again."""

    def __init__(self, marked: dict[str, str]) -> None:
        self.marked = marked  # ids by their places
        super().__init__(", ".join(marked))


class Plan:
    """See the module."""

    def __init__(self, replica: Replica, guard: Guard | None = None) -> None:
        self.replica = replica
        self._guard = guard
        self.seq = replica.seq
        self.mark = replica.mark
        self.document: Document = replica.document
        self.decided: list[Decided] = []
        self.documents: list[Document] = []  # after each decided batch
        self.writers: list[Writer] = []  # that join with this plan
        self._numbers: dict[str, int] = {}
        self._last_no: dict[int, int] = {}

    def decide(
        self, edit: Edit, author: Author, may: Literal["type"] | str, now: float, rule: Rule = LIVE
    ) -> Decided | Duplicate:
        """Decide one edit; ``may`` is "type" or the code with which typing is refused.

        Number `ALLOCATE` becomes the next one.

        Raises:
            Problem: refused; the plan is unchanged.
            NeedsOlder: its base or what it has seen lies before what the replica keeps.
            NeedsSecrets: by the guard.
        """
        w = self._number(author)
        last_no = self._last_no.get(w, self.replica.last_no.get(w, 0))
        if edit.no == ALLOCATE:
            found = self._committed_before(edit, w)
            if found is not None:
                return found
            edit = msgspec.structs.replace(edit, no=last_no + 1)
        elif edit.no <= last_no:
            return self._duplicate(edit, w)
        if isinstance(rule, Exact) and (edit.generation, edit.base) != (self.replica.generation, self.seq):
            raise Problem("stale")
        self._check_place(edit)
        if may != "type":
            raise Problem(may)
        self._check_form(edit)
        w = w or self._next_number()
        behind = self._since(edit.base)
        own = any(entry.w == w for entry in behind)
        carried = None if own else _carried(edit, behind, w)
        landed = None if behind else checked(self.document, edit.ops, w)
        if behind and carried is None:
            check_at_base(self.document, behind, edit.ops)
        if edit.no != last_no + 1:
            raise Problem("op_no_gap", detail={"expected": last_no + 1})
        unseen = behind if edit.seen == edit.base else self._since(edit.seen)
        if isinstance(rule, Resting):
            self._check_regions(rule, author, behind)
        elif own and edit.kind == "edit" and any(entry.w == w and entry.kind == "edit" for entry in behind):
            raise Problem("own_op_unseen")
        return self._place(edit, author, w, unseen, behind, now, carried, landed, rule)

    # ---- the checks, in order

    def _number(self, author: Author) -> int:
        return self._numbers.get(author.sid) or self.replica.numbers.get(author.sid, UNKNOWN_W)

    def _next_number(self) -> int:
        return max((*self.replica.writers, *(writer.w for writer in self.writers)), default=0) + 1

    def _committed_before(self, edit: Edit, w: int) -> Duplicate | None:
        """Find an edit without a number that an earlier statement, whose outcome was unknown, has committed."""
        for entry in reversed(self.replica.entries):
            if entry.seq <= edit.base:
                break
            if w and entry.w == w and entry.key == edit.key:
                return Duplicate(w, entry.seq)
        return None

    def _duplicate(self, edit: Edit, w: int) -> Duplicate:
        for entry in reversed([*self.replica.entries, *(d.entry for d in self.decided)]):
            if entry.w == w and entry.no == edit.no:
                if entry.key is None:
                    break
                if entry.key != edit.key:
                    raise Problem("op_no_reused")
                return Duplicate(w, entry.seq)
        return Duplicate(w, None)

    def _check_place(self, edit: Edit) -> None:
        if edit.generation != self.replica.generation:
            raise Problem("generation_changed", detail={"generation": self.replica.generation})
        if edit.base > self.seq:
            raise Problem("base_ahead", detail={"head": self.seq})
        if edit.base < self.replica.first:
            raise NeedsOlder(edit.base)
        mark = self._mark_at(edit.base)
        if mark != edit.mark:
            raise Problem("rewound", detail={"base": edit.base})

    def _mark_at(self, seq: int) -> str | None:
        if seq > self.replica.seq:
            return self.decided[seq - self.replica.seq - 1].entry.mark
        return self.replica.mark_at(seq)

    def _check_form(self, edit: Edit) -> None:
        if not edit.ops:
            raise Problem("bad_op", "A batch needs at least one op.")
        if edit.seen > edit.base:
            raise Problem("seen_ahead")
        for op in edit.ops:
            try:
                check_form(op)
            except OpError as error:
                raise error.problem(at=op.at) from error

    def _check_regions(self, rule: Resting, author: Author, behind: list[Entry]) -> None:
        """Refuse an edit that rests on what was changed meanwhile; by others first, they are the better reason."""
        if first_touched(rule.regions, behind, ()) is None:
            return
        writers = self._writers()
        own = {w for w, each in writers.items() if each.sid == author.sid or (each.run and each.run == author.run)}
        touched = first_touched(rule.regions, behind, own)
        assert touched is not None
        region, entry = touched
        writer = writers[entry.w]
        detail = {
            "edit": region.edit, "at": region.at, "seq": entry.seq, "actor": writer.actor, "run": writer.run,
        }  # fmt: skip
        raise Problem("overlaps_own_edit" if entry.w in own else "stale_region", detail=detail)

    def _writers(self) -> dict[int, Writer]:
        return {**self.replica.writers, **{writer.w: writer for writer in self.writers}}

    def _since(self, seq: int) -> list[Entry]:
        if seq < self.replica.first:
            raise NeedsOlder(seq)
        if seq >= self.replica.seq:
            return [d.entry for d in self.decided[seq - self.replica.seq :]]
        return self.replica.after(seq) + [d.entry for d in self.decided]

    # ---- rebase, land, conflicts

    def _place(
        self,
        edit: Edit,
        author: Author,
        w: int,
        unseen: list[Entry],
        behind: list[Entry],
        now: float,
        carried: Text | None,
        landed: Landed | None,
        rule: Rule,
    ) -> Decided:
        joining = not self._number(author)
        away = isinstance(rule, Live) and edit.seen < rule.began
        apart = carried if len(unseen) == len(behind) else None
        if landed is None:
            landed = land(self.document, self._rebased(edit, behind, carried, w), w=w)
            if carried is not None and isinstance(landed.effects[0], Lost):  # it did not fit its own state either
                check_at_base(self.document, behind, edit.ops)
        effects = tuple(effect for effect in landed.effects if not isinstance(effect, Lost))
        lost = tuple(
            LostText(sent.at, _written(sent), outcome.reason)
            for sent, outcome in zip(edit.ops, landed.effects, strict=True)
            if isinstance(outcome, Lost) and not outcome.moot
        )
        if isinstance(rule, Resting) and lost:
            raise Problem("stale_region", detail={"at": lost[0].address, "why": lost[0].reason})
        if self._guard is not None:
            for effect in effects:
                self._guard(landed.document, effect)
        contacts: tuple[Contact, ...] = ()
        if (not apart or _near_old(apart, behind, effects, landed.document, w, now)) and any(
            entry.seq > edit.seen and entry.w != w for entry in unseen
        ):
            contacts = find_contacts(
                edit.ops,
                [_unseen(entry) for entry in unseen if edit.seen < entry.seq <= edit.base],
                [_unseen(entry) for entry in behind],
                effects,
                landed.document,
                w=w,
                now=now,
            )
            contacts = tuple(contact for contact in contacts if not self._asked_for(contact, edit, author))
            if away:
                contacts = tuple(msgspec.structs.replace(contact, fades=False) for contact in contacts)
        ops = encode_ops(tuple(effect.op for effect in effects))
        entry = Entry(
            seq=self.seq + 1,
            w=w,
            no=edit.no,
            mark=next_mark(self.mark, author.sid, edit.no, ops),
            ops=ops,
            effects=effects,
            kind=edit.kind,
            at=now,
            key=edit.key,
            cause=edit.cause,
        )
        if joining:
            self.writers.append(Writer(w, author.actor, author.session, author.sid, author.run, author.approved_by))
            self._numbers[author.sid] = w
        decided = Decided(entry, author, edit.base, edit.seen, contacts, lost, edit.ops)
        self._last_no[w] = edit.no
        self.seq, self.mark, self.document = entry.seq, entry.mark, landed.document
        self.decided.append(decided)
        self.documents.append(landed.document)
        return decided

    def _rebased(self, edit: Edit, behind: list[Entry], carried: Text | None, w: int) -> tuple[Op | Lost, ...]:
        if carried is not None:
            return (carried,)
        over = [effect for entry in behind for effect in entry.effects]
        return rebase(edit.ops, over, w=w, head=self.document).ops

    def _asked_for(self, contact: Contact, edit: Edit, author: Author) -> bool:
        """Whether somebody met only what they themselves asked for, as a revert."""
        writers = self._writers()
        if writers[contact.w].actor != author.actor:
            return False
        if edit.kind in ASKED_FOR:
            return True
        entries = [*self.replica.entries, *(decided.entry for decided in self.decided)]
        kinds = {entry.kind for entry in entries if entry.seq in contact.seqs}
        return bool(kinds) and kinds <= ASKED_FOR


def _carried(edit: Edit, behind: list[Entry], w: int) -> Text | None:
    """The edit at the head, if it is text that nothing behind it touches: then it fits there if it fits its base."""
    op = edit.ops[0]
    return carried_apart(op, behind, w=w) if behind and len(edit.ops) == 1 and isinstance(op, Text) else None


def _near_old(
    op: Text, behind: list[Entry], effects: tuple[Effect, ...], document: Document, w: int, now: float
) -> bool:
    """Whether an edit that touches nothing may still stand on a line that was changed long before it."""
    text = document.get(op.at)
    return isinstance(text, str) and bool(near_writers(op.at, (), behind, effects, text, w=w, now=now))


def _unseen(entry: Entry) -> Unseen:
    return Unseen(entry.seq, entry.w, entry.at, entry.effects)


def _written(op: Op) -> object:
    """What somebody typed in an op, for the stash."""
    match op:
        case Text(s=splices):
            return "".join(insert for _, _, insert in splices)
        case Set(v=value) | Insert(v=value):
            return value
        case Remove() | Move():
            return None
        case _ as never:
            assert_never(never)
