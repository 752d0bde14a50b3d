"""What a workspace sets for itself, over HTTP."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.route import Route


class WorkspaceSettings(msgspec.Struct, frozen=True):
    """``counts_people``: `GET activity` also tells how much each person edits. Off unless an admin switches it on."""

    counts_people: bool = False


class ChangedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays."""

    counts_people: bool | UnsetType = UNSET


# ---- routes

LOAD_SETTINGS = Route(
    id="load_settings",
    method="GET",
    path="settings",
    api="workspace_settings.get",
    answer=WorkspaceSettings,
    summary="Get the workspace's settings",
    description="""
    Returns the settings that apply to everyone in the workspace, such as whether the edits of single people are
    counted.
    """,
    who="every member",
)

CHANGE_SETTINGS = Route(
    id="change_settings",
    method="PATCH",
    path="settings",
    api="workspace_settings.change",
    body=ChangedSettings,
    answer=WorkspaceSettings,
    codes=("forbidden",),
    summary="Change the workspace's settings",
    description="Changes the settings you name, and writes an event about it.",
    who="workspace admins",
)
