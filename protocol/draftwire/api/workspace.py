"""What a workspace sets for itself, over HTTP."""

from typing import TYPE_CHECKING

from draftwire.rest.workspace import ChangedSettings, WorkspaceSettings

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class WorkspaceSettingsApi:
    """`Api.workspace_settings`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def get(self) -> WorkspaceSettings:
        """What holds in the workspace. Raises `Problem`."""
        return await self._api.ask(WorkspaceSettings, "GET", await self._api.in_workspace("settings"))

    async def change(self, *, counts_people: bool) -> WorkspaceSettings:
        """Change what is named; admins only. Raises `Problem` forbidden."""
        path = await self._api.in_workspace("settings")
        return await self._api.ask(WorkspaceSettings, "PATCH", path, body=ChangedSettings(counts_people))
