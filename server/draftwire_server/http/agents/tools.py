"""Routes of an agent's tools and streams, below its run."""

from draftwire.rest.streams import (
    ABORT_STREAM,
    APPEND_TO_STREAM,
    CLOSE_STREAM,
    LOAD_STREAM,
    OPEN_STREAM,
    AppendToStream,
    CloseStream,
    NewStream,
    Stream,
)
from draftwire.rest.tools import (
    EDIT_DRAFT,
    READ_DRAFT,
    SEARCH_TEXTS,
    Edited,
    Read,
    ReadAnswer,
    Search,
    SearchAnswer,
    ToolEdits,
)
from draftwire_server.http.serving.conditions import idempotency_key
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.limits.contract import KEY_CHARS


@serves(READ_DRAFT)
async def read_draft(call: Call, body: Read) -> ReadAnswer:
    return await call.runtime.tools.read(call.principal, call.named("run"), body)


@serves(SEARCH_TEXTS)
async def search_texts(call: Call, body: Search) -> SearchAnswer:
    return await call.runtime.finding.search(call.principal, call.named("run"), body)


@serves(EDIT_DRAFT)
async def edit_draft(call: Call, body: ToolEdits) -> Edited:
    key = idempotency_key(call.request)
    return await call.runtime.tools.edit(call.principal, call.named("run"), body, key and key[:KEY_CHARS])


@serves(OPEN_STREAM)
async def open_stream(call: Call, body: NewStream) -> Stream:
    return await call.runtime.streams.open(call.principal, call.named("run"), body)


@serves(LOAD_STREAM)
async def load_stream(call: Call) -> Stream:
    return await call.runtime.streams.load(call.principal, call.named("run"), call.named("stream"))


@serves(APPEND_TO_STREAM)
async def append_to_stream(call: Call, body: AppendToStream) -> Stream:
    return await call.runtime.streams.append(call.principal, call.named("run"), call.named("stream"), body)


@serves(CLOSE_STREAM)
async def close_stream(call: Call, body: CloseStream) -> Stream:
    return await call.runtime.streams.close(call.principal, call.named("run"), call.named("stream"), body)


@serves(ABORT_STREAM)
async def abort_stream(call: Call) -> Stream:
    return await call.runtime.streams.abort(call.principal, call.named("run"), call.named("stream"))
