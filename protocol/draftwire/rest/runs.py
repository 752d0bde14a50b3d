"""Runs over HTTP: a piece of an AI session's work, begun by its agent, watched and stopped by people."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

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


class RunTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to which event an agent knows what happened to its run."""

    event: Whole


class RunNoted(msgspec.Struct, frozen=True):
    """A run after a change; ``changed`` False: it was so already."""

    run: str
    state: RunState
    changed: bool
    event: int
