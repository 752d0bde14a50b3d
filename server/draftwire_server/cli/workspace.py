"""`draftwire workspace`: what the workspace sets for itself."""

import click
import msgspec

from draftwire.api import Api
from draftwire.rest.workspace import WorkspaceSettings
from draftwire_server.cli.asking import ask, options, show


@click.group()
def workspace() -> None:
    """The workspace: its settings."""


@workspace.command("settings")
@options
@click.option(
    "--counts-people", type=click.Choice(["on", "off"]), help="Tell on the dashboard how much each person edits."
)
def settings(server: str, as_json: bool, counts_people: str | None) -> None:
    """Show the settings, or change what is given; changing is for admins."""

    async def work(api: Api) -> WorkspaceSettings:
        if counts_people is None:
            return await api.workspace_settings.get()
        return await api.workspace_settings.change(counts_people=counts_people == "on")

    found: WorkspaceSettings = ask(server, work)
    rows = [[name, "on" if value else "off"] for name, value in msgspec.structs.asdict(found).items()]
    show(found, as_json, ("setting", "holds"), rows)
