"""The description of the HTTP interface, OpenAPI 3.1, made from the list of routes and their structs."""

import re
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from types import NoneType
from typing import Any, Final

import msgspec
from starlette.responses import Response

from draftwire.errors import CODES
from draftwire.rest.route import Route
from draftwire.rest.routes import ROUTES
from draftwire.rest.server import OPENAPI_JSON, ProblemDetails
from draftwire_server.core.problems import MEDIA_TYPE
from draftwire_server.http.serving.operation import PublicCall, holds_many, serves

REF: Final = "#/components/schemas/{name}"
EVERYWHERE: Final = ("bad_message", "too_fast", "internal", "unavailable")
SIGNED_IN: Final = ("unauthenticated", "token_expired", "not_found")
BEARER: Final = (
    "A token (JWT) or an API key (dwk_…). A key that may act for others names the user, by external id, in the header "
    "Draftwire-Act-For. An agent that uses a person's token or key sends its label in the header Draftwire-Agent. It "
    "then has at most that person's rights, without deploy and admin unless the token's `may` names them."
)

PATH_PARAMETERS: Final = {
    "run": "The run's id.",
    "stream": "The stream's id.",
    "suggestion": "The suggestion's id, which is that of its draft.",
    "workspace": "The workspace's id or external id. It must be the token's workspace.",
    "item": "The item's id, or `ext:` and its external id.",
    "draft": "The draft's id.",
    "kind": "The kind's name.",
    "version": "The version's number or its hash.",
    "alert": "The alert's id.",
    "name": "The state's name.",
    "ask": "The access request's id.",
    "entry": "The stash entry's id.",
    "member": "The member's id, their external id, or `me`.",
    "group": "The group's id, external id or name.",
    "folder": "The folder's id, external id or name.",
    "grant": "The grant's id.",
    "key": "The key's id or name.",
    "secret": "The secret's id, as in its marker.",
    "webhook": "The webhook's id.",
    "number": "The event's number.",
    "user": "The user's id, or `ext:` and their external id.",
}


def description(routes: Sequence[Route], base_path: str = "") -> dict[str, Any]:
    """Make the OpenAPI document."""
    types: list[Any] = [ProblemDetails]
    for each in routes:
        types += [kind for kind in (each.answer, each.body) if kind not in (None, NoneType)]
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    by_type = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for each in routes:
        paths.setdefault(each.full_path, {})[each.method.lower()] = _operation(each, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Draftwire",
            "version": version("draftwire"),
            "description": "Drafts, presence, live edits, conflict alerts and deploys for platforms with an editor.",
        },
        "servers": [{"url": base_path or "/"}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag for each in routes)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": BEARER},
            },
        },
    }


def _operation(each: Route, by_type: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": each.id,
        "summary": each.summary,
        "description": f"{each.description}\n\n{each.who_may}",
        "tags": [each.tag],
        "parameters": [*_path_parameters(each), *_query_parameters(each), *_header_parameters(each)],
        "responses": _responses(each, by_type),
    }
    if each.public:
        made["security"] = []
    if each.body is not None:
        schema = by_type[repr(each.body)]
        made["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind in each.media_types}}
    return made


def _path_parameters(each: Route) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)", each.full_path):
        text = PATH_PARAMETERS.get(name, f"The {name}.")
        yield {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string"}}


def _query_parameters(each: Route) -> Iterable[dict[str, Any]]:
    if each.query is None:
        return
    schema = msgspec.json.schema(each.query)
    properties = schema["$defs"][each.query.__name__]["properties"]
    for field in msgspec.structs.fields(each.query):
        parameter = {"name": field.encode_name, "in": "query", "required": field.required}
        own = {key: value for key, value in properties[field.encode_name].items() if key != "description"}
        text = properties[field.encode_name].get("description")
        if text:
            parameter["description"] = text
        if holds_many(field.type):
            own = {"type": "array", "items": own.get("items", {"type": "string"})}
            parameter |= {"style": "form", "explode": True}
        yield {**parameter, "schema": own}


def _header_parameters(each: Route) -> Iterable[dict[str, Any]]:
    for header in each.headers:
        yield {
            "name": header.name, "in": "header", "required": header.required, "description": header.description,
            "schema": {"type": "string"},
        }  # fmt: skip


def _responses(each: Route, by_type: dict[str, Any]) -> dict[str, Any]:
    codes: dict[int, list[str]] = {}
    for code in (*each.codes, *EVERYWHERE, *(() if each.public else SIGNED_IN)):
        known = codes.setdefault(CODES[code].status, [])
        if code not in known:
            known.append(code)
    problem = {MEDIA_TYPE: {"schema": by_type[repr(ProblemDetails)]}}
    good: dict[str, Any] = {"description": "Done."}
    if each.answer is not None:
        good["content"] = {"application/json": {"schema": by_type[repr(each.answer)]}}
    responses = {str(each.status): good}
    for status in sorted(codes):
        text = "; ".join(f"`{code}`: {CODES[code].title}" for code in codes[status])
        responses[str(status)] = {"description": text, "content": problem}
    return responses


@serves(OPENAPI_JSON)
async def openapi_json(call: PublicCall) -> Response:
    base = call.runtime.settings.base_path
    if base not in _made:
        _made[base] = msgspec.json.encode(description(ROUTES, base))
    return Response(_made[base], media_type="application/json")


_made: dict[str, bytes] = {}  # by the path below which the server is mounted
