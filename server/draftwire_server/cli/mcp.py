"""`draftwire mcp`: the MCP server over stdin and stdout, for clients that start their servers themselves."""

import asyncio

import click

from draftwire.errors import Problem
from draftwire_server.cli.asking import SERVER, token_or_refuse
from draftwire_server.cli.exits import EXIT_FAILED


@click.command()
@click.option("--server", envvar="DRAFTWIRE_SERVER", default=SERVER, show_default=True, help="Its address.")
@click.option("--agent", help="What people see as its name; without it, the name that the client gives itself.")
def mcp(server: str, agent: str | None) -> None:
    """Serve an MCP client over stdin and stdout, with the token or API key in DRAFTWIRE_TOKEN."""
    from draftwire_server.mcp.stdio import serve

    token = token_or_refuse()
    try:
        asyncio.run(serve(server, token, agent))
    except Problem as problem:
        click.echo(f"{problem.code}: {problem.message}", err=True)
        raise SystemExit(EXIT_FAILED) from None
