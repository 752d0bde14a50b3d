"""Routes of what a run did: looked at, undone, redone, restored and kept, by hunk, by item or whole."""

from draftwire.rest.undoing import (
    KEEP_RUN,
    READ_RUN_CHANGES,
    REDO_RUN,
    RESTORE_RUN,
    UNDO_RUN,
    RunChanges,
    RunChosen,
    RunUndone,
)
from draftwire_server.http.serving.operation import Call, serves


@serves(READ_RUN_CHANGES)
async def read_run_changes(call: Call) -> RunChanges:
    return await call.runtime.undoing.changes(call.principal, call.named("run"))


@serves(UNDO_RUN)
async def undo_run(call: Call, body: RunChosen) -> RunUndone:
    return await call.runtime.undoing.undo(call.principal, call.named("run"), body)


@serves(REDO_RUN)
async def redo_run(call: Call, body: RunChosen) -> RunUndone:
    return await call.runtime.undoing.redo(call.principal, call.named("run"), body)


@serves(RESTORE_RUN)
async def restore_run(call: Call, body: RunChosen) -> RunUndone:
    return await call.runtime.undoing.restore(call.principal, call.named("run"), body)


@serves(KEEP_RUN)
async def keep_run(call: Call, body: RunChosen) -> RunUndone:
    return await call.runtime.undoing.keep(call.principal, call.named("run"), body)
