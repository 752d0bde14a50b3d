"""The log alone is enough: what is stored of random histories replays to the head and inverts to the beginning."""

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.invert import invert
from draftwire.document.ops import Effect
from draftwire.errors import Problem
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import Author, Decided, Plan
from draftwire_server.core.edits.replica import Replica, chained, encode_taken, stored_effects
from draftwire_server.core.etag import first_mark
from tests.protocol.model import World


def history(seed: int, writers: int, rounds: int) -> tuple[Replica, World, list[tuple[str, int, str, bytes, bytes]]]:
    """Let writers edit, some behind the head; gives the replica and the rows as stored: (sid, no, mark, ops, took)."""
    world = World(seed)
    document = world.document()
    replica = Replica(1, 0, first_mark("d", 1, 1, "h"), document)
    states = [(0, replica.mark, document)] * writers
    numbers = [0] * writers
    rows = []
    for turn in range(rounds):
        writer = (seed + turn) % writers
        seq, mark, seen = states[writer]
        op = world.op(seen)
        if op is None:
            continue
        author = Author(f"actor{writer}", f"user{writer}", f"session{writer}", f"sid{writer}")
        edit = Edit("d", 1, seq, mark, seq, numbers[writer] + 1, f"key{turn}", (op,))
        plan = Plan(replica)
        try:
            decided = plan.decide(edit, author, "type", float(turn))
        except Problem:
            continue  # the model's op does not fit after all; nothing was changed
        assert isinstance(decided, Decided)
        numbers[writer] += 1
        for joining in plan.writers:
            replica.join(joining)
        entry = decided.entry
        rows.append((author.sid, entry.no, entry.mark, entry.ops, encode_taken(entry.effects)))
        replica.extend(entry, plan.documents[0])
        if turn % 3 or writers == 1:  # a third of the time the writer has not heard of the others yet
            states = [(replica.seq, replica.mark, replica.document) for _ in states]
        else:
            states[writer] = (replica.seq, replica.mark, replica.document)
    return replica, world, rows


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 25))
def test_a_stored_history_replays_to_the_head_and_inverts_to_the_beginning(
    seed: int, writers: int, rounds: int
) -> None:
    replica, _, rows = history(seed, writers, rounds)
    first = World(seed).document()
    document, mark = first, first_mark("d", 1, 1, "h")
    effects: list[Effect] = []
    for sid, no, stored_mark, ops, took in rows:
        assert chained(mark, sid, no, ops, stored_mark), "the mark covers what is stored"
        mark = stored_mark
        for effect in stored_effects(ops, took):
            applied = document.apply(effect.op, 1)
            assert applied.effect == effect, "an effect that is replayed is the same effect"
            document = applied.document
            effects.append(effect)
    assert document.value == replica.document.value
    assert mark == replica.mark
    for op in invert(effects):
        document = document.apply(op, 9).document
    assert document.value == first.value


@given(st.integers(0, 2**32))
def test_another_history_has_another_mark_at_the_same_seq(seed: int) -> None:
    one, _, rows = history(seed, 2, 8)
    other, _, more = history(seed + 1, 2, 8)
    if one.seq == other.seq and rows != more:
        assert one.mark != other.mark
