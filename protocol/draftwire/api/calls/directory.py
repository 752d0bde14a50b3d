"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable

from draftwire.api.asking import Asking
from draftwire.rest.directory import (
    AddFolder,
    AddGroup,
    AddMember,
    ChangeFolder,
    ChangeGroup,
    ChangeMember,
    ChangeResults,
    Changes,
    Directory,
    DirectoryResult,
    EndGrant,
    Enrol,
    GiveGrant,
    RemoveFolder,
    RemoveGroup,
    RemoveMember,
    RestoreMember,
    SetFolderRole,
    Withdraw,
)


class DirectoryCalls:
    """Requests of `Api.directory`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def change(
        self,
        changes: Iterable[
            AddMember
            | ChangeMember
            | RemoveMember
            | RestoreMember
            | AddGroup
            | ChangeGroup
            | RemoveGroup
            | Enrol
            | Withdraw
            | AddFolder
            | ChangeFolder
            | RemoveFolder
            | SetFolderRole
            | GiveGrant
            | EndGrant
        ],
    ) -> ChangeResults:
        """Change many rights.

        Make many changes in order, all or none; a refusal names the first that can't be made by its ``index``.

        Raises:
            Problem: forbidden, taken, bad_name, no_such_holder, last_admin, not_empty, bad_path.
        """
        return await self._api.ask(
            ChangeResults, "POST", await self._api.in_workspace("rights"), body=Changes(changes=tuple(changes))
        )

    async def sync(self, body: Directory) -> DirectoryResult:
        """Sync users, groups and folders.

        Bring users, groups and folders to what the platform has, by external id; twice is as good as once. Admins.

        Raises:
            Problem: forbidden, taken, bad_name, no_such_holder, last_admin, bad_path.
        """
        return await self._api.ask(DirectoryResult, "PUT", await self._api.in_workspace("directory"), body=body)
