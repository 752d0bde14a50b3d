"""What each tool takes: structs whose descriptions models read. See `tools.py` for what the tools do."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.tools import ToolEdit
from draftwire.wire.messages import Positive, Whole

Text = Annotated[str, Meta(min_length=1)]


class Arguments(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What a tool takes."""


class InRun(Arguments, frozen=True, kw_only=True):
    """A tool that works in a run."""

    run: Annotated[str | None, Meta(description="A run that begin_run gave. Without it: this session's own run.")] = (
        None
    )


class Where(InRun, frozen=True, kw_only=True):
    """A tool that works on one item: named by one of the three."""

    path: Annotated[str | None, Meta(description="The item by its path, as f/payments/refund_charge.")] = None
    item: Annotated[str | None, Meta(description="The item by its id, as lists and searches give it.")] = None
    draft: Annotated[
        str | None, Meta(description="One draft by its id: another person's, or a shared one. Rarely needed.")
    ] = None

    def __post_init__(self) -> None:
        """Models give the path where the id belongs at times; no id of ours has a slash."""
        if self.item is not None and self.path is None and "/" in self.item and not self.item.startswith("ext:"):
            msgspec.structs.force_setattr(self, "path", self.item)
            msgspec.structs.force_setattr(self, "item", None)


class ListItems(Arguments, frozen=True, kw_only=True):
    folder: Annotated[str | None, Meta(description="Only items below this folder, as f/payments.")] = None
    kind: Annotated[str | None, Meta(description="Only items of this kind: script, flow, app, resource, …")] = None
    words: Annotated[
        str | None, Meta(description="Only items that hold all of these words in path, summary or deployed text.")
    ] = None
    drafts: Annotated[
        Literal["mine", "others", "any"] | None, Meta(description="Only items with such an unfinished draft.")
    ] = None
    cursor: Annotated[str | None, Meta(description="The next of the list before, to go on.")] = None
    limit: Annotated[Positive, Meta(description="At most so many, up to 200.")] = 50


class ListKinds(Arguments, frozen=True, kw_only=True):
    kind: Annotated[str | None, Meta(description="One kind: its definition with the JSON Schema of documents.")] = None


class Search(Where, frozen=True, kw_only=True):
    query: Annotated[str, Meta(min_length=1, max_length=1000, description="The text, found within single lines.")]
    pattern: Annotated[bool, Meta(description="The query is a regular expression.")] = False
    ignore_case: bool = False
    limit: Annotated[Positive, Meta(description="At most so many lines, up to 500.")] = 50


class Read(Where, frozen=True, kw_only=True):
    at: Annotated[
        str | None,
        Meta(
            description="An address: a JSON Pointer (/content, /schema/title), behind the id of an element of a keyed "
            "array where it lies in one (a/value/content). Without it: the whole document, and the addresses of its "
            "texts."
        ),
    ] = None
    first: Annotated[Positive | None, Meta(description="First line of a text, counted from 1.")] = None
    last: Annotated[Positive | None, Meta(description="Last line, included.")] = None


class Suggest(Where, frozen=True, kw_only=True):
    edits: Annotated[tuple[ToolEdit, ...], Meta(min_length=1, max_length=100, description="Edits of this one item.")]
    atomic: Annotated[
        bool,
        Meta(description="True: all or none, each made for what the ones before it leave. False: each by itself."),
    ] = True


class Edit(Suggest, frozen=True, kw_only=True):
    read_seq: Annotated[
        Whole | None,
        Meta(description="The seq of the read that the edits are made for. Without it: this run's last read."),
    ] = None


class CreateItem(InRun, frozen=True, kw_only=True):
    kind: Annotated[str, Meta(description="What it is: list_kinds tells which there are and what they hold.")]
    path: Annotated[str | None, Meta(description="Where it lies: u/<user>/…, f/<folder>/… or g/<group>/….")] = None
    summary: Annotated[str | None, Meta(description="One line for people.")] = None
    value: Annotated[
        dict[str, Any] | None, Meta(description="The document it begins with. Without it: as its kind begins.")
    ] = None


class SetSecret(Where, frozen=True, kw_only=True):
    at: Annotated[str, Meta(description="The address where the secret belongs, as /value/password.")]
    value: Annotated[Any, Meta(description="The secret. It is kept encrypted and can't be read back.")]


class Diff(Where, frozen=True, kw_only=True):
    from_: Annotated[
        str, Meta(description="The old side: deployed, version:<number>, mine, shared, a draft's id, or an etag.")
    ] = msgspec.field(default="deployed", name="from")
    to: Annotated[str, Meta(description="The new side, named likewise.")] = "mine"


class Status(Where, frozen=True, kw_only=True):
    doing: Annotated[str, Meta(min_length=1, max_length=120, description='One line for people: "waiting for review".')]


class Events(InRun, frozen=True, kw_only=True):
    wait_s: Annotated[float, Meta(ge=0, le=25, description="Wait up to so many seconds if nothing is new.")] = 0.0


class BeginRun(Arguments, frozen=True, kw_only=True):
    label: Annotated[
        str, Meta(min_length=1, max_length=200, description='What the work is, for people: "rename the column".')
    ]
    mode: Annotated[
        Literal["apply", "suggest"],
        Meta(description="suggest: nothing changes in anybody's draft until a person accepts it."),
    ] = "apply"
    model: Annotated[
        Annotated[str, Meta(max_length=200)] | None, Meta(description="Which model you are, for people.")
    ] = None
    item: Annotated[str | None, Meta(description="The id of the item where it begins: who is there is told.")] = None


class EndRun(Arguments, frozen=True, kw_only=True):
    run: Annotated[str | None, Meta(description="Without it: this session's own run.")] = None
    text: Annotated[Annotated[str, Meta(max_length=4000)] | None, Meta(description="What was done, for people.")] = None


class Undo(InRun, frozen=True, kw_only=True):
    items: Annotated[
        tuple[str, ...] | None, Meta(description="Only what was done in these items, by id. Without them: everything.")
    ] = None


class ListRuns(Arguments, frozen=True, kw_only=True):
    item: Annotated[str | None, Meta(description="Only runs that have written in this item.")] = None
    mine: Annotated[bool, Meta(description="Only runs of this person's agents.")] = False


class Fork(Where, frozen=True, kw_only=True):
    to: Annotated[str | None, Meta(description="The path of the new item.")] = None
    source: Annotated[
        str, Meta(description="What it begins with: deployed, version:<number>, mine, or a draft's id.")
    ] = "deployed"


class Exactly(Where, frozen=True, kw_only=True):
    """A tool that acts on exactly one state."""

    etag: Annotated[str, Meta(description="The etag of the state, as read gave it: what came later is not touched.")]


class Deploy(Exactly, frozen=True, kw_only=True):
    message: Annotated[str, Meta(description="What changed, for people.")] = ""
