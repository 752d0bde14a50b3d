"""Export and import over HTTP: what a workspace holds, as records that mean the same in every other workspace.

People are named by their usernames, groups and folders by their names, drafts by item, purpose and owner: so what an
import made is exported again as the very same records, but for acts of others, which say who imported them. Items and
versions keep their ids, numbers and hashes. A record's sort stands in its member ``is``; one that refers to others
comes after them.

Not in it: secrets and API keys (their holders make new ones), what is for one reader alone (private drafts, the stash),
and what is over soon (presence, alerts, questions, events).
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
    """Who did something: a user, or an agent or API key (``label``) for them.

    ``imported``: who said so, by an import. An export tells it; an import does not read it, and names who imports now.
    """

    user: str
    kind: Literal["user", "agent", "api_key"] = "user"
    label: str = ""
    imported: str | None = None


class ExportHeader(msgspec.Struct, frozen=True, tag_field="is", tag="draftwire"):
    """Begins an export."""

    format: int


class MemberRecord(msgspec.Struct, frozen=True, tag_field="is", tag="member", omit_defaults=True):
    """A member, removed ones too: history names them."""

    username: str
    name: str
    role: Literal["admin", "editor", "operator"]
    external_id: str | None
    created_at: float
    removed_at: float | None = None


class GroupRecord(msgspec.Struct, frozen=True, tag_field="is", tag="group", omit_defaults=True):
    """A group and who is in it."""

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
    """A folder and its people."""

    name: str
    roles: tuple[Holding, ...]
    summary: str = ""
    external_id: str | None = None


class KindRecord(msgspec.Struct, frozen=True, tag_field="is", tag="kind", omit_defaults=True):
    """A revision of a kind that the workspace defined; without a definition it was taken back."""

    name: str
    revision: Positive
    definition: dict[str, Any] | None
    changed_at: float
    by: By | None = None


class RunRecord(msgspec.Struct, frozen=True, tag_field="is", tag="run", omit_defaults=True):
    """A piece of an agent's work, which drafts' writers name."""

    id: str
    by: By
    state: Literal["running", "paused", "stopped", "ended", "lost"]
    started_at: float
    label: str = ""
    model: str | None = None
    ended_at: float | None = None


class ItemRecord(msgspec.Struct, frozen=True, tag_field="is", tag="item", omit_defaults=True):
    """An item. Its head is its highest version; until there is one, ``initial`` is its value."""

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
    paths: tuple[str, ...] = ()  # earlier ones, which lead to it still


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
    """A session that wrote in a draft, and its last number there before the batches of the record."""

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
    """A draft: the state at ``from_seq``, and the batches after it up to the head.

    A long log is exported from a snapshot on. Marks, and so etags, belong to the workspace: they are made anew.
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
    """Rights of a user or a group, below a prefix, on an item, or (neither) on everything."""

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
    """Where to go on, and which items: below ``folder`` alone, if it is named, and without ``drafts`` if they are not
    wanted.
    """

    cursor: Annotated[Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the page before.")] = (
        None
    )
    folder: Annotated[str | None, Meta(description="Items below this folder alone, as `f/payments`.")] = None
    drafts: Annotated[bool, Meta(description="Whether drafts are wanted.")] = True


class ExportPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some records; ``next`` is the cursor of what follows.

    ``items`` of ``total`` are done. ``withheld`` drafts of this page are for their owners alone and are not in it.
    """

    records: tuple[Record, ...]
    items: int
    total: int
    next: str | None = None
    withheld: int = 0


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an import would have made before: only for ``dry_run``, which leaves nothing behind for what comes after."""

    members: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    kinds: dict[str, str] = {}  # of those items


class ImportRecords(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Records in the order of their export. ``dry_run``: only say what would become of them."""

    records: Annotated[tuple[Record, ...], Meta(max_length=1000)]
    dry_run: bool = False
    known: Known = Known()


class ImportResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a record: ``made``, it was there already (``same``), something else of that name is there and
    stays (``kept``), or it was ``refused``, with a code.

    ``left_out``: what of a draft of somebody else was not taken: who may see it. ``unset_secrets``: pointers to markers
    of secrets that the item does not have here: secrets are in no export, and are to be set again.
    """

    outcome: Literal["made", "same", "kept", "refused"]
    code: str | None = None
    message: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    unset_secrets: tuple[str, ...] = ()


class Imported(msgspec.Struct, frozen=True):
    """A result for each record, in their order."""

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
