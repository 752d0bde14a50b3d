"""A workspace's own settings over HTTP."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.route import Route


class WorkspaceSettings(msgspec.Struct, frozen=True):
    """``counts_people``: `GET activity` also counts each person's edits. Off by default; admins can switch it on."""

    counts_people: bool = False


class ChangedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings to change. Those you leave out stay as they are."""

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
