"""MCP clients of the official SDK, against a running server: over streamable HTTP, over two workers, over stdio."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import mcp.client.stdio
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, Implementation, TextContent

CLIENT = Implementation(name="claude-code", version="1.0")

# The SDK ends a server by force after two seconds, in which a busy machine may not let it end its run.
mcp.client.stdio.PROCESS_TERMINATION_TIMEOUT = 30.0


class Answered:
    """What a tool answered: its text, its data, whether it was refused."""

    def __init__(self, result: CallToolResult) -> None:
        (content,) = result.content
        assert isinstance(content, TextContent)
        self.text = content.text
        self.data: dict[str, Any] = result.structured_content
        self.refused = result.is_error
        assert json.dumps(self.data)

    @property
    def code(self) -> str | None:
        return self.data["refused"]["code"] if self.refused and "refused" in self.data else None


class Model:
    """A client's session, as a model uses it."""

    def __init__(self, session: ClientSession | Client, first: Any = None) -> None:
        self.session = session
        self.first = first

    async def use(self, tool: str, **given: Any) -> Answered:
        result = await self.session.call_tool(tool, given)
        assert isinstance(result, CallToolResult)
        return Answered(result)


class _Alternating(httpx2.AsyncBaseTransport):
    """Sends each request to the next of several workers, as a balancer without sticky sessions does."""

    def __init__(self, urls: list[str]) -> None:
        self._urls = urls
        self._turn = 0
        self._inner = httpx2.AsyncHTTPTransport()
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        worker = httpx2.URL(self._urls[self._turn % len(self._urls)])
        self._turn += 1
        request.url = request.url.copy_with(host=worker.host, port=worker.port)
        self.asked.append(f"{request.method} {worker.port}")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def http_of(token: str, workers: list[str] | None = None, **headers: str) -> httpx2.AsyncClient:
    transport = _Alternating(workers) if workers else None
    return httpx2.AsyncClient(
        headers={"authorization": f"Bearer {token}", **headers}, transport=transport, timeout=60.0
    )


@asynccontextmanager
async def over_http(url: str, token: str, workers: list[str] | None = None, **headers: str) -> AsyncIterator[Model]:
    """The SDK's `ClientSession` with the handshake of versions up to 2025-11-25."""
    async with (
        http_of(token, workers, **headers) as http,
        streamable_http_client(f"{url}/mcp", http_client=http) as (reading, writing),
        ClientSession(reading, writing, client_info=CLIENT) as session,
    ):
        yield Model(session, await session.initialize())


@asynccontextmanager
async def without_session(url: str, token: str, workers: list[str] | None = None) -> AsyncIterator[Model]:
    """The SDK's `Client` with the version of 2026-07-28, which has neither handshake nor session."""
    async with (
        http_of(token, workers) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), client_info=CLIENT) as client,
    ):
        yield Model(client)


@asynccontextmanager
async def over_stdio(url: str, token: str, *arguments: str) -> AsyncIterator[Model]:
    """`draftwire mcp`, started by the client."""
    command = str(Path(sys.executable).with_name("draftwire"))
    environ = {"DRAFTWIRE_SERVER": url, "DRAFTWIRE_TOKEN": token, "PATH": "/usr/bin:/bin"}
    parameters = StdioServerParameters(command=command, args=["mcp", *arguments], env=environ)
    async with (
        stdio_client(parameters) as (reading, writing),
        ClientSession(reading, writing, client_info=CLIENT) as session,
    ):
        yield Model(session, await session.initialize())
