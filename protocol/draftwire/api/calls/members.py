"""Made by `make generate` from draftwire.rest: change it there."""

from typing import Literal

from msgspec import UNSET, UnsetType

from draftwire.api.asking import Asking
from draftwire.rest.members import ChangedMember, Erased, Member, MemberPage, MemberQuery, NewMember, SignedOut, SignOut


class MembersCalls:
    """Requests of `Api.members`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(
        self,
        *,
        search: str | None = None,
        username: str | None = None,
        removed: bool = False,
        cursor: str | None = None,
        limit: int = 100,
    ) -> MemberPage:
        """List members.

        Members by username. Everybody sees names; roles and the platform's ids are for admins.
        """
        return await self._api.ask(
            MemberPage,
            "GET",
            await self._api.in_workspace("members"),
            query=MemberQuery(search=search, username=username, removed=removed, cursor=cursor, limit=limit),
        )

    async def add(
        self,
        external_id: str,
        *,
        name: str | None = None,
        username: str | None = None,
        role: Literal["admin", "editor", "operator"] = "editor",
    ) -> Member:
        """Add a member.

        Make a member before their first token does. Admins only.

        Raises:
            Problem: forbidden, taken, bad_name.
        """
        return await self._api.ask(
            Member,
            "POST",
            await self._api.in_workspace("members"),
            body=NewMember(external_id=external_id, name=name, username=username, role=role),
        )

    async def get(self, member: str) -> Member:
        """Look at a member.

        One member, by id, by the platform's id, or oneself as ``me``; with the groups they are in.
        """
        return await self._api.ask(Member, "GET", await self._api.in_workspace("members", member))

    async def change(
        self,
        member: str,
        *,
        name: str | UnsetType = UNSET,
        username: str | UnsetType = UNSET,
        role: Literal["admin", "editor", "operator"] | UnsetType = UNSET,
        external_id: str | UnsetType = UNSET,
    ) -> Member:
        """Change a member.

        Change name, username, role or external id. Another username moves what lies in their place. Admins only.

        Raises:
            Problem: forbidden, taken, bad_name, last_admin, bad_path.
        """
        return await self._api.ask(
            Member,
            "PATCH",
            await self._api.in_workspace("members", member),
            body=ChangedMember(name=name, username=username, role=role, external_id=external_id),
        )

    async def remove(self, member: str) -> Member:
        """Remove a member.

        End a member's access at once, on every worker. What they made stays; they can be brought back. Admins only.

        Raises:
            Problem: forbidden, last_admin.
        """
        return await self._api.ask(Member, "DELETE", await self._api.in_workspace("members", member))

    async def restore(self, member: str) -> Member:
        """Bring a member back.

        Undo a removal: the member has the groups, roles and grants that they had. Admins only.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Member, "POST", await self._api.in_workspace("members", member, "restore"))

    async def erase(self, member: str) -> Erased:
        """Erase a user.

        Take away their drafts, stash, grants and keys, and every name of theirs; for good. Admins only.

        Raises:
            Problem: forbidden, last_admin.
        """
        return await self._api.ask(Erased, "POST", await self._api.in_workspace("members", member, "erase"))

    async def sign_out(self, member: str, *, issued_before: float | None = None) -> SignedOut:
        """End a member's tokens.

        Refuse all tokens of a member that were issued before a time. Admins, and everybody for themselves.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            SignedOut,
            "POST",
            await self._api.in_workspace("members", member, "sign-out"),
            body=SignOut(issued_before=issued_before),
        )
