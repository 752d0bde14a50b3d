"""An author's ack goes out before the readers are served, and a retry brings its own batch, never more.

One draft in this process, with readers that keep what is written to them.
"""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import Author, Plan
from draftwire_server.core.edits.replica import Replica
from draftwire_server.core.edits.stream import Stretch, ops_payload
from draftwire_server.core.etag import first_mark
from draftwire_server.core.frames import text_frame
from draftwire_server.limits.tuning import SNAPSHOT_BYTES, SNAPSHOT_OPS
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.followers import Following
from tests.core.run_history import SHAPE

NOTHING: Any = SimpleNamespace()
ADA = Author("ada", "ada", "ada", "ada")


class Kept:
    """A reader that keeps its frames."""

    principal: Any = None

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.behind = False

    def write(self, frames: bytes, channel: str) -> None:
        self.frames.append(frames)

    def writable_again(self) -> None: ...

    def decide_again(self, following: Following) -> None: ...

    def state_again(self, following: Following) -> None: ...


@pytest.fixture
def live() -> LiveDraft:
    made = LiveDraft("w", "d", NOTHING, NOTHING, NOTHING, NOTHING, lambda: False)
    made.state.start(Replica(1, 0, first_mark("d", 1, 1, "h"), Document.load({"title": "text"}, SHAPE)), 16, 1)
    made.state.begun()
    return made


def follow(live: LiveDraft) -> tuple[Following, Kept]:
    reader = Kept()
    following = Following(live, reader, live.replica.seq, "type", None)
    live.followers.add(following)
    return following, reader


def commit(live: LiveDraft, text: str = "x") -> None:
    """A batch of Ada's, as if a lane had just committed it."""
    plan, replica = Plan(live.replica), live.replica
    no = replica.last_no.get(1, 0) + 1
    edit = Edit("d", 1, replica.seq, replica.mark, replica.seq, no, f"k{no}", (Text("/title", ((0, 0, text),)),))
    plan.decide(edit, ADA, "type", 0.0)
    for writer in plan.writers:
        replica.join(writer)
    entry = plan.decided[0].entry
    replica.extend(entry, plan.documents[0])
    payload = ops_payload("d", 1, [entry], {}, [])
    live.followers.extended(Stretch(entry.seq - 1, entry.seq, payload, text_frame(payload)))
    live.state.count_ops([entry])


async def test_the_author_is_answered_before_the_readers(live: LiveDraft) -> None:
    readers = [follow(live)[1] for _ in range(3)]
    author, acked = follow(live)
    commit(live)
    assert live.followers.serve(author)
    assert len(acked.frames) == 1
    assert not any(reader.frames for reader in readers)
    await asyncio.sleep(0)
    assert [reader.frames for reader in readers] == [acked.frames] * 3  # and the author's came once


async def test_a_retry_brings_its_own_batch_and_none_of_the_tail(live: LiveDraft) -> None:
    author, acked = follow(live)
    for _ in range(200):
        commit(live, "y" * 1_000)
    live.followers.serve(author)
    acked.frames.clear()
    assert live.followers.again(author, 1)
    assert len(acked.frames) == 1
    assert len(acked.frames[0]) < 2_000
    assert b'"from":0,"to":1,' in acked.frames[0]


async def test_to_who_takes_nothing_a_retry_writes_nothing(live: LiveDraft) -> None:
    author, acked = follow(live)
    for _ in range(3):
        commit(live)
    live.followers.serve(author)
    acked.frames.clear()
    acked.behind = True
    for _ in range(1_000):
        assert live.followers.again(author, 2)
    assert not acked.frames
    acked.behind = False  # it reads again: the batch comes by the cursor, once
    live.followers.serve(author)
    assert len(acked.frames) == 1
    assert author.cursor == 3


async def test_a_batch_older_than_what_is_kept_is_not_sent_alone(live: LiveDraft) -> None:
    author, acked = follow(live)
    for _ in range(10):
        commit(live)
    live.followers.serve(author)
    acked.frames.clear()
    live.replica.trim(4, 10**9)
    assert not live.followers.again(author, 1)
    assert not acked.frames


async def test_that_a_snapshot_is_due_is_known_without_encoding_the_document(
    live: LiveDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.state.start(live.replica, 8 * SNAPSHOT_BYTES, 1)
    with monkeypatch.context() as patch:
        patch.setattr(live.state, "value_json", lambda: pytest.fail("it was encoded"))
        while not live.state.snapshot_due:
            commit(live, "z" * 10_000)
    assert sum(len(entry.ops) for entry in live.replica.after(0)) >= 2 * SNAPSHOT_BYTES
    assert live.replica.seq < SNAPSHOT_OPS
    live.state.measure()
    assert live.state.bytes_at_most == len(live.value_json())


async def test_who_follows_a_draft_that_begins_anew_gets_the_pieces_of_its_new_value(live: LiveDraft) -> None:
    """Nobody has begun it: after a deploy it is at seq 0 of the same generation, with another text."""
    fresh, unbegun = (LiveDraft("w", "d", NOTHING, NOTHING, NOTHING, NOTHING, lambda: False) for _ in range(2))
    for made, text, version in ((unbegun, "before", 1), (fresh, "after", 2)):
        document = Document.load({"title": text}, SHAPE)
        made.state.start(Replica(1, 0, first_mark("d", 1, version, text), document), 16, version)
    assert b"before" in b"".join(unbegun.followers.pieces())
    unbegun.begin_anew(fresh)
    assert b"after" in b"".join(unbegun.followers.pieces())
    assert b"after" in unbegun.value_json()
