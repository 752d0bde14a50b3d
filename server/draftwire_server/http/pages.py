"""The pages: static files under a strict Content-Security-Policy; they talk to the server through the client only."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

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
# Each build has an address of its own, so that its files may be kept for ever: below the address that an older page
# knows there is nothing of a newer build, and the two never mix.
BUILD = hashlib.sha256((STATIC / "build.json").read_bytes()).hexdigest()[:12]
FOR_EVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


def _page(name: str, base: str) -> Response:
    """A page, which names its files and links relatively to where the server is mounted."""
    text = (STATIC / name).read_text(encoding="utf-8")
    text = text.replace("<html ", f'<html data-base="{base}" ', 1)
    text = text.replace('="./', f'="{base}/static/{BUILD}/').replace('href="/', f'href="{base}/')
    return Response(text, media_type="text/html", headers={**HEADERS, "cache-control": "no-cache"})


class _Static:
    """Static files with the pages' headers, to be kept by browsers as ``keep`` says."""

    def __init__(self, keep: str) -> None:
        self._files: ASGIApp = StaticFiles(directory=STATIC)
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        self._keep = keep.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers, (b"cache-control", self._keep)]
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
    found.append(Route("/docs", page("docs.html")))
    found += [Mount(f"/static/{BUILD}", _Static(FOR_EVER)), Mount("/static", _Static(ASK_AGAIN))]
    if settings.dev:
        found += [Route("/demo", page("demo.html")), Route("/dev/sign-in", app)]
    return found
