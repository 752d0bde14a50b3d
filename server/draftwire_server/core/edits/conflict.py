"""What an edit met that its writer had not seen. Pure; costs little where nothing overlaps.

`find_contacts` looks at an edit and the log since its ``seen``. Text in one leaf is the matter of
`draftwire_server.core.edits.clash`, where the exact definition stands. What is structural is defined here. Ops of
the edit that were lost take no part: they are told as ``lost_target``.

Let *mine* be an effect of the edit on the head (a set, removal or move), *theirs* an unseen foreign effect,
past or behind. They meet structurally if

* both set or removed one very member, theirs being the last unseen foreign effect on it, and the outcome
  differs (two values that are not the same JSON, or a value against a removal);
* mine set or removed a member, and theirs changed something strictly inside it, or the text of that very
  leaf, or put an element into that very array; or theirs changed, filled or moved an element that ceased to
  exist by mine; but not if both only removed;
* one changed a text and the other the member beside it that says how that is to be read (its language);
* both moved one element, theirs being the last unseen foreign move of it, to different arrays or neighbours;
* both inserted or moved an element, and the two stand next to each other afterwards: order is content, and theirs and
  mine came into it by their arrival alone.

All that one writer did under one effect of mine is one contact.
"""

from collections.abc import Sequence

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.ops import (
    Effect,
    ElementTaken,
    Insert,
    Move,
    Op,
    Remove,
    Set,
    Text,
    TextTaken,
    ValueTaken,
    gone_ids,
)
from draftwire.document.values import same
from draftwire.text import text
from draftwire.text.text import Splices
from draftwire_server.core.edits.clash import Contact, Unseen, leaf_contacts

__all__ = ["Contact", "Unseen", "find_contacts", "texts_of"]


def find_contacts(
    ops: Sequence[Op],
    past: Sequence[Unseen],
    behind: Sequence[Unseen],
    effects: Sequence[Effect],
    document: Document,
    *,
    w: int,
    now: float,
) -> tuple[Contact, ...]:
    """Return what the edit ``ops`` (made for the state at base) met.

    ``past`` are the batches in ``(seen, base]``, ``behind`` those in ``(base, head]``, of all writers, the
    edit's own included. ``effects`` are what the edit did to the head, ``document`` is the state after it.
    """
    foreign = {_leaf_or_none(effect) for batch in (*past, *behind) if batch.w != w for effect in batch.effects}
    if not foreign:
        return ()
    found: list[Contact] = []
    for at, mine in texts_of(ops).items():
        if at in foreign and mine:
            leaf = document.get(at)
            if isinstance(leaf, str):
                found += leaf_contacts(at, mine, past, behind, effects, leaf, w=w, now=now)
    others = [batch for batch in (*past, *behind) if batch.w != w]
    read: set[str] = set()  # texts that were looked at
    for effect in effects:
        if not isinstance(effect.op, Text):
            found += _structural(effect, others, document)
        elif None in foreign and effect.op.at not in read:
            read.add(effect.op.at)
            found += _structural(effect, others, document)
    return tuple(found)


def _leaf_or_none(effect: Effect) -> str | None:
    return effect.op.at if type(effect.op) is Text else None


def texts_of(ops: Sequence[Op]) -> dict[str, Splices]:
    """Compose the edit's text ops by leaf, each up to the edit's first op that replaces the leaf."""
    out: dict[str, Splices] = {}
    structure: list[Op] = []
    for op in ops:
        if not isinstance(op, Text):
            structure.append(op)
        elif not any(_covers(own, op.at) for own in structure):
            out[op.at] = text.compose(out.get(op.at, ()), op.s)
    return out


def _covers(op: Op, at: str) -> bool:
    if isinstance(op, Insert):
        return bool(op.v["id"] == addresses.owner(at))
    return isinstance(op, Set | Remove) and (op.at == at or addresses.is_inside(at, op.at))


def _structural(mine: Effect, foreign: Sequence[Unseen], document: Document) -> list[Contact]:
    """Compare one effect of the edit with all that is unseen."""
    met: dict[int, list[tuple[int, Effect]]] = {}
    last: tuple[int, int, Effect] | None = None
    gone = gone_ids(mine.took)
    beside = _beside(mine.op, document)
    coupled = _coupled(mine.op, document)
    for batch in foreign:
        for theirs in batch.effects:
            if _one_place(mine.op, theirs.op):
                last = (batch.w, batch.seq, theirs)
            elif (
                theirs.op.at in coupled
                or _placed(theirs.op) in beside
                or (not isinstance(mine.op, Insert | Text) and _is_under(mine, theirs, gone))
            ):
                met.setdefault(batch.w, []).append((batch.seq, theirs))
    if last is not None and _differs(mine.op, last[2].op):
        met.setdefault(last[0], []).append(last[1:])
    return [_contact(mine, w, pairs) for w, pairs in met.items()]


def _placed(op: Op) -> str | None:
    """The element that an op puts somewhere."""
    return op.id if isinstance(op, Move) else str(op.v["id"]) if isinstance(op, Insert) else None


def _beside(op: Op, document: Document) -> tuple[str, ...]:
    """The elements next to the one that an op has put somewhere."""
    element = _placed(op)
    home = document.home(element) if element is not None else None
    return () if home is None else tuple(id_ for id_ in home[1:] if id_ is not None)


def _coupled(op: Op, document: Document) -> frozenset[str]:
    """The members that are one with the one that an op changed: a text and what says how it is to be read."""
    around, slash, _ = op.at.rpartition("/")
    place = document.place(around)
    if isinstance(op, Insert | Move) or not slash or place is None:
        return frozenset()
    name = addresses.parse(op.at)[1][-1]
    beside = place.member(name).sibling
    value = document.get(around) if around else document.value
    names = [] if beside is None else [beside]
    names += [other for other in value if place.member(other).sibling == name] if isinstance(value, dict) else []
    return frozenset(f"{around}/{addresses.escape(other)}" for other in names)


def _one_place(mine: Op, theirs: Op) -> bool:
    if isinstance(mine, Move):
        return isinstance(theirs, Move) and theirs.id == mine.id
    member = isinstance(mine, Set | Remove) and isinstance(theirs, Set | Remove) and "/" in mine.at
    return member and mine.at == theirs.at


def _differs(mine: Op, theirs: Op) -> bool:
    if isinstance(mine, Set) and isinstance(theirs, Set):
        return not same(mine.v, theirs.v)
    if isinstance(mine, Remove) and isinstance(theirs, Remove):
        return False
    return mine != theirs


def _is_under(mine: Effect, theirs: Effect, gone: tuple[str, ...]) -> bool:
    """Say whether theirs changed something that mine set or removed as a whole."""
    op, other = mine.op, theirs.op
    if isinstance(op, Move) or (isinstance(op, Remove) and isinstance(other, Remove)):
        return False
    if "/" in op.at and (other.at == op.at or addresses.is_inside(other.at, op.at)):
        return True
    if not gone:
        return False
    return addresses.owner(other.at) in gone or (isinstance(other, Move) and other.id in gone)


def _contact(mine: Effect, w: int, pairs: list[tuple[int, Effect]]) -> Contact:
    theirs = [wrote for _, effect in pairs if (wrote := put_in(effect)) is not None]
    took = [taken for _, effect in pairs if (taken := _took(effect)) is not None]
    at = addresses.escape(mine.op.id) if isinstance(mine.op, Move) else mine.op.at
    return Contact(
        "structural",
        at,
        w,
        tuple(sorted({seq for seq, _ in pairs})),
        put_in(mine),
        _one(theirs),
        _took(mine),
        _one(took),
    )


def _one(values: list[object]) -> object:
    if len(values) > 1 and all(isinstance(value, str) for value in values):
        return "".join(map(str, values))
    return values[-1] if values else None


def put_in(effect: Effect) -> object:
    """What an op put there; where it moved something, to which array."""
    match effect.op:
        case Text(s=splices):
            return "".join([insert for _, _, insert in splices])
        case Set(v=value) | Insert(v=value):
            return value
        case Move(at=at):
            return at
        case Remove():
            return None


def _took(effect: Effect) -> object:
    match effect.took:
        case TextTaken(s=pieces):
            return "".join(pieces)
        case ValueTaken(v=value) | ElementTaken(v=value):
            return value
        case _:
            return None
