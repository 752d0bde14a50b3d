"""The document: what each op does, refuses and loses; replay and renaming."""

from typing import Any

import pytest

from draftwire.document.document import Document
from draftwire.document.ops import (
    Effect,
    ElementTaken,
    Insert,
    Move,
    NothingTaken,
    Op,
    PlaceTaken,
    Remove,
    Set,
    Text,
    TextTaken,
    ValueTaken,
)
from draftwire.document.shape import Shape
from draftwire.errors import OpError

SHAPE = Shape(
    keyed=["/modules", "/**/steps", "/loose", "/modules/*/branches/*/steps"], text=["/**/content", "/summary"]
)
VALUE: dict[str, Any] = {
    "summary": "Hello 😀",
    "n": 1,
    "plain": [{"id": "a", "content": "x"}, [1]],
    "opt": {"x": {"y": 1}, "content": None},
    "modules": [
        {"id": "a", "content": "one\ntwo"},
        {"id": "b", "steps": [{"id": "c", "content": "inner"}, {"id": "d"}]},
        {"id": "e/~", "branches": [{"name": "then", "steps": [{"id": "f", "content": "deep"}]}]},
    ],
    "loose": [],
}


def load(value: Any = VALUE) -> Document:
    return Document.load(value, SHAPE)


def done(op: Op, document: Document | None = None, w: int = 7) -> tuple[Document, Effect]:
    document = document or load()
    applied = document.apply(op, w)
    assert applied.effect is not None
    again = document.apply(applied.effect.op, w + 1)
    assert again.effect == applied.effect
    assert again.document.value == applied.document.value
    fresh = Document.load(applied.document.value, SHAPE)
    assert dict.fromkeys(applied.document.elements()).keys() == dict.fromkeys(fresh.elements()).keys()
    for element in fresh.elements():
        assert fresh.home(element) == applied.document.home(element)
    return applied.document, applied.effect


def test_addresses_lead_through_elements_by_id_and_plain_arrays_by_index() -> None:
    document = load()
    assert document.get("c/content") == "inner"
    assert document.get("e~1~0/branches/0/name") == "then"
    assert document.get("f/content") == "deep"
    assert document.get("/plain/1/0") == 1
    assert document.get("/modules/0/content") is None
    assert document.get("/plain/01") is None
    assert document.get("nobody", 5) == 5
    assert document.get("") == VALUE
    assert document.home("d") == ("b/steps", "c", None)
    assert document.home("f") == ("e~1~0/branches/0/steps", None, None)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([], "not_an_object"),
        ({"modules": [{"id": "a"}, {"id": "a"}]}, "duplicate_id"),
        ({"modules": [{"id": "a", "steps": [{"id": "a"}]}]}, "duplicate_id"),
        ({"modules": [{"x": 1}]}, "bad_id"),
        ({"modules": [{"id": " \n"}]}, "bad_id"),
        ({"modules": [{"id": 1}]}, "bad_id"),
        ({"modules": ["a"]}, "bad_id"),
        ({"modules": [{"id": "x" * 129}]}, "bad_id"),
    ],
)
def test_a_document_with_bad_ids_is_refused(value: Any, code: str) -> None:
    with pytest.raises(OpError) as refused:
        load(value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("op", "code"),
    [
        (Text("/n", ((0, 0, "x"),)), "not_text"),
        (Text("/opt/content", ((0, 0, "x"),)), "not_text"),
        (Text("/plain/0/content", ((0, 0, "x"),)), "not_text"),
        (Text("/none/content", ((0, 0, "x"),)), "no_such_place"),
        (Text("a~/content", ((0, 0, "x"),)), "bad_address"),
        (Text("/summary", ((7, 0, "x"),)), "half_surrogate"),
        (Text("/summary", ((9, 0, "x"),)), "out_of_range"),
        (Set("", {}), "root_fixed"),
        (Set("a", {}), "bad_address"),
        (Set("a/id", "z"), "id_fixed"),
        (Remove("a/id"), "id_fixed"),
        (Remove(""), "root_fixed"),
        (Set("/modules", []), "keyed_array_fixed"),
        (Remove("/modules"), "keyed_array_fixed"),
        (Set("/plain/0/content", "y"), "plain_array"),
        (Set("/plain/0", "y"), "plain_array"),
        (Set("/n/x", 1), "no_such_place"),
        (Set("/__proto__", 1), "bad_address"),
        (Set("/zz/x", 1), "no_such_place"),
        (Set("/x", {"steps": [{"id": "q"}, {"id": "q"}]}), "duplicate_id"),
        (Set("/x", {"steps": [{}]}), "bad_id"),
        (Remove("/zz/x"), "no_such_place"),
        (Remove("zz"), "no_such_place"),
        (Insert("/plain", {"id": "z"}), "not_keyed"),
        (Insert("/modules", {"id": ""}), "bad_id"),
        (Insert("/modules", {"id": "z", "steps": [{"id": "z"}]}), "duplicate_id"),
        (Insert("/zz", {"id": "z"}), "no_such_place"),
        (Move("zz", "/modules"), "no_such_place"),
        (Move("a", "/plain"), "not_keyed"),
    ],
)
def test_an_op_that_its_state_does_not_allow_is_refused_and_lost(op: Op, code: str) -> None:
    with pytest.raises(OpError) as refused:
        load().check(op)
    assert refused.value.code == code
    if code not in ("keyed_array_fixed", "bad_address"):  # rules for live writers; others may
        assert load().apply(op, 1).effect is None


def test_text_is_spliced_and_shares_the_rest() -> None:
    before = load()
    after, effect = done(Text("c/content", ((0, 2, "IN"), (5, 0, "!"))), before)
    assert after.get("c/content") == "INner!"
    assert effect.took == TextTaken(("in", ""))
    assert before.get("c/content") == "inner"
    assert after.value["modules"][0] is before.value["modules"][0]
    assert after._index is before._index


def test_set_makes_and_replaces_members() -> None:
    after, effect = done(Set("/opt/x/z", [1]))
    assert after.get("/opt/x") == {"y": 1, "z": [1]}
    assert effect.took == ValueTaken(False)
    after, effect = done(Set("b/steps", []))
    assert effect.took == ValueTaken(True, VALUE["modules"][1]["steps"], ("c", "d"))
    assert not after.has("c")


def test_set_of_an_empty_or_absent_keyed_array_is_allowed() -> None:
    document = load()
    document.check(Set("/loose", [{"id": "z"}]))
    document.check(Set("a/steps", [{"id": "z"}]))
    document.check(Remove("/loose"))
    after, effect = done(Set("/loose", [{"id": "z", "steps": [{"id": "y"}]}]))
    assert effect.made == ("z", "y")
    assert after.home("y") == ("z/steps", None, None)


def test_remove_takes_members_and_elements() -> None:
    after, effect = done(Remove("/opt"))
    assert "opt" not in after.value
    assert effect.took == ValueTaken(True, VALUE["opt"], ())
    after, effect = done(Remove("b"))
    assert effect.took == ElementTaken(VALUE["modules"][1], "/modules", "a", "e/~", ("b", "c", "d"))
    assert not after.has("c")
    assert after.apply(Text("c/content", ((0, 0, "x"),)), 1).effect is None


def test_removing_a_member_that_is_not_there_changes_nothing_and_is_not_lost() -> None:
    after, effect = done(Remove("/opt/none"))
    assert after.value == VALUE
    assert effect.took == ValueTaken(False)


def order(document: Document, at: str = "/modules") -> list[str]:
    return [element["id"] for element in document.get(at)]


@pytest.mark.parametrize(
    ("after", "before", "place"),
    [
        (None, "a", 0),
        ("a", "b", 1),
        (None, "b", 1),
        ("a", "gone", 1),
        ("gone", "b", 1),
        ("gone", "gone", 3),
        (None, "gone", 0),
        ("a", None, 3),
        (None, None, 3),
        ("b", "a", 2),
        ("b", "b", 1),
    ],
)
def test_an_insert_stands_where_its_neighbours_say(after: str | None, before: str | None, place: int) -> None:
    document, effect = done(Insert("/modules", {"id": "z"}, after, before))
    ids = order(document)
    assert ids.index("z") == place
    around = [None, *ids, None]
    resolved = (around[place], around[place + 2])
    assert effect == Effect(Insert("/modules", {"id": "z"}, *resolved), NothingTaken(), ("z",))


def test_colliding_ids_are_renamed_at_any_depth() -> None:
    value = {"id": "a", "steps": [{"id": "q", "steps": [{"id": "c"}]}, {"id": "a_7"}]}
    applied = load().apply(Insert("/loose", value, None, None), 7)
    assert applied.renamed == {"a": "a_7_2", "c": "c_7"}
    assert applied.effect is not None
    assert applied.effect.made == ("a_7_2", "q", "c_7", "a_7")
    assert applied.document.get("c_7") == {"id": "c_7"}
    applied = load().apply(Set("/x", {"steps": [{"id": "b"}], "plain": [{"id": "a"}]}), 7)
    assert applied.document.value["x"] == {"steps": [{"id": "b_7"}], "plain": [{"id": "a"}]}


def test_a_set_may_reuse_the_ids_that_go_with_what_it_replaces() -> None:
    after, effect = done(Set("b/steps", [{"id": "d"}, {"id": "c", "n": 1}]))
    assert effect.took == ValueTaken(True, VALUE["modules"][1]["steps"], ("c", "d"))
    assert effect.made == ("d", "c")
    assert after.get("c/n") == 1


def test_a_move_keeps_the_element_and_all_inside() -> None:
    after, effect = done(Move("b", "/modules", None, "a"))
    assert order(after) == ["b", "a", "e/~"]
    assert effect == Effect(Move("b", "/modules", None, "a"), PlaceTaken("/modules", "a", "e/~"))
    after, _ = done(Move("b", "f/steps"), load(_with_steps()))
    assert after.home("b") == ("f/steps", None, None)
    assert after.get("c/content") == "inner"


def _with_steps() -> dict[str, Any]:
    return load().apply(Set("f/steps", []), 1).document.value


def test_a_move_into_itself_or_its_inside_is_lost() -> None:
    assert load().apply(Move("b", "b/steps"), 1).effect is None
    inner = load().apply(Set("c/steps", []), 1).document
    assert inner.apply(Move("b", "c/steps"), 1).effect is None


def test_a_move_to_where_the_shape_differs_is_lost() -> None:
    shape = Shape(keyed=["/a", "/b", "/a/*/subs"])
    document = Document.load({"a": [{"id": "x", "subs": [{"id": "y"}]}, {"id": "z"}], "b": []}, shape)
    assert document.apply(Move("x", "/b"), 1).effect is None
    with pytest.raises(OpError, match="bad_place"):
        document.check(Move("x", "/b"))
    assert document.apply(Move("z", "/b"), 1).effect is not None


def test_an_array_inside_a_plain_one_is_addressed_by_its_index() -> None:
    after, _ = done(Insert("e~1~0/branches/0/steps", {"id": "z"}, "f", None))
    assert after.home("z") == ("e~1~0/branches/0/steps", "f", None)
    after, _ = done(Text("f/content", ((0, 4, "shallow"),)))
    assert after.get("f/content") == "shallow"
    after, effect = done(Set("e~1~0/branches", []))
    assert effect.took.gone == ("f",)  # type: ignore[union-attr]
