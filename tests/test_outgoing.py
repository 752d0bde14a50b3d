"""What of the server may open a connection to somewhere, and why: a new one has to be entered here.

Whatever asks an address that others have named goes by `services/worker/outward.py`, which looks at where it leads.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.test_layers import SERVER

CLIENTS = {
    *("httpx", "aiohttp", "requests", "urllib.request", "urllib3", "http.client", "socket", "ssl"),
    *("websockets.client", "websockets.asyncio.client", "websockets.sync", "websockets.connect", "websockets.legacy"),
    *(
        "smtplib",
        "ftplib",
        "xmlrpc",
        "telnetlib",
        "socketserver",
        "draftwire.sdk.client",
        "draftwire.api",
    ),
}
OPENING = {
    *("create_connection", "open_connection", "create_datagram_endpoint", "open_unix_connection", "sock_connect"),
    *("create_unix_connection", "getaddrinfo", "gethostbyname", "start_tls"),
}
OPERATORS = "what the operator configured"
OWN = "an operator's own command, or their machine"
MAY = {
    "draftwire_server.services.worker.outward": "the way out",
    "draftwire_server.mcp.endpoint": "asks the application in this process, by a transport without a network",
    "draftwire_server.mcp.desk": "is handed what the endpoint made",
    "draftwire_server.mcp.stdio": OWN,
    "draftwire_server.bus": OPERATORS,
    "draftwire_server.store": OPERATORS,
    "draftwire_server.cli": OWN,
    "draftwire_server.dev": OWN,
}


def outgoing(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute):
            if node.attr in OPENING or ast.unparse(node) in ("asyncpg.connect", "asyncpg.create_pool"):
                yield ast.unparse(node)
            continue
        else:
            continue
        yield from (name for name in names if any(f"{name}.".startswith(f"{client}.") for client in CLIENTS))


@pytest.mark.parametrize("name", SERVER)
def test_no_other_module_opens_connections(name: str) -> None:
    if any(f"{name}.".startswith(f"{may}.") for may in MAY) or ".dev.seed.content" in name:
        return
    found = sorted(set(outgoing(SERVER[name].read_text(encoding="utf-8"))))
    assert found == [], "addresses that others name are asked by services/worker/outward.py alone"


@pytest.mark.parametrize("source", [
    "import httpx", "from urllib.request import urlopen", "from urllib import request", "import http.client as c",
    "loop.create_connection(x)", "async def f():\n  await asyncio.open_connection(h, p)",
    "from draftwire.api import Api", "from websockets import connect",
])  # fmt: skip
def test_ways_out_are_recognised(source: str) -> None:
    assert set(outgoing(source))


def test_whatever_may_is_still_there() -> None:
    for name in MAY:
        assert any(f"{module}.".startswith(f"{name}.") for module in SERVER), name
