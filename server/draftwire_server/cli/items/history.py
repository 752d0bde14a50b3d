"""`draftwire history` and `blame`: what was deployed of an item or done in a draft, by whom; who wrote which line."""

import itertools
from typing import Any

import click

from draftwire.api import Api
from draftwire.rest.deploys import Version
from draftwire.rest.history import DraftBlame, HistoryGroup
from draftwire.wire.messages import ActorInfo
from draftwire_server.cli.asking import ask, done, moment, show
from draftwire_server.cli.exits import refuse
from draftwire_server.cli.items.draft import load, of_item, place_in
from draftwire_server.cli.items.finding import item_id


@click.command()
@of_item
@click.option("--draft", is_flag=True, help="Show the draft's changes instead of versions.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1), help="Maximum number of lines.")
def history(server: str, as_json: bool, item: str, shared: bool, draft: bool, most: int) -> None:
    """List an item's versions, or the changes of a draft. Newest first."""
    if draft or shared:
        groups = ask(server, lambda api: _groups(api, item, shared, most))
        if not groups and not as_json:
            click.echo("No changes.")
            return
        rows = [
            [
                f"{group.from_}–{group.to}", _by(group), moment(group.ended_at), " ".join(group.kinds),
                f"+{group.came} −{group.went}", _where(group), ", ".join(group.names),
            ]
            for group in groups
        ]  # fmt: skip
        show(groups, as_json, ("seqs", "by", "until", "how", "characters", "where", "named"), rows)
        return
    found = ask(server, lambda api: _versions(api, item, most))
    if not found and not as_json:
        click.echo("Nothing has been deployed yet.")
        return
    rows = [
        [str(v.number), v.hash[:12], moment(v.at), _who(v), v.message.replace("\n", " ")[:80] + _how(v)] for v in found
    ]
    show(found, as_json, ("version", "hash", "deployed", "by", "message"), rows)


async def _versions(api: Api, item: str, most: int) -> list[Version]:
    found: list[Version] = []
    named, before = await item_id(api, item), None
    while len(found) < most:
        page = await api.versions.list(named, before=before, limit=min(most - len(found), 200))
        found += page.versions
        before = page.next
        if before is None:
            break
    return found


async def _groups(api: Api, item: str, shared: bool, most: int) -> list[HistoryGroup]:
    found: list[HistoryGroup] = []
    draft = await load(api, item, shared)
    async for group in api.history.groups(draft.draft):
        found.append(group)
        if len(found) == most:
            break
    return found


def _by(group: HistoryGroup) -> str:
    approvers = ", ".join(name_of(actor) for actor in group.approved_by)
    return name_of(group.actor) + (f", approved by {approvers}" if approvers else "")


def _where(group: HistoryGroup) -> str:
    places = [
        place.at + (f":{place.lines[0][0]}–{place.lines[-1][1]}" if place.lines else "") for place in group.places
    ]
    return ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")


def _who(version: Version) -> str:
    author, deployer = name_of(version.author), name_of(version.deployer)
    return author if author == deployer else f"{author}, deployed by {deployer}"


def _how(version: Version) -> str:
    if version.redeploy_of is not None:
        return f" (version {version.redeploy_of} again)"
    return f" (over version {version.override})" if version.override is not None else ""


def name_of(actor: ActorInfo) -> str:
    """A person's name, or an agent's with that of whom it acts for; and who imported what they are said to do."""
    name = f"{actor.name} for {actor.on_behalf_of}" if actor.on_behalf_of else actor.name
    return f"{name}, imported by {actor.imported_by}" if actor.imported_by else name


@click.command()
@of_item
@click.option("--at", default="/content", show_default=True, help="Address of the text.")
@click.option("--version", help="Use this version (number or hash) instead of the draft.")
def blame(server: str, as_json: bool, item: str, shared: bool, at: str, version: str | None) -> None:
    """Show who wrote each line of a text, and when."""

    async def work(api: Api) -> tuple[DraftBlame, Any]:
        if version is not None:
            found = await item_id(api, item)
            value = (await api.versions.get(found, version)).value
            return await api.history.version_blame(found, version, address=at), value
        draft = await load(api, item, shared)
        return await api.history.blame(draft.draft, at=draft.etag, address=at), draft.value

    found, value = ask(server, work)
    if as_json:
        done(found, True, "")
        return
    text = place_in(value, at)
    if not isinstance(text, str) or not found.texts:
        refuse(f"{at} is not a text.")
    lines = text.split("\n")
    for stretch, number in itertools.chain.from_iterable(
        ((stretch, n) for n in range(stretch.first, stretch.last + 1)) for stretch in found.texts[0].lines
    ):
        origin = found.origins[stretch.origin]
        who = f"{name_of(origin.actor)[:24]:24}  {moment(origin.at)}"
        click.echo(click.style(f"{who}  {number:>5}  ", dim=True) + (lines[number - 1] if number <= len(lines) else ""))
