"""`draftwire mcp`: the MCP server over stdin and stdout, for clients that start their servers themselves."""

import asyncio
import os
import signal

import click

from draftwire.errors import Problem
from draftwire_server.cli.asking import SERVER, token_or_refuse
from draftwire_server.cli.exits import EXIT_FAILED


@click.command()
@click.option("--server", envvar="DRAFTWIRE_SERVER", default=SERVER, show_default=True, help="Server URL.")
@click.option("--agent", help="The agent's label, shown to people; default: the client's own name.")
def mcp(server: str, agent: str | None) -> None:
    """Serve an MCP client over stdin and stdout, with the token or API key in DRAFTWIRE_TOKEN."""
    token = token_or_refuse()
    try:
        asyncio.run(_serve(server, token, agent))
    except Problem as problem:
        click.echo(f"{problem.code}: {problem.message}", err=True)
        raise SystemExit(EXIT_FAILED) from None


async def _serve(server: str, token: str, agent: str | None) -> None:
    """Serve until stdin ends or SIGTERM comes: clients send that when closing stdin did not end the process soon."""
    from draftwire_server.mcp.stdio import serve

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await serve(server, token, agent, ended)
    if ended.is_set():
        os._exit(0)  # nothing else ends the thread that reads from stdin
