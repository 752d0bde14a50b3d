"""Import: records of an export become rows again, with their numbers, times, authors and hashes.

Each record is decided and written by itself, in a transaction that an admin begins: what is there already is left as
it is, so an import that was interrupted is simply done again. Nothing is believed: hashes are computed anew, logs are
played, and marks are chained from what is written here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, assert_never

import msgspec

from draftwire.document.batch import Batch, replay
from draftwire.document.document import Document
from draftwire.document.shape import Shape
from draftwire.errors import OpError, Problem
from draftwire.rest import transfer as t
from draftwire.wire.agents import check_label
from draftwire.wire.codec import check_value
from draftwire_server.core.bulk import BadPart, woven
from draftwire_server.core.canonical import content_hash, version_hash
from draftwire_server.core.edits.replica import BrokenReplica, Replica, decode_ops, encode_ops, encode_taken
from draftwire_server.core.etag import first_mark, next_mark
from draftwire_server.core.ids import ActorId, DraftId, ItemId, WorkspaceId, draft_id, new_id, public_session_id
from draftwire_server.core.items.paths import check_path
from draftwire_server.core.kinds.kinds import shape_id
from draftwire_server.core.stored import stored_value
from draftwire_server.limits.contract import AGENTS_PER_USER
from draftwire_server.services.access.changes import Changes, Changing
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.kinds.checking import SchemaChecks
from draftwire_server.services.kinds.kindbook import KindBook, checked_kind
from draftwire_server.services.transfer.claims import Notes, RecordClaims, checked_value
from draftwire_server.store import transfer as store
from draftwire_server.store.access import members
from draftwire_server.store.deploys import versions
from draftwire_server.store.items import items, kinds
from draftwire_server.store.live import logs
from draftwire_server.store.people import folders, groups
from draftwire_server.store.postgres import Database

MADE: Final = t.ImportResult("made")
SAME: Final = t.ImportResult("same")
KEPT: Final = t.ImportResult("kept")
Write = Callable[[Changing], Awaitable[t.ImportResult]]


class _DryRun(Exception):
    """Everything was tried; nothing shall stay."""

    def __init__(self, result: t.ImportResult) -> None:
        self.result = result


class Imports:
    """See the module."""

    def __init__(self, database: Database, changes: Changes, kinds: KindBook, checking: SchemaChecks) -> None:
        self._changes = changes
        self._claims = RecordClaims(database, kinds)
        self._checking = checking

    async def put(self, principal: Principal, asked: t.ImportRecords, bad: dict[int, BadPart]) -> t.Imported:
        """Import records; a result for each, also for those that could not be read. Raises `Problem` forbidden, ….

        ``bad``: by their places among all.
        """
        if bad:
            async with self._changes.begin(principal) as changing:
                changing.require_admin()
        results = []
        known = asked.known if asked.dry_run else t.Known()
        for record in asked.records:
            try:
                results.append(await self._one(principal, record, known, asked.dry_run))
                if asked.dry_run:
                    known = _with(known, record)
            except Problem as problem:
                if problem.code in ("forbidden", "unavailable"):
                    raise
                results.append(t.ImportResult("refused", problem.code, problem.message))
        return t.Imported(
            woven(results, bad, lambda part: t.ImportResult("refused", part.problem.code, part.problem.message))
        )

    async def _one(self, principal: Principal, record: t.Record, known: t.Known, dry_run: bool) -> t.ImportResult:
        if isinstance(record, t.KindRecord) and record.definition is not None:
            await checked_kind(self._checking, principal.workspace.id, record.name, record.definition)
        notes = Notes()
        if isinstance(record, t.ItemRecord | t.VersionRecord | t.DraftRecord):
            record, notes = await self._claims.look(principal, record, known)
        write = await asyncio.to_thread(_prepared, record, known)
        try:
            async with self._changes.begin(principal) as changing:
                changing.require_admin()
                with store.refusing():
                    result = await write(changing)
                if dry_run:
                    raise _DryRun(result)
        except _DryRun as dry:
            result = dry.result
        if result.outcome != "made":
            return result
        return msgspec.structs.replace(result, left_out=notes.left_out, unset_secrets=notes.unset)


def _with(known: t.Known, record: t.Record) -> t.Known:
    """What would be there after a record."""
    match record:
        case t.MemberRecord():
            return msgspec.structs.replace(known, members=(*known.members, record.username))
        case t.GroupRecord():
            return msgspec.structs.replace(known, groups=(*known.groups, record.name))
        case t.ItemRecord():
            kinds_ = {**known.kinds, record.id: record.kind}
            return msgspec.structs.replace(known, items=(*known.items, record.id), kinds=kinds_)
        case _:
            return known


def _prepared(record: t.Record, known: t.Known) -> Write:
    """Check all that needs no database; gives what writes. Raises `Problem`."""
    match record:
        case t.ExportHeader():
            if record.format != t.FORMAT:
                raise Problem("bad_record", f"This server can read format {t.FORMAT}, not {record.format}.")
            return _nothing
        case t.MemberRecord():
            return lambda changing: _member(changing, record)
        case t.GroupRecord():
            return lambda changing: _group(changing, record, known)
        case t.FolderRecord():
            return lambda changing: _folder(changing, record, known)
        case t.KindRecord():
            return lambda changing: _kind(changing, record, known)
        case t.RunRecord():
            return lambda changing: _run(changing, record, known)
        case t.ItemRecord():
            initial = checked_value(record.initial)
            hash_ = content_hash(initial)
            return lambda changing: _item(changing, record, initial, hash_, known)
        case t.VersionRecord():
            value = checked_value(record.value)
            if (content_hash(value), version_hash(record.item, record.number, value)) != (
                record.content_hash,
                record.hash,
            ):
                raise Problem("bad_record", f"Version {record.number}: its hashes do not match its value.")
            return lambda changing: _version(changing, record, value, known)
        case t.DraftRecord():
            played = _play(record)
            return lambda changing: _draft(changing, record, played, known)
        case t.GrantRecord():
            return lambda changing: _grant(changing, record, known)
        case _:
            assert_never(record)


async def _nothing(_: Changing) -> t.ImportResult:
    return SAME


# ---- who


async def _user(changing: Changing, name: str, known: t.Known) -> str:
    """The id of a member. Raises `Problem` bad_record; in a dry run one who would have been made will do."""
    found = await members.find_member_by_username(changing.connection, changing.workspace, name)
    if found is not None:
        return found.id
    if name in known.members:
        raise _DryRun(MADE)
    raise Problem("bad_record", f"There is no member {name[:100]}.")


async def _actor(changing: Changing, by: t.By, known: t.Known) -> str:
    """Whose act something is: of that user or agent, as who imports says; one's own acts are one's own."""
    user, importer = await _user(changing, by.user, known), changing.access.user
    if by.kind == "user":
        label = ""
    else:
        check_label(by.label)
        label = by.label
    if user == importer:
        return await members.ensure_actor(changing.connection, changing.workspace, by.kind, user, label)
    if by.kind == "agent":
        await _need_room(changing, user, label)
    return await members.ensure_actor(changing.connection, changing.workspace, by.kind, user, label, importer=importer)


async def _need_room(changing: Changing, user: str, label: str) -> None:
    """Raise `Problem` quota if too many agents of a user would be known from imports."""
    connection, workspace = changing.connection, changing.workspace
    if await members.count_imported_agents(connection, workspace, user) < AGENTS_PER_USER:
        return
    named = f"{label}{members.IMPORTED}{changing.access.user}"
    if await members.find_actor(connection, workspace, "agent", user, named) is None:
        raise Problem(
            "quota", f"Imports have already named {AGENTS_PER_USER:,} agents of this user, which is the limit."
        )


async def _group_id(changing: Changing, name: str, known: t.Known) -> str:
    for group in await groups.list_groups(changing.connection, changing.workspace):
        if group.name == name:
            return group.id
    if name in known.groups:
        raise _DryRun(MADE)
    raise Problem("bad_record", f"There is no group {name[:100]}.")


async def _item_row(changing: Changing, item: str, known: t.Known) -> items.ItemRow:
    """The item, held. Raises as `_user`."""
    row = await items.lock_item(changing.connection, changing.workspace, item)
    if row is not None and row.id == item:
        return row
    if item in known.items:
        raise _DryRun(MADE)
    raise Problem("bad_record", f"There is no item {item[:64]}.")


async def _member(changing: Changing, record: t.MemberRecord) -> t.ImportResult:
    found = await members.find_member_by_username(changing.connection, changing.workspace, record.username)
    if found is not None:
        if found.external_id != record.external_id:
            raise Problem("differs", f"{record.username} is a different person here.")
        there = (found.name, found.role, found.removed)
        return SAME if there == (record.name, record.role, record.removed_at is not None) else KEPT
    row = store.PlacedMember(*msgspec.structs.astuple(record))
    if not await store.add_member(changing.connection, changing.workspace, new_id(), row):
        raise Problem("differs", f"The external id of {record.username} belongs to another member here.")
    changing.tell("member.imported")
    return MADE


async def _group(changing: Changing, record: t.GroupRecord, known: t.Known) -> t.ImportResult:
    users = [await _user(changing, name, known) for name in record.members]
    for group in await groups.list_groups(changing.connection, changing.workspace):
        if group.name == record.name:
            held = await groups.list_group_members(changing.connection, changing.workspace, [group.id])
            return SAME if {m.username for m in held} == set(record.members) else KEPT
    made = await groups.add_group(
        changing.connection, changing.workspace, record.external_id, record.name, record.summary
    )
    await groups.enrol(changing.connection, changing.workspace, [(made, user) for user in users])
    changing.tell("group.added", group=made)
    return MADE


async def _folder(changing: Changing, record: t.FolderRecord, known: t.Known) -> t.ImportResult:
    holders = [await _holder(changing, role.user, role.group, known) for role in record.roles]
    for folder in await folders.list_folders(changing.connection, changing.workspace):
        if folder.name == record.name:
            people = await folders.list_people(changing.connection, changing.workspace, [folder.id])
            there = {(row.user, row.group, row.role) for row in people}
            asked = {(*holder, role.role) for holder, role in zip(holders, record.roles, strict=True)}
            return SAME if there == asked else KEPT
    made = await folders.add_folder(
        changing.connection, changing.workspace, record.external_id, record.name, record.summary
    )
    for (user, group), role in zip(holders, record.roles, strict=True):
        await folders.set_role(changing.connection, changing.workspace, made, user, group, role.role)
    changing.tell("folder.added", folder=made)
    return MADE


async def _holder(
    changing: Changing, user: str | None, group: str | None, known: t.Known
) -> tuple[str | None, str | None]:
    if (user is None) == (group is None):
        raise Problem("bad_record", "A role or grant needs either a user or a group.")
    if user is not None:
        return await _user(changing, user, known), None
    assert group is not None
    return None, await _group_id(changing, group, known)


async def _grant(changing: Changing, record: t.GrantRecord, known: t.Known) -> t.ImportResult:
    connection, workspace = changing.connection, changing.workspace
    user, group = await _holder(changing, record.user, record.group, known)
    if record.item is not None:
        await _item_row(changing, record.item, known)
    by = None if record.by is None else await _actor(changing, record.by, known)
    may: list[str] = sorted(record.may)
    on = (user, group, record.prefix, record.item, may, record.until)
    if await store.has_grant(connection, workspace, *on):
        return SAME
    await store.add_grant(connection, workspace, new_id(), *on, by, record.created_at)
    changing.tell("grant.given", record.item)
    return MADE


# ---- kinds, runs, items, versions


async def _kind(changing: Changing, record: t.KindRecord, known: t.Known) -> t.ImportResult:
    connection, workspace = changing.connection, changing.workspace
    by = None if record.by is None else await _actor(changing, record.by, known)
    await kinds.lock_kinds(connection, workspace)
    row = store.RevisionRow(record.name, record.revision, record.definition, record.changed_at, None)
    if await store.add_revision(connection, workspace, row, by):
        changing.tell("kind.changed", kind=record.name, revision=record.revision)
        return MADE
    there = await store.read_revision(connection, workspace, record.name, record.revision)
    if there == record.definition:
        return SAME
    raise Problem("differs", f"Revision {record.revision} of {record.name} is different here.")


async def _run(changing: Changing, record: t.RunRecord, known: t.Known) -> t.ImportResult:
    by = await _actor(changing, record.by, known)
    # A run does not go on elsewhere: nobody is connected who could.
    state = "lost" if record.state in ("running", "paused") else record.state
    row = store.ExportedRun(record.id, {}, state, record.started_at, record.label, record.model, record.ended_at)
    return MADE if await store.add_run(changing.connection, changing.workspace, row, by) else SAME


async def _item(changing: Changing, record: t.ItemRecord, initial: Any, hash_: str, known: t.Known) -> t.ImportResult:
    connection, workspace = changing.connection, changing.workspace
    if record.path is not None:
        check_path(record.path, changing.principal.workspace.path_rule)
    for path in record.paths:
        check_path(path, changing.principal.workspace.path_rule)
    creator = await _user(changing, record.creator, known)
    there = await items.load_item(connection, workspace, record.id)
    if there is not None and there.id == record.id:
        if there.kind != record.kind:
            raise Problem("kind_differs")
        same = (there.path, there.summary, there.external_id, there.archived, there.creator) == (
            record.path, record.summary, record.external_id, record.archived_at is not None, creator,
        )  # fmt: skip
        return SAME if same else KEPT
    row = store.PlacedItem(
        record.id, record.kind, record.path, record.creator, creator, b"", record.created_at, record.changed_at,
        record.summary, record.external_id, record.archived_at, record.origin, [],
    )  # fmt: skip
    if not await store.add_item(connection, workspace, row, initial, hash_):
        raise Problem("taken")
    await store.add_paths(connection, workspace, record.id, list(record.paths))
    changing.tell("item.imported", record.id, kind=record.kind)
    return MADE


async def _version(changing: Changing, record: t.VersionRecord, value: Any, known: t.Known) -> t.ImportResult:
    connection, workspace = changing.connection, changing.workspace
    item = await _item_row(changing, record.item, known)
    there = await versions.find_version(connection, workspace, item.id, record.number)
    if there is not None:
        if there.hash != record.hash:
            raise Problem("differs", f"Version {record.number} is different here.")
        return SAME
    if record.number != item.head_version + 1:
        raise Problem("bad_record", f"Version {item.head_version + 1} is missing before {record.number}.")
    author, deployer = await _actor(changing, record.author, known), await _actor(changing, record.deployer, known)
    row = store.PlacedVersion(
        record.number, record.hash, record.content_hash, {}, {}, record.at, b"", record.message, record.source_etag,
        record.override, record.redeploy_of, record.run,
    )  # fmt: skip
    await store.add_version(connection, workspace, item.id, row, value, author, deployer)
    changing.tell("version.imported", item.id, version=record.number)
    return MADE


# ---- drafts


class _Played(msgspec.Struct, frozen=True):
    """What a draft's log comes to: each batch as stored, and the value at the start."""

    value: Any
    start_hash: str
    batches: tuple[tuple[t.BatchRecord, bytes, bytes], ...]  # with ops and what they took away
    last_nos: dict[str, int]
    end: Any


def _play(record: t.DraftRecord) -> _Played:
    """Play a log. Raises `Problem` bad_record where it does not hold together."""
    value = checked_value(record.value)
    if (record.purpose == "shared") != (record.owner is None):
        raise Problem("bad_record", "An own draft needs an owner, and a shared one can't have one.")
    numbers = {writer.w: writer.last_no for writer in record.writers}
    start = {str(w): no for w, no in numbers.items() if no}
    try:
        document = Document.load(value, Shape(record.keyed, record.text))
        replica = Replica(record.generation, record.from_seq, "", document)
        rows = []
        playing = Batch(document)
        for seq, batch in enumerate(record.batches, record.from_seq + 1):
            if batch.w not in numbers or batch.no <= numbers[batch.w]:
                raise Problem("bad_record", f"Batch {seq} does not continue a writer's batches.")
            if not batch.seen <= batch.base < seq:
                raise Problem("bad_record", f"Batch {seq} is based on a later state.")
            numbers[batch.w] = batch.no
            check_value(msgspec.json.decode(msgspec.json.encode(batch.ops)))  # as JSON: tuples are none
            effects = replica.effects(playing, batch.ops, batch.w)
            rows.append((batch, encode_ops(tuple(e.op for e in effects)), encode_taken(effects)))
    except (OpError, BrokenReplica) as error:
        raise Problem("bad_record", f"The draft's log is inconsistent: {error}.") from error
    return _Played(value, content_hash(value), tuple(rows), start, playing.document().value)


async def _draft(changing: Changing, record: t.DraftRecord, played: _Played, known: t.Known) -> t.ImportResult:
    connection, workspace = changing.connection, changing.workspace
    item = await _item_row(changing, record.item, known)
    owner = None if record.owner is None else await _user(changing, record.owner, known)
    if max(record.origin_version, record.base_version, record.kept_version) > item.head_version:
        raise Problem("bad_record", "The draft is based on a version that does not exist here.")
    id_ = draft_id(WorkspaceId(workspace), ItemId(item.id), record.purpose, owner or "")
    base_hash = played.start_hash
    if record.from_seq == 0 and base_hash != await items.load_content_hash(
        connection, workspace, item.id, record.origin_version
    ):
        raise Problem("bad_record", "The draft does not start with the value of its version.")
    mark = start = first_mark(id_, record.generation, record.origin_version, base_hash)
    writers, sids = [], {}
    for writer in record.writers:
        actor = await _actor(changing, writer.by, known)
        session = f"imported-{new_id()}"  # nobody can go on with it: what is sent later is another session's
        sids[writer.w] = public_session_id(ActorId(actor), session)
        approver = None if writer.approved_by is None else await _actor(changing, writer.approved_by, known)
        writers.append((writer.w, session, sids[writer.w], actor, writer.run, writer.joined_at, approver))
    batches = []
    for seq, (batch, ops, took) in enumerate(played.batches, record.from_seq + 1):
        mark = next_mark(mark, sids[batch.w], batch.no, ops)
        batches.append(
            (
                seq,
                batch.w,
                batch.no,
                new_id(),
                batch.base,
                batch.seen,
                batch.kind,
                batch.cause,
                mark,
                ops,
                took,
                batch.at,
            )
        )
    shape = shape_id(record.keyed, record.text)
    await kinds.keep_shape(connection, workspace, shape, record.keyed, record.text)
    guests = [
        {"user": await _user(changing, each.user, known), "may": each.may, "agents": each.agents, "until": each.until}
        for each in record.guests
    ]
    head = record.from_seq + len(batches)
    new = store.NewDraft(
        id_, item.id, record.purpose, owner, record.visibility, guests, record.generation, head, mark,
        record.origin_version, record.base_version, record.kept_version, shape, record.begun_at, record.changed_at,
    )  # fmt: skip
    if not await store.add_draft(connection, workspace, new, store.NewLog(writers, batches)):
        return await _there(changing, id_, record, played.end)
    if record.from_seq:
        await store.add_snapshot(
            connection, workspace, new, record.from_seq, start, msgspec.json.encode(played.value), played.last_nos
        )
    changing.tell("draft.imported", item.id)
    return MADE


async def _there(changing: Changing, draft: DraftId, record: t.DraftRecord, end: Any) -> t.ImportResult:
    """What is there of a draft: just what the record comes to, or something else, which stays."""
    loaded = await logs.load(changing.connection, changing.workspace, draft)
    head = record.from_seq + len(record.batches)
    if loaded is None or (loaded.draft.generation, loaded.draft.head_seq) != (record.generation, head):
        return KEPT
    document = Document.load(stored_value(loaded.value), Shape(record.keyed, record.text))
    batches = [(batch.w, decode_ops(batch.ops)) for batch in loaded.batches]
    document = await asyncio.to_thread(replay, document, batches)
    return SAME if document.value == end else KEPT
