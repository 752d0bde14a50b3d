"""Several writers on one log: all replicas equal the replay of the log, whatever the order of messages."""

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from tests.protocol.model import SHAPE, run


@given(st.integers(0, 2**32), st.integers(2, 5), st.integers(10, 60))
def test_all_replicas_equal_the_replay_of_the_log(seed: int, writers: int, steps: int) -> None:
    first, server, clients = run(seed, writers, steps)
    replay = first
    for w, effects in server.log:
        for effect in effects:
            applied = replay.apply(effect.op, w)
            assert applied.effect == effect
            assert not applied.renamed
            replay = applied.document
    assert replay.value == server.document.value
    for client in clients:
        assert client.confirmed.value == client.shown.value == server.document.value
    loaded = Document.load(server.document.value, SHAPE)
    assert set(loaded.elements()) == set(server.document.elements())
    for element in loaded.elements():
        assert loaded.home(element) == server.document.home(element)
