"""Whether an edit is refused is decided by the state that it was made for, whatever was committed since."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Insert, Op, Remove, Set, Text
from draftwire.errors import OpError, Problem
from draftwire.wire.messages import Edit
from draftwire_server.core.edits import basis
from draftwire_server.core.edits.basis import check_at_base, checked, state_at
from draftwire_server.core.edits.plan import LIVE, Author, Plan, Resting
from draftwire_server.core.edits.replica import Entry, Replica
from draftwire_server.core.etag import first_mark
from tests.core.run_history import SHAPE
from tests.protocol.model import World

ADA, GRACE = (Author(name, name, name, name) for name in ("ada", "grace"))
RULES = st.sampled_from((LIVE, Resting(())))


def begun(document: Document) -> Replica:
    return Replica(1, 0, first_mark("d", 1, 1, "h"), document)


def verdict(plan: Plan, edit: Edit, rule: object) -> str | None:
    """The code with which an edit is refused; None if it is not, or only because of what others did meanwhile."""
    try:
        plan.decide(edit, ADA, "type", 1.0, rule)  # type: ignore[arg-type]
    except Problem as problem:
        return None if problem.code == "stale_region" else problem.code
    return None


def gone_on(world: World, replica: Replica, batches: int) -> Plan:
    """The replica after somebody else's batches, half of them in the plan alone."""
    plan = Plan(replica)
    for no in range(1, batches + 1):
        op = world.op(plan.document)
        if op is None:
            continue
        edit = Edit("d", 1, plan.seq, plan.mark, plan.seq, len(plan.decided) + 1, f"k{no}", (op,))
        try:
            plan.decide(edit, GRACE, "type", 0.0)
        except Problem:
            continue
    return plan


@given(st.integers(0, 2**32), st.integers(0, 8), st.integers(1, 4), RULES)
def test_a_verdict_does_not_depend_on_what_others_wrote_meanwhile(
    seed: int, batches: int, count: int, rule: object
) -> None:
    world = World(seed)
    document = world.document()
    elsewhere = world.document() if seed % 3 else document  # ops made for another document: most are wrong here
    ops = tuple(op for _ in range(count) if (op := world.op(elsewhere)) is not None)
    replica = begun(document)
    edit = Edit("d", 1, 0, replica.mark, 0, 1, "key", ops)
    alone = verdict(Plan(replica), edit, rule)
    assert verdict(gone_on(world, replica, batches), edit, rule) == alone


@given(st.integers(0, 2**32), st.integers(1, 8))
def test_the_log_leads_back_to_the_state_that_an_edit_was_made_for(seed: int, batches: int) -> None:
    world = World(seed)
    document = world.document()
    plan = gone_on(world, begun(document), batches)
    behind: list[Entry] = [decided.entry for decided in plan.decided]
    leaves = {effect.op.at for entry in behind for effect in entry.effects}
    back = state_at(plan.document, behind, leaves)
    assert back.value == document.value
    assert set(back.elements()) == set(document.elements())


@given(st.integers(0, 2**32))
def test_an_op_that_passes_its_check_has_an_effect(seed: int) -> None:
    world = World(seed)
    document, other = world.document(), world.document()
    for made_for in (document, other):
        op = world.op(made_for)
        if op is None:
            continue
        try:
            document.check(op)
        except OpError:
            continue
        assert document.apply(op, 3).effect is not None


@pytest.mark.parametrize(
    ("wrong", "meanwhile", "code"),
    [
        (Text("/title", ((99, 0, "x"),)), Text("/title", ((0, 0, "y" * 200),)), "out_of_range"),
        (Text("/nowhere", ((0, 0, "x"),)), Set("/nowhere", "text"), "no_such_place"),
        (Set("/made/here", 1), Set("/made", {}), "no_such_place"),
        (Set("/title/in", 1), Set("/title", {}), "no_such_place"),
        (Remove("gone"), Insert("/items", {"id": "gone"}, None, None), "no_such_place"),
    ],
)
def test_what_was_wrong_stays_wrong_though_somebody_made_room_for_it(wrong: Op, meanwhile: Op, code: str) -> None:
    replica = begun(Document.load({"title": "short", "items": []}, SHAPE))
    plan = Plan(replica)
    mark = replica.mark
    assert verdict(Plan(replica), Edit("d", 1, 0, mark, 0, 1, "key", (wrong,)), LIVE) == code
    plan.decide(Edit("d", 1, 0, mark, 0, 1, "other", (meanwhile,)), GRACE, "type", 0.0)
    assert verdict(plan, Edit("d", 1, 0, mark, 0, 1, "key", (wrong,)), LIVE) == code


def test_a_base_that_is_too_much_work_to_make_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basis, "BASIS_WORK", 10)
    replica = begun(Document.load({"title": "more than ten characters"}, SHAPE))
    plan = Plan(replica)
    plan.decide(Edit("d", 1, 0, replica.mark, 0, 1, "k", (Text("/title", ((0, 4, ""),)),)), GRACE, "type", 0.0)
    behind = [decided.entry for decided in plan.decided]
    with pytest.raises(Problem) as caught:
        check_at_base(plan.document, behind, (Text("/title", ((1, 1, "x"),)),))
    assert caught.value.code == "base_expired"


def test_ids_that_an_op_renames_are_followed_by_the_ones_behind_it() -> None:
    document = Document.load({"title": "", "items": [{"id": "a", "name": "theirs"}]}, SHAPE)
    landed = checked(document, (Insert("/items", {"id": "a"}, "a", None), Set("a/name", "mine")), 7)
    names = [module.get("name") for module in landed.document.value["items"]]
    assert names == ["theirs", "mine"]
