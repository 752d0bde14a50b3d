"""Routes of runs: begun by an agent, watched, told, paused and stopped by people."""

from draftwire.rest.runs import (
    BEGIN_RUN,
    END_RUN,
    LIST_RUNS,
    LOAD_RUN,
    NOTE_RUN,
    PAUSE_RUN,
    READ_RUN_EVENTS,
    RESUME_RUN,
    STOP_RUN,
    TOLD_OF_RUN,
    NewRun,
    Run,
    RunEventPage,
    RunEventQuery,
    RunHeard,
    RunNote,
    RunNoted,
    RunPage,
    RunQuery,
    RunWord,
)
from draftwire_server.http.serving.conditions import once_of
from draftwire_server.http.serving.operation import Call, serves


@serves(BEGIN_RUN)
async def begin_run(call: Call, body: NewRun) -> Run:
    return await call.runtime.runs.begin(call.principal, body, once_of(call.request, body))


@serves(LIST_RUNS)
async def list_runs(call: Call, query: RunQuery) -> RunPage:
    return await call.runtime.runs.page(call.principal, query)


@serves(LOAD_RUN)
async def load_run(call: Call) -> Run:
    return await call.runtime.runs.load(call.principal, call.named("run"))


@serves(READ_RUN_EVENTS)
async def read_run_events(call: Call, query: RunEventQuery) -> RunEventPage:
    return await call.runtime.runs.events(call.principal, call.named("run"), query)


@serves(TOLD_OF_RUN)
async def told_of_run(call: Call, body: RunHeard) -> RunNoted:
    return await call.runtime.runs.told(call.principal, call.named("run"), body.event)


@serves(NOTE_RUN)
async def note_run(call: Call, body: RunNote) -> RunNoted:
    return await call.runtime.runs.note(call.principal, call.named("run"), body.text)


@serves(PAUSE_RUN)
async def pause_run(call: Call, body: RunWord) -> RunNoted:
    return await call.runtime.runs.pause(call.principal, call.named("run"), body.text)


@serves(RESUME_RUN)
async def resume_run(call: Call, body: RunWord) -> RunNoted:
    return await call.runtime.runs.resume(call.principal, call.named("run"), body.text)


@serves(STOP_RUN)
async def stop_run(call: Call, body: RunWord) -> RunNoted:
    return await call.runtime.runs.stop(call.principal, call.named("run"), body.text)


@serves(END_RUN)
async def end_run(call: Call, body: RunWord) -> RunNoted:
    return await call.runtime.runs.end(call.principal, call.named("run"), body.text)
