"""Export: what a workspace holds, a page of records after the other, for its admins.

Each page is read in short statements and no transaction waits for who asks. An item is of the moment in which its
page was made; what happens later is in the event log. Drafts that are for others alone are not told of but counted.
"""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest import transfer as t
from draftwire_server.core import cursor
from draftwire_server.core.access.access import Guest, Resource, administers
from draftwire_server.core.edits.replica import decode_ops
from draftwire_server.limits.pages import EXPORT_LOG_BATCHES, EXPORT_LOG_BYTES, EXPORT_PAGE_BYTES, EXPORT_PAGE_RECORDS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.events.channels import draft_facts
from draftwire_server.settings import Settings
from draftwire_server.store import transfer as store
from draftwire_server.store.items import items
from draftwire_server.store.people import folders, groups
from draftwire_server.store.postgres import Connection, Database

SECTIONS: Final = ("members", "groups", "folders", "kinds", "runs", "items", "grants")
ROWS: Final = 200  # of one statement


class ExportPosition(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: in which section, after which name or item, and after which version of that item."""

    section: str
    after: str = ""
    number: int = 0


class Exports:
    """See the module."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._key = settings.resume_key.encode()
        self._database = database

    async def page(self, principal: Principal, query: t.ExportQuery) -> t.ExportPage:
        """The next records. Raises `Problem` forbidden unless an admin asks, bad_cursor."""
        if not administers(principal.access, time.time()):
            raise Problem("forbidden", "Only workspace admins can export a workspace.", detail={"missing": "admin"})
        below = None if query.folder is None else query.folder.strip("/") + "/"
        scope = msgspec.json.encode((principal.workspace.id, below, query.drafts))
        at = ExportPosition("")
        if query.cursor is not None:
            at = cursor.unseal(self._key, scope, query.cursor, ExportPosition)
        made = _Page()
        async with self._database.acquired() as connection:
            walk = _Walk(connection, principal, below, query.drafts, made)
            async for reached in walk.records_from(at):
                at = reached
                if made.full:
                    break
            done = await walk.done(at)
        return t.ExportPage(
            tuple(made.records),
            *done,
            None if at.section == "end" else cursor.seal(self._key, scope, at),
            made.withheld,
        )


class _Page:
    """Records until there are enough."""

    def __init__(self) -> None:
        self.records: list[t.Record] = []
        self.size = 0
        self.withheld = 0

    @property
    def full(self) -> bool:
        return self.size >= EXPORT_PAGE_BYTES or len(self.records) >= EXPORT_PAGE_RECORDS

    def add(self, record: t.Record, size: int = 200) -> None:
        self.records.append(record)
        self.size += size


class _Walk:
    """Goes through the sections, putting records on a page; says after each step how far it came."""

    def __init__(
        self, connection: Connection, principal: Principal, below: str | None, drafts: bool, page: _Page
    ) -> None:
        self._connection = connection
        self._principal = principal
        self._workspace = principal.workspace.id
        self._below = below
        self._drafts = drafts
        self._page = page

    async def records_from(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        """Put what follows on the page, a little at a time."""
        if at.section == "":
            self._page.add(t.ExportHeader(t.FORMAT))
            at = ExportPosition(SECTIONS[0])
        for section in SECTIONS[SECTIONS.index(at.section) :]:
            begin = at if section == at.section else ExportPosition(section)
            yield begin
            async for reached in self._section(begin):
                yield reached

    async def done(self, at: ExportPosition) -> tuple[int, int]:
        """How many items are done, of how many."""
        reached = at.after if at.section == "items" else ""
        total, upto = await store.count_items(self._connection, self._workspace, reached, self._below)
        if at.section in ("grants", "end"):
            return total, total
        return (upto - 1 if at.number and upto else upto), total

    def _section(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        walks: dict[str, Callable[[ExportPosition], AsyncIterator[ExportPosition]]] = {
            "members": self._members, "groups": self._groups, "folders": self._folders, "kinds": self._kinds,
            "runs": self._runs, "items": self._items, "grants": self._grants,
        }  # fmt: skip
        return walks[at.section](at)

    async def _members(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        while rows := await store.page_of_members(self._connection, self._workspace, at.after, ROWS):
            for row in rows:
                self._page.add(t.MemberRecord(*msgspec.structs.astuple(row)))
            at = ExportPosition("members", rows[-1].username)
            yield at

    async def _groups(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        found = [g for g in await groups.list_groups(self._connection, self._workspace) if g.name > at.after]
        names: dict[str, list[str]] = {}
        for member in await groups.list_group_members(self._connection, self._workspace, [g.id for g in found]):
            names.setdefault(member.group, []).append(member.username)
        for group in found:
            held = tuple(names.get(group.id, ()))
            self._page.add(t.GroupRecord(group.name, held, group.summary, group.external_id), 200 + 20 * len(held))
            yield ExportPosition("groups", group.name)

    async def _folders(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        found = [f for f in await folders.list_folders(self._connection, self._workspace) if f.name > at.after]
        roles: dict[str, list[t.Holding]] = {}
        for row in await folders.list_people(self._connection, self._workspace, [f.id for f in found]):
            holder = {"user": row.username} if row.user is not None else {"group": row.name}
            roles.setdefault(row.folder, []).append(t.Holding(row.role, **holder))
        for folder in found:
            held = tuple(sorted(roles.get(folder.id, ()), key=lambda h: (h.user or "", h.group or "")))
            self._page.add(t.FolderRecord(folder.name, held, folder.summary, folder.external_id), 200 + 40 * len(held))
            yield ExportPosition("folders", folder.name)

    async def _kinds(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        while rows := await store.page_of_revisions(self._connection, self._workspace, at.after, at.number, 1):
            (row,) = rows
            by = None if row.by is None else msgspec.convert(row.by, t.By)
            self._page.add(t.KindRecord(row.name, row.revision, row.definition, row.changed_at, by), 20_000)
            at = ExportPosition("kinds", row.name, row.revision)
            yield at

    async def _runs(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        while rows := await store.page_of_runs(self._connection, self._workspace, at.after, ROWS):
            for row in rows:
                by = msgspec.convert(row.by, t.By)
                self._page.add(t.RunRecord(row.id, by, row.state, row.started_at, row.label, row.model, row.ended_at))
            at = ExportPosition("runs", rows[-1].id)
            yield at

    async def _items(self, at: ExportPosition) -> AsyncIterator[ExportPosition]:
        """Each item with its versions and drafts; ``number`` is that of the version after which it goes on."""
        after = at.after
        if at.number:
            found = await items.load_item(self._connection, self._workspace, after)
            if found is not None:
                async for reached in self._of_item(Resource(found.path, found.id, found.creator), at.number):
                    yield reached
        while (row := await store.next_item(self._connection, self._workspace, after, self._below)) is not None:
            record = t.ItemRecord(
                row.id, row.kind, row.path, row.creator, msgspec.Raw(row.initial), row.created_at, row.changed_at,
                row.summary, row.external_id, row.archived_at, row.origin, tuple(row.paths),
            )  # fmt: skip
            self._page.add(record, len(row.initial) + 400)
            after = row.id
            async for reached in self._of_item(Resource(row.path, row.id, row.creator_id), 0):
                yield reached

    async def _of_item(self, place: Resource, number: int) -> AsyncIterator[ExportPosition]:
        item = place.item or ""
        while rows := await store.versions_after(
            self._connection, self._workspace, item, number, ROWS, EXPORT_PAGE_BYTES // 4
        ):
            for row in rows:
                record = t.VersionRecord(
                    item, row.number, row.hash, row.content_hash, msgspec.convert(row.author, t.By),
                    msgspec.convert(row.deployer, t.By), row.at, msgspec.Raw(row.value), row.message, row.source_etag,
                    row.override_version, row.redeploy_of, row.run,
                )  # fmt: skip
                self._page.add(record, len(row.value) + 400)
            number = rows[-1].number
            yield ExportPosition("items", item, number)
        if self._drafts:
            await self._drafts_of(item, place)
        yield ExportPosition("items", item)

    async def _grants(self, _: ExportPosition) -> AsyncIterator[ExportPosition]:
        found = []
        for row in await store.list_grants(self._connection, self._workspace):
            at = row.prefix if row.item is None else row.item_path
            if self._below is None or (at or "").startswith(self._below):
                by = None if row.by is None else msgspec.convert(row.by, t.By)
                found.append(
                    t.GrantRecord(
                        tuple(row.may), row.created_at, row.user, row.group, row.prefix, row.item, row.until, by
                    )
                )
        for record in sorted(found, key=msgspec.json.encode):
            self._page.add(record)
        yield ExportPosition("end")

    async def _drafts_of(self, item: str, place: Resource) -> None:
        listed = await items.list_drafts(self._connection, self._workspace, item)
        readable = {
            draft.id
            for draft in listed
            if self._principal.may("read_draft", msgspec.structs.replace(place, draft=draft_facts(draft)))
        }
        self._page.withheld += len(listed) - len(readable)
        if not readable:
            return
        for row in await store.drafts_of(self._connection, self._workspace, item, EXPORT_LOG_BATCHES):
            if row.id in readable:
                record, size = await self._draft(item, row)
                self._page.add(record, size)

    async def _draft(self, item: str, row: store.PlacedDraft) -> tuple[t.DraftRecord, int]:
        batches = await store.batches_between(
            self._connection, self._workspace, row.id, row.generation, row.from_seq, row.head_seq
        )
        size = sum(len(batch.ops) for batch in batches)
        if size > EXPORT_LOG_BYTES and (nearer := await self._nearer(item, row)) is not None:
            return await self._draft(item, nearer)
        if len(batches) != row.head_seq - row.from_seq:
            raise Problem("busy", "A draft changed while it was read. Repeat the request with the same cursor.")
        writers = await store.writers_of(self._connection, self._workspace, row.id)
        used = {batch.w for batch in batches} | {int(w) for w in row.last_nos}
        record = t.DraftRecord(
            item, row.purpose, row.owner, row.visibility, row.generation, row.origin_version, row.base_version,
            row.from_seq, msgspec.Raw(row.value), tuple(row.keyed or ()), tuple(row.text or ()), row.begun_at,
            row.changed_at,
            tuple(
                t.WriterRecord(
                    writer.w, msgspec.convert(writer.by, t.By), writer.joined_at, writer.run,
                    row.last_nos.get(str(writer.w), 0),
                    None if writer.approved_by is None else msgspec.convert(writer.approved_by, t.By),
                )
                for writer in writers if writer.w in used
            ),
            tuple(
                t.BatchRecord(b.w, b.no, b.base, b.seen, b.at, decode_ops(b.ops), b.kind, b.cause) for b in batches
            ),
            row.kept_version, msgspec.convert(_guests(row.guests), tuple[t.InvitedRecord, ...]),
        )  # fmt: skip
        return record, size + len(row.value) + 400

    async def _nearer(self, item: str, row: store.PlacedDraft) -> store.PlacedDraft | None:
        """The same draft from its last snapshot on; None if there is no later one than was taken."""
        for found in await store.drafts_of(self._connection, self._workspace, item, 0):
            if found.id == row.id and found.from_seq > row.from_seq:
                return found
        return None


def _guests(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(msgspec.convert(guest, Guest)) for guest in stored]
