"""Runs over HTTP: a piece of an agent's work, begun by the agent, watched and stopped by people."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.route import Header, Route
from draftwire.wire.messages import ActorInfo, Positive, RunEvent, RunState, Whole

RunMode = Literal["apply", "suggest"]

LABEL_CHARS = 200
NOTE_CHARS = 4000
"""A note to an agent: a few paragraphs, not a document."""


class NewRun(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A run to begin. In ``mode`` suggest, drafts change only when a person accepts a suggestion."""

    label: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS)]
    model: Annotated[str, Meta(max_length=LABEL_CHARS)] | None = None
    mode: RunMode = "apply"
    item: str | None = None  # where it begins, if known: people there are notified


class RunDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft that a run has written in."""

    item: str
    draft: str
    path: str | None = None


class RunStream(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text that a run writes piece by piece. If it ended in any state except ``closed``, it is unfinished."""

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
    """A run as you may see it: ``drafts`` lists those you can read.

    ``events`` is the number of its last event. ``lost``: the agent has not been heard from for a while; the run
    continues with the agent's next action. ``controls``: whether you may stop it.
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
    """Filters: by state, by item, your own. ``before`` is the ``next`` of the previous page."""

    state: tuple[RunState, ...] = ()
    item: str | None = None
    mine: bool = False
    before: str | None = None
    limit: Positive = 50


class RunPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Runs, newest first. ``next`` is the ``before`` of the next page."""

    runs: tuple[Run, ...]
    next: str | None = None


class RunNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note to the agent: "use the other table"."""

    text: Annotated[str, Meta(min_length=1, max_length=NOTE_CHARS)]


class RunWord(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Why the run is paused, stopped, resumed or ended. Optional."""

    text: Annotated[str, Meta(max_length=NOTE_CHARS)] | None = None


class RunEventQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Events after a number. If there are none, the request waits ``wait_s`` seconds, at most 25."""

    after: Whole = 0
    wait_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
    limit: Positive = 100


class RunEventPage(msgspec.Struct, frozen=True):
    """Events in order. ``next`` is the ``after`` of the next request. ``told``: the last event acknowledged."""

    events: tuple[RunEvent, ...]
    next: int
    state: RunState
    told: int = 0


class RunHeard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last event the agent knows about."""

    event: Whole


class RunNoted(msgspec.Struct, frozen=True):
    """A run after a change. ``changed`` false: it was already in that state."""

    run: str
    state: RunState
    changed: bool
    event: int


# ---- routes

KEY = Header(
    "Idempotency-Key", "A retry with the same key returns the first run as it is now, and begins no second one."
)
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
