"""What an open conflict needs to be over: an edit by a party, a person, who had both texts on screen for a while."""

import pytest

from draftwire.document.carry import Range
from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import Author, Decided, Live, Plan
from draftwire_server.core.edits.replica import BOTH_ON_SCREEN_S, OpenOverlap, Replica
from draftwire_server.core.etag import first_mark
from tests.core.run_history import SHAPE

AT = "/title"
ADA, GRACE, EVE = (Author(name, name, name, name) for name in ("ada", "grace", "eve"))
AGENT = Author("ada", "ada", "tools", "tools", "run", True)
NOW = 1000.0


def begun() -> Replica:
    return Replica(1, 0, first_mark("d", 1, 1, "h"), Document.load({"title": "one line\nanother"}, SHAPE))


def write(
    replica: Replica, author: Author, at: int, text: str, now: float, seen: int | None = None, **rule: int
) -> Decided:
    plan = Plan(replica)
    base = replica.seq if seen is None else seen
    edit = Edit(
        draft="d", generation=1, base=base, mark=replica.mark_at(base) or "", seen=base,
        no=replica.last_no.get(replica.numbers.get(author.sid, 0), 0) + 1, key="k" * 22,
        ops=(Text(AT, ((at, 0, text),)),),
    )  # fmt: skip
    decided = plan.decide(edit, author, "type", now, Live(**rule))
    assert isinstance(decided, Decided)
    for writer in plan.writers:
        replica.join(writer)
    replica.extend(decided.entry, plan.document)
    return decided


@pytest.mark.parametrize(
    ("author", "at", "after_s", "fades", "over"),
    [
        (ADA, 2, BOTH_ON_SCREEN_S, False, True),
        (GRACE, 2, BOTH_ON_SCREEN_S, False, True),
        (ADA, 2, BOTH_ON_SCREEN_S - 0.1, False, False),
        (ADA, 12, BOTH_ON_SCREEN_S, False, False),
        (EVE, 2, BOTH_ON_SCREEN_S, False, False),
        (AGENT, 2, BOTH_ON_SCREEN_S, False, False),
        (ADA, 2, BOTH_ON_SCREEN_S, True, False),
    ],
)
def test_who_writes_there_later_has_chosen(author: Author, at: int, after_s: float, fades: bool, over: bool) -> None:
    replica = begun()
    region = Range(AT, 0, 8, start_after=False, end_after=True)
    overlap = OpenOverlap("a", frozenset(("ada", "grace")), "clash", region, 0, 0, NOW, fades)
    replica.overlaps.append(overlap)
    write(replica, author, at, "x", NOW + after_s)
    assert overlap.touched == over


@pytest.mark.parametrize(("began", "fades"), [(0, True), (1, False)])
def test_what_was_typed_before_the_connection_began_does_not_fade(began: int, fades: bool) -> None:
    replica = begun()
    write(replica, GRACE, 3, "hers", NOW)
    (contact,) = write(replica, ADA, 3, "his", NOW + 0.1, seen=0, began=began).contacts
    assert contact.fades == fades
