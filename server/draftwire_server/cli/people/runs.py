"""`draftwire runs`: what agents do: list, look, tell, pause, resume, stop, undo."""

from typing import Any

import click

from draftwire.api import Api
from draftwire.rest.runs import Run, RunEventPage, RunNoted
from draftwire.rest.undoing import RunUndone
from draftwire_server.cli.asking import ask, done, moment, options, show


@click.group()
def runs() -> None:
    """Look at the runs of agents, tell them something, stop them."""


@runs.command("list")
@options
@click.option("--state", multiple=True, type=click.Choice(["running", "paused", "stopped", "ended", "lost"]))
@click.option("--item", help="Those that have written in this item.")
@click.option("--mine", is_flag=True, help="Those of my own agents.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 100), help="No more than so many.")
def list_runs(server: str, as_json: bool, state: tuple[Any, ...], item: str | None, mine: bool, most: int) -> None:
    """List runs, the latest first."""
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
    """Show a run: where it wrote, its streams, and what people told it."""

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
    """Tell the agent of a run something."""
    told: RunNoted = ask(server, lambda api: api.runs.note(run, text))
    done(told, as_json, f"Told run {told.run} (event {told.event}).")


@runs.command()
@options
@click.argument("run")
@click.option("--item", multiple=True, help="Only what was done in this item; again for more.")
def undo(server: str, as_json: bool, run: str, item: tuple[str, ...]) -> None:
    """Take back what a run did, under everybody's later changes: nobody else's text goes."""
    undone: RunUndone = ask(server, lambda api: api.runs.undo(run, items=item or None))
    if as_json:
        show(undone, as_json)
        return
    for draft in undone.drafts:
        what = f"refused, {draft.problem}" if draft.problem else f"taken back: {len(draft.done)}"
        click.echo(f"{draft.item}: {what}")
        for left in draft.left:
            click.echo(f"  left as it is: {left.at or left.hunk} ({left.why})")


def _change(verb: str, what: str, sentence: str) -> click.Command:
    @click.command(verb, help=what)
    @options
    @click.argument("run")
    @click.option("--why", help="A word for its agent.")
    def change(server: str, as_json: bool, run: str, why: str | None) -> None:
        told: RunNoted = ask(server, lambda api: getattr(api.runs, verb)(run, why))
        done(told, as_json, f"Run {told.run} {sentence}." if told.changed else f"Run {told.run} {sentence} already.")

    return change


for _command in (
    _change("pause", "Let nothing of a run be committed until it is resumed.", "is paused"),
    _change("resume", "Let a paused run go on.", "goes on"),
    _change("stop", "End a run for good; what it has written stays.", "is stopped"),
):
    runs.add_command(_command)
