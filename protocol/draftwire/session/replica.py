"""One draft as a client holds it: what the log says, what of mine is on its way, what the person sees.

``view`` is always ``confirmed`` with the batch in flight and then the buffer replayed on it. One batch is in flight
at a time; it is sent, and sent again, unchanged, while ``here`` is what is left of it on ``confirmed``. One's own batch
is applied as the stream gives it, so that convergence never hangs on the prediction. What can't go on is handed out as
texts to park, never dropped. No I/O, no clock, no randomness: the session passes them in.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from draftwire.document.document import Document
from draftwire.document.form import check_types
from draftwire.document.line_ends import op_with_lf
from draftwire.document.ops import Effect, Insert, Op, Set, Text
from draftwire.document.rebase import Lost, compose, follow, land, rebase
from draftwire.document.shape import Shape
from draftwire.document.values import same
from draftwire.errors import OpError, Problem
from draftwire.merge.merge import merge
from draftwire.text.text import Splices, apply
from draftwire.text.text import compose as compose_splices
from draftwire.text.textdiff import diff_text
from draftwire.text.units import length
from draftwire.wire.codec import check_value, encode
from draftwire.wire.messages import Alert, Batch, Edit, Opened, Ops, ParkedText, State, WriterInfo

ParkReason = Literal["discarded", "rewound", "refused", "conflict"]

VALUE_DEPTH = 3  # a value in an edit's frame stands in the op, the ops and the message
FRAME_SPARE_BYTES = 4_096  # what stands around the ops of an edit, and what a rebase may add to them


class TextChange(msgspec.Struct, frozen=True):
    """Foreign splices of one text leaf, in coordinates of the view before them."""

    at: str
    s: Splices


class ViewChange(msgspec.Struct, frozen=True):
    """How the view came to be another: splices in turn; ``structural``: what else there is must be read anew."""

    text: tuple[TextChange, ...] = ()
    structural: bool = False


class Parking(msgspec.Struct, frozen=True):
    """Texts that can't go on, and why."""

    reason: ParkReason
    code: str
    base: int
    texts: tuple[ParkedText, ...]


class AbsorbedBatch(msgspec.Struct, frozen=True):
    """One batch of the log as it was taken in; ``own``: it was in flight, and this is its ack."""

    seq: int
    w: int
    no: int
    by: WriterInfo | None
    own: bool
    typed_at: float | None
    effects: tuple[Effect, ...]
    change: ViewChange
    alerts: tuple[Alert, ...]


class Absorbed(msgspec.Struct, frozen=True):
    """What one message did. ``out_of_step``: the rest of it does not fit, the draft must be opened again."""

    batches: tuple[AbsorbedBatch, ...] = ()
    parked: tuple[Parking, ...] = ()
    out_of_step: Literal["gap", "other_log"] | None = None


class Pending(msgspec.Struct, frozen=True):
    """The buffer: what was on screen, and when, at its first keystroke."""

    seen: int
    at: float
    ops: tuple[Op, ...]


class Inflight(msgspec.Struct, frozen=True):
    """The batch under way: as sent, and what is left of it on ``confirmed``.

    ``doubtful``: an earlier batch of the same number may yet turn out to be committed. ``lost``: texts of it that found
    no place here any more; the server keeps them when it commits the batch, so they are parked only if it does not.
    """

    edit: Edit
    here: tuple[Op, ...]
    at: float
    sent: bool
    doubtful: bool
    lost: tuple[ParkedText, ...] = ()


_UNCHANGED = ViewChange()
_REPLACED = ViewChange(structural=True)


class DraftReplica:
    """See the module."""

    generation: int
    seq: int
    mark: str
    base_version: int
    head_version: int
    last_no: int
    stands: bool
    may: Literal["look", "type"]
    why: str | None
    live: bool
    stopped: bool

    def __init__(self, state: State, value: Any) -> None:
        self.id = state.draft
        self.item = state.item
        self.purpose = state.purpose
        self.owner = state.owner
        self.shape = Shape(state.shape.keyed, state.shape.text, state.shape.coupled)
        self.confirmed = self.view = Document.load(value, self.shape)
        self.writers: dict[int, WriterInfo] = {}
        self.inflight: Inflight | None = None
        self.buffer: Pending | None = None
        self.w = 0
        self._expects_own = False  # an earlier batch of this session may come back in the stream
        self._adopt(state)

    @property
    def has_pending(self) -> bool:
        """Whether anything typed here is not in the log yet."""
        return self.inflight is not None or self.buffer is not None

    @property
    def pending(self) -> tuple[Op, ...]:
        """My ops on ``confirmed``, in order."""
        here = self.inflight.here if self.inflight is not None else ()
        return (*here, *(self.buffer.ops if self.buffer is not None else ()))

    @property
    def typed_at(self) -> float:
        """When the oldest of all that is pending was typed."""
        return self._first()[1]

    @property
    def backlog(self) -> int:
        """How much is not in the log yet: characters that were typed and deleted, and those of values, as JSON."""
        return sum(_characters(op) for op in self.pending)

    # ---- my edits

    def edit(self, ops: Sequence[Op], now: float, frame_bytes: int | None = None) -> None:
        """Do ``ops`` to the view at once. Raises `Problem`, and changes nothing, if one does not fit.

        ``frame_bytes``: the largest frame; what could not be sent with all that waits is too_large.
        """
        if self.stopped:
            raise Problem("generation_changed")
        if self.may != "type":
            raise Problem(self.why or "read_only")
        view = self.view
        done: list[Op] = []
        names: dict[str, str] = {}
        for given in ops:
            if isinstance(given, Set | Insert):
                check_value(given.v, VALUE_DEPTH)
            try:
                check_types(given)
                op = op_with_lf(view, follow(given, names) if names else given)
                view.check(op)
            except OpError as error:
                raise error.problem(at=getattr(given, "at", "")) from error
            applied = view.apply(op, self.w)
            if applied.effect is None:
                raise Problem("no_such_place", detail={"at": op.at})
            done.append(_with_value_of(op, applied.effect.op) if applied.renamed else op)
            names.update(applied.renamed)
            view = applied.document
        seen, at = (self.buffer.seen, self.buffer.at) if self.buffer is not None else (self.seq, now)
        both = compose(self.buffer.ops if self.buffer is not None else (), done)
        if frame_bytes is not None and len(encode(both)) + FRAME_SPARE_BYTES > frame_bytes:
            raise Problem("too_large", "This is too large for one edit. Save it as a whole document.")
        self.view = view
        self.buffer = Pending(seen, at, both) if both else None

    def take_edit(self, new_key: Callable[[], str], most_ops: int | None = None) -> Edit | None:
        """The edit to send now: the one in flight if this connection has not had it, else the buffer.

        Of a buffer with more than ``most_ops`` the first ones go, the rest waits for their ack.
        """
        if not self.live or self.stopped:
            return None
        if self.inflight is None and self.buffer is not None and self.may == "type":
            pending = self.buffer
            edit = Edit(
                draft=self.id,
                generation=self.generation,
                base=self.seq,
                mark=self.mark,
                seen=min(pending.seen, self.seq),
                no=self.last_no + 1,
                key=new_key(),
                ops=pending.ops[:most_ops],
            )
            self.inflight = Inflight(edit, edit.ops, pending.at, False, self._expects_own)
            self._expects_own = False
            rest = pending.ops[len(edit.ops) :]
            self.buffer = msgspec.structs.replace(pending, ops=rest) if rest else None
        if self.inflight is None or self.inflight.sent:
            return None
        self.inflight = msgspec.structs.replace(self.inflight, sent=True)
        return self.inflight.edit

    def unsend(self) -> None:
        """The connection ended, or the server asks to try again: what is in flight goes out once more."""
        if self.inflight is not None:
            self.inflight = msgspec.structs.replace(self.inflight, sent=False)

    # ---- the stream

    def reopen(self, opened: Opened) -> None:
        """The server goes on from what this copy has."""
        self.live = True
        self.may = opened.may
        self.why = opened.why
        self._know(opened.writers, opened.your_w)

    def receive(self, message: Ops, sid: str) -> Absorbed:
        """Take those batches of the log that follow on what this copy has."""
        for writer in message.writers:
            self.writers[writer.w] = writer
            if writer.sid == sid:
                self.w = writer.w
        if message.generation < self.generation:
            return Absorbed()
        if message.generation > self.generation:
            return Absorbed(out_of_step="other_log")
        if message.from_ > self.seq:
            return Absorbed(out_of_step="gap")
        batches: list[AbsorbedBatch] = []
        parked: list[Parking] = []
        for batch in message.batches[self.seq - message.from_ :]:
            taken = self._take(batch, parked)
            if taken is None:
                return Absorbed(tuple(batches), tuple(parked), "other_log")
            batches.append(taken)
        if self.seq == message.to:
            self.mark = message.mark
        if batches:
            self.stands = True
        return Absorbed(tuple(batches), tuple(parked))

    def _take(self, batch: Batch, parked: list[Parking]) -> AbsorbedBatch | None:
        landed = land(self.confirmed, batch.ops, w=batch.w)
        effects = _effects(landed.effects)
        if len(effects) < len(batch.ops):
            return None  # an effect of the log always has its place
        mine = self.w != 0 and batch.w == self.w and batch.no > self.last_no
        inflight = self.inflight
        own = mine and inflight is not None and batch.no == inflight.edit.no
        if own and inflight is not None:
            change = self._acknowledge(inflight, landed.document, effects, parked)
        elif mine:
            self._park_lost(inflight, parked)
            change = self._remerge(self.confirmed, landed.document, parked)
        else:
            change = self._absorb(landed.document, effects, parked)
        if mine:
            self.last_no = batch.no
            self._expects_own = False
        self.seq += 1
        return AbsorbedBatch(
            seq=self.seq,
            w=batch.w,
            no=batch.no,
            by=self.writers.get(batch.w),
            own=own,
            typed_at=inflight.at if own and inflight is not None else None,
            effects=effects,
            change=change,
            alerts=tuple(alert for alert in batch.alerts if isinstance(alert, Alert)),
        )

    def _absorb(self, after: Document, effects: tuple[Effect, ...], parked: list[Parking]) -> ViewChange:
        """A foreign batch: what is pending is carried over it, and it over what is pending."""
        if not self.has_pending:
            self.confirmed = self.view = after
            return _change_of(effects)
        before = self.view
        given = self.pending
        rebased = rebase(given, effects, w=self.w, head=after)
        landed = land(after, rebased.ops, w=self.w)
        lost = any(isinstance(effect, Lost) and not effect.moot for effect in landed.effects)
        self.confirmed = after
        self.view = landed.document
        self._keep(given, rebased.ops, landed.effects, parked)
        over = [effect for effect in rebased.over if effect is not None]
        return _verified(over, before, self.view, bool(rebased.renamed or landed.renamed) or lost)

    def _keep(
        self,
        given: Sequence[Op],
        ops: Sequence[Op | Lost],
        effects: Sequence[Effect | Lost],
        parked: list[Parking],
    ) -> None:
        """Keep of the pending ops what has landed; hand out the texts of the buffer that found no place."""
        in_flight = len(self.inflight.here) if self.inflight is not None else 0
        kept: tuple[list[Op], list[Op]] = ([], [])
        texts: tuple[list[ParkedText], list[ParkedText]] = ([], [])
        for i, op in enumerate(_as_landed(ops, effects)):
            where = 0 if i < in_flight else 1
            if not isinstance(op, Lost):
                kept[where].append(op)
            elif not op.moot:
                texts[where].extend(_texts_of(given[i]))
        if self.inflight is not None:
            lost = (*self.inflight.lost, *texts[0])
            self.inflight = msgspec.structs.replace(self.inflight, here=tuple(kept[0]), lost=lost)
        if self.buffer is not None:
            self.buffer = msgspec.structs.replace(self.buffer, ops=tuple(kept[1])) if kept[1] else None
        if texts[1]:
            parked.append(Parking("conflict", "lost_target", self.seq + 1, tuple(texts[1])))

    def _acknowledge(
        self, inflight: Inflight, after: Document, effects: tuple[Effect, ...], parked: list[Parking]
    ) -> ViewChange:
        """My batch in the stream: the log's word counts, whatever was predicted."""
        base = self.confirmed
        predicted = land(base, inflight.here, w=self.w)
        expected = _effects(predicted.effects)
        self.inflight = None
        self.confirmed = after
        if _same_ops(expected, effects):
            if self.buffer is None:
                self.view = after
            return _UNCHANGED
        if inflight.doubtful:
            self._park_lost(inflight, parked)
            return self._remerge(base, after, parked)
        before = self.view
        names = _renamed_between(expected, effects)
        ops = [follow(op, names) for op in (self.buffer.ops if self.buffer is not None else ())]
        landed = land(after, ops, w=self.w)
        kept = tuple(op for op in _as_landed(ops, landed.effects) if not isinstance(op, Lost))
        if names and len(kept) == len(ops):
            self.view = landed.document
            if self.buffer is not None:
                self.buffer = msgspec.structs.replace(self.buffer, ops=kept)
            return _UNCHANGED if same(before.value, self.view.value) else _REPLACED
        return self._remerge(predicted.document, after, parked)

    def _remerge(self, base: Document, after: Document, parked: list[Parking]) -> ViewChange:
        """Put the view on another state by three-way merge: nothing is in flight after this, conflicts are parked."""
        merged = merge(base.value, self.view.value, after.value, self.shape)
        seen, at = self._first()
        self.confirmed = after
        self.view = land(after, merged.ops, w=self.w).document
        self.inflight = None
        self.buffer = Pending(seen, at, merged.ops) if merged.ops else None
        if merged.conflicts:
            texts = tuple(ParkedText(c.address, c.mine, c.base) for c in merged.conflicts)
            parked.append(Parking("conflict", "stale", self.seq, texts))
        return _REPLACED

    def replace(self, state: State, value: Any) -> tuple[Parking, ...]:
        """The server sent a whole state: what it has of mine is dropped, the rest merged from my own confirmed copy."""
        parked: list[Parking] = []
        self.shape = Shape(state.shape.keyed, state.shape.text, state.shape.coupled)
        after = Document.load(value, self.shape)
        if self.has_pending:
            base = self.confirmed
            if self.inflight is not None:
                if self.inflight.edit.no <= state.your_last_no:
                    base = land(base, self.inflight.here, w=self.w).document
                else:
                    self._park_lost(self.inflight, parked)
                    self._expects_own = True
            self._remerge(base, after, parked)
        else:
            self.confirmed = self.view = after
        self._adopt(state)
        return tuple(parked)

    def _adopt(self, state: State) -> None:
        self.generation = state.generation
        self.seq = state.seq
        self.mark = state.mark
        self.base_version = state.base_version
        self.head_version = state.head_version
        self.stands = state.stands
        self.may = state.may
        self.why = state.why
        self.last_no = state.your_last_no
        self._know(state.writers, state.your_w)
        self.live = True  # the stream of this connection has begun
        self.stopped = False  # reset or gone: nothing may be typed

    def _know(self, writers: Sequence[WriterInfo], w: int) -> None:
        for writer in writers:
            self.writers[writer.w] = writer
        if w:
            self.w = w

    # ---- what can't go on

    def refuse(self, code: str) -> tuple[Parking, ...]:
        """The batch in flight was refused: its text is handed out, the view falls back to what is left."""
        inflight = self.inflight
        if inflight is None:
            return ()
        with_it = land(self.confirmed, inflight.here, w=self.w).document
        texts = (*inflight.lost, *texts_between(self.confirmed, with_it, inflight.here))
        parked = [Parking("refused", code, self.seq, texts)]
        self._remerge(with_it, self.confirmed, parked)
        return tuple(parking for parking in parked if parking.texts)

    def doubt(self) -> tuple[Parking, ...]:
        """A batch of this number is in the log already: wait for it in the stream, then merge what is more."""
        parked: list[Parking] = []
        self._park_lost(self.inflight, parked)
        ops = self.pending
        seen, at = self._first()
        self.buffer = Pending(seen, at, ops) if ops else None
        self.inflight = None
        self._expects_own = True
        return tuple(parked)

    def _park_lost(self, inflight: Inflight | None, parked: list[Parking]) -> None:
        """The batch in flight goes on in another form: what it has lost on the way would be in nobody's hands."""
        if inflight is not None and inflight.lost:
            parked.append(Parking("conflict", "lost_target", self.seq, inflight.lost))

    def _first(self) -> tuple[int, float]:
        """What was on screen, and when, at the first keystroke of all that is pending."""
        if self.inflight is not None:
            return self.inflight.edit.seen, self.inflight.at
        return (self.buffer.seen, self.buffer.at) if self.buffer is not None else (self.seq, 0.0)

    def give_up(self, reason: ParkReason, code: str) -> Parking | None:
        """Give up all that is pending; its texts are handed out."""
        parking = self.unsaved(reason, code)
        if self.has_pending:
            self.inflight = self.buffer = None
            self.view = self.confirmed
        return parking

    def unsaved(self, reason: ParkReason, code: str) -> Parking | None:
        """The texts of all that is pending, which stays in the view."""
        if not self.has_pending:
            return None
        lost = self.inflight.lost if self.inflight is not None else ()
        texts = (*lost, *texts_between(self.confirmed, self.view, self.pending))
        return Parking(reason, code, self.seq, texts) if texts else None

    def forget_writers(self) -> None:
        """Another log has given the numbers of this one's writers to others, mine too."""
        self.w = 0
        self.writers.clear()


def _effects(landed: Sequence[Effect | Lost]) -> tuple[Effect, ...]:
    return tuple(effect for effect in landed if not isinstance(effect, Lost))


def _same_ops(left: Sequence[Effect], right: Sequence[Effect]) -> bool:
    def said(effects: Sequence[Effect]) -> Any:
        return msgspec.to_builtins([e.op for e in effects if not isinstance(e.op, Text) or e.op.s])

    return same(said(left), said(right))


def _renamed_between(expected: Sequence[Effect], actual: Sequence[Effect]) -> dict[str, str]:
    """Which of the ids that I thought to make have other names in the log."""
    names: dict[str, str] = {}
    for mine, theirs in zip(expected, actual, strict=False):
        if len(mine.made) == len(theirs.made):
            names.update({a: b for a, b in zip(mine.made, theirs.made, strict=True) if a != b})
    return names


def _as_landed(ops: Sequence[Op | Lost], effects: Sequence[Effect | Lost]) -> list[Op | Lost]:
    """The ops with the ids that they came to have: one that lost its name to another is followed from there on only."""
    names: dict[str, str] = {}
    out: list[Op | Lost] = []
    for op, effect in zip(ops, effects, strict=True):
        if isinstance(op, Lost) or isinstance(effect, Lost):
            out.append(effect if isinstance(effect, Lost) else op)
            continue
        followed = follow(op, names) if names else op
        made = _with_value_of(followed, effect.op)
        if made is not followed:
            _note_renamed(followed, made, names)
        out.append(made)
    return out


def _note_renamed(given: Op, made: Op, names: dict[str, str]) -> None:
    if not (isinstance(given, Insert | Set) and isinstance(made, Insert | Set)):
        return
    stack: list[tuple[Any, Any]] = [(given.v, made.v)]
    while stack:
        was, now = stack.pop()
        if isinstance(was, dict):
            if isinstance(was.get("id"), str) and was["id"] != now["id"]:
                names[was["id"]] = now["id"]
            stack += [(member, now[name]) for name, member in was.items()]
        elif isinstance(was, list):
            stack += zip(was, now, strict=True)


def _with_value_of(op: Op, made: Op) -> Op:
    """The op with the value that was really made: ids in it may have been renamed."""
    if isinstance(op, Insert) and isinstance(made, Insert):
        return Insert(op.at, made.v, op.after, op.before)
    if isinstance(op, Set) and isinstance(made, Set):
        return Set(op.at, made.v)
    return op


def _change_of(effects: Sequence[Effect]) -> ViewChange:
    text = tuple(TextChange(e.op.at, e.op.s) for e in effects if isinstance(e.op, Text))
    return ViewChange(text, any(not isinstance(e.op, Text) for e in effects))


def _verified(effects: Sequence[Effect], before: Document, after: Document, reshaped: bool) -> ViewChange:
    """The change as splices that surely lead from one view to the other: where the carried ones don't, a difference."""
    change = _change_of(effects)
    whole: dict[str, Splices] = {}
    for text in change.text:
        whole[text.at] = compose_splices(whole.get(text.at, ()), text.s)
    changes: list[TextChange] = []
    for at, splices in whole.items():
        was, now = before.get(at), after.get(at)
        if isinstance(was, str) and isinstance(now, str):  # else a change of structure tells
            changes.append(TextChange(at, splices if _leads_to(splices, was, now) else diff_text(was, now)))
    return ViewChange(tuple(c for c in changes if c.s), change.structural or reshaped)


def _leads_to(splices: Splices, was: str, now: str) -> bool:
    if splices and splices[-1][0] + splices[-1][1] > length(was):
        return False
    return apply(was, splices)[0] == now if splices else was == now


def _texts_of(op: Op) -> list[ParkedText]:
    """The texts of a lost op, as its writer typed them."""
    if isinstance(op, Text):
        typed = "".join(insert for _, _, insert in op.s)
        return [ParkedText(op.at, typed)] if typed else []
    return [ParkedText(op.at, op.v)] if isinstance(op, Set | Insert) else []


def texts_between(without: Document, with_them: Document, ops: Sequence[Op]) -> tuple[ParkedText, ...]:
    """The leaves and members that ops touch, as they read with them and without."""
    texts = []
    for at in dict.fromkeys(op.at for op in ops):
        mine, base = with_them.get(at), without.get(at)
        if mine is not None and not same(mine, base):  # what was cleared is no text
            texts.append(ParkedText(at, mine, base))
    return tuple(texts)


def _characters(op: Op) -> int:
    match op:
        case Text(s=splices):
            return sum(deleted + length(inserted) for _, deleted, inserted in splices)
        case Set(v=value) | Insert(v=value):
            return len(msgspec.json.encode(value).decode())
        case _:
            return 1
