"""Routes of an agent's tools and streams, below its run."""

from draftwire.rest.streams import Append, Close, NewStream, Stream
from draftwire.rest.tools import Edited, Read, ReadAnswer, Search, SearchAnswer, ToolEdits
from draftwire_server.http.serving.conditions import idempotency_key
from draftwire_server.http.serving.operation import Call, Header, operation
from draftwire_server.limits import KEY_CHARS

BASE = "/v1/w/{workspace}/runs/{run}"
OVER = ("run_stopped", "run_ended")
WRITES = (*OVER, "run_paused", "suggest_only", "read_only", "mode_forbids", "archived", "generation_changed")
PLACES = ("no_match", "many_matches", "out_of_range", "no_such_place", "not_text", "precondition_required")
OPS = ("bad_text", "bad_op", "bad_address", "not_keyed", "bad_place", "id_fixed", "duplicate_id", "plain_secret")
KEY = Header("Idempotency-Key", "A retry with the same key changes nothing more.")


@operation(
    "POST", BASE + "/read", summary="Read in a draft", problems=(*OVER, *PLACES, "bad_message"), reads=True
)  # fmt: skip
async def read_draft(call: Call, body: Read) -> ReadAnswer:
    """The document, a part of it, or lines of a text; and what others changed since the run last read the draft."""
    return await call.runtime.tools.read(call.principal, call.named("run"), body)


@operation(
    "POST", BASE + "/search", summary="Search in texts", problems=(*OVER, "bad_message", "busy"), reads=True
)  # fmt: skip
async def search_texts(call: Call, body: Search) -> SearchAnswer:
    """Lines that hold a text or match a pattern, in one draft or in all items that the agent may see."""
    return await call.runtime.finding.search(call.principal, call.named("run"), body)


@operation(
    "POST", BASE + "/edit", summary="Edit a draft", headers=(KEY,),
    problems=(
        *WRITES, *PLACES, *OPS, "stale_region", "overlaps_own_edit", "too_fast", "base_ahead", "base_expired",
        "too_much_work",
    ),
)  # fmt: skip
async def edit_draft(call: Call, body: ToolEdits) -> Edited:
    """Edit what was read. Only a change in the very place that an edit is made for refuses it (`stale_region`)."""
    key = idempotency_key(call.request)
    return await call.runtime.tools.edit(call.principal, call.named("run"), body, key and key[:KEY_CHARS])


@operation(
    "POST", BASE + "/streams", summary="Open a stream", status=201, problems=(*WRITES, *PLACES, "too_many")
)  # fmt: skip
async def open_stream(call: Call, body: NewStream) -> Stream:
    """Begin a text that is written piece by piece, at a place that follows everybody's edits."""
    return await call.runtime.streams.open(call.principal, call.named("run"), body)


@operation("GET", BASE + "/streams/{stream}", summary="Look at a stream", problems=(*OVER, "stream_over"))
async def load_stream(call: Call) -> Stream:
    """How much of it is committed: whoever carries it on begins there."""
    return await call.runtime.streams.load(call.principal, call.named("run"), call.named("stream"))


@operation(
    "POST", BASE + "/streams/{stream}/append", summary="Append to a stream",
    problems=(*WRITES, "stream_gap", "stream_over", "anchor_gone", "stale_region", "bad_text", "too_large", "too_fast"),
)  # fmt: skip
async def append_to_stream(call: Call, body: Append) -> Stream:
    """Write the next piece; with its ``offset`` it may be sent again. It is committed with others of some 40 ms."""
    return await call.runtime.streams.append(call.principal, call.named("run"), call.named("stream"), body)


@operation(
    "POST", BASE + "/streams/{stream}/close", summary="Close a stream",
    problems=(*WRITES, "stream_gap", "stream_over", "anchor_gone", "stale_region"),
)  # fmt: skip
async def close_stream(call: Call, body: Close) -> Stream:
    """The text is complete and committed."""
    return await call.runtime.streams.close(call.principal, call.named("run"), call.named("stream"), body)


@operation("POST", BASE + "/streams/{stream}/abort", summary="Abort a stream", problems=(*OVER, "stream_over"))
async def abort_stream(call: Call) -> Stream:
    """Write nothing more. What is there stays, marked as unfinished."""
    return await call.runtime.streams.abort(call.principal, call.named("run"), call.named("stream"))


operations = [
    read_draft, search_texts, edit_draft, open_stream, load_stream, append_to_stream, close_stream, abort_stream,
]  # fmt: skip
