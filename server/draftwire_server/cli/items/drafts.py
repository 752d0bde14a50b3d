"""`draftwire drafts`: the drafts that one may know of, across items."""

from typing import Any

import click

from draftwire.api import Api
from draftwire.rest.draft_list import ListedDraft
from draftwire_server.cli.asking import ask, given_only, moment, options, show


@click.command()
@options
@click.option("--whose", type=click.Choice(["mine", "others", "any"]), default="any", show_default=True)
@click.option("--owner", help="Only drafts of this user: an id, ext: and an external id, or me.")
@click.option("--folder", help="Only items below this folder, such as f/payments.")
@click.option("--kind", multiple=True, help="Only items of this kind. Can be repeated.")
@click.option("--behind", is_flag=True, help="Only drafts based on an older version than the deployed one.")
@click.option("--conflict", is_flag=True, help="Only drafts with an open conflict.")
@click.option("--order", type=click.Choice(["changed", "age"]), help="Latest change first, or oldest draft first.")
@click.option("--most", default=200, show_default=True, type=click.IntRange(1), help="Maximum number of lines.")
def drafts(server: str, as_json: bool, kind: tuple[str, ...], most: int, **given: Any) -> None:
    """List drafts with owner, age and state. Private drafts of others show only owner and age."""

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
