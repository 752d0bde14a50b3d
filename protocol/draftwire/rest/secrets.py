"""Secrets over HTTP. Values are write-only: only runtimes can read them back. A document holds ``{"$secret": id}``."""

from typing import Any

import msgspec

from draftwire.rest.deploys import DeployedQuery
from draftwire.rest.drafts import PATCH_HEADERS, NamedDraft
from draftwire.rest.rights import Done
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo


class NewSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value to store: any JSON except null and the empty text."""

    value: Any


class PlacedSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value to store, and the address in the draft for its marker."""

    at: str
    value: Any


class MadeSecret(msgspec.Struct, frozen=True):
    """The value is stored. ``marker`` goes into documents of the item in its place."""

    secret: str
    item: str
    marker: dict[str, str]


class SetSecret(msgspec.Struct, frozen=True):
    """The value is stored and its marker is in the draft, which is now at ``etag``."""

    secret: str
    item: str
    draft: str
    at: str
    etag: str
    generation: int
    seq: int


class Secret(msgspec.Struct, frozen=True):
    """A secret: who set it and when."""

    secret: str
    by: ActorInfo
    at: float


class SecretList(msgspec.Struct, frozen=True):
    """The secrets of an item, newest first, including those that no document uses any more."""

    secrets: tuple[Secret, ...]


class DeployedSecrets(msgspec.Struct, frozen=True):
    """The values behind the markers of a version, by the JSON pointers of their places."""

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
    Stores a value and puts a marker at ``at``, which must be a place that the item's kind declares as a secret.

    Everyone in the draft sees the marker; it is an op like any other. The value is write-only: only runtimes can
    read it back.
    """,
    who="everyone who can edit the draft",
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
    summary="Store a secret for an item",
    description="Stores a value and returns its marker. Use it if you write ops or whole documents yourself.",
    who="everyone with write access to the item",
)

LIST_SECRETS = Route(
    id="list_secrets",
    method="GET",
    path="items/{item}/secrets",
    api="secrets.list",
    answer=SecretList,
    codes=("forbidden",),
    summary="List an item's secrets",
    description="Returns the item's secrets with who set them and when, never their values.",
    who="everyone with write access to the item",
)

REMOVE_SECRET = Route(
    id="remove_secret",
    method="DELETE",
    path="items/{item}/secrets/{secret}",
    api="secrets.remove",
    answer=Done,
    codes=("forbidden", "secret_in_use"),
    summary="Delete a secret",
    description="""
    Deletes the value for good. Older versions that use it can't run any more. Refused with `secret_in_use` if the
    deployed version needs it.
    """,
    who="everyone with write access to the item",
)

READ_DEPLOYED_SECRETS = Route(
    id="read_deployed_secrets",
    method="GET",
    path="deployed/secrets",
    api="secrets.deployed",
    query=DeployedQuery,
    answer=DeployedSecrets,
    codes=("forbidden", "secrets_off", "unknown_secret"),
    summary="Read the secrets of a deployed value",
    description="Returns the values behind a version's markers. Each read is recorded as an event.",
    who="API keys with `reads_secrets`, and `run` on the item; no agent",
)
