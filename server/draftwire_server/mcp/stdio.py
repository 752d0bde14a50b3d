"""The MCP server over stdin and stdout, for clients that start it themselves: `draftwire mcp`.

One process is one session: its run ends with it, whether the client closes stdin or asks the process to end.
"""

import asyncio
import secrets
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire_server.mcp.desk import Known, ToolSession
from draftwire_server.mcp.serving import make_server
from draftwire_server.mcp.sessions import CLIENT, label_of


class _Desks:
    """The desk of the session, once its client has said who it is."""

    def __init__(self, server: str, token: str, own: str | None, named: str | None) -> None:
        self._server = server
        self._token = token
        self._own = own
        self._named = named
        self.desk: ToolSession | None = None

    def of(self, context: ServerRequestContext[Any, Any]) -> ToolSession:
        if self.desk is None:
            params = context.session.client_params
            client = self._named or (CLIENT if params is None else label_of(params.client_info.name))
            api = Api(self._server, self._token, agent=None if self._own else client)
            self.desk = ToolSession(api, self._own or client, secrets.token_urlsafe(18), Known())
        return self.desk

    async def close(self) -> None:
        if self.desk is not None:
            await self.desk.end()
            await self.desk.api.close()


async def serve(server: str, token: str, agent: str | None, ended: asyncio.Event) -> None:
    """Serve the client at stdin and stdout until it is gone, or ``ended`` is set.

    ``agent`` replaces the name that the client gives itself. When it returns because of ``ended``, a thread still reads
    from stdin.

    Raises:
        Problem: the token does not count, or the server can't be reached.
    """
    async with Api(server, token) as api:
        actor = (await api.me()).actor
    own = actor.name if actor.kind == "agent" else None
    if own is not None and agent not in (None, own):
        raise Problem("forbidden", f"The token belongs to the agent {own}.")
    desks = _Desks(server, token, own, agent)
    made = make_server(desks.of)

    async def run() -> None:
        async with stdio_server() as (reading, writing):
            await made.run(reading, writing, made.create_initialization_options())

    running, ending = asyncio.create_task(run()), asyncio.create_task(ended.wait())
    try:
        await asyncio.wait((running, ending), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
    finally:
        ending.cancel()
        await desks.close()
