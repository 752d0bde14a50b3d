"""Secrets over HTTP. A value goes in and comes out to runtimes alone; a document holds ``{"$secret": id}``."""

from typing import Any

import msgspec

from draftwire.rest.deploys import DeployedQuery
from draftwire.rest.drafts import PATCH_HEADERS, NamedDraft
from draftwire.rest.rights import Done
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo


class NewSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value to keep: any JSON but null and the empty text."""

    value: Any


class PlacedSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value to keep, and the address in the draft where its marker shall stand."""

    at: str
    value: Any


class MadeSecret(msgspec.Struct, frozen=True):
    """It is kept. ``marker`` is what documents of the item hold in its place."""

    secret: str
    item: str
    marker: dict[str, str]


class SetSecret(msgspec.Struct, frozen=True):
    """It is kept, and its marker stands in the draft, whose state ``etag`` is now."""

    secret: str
    item: str
    draft: str
    at: str
    etag: str
    generation: int
    seq: int


class Secret(msgspec.Struct, frozen=True):
    """A secret: that it is there, who set it and when."""

    secret: str
    by: ActorInfo
    at: float


class SecretList(msgspec.Struct, frozen=True):
    """The secrets of an item, the latest first, also those that no document names any more."""

    secrets: tuple[Secret, ...]


class DeployedSecrets(msgspec.Struct, frozen=True):
    """The values that the markers of a version stand for, by the JSON pointers of their places."""

    item: str
    version: int
    hash: str
    values: dict[str, Any]


# ---- routes

KEEPS = ("secrets_off", "too_large", "forbidden")

SET_SECRET = Route(
    id="set_secret",
    method="PUT",
    path="drafts/{draft}/secrets",
    api="secrets.set",
    query=NamedDraft,
    body=PlacedSecret,
    answer=SetSecret,
    headers=tuple(header for header in PATCH_HEADERS if header.name != "Idempotency-Key"),
    codes=(
        "secrets_off",
        "too_large",
        "precondition_required",
        "bad_etag",
        "stale",
        "generation_changed",
        "rewound",
        "base_ahead",
        "base_expired",
        "session_is_live",
        "read_only",
        "mode_forbids",
        "no_such_place",
        "bad_address",
        "plain_array",
        "id_fixed",
        "root_fixed",
        "keyed_array_fixed",
    ),
    summary="Set a secret in a draft",
    description="""
    Keep a value, and let a marker stand at ``at``: a place of a secret of the item's kind.

    The marker is an op like any other, seen by everybody who is in the draft. The value can be read by nobody.
    """,
)

MAKE_SECRET = Route(
    id="make_secret",
    method="POST",
    path="items/{item}/secrets",
    api="secrets.make",
    body=NewSecret,
    answer=MadeSecret,
    status=201,
    codes=KEEPS,
    summary="Keep a secret for an item",
    description="""
    Keep a value; the answer has the marker, for clients that write ops or whole documents themselves.
    """,
)

LIST_SECRETS = Route(
    id="list_secrets",
    method="GET",
    path="items/{item}/secrets",
    api="secrets.list",
    answer=SecretList,
    codes=("forbidden",),
    summary="List an item's secrets",
    description="Which secrets an item has, who set them and when; never their values.",
)

REMOVE_SECRET = Route(
    id="remove_secret",
    method="DELETE",
    path="items/{item}/secrets/{secret}",
    api="secrets.remove",
    answer=Done,
    codes=("forbidden", "secret_in_use"),
    summary="Destroy a secret",
    description="""
    Destroy a value for good: no older version that names it can be run again. Not the one that is deployed now.
    """,
)

READ_DEPLOYED_SECRETS = Route(
    id="read_deployed_secrets",
    method="GET",
    path="deployed/secrets",
    api="secrets.deployed",
    query=DeployedQuery,
    answer=DeployedSecrets,
    codes=("forbidden", "secrets_off", "unknown_secret"),
    summary="Read the secrets of what is deployed",
    description="""
    The values of a version's markers, for an API key with ``reads_secrets`` that may run it; an event says so.
    """,
)
