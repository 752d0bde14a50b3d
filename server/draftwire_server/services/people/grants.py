"""Grants: given and taken away, by whoever may share a place. Functions of a `Changing`."""

import unicodedata

from draftwire.errors import Problem
from draftwire.rest.grants import Grant, GrantList, GrantQuery, NewGrant
from draftwire.rest.rights import Holder, HolderInfo
from draftwire_server.core.access.access import Resource
from draftwire_server.core.items.paths import check_prefix
from draftwire_server.services.access.changes import Asking, Changing
from draftwire_server.store.people import grants
from draftwire_server.store.people.grants import GrantRow


def _place(row: GrantRow) -> Resource:
    if row.item is not None:
        return Resource(row.item_path, row.item, row.item_creator)
    return Resource(path=row.prefix or None)


def _manages(asking: Asking, place: Resource) -> bool:
    """Whether the grants on a place are the asker's to see and to end: they could have given them."""
    return asking.administers or bool(asking.shareable(place))


async def listed(asking: Asking, query: GrantQuery) -> GrantList:
    """Grants that the asker manages."""
    user = None if query.user is None else (await asking.user(query.user)).id
    group = None if query.group is None else (await asking.group(query.group)).id
    item = None if query.item is None else (await asking.item(query.item)).item
    rows = await grants.list_grants(asking.connection, asking.workspace, user, group, item)
    return GrantList(tuple(shown(row) for row in rows if _manages(asking, _place(row))))


def shown(row: GrantRow) -> Grant:
    """A grant as it is told."""
    to = HolderInfo(row.name, user=row.user, group=row.group, username=row.username)
    prefix = None if row.item is not None else row.prefix or ""
    return Grant(row.id, to, row.may, row.item, prefix, row.until, row.by, row.at)


async def find(asking: Asking, name: str) -> GrantRow:
    """A grant that the asker manages. Raises `Problem` not_found."""
    row = await grants.load_grant(asking.connection, asking.workspace, name)
    if row is None or not _manages(asking, _place(row)):
        raise Problem("not_found")
    return row


async def give(changing: Changing, wanted: NewGrant) -> tuple[GrantRow, bool]:
    """Give rights; says whether they are new. Raises `Problem` forbidden, not_found, no_such_holder, bad_path."""
    if not wanted.may:
        raise Problem("bad_message", "may must name at least one right.")
    if (wanted.item is None) == (wanted.prefix is None):
        raise Problem("bad_message", "Give either an item or a prefix. An empty prefix means everything.")
    if wanted.until is not None and not changing.now < wanted.until < 1e11:
        raise Problem("bad_message", "until must be a time in the future, in Unix seconds.")
    prefix = None
    if wanted.item is not None:
        place = await changing.item(wanted.item)
    else:
        assert wanted.prefix is not None
        prefix = check_prefix(unicodedata.normalize("NFC", wanted.prefix)) or None
        place = Resource(path=prefix)
    missing = frozenset(wanted.may) - changing.shareable(place)
    if missing:
        raise Problem("forbidden", "You can't give more rights than you have.", detail={"missing": sorted(missing)})
    to = await changing.holder(Holder(wanted.user, wanted.group))
    may = tuple(sorted(set(wanted.may)))
    for row in await grants.list_grants(changing.connection, changing.workspace, to.user, to.group, place.item):
        same_place = row.item == place.item and (row.item is not None or (row.prefix or None) == prefix)
        if same_place and row.may == may and row.until == wanted.until:
            return row, False
    made = await grants.grant(
        changing.connection, changing.workspace, to.user, frozenset(may), group=to.group, prefix=prefix,
        item=place.item, until=wanted.until, by=changing.actor,
    )  # fmt: skip
    changing.tell("grant.given", grant=made)  # of no item: who sees that sees its events
    row_made = await grants.load_grant(changing.connection, changing.workspace, made)
    assert row_made is not None
    return row_made, True


async def end(changing: Changing, row: GrantRow) -> None:
    """Take a grant away."""
    await grants.revoke(changing.connection, changing.workspace, row.id)
    changing.tell("grant.ended", grant=row.id)
