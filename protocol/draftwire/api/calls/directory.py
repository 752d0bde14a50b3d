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

        Makes all changes in order, or none. A refusal names the first change that failed by its ``index``.

        Who may: as for each single change.

        Raises:
            Problem: forbidden, taken, bad_name, no_such_holder, last_admin, not_empty, bad_path.
        """
        return await self._api.ask(
            ChangeResults, "POST", await self._api.in_workspace("rights"), body=Changes(changes=tuple(changes))
        )

    async def sync(self, body: Directory) -> DirectoryResult:
        """Sync users, groups and folders.

        Sets users, groups and folders to what your platform has, matched by external id. All changes are made or none.
        Idempotent.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, taken, bad_name, no_such_holder, last_admin, bad_path.
        """
        return await self._api.ask(DirectoryResult, "PUT", await self._api.in_workspace("directory"), body=body)
