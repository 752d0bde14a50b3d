"""Versions: what was deployed, for good."""

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
    What was deployed, by whom, with what message, from which state; the latest first, without the values.
    """,
)

LOAD_VERSION = Route(
    id="load_version",
    method="GET",
    path="items/{item}/versions/{version}",
    api="versions.get",
    answer=Version,
    summary="Look at a version",
    description="A version with its value, by number or hash.",
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
    summary="Read what is deployed",
    description="""
    The runtime's read: the live version at a ``path``, or the version of a ``hash``. Needs `run` alone.

    No draft, edit or alert changes a byte of it. By hash it may be cached for ever. 307 leads from an item's old path
    to its present one.
    """,
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
    description="A version's value begins a new item, which remembers where it came from.",
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
    A new item from the deployed value, a version or any state of a draft that the asker may read.
    """,
)

READ_ORIGIN = Route(
    id="read_origin",
    method="GET",
    path="items/{item}/origin",
    api="versions.origin",
    answer=Origin,
    summary="Where an item was forked from",
    description="The item, version or draft's state that an item began with; 404 if it is no fork.",
)
