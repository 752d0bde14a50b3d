"""A workspace's event log over HTTP. `cursor_expired` carries the ``oldest`` number, `cursor_ahead` the ``head``."""

from typing import Annotated

import msgspec

from draftwire.rest.route import Route
from draftwire.wire.messages import EventInfo, Positive, Whole


class EventQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which events: those ``after`` a number (default: from now on), of one of these ``types``.

    A type is written in full (``version.deployed``) or by its prefix (``version.*``). With ``wait_s``, an empty answer
    waits for an event, at most 25 s. ``limit`` is at most 500.
    """

    after: Whole | None = None
    types: tuple[str, ...] = ()
    wait_s: Annotated[float, msgspec.Meta(ge=0)] = 0
    limit: Positive = 100


class EventPage(msgspec.Struct, frozen=True):
    """Events you can see, in commit order.

    ``next`` is the ``after`` of the next request: the last number that was examined, whether or not you can see it.
    ``head`` is the workspace's last number, ``oldest`` the first that is kept.
    """

    events: tuple[EventInfo, ...]
    next: int
    oldest: int
    head: int


# ---- routes

READ_EVENTS = Route(
    id="read_events",
    method="GET",
    path="events",
    api="events.read",
    first=("after",),
    query=EventQuery,
    answer=EventPage,
    codes=("cursor_expired", "cursor_ahead", "too_many"),
    summary="Read events",
    description="""
    Returns events after a number, in commit order and without gaps. Events are kept for 30 days.

    Continue from ``next``. With ``wait_s``, an empty answer waits for an event. You get events of items you can
    see; those about the workspace itself go to admins.
    """,
    who="every member, for the events they can see",
)
