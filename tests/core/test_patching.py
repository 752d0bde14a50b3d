"""Parts of documents changed: RFC 6902, texts in texts, ops; each all or nothing."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Insert, Remove, Set, Text
from draftwire.document.shape import Shape
from draftwire.errors import Problem
from draftwire.rest.drafts import PatchOp, TextEdit
from draftwire_server.core.edits import patching
from draftwire_server.core.edits.patching import with_edits, with_ops, with_patch

SHAPE = Shape(("/modules",), ("/text", "/modules/*/code"))
VALUE: dict[str, Any] = {
    "text": "é😀 one two one\n", "list": [1, 2, 3], "a/b": {"m~n": 1}, "modules": [{"id": "u", "code": "x"}],
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab/~", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=8,
)


def pointers(value: Any, at: str = "") -> list[str]:
    found = [at]
    if isinstance(value, dict):
        for name, member in value.items():
            found += pointers(member, f"{at}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, element in enumerate(value):
            found += pointers(element, f"{at}/{index}")
    return found


@given(st.dictionaries(st.text("ab/~", max_size=2), JSON, min_size=1, max_size=3), JSON, st.data())
def test_what_is_added_or_replaced_stands_there_and_nothing_else_changes(
    value: dict[str, Any], new: Any, data: Any
) -> None:
    before = msgspec.json.encode(value)
    at = data.draw(st.sampled_from(pointers(value)[1:]))
    after = with_patch(value, [PatchOp("replace", at, new), PatchOp("test", at, new)])
    assert msgspec.json.encode(value) == before
    gone = with_patch(value, [PatchOp("remove", at)])
    again = at.rpartition("/")[0]
    assert with_patch(after, [PatchOp("remove", at)]) == gone
    assert again == "" or pointers(gone)


@given(st.lists(st.integers(), max_size=4), st.integers(0, 4), st.integers())
def test_adding_to_an_array_moves_what_is_behind(array: list[int], at: int, new: int) -> None:
    at = min(at, len(array))
    wanted = [*array[:at], new, *array[at:]]
    assert with_patch({"l": array}, [PatchOp("add", f"/l/{at}", new)]) == {"l": wanted}
    assert with_patch({"l": array}, [PatchOp("add", "/l/-", new)]) == {"l": [*array, new]}


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (PatchOp("move", "/list/0"), "patch_unsupported"),
        (PatchOp("copy", "/list/0"), "patch_unsupported"),
        (PatchOp("frob", "/list/0"), "patch_unsupported"),
        (PatchOp("add", "/list/0"), "bad_message"),
        (PatchOp("test", "/list/0", 2), "test_failed"),
        (PatchOp("test", "/list/0", True), "test_failed"),
        (PatchOp("test", "/nothing", None), "no_such_place"),
        (PatchOp("replace", "/nothing", 1), "no_such_place"),
        (PatchOp("remove", "/list/3"), "no_such_place"),
        (PatchOp("remove", "/list/-"), "no_such_place"),
        (PatchOp("add", "/list/4", 1), "no_such_place"),
        (PatchOp("add", "/list/01", 1), "bad_address"),
        (PatchOp("add", "/list/-1", 1), "bad_address"),
        (PatchOp("add", "/list/x", 1), "bad_address"),
        (PatchOp("add", "/text/x", 1), "no_such_place"),
        (PatchOp("add", "list", 1), "bad_address"),
        (PatchOp("add", "/a~2", 1), "bad_address"),
        (PatchOp("add", "/a~", 1), "bad_address"),
        (PatchOp("remove", ""), "root_fixed"),
        (PatchOp("replace", "", [1]), "not_an_object"),
    ],
)
def test_what_a_patch_can_not_do_has_its_code_and_the_index(operation: PatchOp, code: str) -> None:
    with pytest.raises(Problem) as refused:
        with_patch(VALUE, [PatchOp("test", "/list/0", 1), operation])
    assert refused.value.code == code
    assert refused.value.detail is None or refused.value.detail["index"] == 1


def test_pointers_are_unescaped_and_the_root_can_be_replaced() -> None:
    assert with_patch(VALUE, [PatchOp("replace", "/a~1b/m~0n", 2)])["a/b"] == {"m~n": 2}
    assert with_patch(VALUE, [PatchOp("replace", "", {"text": ""})]) == {"text": ""}
    assert with_patch(VALUE, [PatchOp("test", "", VALUE)]) == VALUE


def test_a_text_that_stands_once_is_replaced_and_positions_count_in_units() -> None:
    document = Document.load(VALUE, SHAPE)
    edits = [TextEdit("/text", " two ", " 2 "), TextEdit("u/code", "x", "y"), TextEdit("/text", "😀 one", "1")]
    after = with_edits(document, edits)
    assert (after.value["text"], after.value["modules"][0]["code"]) == ("é1 2 one\n", "y")
    empty = Document.load({"text": "", "modules": []}, SHAPE)
    assert with_edits(empty, [TextEdit("/text", "", "new")]).value["text"] == "new"


@pytest.mark.parametrize(
    ("edit", "code", "matches"),
    [
        (TextEdit("/text", "one", "1"), "no_single_match", 2),
        (TextEdit("/text", "three", "3"), "no_single_match", 0),
        (TextEdit("/text", "", "x"), "no_single_match", 0),
        (TextEdit("/list", "1", "x"), "not_text", None),
        (TextEdit("/nothing", "1", "x"), "no_such_place", None),
        (TextEdit("w/code", "1", "x"), "no_such_place", None),
        (TextEdit("/text", "two", "a\0b"), "bad_text", None),
    ],
)
def test_a_text_edit_that_is_not_clear_is_refused(edit: TextEdit, code: str, matches: int | None) -> None:
    with pytest.raises(Problem) as refused:
        with_edits(Document.load(VALUE, SHAPE), [edit])
    assert refused.value.code == code
    assert matches is None or refused.value.detail["matches"] == matches


def test_overlapping_matches_are_two() -> None:
    with pytest.raises(Problem, match="no_single_match"):
        with_edits(Document.load({"text": "aaa", "modules": []}, SHAPE), [TextEdit("/text", "aa", "b")])


def test_ops_are_done_in_order_and_checked_like_live_ones() -> None:
    document = Document.load(VALUE, SHAPE)
    after = with_ops(document, [Insert("/modules", {"id": "v", "code": ""}, "u"), Text("v/code", ((0, 0, "hi"),))])
    assert [m["code"] for m in after.value["modules"]] == ["x", "hi"]
    for op, code in (
        (Set("u/id", "w"), "id_fixed"), (Remove("w"), "no_such_place"),
        (Insert("/modules", {"id": "u"}), "duplicate_id"),
        (Text("/text", ((99, 0, "x"),)), "out_of_range"),
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            with_ops(document, [op])
        assert (refused.value.code, refused.value.detail["index"]) == (code, 0)


def test_edits_that_look_through_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document.load(VALUE | {"text": "a" * 100 + "b"}, SHAPE)
    monkeypatch.setattr(patching, "EDITS_LOOK_THROUGH", 250)
    assert with_edits(document, [TextEdit("/text", "b", "b")] * 2).value == document.value
    with pytest.raises(Problem) as refused:
        with_edits(document, [TextEdit("/text", "b", "b")] * 3)
    assert refused.value.code == "too_much_work"
