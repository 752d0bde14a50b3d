"""Grants over HTTP: rights of a user or group on an item, below a path prefix, or on everything."""

import msgspec

from draftwire.rest.rights import HolderInfo, Right


class NewGrant(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Rights to give, to a user or a group: on one ``item``, or below a ``prefix`` (``f/payments/``; empty: all)."""

    may: tuple[Right, ...]
    user: str | None = None
    group: str | None = None
    item: str | None = None
    prefix: str | None = None
    until: float | None = None


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rights that were given."""

    id: str
    to: HolderInfo
    may: tuple[Right, ...]
    item: str | None = None
    prefix: str | None = None
    until: float | None = None
    by: str | None = None  # an actor
    at: float = 0.0


class GrantQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which grants are wanted."""

    user: str | None = None
    group: str | None = None
    item: str | None = None


class GrantList(msgspec.Struct, frozen=True):
    """Grants: all of them for admins; for owners those on what they own."""

    grants: tuple[Grant, ...]
