"""Grants over HTTP: rights of a user or group on an item, below a path prefix, or on everything."""

import msgspec

from draftwire.rest.rights import Done, HolderInfo, Right
from draftwire.rest.route import Route


class NewGrant(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Rights for a user or a group: on one ``item``, or below a ``prefix`` (``f/payments/``; empty: everything).

    ``until`` is a Unix time.
    """

    may: tuple[Right, ...]
    user: str | None = None
    group: str | None = None
    item: str | None = None
    prefix: str | None = None
    until: float | None = None


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A grant of rights."""

    id: str
    to: HolderInfo
    may: tuple[Right, ...]
    item: str | None = None
    prefix: str | None = None
    until: float | None = None
    by: str | None = None  # an actor
    at: float = 0.0


class GrantQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Filters of the list."""

    user: str | None = None
    group: str | None = None
    item: str | None = None


class GrantList(msgspec.Struct, frozen=True):
    """Grants: all of them for admins; for owners those on what they own."""

    grants: tuple[Grant, ...]


# ---- routes

LIST_GRANTS = Route(
    id="list_grants",
    method="GET",
    path="grants",
    api="grants.list",
    query=GrantQuery,
    answer=GrantList,
    codes=("no_such_holder",),
    summary="List grants",
    description="""
    Returns the grants on items and places whose rights you may share. Filter them by user, group or item.
    """,
    who="everyone, for the places they administer or own",
)

GIVE_GRANT = Route(
    id="give_grant",
    method="POST",
    path="grants",
    api="grants.give",
    body=NewGrant,
    answer=Grant,
    status=201,
    codes=("forbidden", "no_such_holder", "bad_path"),
    summary="Give rights",
    description="""
    Gives a user or group rights on an item or below a prefix. You can't give more than you hold there. Only
    workspace admins can give `admin`. Idempotent.
    """,
    who="admins of the item or place; you, in your own place; no agents or narrowed tokens",
)

END_GRANT = Route(
    id="end_grant",
    method="DELETE",
    path="grants/{grant}",
    api="grants.end",
    answer=Done,
    summary="Take rights away",
    description="Ends a grant at once, on every worker.",
    who="admins of the item or place; you, in your own place; no agents or narrowed tokens",
)
