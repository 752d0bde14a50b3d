"""The kinds of each workspace: the server's own, over them what the workspace defines at run time.

A worker keeps them in memory for the workspaces that somebody uses, and reads them again whenever the workspace's
`acl_rev` has moved, which every change of a kind raises. A write that was decided on an older kind is refused by the
commit statement, like one that was decided on older rights.
"""

import logging
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.rest.kinds import KindChange, KindInfo, KindList
from draftwire_server.core.access.access import Resource
from draftwire_server.core.kinds.kind_file import NAME, KindError, definition_of, read_kind
from draftwire_server.core.kinds.kinds import Kind, Kinds
from draftwire_server.limits.contract import KIND_BYTES, KINDS_PER_WORKSPACE
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.kinds.checking import SchemaChecks
from draftwire_server.store.events import clock
from draftwire_server.store.items import kinds as kind_store
from draftwire_server.store.postgres import Connection, Database

log = logging.getLogger(__name__)

ANYWHERE = Resource(path=None)
PROBLEMS_NAMED = 5  # in the text of a refusal; its detail has all


class _Shelf(msgspec.Struct, frozen=True):
    kinds: Kinds
    rows: dict[str, kind_store.KindRow]


class KindBook:
    """See the module."""

    def __init__(self, shipped: Kinds, database: Database, checking: SchemaChecks) -> None:
        self.shipped = shipped
        self._database = database
        self._checking = checking
        self._shelves: dict[str, _Shelf] = {}

    def of(self, workspace: str) -> Kinds:
        """The kinds of a workspace; it was read by `refresh` when the first of its users was let in."""
        shelf = self._shelves.get(workspace)
        return self.shipped if shelf is None else shelf.kinds

    async def load(self, workspace: str, name: str) -> Kind:
        """Give a kind, also one that another worker has just defined. Raises `Problem` unknown_kind, unavailable."""
        if name not in self.of(workspace):
            await self.refresh(workspace)
        return self.of(workspace).get(name)

    async def refresh(self, workspace: str) -> None:
        """Read what a workspace defines. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            rows = await kind_store.load_kinds(connection, workspace)
        before = self._shelves.get(workspace)
        known = {} if before is None else before.rows
        merged = {kind.name: kind for kind in self.shipped}
        for row in rows:
            if row.definition is None:
                continue
            if before is not None and known.get(row.name) == row and row.name in before.kinds:
                merged[row.name] = before.kinds.get(row.name)
                continue
            try:
                merged[row.name] = _kind_of(row)
            except KindError as error:  # an earlier release took it; the server's own kind counts, if there is one
                log.error("workspace %s: %s", workspace, error)
        self._shelves[workspace] = _Shelf(Kinds(merged.values()), {row.name: row for row in rows})

    # ---- for people and platforms

    def listed(self, principal: Principal) -> KindList:
        """All kinds of the workspace, by name, without their schemas."""
        workspace = principal.workspace.id
        found = sorted(self.of(workspace), key=lambda kind: kind.name)
        return KindList(tuple(self._info(workspace, kind) for kind in found))

    def one(self, principal: Principal, name: str) -> KindInfo:
        """One kind with its whole definition. Raises `Problem` not_found."""
        workspace = principal.workspace.id
        try:
            kind = self.of(workspace).get(name)
        except Problem:
            raise Problem("not_found") from None
        info = self._info(workspace, kind)
        return msgspec.structs.replace(info, definition=definition_of(kind))

    async def put(
        self, principal: Principal, name: str, definition: dict[str, Any], *, expected: int | None
    ) -> KindChange:
        """Define a kind, or change it; takes effect on all workers within a second, for open drafts too.

        Raises:
            Problem: forbidden, bad_kind, too_much_work, kind_changed (it is not at revision ``expected``), too_many.
        """
        _check_admin(principal)
        workspace = principal.workspace.id
        kind = await checked_kind(self._checking, workspace, name, definition)
        async with self._database.transaction() as connection:
            await kind_store.lock_kinds(connection, workspace)
            rows = {row.name: row for row in await kind_store.load_kinds(connection, workspace)}
            before = rows.get(name)
            _check_revision(before, expected)
            use = await kind_store.count_use(connection, workspace, name)
            if before is not None and before.definition == definition:
                return KindChange(name, before.revision, changed=False, items=use.items, drafts=use.drafts)
            if before is None and sum(1 for row in rows.values() if row.definition) >= KINDS_PER_WORKSPACE:
                raise Problem("too_many", f"A workspace has at most {KINDS_PER_WORKSPACE} kinds of its own.")
            revision = await self._add(connection, principal, before, name, definition)
        await self.refresh(workspace)
        return KindChange(kind.name, revision, changed=True, items=use.items, drafts=use.drafts)

    async def remove(self, principal: Principal, name: str, *, expected: int | None) -> KindChange:
        """Take a workspace's kind back; the server's own of that name counts again.

        Raises:
            Problem: forbidden, not_found, kind_changed, kind_in_use (items are of it and the server has none).
        """
        _check_admin(principal)
        workspace = principal.workspace.id
        async with self._database.transaction() as connection:
            await kind_store.lock_kinds(connection, workspace)
            rows = {row.name: row for row in await kind_store.load_kinds(connection, workspace)}
            before = rows.get(name)
            if before is None or before.definition is None:
                raise Problem("not_found")
            _check_revision(before, expected)
            use = await kind_store.count_use(connection, workspace, name)
            if use.items and name not in self.shipped:
                raise Problem(
                    "kind_in_use", f"{use.items} items of that kind still exist.", detail={"items": use.items}
                )
            revision = await self._add(connection, principal, before, name, None)
        await self.refresh(workspace)
        return KindChange(name, revision, changed=True, items=use.items, drafts=use.drafts)

    async def _add(
        self,
        connection: Connection,
        principal: Principal,
        before: kind_store.KindRow | None,
        name: str,
        definition: dict[str, Any] | None,
    ) -> int:
        """Write a revision and its event; drafts whose shape was not kept go on with that of the kind until now."""
        workspace = principal.workspace.id
        kind = None
        if before is not None and before.definition is not None:
            kind = _kind_of(before)
        elif name in self.shipped:
            kind = self.shipped.get(name)
        if kind is not None:
            await kind_store.keep_shape(connection, workspace, kind.shape_id, kind.keyed, kind.text)
            await kind_store.pin_shape(connection, workspace, name, kind.shape_id)
        revision = await kind_store.add_revision(connection, workspace, name, definition, principal.info.id)
        data = {"kind": name, "revision": revision}
        await clock.append_event(connection, workspace, "kind.changed", actor=principal.info.id, data=data)
        return revision

    def _info(self, workspace: str, kind: Kind) -> KindInfo:
        shelf = self._shelves.get(workspace)
        row = shelf.rows.get(kind.name) if shelf else None
        own = row is not None and row.definition is not None
        return KindInfo(
            name=kind.name, title=kind.title, draft_mode=kind.draft_mode, visibility=kind.visibility,
            source="workspace" if own else "server", revision=row.revision if row else 0,
            changed_at=row.changed_at if row else None,
        )  # fmt: skip


def _kind_of(row: kind_store.KindRow) -> Kind:
    return read_kind(msgspec.json.encode(row.definition), row.name)


async def checked_kind(checking: SchemaChecks, workspace: str, name: str, definition: dict[str, Any]) -> Kind:
    """Read what a workspace brings. Raises `Problem` bad_kind with every problem, too_large, too_much_work."""
    if len(msgspec.json.encode(definition)) > KIND_BYTES:
        raise Problem("too_large", f"A kind's definition can have at most {KIND_BYTES} bytes.")
    if not NAME.fullmatch(name):
        raise _bad_kind("the name must have 1–32 lower-case letters, digits and _")
    problems = await checking.definition(workspace, name, definition)
    if problems:
        raise _bad_kind(*problems)
    kind = read_kind(msgspec.json.encode(definition), name)
    if kind.name != name:
        raise _bad_kind(f"its name is {kind.name}, but the address says {name}")
    return kind


def _bad_kind(*problems: str) -> Problem:
    named = "; ".join(problems[:PROBLEMS_NAMED]) + ("; …" if len(problems) > PROBLEMS_NAMED else "")
    return Problem("bad_kind", f"The kind definition is invalid: {named}.", detail={"problems": list(problems)})


def _check_admin(principal: Principal) -> None:
    if not principal.may("administer", ANYWHERE):
        raise Problem("forbidden", detail={"missing": "admin"})


def _check_revision(row: kind_store.KindRow | None, expected: int | None) -> None:
    found = 0 if row is None else row.revision
    if expected is not None and expected != found:
        message = f"The kind has changed: it is at revision {found}, not {expected}."
        raise Problem("kind_changed", message, detail={"revision": found})
