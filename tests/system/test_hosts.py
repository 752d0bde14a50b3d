"""The server is asked by its own names alone, over HTTP and WebSockets; every answer keeps browsers from guessing."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
import websockets
from starlette.routing import Mount, Route

from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.app import create_app
from draftwire_server.cli.process.embedded import Embedded, EmbeddedError, private_directory
from draftwire_server.http import dev
from draftwire_server.settings import from_env
from tests.system.cluster import RESUME_KEY, TOKEN_KEY, Cluster, cluster

NAME = "draftwire.example"


@pytest.fixture(scope="module")
async def server(module_database_url: str, services: Embedded) -> AsyncIterator[Cluster]:
    environ = {"DRAFTWIRE_HOSTS": NAME, "DRAFTWIRE_ALLOWED_ORIGINS": "*"}
    async with cluster(module_database_url, services.redis_url, workers=1, environ=environ) as running:
        yield running


def paths() -> list[str]:
    settings = from_env(
        {"DATABASE_URL": "postgresql://x/x", "DRAFTWIRE_TOKEN_KEYS": TOKEN_KEY, "DRAFTWIRE_RESUME_KEY": RESUME_KEY}
    )
    routes = [*create_app(settings).routes, *dev.routes]
    found = {re.sub(r"\{[^}]*\}", "x", route.path) for route in routes if isinstance(route, Route | Mount)}
    return sorted(found | {"/", "/nothing/here", "/v1/w/x/items/a%2Fb"})


async def test_no_route_answers_to_another_name_and_none_lets_a_browser_guess(server: Cluster) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        for path in paths():
            for method in ("GET", "POST", "OPTIONS", "HEAD", "BREW"):
                answer = await http.request(
                    method, path, headers={"host": f"evil.example:{server.port}", "origin": "null"}
                )
                assert answer.headers.get("x-content-type-options") == "nosniff", (method, path)
                if path in ("/healthz", "/readyz"):
                    assert answer.status_code != 421
                    continue
                assert answer.status_code == (400 if method == "BREW" else 421), (method, path)  # 400: no HTTP at all
                assert method in ("HEAD", "BREW") or answer.json()["code"] == "host_refused"
            answer = await http.get(path, headers={"host": NAME})
            assert answer.status_code != 421, path
            assert answer.headers.get_list("x-content-type-options") == ["nosniff"], path


async def test_nor_does_the_websocket(server: Cluster) -> None:
    async def connected(host: str, origin: str | None) -> websockets.ClientConnection:
        return await websockets.connect(
            f"ws://{host}:{server.port}/v1/ws", host="127.0.0.1", port=server.port, proxy=None,
            subprotocols=[websockets.Subprotocol(SUBPROTOCOL)],
            origin=None if origin is None else websockets.Origin(origin),
        )  # fmt: skip

    for origin in (None, f"http://evil.example:{server.port}"):
        with pytest.raises(websockets.InvalidStatus) as refused:
            await connected("evil.example", origin)
        assert refused.value.response.status_code == 421
        assert msgspec.json.decode(refused.value.response.body or b"")["code"] == "host_refused"
        assert refused.value.response.headers["x-content-type-options"] == "nosniff"
    await (await connected(NAME, None)).close()


async def test_a_request_that_names_two_hosts_or_none_is_refused(server: Cluster) -> None:
    for lines in (f"host: {NAME}\r\nhost: evil.example\r\n", f"host: evil.example\r\nhost: {NAME}\r\n", ""):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET /v1/w/x/items HTTP/1.0\r\n{lines}\r\n".encode())
        answer = await reader.readuntil(b"\r\n")
        writer.close()
        assert b" 421 " in answer or b" 400 " in answer, (lines, answer)


def test_the_sockets_of_dev_lie_where_nobody_else_can_put_theirs(tmp_path: Path) -> None:
    uid, gid = os.geteuid() or 65_534, os.getegid() or 65_534
    made = tmp_path / "made"
    for _ in range(2):  # anew, and as it was left
        private_directory(made, uid, gid)
        assert (made.stat().st_mode & 0o777, made.stat().st_uid) == (0o700, uid)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    before = elsewhere.stat()
    (tmp_path / "link").symlink_to(elsewhere)
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "file").touch()
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    loose = tmp_path / "loose"
    loose.mkdir()
    loose.chmod(0o777)
    for wrong in (tmp_path / "link", tmp_path / "dangling", tmp_path / "file", open_to_all, loose / "run"):
        with pytest.raises(EmbeddedError):
            private_directory(wrong, uid, gid)
    assert (elsewhere.stat().st_uid, elsewhere.stat().st_mode) == (before.st_uid, before.st_mode), "no link is followed"
    assert not (tmp_path / "nothing").exists() and not (loose / "run").exists()
    if os.geteuid() == 0:  # somebody else's, although root could use it
        os.chown(made, 12_345, gid)
        with pytest.raises(EmbeddedError, match="belongs to another user"):
            private_directory(made, uid, gid)
