"""Runs over HTTP: a piece of an AI session's work, begun by its agent, watched and stopped by people."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.route import Header, Route
from draftwire.wire.messages import ActorInfo, Positive, RunEvent, Whole

RunState = Literal["running", "paused", "stopped", "ended", "lost"]
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
    description="Begins a run: a piece of an agent's work that people can watch, send notes to, stop and undo.",
    who="agents, for themselves",
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
    description="Returns runs, newest first. Filter them by state or item, or to your own.",
    who="everyone, for their agents' runs and runs in drafts they can read; workspace admins, for all",
)

LOAD_RUN = Route(
    id="load_run",
    method="GET",
    path="runs/{run}",
    api="runs.get",
    answer=Run,
    summary="Get a run",
    description="""
    Returns the run with its agent, the person it works for, its state, and the drafts and streams it has written
    that you can read.
    """,
    who="the run's agent and its person, everyone who can read a draft it wrote in, workspace admins",
)

READ_RUN_EVENTS = Route(
    id="read_run_events",
    method="GET",
    path="runs/{run}/events",
    api="runs.events",
    first=("after",),
    query=RunEventQuery,
    answer=RunEventPage,
    summary="List what happened to a run",
    description="""
    Returns notes, pauses, stops and decisions about suggestions, in order. If there is none yet, waits up to
    ``wait_s`` seconds.
    """,
    who="everyone who can see the run; the text of notes only those who can stop it",
)

TOLD_OF_RUN = Route(
    id="told_of_run",
    method="POST",
    path="runs/{run}/told",
    api="runs.told",
    body=RunHeard,
    answer=RunNoted,
    codes=("forbidden",),
    summary="Acknowledge a run's events",
    description="""
    Stores up to which event the agent knows about its run. Use it in agents that keep no state between requests.
    """,
    who="the run's agent",
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
    summary="Send a note to a run's agent",
    description="Adds a note to the run's events, which the agent reads.",
    who="the run's agent and person, people who can edit a draft it wrote in, workspace admins",
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
    description="Stops the run from writing until it is resumed. What it has written stays.",
    who="the run's agent and person, people who can edit a draft it wrote in, workspace admins",
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
    summary="Resume a run",
    description="Lets a paused run continue.",
    who="the run's agent and person, people who can edit a draft it wrote in, workspace admins",
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
    Ends a run for good. No write that begins after this answer is committed. Open streams stay unfinished.
    """,
    who="the run's agent and person, people who can edit a draft it wrote in, workspace admins",
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
    description="Marks the run's work as done. Streams that are still open are marked as aborted.",
    who="the run's agent",
)
