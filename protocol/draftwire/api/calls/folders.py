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

        The folders that the asker may see, with what they may do there.
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
        """Make a folder.

        Make a folder: it gives the place ``f/<name>/`` its people. Admins only.

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
        """Look at a folder.

        One folder, by id, by the platform's id or by name. Its people are shown to owners and admins.
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

        Change a folder. Owners give and take the roles of writers and readers, and the summary; the rest is admins'.

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

        Remove a folder in which no items lie any more. Admins only.

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
        """Give a role in a folder.

        Give one user or group a role in a folder, or (null) none. Owners for writers and readers, admins for owners.

        Raises:
            Problem: forbidden, no_such_holder.
        """
        return await self._api.ask(
            Done,
            "PUT",
            await self._api.in_workspace("folders", folder, "people"),
            body=FolderPerson(role=role, user=user, group=group),
        )
