"""The pages: static files under a strict Content-Security-Policy; they talk to the server through the client only."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from draftwire_server.settings import Settings

STATIC = Path(__file__).parent.parent / "web" / "static"

# The editor lives in a shadow root, where it brings its styles as constructed sheets, and sets positions by the CSSOM:
# neither inline scripts nor inline styles are needed.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def _page(name: str, replace: dict[str, str]) -> Response:
    text = (STATIC / name).read_text(encoding="utf-8")
    for what, by in replace.items():
        text = text.replace(what, by)
    return Response(text, media_type="text/html", headers={**HEADERS, "cache-control": "no-cache"})


class _Static:
    """Static files with the pages' headers."""

    def __init__(self) -> None:
        self._files: ASGIApp = StaticFiles(directory=STATIC)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))  # type: ignore[call-overload]
                headers += [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                headers.append((b"cache-control", b"no-cache"))
                message["headers"] = headers
            await send(message)

        await self._files(scope, receive, with_headers)  # type: ignore[arg-type]


def routes(settings: Settings) -> list[BaseRoute]:
    """The pages of this server; ``/demo`` is there with `draftwire dev` only."""

    async def home(_: Request) -> Response:
        return _page("home.html", {})

    async def demo(_: Request) -> Response:
        return _page("demo.html", {})

    async def docs(_: Request) -> Response:
        return _page("docs.html", {})

    found: list[BaseRoute] = [Route("/", home), Route("/docs", docs), Mount("/static", _Static())]
    if settings.dev:
        found += [Route("/demo", demo), Route("/dev/sign-in", home)]
    return found
