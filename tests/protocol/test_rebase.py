"""The rebase table, cell by cell: what a later op becomes over an effect that it had not seen."""

from typing import Any

import pytest

from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.document.rebase import Lost, compose, land, rebase
from draftwire.document.shape import Shape

SHAPE = Shape(keyed=["/items", "/more", "/**/subs"], text=["/**/t"])
VALUE: dict[str, Any] = {
    "n": 1,
    "obj": {"t": "hello", "x": {"y": 1}, "subs": [{"id": "s", "t": "sub"}]},
    "items": [
        {"id": "a", "t": "hello", "obj": {"x": 1}, "subs": [{"id": "b", "t": "inner"}]},
        {"id": "c", "t": "other"},
    ],
    "more": [],
}
BASE = Document.load(VALUE, SHAPE)

X = ((0, 0, "X"),)
NEW = {"id": "z", "t": ""}


def effect_of(*ops: Op) -> list[Effect]:
    document, effects = BASE, []
    for op in ops:
        applied = document.apply(op, 1)
        assert applied.effect is not None
        document = applied.document
        effects.append(applied.effect)
    return effects


def carried(mine: Op, *theirs: Op) -> tuple[Op | Lost, bool]:
    """Rebase one op; say also whether the pair was reported as touching."""
    met: list[int] = []
    over = effect_of(*theirs)
    head = BASE
    for effect in over:
        head = head.apply(effect.op, 1).document
    rebased = rebase((mine,), over, w=2, on_meet=lambda i, k, p, f: met.append(k), head=head)
    return rebased.ops[0], bool(met)


PLACE, ELEMENT = Lost("place_gone"), Lost("element_gone")
ALREADY = Lost("already_gone", moot=True)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected", "touches"),
    [
        # text over ...
        (Text("a/t", X), Text("a/t", ((0, 0, "yy"),)), Text("a/t", ((2, 0, "X"),)), True),
        (Text("a/t", X), Text("c/t", X), Text("a/t", X), False),
        (Text("a/t", ((1, 2, ""),)), Text("a/t", ((0, 4, ""),)), Lost("nothing_left", moot=True), True),
        (Text("a/t", X), Set("a/t", "new"), PLACE, True),
        (Text("a/t", X), Remove("a/t"), PLACE, True),
        (Text("/obj/t", X), Set("/obj", {}), PLACE, True),
        (Text("/obj/t", X), Set("/obj", {"t": "hello"}), PLACE, True),
        (Text("a/t", X), Remove("a"), ELEMENT, True),
        (Text("b/t", X), Remove("a"), ELEMENT, True),
        (Text("b/t", X), Set("a/subs", []), ELEMENT, True),
        (Text("b/t", X), Set("a/subs", [{"id": "b", "t": "inner"}]), ELEMENT, True),
        (Text("s/t", X), Remove("/obj"), ELEMENT, True),
        (Text("b/t", X), Move("b", "/more"), Text("b/t", X), False),
        (Text("b/t", X), Move("a", "/more"), Text("b/t", X), False),
        (Text("a/t", X), Insert("/items", NEW), Text("a/t", X), False),
        # set and remove of a member over ...
        (Set("/n", 2), Set("/n", 3), Set("/n", 2), True),
        (Set("/n", 2), Remove("/n"), Set("/n", 2), True),
        (Remove("/n"), Set("/n", 3), Remove("/n"), True),
        (Remove("/n"), Remove("/n"), Remove("/n"), True),
        (Set("/n", 2), Set("/nn", 3), Set("/n", 2), False),
        (Set("a/t", "q"), Text("a/t", X), Set("a/t", "q"), True),
        (Set("/obj", {}), Text("/obj/t", X), Set("/obj", {}), True),
        (Set("/obj", {}), Set("/obj/x/y", 5), Set("/obj", {}), True),
        (Remove("/obj"), Insert("/obj/subs", NEW), Remove("/obj"), True),
        (Set("/obj/x/y", 2), Set("/obj", {"x": {"y": 1}}), PLACE, True),
        (Set("/obj/x/y", 2), Remove("/obj/x"), PLACE, True),
        (Set("a/obj/x", 2), Remove("a"), ELEMENT, True),
        (Remove("a/obj/x"), Remove("a"), ELEMENT, True),
        (Set("a/obj", 2), Move("a", "/more"), Set("a/obj", 2), False),
        # remove of an element over ...
        (Remove("a"), Remove("a"), ALREADY, True),
        (Remove("b"), Remove("a"), ALREADY, True),
        (Remove("b"), Set("a/subs", []), ALREADY, True),
        (Remove("b"), Set("a/subs", [{"id": "b"}]), ELEMENT, True),
        (Remove("a"), Text("a/t", X), Remove("a"), True),
        (Remove("a"), Insert("a/subs", NEW), Remove("a"), True),
        (Remove("a"), Move("a", "/more"), Remove("a"), True),
        (Remove("a"), Remove("c"), Remove("a"), False),
        # insert over ...
        (Insert("/items", NEW), Text("a/t", X), Insert("/items", NEW), False),
        (Insert("/items", NEW, "a", "c"), Remove("c"), Insert("/items", NEW, "a", "c"), False),
        (Insert("a/subs", NEW), Remove("a"), ELEMENT, True),
        (Insert("a/subs", NEW), Remove("a/subs"), PLACE, True),
        (Insert("/obj/subs", NEW), Set("/obj", {}), PLACE, True),
        (Insert("/obj/subs", NEW), Set("/obj", {"subs": []}), Insert("/obj/subs", NEW), False),
        (Insert("/obj/subs", NEW), Set("/obj/subs", []), Insert("/obj/subs", NEW), False),
        (Insert("/items", NEW), Insert("/items", NEW), Insert("/items", {"id": "z_2", "t": ""}), False),
        (Insert("/items", NEW), Insert("/more", NEW), Insert("/items", {"id": "z_2", "t": ""}), False),
        (
            Insert("/items", {"id": "q", "subs": [{"id": "z"}], "plain": [{"id": "z"}]}),
            Set("/obj/subs", [{"id": "z"}]),
            Insert("/items", {"id": "q", "subs": [{"id": "z_2"}], "plain": [{"id": "z"}]}),
            False,
        ),
        (
            Set("/k", {"subs": [NEW]}),
            Insert("/items", NEW),
            Set("/k", {"subs": [{"id": "z_2", "t": ""}]}),
            False,
        ),
        (Set("/obj", {"subs": [NEW]}), Insert("/obj/subs", NEW), Set("/obj", {"subs": [NEW]}), True),
        # move over ...
        (Move("a", "/more"), Text("a/t", X), Move("a", "/more"), False),
        (Move("a", "/more"), Remove("a"), ELEMENT, True),
        (Move("b", "/more"), Remove("a"), ELEMENT, True),
        (Move("c", "a/subs"), Remove("a"), ELEMENT, True),
        (Move("c", "/obj/subs"), Remove("/obj/subs"), PLACE, True),
        (Move("c", "/obj/subs"), Set("/obj", {"subs": []}), Move("c", "/obj/subs"), False),
        (Move("a", "/more"), Move("a", "/items"), Move("a", "/more"), True),
        (Move("a", "/more"), Move("c", "/more"), Move("a", "/more"), False),
    ],
)
def test_each_cell_of_the_table(mine: Op, theirs: Op, expected: Op | Lost, touches: bool) -> None:
    assert carried(mine, theirs) == (expected, touches)


def test_later_ops_follow_a_new_name() -> None:
    ops = (
        Insert("/items", {"id": "z", "t": ""}, None, None),
        Text("z/t", X),
        Move("a", "/items", "z", None),
        Insert("/items", {"id": "y"}, None, "z"),
        Move("z", "/more"),
        Remove("z"),
    )
    rebased = rebase(ops, effect_of(Insert("/more", NEW)), w=2)
    assert rebased.renamed == {"z": "z_2"}
    assert rebased.ops[1:] == (
        Text("z_2/t", X),
        Move("a", "/items", "z_2", None),
        Insert("/items", {"id": "y"}, None, "z_2"),
        Move("z_2", "/more"),
        Remove("z_2"),
    )


def test_a_lost_insert_takes_later_ops_inside_it_along_even_where_others_made_that_id() -> None:
    ops = (Insert("a/subs", NEW), Text("z/t", X), Move("c", "/more"))
    rebased = rebase(ops, effect_of(Remove("a"), Insert("/more", NEW)), w=2)
    assert rebased.ops == (ELEMENT, Lost("follows_lost"), Move("c", "/more"))


def test_what_i_set_anew_is_not_destroyed_by_what_they_did_to_the_old() -> None:
    ops = (Set("/obj", {"t": "new"}), Text("/obj/t", X))
    over = effect_of(Set("/obj/x", 5), Text("/obj/t", X), Remove("/obj/t"))
    rebased = rebase(ops, over, w=2)
    assert rebased.ops == ops
    assert rebased.over == (None, None, None)


def test_an_element_that_i_removed_and_made_again_is_a_new_one() -> None:
    ops = (Remove("b"), Insert("/more", {"id": "b", "t": "mine"}), Text("b/t", ((1, 0, "X"),)))
    over = effect_of(Text("b/t", ((0, 0, "theirs"),)), Remove("a"))
    assert rebase(ops, over, w=2).ops == (ALREADY, *ops[1:])


def test_text_is_carried_past_each_of_my_ops_too() -> None:
    ops = (Text("a/t", ((5, 0, "!"),)), Text("a/t", ((6, 0, "?"),)))
    over = effect_of(Text("a/t", ((0, 5, "bye"),)))
    rebased = rebase(ops, over, w=2)
    assert rebased.ops == (Text("a/t", ((3, 0, "!"),)), Text("a/t", ((4, 0, "?"),)))
    assert rebased.over[0] is not None
    assert rebased.over[0].op == over[0].op


def test_nothing_over_nothing_is_the_batch_itself() -> None:
    assert rebase((Set("/n", 2),), (), w=1).ops == (Set("/n", 2),)
    assert rebase((), effect_of(Set("/n", 2)), w=1).over == tuple(effect_of(Set("/n", 2)))


def test_landing_loses_what_has_no_place_and_what_lies_inside_it() -> None:
    ops = (Insert("nobody/subs", {"id": "a", "t": ""}), Text("a/t", X), Text("c/t", X), Set("/q/r", 1))
    landed = land(BASE, ops, w=2)
    missing = Lost("no_such_place")
    assert landed.effects[:2] == (missing, Lost("follows_lost"))
    assert isinstance(landed.effects[2], Effect)
    assert landed.effects[3] == missing
    assert landed.document.get("c/t") == "Xother"


def test_landing_follows_ids_that_had_to_be_renamed() -> None:
    landed = land(BASE, (Insert("/more", {"id": "a", "t": ""}), Text("a/t", X)), w=2)
    assert landed.renamed == {"a": "a_2"}
    assert landed.document.get("a_2/t") == "X"
    assert landed.document.get("a/t") == "hello"


def test_a_buffer_grows_by_composition() -> None:
    buffer = compose((), [Text("a/t", X), Text("c/t", X), Text("a/t", ((1, 0, "Y"),))])
    assert buffer == (Text("a/t", ((0, 0, "XY"),)), Text("c/t", X))
    assert compose(buffer, [Text("a/t", ((0, 2, ""),))]) == (Text("c/t", X),)
    assert compose((Set("/n", 2),), [Set("/n", 3)]) == (Set("/n", 3),)
    split = (Text("a/t", X), Remove("a/t"), Set("a/t", ""))
    assert compose(split, [Text("a/t", X)]) == (*split, Text("a/t", X))
