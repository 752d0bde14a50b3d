"""`draftwire runs`: what agents do: list, look, tell, pause, resume, stop, undo."""

from typing import Any

import click

from draftwire.api import Api
from draftwire.rest.runs import Run, RunEventPage, RunNoted
from draftwire.rest.undoing import RunUndone
from draftwire_server.cli.asking import ask, done, moment, options, show


@click.group()
def runs() -> None:
    """Agents' runs: list, show, send notes, pause, stop, undo."""


@runs.command("list")
@options
@click.option("--state", multiple=True, type=click.Choice(["running", "paused", "stopped", "ended", "lost"]))
@click.option("--item", help="Only runs that have written in this item.")
@click.option("--mine", is_flag=True, help="Only runs of your own agents.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 100), help="Maximum number of lines.")
def list_runs(server: str, as_json: bool, state: tuple[Any, ...], item: str | None, mine: bool, most: int) -> None:
    """List runs, newest first."""
    page = ask(server, lambda api: api.runs.page(state=state, item=item, mine=mine, limit=most))
    if not page.runs and not as_json:
        click.echo("No runs.")
        return
    show(page.runs, as_json, ("run", "agent", "for", "state", "begun", "what"), [_row(run) for run in page.runs])


def _row(run: Run) -> list[str]:
    mode = " (suggests)" if run.mode == "suggest" else ""
    return [run.id, run.actor.name, run.actor.on_behalf_of or "", run.state, moment(run.started_at), run.label + mode]


@runs.command("show")
@options
@click.argument("run")
def show_run(server: str, as_json: bool, run: str) -> None:
    """Show a run: the drafts it wrote in, its streams and its events."""

    async def work(api: Api) -> tuple[Run, RunEventPage]:
        return await api.runs.get(run), await api.runs.events(run)

    found, events = ask(server, work)
    if as_json:
        show({"run": found, "events": events.events}, as_json)
        return
    model = f", {found.model}" if found.model else ""
    click.echo(f"{found.label}: {found.actor.name}{model} for {found.actor.on_behalf_of}, {found.state}")
    for draft in found.drafts:
        click.echo(f"  wrote in {draft.path or draft.item} (draft {draft.draft})")
    for stream in found.streams:
        click.echo(f"  stream at {stream.at}: {stream.units} units, {stream.state}")
    for event in events.events:
        by = f" by {event.by.name}" if event.by else ""
        click.echo(f"  {moment(event.at)} {event.type}{by}" + (f": {event.text}" if event.text else ""))


@runs.command()
@options
@click.argument("run")
@click.argument("text")
def note(server: str, as_json: bool, run: str, text: str) -> None:
    """Send a note to a run's agent."""
    told: RunNoted = ask(server, lambda api: api.runs.note(run, text))
    done(told, as_json, f"Sent the note to run {told.run} (event {told.event}).")


@runs.command()
@options
@click.argument("run")
@click.option("--item", multiple=True, help="Only changes in this item. Can be repeated.")
def undo(server: str, as_json: bool, run: str, item: tuple[str, ...]) -> None:
    """Undo a run's changes and keep later changes by others."""
    undone: RunUndone = ask(server, lambda api: api.runs.undo(run, items=item or None))
    if as_json:
        show(undone, as_json)
        return
    for draft in undone.drafts:
        what = f"refused, {draft.problem}" if draft.problem else f"undone: {len(draft.done)}"
        click.echo(f"{draft.item}: {what}")
        for left in draft.left:
            click.echo(f"  skipped: {left.at or left.hunk} ({left.why})")


def _change(verb: str, what: str, sentence: str) -> click.Command:
    @click.command(verb, help=what)
    @options
    @click.argument("run")
    @click.option("--why", help="The reason, for the agent.")
    def change(server: str, as_json: bool, run: str, why: str | None) -> None:
        told: RunNoted = ask(server, lambda api: getattr(api.runs, verb)(run, why))
        done(told, as_json, f"Run {told.run} {sentence}." if told.changed else f"Run {told.run} {sentence} already.")

    return change


for _command in (
    _change("pause", "Pause a run: nothing of it is committed until it is resumed.", "is paused"),
    _change("resume", "Resume a paused run.", "is running"),
    _change("stop", "Stop a run for good. What it has written stays.", "is stopped"),
):
    runs.add_command(_command)
