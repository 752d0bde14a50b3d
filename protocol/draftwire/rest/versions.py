"""Versions: what was deployed. They never change."""

from draftwire.rest.deploys import (
    DeployedQuery,
    DeployedValue,
    Fork,
    Forked,
    Origin,
    Restore,
    Version,
    VersionPage,
    VersionQuery,
)
from draftwire.rest.drafts import IF_NONE_MATCH
from draftwire.rest.route import ONCE, Route

# ---- routes

MAKES = ("forbidden", "bad_path", "taken", "plain_secret", "unknown_secret", "idempotency_reused", "busy")

LIST_VERSIONS = Route(
    id="list_versions",
    method="GET",
    path="items/{item}/versions",
    api="versions.list",
    query=VersionQuery,
    answer=VersionPage,
    summary="List an item's versions",
    description="""
    Returns the deployed versions, newest first, without their values: by whom, with which message, from which
    state.
    """,
    who="everyone who can see the item",
)

LOAD_VERSION = Route(
    id="load_version",
    method="GET",
    path="items/{item}/versions/{version}",
    api="versions.get",
    answer=Version,
    summary="Get a version",
    description="Returns a version with its value, by number or hash.",
    who="everyone who can see the item",
)

READ_DEPLOYED = Route(
    id="read_deployed",
    method="GET",
    path="deployed",
    api="versions.deployed",
    query=DeployedQuery,
    answer=DeployedValue,
    headers=(IF_NONE_MATCH,),
    codes=("forbidden",),
    summary="Read a deployed value",
    description="""
    Returns the live version at a ``path``, or the version with a ``hash``: the read for runtimes.

    Drafts, edits and alerts never change the answer. An answer by hash may be cached forever. An item's old path
    returns 307 to its current one.
    """,
    who="everyone with `run` on the item; no other right is needed",
)

RESTORE = Route(
    id="restore",
    method="POST",
    path="items/{item}/versions/{version}/restore",
    api="versions.restore",
    body=Restore,
    answer=Forked,
    status=201,
    headers=ONCE,
    codes=MAKES,
    summary="Restore a version as a new item",
    description="""
    Creates an item from a version's value. The new item remembers its origin. A secret comes along only if you set
    it. Only workspace admins may set an external id.
    """,
    who="everyone who can see the item and create items at the path",
)

FORK = Route(
    id="fork",
    method="POST",
    path="items/{item}/fork",
    api="versions.fork",
    first=("source",),
    body=Fork,
    answer=Forked,
    status=201,
    headers=ONCE,
    codes=(*MAKES, "bad_etag", "generation_changed", "rewound", "base_ahead", "base_expired"),
    summary="Fork an item",
    description="""
    Creates an item from the deployed value, a version or any state of a draft. The new item remembers its origin. A
    secret comes along only if you set it. Only workspace admins may set an external id.
    """,
    who="everyone who can read the source and create items at the path",
)

READ_ORIGIN = Route(
    id="read_origin",
    method="GET",
    path="items/{item}/origin",
    api="versions.origin",
    answer=Origin,
    summary="Get an item's origin",
    description="""
    Returns the item and the version or draft state that an item was forked from. Returns 404 if the item is not a
    fork.
    """,
    who="everyone who can see the item",
)
