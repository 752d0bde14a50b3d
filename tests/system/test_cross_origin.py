"""Pages of other origins: let in by the allow-list over HTTP as over the WebSocket, never by cookies."""

from collections.abc import AsyncIterator

import httpx
import pytest
import websockets

from draftwire.errors import CloseCode
from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.cli.process.embedded import Embedded
from tests.system.cluster import Cluster, cluster

ALLOWED, OTHER = "https://app.example.com", "https://evil.example.com"


@pytest.fixture(scope="module")
async def server(module_database_url: str, services: Embedded) -> AsyncIterator[Cluster]:
    environ = {"DRAFTWIRE_ALLOWED_ORIGINS": ALLOWED}
    async with cluster(module_database_url, services.redis_url, workers=1, environ=environ) as running:
        yield running


def _preflight(origin: str) -> dict[str, str]:
    asked = {"access-control-request-method": "PUT", "access-control-request-headers": "authorization, if-match"}
    return {"origin": origin, **asked}


async def test_an_allowed_origin_may_ask_and_read_etags_without_cookies(server: Cluster) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.options("/v1/w/demo/items/x/draft", headers=_preflight(ALLOWED))
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == ALLOWED
        assert "access-control-allow-credentials" not in answer.headers
        answer = await http.get("/v1/w/demo/items", headers={"origin": ALLOWED})
        assert answer.status_code == 401, "an origin is no token"
        assert answer.headers["access-control-allow-origin"] == ALLOWED
        assert "ETag" in answer.headers["access-control-expose-headers"]


async def test_another_origin_may_not(server: Cluster) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.options("/v1/w/demo/items/x/draft", headers=_preflight(OTHER))
        assert answer.status_code == 400
        answer = await http.get("/v1/w/demo/items", headers={"origin": OTHER})
        assert "access-control-allow-origin" not in answer.headers
    url = f"{server.ws_url}/v1/ws"
    protocols = [websockets.Subprotocol(SUBPROTOCOL)]
    async with websockets.connect(url, subprotocols=protocols, origin=websockets.Origin(OTHER)) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == CloseCode.ORIGIN
