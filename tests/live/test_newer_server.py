"""Edge case 23: a client of today meets a server of tomorrow."""

import json
from typing import Any

import pytest
import websockets

import draftwire
from draftwire.wire.codec import decode_server, encode
from draftwire.wire.messages import SUBPROTOCOL, ActorInfo, Welcome

WELCOME = Welcome(
    session="s" * 22, sid="p", resume="r", worker="w", workspace="x", server="99.0", ping_s=8.0, limits={},
    actor=ActorInfo(id="a", kind="user", name="Ada", user="u"),
)  # fmt: skip


async def test_a_client_ignores_messages_and_members_that_only_a_later_release_knows() -> None:
    async def tomorrow(socket: Any) -> None:
        await socket.recv()  # hello
        await socket.send(json.dumps({"t": "hologram", "depth": 3}))
        await socket.send(json.dumps(json.loads(encode(WELCOME)) | {"moon": "full"}))
        await socket.wait_closed()

    async with websockets.serve(tomorrow, "127.0.0.1", 0, subprotocols=[websockets.Subprotocol(SUBPROTOCOL)]) as server:
        port = server.sockets[0].getsockname()[1]
        async with draftwire.connect(f"http://127.0.0.1:{port}", "token") as client:
            assert (await client.welcome()).server == "99.0"


async def test_a_client_is_told_of_a_message_that_is_no_message() -> None:
    with pytest.raises(draftwire.Problem, match="bad_json"):
        decode_server(b"{")
