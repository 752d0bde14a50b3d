"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from draftwire.api.asking import Asking
from draftwire.rest.groups import ChangedGroup, Group, GroupList, GroupMembers, NewGroup
from draftwire.rest.rights import Done


class GroupsCalls:
    """Requests of `Api.groups`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(self) -> GroupList:
        """List groups.

        The workspace's groups, by name.
        """
        return await self._api.ask(GroupList, "GET", await self._api.in_workspace("groups"))

    async def add(
        self, name: str, *, external_id: str | None = None, summary: str = "", members: Iterable[str] = ()
    ) -> Group:
        """Make a group.

        Make a group; its members share the place ``g/<name>/``. Admins only.

        Raises:
            Problem: forbidden, taken, bad_name, no_such_holder.
        """
        return await self._api.ask(
            Group,
            "POST",
            await self._api.in_workspace("groups"),
            body=NewGroup(name=name, external_id=external_id, summary=summary, members=tuple(members)),
        )

    async def get(self, group: str) -> Group:
        """Look at a group.

        One group, by id, by the platform's id or by name. Its members are shown to admins and to themselves.
        """
        return await self._api.ask(Group, "GET", await self._api.in_workspace("groups", group))

    async def change(
        self,
        group: str,
        *,
        name: str | UnsetType = UNSET,
        summary: str | UnsetType = UNSET,
        external_id: str | UnsetType | None = UNSET,
    ) -> Group:
        """Change a group.

        Change name, summary or external id. Another name moves what lies in its place. Admins only.

        Raises:
            Problem: forbidden, taken, bad_name, bad_path.
        """
        return await self._api.ask(
            Group,
            "PATCH",
            await self._api.in_workspace("groups", group),
            body=ChangedGroup(name=name, summary=summary, external_id=external_id),
        )

    async def remove(self, group: str) -> Done:
        """Remove a group.

        Remove a group with its roles and grants. Admins only.

        Raises:
            Problem: forbidden, not_empty.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("groups", group))

    async def set_members(self, group: str, members: Iterable[str]) -> Group:
        """Say who is in a group.

        Give a group exactly these members. Admins only.

        Raises:
            Problem: forbidden, no_such_holder.
        """
        return await self._api.ask(
            Group,
            "PUT",
            await self._api.in_workspace("groups", group, "members"),
            body=GroupMembers(members=tuple(members)),
        )

    async def enrol(self, group: str, member: str) -> Done:
        """Put a user into a group.

        Put one user into a group. Admins only.

        Raises:
            Problem: forbidden, no_such_holder.
        """
        return await self._api.ask(Done, "PUT", await self._api.in_workspace("groups", group, "members", member))

    async def withdraw(self, group: str, member: str) -> Done:
        """Take a user out of a group.

        Take one user out of a group. Admins only.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("groups", group, "members", member))
