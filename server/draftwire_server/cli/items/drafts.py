"""`draftwire drafts`: the drafts that one may know of, across items."""

from typing import Any

import click

from draftwire.api import Api
from draftwire.rest.draft_list import ListedDraft
from draftwire_server.cli.asking import ask, given_only, moment, options, show


@click.command()
@options
@click.option("--whose", type=click.Choice(["mine", "others", "any"]), default="any", show_default=True)
@click.option("--owner", help="Of this user: an id, ext: and the platform's id, or me.")
@click.option("--folder", help="Of items below this folder, as f/payments.")
@click.option("--kind", multiple=True, help="Of items of this kind; again for more.")
@click.option("--behind", is_flag=True, help="Those on an older version than is deployed.")
@click.option("--conflict", is_flag=True, help="Those with an open conflict.")
@click.option("--order", type=click.Choice(["changed", "age"]), help="The latest change first, or the oldest draft.")
@click.option("--most", default=200, show_default=True, type=click.IntRange(1), help="No more than so many.")
def drafts(server: str, as_json: bool, kind: tuple[str, ...], most: int, **given: Any) -> None:
    """List drafts: whose, since when, behind, in conflict; private ones of others by owner and age alone."""

    async def work(api: Api) -> list[ListedDraft]:
        found: list[ListedDraft] = []
        async for draft in api.drafts.list(kind=kind, limit=min(most, 200), **given_only(**given)):
            found.append(draft)
            if len(found) == most:
                break
        return found

    found = ask(server, work)
    if not found and not as_json:
        click.echo("No drafts.")
        return
    columns = ("item", "whose", "begun", "changed", "on", "", "etag")
    show(found, as_json, columns, [_row(draft) for draft in found])


def _row(draft: ListedDraft) -> list[str]:
    notes = [
        *(["behind" + (" (kept)" if draft.kept else "")] if draft.behind else []),
        *([f"{draft.conflicts} in conflict"] if draft.conflicts else []),
        *(["private"] if draft.may == "no" else []),
    ]
    return [
        draft.path or draft.item,
        draft.owner.name if draft.owner else "shared",
        moment(draft.begun_at),
        moment(draft.updated_at),
        "-" if draft.base_version is None else f"version {draft.base_version}",
        ", ".join(notes),
        draft.etag or "",
    ]
