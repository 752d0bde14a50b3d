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

        Returns the workspace's groups by name. Only admins see external ids.

        Who may: every member; a token held to places returns none.
        """
        return await self._api.ask(GroupList, "GET", await self._api.in_workspace("groups"))

    async def add(
        self, name: str, *, external_id: str | None = None, summary: str = "", members: Iterable[str] = ()
    ) -> Group:
        """Create a group.

        Creates a group. Its members share the place ``g/<name>/``.

        Who may: workspace admins.

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
        """Get a group.

        Returns one group by id, name or external id. Only admins and the group's members see who is in it.

        Who may: every member, without a token held to places.
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

        Changes name, summary or external id. A new name also moves the items in ``g/<name>/``.

        Who may: workspace admins.

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

        Removes a group with its roles and grants. Refused with `not_empty` while items lie in its place.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, not_empty.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("groups", group))

    async def set_members(self, group: str, members: Iterable[str]) -> Group:
        """Set a group's members.

        Replaces the group's members by the ones you send.

        Who may: workspace admins.

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
        """Add a user to a group.

        Adds one user to a group. Idempotent.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, no_such_holder.
        """
        return await self._api.ask(Done, "PUT", await self._api.in_workspace("groups", group, "members", member))

    async def withdraw(self, group: str, member: str) -> Done:
        """Remove a user from a group.

        Removes one user from a group. Idempotent.

        Who may: workspace admins.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("groups", group, "members", member))
