"""A stash that is full keeps nothing: the client keeps the text, does not say "saved", and asks again, seldom."""

from draftwire.session.line import PARK_AGAIN_AFTER_S, ROOM_AGAIN_AFTER_S, Line
from draftwire.session.replica import Parking
from draftwire.wire.messages import ParkedText


def test_a_text_that_found_no_room_stays_with_the_client_and_is_offered_again_every_minute() -> None:
    line = Line(lambda: "key")
    line.greeted = True
    line.park("d", 1, Parking("refused", "stale", 1, (ParkedText("/a", "mine"),)), "i")
    (park,) = line.take()
    assert line.park_failed(1, "quota")
    assert line.parks("d")
    line.now = PARK_AGAIN_AFTER_S
    line.tick()
    assert line.take() == []
    line.now = ROOM_AGAIN_AFTER_S
    line.tick()
    assert line.take() == [park]
    assert line.parked(1) == "d"
    assert not line.parks("d")
