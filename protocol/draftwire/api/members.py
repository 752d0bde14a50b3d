"""Members over HTTP."""

from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from draftwire.rest.members import ChangedMember, Erased, Member, MemberPage, NewMember, SignedOut, SignOut
from draftwire.rest.rights import Role

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class MembersApi:
    """`Api.members`. A member is named by id, by the platform's id, or as ``me``."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(
        self,
        *,
        search: str | None = None,
        username: str | None = None,
        removed: bool = False,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> MemberPage:
        """A page of members by username. Raises `Problem`."""
        query = {"search": search, "username": username, "cursor": cursor, "limit": limit}
        if removed:
            query["removed"] = "true"
        return await self._api.ask(MemberPage, "GET", await self._api.in_workspace("members"), query=query)

    async def get(self, member: str) -> Member:
        """One member. Raises `Problem` not_found."""
        return await self._api.ask(Member, "GET", await self._api.in_workspace("members", member))

    async def add(
        self, external_id: str, *, name: str | None = None, username: str | None = None, role: Role = "editor"
    ) -> Member:
        """Make a member. Raises `Problem` forbidden, taken, bad_name."""
        body = NewMember(external_id, name, username, role)
        return await self._api.ask(Member, "POST", await self._api.in_workspace("members"), body=body)

    async def change(
        self,
        member: str,
        *,
        name: str | UnsetType = UNSET,
        username: str | UnsetType = UNSET,
        role: Role | UnsetType = UNSET,
        external_id: str | UnsetType = UNSET,
    ) -> Member:
        """Change a member; another username moves what lies in their place. Raises `Problem` last_admin, taken, …"""
        body = ChangedMember(name, username, role, external_id)
        return await self._api.ask(Member, "PATCH", await self._api.in_workspace("members", member), body=body)

    async def remove(self, member: str) -> Member:
        """End a member's access at once. Raises `Problem` forbidden, last_admin."""
        return await self._api.ask(Member, "DELETE", await self._api.in_workspace("members", member))

    async def restore(self, member: str) -> Member:
        """Bring a removed member back. Raises `Problem` forbidden."""
        return await self._api.ask(Member, "POST", await self._api.in_workspace("members", member, "restore"))

    async def erase(self, member: str) -> Erased:
        """Erase a user for good: drafts, stash, grants, keys and every name. Raises `Problem` forbidden, last_admin."""
        return await self._api.ask(Erased, "POST", await self._api.in_workspace("members", member, "erase"))

    async def sign_out(self, member: str, *, issued_before: float | None = None) -> SignedOut:
        """Refuse all tokens of a member issued before a time, or before now. Raises `Problem` forbidden."""
        path = await self._api.in_workspace("members", member, "sign-out")
        return await self._api.ask(SignedOut, "POST", path, body=SignOut(issued_before))
