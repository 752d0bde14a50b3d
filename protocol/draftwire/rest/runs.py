"""Runs over HTTP: a piece of an AI session's work, begun by its agent, watched and stopped by people."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.route import Header, Route
from draftwire.wire.messages import ActorInfo, Positive, RunEvent, RunState, Whole

RunMode = Literal["apply", "suggest"]

LABEL_CHARS = 200
NOTE_CHARS = 4000
"""What a person tells an agent: some paragraphs, not a document."""


class NewRun(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an agent is about to do. ``mode`` suggest: nothing changes in anybody's draft until a person accepts it."""

    label: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS)]
    model: Annotated[str, Meta(max_length=LABEL_CHARS)] | None = None
    mode: RunMode = "apply"
    item: str | None = None  # where it begins, if it is known: who is there is told


class RunDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft in which a run has written."""

    item: str
    draft: str
    path: str | None = None


class RunStream(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text that a run writes piece by piece. What ended otherwise than ``closed`` is unfinished."""

    id: str
    item: str
    draft: str
    at: str
    state: Literal["open", "closed", "aborted", "stopped", "lost", "broken"]
    units: int
    opened_at: float
    ended_at: float | None = None
    reason: str | None = None


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """A run as its reader may know it: of the drafts that it wrote in, those that the reader may read.

    ``events`` is the number of its last event. ``lost``: its agent was not heard of for a while; it goes on with the
    next thing that the agent does. ``controls``: whether the reader may stop it.
    """

    id: str
    actor: ActorInfo
    label: str
    mode: RunMode
    state: RunState
    started_at: float
    seen_at: float
    events: int
    controls: bool
    model: str | None = None
    ended_at: float | None = None
    drafts: tuple[RunDraft, ...] = ()
    streams: tuple[RunStream, ...] = ()


class RunQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which runs: by state, of an item, one's own; ``before`` continues a list after its last run."""

    state: tuple[RunState, ...] = ()
    item: str | None = None
    mine: bool = False
    before: str | None = None
    limit: Positive = 50


class RunPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Runs, the latest first. ``next`` goes into ``before`` for those that follow."""

    runs: tuple[Run, ...]
    next: str | None = None


class RunNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person tells the agent: "use the other table"."""

    text: Annotated[str, Meta(min_length=1, max_length=NOTE_CHARS)]


class RunWord(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Why a run is paused, stopped, resumed or ended; it may stay empty."""

    text: Annotated[str, Meta(max_length=NOTE_CHARS)] | None = None


class RunEventQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Events after a number; an empty answer waits for ``wait_s`` seconds, at most 30."""

    after: Whole = 0
    wait_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
    limit: Positive = 100


class RunEventPage(msgspec.Struct, frozen=True):
    """Events in their order; ``next`` goes into ``after``. ``told``: up to which its agent has said that it knows."""

    events: tuple[RunEvent, ...]
    next: int
    state: RunState
    told: int = 0


class RunHeard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to which event an agent knows what happened to its run."""

    event: Whole


class RunNoted(msgspec.Struct, frozen=True):
    """A run after a change; ``changed`` False: it was so already."""

    run: str
    state: RunState
    changed: bool
    event: int


# ---- routes

KEY = Header("Idempotency-Key", "A retry with the same key begins no second run: it gives the first one, as it is now.")
OVER = ("forbidden", "run_stopped", "run_ended")

BEGIN_RUN = Route(
    id="begin_run",
    method="POST",
    path="runs",
    api="runs.begin",
    body=NewRun,
    answer=Run,
    status=201,
    headers=(KEY,),
    codes=("forbidden", "too_many", "suggest_only", "idempotency_reused"),
    summary="Begin a run",
    description="""
    Begin a piece of an agent's work, for the agent that asks: what it does can then be told, stopped, undone.
    """,
)

LIST_RUNS = Route(
    id="list_runs",
    method="GET",
    path="runs",
    api="runs.page",
    query=RunQuery,
    answer=RunPage,
    codes=("not_found", "bad_cursor"),
    summary="List runs",
    description="""
    Runs of one's own agents, and those that have written in drafts that one may read; the latest first.
    """,
)

LOAD_RUN = Route(
    id="load_run",
    method="GET",
    path="runs/{run}",
    api="runs.get",
    answer=Run,
    summary="Look at a run",
    description="One run: who, for whom, its state, the drafts and streams that it has written.",
)

READ_RUN_EVENTS = Route(
    id="read_run_events",
    method="GET",
    path="runs/{run}/events",
    api="runs.events",
    first=("after",),
    query=RunEventQuery,
    answer=RunEventPage,
    summary="What happened to a run",
    description="""
    Notes of people, pauses, stops, decisions about suggestions, in their order; an empty answer waits ``wait_s``.
    """,
)

TOLD_OF_RUN = Route(
    id="told_of_run",
    method="POST",
    path="runs/{run}/told",
    api="runs.told",
    body=RunHeard,
    answer=RunNoted,
    codes=("forbidden",),
    summary="Know what happened to a run",
    description="""
    Remember up to which event the run's agent knows: for agents that keep nothing between two requests.
    """,
)

NOTE_RUN = Route(
    id="note_run",
    method="POST",
    path="runs/{run}/notes",
    api="runs.note",
    body=RunNote,
    answer=RunNoted,
    status=201,
    codes=(*OVER, "quota"),
    summary="Tell the agent",
    description="Say something to the agent of a run.",
)

PAUSE_RUN = Route(
    id="pause_run",
    method="POST",
    path="runs/{run}/pause",
    api="runs.pause",
    first=("text",),
    body=RunWord,
    answer=RunNoted,
    codes=(*OVER, "quota"),
    summary="Pause a run",
    description="Commit nothing of the run until it is resumed; what is there stays.",
)

RESUME_RUN = Route(
    id="resume_run",
    method="POST",
    path="runs/{run}/resume",
    api="runs.resume",
    first=("text",),
    body=RunWord,
    answer=RunNoted,
    codes=(*OVER, "quota"),
    summary="Let a run go on",
    description="Let a paused run go on.",
)

STOP_RUN = Route(
    id="stop_run",
    method="POST",
    path="runs/{run}/stop",
    api="runs.stop",
    first=("text",),
    body=RunWord,
    answer=RunNoted,
    codes=OVER,
    summary="Stop a run",
    description="""
    End a run for good. No write of it that begins after this answer is committed; its streams stay unfinished.
    """,
)

END_RUN = Route(
    id="end_run",
    method="POST",
    path="runs/{run}/end",
    api="runs.end",
    first=("text",),
    body=RunWord,
    answer=RunNoted,
    codes=OVER,
    summary="End a run",
    description="The agent has done its work. Streams that it left open are marked as aborted.",
)
