"""The app where our protocol class is not: a plain uvicorn, and inside of another app. And the class where uvicorn is.

The attributes of uvicorn's protocol that ours leans on are not promised; the last test names them.
"""

import asyncio
import contextlib
import inspect
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator

import pytest
import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

import draftwire
from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.app import create_app
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.access.tokens import Claims, sign_token
from draftwire_server.settings import Settings
from draftwire_server.ws.connection import INBOX_MESSAGES
from draftwire_server.ws.protocol import DraftwireProtocol
from tests.live.conftest import seeded
from tests.waiting import until

pytestmark = pytest.mark.slow

KEY = "k" * 32


@contextlib.asynccontextmanager
async def serving(app: Starlette, inner: Starlette, protocol: object) -> AsyncIterator[int]:
    """Serve an app in this loop, with the inner app's tasks running; gives the port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, ws=protocol, lifespan="off", log_config=None)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    async with inner.router.lifespan_context(inner):
        running = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started, "uvicorn")
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


@pytest.fixture(scope="module")
async def database(module_database_url: str) -> tuple[str, dict[str, str]]:
    items, _ = await seeded(module_database_url)
    return module_database_url, items


def settings(database_url: str, services: Embedded) -> Settings:
    return Settings(
        database_url=database_url, token_keys=(KEY,), resume_key=KEY, redis_url=services.redis_url,
        worker_name=f"plain-{secrets.token_hex(3)}",
    )  # fmt: skip


def token(user: str) -> str:
    return sign_token(Claims(sub=user, workspace="demo", exp=time.time() + 600), (KEY,))


async def type_together(url: str, item: str) -> None:
    async with draftwire.connect(url, token("ada")) as ada, draftwire.connect(url, token("grace")) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        for number in range(20):
            mine.insert("/content", f"{number} ", 0)
            theirs.insert("/content", f" {number}")
        await asyncio.gather(mine.saved(), theirs.saved())
        await until(lambda: mine.seq == theirs.seq and mine.value == theirs.value, "they are equal")


async def test_a_server_without_our_protocol_class_serves_with_ordinary_sends(
    database: tuple[str, dict[str, str]], services: Embedded
) -> None:
    app = create_app(settings(database[0], services))
    async with serving(app, app, "websockets-sansio") as port:
        await type_together(f"http://127.0.0.1:{port}", database[1]["f/payments/refund_charge"])


async def test_ordinary_sends_too_make_the_peer_wait_where_too_much_is_asked_at_once(
    database: tuple[str, dict[str, str]], services: Embedded
) -> None:
    app = create_app(settings(database[0], services))
    subscribe = {"t": "subscribe", "channel": f"item:{database[1]['f/payments/refund_charge']}"}
    async with (
        serving(app, app, "websockets-sansio") as port,
        websockets.connect(f"ws://127.0.0.1:{port}/v1/ws", subprotocols=[SUBPROTOCOL]) as peer,
    ):
        await peer.send(json.dumps({"t": "hello", "session": secrets.token_urlsafe(16), "token": token("ada")}))
        unanswered = 3 * INBOX_MESSAGES
        for ref in range(unanswered):
            await peer.send(json.dumps({**subscribe, "ref": ref}))
        while unanswered:
            unanswered -= json.loads(await peer.recv())["t"] == "item"


async def test_the_app_can_be_mounted_in_another_one(database: tuple[str, dict[str, str]], services: Embedded) -> None:
    inner = create_app(settings(database[0], services))
    outer = Starlette(routes=[Mount("/drafts", inner)])
    async with serving(outer, inner, DraftwireProtocol) as port:
        await type_together(f"http://127.0.0.1:{port}/drafts", database[1]["f/payments/verify_webhook"])


def test_uvicorn_still_has_what_our_protocol_class_leans_on() -> None:
    source = inspect.getsource(WebSocketsSansIOProtocol)
    for name in (
        "self.conn =", "self.queue", "self.frames", "self.curr_msg_data_type", "self.read_paused", "self.close_sent",
        "self.close_timer", "self.disconnected", "self.handshake_complete", "self.handshake_initiated",
        "def handle_connect", "def handle_cont", "def handle_close", "def send_receive_event_to_app",
        "async def run_asgi", "def send_500_response", "def pause_writing", "def resume_writing",
    ):  # fmt: skip
        assert name in source, f"uvicorn's protocol class no longer has {name!r}"
