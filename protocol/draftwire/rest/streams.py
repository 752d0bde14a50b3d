"""Streams: a text that an agent writes piece by piece, as it comes from a model, at a place that follows edits.

A piece says where it begins (``offset``, in UTF-16 units of everything sent). What is already committed is skipped, so
you can send a piece again after a lost answer, through any worker.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.route import Route
from draftwire.rest.tools import Where
from draftwire.wire.messages import Positive, Whole

StreamState = Literal["open", "closed", "aborted", "stopped", "lost", "broken"]


class NewStream(Where, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Where to write the text, in the text leaf ``at`` of the state that was read.

    One of: ``line`` (before it; the number of lines + 1: at the end), ``after`` or ``before`` a text that occurs once,
    or lines ``first`` … ``last``, which the first piece replaces. ``lease_s``: after this time without a piece, the
    agent has lost the stream; an empty piece renews it.
    """

    at: str
    line: Positive | None = None
    after: Annotated[str, Meta(min_length=1)] | None = None
    before: Annotated[str, Meta(min_length=1)] | None = None
    first: Positive | None = None
    last: Positive | None = None
    read_seq: Whole | None = None
    lease_s: Annotated[float, Meta(ge=1, le=300)] | None = None


class Stream(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stream: how much of it is committed, and at which state of the draft."""

    id: str
    run: str
    item: str
    draft: str
    at: str
    state: StreamState
    units: int
    seq: int
    lease_s: float
    reason: str | None = None


class AppendToStream(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A piece of the text. Without ``offset`` it follows everything that this worker has received."""

    text: str
    offset: Whole | None = None
    wait: bool = True  # for the commit; else the answer says what is committed so far


class CloseStream(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The end of the text. ``units``: everything that was sent, to check that nothing is missing."""

    units: Whole | None = None


# ---- routes

OVER = ("run_stopped", "run_ended")
WRITES = (*OVER, "run_paused", "suggest_only", "read_only", "mode_forbids", "archived", "generation_changed")
PLACES = ("no_match", "many_matches", "out_of_range", "no_such_place", "not_text", "precondition_required")

OPEN_STREAM = Route(
    id="open_stream",
    method="POST",
    path="runs/{run}/streams",
    api="runs.open_stream",
    body=NewStream,
    answer=Stream,
    status=201,
    codes=(*WRITES, *PLACES, "too_many"),
    summary="Open a stream",
    description="Starts a text that the agent writes piece by piece. Its place moves along with everyone's edits.",
    who="the run's agent, if it can edit the draft",
)

LOAD_STREAM = Route(
    id="load_stream",
    method="GET",
    path="runs/{run}/streams/{stream}",
    api="runs.stream",
    answer=Stream,
    codes=(*OVER, "stream_over"),
    summary="Get a stream",
    description="Returns the stream with ``units``, the amount that is committed. Continue from there.",
    who="the run's agent",
)

APPEND_TO_STREAM = Route(
    id="append_to_stream",
    method="POST",
    path="runs/{run}/streams/{stream}/append",
    api="runs.append",
    body=AppendToStream,
    answer=Stream,
    codes=(*WRITES, "stream_gap", "stream_over", "anchor_gone", "stale_region", "bad_text", "too_large", "too_fast"),
    summary="Append to a stream",
    description="""
    Writes the next piece. Pieces are committed together, about every 40 ms. With ``offset`` you can safely send a
    piece again.
    """,
    who="the run's agent, if it can edit the draft",
)

CLOSE_STREAM = Route(
    id="close_stream",
    method="POST",
    path="runs/{run}/streams/{stream}/close",
    api="runs.close_stream",
    first=("units",),
    body=CloseStream,
    answer=Stream,
    codes=(*WRITES, "stream_gap", "stream_over", "anchor_gone", "stale_region"),
    summary="Close a stream",
    description="Marks the text as complete, after all of it is committed.",
    who="the run's agent",
)

ABORT_STREAM = Route(
    id="abort_stream",
    method="POST",
    path="runs/{run}/streams/{stream}/abort",
    api="runs.abort_stream",
    answer=Stream,
    codes=(*OVER, "stream_over"),
    summary="Abort a stream",
    description="Stops writing. The text that is there stays and is marked as unfinished.",
    who="the run's agent",
)
