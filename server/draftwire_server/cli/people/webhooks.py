"""`draftwire webhooks`: where events are sent, and what became of them."""

from typing import Any

import click

from draftwire.rest.webhooks import Delivery, Webhook
from draftwire_server.cli.asking import ask, done, given_only, moment, options, show


@click.group()
def webhooks() -> None:
    """Webhooks: send events to an address."""


def _row(hook: Webhook) -> list[str]:
    owner = "everything" if hook.owner is None else f"u/{hook.owner.username}"
    state = "off" if not hook.active else f"failing since {moment(hook.failing_since)}" if hook.failing_since else "on"
    return [hook.id, hook.address, " ".join(hook.types) or "all", owner, state, str(hook.cursor)]


COLUMNS = ("webhook", "address", "types", "of", "state", "up to event")


@webhooks.command("list")
@options
def list_webhooks(server: str, as_json: bool) -> None:
    """List your webhooks; for admins, all webhooks."""
    found = ask(server, lambda api: api.webhooks.list())
    show(found, as_json, COLUMNS, [_row(hook) for hook in found.webhooks])


@webhooks.command("make")
@options
@click.argument("address")
@click.option(
    "--type", "types", multiple=True, help="Only these events, such as version.deployed or item.*. Can be repeated."
)
@click.option("--description", default="")
@click.option(
    "--everything", is_flag=True, help="All events of the workspace, independent of your own rights (admins only)."
)
@click.option("--after", type=int, help="Start after this event; default: now.")
def make_webhook(
    server: str, as_json: bool, address: str, types: Any, description: str, everything: bool, after: int | None
) -> None:
    """Create a webhook. Its signing secret is printed only once."""
    made = ask(
        server,
        lambda api: api.webhooks.make(
            address, types=types, description=description, everything=everything, after=after
        ),
    )
    done(made, as_json, f"{made.webhook.id}\n{made.secret}")


@webhooks.command("change")
@options
@click.argument("webhook")
@click.option("--address")
@click.option("--type", "types", multiple=True, help="Only these events from now on. Can be repeated.")
@click.option("--all-types", is_flag=True)
@click.option("--description")
@click.option("--on/--off", "active", default=None)
def change_webhook(
    server: str,
    as_json: bool,
    webhook: str,
    address: str | None,
    types: Any,
    all_types: bool,
    description: str | None,
    active: bool | None,
) -> None:
    """Change a webhook, or switch it off or on."""
    given = given_only(address=address, description=description, active=active, types=types or None)
    if all_types:
        given["types"] = ()
    found = ask(server, lambda api: api.webhooks.change(webhook, **given))
    show(found, as_json, COLUMNS, [_row(found)])


@webhooks.command("delete")
@options
@click.argument("webhook")
def delete_webhook(server: str, as_json: bool, webhook: str) -> None:
    """Delete a webhook with its log."""
    done(ask(server, lambda api: api.webhooks.delete(webhook)), as_json, f"Deleted {webhook}.")


@webhooks.command("rotate")
@options
@click.argument("webhook")
@click.option("--overlap-hours", type=click.FloatRange(0, 720), default=24, show_default=True)
def rotate_webhook(server: str, as_json: bool, webhook: str, overlap_hours: float) -> None:
    """Create a new signing secret, printed only once. For a while the old one also signs."""
    made = ask(server, lambda api: api.webhooks.rotate(webhook, overlap_s=overlap_hours * 3600))
    done(made, as_json, made.secret)


@webhooks.command("test")
@options
@click.argument("webhook")
def test_webhook(server: str, as_json: bool, webhook: str) -> None:
    """Send a test message now."""
    tested = ask(server, lambda api: api.webhooks.test(webhook))
    answer = tested.attempt.error or f"answered {tested.attempt.status}"
    done(
        tested, as_json, f"{'Delivered' if tested.delivered else 'Failed'}: {answer} ({tested.attempt.duration_ms} ms)."
    )
    if not tested.delivered:
        raise SystemExit(1)


def _delivery_row(each: Delivery) -> list[str]:
    last = each.attempts[-1] if each.attempts else None
    told = "" if last is None else last.error or str(last.status)
    duration = "" if last is None else f"{last.duration_ms} ms"
    return [str(each.number), each.type, each.state, str(each.tries), told, duration, moment(each.next_at)]


@webhooks.command("log")
@options
@click.argument("webhook")
@click.option("--state", type=click.Choice(["waiting", "delivered", "failed", "withheld"]))
@click.option("--before", type=int, help="Events below this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def log(server: str, as_json: bool, webhook: str, **given: Any) -> None:
    """Show each event's delivery, newest first."""
    found = ask(server, lambda api: api.webhooks.deliveries(webhook, **given))
    columns = ("event", "type", "state", "tries", "last answer", "took", "next try")
    show(found, as_json, columns, [_delivery_row(each) for each in found.deliveries])


@webhooks.command("replay")
@options
@click.argument("webhook")
@click.option("--event", "number", type=int, help="Send this event.")
@click.option("--after", type=int, help="Send all events after this one.")
def replay(server: str, as_json: bool, webhook: str, number: int | None, after: int | None) -> None:
    """Send one event again, or all events after a number."""
    found = ask(server, lambda api: api.webhooks.replay(webhook, number=number, after=after))
    done(found, as_json, f"Sending events {found.first} to {found.last} again.")
