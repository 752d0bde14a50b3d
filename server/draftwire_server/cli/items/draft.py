"""`draftwire draft`: read, save and edit a draft of one's own (or the shared one), bring it to other states, end it.

Every save names the state that it was made on, and is merged with what came in between; a text that can't be merged
is in the stash, and the command says so.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, TextIO

import click

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.deploys import Rebased
from draftwire.rest.drafts import DraftPatch, DraftState, PatchOp, Saved
from draftwire_server.cli.asking import ask, confirmed, done, options
from draftwire_server.cli.exits import refuse
from draftwire_server.cli.items.finding import item_id
from draftwire_server.cli.items.items import read_value

SIDES: Final = {"mine": "the draft's side", "theirs": "the version's side"}


def of_item(command: Callable[..., Any]) -> Callable[..., Any]:
    """The item, and which of its drafts."""
    command = click.option("--shared", is_flag=True, help="The shared draft instead of your own.")(command)
    return click.argument("item")(options(command))


@click.group()
def draft() -> None:
    """One draft: show, save, edit, revert, rebase, keep, discard, bring back.

    ITEM is a path, an id, or ext: and the platform's own id; the draft is yours, or with --shared the item's.
    """


async def load(api: Api, item: str, shared: bool) -> DraftState:
    """The draft of an item. Raises `Problem`."""
    return await api.drafts.of_item(await item_id(api, item), "shared" if shared else "own")


@draft.command("show")
@of_item
@click.option("--at", help="One place of it, as /content: a text is printed as it is.")
def show_draft(server: str, as_json: bool, item: str, shared: bool, at: str | None) -> None:
    """Print a draft's value; its etag goes to standard error, for `save --etag`."""
    found = ask(server, lambda api: load(api, item, shared))
    if as_json:
        done(found, True, "")
        return
    click.echo(f"etag {found.etag}", err=True)
    value = place_in(found.value, at)
    if isinstance(value, str):
        click.echo(value, nl=False)
    else:
        click.echo(json.dumps(value, indent=2, ensure_ascii=False))


@draft.command("save")
@of_item
@click.argument("file", type=click.File(), default="-")
@click.option("--etag", required=True, help="The state that this was made on, as `show` printed it.")
@click.option("--at", help="FILE is the text of this place alone, as /content.")
def save_draft(server: str, as_json: bool, item: str, shared: bool, file: TextIO, etag: str, at: str | None) -> None:
    """Save FILE (standard input if it is left out) as the draft, merged with what others did since."""
    text = file.read() if at is not None else None
    value = read_value(file) if at is None else None

    async def work(api: Api) -> Saved:
        found = await load(api, item, shared)
        if value is not None:
            return await _told(api.drafts.save(found.draft, value, if_match=etag, item=found.item))
        return await _told(_put_text(api, found, etag, at or "", text or ""))

    _show_saved(ask(server, work), as_json)


@draft.command("edit")
@of_item
@click.option("--at", default="/content", show_default=True, help="Which text.")
def edit_draft(server: str, as_json: bool, item: str, shared: bool, at: str) -> None:
    """Edit a text of the draft in $EDITOR, and save it."""
    found = ask(server, lambda api: load(api, item, shared))
    before = place_in(found.value, at)
    if not isinstance(before, str):
        refuse(f"{at} is no text.")
    after = click.edit(before, extension=".txt", require_save=False)
    if after is None or after == before:
        click.echo("Nothing changed.")
        return
    _show_saved(ask(server, lambda api: _told(_put_text(api, found, found.etag, at, after))), as_json)


async def _put_text(api: Api, found: DraftState, etag: str, at: str, text: str) -> Saved:
    change = DraftPatch(patch=(PatchOp("replace", at, text),))
    return await api.drafts.patch(found.draft, change, if_match=etag, item=found.item)


async def _told(saving: Awaitable[Saved]) -> Saved:
    """Say of a save that was refused where its text is."""
    try:
        return await saving
    except Problem as problem:
        stash = (problem.detail or {}).get("stash_id")
        if problem.code != "stale" or stash is None:
            raise
        regions = ", ".join(_region(region) for region in problem.detail.get("regions", ()))
        raise Problem(
            "stale",
            f"Others changed the same: {regions or 'the document'}. Your text is in the stash ({stash}); "
            "look at the draft again and save on its etag.",
        ) from problem


def _region(region: Any) -> str:
    lines = f" lines {region['line_from']}–{region['line_to']}" if region.get("line_from") else ""
    return f"{region.get('address', '')}{lines}"


def _show_saved(saved: Saved, as_json: bool) -> None:
    merged = "".join(
        f"\nMerged with {', '.join(by.name for by in came.by)}: {', '.join(came.addresses)}." for came in saved.merged
    )
    done(saved, as_json, f"{'Saved' if saved.changed else 'Unchanged'}: {saved.etag}{merged}")


@draft.command("revert")
@of_item
@click.option("--version", type=click.IntRange(0), help="To this version; without an option to what is deployed.")
@click.option("--etag", help="To this earlier state of the draft.")
def revert_draft(server: str, as_json: bool, item: str, shared: bool, version: int | None, etag: str | None) -> None:
    """Bring a draft back to a version or an earlier state, as one more edit of it."""

    async def work(api: Api) -> Rebased:
        found = await load(api, item, shared)
        to = found.head_version if version is None and etag is None else version
        return await api.deploys.revert(found.draft, version=to, etag=etag)

    reverted = ask(server, work)
    done(reverted, as_json, f"{'Reverted' if reverted.changed else 'It reads like that already'}: {reverted.etag}")


@draft.command("rebase")
@of_item
@click.option("--take", type=click.Choice(list(SIDES)), help="Where both changed the same.")
@click.option("--preview", is_flag=True, help="Only say what would be.")
def rebase_draft(server: str, as_json: bool, item: str, shared: bool, take: Any, preview: bool) -> None:
    """Bring a draft onto the version that is deployed."""

    async def work(api: Api) -> Rebased:
        found = await load(api, item, shared)
        try:
            return await api.deploys.rebase(found.draft, found.head_version, rest=take, preview=preview)
        except Problem as problem:
            if problem.code != "merge_conflict":
                raise
            raise Problem("merge_conflict", _conflict(problem.detail or {})) from problem

    rebased = ask(server, work)
    text = f"Stands on version {rebased.base_version}: {rebased.etag}"
    if rebased.preview:
        conflicts = f" {len(rebased.hunks)} places need a choice (--take)." if rebased.hunks else " Nothing conflicts."
        text = f"Would stand on version {rebased.base_version}.{conflicts}"
    done(rebased, as_json, text)


def _conflict(detail: dict[str, Any]) -> str:
    lines = ["Both changed the same; say --take mine or --take theirs, or merge by hand."]
    for hunk in detail.get("hunks", ()):
        lines.append(f"  {hunk['address']}")
        lines += [f"    {side:6} {json.dumps(hunk.get(side), ensure_ascii=False)}" for side in ("mine", "theirs")]
    return "\n".join(lines)


@draft.command("name")
@of_item
@click.argument("name")
@click.option("--etag", help="Of this earlier state; else the draft as it is.")
def name_state(server: str, as_json: bool, item: str, shared: bool, name: str, etag: str | None) -> None:
    """Give a state of the draft a name: it is kept for good, and `revert` and `diff` know it."""

    async def work(api: Api) -> Any:
        found = await load(api, item, shared)
        return await api.history.name(found.draft, name, etag or found.etag)

    named = ask(server, work)
    done(named, as_json, f"{named.etag} is “{named.name}” now.")


@draft.command("keep")
@of_item
def keep_draft(server: str, as_json: bool, item: str, shared: bool) -> None:
    """Leave a draft as it is behind what is deployed now; it may then be deployed over that."""

    async def work(api: Api) -> Any:
        found = await load(api, item, shared)
        return await api.deploys.keep(found.draft, found.head_version)

    kept = ask(server, work)
    done(kept, as_json, f"Kept as it is behind version {kept.version}.")


@draft.command("discard")
@of_item
@click.option("--etag", help="Only if it is in this state.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def discard_draft(server: str, as_json: bool, item: str, shared: bool, etag: str | None, yes: bool) -> None:
    """End a draft; for 30 days `bring-back` has its text."""
    found = ask(server, lambda api: load(api, item, shared))
    if not yes and etag is None:
        confirmed(f"Discard the draft at {found.etag}?")
    gone = ask(server, lambda api: api.deploys.discard(found.draft, etag or found.etag))
    done(gone, as_json, "Discarded. `draftwire draft bring-back` has it for 30 days.")


@draft.command("bring-back")
@of_item
@click.option("--take", type=click.Choice(list(SIDES)), help="Where both changed the same.")
def bring_back_draft(server: str, as_json: bool, item: str, shared: bool, take: Any) -> None:
    """Merge the draft that was discarded last into the draft as it is now."""

    async def work(api: Api) -> Rebased:
        found = await load(api, item, shared)
        return await api.deploys.bring_back(found.draft, rest=take)

    back = ask(server, work)
    done(back, as_json, f"Brought back: {back.etag}")


def place_in(value: Any, at: str | None) -> Any:
    """What stands at a pointer of a document, elements by their ids or positions; ends the process if nothing does."""
    for segment in (at or "").split("/")[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        inside = value.get(name) if isinstance(value, dict) else _element(value, name)
        if inside is None:
            refuse(f"There is nothing at {at}.")
        value = inside
    return value


def _element(value: Any, name: str) -> Any:
    if not isinstance(value, list):
        return None
    if name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return next((element for element in value if isinstance(element, dict) and element.get("id") == name), None)
