"""Routes of what a workspace sets for itself."""

from draftwire.rest.workspace import CHANGE_SETTINGS, LOAD_SETTINGS, ChangedSettings, WorkspaceSettings
from draftwire_server.http.serving.operation import Call, serves


@serves(LOAD_SETTINGS)
async def load_settings(call: Call) -> WorkspaceSettings:
    return await call.runtime.workspaces.settings(call.principal)


@serves(CHANGE_SETTINGS)
async def change_settings(call: Call, body: ChangedSettings) -> WorkspaceSettings:
    return await call.runtime.workspaces.change(call.principal, body)
