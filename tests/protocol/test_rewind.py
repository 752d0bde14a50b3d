"""What a client does when its log is rewound or a frame would not hold its text: the session alone, without I/O."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from draftwire.document.ops import Remove, Set, Text
from draftwire.errors import Problem
from draftwire.session.events import Changed, Rewound, SessionEvent, TextsParked
from draftwire.session.session import Session
from draftwire.wire import messages as m

ACTOR = m.ActorInfo(id="a", kind="user", name="Ada", user="u")
MINE = m.WriterInfo(w=1, actor=ACTOR, sid="me")
THEIRS = m.WriterInfo(w=2, actor=ACTOR, sid="she")
FRAME_BYTES = 8_192


class Rig:
    """A session that follows one draft; time stands still."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.keys: Iterator[int] = count()
        self.session = Session("s", lambda: f"k{next(self.keys)}")
        self.said: list[SessionEvent] = []
        self.session.open(item="i")
        self.greet()
        self.state(value, seq=0, mark="m0", ref=1)
        self.session.take_outgoing()

    def greet(self) -> None:
        self.session.connected("token")
        self.take(
            m.Welcome(
                session="s", sid="me", resume="r", worker="w", workspace="ws", actor=ACTOR, server="0", ping_s=8,
                limits={"frame_bytes": FRAME_BYTES},
            )
        )  # fmt: skip

    def take(self, message: m.ServerMessage) -> None:
        self.said += self.session.receive(message, 0.0)

    def state(self, value: dict[str, Any], *, seq: int, mark: str, ref: int = 0, may: str = "type") -> None:
        self.take(
            m.State(
                draft="d", item="i", purpose="shared", owner=None, generation=1, seq=seq, mark=mark,
                may="type" if may == "type" else "look",
                shape=m.Shape(keyed=(), text=("/code",)), base_version=1, head_version=1, ref=ref, value=value,
            )
        )  # fmt: skip

    def type(self, text: str, position: int = 0) -> None:
        self.session.edit("d", [Text("/code", ((position, 0, text),))], 0.0)

    def saved(self) -> None:
        """The server takes the edit that is under way."""
        [edit] = self.edits()
        self.take(
            m.Ops(
                draft="d", generation=1, from_=edit.base, to=edit.base + 1, mark=f"m{edit.base + 1}",
                batches=(m.Batch(1, edit.no, tuple(edit.ops)),), writers=(MINE,),
            )
        )  # fmt: skip
        assert self.status == "saved"

    def rewound(self) -> None:
        self.take(m.Reset("d", "rewound", 1))

    def stashed(self) -> list[m.Park]:
        """What goes into the stash now, and its confirmation."""
        parks = [message for message in self.session.take_outgoing() if isinstance(message, m.Park)]
        for park in parks:
            self.take(m.Parked(park.ref, "st"))
        return parks

    def edits(self) -> list[m.Edit]:
        return [message for message in self.session.take_outgoing() if isinstance(message, m.Edit)]

    def offers(self) -> list[Rewound]:
        return [event for event in self.said if isinstance(event, Rewound)]

    @property
    def status(self) -> str:
        return self.session.status("d")

    @property
    def value(self) -> Any:
        replica = self.session.draft("d")
        assert replica is not None
        return replica.view.value


def lost(*, types: str = "saved ") -> Rig:
    """A rig whose log was restored from before what it had been told was saved."""
    rig = Rig({"code": "one\n", "name": "n"})
    rig.type(types)
    rig.saved()
    rig.rewound()
    rig.state({"code": "one\n", "name": "n"}, seq=0, mark="other")
    return rig


def test_what_was_told_saved_and_is_not_there_after_a_rewind_is_stashed_and_offered() -> None:
    rig = lost()
    assert rig.value["code"] == "one\n"
    assert rig.status == "conflict"
    [offer] = rig.offers()
    assert offer.ops == (Text("/code", ((0, 0, "saved "),)),)
    [park] = rig.stashed()
    assert (park.reason, park.texts) == ("rewound", (m.ParkedText("/code", "saved one\n", "one\n"),))


def test_the_offered_ops_are_an_edit_like_any_other() -> None:
    rig = lost()
    rig.stashed()
    rig.session.edit("d", rig.offers()[0].ops, 0.0)
    assert rig.value["code"] == "saved one\n"


def test_bringing_it_back_sends_it_and_the_status_may_say_saved_again() -> None:
    rig = lost()
    rig.stashed()
    events = rig.session.bring_back("d", 0.0)
    changed = [event for event in events if isinstance(event, Changed)]
    assert [(c.text[0].at, c.text[0].s) for c in changed] == [("/code", ((0, 0, "saved "),))]
    assert rig.value["code"] == "saved one\n"
    rig.saved()
    assert rig.session.bring_back("d", 0.0) == []


def test_bringing_it_back_keeps_what_was_written_since_and_what_another_brought_back() -> None:
    rig = lost()
    rig.stashed()
    effect = Text("/code", ((0, 0, "saved "), (4, 0, "since\n")))
    rig.take(
        m.Ops(draft="d", generation=1, from_=0, to=1, mark="x1", batches=(m.Batch(2, 1, (effect,)),), writers=(THEIRS,))
    )
    rig.session.bring_back("d", 0.0)
    assert rig.value["code"] == "saved one\nsince\n"
    assert rig.edits() == []
    assert rig.status == "saved"


def test_dismissing_it_ends_the_offer() -> None:
    rig = lost()
    rig.stashed()
    rig.session.dismiss_parked("d")
    assert rig.status == "saved"
    assert rig.session.bring_back("d", 0.0) == []
    assert rig.value["code"] == "one\n"


def test_pending_text_is_stashed_once_and_is_part_of_the_offer() -> None:
    rig = Rig({"code": "one\n", "name": "n"})
    rig.session.edit("d", [Set("/name", "saved")], 0.0)
    rig.saved()
    rig.type("pending ")
    rig.rewound()
    [first] = rig.stashed()
    assert [text.mine for text in first.texts] == ["pending one\n"]
    rig.state({"code": "one\n", "name": "n"}, seq=0, mark="other")
    [second] = rig.stashed()
    assert second.texts == (m.ParkedText("/name", "saved", "n"),)
    rig.session.bring_back("d", 0.0)
    assert rig.value == {"code": "pending one\n", "name": "saved"}
    assert rig.status == "saving"


def test_a_removal_that_was_lost_is_offered_though_it_leaves_no_text_to_stash() -> None:
    rig = Rig({"code": "one\n", "name": "n"})
    rig.session.edit("d", [Remove("/name")], 0.0)
    rig.saved()
    rig.rewound()
    rig.state({"code": "one\n", "name": "n"}, seq=0, mark="other")
    assert rig.stashed() == []
    assert rig.offers()[0].ops == (Remove("/name"),)
    assert rig.status == "conflict"


def test_a_rewind_that_lost_nothing_offers_nothing() -> None:
    rig = Rig({"code": "one\n"})
    rig.type("saved ")
    rig.saved()
    rig.rewound()
    rig.state({"code": "saved one\n"}, seq=1, mark="other")
    assert rig.offers() == []
    assert rig.status == "saved"


def test_the_offer_waits_for_a_state_that_comes_on_another_connection() -> None:
    rig = Rig({"code": "one\n"})
    rig.type("saved ")
    rig.saved()
    rig.rewound()
    rig.session.disconnected(1006)
    rig.greet()
    rig.state({"code": "one\n"}, seq=0, mark="other")
    assert len(rig.offers()) == 1


def test_who_only_looked_is_not_asked() -> None:
    rig = Rig({"code": "one\n"})
    rig.rewound()
    rig.state({"code": "less\n"}, seq=0, mark="other", may="look")
    assert rig.offers() == []
    assert rig.status == "read_only"


def test_a_writers_number_of_the_old_log_is_not_taken_for_ones_own() -> None:
    rig = lost()
    rig.stashed()
    effect = Text("/code", ((0, 0, "x"),))
    other = m.WriterInfo(w=1, actor=ACTOR, sid="she")
    rig.take(
        m.Ops(draft="d", generation=1, from_=0, to=1, mark="x1", batches=(m.Batch(1, 1, (effect,)),), writers=(other,))
    )
    replica = rig.session.draft("d")
    assert replica is not None
    assert (replica.last_no, rig.value["code"]) == (0, "xone\n")


def test_an_edit_that_no_frame_holds_is_refused_here_and_changes_nothing() -> None:
    rig = Rig({"code": "one\n"})
    with pytest.raises(Problem) as refused:
        rig.type("語" * 3_000)
    assert refused.value.code == "too_large"
    assert "Save it as a whole document" in refused.value.message
    assert (rig.value["code"], rig.status, rig.edits()) == ("one\n", "saved", [])
    rig.type("y" * 3_000)
    with pytest.raises(Problem):
        rig.type("x" * 3_000)  # with what waits already it is too large
    assert rig.value["code"] == "y" * 3_000 + "one\n"
    assert len(rig.edits()) == 1


def test_texts_go_into_the_stash_in_portions_that_frames_hold() -> None:
    rig = Rig({"code": "one\n", "a": "", "b": ""})
    rig.session.edit("d", [Set("/a", "a" * 2_000)], 0.0)
    rig.saved()
    rig.session.edit("d", [Set("/b", "b" * 3_000)], 0.0)
    rig.saved()
    rig.rewound()
    rig.state({"code": "one\n", "a": "", "b": "B" * 3_000}, seq=0, mark="other")
    assert [[(t.at, t.base) for t in park.texts] for park in rig.stashed()] == [[("/a", "")], [("/b", None)]]
    [told] = [event for event in rig.said if isinstance(event, TextsParked)]
    assert [text.at for text in told.parking.texts] == ["/a", "/b"]
