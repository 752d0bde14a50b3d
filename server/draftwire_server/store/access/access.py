"""All that somebody may do, read in one statement: member, groups, folders, grants, key, revocations, as of one acl_rev.

Groups and folders become `Grant`s here, so that whoever decides knows nothing of them.
"""

from typing import Any

import msgspec

from draftwire_server.core.access.access import Grant, folder_grant, group_grant
from draftwire_server.store.access.keys import KeyFacts
from draftwire_server.store.access.members import MemberRow
from draftwire_server.store.postgres import Connection, Row


class AccessRow(msgspec.Struct, frozen=True):
    """A member with everything granted to them, as of one `acl_rev`, and what may end it."""

    member: MemberRow
    grants: tuple[Grant, ...]
    acl_rev: int
    identity: dict[str, Any]  # of the workspace: whose tokens it takes
    tokens_before: float | None  # tokens issued earlier count no more
    token_revoked: bool
    items: tuple[str, ...]  # ids of the items that were asked for by id or by the platform's
    key: KeyFacts | None


# One statement: the rights that are read are those of the acl_rev that is read. Group membership counts for all rights.
_ACCESS = """
select q.n, m.id, m.external_id, m.username, m.name, m.role, m.removed_at is not null as removed,
       m.erased_at is not null as erased, c.acl_rev, w.identity,
       extract(epoch from m.tokens_before)::float8 as tokens_before,
       exists (select 1 from token_revocation r where r.workspace_id = m.workspace_id and r.jti = q.jti) as token_revoked,
       (select coalesce(array_agg(i.id), '{}') from item i
         where i.workspace_id = m.workspace_id
           and (i.id = any(array(select jsonb_array_elements_text(q.items::jsonb)))
                or i.external_id = any(array(select jsonb_array_elements_text(q.items::jsonb))))) as items,
       (select jsonb_build_object('id', k.id, 'user', k.user_id, 'act_for', k.act_for, 'act_for_any', k.act_for_any,
                 'may', k.may, 'prefixes', k.prefixes, 'items', k.items, 'revoked', k.revoked_at is not null,
                 'expires_at', extract(epoch from k.expires_at)::float8, 'reads_secrets', k.reads_secrets,
                 'owner_role', o.role, 'owner_removed', o.removed_at is not null)
          from api_key k
          join member o on o.workspace_id = k.workspace_id and o.id = k.user_id
         where k.workspace_id = m.workspace_id and k.id = q.key_id) as key,
       g.source, g.may, g.path_prefix, g.item_id, g.until, g.name, g.role as folder_role
  from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as q(user_id, jti, key_id, items, n)
  join member m on m.workspace_id = $1 and m.id = q.user_id
  join workspace w on w.id = m.workspace_id
  join workspace_clock c on c.workspace_id = m.workspace_id
  left join lateral (
    select 'grant' as source, a.may, a.path_prefix, a.item_id, extract(epoch from a.until)::float8 as until,
           null as name, null as role
      from access_grant a where a.workspace_id = m.workspace_id and a.user_id = m.id
    union all
    select 'grant', a.may, a.path_prefix, a.item_id, extract(epoch from a.until)::float8, null, null
      from group_member gm
      join access_grant a on a.workspace_id = gm.workspace_id and a.group_id = gm.group_id
     where gm.workspace_id = m.workspace_id and gm.user_id = m.id
    union all
    select 'group', null, null, null, null, ug.name, null
      from group_member gm
      join user_group ug on ug.workspace_id = gm.workspace_id and ug.id = gm.group_id
     where gm.workspace_id = m.workspace_id and gm.user_id = m.id
    union all
    select 'folder', null, null, null, null, f.name, fr.role
      from folder_role fr
      join folder f on f.workspace_id = fr.workspace_id and f.id = fr.folder_id
     where fr.workspace_id = m.workspace_id and fr.user_id = m.id
    union all
    select 'folder', null, null, null, null, f.name, fr.role
      from group_member gm
      join folder_role fr on fr.workspace_id = gm.workspace_id and fr.group_id = gm.group_id
      join folder f on f.workspace_id = fr.workspace_id and f.id = fr.folder_id
     where gm.workspace_id = m.workspace_id and gm.user_id = m.id
  ) g on true
 order by q.n
"""


class Asked(msgspec.Struct, frozen=True):
    """Whose access is wanted: ``jti`` and ``key`` are of the token or key with which they came; ``items`` those to
    which a token narrows itself.
    """

    user: str
    jti: str | None = None
    key: str | None = None
    items: tuple[str, ...] = ()


async def load_many(connection: Connection, workspace: str, asked: list[Asked]) -> list[AccessRow | None]:
    """Load members and all that they may, at one moment; None for whoever is not there."""
    found: dict[int, list[Row]] = {}
    for row in await connection.fetch(
        _ACCESS, workspace, [a.user for a in asked], [a.jti for a in asked], [a.key for a in asked],
        [msgspec.json.encode(a.items).decode() for a in asked],
    ):  # fmt: skip
        found.setdefault(row["n"], []).append(row)
    return [_access(found[n]) if n in found else None for n in range(1, len(asked) + 1)]


async def load_access(
    connection: Connection,
    workspace: str,
    user: str,
    *,
    jti: str | None = None,
    key: str | None = None,
    items: tuple[str, ...] = (),
) -> AccessRow | None:
    """Load a member and all that they may, at one moment."""
    return (await load_many(connection, workspace, [Asked(user, jti, key, items)]))[0]


def _access(rows: list[Row]) -> AccessRow:
    first = rows[0]
    return AccessRow(
        member=MemberRow(*list(first.values())[1:8]),
        grants=tuple(dict.fromkeys(_grant(row) for row in rows if row["source"] is not None)),
        acl_rev=first["acl_rev"],
        identity=first["identity"],
        tokens_before=first["tokens_before"],
        token_revoked=first["token_revoked"],
        items=tuple(first["items"]),
        key=None if first["key"] is None else msgspec.convert(first["key"], KeyFacts),
    )


def _grant(row: Row) -> Grant:
    match row["source"]:
        case "group":
            return group_grant(row["name"])
        case "folder":
            return folder_grant(row["name"], row["folder_role"])
        case _:
            return Grant(
                may=frozenset(row["may"]),
                prefix=None if row["item_id"] is not None else (row["path_prefix"] or ""),
                item=row["item_id"],
                until=row["until"],
            )
