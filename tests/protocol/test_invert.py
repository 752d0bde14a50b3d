"""Histories are undone from their effects alone."""

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.invert import invert
from draftwire.document.ops import Effect
from tests.protocol.model import World


@given(st.integers(0, 2**32), st.integers(1, 12))
def test_a_random_history_is_undone_exactly(seed: int, steps: int) -> None:
    world = World(seed)
    first = document = world.document()
    effects: list[Effect] = []
    for _ in range(steps):
        op = world.op(document)
        if op is not None:
            applied = document.apply(op, 3)
            assert applied.effect is not None
            effects.append(applied.effect)
            document = applied.document
    for op in invert(effects):
        applied = document.apply(op, 9)
        assert applied.effect is not None
        assert not applied.renamed
        document = applied.document
    assert document.value == first.value
    assert {id_: document.home(id_) for id_ in document.elements()} == {
        id_: first.home(id_) for id_ in first.elements()
    }
