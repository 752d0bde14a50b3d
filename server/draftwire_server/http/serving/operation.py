"""How a route is served: one function, from whose route reading and answering are made.

    @serves(LIST_ITEMS)
    async def list_items(call: Call, query: ItemQuery) -> ItemPage: ...

A parameter ``query`` is read from the query string, ``body`` from a JSON body, both strictly and by their struct;
the answer becomes JSON. The function names the types that its route has, so what the description says and what the
server does can't differ; one that gives a `Response` of its own answers for its struct itself, as one without ``body``
reads its body itself. What waits (its query has ``wait_s``) or takes long is decided again before it is answered: here,
for every route. Whoever takes a `Call` was let in; a `PublicCall` is anybody's.
"""

import importlib
import inspect
import pkgutil
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import ModuleType, NoneType
from typing import Annotated, Any, Final, get_origin, get_type_hints

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from draftwire.errors import Problem
from draftwire.rest.route import REPEATED, Route
from draftwire.rest.routes import ROUTES
from draftwire_server.core.bulk import BadPart
from draftwire_server.core.items.paths import nfc
from draftwire_server.http.serving.auth import principal_of, runtime_of
from draftwire_server.http.serving.parts import read_parts
from draftwire_server.http.serving.problem import JSON, body_of, convert, json_of
from draftwire_server.http.serving.slashes import named
from draftwire_server.limits.contract import JSON_BODY_BYTES
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.rights import DECIDES_AGAIN_S
from draftwire_server.services.runtime import Runtime

TRIES: Final = 3
BY_NAME: Final = frozenset(("path", "prefix", "folder", "q", "search"))  # parameters that look things up by their names


class PublicCall:
    """A request to answer, whoever asks."""

    __slots__ = ("bad", "request", "room", "runtime")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.bad: dict[int, BadPart] = {}  # of a body of many parts, those that can't be read
        self.runtime: Runtime = runtime_of(request)
        self.room = self.runtime.bodies.of("", "")  # of all who say nothing of themselves

    def named(self, parameter: str) -> str:
        """What stands in the URL for a parameter of the path."""
        return named(str(self.request.path_params[parameter]))

    def header(self, name: str) -> str | None:
        """A header of the request."""
        value = self.request.headers.get(name)
        return None if value is None else str(value)


class Call(PublicCall):
    """A request of somebody who was let in."""

    __slots__ = ("principal",)

    def __init__(self, request: Request, principal: Principal) -> None:
        super().__init__(request)
        self.principal = principal
        self.room = self.runtime.bodies.of(principal.workspace.id, principal.access.user)


Handler = Callable[..., Awaitable[Any]]


class Operation(StarletteRoute):
    """A route and the function that serves it."""

    def __init__(self, route: Route, handler: Handler, body_bytes: int) -> None:
        hints = get_type_hints(handler)
        first = hints[next(iter(inspect.signature(handler).parameters))]
        self.route = route
        self.handler = handler
        self.body_bytes = body_bytes
        self.method = route.method
        self.query = route.query
        self.waits = route.query is not None and any(f.name == "wait_s" for f in msgspec.structs.fields(route.query))
        self.reads = route.method == "GET" or route.reads
        self.body = hints.get("body")  # a handler that names none reads it itself
        answers = NoneType if route.answer is None else route.answer
        assert route.public is not issubclass(first, Call), f"{route.id}: {route.who} may ask"
        assert hints.get("query") == route.query, f"{route.id} has another query"
        assert self.body in (None, route.body), f"{route.id} has another body"
        assert hints["return"] in (answers, Response), f"{route.id} has another answer"
        super().__init__(route.full_path, self.serve, methods=[route.method], name=route.id)

    async def serve(self, request: Request) -> Response:
        """Read, call, answer."""
        call = PublicCall(request) if self.route.public else Call(request, await principal_of(request))
        try:
            if isinstance(call, Call) and self.method != "GET":
                await call.runtime.identity.ensure(call.principal)  # what is written names its actor
            return await self._answer(call)
        finally:
            call.room.close()

    async def _answer(self, call: PublicCall) -> Response:
        given: dict[str, Any] = {}
        if self.query is not None:
            given["query"] = query_of(call.request, self.query)
        if self.body is not None and self.route.parts is not None:
            raw = await body_of(call.request, call.room, self.body_bytes)
            given["body"], call.bad = await read_parts(raw, self.body, self.route.parts)
        elif self.body is not None:
            given["body"] = convert(await json_of(call.request, call.room, self.body_bytes), self.body)
        began = time.monotonic()
        answer = await self.handler(call, **given)
        if isinstance(call, Call) and self.reads and (self.waits or time.monotonic() - began > DECIDES_AGAIN_S):
            answer = await self._decided_again(call, given, answer)
        if answer is None:
            return Response(status_code=self.route.status)
        return answer if isinstance(answer, Response) else JSON(answer, self.route.status)

    async def _decided_again(self, call: Call, given: dict[str, Any], answer: Any) -> Any:
        """An answer that was waited for counts by the rights at its end: where they moved, what reads is asked again.

        What writes was decided at its commit, and its answer tells of that. Raises `Problem` unavailable, not_found, ….
        """
        for _ in range(TRIES):
            if not await call.runtime.rights.moved(call.principal):
                return answer
            if self.waits:
                given = {**given, "query": msgspec.structs.replace(given["query"], wait_s=0.0)}
            answer = await self.handler(call, **given)
        raise Problem("unavailable", "Rights are being changed. Try again.")


def serves(route: Route, *, body_bytes: int = JSON_BODY_BYTES) -> Callable[[Handler], Operation]:
    """Declare the function that serves a route, whose body has at most ``body_bytes``.

    With `Route.parts`, those parts of a body that can't be read are in `Call.bad`.
    """

    def declared(handler: Handler) -> Operation:
        return Operation(route, handler, body_bytes)

    return declared


def served(package: ModuleType) -> tuple[Operation, ...]:
    """Collect the operations of all modules below a package, in the order of `ROUTES`."""
    found: dict[str, Operation] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Operation):
                assert found.setdefault(value.route.id, value) is value, f"{value.route.id} is served twice"
    left = found.keys() ^ {route.id for route in ROUTES}
    assert not left, f"{sorted(left)}: each route in the list is served, and each that is served is in the list"
    return tuple(found[route.id] for route in ROUTES)


def query_of(request: Request, wanted: type[Any]) -> Any:
    """Read the query string by a struct; a field of many values is repeated, or separated by commas.

    Values that may hold commas themselves (`REPEATED` in the field's `Meta`) are repeated only.

    Raises:
        Problem: bad_message, for a parameter that is not known or given twice as well.
    """
    many = {f.encode_name: _repeated(f.type) for f in msgspec.structs.fields(wanted) if holds_many(f.type)}
    values: dict[str, Any] = {}
    for name, text in request.query_params.multi_items():
        if name in many:
            parts = [text] if many[name] else text.split(",")
            values.setdefault(name, []).extend(part for part in parts if part)
        elif name in values:
            raise Problem("bad_message", f"{name} occurs twice in the query.")
        else:
            values[name] = nfc(text) if name in BY_NAME else text
    unknown = values.keys() - {f.encode_name for f in msgspec.structs.fields(wanted)}
    if unknown:
        raise Problem("bad_message", f"Unknown query parameter {sorted(unknown)[0][:64]}.")
    try:
        return msgspec.convert(values, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("bad_message", f"The query has the wrong shape: {error}.") from error


def holds_many(kind: Any) -> bool:
    """Whether a field of a query holds many values."""
    return get_origin(kind.__origin__ if get_origin(kind) is Annotated else kind) is tuple


def _repeated(kind: Any) -> bool:
    return any(isinstance(meta, msgspec.Meta) and meta.extra == REPEATED for meta in getattr(kind, "__metadata__", ()))


def by_path(operations: Iterable[Operation]) -> list[StarletteRoute]:
    """Give one route for each path, so that a method which it does not know is answered with all that it does."""
    paths: dict[str, dict[str, Operation]] = {}
    for each in operations:
        methods = paths.setdefault(each.path, {})
        assert each.method not in methods, f"{each.method} {each.path} is declared twice"
        methods[each.method] = each
    return [_Methods(path, methods) for path, methods in paths.items()]


class _Methods(StarletteRoute):
    """All operations of one path."""

    def __init__(self, path: str, operations: Mapping[str, Operation]) -> None:
        self.operations = operations
        super().__init__(path, self.serve, methods=list(operations))

    async def serve(self, request: Request) -> Response:
        """Let the operation of the request's method answer; HEAD is answered as GET."""
        return await self.operations["GET" if request.method == "HEAD" else request.method].serve(request)
