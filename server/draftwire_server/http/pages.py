"""The pages: static files under a strict Content-Security-Policy; they talk to the server through the client only."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from draftwire_server.settings import Settings

STATIC = Path(__file__).parent.parent / "web" / "static"
APP = ("/", "/sign-in", "/dashboard", "/runs/{run}", "/items/{item:path}")

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
HASHED = re.compile(r"-[\w-]{8}\.(?:js|css|svg)$")  # in a file's name: another content has another name


def _page(name: str, base: str) -> Response:
    """A page, which names its files and links relatively to where the server is mounted."""
    text = (STATIC / name).read_text(encoding="utf-8")
    text = text.replace("<html ", f'<html data-base="{base}" ', 1)
    text = text.replace('="./', f'="{base}/static/').replace('href="/', f'href="{base}/')
    return Response(text, media_type="text/html", headers={**HEADERS, "cache-control": "no-cache"})


class _Static:
    """Static files with the pages' headers."""

    def __init__(self) -> None:
        self._files: ASGIApp = StaticFiles(directory=STATIC)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        keep = "public, max-age=31536000, immutable" if HASHED.search(scope["path"]) else "no-cache"

        async def with_headers(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))  # type: ignore[call-overload]
                headers += [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                headers.append((b"cache-control", keep.encode()))
                message["headers"] = headers
            await send(message)

        await self._files(scope, receive, with_headers)  # type: ignore[arg-type]


def routes(settings: Settings) -> list[BaseRoute]:
    """The pages of this server; ``/demo`` is there with `draftwire dev` only.

    The addresses of a workspace's pages are all one page, which looks at its address: `server/web/src/app/route.ts`.
    """

    def page(name: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(_: Request) -> Response:
            return _page(name, settings.base_path)

        return answer

    app = page("app.html")
    found: list[BaseRoute] = [Route(path, app) for path in APP]
    found += [Route("/docs", page("docs.html")), Mount("/static", _Static())]
    if settings.dev:
        found += [Route("/demo", page("demo.html")), Route("/dev/sign-in", app)]
    return found
