"""Routes of runs: begun by an agent, watched, told, paused and stopped by people."""

from draftwire.rest.runs import (
    NewRun,
    Run,
    RunEventPage,
    RunEventQuery,
    RunNote,
    RunNoted,
    RunPage,
    RunQuery,
    RunTold,
    RunWord,
)
from draftwire_server.http.serving.conditions import once_of
from draftwire_server.http.serving.operation import Call, Header, operation

BASE = "/v1/w/{workspace}/runs"
KEY = Header("Idempotency-Key", "A retry with the same key begins no second run: it gives the first one, as it is now.")
OVER = ("forbidden", "run_stopped", "run_ended")


@operation(
    "POST", BASE, summary="Begin a run", status=201, headers=(KEY,),
    problems=("forbidden", "too_many", "suggest_only", "idempotency_reused"),
)  # fmt: skip
async def begin_run(call: Call, body: NewRun) -> Run:
    """Begin a piece of an agent's work, for the agent that asks: what it does can then be told, stopped, undone."""
    return await call.runtime.runs.begin(call.principal, body, once_of(call.request, body))


@operation("GET", BASE, summary="List runs", problems=("not_found", "bad_cursor"))
async def list_runs(call: Call, query: RunQuery) -> RunPage:
    """Runs of one's own agents, and those that have written in drafts that one may read; the latest first."""
    return await call.runtime.runs.page(call.principal, query)


@operation("GET", BASE + "/{run}", summary="Look at a run")
async def load_run(call: Call) -> Run:
    """One run: who, for whom, its state, the drafts and streams that it has written."""
    return await call.runtime.runs.load(call.principal, call.named("run"))


@operation("GET", BASE + "/{run}/events", summary="What happened to a run")
async def read_run_events(call: Call, query: RunEventQuery) -> RunEventPage:
    """Notes of people, pauses, stops, decisions about suggestions, in their order; an empty answer waits ``wait_s``."""
    return await call.runtime.runs.events(call.principal, call.named("run"), query)


@operation("POST", BASE + "/{run}/told", summary="Know what happened to a run", problems=("forbidden",))
async def told_of_run(call: Call, body: RunTold) -> RunNoted:
    """Remember up to which event the run's agent knows: for agents that keep nothing between two requests."""
    return await call.runtime.runs.told(call.principal, call.named("run"), body.event)


@operation("POST", BASE + "/{run}/notes", summary="Tell the agent", status=201, problems=(*OVER, "quota"))
async def note_run(call: Call, body: RunNote) -> RunNoted:
    """Say something to the agent of a run."""
    return await call.runtime.runs.note(call.principal, call.named("run"), body.text)


@operation("POST", BASE + "/{run}/pause", summary="Pause a run", problems=(*OVER, "quota"))
async def pause_run(call: Call, body: RunWord) -> RunNoted:
    """Commit nothing of the run until it is resumed; what is there stays."""
    return await call.runtime.runs.pause(call.principal, call.named("run"), body.text)


@operation("POST", BASE + "/{run}/resume", summary="Let a run go on", problems=(*OVER, "quota"))
async def resume_run(call: Call, body: RunWord) -> RunNoted:
    """Let a paused run go on."""
    return await call.runtime.runs.resume(call.principal, call.named("run"), body.text)


@operation("POST", BASE + "/{run}/stop", summary="Stop a run", problems=OVER)
async def stop_run(call: Call, body: RunWord) -> RunNoted:
    """End a run for good. No write of it that begins after this answer is committed; its streams stay unfinished."""
    return await call.runtime.runs.stop(call.principal, call.named("run"), body.text)


@operation("POST", BASE + "/{run}/end", summary="End a run", problems=OVER)
async def end_run(call: Call, body: RunWord) -> RunNoted:
    """The agent has done its work. Streams that it left open are marked as aborted."""
    return await call.runtime.runs.end(call.principal, call.named("run"), body.text)


operations = [
    begin_run, list_runs, load_run, read_run_events, told_of_run, note_run, pause_run, resume_run, stop_run, end_run,
]  # fmt: skip
