"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable
from typing import Literal

from msgspec import UNSET, UnsetType

from draftwire.api.asking import Asking
from draftwire.rest.folders import ChangedFolder, Folder, FolderList, FolderPerson, NewFolder
from draftwire.rest.rights import Done, Holder


class FoldersCalls:
    """Requests of `Api.folders`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(self) -> FolderList:
        """List folders.

        Returns folders by name, with what you may do in each.

        Who may: every member, for the folders they can see.
        """
        return await self._api.ask(FolderList, "GET", await self._api.in_workspace("folders"))

    async def add(
        self,
        name: str,
        *,
        external_id: str | None = None,
        summary: str = "",
        owners: Iterable[Holder] = (),
        writers: Iterable[Holder] = (),
        readers: Iterable[Holder] = (),
    ) -> Folder:
        """Create a folder.

        Creates a folder. Its people have access to the items in ``f/<name>/``.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, taken, bad_name, no_such_holder.
        """
        return await self._api.ask(
            Folder,
            "POST",
            await self._api.in_workspace("folders"),
            body=NewFolder(
                name=name,
                external_id=external_id,
                summary=summary,
                owners=tuple(owners),
                writers=tuple(writers),
                readers=tuple(readers),
            ),
        )

    async def get(self, folder: str) -> Folder:
        """Get a folder.

        Returns one folder by id, name or external id. Only its owners and admins see its people.

        Who may: every member who can see the folder.
        """
        return await self._api.ask(Folder, "GET", await self._api.in_workspace("folders", folder))

    async def change(
        self,
        folder: str,
        *,
        name: str | UnsetType = UNSET,
        summary: str | UnsetType = UNSET,
        external_id: str | UnsetType | None = UNSET,
        owners: Iterable[Holder] | UnsetType = UNSET,
        writers: Iterable[Holder] | UnsetType = UNSET,
        readers: Iterable[Holder] | UnsetType = UNSET,
    ) -> Folder:
        """Change a folder.

        Changes the folder. A list of people replaces all who had that role. A new name also moves the items in
        ``f/<name>/``.

        Who may: the folder's owners; workspace admins, for name, external id and owners.

        Raises:
            Problem: forbidden, taken, bad_name, bad_path, no_such_holder.
        """
        return await self._api.ask(
            Folder,
            "PATCH",
            await self._api.in_workspace("folders", folder),
            body=ChangedFolder(
                name=name,
                summary=summary,
                external_id=external_id,
                owners=owners if isinstance(owners, UnsetType) else tuple(owners),
                writers=writers if isinstance(writers, UnsetType) else tuple(writers),
                readers=readers if isinstance(readers, UnsetType) else tuple(readers),
            ),
        )

    async def remove(self, folder: str) -> Done:
        """Remove a folder.

        Removes a folder. Refused with `not_empty` while items lie in it.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, not_empty.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("folders", folder))

    async def set_role(
        self,
        folder: str,
        role: Literal["owner", "writer", "reader"] | None,
        *,
        user: str | None = None,
        group: str | None = None,
    ) -> Done:
        """Set a role in a folder.

        Gives a user or group a role in the folder, replacing their earlier one. ``role`` null takes the role away.

        Who may: the folder's owners, for writers and readers; workspace admins, for owners too.

        Raises:
            Problem: forbidden, no_such_holder.
        """
        return await self._api.ask(
            Done,
            "PUT",
            await self._api.in_workspace("folders", folder, "people"),
            body=FolderPerson(role=role, user=user, group=group),
        )
