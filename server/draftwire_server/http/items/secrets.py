"""Routes of secrets: set one at a place of a draft, or for a marker of one's own; list; and the runtime's read."""

import asyncio

import msgspec
from starlette.responses import Response

from draftwire.document.document import Document
from draftwire.document.ops import Set
from draftwire.errors import Problem
from draftwire.rest.deploys import DeployedQuery
from draftwire.rest.drafts import NamedDraft, Saved
from draftwire.rest.rights import Done
from draftwire.rest.secrets import (
    LIST_SECRETS,
    MAKE_SECRET,
    READ_DEPLOYED_SECRETS,
    REMOVE_SECRET,
    SET_SECRET,
    NewSecret,
    PlacedSecret,
    SecretList,
    SetSecret,
)
from draftwire_server.core.edits.patching import with_ops
from draftwire_server.core.kinds.kinds import SECRET_REFERENCE
from draftwire_server.http.live.drafts import find_draft, may_merge, needed_base
from draftwire_server.http.serving.conditions import answered, fixed_session, session_of
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import need_type
from draftwire_server.services.writes.attempt import Save
from draftwire_server.services.writes.idempotency import Once

NO_STORE = {"cache-control": "no-store"}


@serves(SET_SECRET)
async def set_secret(call: Call, query: NamedDraft, body: PlacedSecret) -> Response:
    live = await find_draft(call, query)
    base = needed_base(call)
    need_type(call.principal, live)
    _, before = await call.runtime.comparing.state_of(live, base)
    await asyncio.to_thread(_with_marker, live, before, body.at, "")
    secret = await call.runtime.secrets.keep(call.principal, live.item.id, body.value, live.id)
    try:
        value = await asyncio.to_thread(_with_marker, live, before, body.at, secret)
        save = Save(
            value=value, base=base, session=session_of(call.request),
            fixed_session=fixed_session(call.request, call.principal), may_merge=may_merge(call), once=Once(),
            normalized=False, etag_header="draft-etag", own_seen=False,
        )  # fmt: skip
        answer = await call.runtime.saving.save(call.principal, live, save)
    except Problem as problem:
        if problem.code != "unavailable":  # else its marker may have been committed
            await call.runtime.secrets.forget(live.workspace, live.item.id, secret)
        raise
    if answer.status != 200:
        await call.runtime.secrets.forget(live.workspace, live.item.id, secret)
        return answered(answer)
    saved = msgspec.json.decode(answer.body, type=Saved)
    made = SetSecret(secret, saved.item, saved.draft, body.at, saved.etag, saved.generation, saved.seq)
    return JSON(made, headers=NO_STORE | {"draft-etag": f'"{saved.etag}"'})


def _with_marker(live: LiveDraft, before: dict[str, object], at: str, secret: str) -> dict[str, object]:
    """The document with a marker at a place. Raises `Problem` no_such_place, bad_address, …"""
    document = Document.load(before, live.kind.document_shape)
    document = with_ops(document, [Set(at, {SECRET_REFERENCE: secret})])
    path = document.path(at)
    if path is None or not live.kind.secret_shape.at(path).text:
        places = list(live.kind.secret)
        raise Problem("no_such_place", "Items of this kind have no secret at this address.", detail={"secrets": places})
    value: dict[str, object] = document.value
    return value


@serves(MAKE_SECRET)
async def make_secret(call: Call, body: NewSecret) -> Response:
    made = await call.runtime.secrets.make(call.principal, call.named("item"), body.value)
    return JSON(made, 201, headers=NO_STORE)


@serves(LIST_SECRETS)
async def list_secrets(call: Call) -> SecretList:
    return await call.runtime.secrets.listed(call.principal, call.named("item"))


@serves(REMOVE_SECRET)
async def remove_secret(call: Call) -> Done:
    return await call.runtime.secrets.remove(call.principal, call.named("item"), call.named("secret"))


@serves(READ_DEPLOYED_SECRETS)
async def read_deployed_secrets(call: Call, query: DeployedQuery) -> Response:
    return JSON(await call.runtime.secrets.deployed(call.principal, query), headers=NO_STORE)
