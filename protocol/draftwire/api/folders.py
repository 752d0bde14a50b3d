"""Folders and grants over HTTP."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from draftwire.rest.folders import ChangedFolder, Folder, FolderList, FolderPerson, NewFolder
from draftwire.rest.grants import Grant, GrantList, NewGrant
from draftwire.rest.rights import Done, FolderRole, Holder, Right

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class FoldersApi:
    """`Api.folders`. A folder is named by id, by the platform's id or by name."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self) -> FolderList:
        """The folders that one may see. Raises `Problem`."""
        return await self._api.ask(FolderList, "GET", await self._api.in_workspace("folders"))

    async def get(self, folder: str) -> Folder:
        """One folder. Raises `Problem` not_found."""
        return await self._api.ask(Folder, "GET", await self._api.in_workspace("folders", folder))

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
        """Make a folder. Raises `Problem` forbidden, taken, bad_name, no_such_holder."""
        body = NewFolder(name, external_id, summary, tuple(owners), tuple(writers), tuple(readers))
        return await self._api.ask(Folder, "POST", await self._api.in_workspace("folders"), body=body)

    async def change(self, folder: str, **changes: Any) -> Folder:
        """Change ``name``, ``summary``, ``external_id``, ``owners``, ``writers``, ``readers``. Raises `Problem`."""
        body = ChangedFolder(**changes)
        return await self._api.ask(Folder, "PATCH", await self._api.in_workspace("folders", folder), body=body)

    async def set_role(
        self, folder: str, role: FolderRole | None, *, user: str | None = None, group: str | None = None
    ) -> Done:
        """Give a user or a group a role in a folder, or none. Raises `Problem` forbidden, no_such_holder."""
        path = await self._api.in_workspace("folders", folder, "people")
        return await self._api.ask(Done, "PUT", path, body=FolderPerson(role, user, group))

    async def remove(self, folder: str) -> Done:
        """Remove an empty folder. Raises `Problem` forbidden, not_empty."""
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("folders", folder))


class GrantsApi:
    """`Api.grants`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self, *, user: str | None = None, group: str | None = None, item: str | None = None) -> GrantList:
        """Grants on what one administers or owns. Raises `Problem`."""
        query = {"user": user, "group": group, "item": item}
        return await self._api.ask(GrantList, "GET", await self._api.in_workspace("grants"), query=query)

    async def give(
        self,
        may: Iterable[Right],
        *,
        user: str | None = None,
        group: str | None = None,
        item: str | None = None,
        prefix: str | None = None,
        until: float | None = None,
    ) -> Grant:
        """Give rights on an item or below a prefix. Raises `Problem` forbidden, not_found, no_such_holder, bad_path."""
        body = NewGrant(tuple(may), user, group, item, prefix, until)
        return await self._api.ask(Grant, "POST", await self._api.in_workspace("grants"), body=body)

    async def end(self, grant: str) -> Done:
        """Take a grant away. Raises `Problem` not_found."""
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("grants", grant))
