"""`draftwire workspace`: making and listing them, on the database; and what one sets for itself, by a server."""

import json
import shlex
from pathlib import Path
from typing import Any

import click
import msgspec

from draftwire.api import Api
from draftwire.rest.workspace import WorkspaceSettings
from draftwire_server.cli.asking import ask, done, options, show
from draftwire_server.cli.database.database import data_dir_option, on_database


@click.group()
def workspace() -> None:
    """Workspaces: add, list, settings."""


@workspace.command("add")
@click.argument("external_id", metavar="ID")
@click.option(
    "--admin", required=True, help="First admin: your platform's id of a user, which is the `sub` of their tokens."
)
@click.option("--name", help="Display name; default: the id.")
@click.option("--admin-name", help="The admin's display name; default: their id.")
@click.option(
    "--paths",
    "path_rule",
    type=click.Choice(["windmill", "free"]),
    default="windmill",
    show_default=True,
    help="Rule for paths: windmill (u/…, f/… or g/… with at least three segments) or free (any).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_dir_option
def add(external_id: str, data_dir: Path | None, as_json: bool, **more: Any) -> None:
    """Create the workspace ID with its first admin. Idempotent. Needs the database, no server and no token."""
    from draftwire_server.services.people import tenants

    tenant, made = on_database(lambda connection: tenants.begin(connection, external_id, **more), data_dir)
    command = ["draftwire", "token", "--workspace", external_id, "--user", more["admin"]]
    if data_dir is not None:
        command += ["--data-dir", str(data_dir)]
    done(
        tenant,
        as_json,
        f"{'Created' if made else 'Found'} the workspace {external_id} ({tenant.id}); {more['admin']} is its "
        f"admin.\nA token for them: {shlex.join(command)}",
    )


@workspace.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_dir_option
def list_(data_dir: Path | None, as_json: bool) -> None:
    """List the workspaces of the installation. Needs the database, no server and no token."""
    from draftwire_server.services.people import tenants

    found = on_database(tenants.listed, data_dir)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
    elif not found:
        click.echo("No workspace yet. Create one: draftwire workspace add ID --admin USER")
    else:
        rows = [[t.external_id or t.id, t.name, t.path_rule, str(t.members), ", ".join(t.admins)] for t in found]
        show(found, False, ("id", "name", "paths", "members", "admins"), rows)


@workspace.command("settings")
@options
@click.option(
    "--counts-people", type=click.Choice(["on", "off"]), help="Whether the dashboard counts each person's edits."
)
def settings(server: str, as_json: bool, counts_people: str | None) -> None:
    """Show the settings, or change those you give (admins only)."""

    async def work(api: Api) -> WorkspaceSettings:
        if counts_people is None:
            return await api.workspace_settings.get()
        return await api.workspace_settings.change(counts_people=counts_people == "on")

    found: WorkspaceSettings = ask(server, work)
    rows = [[name, "on" if value else "off"] for name, value in msgspec.structs.asdict(found).items()]
    show(found, as_json, ("setting", "holds"), rows)
