"""What a workspace sets for itself: read by its members, changed by its admins."""

from typing import Any

import msgspec

from draftwire.rest.workspace import ChangedSettings, WorkspaceSettings
from draftwire_server.services.access.changes import Changes
from draftwire_server.services.access.identity import Principal
from draftwire_server.store.access import members


def settings_of(stored: dict[str, Any]) -> WorkspaceSettings:
    """The settings, with what holds where nothing was set; members of other releases are passed over."""
    return msgspec.convert(stored, WorkspaceSettings)


class Workspaces:
    """See the module."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def settings(self, principal: Principal) -> WorkspaceSettings:
        """The settings as they are now. Raises `Problem` unavailable."""
        async with self._changes.asking(principal) as asking:
            workspace = await members.find_workspace(asking.connection, asking.workspace)
        assert workspace is not None
        return settings_of(workspace.settings)

    async def change(self, principal: Principal, wanted: ChangedSettings) -> WorkspaceSettings:
        """Change some. Raises `Problem` forbidden."""
        async with self._changes.begin(principal) as changing:
            changing.require_admin()
            stored, changed = await members.change_settings(
                changing.connection, changing.workspace, msgspec.to_builtins(wanted)
            )
            if changed:
                changing.tell("workspace.changed", **msgspec.to_builtins(wanted))
        return settings_of(stored)
