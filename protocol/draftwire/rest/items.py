"""Items over HTTP."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.messages import Positive


class NewItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What makes an item. Without a value it begins as its kind says."""

    kind: str
    path: str | None = None
    external_id: str | None = None
    summary: str | None = None
    value: dict[str, Any] | None = None


class ChangedItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to change of an item itself. Another ``path`` moves it, and with it who may see it; null: it has none."""

    path: str | UnsetType | None = UNSET
    summary: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET


class ItemQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which items are wanted."""

    path: str | None = None
    kind: str | None = None
    cursor: str | None = None
    limit: Positive = 50


class ListedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the list."""

    id: str
    kind: str
    path: str | None
    external_id: str | None
    summary: str
    version: int
    changed_at: float


class ItemPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the list; ``next`` is the cursor of the following one."""

    items: tuple[ListedItem, ...]
    next: str | None = None
