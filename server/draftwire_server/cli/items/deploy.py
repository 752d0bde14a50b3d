"""`draftwire deploy`, `redeploy` and `diff`: see what would ship, ship exactly that, bring an older version back."""

from typing import Any

import click

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.deploys import Deployed
from draftwire.rest.diff import ItemDiff
from draftwire.rest.drafts import DraftState
from draftwire.wire.messages import Alert
from draftwire_server.cli.asking import ask, confirmed, done, moment, options
from draftwire_server.cli.items.draft import load, of_item
from draftwire_server.cli.items.finding import item_id
from draftwire_server.cli.items.showing import comparison_lines, summary


@click.command()
@of_item
@click.option("-m", "--message", default="", help="Describe the change, for the history.")
@click.option("--etag", help="Deploy exactly this state, without asking.")
@click.option("--on", "expected", type=click.IntRange(0), help="The version it replaces; default: the live one.")
@click.option(
    "--if-moved",
    type=click.Choice(["ship", "refuse"]),
    default="ship",
    show_default=True,
    help="If the draft has changed since: deploy what you reviewed, or nothing.",
)
@click.option(
    "--override", type=click.IntRange(1), help="Replace this live version, although the draft is based on an older one."
)
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
def deploy(
    server: str,
    as_json: bool,
    item: str,
    shared: bool,
    message: str,
    etag: str | None,
    expected: int | None,
    if_moved: Any,
    override: int | None,
    yes: bool,
) -> None:
    """Deploy a draft as the item's next version. Shows the changes, asks, and deploys exactly those."""

    async def before(api: Api) -> tuple[DraftState, ItemDiff]:
        found = await load(api, item, shared)
        return found, await api.items.diff(found.item, "deployed", f"{found.draft}@{etag or found.etag}")

    found, difference = ask(server, before)
    if not as_json:
        for line in comparison_lines(difference.comparison):
            click.echo(line)
        click.echo(summary(difference.comparison))
        for line in _warnings(found.alerts):
            click.echo(line, err=True)
    if not yes and etag is None and difference.comparison.changes:
        confirmed(f"Deploy this, replacing version {found.head_version}?")

    async def work(api: Api) -> Deployed:
        on = found.head_version if expected is None else expected
        try:
            return await api.deploys.deploy(
                found.draft, etag or found.etag, on, message=message, if_moved=if_moved, override=override,
                item=found.item,
            )  # fmt: skip
        except Problem as problem:
            raise _explained(problem) from problem

    shipped = ask(server, work)
    if shipped.unchanged:
        text = f"Nothing deployed: version {shipped.version} is the same."
    else:
        text = f"Deployed version {shipped.version} ({shipped.hash[:12]})."
    later = sum(came.seq_to - came.seq_from + 1 for came in shipped.later)
    done(shipped, as_json, text + (f" {later} later edits stay in the draft." if later else ""))


def _warnings(alerts: tuple[Alert, ...]) -> list[str]:
    """What nobody has settled in the draft."""
    lines = []
    for alert in alerts:
        names = " and ".join(side.actor.name for side in alert.sides)
        where = f", line {alert.line_from}" if alert.line_from else ""
        lines.append(
            f"Warning: an open conflict of {names} at {alert.address or '/'}{where}. Both texts are in the draft."
        )
    return lines


@click.command()
@options
@click.argument("item")
@click.argument("version")
@click.option("-m", "--message", default="", help="The reason, for the history.")
@click.option("--on", "expected", type=click.IntRange(0), help="The version it replaces; default: the live one.")
def redeploy(server: str, as_json: bool, item: str, version: str, message: str, expected: int | None) -> None:
    """Roll back: make an older VERSION (number or hash) live again."""

    async def work(api: Api) -> Deployed:
        found = await item_id(api, item)
        head = (await api.versions.list(found, limit=1)).head if expected is None else expected
        try:
            return await api.deploys.redeploy(found, version, head, message=message)
        except Problem as problem:
            raise _explained(problem) from problem

    shipped = ask(server, work)
    same = f"Nothing deployed: version {shipped.version} is the same."
    done(shipped, as_json, same if shipped.unchanged else f"Version {version} is live again, as {shipped.version}.")


def _explained(problem: Problem) -> Problem:
    """A refusal with the way out."""
    detail = problem.detail or {}
    if problem.code == "behind":
        head = detail.get("head") or {}
        by = (head.get("by") or {}).get("name", "somebody")
        where = ", ".join(_place(place) for place in detail.get("overlaps", ()))
        told = f"Version {head.get('number')} was deployed by {by}, {moment(head.get('at'))}"
        told += f": {head['message']}" if head.get("message") else "."
        told += f"\nBoth sides changed {where}." if where else "\nNothing overlaps." if "overlaps" in detail else ""
        return Problem("behind", f"{told}\nNext: `draftwire draft rebase`, `draftwire draft keep`, or --override.")
    if problem.code == "not_deployable":
        lines = [f"  {found['at'] or '/'}: {found['message']}" for found in detail.get("diagnostics", ())]
        return Problem("not_deployable", "\n".join(("The value does not satisfy the kind's rules:", *lines)))
    return problem


def _place(place: dict[str, Any]) -> str:
    lines = f" lines {place['line_from']}–{place['line_to']}" if place.get("line_from") else ""
    return f"{place['address']}{lines}"


@click.command()
@options
@click.argument("item")
@click.argument("old", default="deployed")
@click.argument("new", default="mine")
@click.option(
    "--context",
    default=3,
    show_default=True,
    type=click.IntRange(0, 100),
    help="Unchanged lines to show around changes.",
)
@click.option("--stat", is_flag=True, help="Only print how much changed.")
def diff(server: str, as_json: bool, item: str, old: str, new: str, context: int, stat: bool) -> None:
    """Compare two values of an item: deployed, mine, shared, version:3 or a draft's id, drafts also with @ETAG."""

    async def work(api: Api) -> ItemDiff:
        return await api.items.diff(await item_id(api, item), old, new, context=context)

    found = ask(server, work)
    if as_json:
        done(found, True, "")
        return
    if not stat:
        for line in comparison_lines(found.comparison):
            click.echo(line)
    click.echo(summary(found.comparison))
