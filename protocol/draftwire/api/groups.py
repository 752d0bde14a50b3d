"""Groups over HTTP."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from draftwire.rest.groups import ChangedGroup, Group, GroupList, GroupMembers, NewGroup
from draftwire.rest.rights import Done

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class GroupsApi:
    """`Api.groups`. A group is named by id, by the platform's id or by name; a user by id or the platform's id."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self) -> GroupList:
        """The workspace's groups. Raises `Problem`."""
        return await self._api.ask(GroupList, "GET", await self._api.in_workspace("groups"))

    async def get(self, group: str) -> Group:
        """One group; with its members for admins and for themselves. Raises `Problem` not_found."""
        return await self._api.ask(Group, "GET", await self._api.in_workspace("groups", group))

    async def add(
        self, name: str, *, external_id: str | None = None, summary: str = "", members: Iterable[str] = ()
    ) -> Group:
        """Make a group. Raises `Problem` forbidden, taken, bad_name, no_such_holder."""
        body = NewGroup(name, external_id, summary, tuple(members))
        return await self._api.ask(Group, "POST", await self._api.in_workspace("groups"), body=body)

    async def change(
        self,
        group: str,
        *,
        name: str | UnsetType = UNSET,
        summary: str | UnsetType = UNSET,
        external_id: str | UnsetType | None = UNSET,
    ) -> Group:
        """Change a group; another name moves its place. Raises `Problem` forbidden, taken, bad_name."""
        body = ChangedGroup(name, summary, external_id)
        return await self._api.ask(Group, "PATCH", await self._api.in_workspace("groups", group), body=body)

    async def remove(self, group: str) -> Done:
        """Remove a group. Raises `Problem` forbidden, not_empty."""
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("groups", group))

    async def set_members(self, group: str, members: Iterable[str]) -> Group:
        """Give a group exactly these members. Raises `Problem` forbidden, no_such_holder."""
        path = await self._api.in_workspace("groups", group, "members")
        return await self._api.ask(Group, "PUT", path, body=GroupMembers(tuple(members)))

    async def enrol(self, group: str, member: str) -> Done:
        """Put a user into a group. Raises `Problem` forbidden, no_such_holder."""
        return await self._api.ask(Done, "PUT", await self._api.in_workspace("groups", group, "members", member))

    async def withdraw(self, group: str, member: str) -> Done:
        """Take a user out of a group. Raises `Problem` forbidden, not_found."""
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("groups", group, "members", member))
