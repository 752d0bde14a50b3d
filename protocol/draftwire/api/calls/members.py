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

        Returns members by username. Members see names; only admins see the roles and external ids of others.

        Who may: every member; a token held to places returns only yourself.
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

        Creates a member before their first sign-in.

        Who may: workspace admins.

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
        """Get a member.

        Returns one member by id, by external id (admins only), or yourself as ``me``. Only admins and the member see
        role and groups.

        Who may: every member; a token held to places, only for yourself.
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

        Changes name, username, role or external id. A new username also moves the items in ``u/<username>/``.

        Who may: workspace admins.

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

        Ends a member's access at once, on every worker. What they made stays, and the member can be restored.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, last_admin.
        """
        return await self._api.ask(Member, "DELETE", await self._api.in_workspace("members", member))

    async def restore(self, member: str) -> Member:
        """Restore a member.

        Undoes a removal. The member has the groups, roles and grants they had before.

        Who may: workspace admins.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Member, "POST", await self._api.in_workspace("members", member, "restore"))

    async def erase(self, member: str) -> Erased:
        """Erase a member.

        Deletes their drafts, stash, grants and keys, and their name everywhere. This can't be undone.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, last_admin.
        """
        return await self._api.ask(Erased, "POST", await self._api.in_workspace("members", member, "erase"))

    async def sign_out(self, member: str, *, issued_before: float | None = None) -> SignedOut:
        """End a member's tokens.

        Refuses all tokens of a member that were issued before a time. API keys stay valid.

        Who may: workspace admins; you, for yourself, with a token that is not narrowed.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            SignedOut,
            "POST",
            await self._api.in_workspace("members", member, "sign-out"),
            body=SignOut(issued_before=issued_before),
        )
