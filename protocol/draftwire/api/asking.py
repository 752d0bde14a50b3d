"""What the groups of `Api` need of it: to send a request, and to name what it is about."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import msgspec

_T = TypeVar("_T")
Query = msgspec.Struct | Mapping[str, Any]


class Asking(Protocol):
    """One client of the HTTP interface, as `Api`."""

    async def in_workspace(self, *segments: str) -> str:
        """The path below the token's workspace; segments are escaped. Raises `Problem`."""

    async def ask(
        self,
        wanted: type[_T],
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Query | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> _T:
        """Send one request and read its answer. Raises `Problem`."""

    def item_of(self, draft: str, item: str | None) -> str | None:
        """The item of a draft: as given, or as the client was told of it."""

    def unbegun(self, draft: str, item: str) -> None:
        """Remember the item of a draft that nobody has begun."""
