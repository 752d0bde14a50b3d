"""Export and import over HTTP: a workspace's contents, as records that mean the same in any other workspace.

People are identified by username, groups and folders by name, drafts by item, purpose and owner. So exporting an
imported workspace gives the same records, except that acts of others also say who imported them. Items and versions
keep their ids, numbers and hashes. A record's type is its member ``is``; a record comes after those it refers to.

Not exported: secrets and API keys (create new ones), texts for a single reader (private drafts, the stash), and
short-lived data (presence, alerts, access requests, events).
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.document.ops import Op
from draftwire.rest.route import Route
from draftwire.wire.messages import OpKind, Positive, Whole

FORMAT = 1

LeftOut = Literal["visibility", "guests"]


class By(msgspec.Struct, frozen=True, omit_defaults=True):
    """The actor: a user, or an agent or API key (``label``) acting for them.

    ``imported``: who imported this statement. Exports contain it; imports ignore it and record who imports now.
    """

    user: str
    kind: Literal["user", "agent", "api_key"] = "user"
    label: str = ""
    imported: str | None = None


class ExportHeader(msgspec.Struct, frozen=True, tag_field="is", tag="draftwire"):
    """The first record of an export."""

    format: int


class MemberRecord(msgspec.Struct, frozen=True, tag_field="is", tag="member", omit_defaults=True):
    """A member. Removed members are exported too, because history refers to them."""

    username: str
    name: str
    role: Literal["admin", "editor", "operator"]
    external_id: str | None
    created_at: float
    removed_at: float | None = None


class GroupRecord(msgspec.Struct, frozen=True, tag_field="is", tag="group", omit_defaults=True):
    """A group with its members."""

    name: str
    members: tuple[str, ...]
    summary: str = ""
    external_id: str | None = None


class Holding(msgspec.Struct, frozen=True, omit_defaults=True):
    """A user's or a group's role in a folder."""

    role: Literal["owner", "writer", "reader"]
    user: str | None = None
    group: str | None = None


class FolderRecord(msgspec.Struct, frozen=True, tag_field="is", tag="folder", omit_defaults=True):
    """A folder with its people."""

    name: str
    roles: tuple[Holding, ...]
    summary: str = ""
    external_id: str | None = None


class KindRecord(msgspec.Struct, frozen=True, tag_field="is", tag="kind", omit_defaults=True):
    """A revision of a kind that the workspace defined. Without a definition: the kind was removed."""

    name: str
    revision: Positive
    definition: dict[str, Any] | None
    changed_at: float
    by: By | None = None


class RunRecord(msgspec.Struct, frozen=True, tag_field="is", tag="run", omit_defaults=True):
    """A run, which the writers of drafts refer to."""

    id: str
    by: By
    state: Literal["running", "paused", "stopped", "ended", "lost"]
    started_at: float
    label: str = ""
    model: str | None = None
    ended_at: float | None = None


class ItemRecord(msgspec.Struct, frozen=True, tag_field="is", tag="item", omit_defaults=True):
    """An item. Its highest version is live; without versions, ``initial`` is its value."""

    id: str
    kind: str
    path: str | None
    creator: str
    initial: Any
    created_at: float
    changed_at: float
    summary: str = ""
    external_id: str | None = None
    archived_at: float | None = None
    origin: Any = None
    paths: tuple[str, ...] = ()  # old ones, which still lead to it


class VersionRecord(msgspec.Struct, frozen=True, tag_field="is", tag="version", omit_defaults=True):
    """A version with its value. Both hashes are checked."""

    item: str
    number: Positive
    hash: str
    content_hash: str
    author: By
    deployer: By
    at: float
    value: Any
    message: str = ""
    source_etag: str | None = None
    override: int | None = None
    redeploy_of: int | None = None
    run: str | None = None


class InvitedRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guest of a draft."""

    user: str
    may: Literal["look", "type"] = "look"
    agents: bool = False
    until: float | None = None


class WriterRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A session that wrote in a draft, and its last batch number before the batches of the record."""

    w: Positive
    by: By
    joined_at: float
    run: str | None = None
    last_no: Whole = 0
    approved_by: By | None = None


class BatchRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One batch of a draft's log."""

    w: Positive
    no: Positive
    base: Whole
    seen: Whole
    at: float
    ops: tuple[Op, ...]
    kind: OpKind = "edit"
    cause: str | None = None


class DraftRecord(msgspec.Struct, frozen=True, tag_field="is", tag="draft", omit_defaults=True):
    """A draft: its state at ``from_seq``, and the batches after it.

    A long log starts at a snapshot. Marks, and so etags, belong to the workspace; an import makes new ones.
    """

    item: str
    purpose: Literal["own", "shared"]
    owner: str | None
    visibility: Literal["private", "readable", "open"]
    generation: Positive
    origin_version: Whole
    base_version: Whole
    from_seq: Whole
    value: Any
    keyed: tuple[str, ...]
    text: tuple[str, ...]
    begun_at: float
    changed_at: float
    writers: tuple[WriterRecord, ...]
    batches: tuple[BatchRecord, ...]
    kept_version: Whole = 0
    guests: tuple[InvitedRecord, ...] = ()


class GrantRecord(msgspec.Struct, frozen=True, tag_field="is", tag="grant", omit_defaults=True):
    """Rights of a user or a group: below a prefix, on an item, or, with neither, on everything."""

    may: tuple[Literal["see", "read_drafts", "write", "join", "deploy", "run", "admin"], ...]
    created_at: float
    user: str | None = None
    group: str | None = None
    prefix: str | None = None
    item: str | None = None
    until: float | None = None
    by: By | None = None


Record = (
    ExportHeader
    | MemberRecord
    | GroupRecord
    | FolderRecord
    | KindRecord
    | RunRecord
    | ItemRecord
    | VersionRecord
    | DraftRecord
    | GrantRecord
)


class ExportQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where to continue, and which items: only those below ``folder``, if given. Set ``drafts`` to false to leave them
    out.
    """

    cursor: Annotated[
        Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the previous page.")
    ] = None
    folder: Annotated[str | None, Meta(description="Only items below this folder, such as `f/payments`.")] = None
    drafts: Annotated[bool, Meta(description="Whether to export drafts.")] = True


class ExportPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some records. ``next`` is the cursor of the next page.

    ``items`` of ``total`` are done. ``withheld``: drafts of this page that only their owners may read, and that are
    left out.
    """

    records: tuple[Record, ...]
    items: int
    total: int
    next: str | None = None
    withheld: int = 0


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What earlier requests would have created. Only for ``dry_run``, which writes nothing."""

    members: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    kinds: dict[str, str] = {}  # of those items


class ImportRecords(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Records in the order of their export. ``dry_run``: only return what would happen."""

    records: Annotated[tuple[Record, ...], Meta(max_length=1000)]
    dry_run: bool = False
    known: Known = Known()


class ImportResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of a record: ``made``; ``same``: it already existed; ``kept``: something else has its name and stays;
    or ``refused``, with a code.

    ``left_out``: parts of another person's draft that were not imported: who may see it. ``unset_secrets``: pointers to
    markers whose secrets are missing here. Exports contain no secrets: set them again.
    """

    outcome: Literal["made", "same", "kept", "refused"]
    code: str | None = None
    message: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    unset_secrets: tuple[str, ...] = ()


class Imported(msgspec.Struct, frozen=True):
    """One result per record, in order."""

    results: tuple[ImportResult, ...]


# ---- routes

EXPORT = Route(
    id="export",
    method="GET",
    path="export",
    api="transfer.pages",
    query=ExportQuery,
    answer=ExportPage,
    codes=("forbidden", "bad_cursor"),
    summary="Export the workspace",
    description="""
    Returns the workspace's contents as records that any other workspace can import, page by page with ``cursor``.

    Drafts that you may not read are left out and counted in ``withheld``.
    """,
    who="workspace admins",
)

IMPORT = Route(
    id="import_",
    method="POST",
    path="import",
    api="transfer.put",
    body=ImportRecords,
    answer=Imported,
    parts="records",
    codes=("forbidden", "too_large"),
    summary="Import records",
    description="""
    Creates what the records describe, with their numbers, times, authors and hashes. Returns one result per record,
    in order.

    Existing objects are left unchanged. Idempotent. ``dry_run`` writes nothing.
    """,
    who="workspace admins",
)
