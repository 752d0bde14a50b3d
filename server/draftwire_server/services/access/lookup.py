"""Which member a name means, to who says it: the one place where people are looked up by the platform's ids.

Anybody may say an id or a username, which `GET members` shows to all. The platform's id of *another* means somebody to
admins alone; to others it is as unknown as one that nobody has. Else every editor could tell which person is number 42.
"""

import time

from draftwire_server.core.access.access import administers, sees_around
from draftwire_server.services.access.identity import Principal
from draftwire_server.store.access import members
from draftwire_server.store.access.members import MemberRow
from draftwire_server.store.postgres import Connection


async def named_member(connection: Connection, principal: Principal, name: str) -> MemberRow | None:
    """Find a member by id, ``u/`` and the username, ``ext:`` and the platform's id, or one of these as it is.

    Those who left are found too. Held to places or rights, who asks knows of nobody else.
    """
    workspace = principal.workspace.id
    if name.startswith("u/"):
        found = await members.find_member_by_username(connection, workspace, name[2:])
        outside = False
    elif name.startswith("ext:"):
        found = await members.find_member(connection, workspace, name[4:])
        outside = True
    else:
        found = await members.find_member_by_any(connection, workspace, name)
        outside = found is not None and found.id != name
        if found is None or (outside and not _may_know(found, principal, outside=True)):
            found, outside = await members.find_member_by_username(connection, workspace, name), False
    if found is None or _may_know(found, principal, outside=outside):
        return found
    return None


def _may_know(found: MemberRow, principal: Principal, *, outside: bool) -> bool:
    if found.id == principal.access.user or administers(principal.access, time.time()):
        return True
    return not outside and sees_around(principal.access)
