"""Routes of what a workspace sets for itself."""

from draftwire.rest.workspace import ChangedSettings, WorkspaceSettings
from draftwire_server.http.serving.operation import Call, operation

BASE = "/v1/w/{workspace}/settings"


@operation("GET", BASE, summary="Read the workspace's settings")
async def load_settings(call: Call) -> WorkspaceSettings:
    """What holds in the workspace, for all its members: among other things whether single people are counted."""
    return await call.runtime.workspaces.settings(call.principal)


@operation("PATCH", BASE, summary="Change the workspace's settings", problems=("forbidden",))
async def change_settings(call: Call, body: ChangedSettings) -> WorkspaceSettings:
    """Change what is named; admins only. An event says so."""
    return await call.runtime.workspaces.change(call.principal, body)


operations = [load_settings, change_settings]
