"""`draftwire items`: list, search, look at, make, move and fork items."""

import json
import sys
from pathlib import Path
from typing import Any, Final, TextIO

import click
import msgspec

from draftwire.api import Api
from draftwire.rest.items import ListedItem
from draftwire.rest.lives import DeletedItem, ItemDeleted
from draftwire.rest.used_by import ItemUse, UsedBy
from draftwire.wire.messages import Item
from draftwire_server.cli.asking import ask, confirmed, done, every, given_only, moment, options, show
from draftwire_server.cli.exits import refuse
from draftwire_server.cli.items.finding import item_id, look, title

COLUMNS: Final = ("path", "kind", "version", "drafts", "changed", "summary")


@click.group()
def items() -> None:
    """Items: list, show, create, move, fork.

    ITEM is a path, an id, or ext: and an external id.
    """


@items.command("list")
@options
@click.argument("words", nargs=-1)
@click.option("--folder", help="Only items below this folder, such as f/payments.")
@click.option("--kind", multiple=True, help="Only items of this kind. Can be repeated.")
@click.option("--drafts", type=click.Choice(["mine", "others", "any"]), help="Only items with such a draft.")
@click.option("--behind", is_flag=True, help="Only if that draft is based on an older version than the deployed one.")
@click.option("--archived", type=click.Choice(["without", "only", "with"]), help="Whether to list archived items.")
@click.option(
    "--order", type=click.Choice(["path", "changed", "rank"]), help="By path, latest change first, or best match first."
)
@click.option("--most", default=1_000, show_default=True, type=click.IntRange(1), help="Maximum number of items.")
def list_items(
    server: str, as_json: bool, words: tuple[str, ...], kind: tuple[str, ...], most: int, **given: Any
) -> None:
    """List the items you can see. WORDS are searched in paths, summaries and deployed values."""

    async def work(api: Api) -> list[ListedItem]:
        found: list[ListedItem] = []
        wanted = given_only(**given)
        async for item in api.items.list(" ".join(words) or None, kind=kind, include=("drafts",), limit=200, **wanted):
            if len(found) == most:
                break
            found.append(item)
        return found

    found = ask(server, work)
    if not found and not as_json:
        click.echo("No items.")
        return
    show(found, as_json, COLUMNS, [_row(item) for item in found])


def _row(item: ListedItem) -> list[str]:
    owners = [draft.owner.name if draft.owner else "shared" for draft in item.drafts]
    return [
        item.path or f"({item.id})",
        item.kind + (" (archived)" if item.archived else ""),
        str(item.version or "-"),
        ", ".join(owners),
        moment(item.changed_at),
        item.summary[:60],
    ]


@items.command("show")
@options
@click.argument("item")
@click.option("--value", "with_value", is_flag=True, help="Print only the deployed value.")
def show_item(server: str, as_json: bool, item: str, with_value: bool) -> None:
    """Show an item: its deployed version and its drafts."""
    found = ask(server, lambda api: look(api, item))
    if as_json:
        done(found, True, "")
    elif with_value:
        click.echo(json.dumps(found.value, indent=2, ensure_ascii=False))
    else:
        click.echo(f"{title(found)}  ({found.kind}{', archived' if found.archived else ''})")
        click.echo(f"  id        {found.item}" + (f"  ext:{found.external_id}" if found.external_id else ""))
        if found.summary:
            click.echo(f"  summary   {found.summary}")
        head = found.head
        if head is None:
            click.echo("  deployed  never")
        else:
            by = head.by.name if head.by else "somebody"
            told = f": {head.message}" if head.message else ""
            click.echo(f"  deployed  version {head.number} by {by}, {moment(head.at)}{told}")
        mine = found.mine
        if mine is not None and mine.stands:
            behind = f", behind version {head.number}" if mine.behind and head is not None else ""
            click.echo(f"  my draft  {mine.etag} on version {mine.base_version}{behind}")
        for draft in found.drafts:
            if mine is None or draft.id != mine.draft:
                whose = draft.owner.name if draft.owner else "shared"
                click.echo(f"  draft     of {whose}, {moment(draft.updated_at)}" + _may(draft.may))


def _may(may: str) -> str:
    return {"no": ", private", "look": "", "type": ", you can edit it"}[may]


@items.command("new")
@options
@click.argument("kind")
@click.argument("path", required=False)
@click.option("--value", type=click.File(), help="File with the initial JSON value; - reads standard input.")
@click.option("--summary")
@click.option("--external-id", help="Your platform's id of the item.")
def new_item(
    server: str,
    as_json: bool,
    kind: str,
    path: str | None,
    value: TextIO | None,
    summary: str | None,
    external_id: str | None,
) -> None:
    """Create an item."""
    begins = None if value is None else read_value(value)
    made: Item = ask(
        server,
        lambda api: api.items.create(kind, path=path, external_id=external_id, summary=summary, value=begins),
    )
    done(made, as_json, f"Created {made.path or made.item} ({made.item}).")


@items.command("move")
@options
@click.argument("item")
@click.argument("path")
def move_item(server: str, as_json: bool, item: str, path: str) -> None:
    """Move an item to another path."""

    async def work(api: Api) -> Item:
        return await api.items.change(await item_id(api, item), path=path)

    moved = ask(server, work)
    done(moved, as_json, f"Moved {moved.item} to {moved.path}.")


@items.command("archive")
@options
@click.argument("item")
def archive_item(server: str, as_json: bool, item: str) -> None:
    """Remove an item from lists and from its path. Drafts stay readable, and versions by hash."""

    async def work(api: Api) -> Item:
        return await api.items.archive(await item_id(api, item))

    archived = ask(server, work)
    done(archived, as_json, f"{archived.item} is archived. To undo: `draftwire items unarchive {archived.item}`.")


@items.command("unarchive")
@options
@click.argument("item")
@click.option("--path", help="New path, if its own is taken.")
def unarchive_item(server: str, as_json: bool, item: str, path: str | None) -> None:
    """Unarchive an item. ITEM is its id."""

    async def work(api: Api) -> Item:
        return await api.items.unarchive(item, **given_only(path=path))

    back = ask(server, work)
    done(back, as_json, f"{back.item} is at {back.path} again.")


@items.command("delete")
@options
@click.argument("item")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
def delete_item(server: str, as_json: bool, item: str, yes: bool) -> None:
    """Delete an item with all its drafts. For 30 days `undelete` restores both."""

    async def users(api: Api) -> UsedBy:
        return await api.items.used_by(await item_id(api, item), limit=200)

    async def work(api: Api) -> ItemDeleted:
        return await api.items.delete(await item_id(api, item))

    if not yes:
        used = ask(server, users)
        named = (
            f"{_counted(len(used.items), more=used.next is not None)} it and will not find it. " if used.items else ""
        )
        confirmed(f"{named}Delete {item} with all drafts?")
    gone = ask(server, work)
    still = f" {_counted(gone.used_by)} it." if gone.used_by else ""
    done(
        gone,
        as_json,
        f"Deleted. To restore it until {moment(gone.until)}: `draftwire items undelete {gone.item}`.{still}",
    )


def _counted(users: int, *, more: bool = False) -> str:
    return "1 item uses" if users == 1 and not more else f"{users}{' items or more' if more else ' items'} use"


@items.command("undelete")
@options
@click.argument("item")
@click.option("--path", help="New path, if its own is taken.")
def undelete_item(server: str, as_json: bool, item: str, path: str | None) -> None:
    """Restore a deleted item with its drafts. ITEM is its id."""

    async def work(api: Api) -> Item:
        return await api.items.undelete(item, **given_only(path=path))

    back = ask(server, work)
    done(back, as_json, f"{back.item} is at {back.path} again.")


@items.command("deleted")
@options
def list_deleted(server: str, as_json: bool) -> None:
    """List the deleted items you can restore."""

    async def work(api: Api) -> list[DeletedItem]:
        async def page_at(cursor: str | None) -> tuple[tuple[DeletedItem, ...], str | None]:
            page = await api.items.deleted(cursor=cursor, limit=200)
            return page.items, page.next

        return await every(page_at)

    found = ask(server, work)
    if not found and not as_json:
        click.echo("There are no deleted items you can restore.")
        return
    rows = [
        [i.item, i.path or "-", i.kind, i.by.name, moment(i.deleted_at), moment(i.until), str(i.drafts)] for i in found
    ]
    show(found, as_json, ("id", "path", "kind", "by", "deleted", "until", "drafts"), rows)


@items.command("used-by")
@options
@click.argument("item")
def used_by(server: str, as_json: bool, item: str) -> None:
    """List the items whose live versions refer to ITEM, and where."""

    complete = True

    async def work(api: Api) -> list[ItemUse]:
        named = await item_id(api, item)

        async def page_at(cursor: str | None) -> tuple[tuple[ItemUse, ...], str | None]:
            nonlocal complete
            page = await api.items.used_by(named, cursor=cursor, limit=200)
            complete = page.complete
            return page.items, page.next

        return await every(page_at)

    found = ask(server, work)
    if not complete:
        click.echo("Some versions are still being examined. Try again in a moment.", err=True)
    if not found and not as_json:
        click.echo("No item that you can see uses it.")
        return
    rows = [[each.path or each.item, each.kind, f"v{each.version}", str(each.times), each.at[0]] for each in found]
    show(found, as_json, ("path", "kind", "version", "times", "first at"), rows)


@items.command("fork")
@options
@click.argument("item")
@click.argument("path")
@click.option(
    "--from",
    "source",
    default="deployed",
    show_default=True,
    help="The source: deployed, version:3, mine, or a draft's id.",
)
@click.option("--summary")
def fork_item(server: str, as_json: bool, item: str, path: str, source: str, summary: str | None) -> None:
    """Create an item at PATH from the deployed value, a version or a draft."""

    async def work(api: Api) -> Item:
        return await api.versions.fork(await item_id(api, item), source, path=path, summary=summary)

    made = ask(server, work)
    done(made, as_json, f"Made {made.path} ({made.item}) from {item}.")


def read_value(source: TextIO) -> dict[str, Any]:
    """Read a document; end the process if it is none."""
    try:
        value = msgspec.json.decode(source.read())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refuse(f"{_name(source)} is not valid JSON: {error}.")
    if not isinstance(value, dict):
        refuse(f"{_name(source)} must hold a JSON object.")
    return value


def _name(source: TextIO) -> str:
    return "Standard input" if source is sys.stdin else Path(source.name).name
