"""What is refused of an op whatever the document is."""

import pytest

from draftwire.form import check_form
from draftwire.ops import Insert, Move, Op, OpError, Remove, Set, Text


@pytest.mark.parametrize(
    ("op", "code"),
    [
        (Text("/t", ((-1, 0, "x"),)), "out_of_range"),
        (Text("/t", ((3, -1, "x"),)), "bad_splice"),
        (Text("/t", ((3, 1, ""), (0, 1, ""))), "bad_splice"),
        (Text("/t", ((0, 1, ""), (1, 1, ""))), "bad_splice"),
        (Text("/t", ()), "bad_splice"),
        (Text("/t", ((0, 0, "\r\n"),)), "bad_text"),
        (Text("/t", ((0, 0, "\ud83d"),)), "half_surrogate"),
        (Text("", ((0, 0, "x"),)), "root_fixed"),
        (Text("a", ((0, 0, "x"),)), "bad_address"),
        (Text("a/id", ((0, 0, "x"),)), "id_fixed"),
        (Set("", {}), "root_fixed"),
        (Set("a", {}), "bad_address"),
        (Set("a/id", "b"), "id_fixed"),
        (Set("/x~2", 1), "bad_address"),
        (Set("/__proto__", 1), "bad_address"),
        (Remove(""), "root_fixed"),
        (Remove("a/id"), "id_fixed"),
        (Insert("/items", {}), "bad_id"),
        (Insert("/items", {"id": ""}), "bad_id"),
        (Insert("/items", {"id": 3}), "bad_id"),
        (Move("", "/items"), "bad_id"),
    ],
)
def test_an_op_that_no_document_could_accept_is_refused(op: Op, code: str) -> None:
    with pytest.raises(OpError) as refused:
        check_form(op)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "op",
    [
        Text("a/t", ((0, 1, ""), (2, 0, "x"))),
        Set("/id", 1),
        Remove("a"),
        Insert("/items", {"id": "z"}),
        Move("z", "/items"),
    ],
)
def test_other_ops_pass(op: Op) -> None:
    check_form(op)
