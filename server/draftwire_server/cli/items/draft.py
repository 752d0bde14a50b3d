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
    command = click.option("--shared", is_flag=True, help="Use the shared draft instead of your own.")(command)
    return click.argument("item")(options(command))


@click.group()
def draft() -> None:
    """One draft: show, save, edit, revert, rebase, keep, discard, restore.

    ITEM is a path, an id, or ext: and an external id. Commands use your own draft, or with --shared the shared one.
    """


async def load(api: Api, item: str, shared: bool) -> DraftState:
    """The draft of an item. Raises `Problem`."""
    return await api.drafts.of_item(await item_id(api, item), "shared" if shared else "own")


@draft.command("show")
@of_item
@click.option("--at", help="Only this place, such as /content. A text is printed as it is.")
def show_draft(server: str, as_json: bool, item: str, shared: bool, at: str | None) -> None:
    """Print a draft's value. The etag for `save --etag` is printed to standard error."""
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
@click.option("--etag", required=True, help="The state the change is based on, as printed by `show`.")
@click.option("--at", help="FILE is only the text at this place, such as /content.")
def save_draft(server: str, as_json: bool, item: str, shared: bool, file: TextIO, etag: str, at: str | None) -> None:
    """Save FILE (default: standard input) as the draft, merged with later changes by others."""
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
@click.option("--at", default="/content", show_default=True, help="Address of the text.")
def edit_draft(server: str, as_json: bool, item: str, shared: bool, at: str) -> None:
    """Edit a text of the draft in $EDITOR and save it."""
    found = ask(server, lambda api: load(api, item, shared))
    before = place_in(found.value, at)
    if not isinstance(before, str):
        refuse(f"{at} is not a text.")
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
            f"Others changed the same places: {regions or 'the document'}. Your text is in the stash ({stash}); "
            "read the draft again and save with its etag.",
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
@click.option("--version", type=click.IntRange(0), help="Revert to this version; default: the deployed one.")
@click.option("--etag", help="Revert to this earlier state of the draft.")
def revert_draft(server: str, as_json: bool, item: str, shared: bool, version: int | None, etag: str | None) -> None:
    """Revert a draft to a version or an earlier state. You can undo it like any edit."""

    async def work(api: Api) -> Rebased:
        found = await load(api, item, shared)
        to = found.head_version if version is None and etag is None else version
        return await api.deploys.revert(found.draft, version=to, etag=etag)

    reverted = ask(server, work)
    done(reverted, as_json, f"{'Reverted' if reverted.changed else 'Already in that state'}: {reverted.etag}")


@draft.command("rebase")
@of_item
@click.option("--take", type=click.Choice(list(SIDES)), help="Whose changes to keep in a conflict.")
@click.option("--preview", is_flag=True, help="Only print the result, without saving.")
def rebase_draft(server: str, as_json: bool, item: str, shared: bool, take: Any, preview: bool) -> None:
    """Rebase a draft onto the deployed version."""

    async def work(api: Api) -> Rebased:
        found = await load(api, item, shared)
        try:
            return await api.deploys.rebase(found.draft, found.head_version, rest=take, preview=preview)
        except Problem as problem:
            if problem.code != "merge_conflict":
                raise
            raise Problem("merge_conflict", _conflict(problem.detail or {})) from problem

    rebased = ask(server, work)
    text = f"Based on version {rebased.base_version}: {rebased.etag}"
    if rebased.preview:
        conflicts = f" {len(rebased.hunks)} places need a choice (--take)." if rebased.hunks else " No conflicts."
        text = f"Would be based on version {rebased.base_version}.{conflicts}"
    done(rebased, as_json, text)


def _conflict(detail: dict[str, Any]) -> str:
    lines = ["Both sides changed the same places. Use --take mine or --take theirs, or merge by hand."]
    for hunk in detail.get("hunks", ()):
        lines.append(f"  {hunk['address']}")
        lines += [f"    {side:6} {json.dumps(hunk.get(side), ensure_ascii=False)}" for side in ("mine", "theirs")]
    return "\n".join(lines)


@draft.command("name")
@of_item
@click.argument("name")
@click.option("--etag", help="Name this earlier state; default: the current one.")
def name_state(server: str, as_json: bool, item: str, shared: bool, name: str, etag: str | None) -> None:
    """Name a state of the draft. A named state is kept, and `revert` and `diff` accept the name."""

    async def work(api: Api) -> Any:
        found = await load(api, item, shared)
        return await api.history.name(found.draft, name, etag or found.etag)

    named = ask(server, work)
    done(named, as_json, f"{named.etag} is “{named.name}” now.")


@draft.command("keep")
@of_item
def keep_draft(server: str, as_json: bool, item: str, shared: bool) -> None:
    """Keep a draft behind the deployed version. You can then deploy it over that version."""

    async def work(api: Api) -> Any:
        found = await load(api, item, shared)
        return await api.deploys.keep(found.draft, found.head_version)

    kept = ask(server, work)
    done(kept, as_json, f"Kept behind version {kept.version}.")


@draft.command("discard")
@of_item
@click.option("--etag", help="Only if the draft is in this state.")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
def discard_draft(server: str, as_json: bool, item: str, shared: bool, etag: str | None, yes: bool) -> None:
    """Discard a draft. For 30 days `bring-back` restores its text."""
    found = ask(server, lambda api: load(api, item, shared))
    if not yes and etag is None:
        confirmed(f"Discard the draft at {found.etag}?")
    gone = ask(server, lambda api: api.deploys.discard(found.draft, etag or found.etag))
    done(gone, as_json, "Discarded. For 30 days `draftwire draft bring-back` restores it.")


@draft.command("bring-back")
@of_item
@click.option("--take", type=click.Choice(list(SIDES)), help="Whose changes to keep in a conflict.")
def bring_back_draft(server: str, as_json: bool, item: str, shared: bool, take: Any) -> None:
    """Restore the last discarded draft by merging it into the current one."""

    async def work(api: Api) -> Rebased:
        found = await load(api, item, shared)
        return await api.deploys.bring_back(found.draft, rest=take)

    back = ask(server, work)
    done(back, as_json, f"Restored: {back.etag}")


def place_in(value: Any, at: str | None) -> Any:
    """What stands at a pointer of a document, elements by their ids or positions; ends the process if nothing does."""
    for segment in (at or "").split("/")[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        inside = value.get(name) if isinstance(value, dict) else _element(value, name)
        if inside is None:
            refuse(f"Nothing at {at}.")
        value = inside
    return value


def _element(value: Any, name: str) -> Any:
    if not isinstance(value, list):
        return None
    if name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return next((element for element in value if isinstance(element, dict) and element.get("id") == name), None)
