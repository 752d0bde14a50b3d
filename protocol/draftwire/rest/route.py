"""What a route is: data beside the structs that it takes and gives, from which the server, the clients and the pages of
the interface are made.

    LIST_STASH = Route(id="list_stash", method="GET", path="stash", api="stash.list", query=StashQuery,
                       answer=StashPage, summary="List your stash", description="Returns your texts …",
                       who="you, for your own entries")

`draftwire.rest.routes` lists all of them; the server says which function serves each.
"""

import re
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Final, Literal

import msgspec

from draftwire.errors import CODES

REPEATED: Final = {"separator": None}  # of a query's field: its values may hold commas, so the parameter is repeated
IN_WORKSPACE: Final = "/v1/w/{workspace}/"
ANYBODY: Final = "anybody"  # no token is needed


class Header(msgspec.Struct, frozen=True):
    """A request header and its description."""

    name: str
    description: str
    required: bool = False


RETRY = Header("Idempotency-Key", "A random key. For 24 h, a retry with the same key returns the first answer.")
ONCE = (RETRY,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One method of one path.

    Attributes:
        id: names the route in the description of the interface; it does not change.
        path: below `IN_WORKSPACE`, or from the root if it begins with a slash; ``{name}`` stands for a segment.
        api: the method of the clients, ``group.method``; the group is the route's tag.
        query: the struct of the parameters; a field of many values is a tuple.
        body: the type of the JSON body; None if there is none.
        answer: the type of the JSON answer; None if there is none.
        codes: the route's own error codes, beyond those of every route.
        reads: not a GET, but changes nothing.
        parts: the member of the body that holds many parts, each with its own result.
        summary: what it does, as a command of a few words.
        description: what happens, then limits and side effects, in Markdown; the indentation is removed.
        who: who may ask, as a phrase that fits after "Who may: "; `ANYBODY` if no token is needed.
        first: optional arguments that the Python client also takes by position.
    """

    id: str
    method: Literal["GET", "PUT", "POST", "PATCH", "DELETE"]
    path: str
    api: str
    summary: str
    description: str
    who: str
    query: type[msgspec.Struct] | None = None
    body: Any = None
    answer: Any = None
    status: int = 200
    codes: tuple[str, ...] = ()
    headers: tuple[Header, ...] = ()
    media_types: tuple[str, ...] = ("application/json",)
    reads: bool = False
    parts: str | None = None
    first: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "description", cleandoc(self.description))
        unknown = [code for code in self.codes if code not in CODES]
        assert not unknown, f"{self.id}: {unknown} are no codes"

    @property
    def full_path(self) -> str:
        """The path from where the server is mounted."""
        return self.path if self.path.startswith("/") else IN_WORKSPACE + self.path

    @property
    def tag(self) -> str:
        """The group that it belongs to."""
        return self.api.partition(".")[0]

    @property
    def public(self) -> bool:
        """Whether no token is needed."""
        return self.who == ANYBODY

    @property
    def who_may(self) -> str:
        """A sentence that says who may ask."""
        return f"Who may: {self.who}."

    @property
    def in_path(self) -> tuple[str, ...]:
        """The names of the segments that are to be filled in, without the workspace."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))
