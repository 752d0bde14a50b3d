"""`draftwire history`: what was deployed of an item, by whom and why."""

import click

from draftwire.api import Api
from draftwire.messages import ActorInfo
from draftwire.rest.deploys import Version
from draftwire_server.cli.asking import ask, moment, options, show
from draftwire_server.cli.finding import item_id


@click.command()
@options
@click.argument("item")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1), help="No more than so many versions.")
def history(server: str, as_json: bool, item: str, most: int) -> None:
    """List an item's versions, the latest first."""

    async def work(api: Api) -> list[Version]:
        found: list[Version] = []
        named, before = await item_id(api, item), None
        while len(found) < most:
            page = await api.versions.list(named, before=before, limit=min(most - len(found), 200))
            found += page.versions
            before = page.next
            if before is None:
                break
        return found

    found = ask(server, work)
    if not found and not as_json:
        click.echo("Nothing was ever deployed.")
        return
    rows = [
        [str(v.number), v.hash[:12], moment(v.at), _who(v), v.message.replace("\n", " ")[:80] + _how(v)] for v in found
    ]
    show(found, as_json, ("version", "hash", "deployed", "by", "message"), rows)


def _who(version: Version) -> str:
    author, deployer = name_of(version.author), name_of(version.deployer)
    return author if author == deployer else f"{author}, deployed by {deployer}"


def _how(version: Version) -> str:
    if version.redeploy_of is not None:
        return f" (version {version.redeploy_of} again)"
    return f" (over version {version.override})" if version.override is not None else ""


def name_of(actor: ActorInfo) -> str:
    """A person's name, or an agent's with that of whom it acts for."""
    return f"{actor.name} for {actor.on_behalf_of}" if actor.on_behalf_of else actor.name
