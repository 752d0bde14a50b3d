"""Routes of what a run did: looked at, undone, redone, restored and kept, by hunk, by item or whole."""

from draftwire.rest.undoing import RunChanges, RunChosen, RunUndone
from draftwire_server.http.serving.operation import Call, operation

BASE = "/v1/w/{workspace}/runs/{run}"


@operation("GET", BASE + "/changes", summary="What a run changed")
async def read_run_changes(call: Call) -> RunChanges:
    """Its changes in the drafts that you may read, hunk by hunk: whether they stand, and who has changed them since."""
    return await call.runtime.undoing.changes(call.principal, call.named("run"))


@operation("POST", BASE + "/undo", summary="Undo a run")
async def undo_run(call: Call, body: RunChosen) -> RunUndone:
    """Take back what a run did, under everybody's later changes; nobody else's text goes. Stop the run before."""
    return await call.runtime.undoing.undo(call.principal, call.named("run"), body)


@operation("POST", BASE + "/redo", summary="Redo a run")
async def redo_run(call: Call, body: RunChosen) -> RunUndone:
    """Do again what was undone of a run."""
    return await call.runtime.undoing.redo(call.principal, call.named("run"), body)


@operation("POST", BASE + "/restore", summary="Restore what an undo left away")
async def restore_run(call: Call, body: RunChosen) -> RunUndone:
    """Let text come back that a run took away and an undo left away, beside what others have written there since."""
    return await call.runtime.undoing.restore(call.principal, call.named("run"), body)


@operation("POST", BASE + "/keep", summary="Keep what a run did")
async def keep_run(call: Call, body: RunChosen) -> RunUndone:
    """Remember that changes of a run were looked at and stay: an undo of the whole passes them over."""
    return await call.runtime.undoing.keep(call.principal, call.named("run"), body)


operations = [read_run_changes, undo_run, redo_run, restore_run, keep_run]
