"""Kinds over HTTP: which kinds of items exist, and the rules for their documents."""

from typing import Any, Literal

import msgspec

from draftwire.rest.route import Route
from draftwire.wire.messages import Whole


class KindInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind. ``source``: the server's own, or defined by the workspace (then with a revision)."""

    name: str
    title: str
    draft_mode: Literal["per_user", "shared", "both"]
    visibility: Literal["private", "readable", "open"]
    source: Literal["server", "workspace"]
    revision: int = 0
    changed_at: float | None = None
    definition: dict[str, Any] | None = None  # only if you get a single kind


class KindList(msgspec.Struct, frozen=True):
    """All kinds of a workspace, without their definitions."""

    kinds: tuple[KindInfo, ...]


class KindQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """``revision``: change the kind only if this is its revision; 0: only if the workspace has never defined it."""

    revision: Whole | None = None


class KindChange(msgspec.Struct, frozen=True):
    """The result of a change, and how many items and drafts are of the kind. Open drafts keep the shape they started
    with.
    """

    name: str
    revision: int
    changed: bool
    items: int
    drafts: int


# ---- routes

LIST_KINDS = Route(
    id="list_kinds",
    method="GET",
    path="kinds",
    api="kinds.list",
    answer=KindList,
    summary="List kinds",
    description="Returns all kinds of the workspace by name, without their definitions.",
    who="every member",
)

GET_KIND = Route(
    id="get_kind",
    method="GET",
    path="kinds/{kind}",
    api="kinds.get",
    answer=KindInfo,
    summary="Get a kind",
    description="Returns one kind with its full definition, in the form that ``PUT`` accepts.",
    who="every member",
)

PUT_KIND = Route(
    id="put_kind",
    method="PUT",
    path="kinds/{kind}",
    api="kinds.put",
    query=KindQuery,
    body=dict[str, Any],
    answer=KindChange,
    codes=("forbidden", "bad_kind", "kind_changed", "too_many", "too_large", "too_much_work"),
    summary="Define or change a kind",
    description="""
    Creates a kind or changes it, without a restart. Open drafts that no longer fit stay open and show what is
    wrong.
    """,
    who="workspace admins",
)

DELETE_KIND = Route(
    id="delete_kind",
    method="DELETE",
    path="kinds/{kind}",
    api="kinds.remove",
    query=KindQuery,
    answer=KindChange,
    codes=("forbidden", "kind_changed", "kind_in_use"),
    summary="Remove a kind",
    description="""
    Removes the workspace's definition. If the server has a kind of that name, that one applies again; otherwise no
    item may be of the kind (`kind_in_use`).
    """,
    who="workspace admins",
)
