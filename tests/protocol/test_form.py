"""What is refused of an op whatever the document is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from draftwire.document.form import check_form
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text, ValueTaken
from draftwire.errors import OpError, Problem
from draftwire.session.replica import DraftReplica
from draftwire.wire.messages import Shape, State


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


REPLICA_VALUE = {"title": "t", "items": []}


@pytest.mark.parametrize(
    ("op", "code"),
    [
        (None, "bad_op"),
        ("set", "bad_op"),
        ({"op": "set", "at": "/title", "v": 1}, "bad_op"),
        (Effect(Set("/title", "x"), ValueTaken(True, "t")), "bad_op"),
        (Text("/title", "abc"), "bad_op"),  # type: ignore[arg-type]
        (Text("/title", ((0, "0", "x"),)), "bad_op"),  # type: ignore[arg-type]
        (Text("/title", ((0, 0, "\ud83d"),)), "bad_op"),
        (Set(7, "x"), "bad_op"),  # type: ignore[arg-type]
        (Remove(None), "bad_op"),  # type: ignore[arg-type]
        (Insert("/items", "x"), "bad_op"),  # type: ignore[arg-type]
        (Move(1, "/items"), "bad_op"),  # type: ignore[arg-type]
        (Set("/title", object()), "bad_message"),
        (Set("/title", datetime(2026, 12, 1, tzinfo=UTC)), "bad_message"),
        (Set("/title", (1, 2)), "bad_message"),
        (Set("/title", {1: 2}), "bad_message"),
        (Set("/title", float("nan")), "bad_number"),
        (Set("/title", 2**60), "bad_number"),
        (Set("/title", {"__proto__": 1}), "bad_member"),
    ],
)
def test_what_a_program_gives_for_an_op_is_refused_typed_and_changes_nothing(op: Any, code: str) -> None:
    shape = Shape(("/items",), ("/title",))
    replica = DraftReplica(State("d", "i", "own", None, 1, 0, "m", "type", shape, 0, 0, REPLICA_VALUE), REPLICA_VALUE)
    with pytest.raises(Problem) as refused:
        replica.edit([Set("/more", 1), op], 0.0)
    assert refused.value.code == code
    assert replica.view.value == REPLICA_VALUE
