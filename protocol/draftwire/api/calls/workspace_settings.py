"""Made by `make generate` from draftwire.rest: change it there."""

from msgspec import UNSET, UnsetType

from draftwire.api.asking import Asking
from draftwire.rest.workspace import ChangedSettings, WorkspaceSettings


class WorkspaceSettingsCalls:
    """Requests of `Api.workspace_settings`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def get(self) -> WorkspaceSettings:
        """Get the workspace's settings.

        Returns the settings that apply to everyone in the workspace, such as whether the edits of single people are
        counted.

        Who may: every member.
        """
        return await self._api.ask(WorkspaceSettings, "GET", await self._api.in_workspace("settings"))

    async def change(self, *, counts_people: bool | UnsetType = UNSET) -> WorkspaceSettings:
        """Change the workspace's settings.

        Changes the settings you name, and writes an event about it.

        Who may: workspace admins.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            WorkspaceSettings,
            "PATCH",
            await self._api.in_workspace("settings"),
            body=ChangedSettings(counts_people=counts_people),
        )
