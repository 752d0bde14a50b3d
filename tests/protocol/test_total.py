"""`Document.apply` is total, and so are rebase, land and carry: whatever passes `check_form` has an outcome."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.carry import Range, carry
from draftwire.document.document import Document
from draftwire.document.form import check_form
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.document.rebase import compose, land, rebase
from draftwire.document.shape import Shape
from draftwire.errors import OpError
from tests.protocol.model import World

SHAPE = Shape(keyed=["/items", "/**/subs", "/flat"], text=["/**"])  # every string may be text
PARTS = ["items", "subs", "meta", "body", "id", "list", "0", "1", "title", "flat", "new", "n"]


def address(random: Random) -> str:
    head = random.choice(["", "", *"abcdefg", "zz", "a~", "~1"])
    return "/".join([head, *random.choices(PARTS, k=random.choice([0, 1, 1, 1, 2, 3]))])


def value(world: World) -> Any:
    random = world.random
    kind = random.randint(0, 5)
    if kind < 3:
        return world.member(world.some_ids(), 2)
    if kind == 3:
        return {"id": random.choice("abc"), "subs": [{"id": random.choice(["a", "b", "", 3])}]}
    if kind == 4:
        return {"items": [], "subs": {"id": "a"}, "meta": {"subs": [{"id": "a"}, {"id": "q"}]}}
    return [{"id": "a", "subs": [{"id": "c"}]}]


def op(world: World) -> Op:
    random = world.random
    at = address(random)
    near = [None, *"abcz"]
    kind = random.randint(0, 4)
    if kind == 0:
        start = random.randint(0, 4)
        return Text(at, ((start, random.randint(0, 3), world.text(2)), (start + 5, 1, "x")))
    if kind == 1:
        return Set(at, value(world))
    if kind == 2:
        return Remove(at)
    if kind == 3:
        made = value(world)
        return Insert(at, made if isinstance(made, dict) else {"id": "c"}, random.choice(near), random.choice(near))
    return Move(random.choice("abcdz"), at, random.choice(near), random.choice(near))


def well_formed(world: World, count: int) -> list[Op]:
    out: list[Op] = []
    while len(out) < count:
        drawn = op(world)
        try:
            check_form(drawn)
        except OpError:
            continue
        out.append(drawn)
    return out


@given(st.integers(0, 2**32))
def test_whatever_passes_the_form_has_an_outcome(seed: int) -> None:
    world = World(seed)
    base = Document.load(world.document().value, SHAPE)
    head, over = base, []
    for drawn in well_formed(world, 6):
        try:
            head.check(drawn)
        except OpError:
            pass
        else:
            assert isinstance(drawn, Move) or head.apply(drawn, 1).effect is not None
        applied = head.apply(drawn, 1)
        if applied.effect is not None:
            assert applied.document.apply(drawn, 1) is not None
            again = head.apply(applied.effect.op, 2)
            assert (again.effect, again.document.value) == (applied.effect, applied.document.value)
            head = applied.document
            over.append(applied.effect)
    ops = compose((), well_formed(world, 6))
    landed = land(head, rebase(ops, over, w=2, head=head).ops, w=2)
    assert len(landed.effects) == len(ops)
    fresh = Document.load(landed.document.value, SHAPE)
    assert {id_: fresh.home(id_) for id_ in fresh.elements()} == {
        id_: landed.document.home(id_) for id_ in landed.document.elements()
    }
    effects = [effect for effect in landed.effects if isinstance(effect, Effect)]
    carry(Range("/title", 0, 0), [*over, *effects])
