"""Large differences and merges run in child processes, which end with their deadline or their owner."""

import pytest

from draftwire.document.document import Document
from draftwire.errors import Problem
from draftwire_server.kinds import load_kinds
from draftwire_server.limits.tuning import MERGE_INLINE_BYTES
from draftwire_server.services.merge.merge import Merges
from draftwire_server.services.worker.children import TooSlow

KIND = load_kinds().get("script")
LARGE = "".join(f"line {n} {'x' * 60}\n" for n in range(MERGE_INLINE_BYTES // 40))


async def test_what_a_child_finds_is_what_is_found_inline() -> None:
    base, mine = {"content": LARGE}, {"content": LARGE.replace("line 7 ", "mine 7 ")}
    theirs = {"content": LARGE.replace("line 4000 ", "theirs 4000 ")}
    merging = Merges(deadline_s=60)
    try:
        outcome = await merging.merge("w", KIND, base, mine, theirs)
        document = Document.load(theirs, KIND.document_shape)
        for op in outcome.ops:
            document = document.apply(op, 0).document
        assert not outcome.conflicts
        assert document.value["content"] == mine["content"].replace("line 4000 ", "theirs 4000 ")
        ops = (await merging.diff("w", KIND, mine, Document.load(base, KIND.document_shape))).ops
        assert Document.load(base, KIND.document_shape).apply(ops[0], 0).document.value == mine
    finally:
        await merging.close()


async def test_past_the_deadline_nothing_is_guessed_and_the_next_one_is_served() -> None:
    base = Document.load({"content": LARGE}, KIND.document_shape)
    merging = Merges(deadline_s=0.001)
    try:
        with pytest.raises(TooSlow):
            await merging.diff("w", KIND, {"content": "\n".join(reversed(LARGE.split("\n")))}, base)
        merging._deadline_s = 60
        assert (await merging.diff("w", KIND, {"content": LARGE + "x"}, base)).ops
    finally:
        await merging.close()


async def test_a_refusal_of_a_child_is_a_refusal() -> None:
    flow = load_kinds().get("flow")
    twice = {"value": {"modules": [{"id": "a"}, {"id": "a"}]}, "description": LARGE}
    base = Document.load({"value": {"modules": []}, "description": LARGE}, flow.document_shape)
    merging = Merges(deadline_s=60)
    try:
        with pytest.raises(Problem) as refused:
            await merging.diff("w", flow, twice, base)
        assert refused.value.code == "duplicate_id"
    finally:
        await merging.close()
