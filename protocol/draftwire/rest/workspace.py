"""What a workspace sets for itself, over HTTP."""

import msgspec
from msgspec import UNSET, UnsetType


class WorkspaceSettings(msgspec.Struct, frozen=True):
    """``counts_people``: `GET activity` also tells how much each person edits. Off unless an admin switches it on."""

    counts_people: bool = False


class ChangedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays."""

    counts_people: bool | UnsetType = UNSET
