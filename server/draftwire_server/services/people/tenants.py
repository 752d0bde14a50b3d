"""The workspaces of an installation: made and listed with the database at hand, before anybody can sign in anywhere."""

import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access.tokens import username_from
from draftwire_server.core.items.paths import RULES
from draftwire_server.limits.contract import EXTERNAL_ID_CHARS, NAME_CHARS
from draftwire_server.services.people.members import checked_text
from draftwire_server.store.access import members
from draftwire_server.store.postgres import Connection


class Tenant(msgspec.Struct, frozen=True):
    """A workspace as its installation sees it; ``admins`` are the platform's ids of those who still belong to it."""

    id: str
    external_id: str | None
    name: str
    path_rule: str
    members: int
    admins: tuple[str, ...]


async def begin(
    connection: Connection, external_id: str, *, admin: str, name: str | None, admin_name: str | None, path_rule: str
) -> tuple[Tenant, bool]:
    """Make a workspace with its first admin, in one transaction; False if it was there with that admin.

    Raises:
        Problem: ``taken`` if it is there and that user is no admin of it; bad_message.
    """
    checked_text(external_id, EXTERNAL_ID_CHARS, "A workspace's id")
    checked_text(admin, EXTERNAL_ID_CHARS, "The admin's id")
    checked_text(name or external_id, NAME_CHARS, "A name")
    checked_text(admin_name or admin, NAME_CHARS, "A name")
    if path_rule not in RULES:
        raise Problem("bad_message", f"A path rule must be one of {', '.join(RULES)}.")
    async with connection.transaction():
        await members.lock_tenants(connection)
        there = await members.find_workspace(connection, external_id)
        if there is not None:
            member = await members.find_member(connection, there.id, admin)
            if member is None or member.removed or member.role != "admin":
                raise Problem("taken", f"The workspace {external_id} exists, and {admin} is not an admin of it.")
            return await _find(connection, there.id), False
        made = await members.add_workspace(
            connection, external_id=external_id, name=name or external_id, path_rule=path_rule
        )
        await members.add_member(
            connection, made, external_id=admin, username=username_from(admin), name=admin_name or admin, role="admin"
        )
        return await _find(connection, made), True


async def listed(connection: Connection) -> list[Tenant]:
    """Every workspace, the oldest first."""
    return [Tenant(*row) for row in await members.list_workspaces(connection)]


async def _find(connection: Connection, workspace: str) -> Tenant:
    return next(tenant for tenant in await listed(connection) if tenant.id == workspace)
