"""Pages of other origins that may ask over HTTP: those of ``allowed_origins``, which also lets them open a WebSocket.

Tokens travel in a header that a page sets itself, never in cookies, so that no credentials are allowed.
"""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

PREFLIGHT_S = 7_200  # for so long browsers need not ask again; longer ones cap it
TOLD = ("ETag", "Draft-ETag", "Location", "Retry-After", "Idempotency-Replayed", "Link", "Mcp-Session-Id")


def cross_origin(allowed: tuple[str, ...]) -> Middleware:
    """What answers browsers on behalf of pages of these origins; ``*`` is any."""
    return Middleware(
        CORSMiddleware,
        allow_origins=allowed,
        allow_methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
        allow_headers=(
            *("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Prefer"),
            *("Draftwire-Session", "Draftwire-Override", "Draftwire-Act-For", "Draftwire-Agent"),
            *("Mcp-Session-Id", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"),
        ),
        expose_headers=TOLD,
        max_age=PREFLIGHT_S,
    )
