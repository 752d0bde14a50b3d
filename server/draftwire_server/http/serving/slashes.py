"""Slashes inside of names in addresses: `items/ext:a%2Fb` names the item `a/b` and is no longer address.

Servers decode `%2F` before anything is routed, and then it separates like any other slash. So the path is decoded here
again from what was sent, with `SLASH` for each of them, and `Call.named` makes them slashes. Routes therefore never
match across one, and `..%2f` climbs nowhere: it is part of a name that nothing has.
"""

import re
from typing import Final
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

SLASH: Final = "\ufdd0"  # a code point that Unicode keeps for the inside of programs

_ENCODED = re.compile(rb"%2[fF]")


class Slashes:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _ENCODED.search(scope.get("raw_path") or b""):
            path = SLASH.join(unquote(part.decode("latin-1")) for part in _ENCODED.split(scope["raw_path"]))
            if named(path) == scope["path"]:  # else it was rewritten on its way to us
                scope = {**scope, "path": path}
        await self._app(scope, receive, send)


def named(parameter: str) -> str:
    """What a parameter of a path names."""
    return parameter.replace(SLASH, "/")
