"""Secrets over HTTP. A value goes in and comes out to runtimes alone; a document holds ``{"$secret": id}``."""

from typing import Any

import msgspec

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
