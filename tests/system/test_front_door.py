"""What comes before anybody is known: heads, bodies, handshakes and frames have an end, a size and an answer.

Everything is sent byte by byte over bare TCP: no client library would send most of it.
"""

import asyncio
import base64
import inspect
import json
import os
import secrets
import time
from collections.abc import AsyncIterator

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from draftwire.errors import CloseCode
from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.http.protocol import SPARED_S, make_room
from draftwire_server.limits.contract import HTTP_HEADERS, HTTP_TARGET_BYTES, UPGRADE_LINE_BYTES
from draftwire_server.limits.tuning import HEADS_PER_ADDRESS
from tests.system.cluster import cluster
from tests.system.world import World, world

pytestmark = pytest.mark.slow

SHORT = {"head_deadline_s": 0.6, "body_deadline_s": 0.6, "auth_deadline_s": 0.8, "silence_s": 2.0, "ping_s": 1.0}
ENOUGH_S = 20.0
GET = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    async with (
        cluster(module_database_url, services.redis_url, workers=1, timings=SHORT) as server,
        world(server, module_database_url) as made,
    ):
        await made.member("ada", "admin")
        yield made


async def answer_to(home: World, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """All that comes until the server ends the connection; it must."""
    async with asyncio.timeout(ENOUGH_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", home.server.port)
        try:
            for part in parts:
                writer.write(part)
                await asyncio.sleep(pause_s)  # the pace of a peer
            answer = b""
            while part := await reader.read(65_536):
                answer += part
                if close_code(answer):
                    break  # it waits for ours now
            return answer
        except ConnectionResetError:  # it ended while we still sent
            return b""
        finally:
            writer.close()


def upgrade(*more: bytes, path: bytes = b"/v1/ws") -> bytes:
    key = base64.b64encode(os.urandom(16))
    lines = [
        b"GET " + path + b" HTTP/1.1", b"host: x", b"upgrade: websocket", b"connection: Upgrade",
        b"sec-websocket-version: 13", b"sec-websocket-key: " + key, b"sec-websocket-protocol: " + SUBPROTOCOL.encode(),
        *more,
    ]  # fmt: skip
    return b"\r\n".join(lines) + b"\r\n\r\n"


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True) -> bytes:
    assert len(payload) < 65_536
    head = bytes([(0x80 if fin else 0) | opcode])
    bit = 0x80 if masked else 0
    head += bytes([bit | len(payload)]) if len(payload) < 126 else bytes([bit | 126]) + len(payload).to_bytes(2, "big")
    return head + (b"\0\0\0\0" if masked else b"") + payload  # a mask of zeros leaves the payload as it is


def close_code(sent: bytes) -> int:
    """The code of the close frame in what a server sent; 0 if there is none."""
    body = sent.partition(b"\r\n\r\n")[2]
    code = 0
    while len(body) >= 2:
        size, start = body[1], 2
        if size == 126:
            size, start = int.from_bytes(body[2:4], "big"), 4
        if body[0] & 0x0F == 8:
            code = int.from_bytes(body[start : start + 2], "big")
        body = body[start + size :]
    return code


# ---- heads and bodies


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (GET + b"a: b\r\n" * 40_000, 431),  # short lines without an end
        (GET + b"a: " + b"b" * 200_000, 431),  # one line without an end
        (GET + b"a: b\r\n" * (HTTP_HEADERS + 1) + b"\r\n", 431),
        (b"GET /" + b"x" * 200_000, 414),
        (b"GET /" + b"x" * HTTP_TARGET_BYTES + b" HTTP/1.1\r\n\r\n", 414),
        (upgrade(b"cookie: " + b"c" * UPGRADE_LINE_BYTES), 431),
        (upgrade(*[b"a: b"] * HTTP_HEADERS), 431),
        (upgrade(path=b"/v1/ws?" + b"x" * UPGRADE_LINE_BYTES), 414),
    ],
    ids=["lines", "line", "many", "target", "whole target", "cookie", "handshake of many", "handshake's target"],
)
async def test_a_head_that_is_too_large_is_refused_and_kept_no_longer(
    home: World, request_: bytes, status: int
) -> None:
    answer = await answer_to(home, request_)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "too_large"


async def test_a_large_cookie_within_the_bound_is_no_hindrance(home: World) -> None:
    cookie = b"cookie: " + b"c" * (UPGRADE_LINE_BYTES - 20)
    assert (await answer_to(home, upgrade(cookie), frame(9, b"", masked=False))).startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize(
    ("begun", "status"),
    [
        (b"", None),
        (b"GET /heal", 408),
        (GET + b"a: b\r\n", 408),
        (upgrade()[:-40], 408),
        (b"PUT /v1/w/demo/drafts/d HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n{", 401),
        (GET + b"\r\n" + GET, 200),  # the second of two on one connection
    ],
    ids=["silence", "half a line", "half a head", "half an upgrade", "half a body", "half a second head"],
)
async def test_what_does_not_go_on_is_ended(home: World, begun: bytes, status: int | None) -> None:
    answer = await answer_to(home, begun)
    assert answer == b"" if status is None else answer.startswith(b"HTTP/1.1 %d " % status)


async def test_half_a_body_of_who_is_known_is_ended(home: World) -> None:
    item = await home.item("ada", "f/front/door")
    head = (
        f"PUT /v1/w/{home.workspace}/items/{item}/draft HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
        f"{home.token('ada')}\r\ncontent-type: application/json\r\ncontent-length: 50000\r\n\r\n"
    )
    answer = await answer_to(home, head.encode() + b'{"value"')
    assert answer.startswith(b"HTTP/1.1 408 "), answer


async def test_a_head_in_many_small_pieces_is_a_head(home: World) -> None:
    request_ = GET + b"connection: close\r\n\r\n"
    answer = await answer_to(home, *(request_[at : at + 7] for at in range(0, len(request_), 7)), pause_s=0.01)
    assert answer.startswith(b"HTTP/1.1 200 ")


class Head:
    """An unfinished head, as `make_room` sees it."""

    def __init__(self, since: float) -> None:
        self.head_since = since
        self.refused = 0

    def refuse(self, status: int) -> None:
        self.refused = status


def test_of_too_many_unfinished_heads_of_one_address_the_oldest_go() -> None:
    now = 100.0
    young = [Head(now - SPARED_S / 2) for _ in range(2 * HEADS_PER_ADDRESS)]
    make_room(young, now)  # type: ignore[arg-type]
    assert not any(head.refused for head in young)  # a burst of real clients behind a proxy
    heads = [Head(now - 5 - n) for n in range(HEADS_PER_ADDRESS + 3)]
    make_room(heads, now)  # type: ignore[arg-type]
    assert [head.refused for head in heads] == [0] * HEADS_PER_ADDRESS + [408] * 3


def test_uvicorn_still_has_what_our_http_protocol_leans_on() -> None:
    source = inspect.getsource(HttpToolsProtocol)
    for name in (
        "def data_received", "self.parser.feed_data(data)", "def handle_websocket_upgrade", "set_protocol(protocol)",
        "def _should_upgrade(", "def _unsupported_upgrade_warning", "def on_url", "def on_header", "def on_body",
        "def on_headers_complete", "def on_message_complete", "self.flow =", "self.client =", "self.headers = []",
        "def send_400_response", "def _unset_keepalive_if_required",
    ):  # fmt: skip
        assert name in source, f"uvicorn's protocol class no longer has {name!r}"


# ---- frames


def hello(home: World) -> bytes:
    message = {"t": "hello", "session": secrets.token_urlsafe(16), "token": home.token("ada")}
    return frame(1, json.dumps(message).encode())


async def test_a_hello_in_the_packet_of_the_handshake_is_heard(home: World) -> None:
    async with asyncio.timeout(ENOUGH_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", home.server.port)
        writer.write(upgrade() + hello(home))
        received = b""
        while b'"t":"welcome"' not in received:
            received += await reader.read(4096)
        writer.close()


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (frame(1, b"", masked=False), 1002),  # shorter than any masked frame
        (frame(9, b"x", masked=False), 1002),
        (frame(1, b'{"t":"\xff"}'), 1007),
        (frame(1, b"\xed\xa0\x80"), 1007),
        (frame(1, b"", fin=False) + frame(0, b"", fin=False) * 20_000, CloseCode.TOO_LARGE),
        (frame(1, b"x" * 9_000, fin=False) + frame(0, b"x" * 9_000), CloseCode.TOO_LARGE),
        (frame(9) * 10_000, CloseCode.TOO_MUCH),
        (frame(10) * 10_000, CloseCode.TOO_MUCH),
        (b"", CloseCode.NO_AUTH),
        (frame(9), CloseCode.NO_AUTH),
    ],
    ids=["text", "ping", "UTF-8", "surrogate", "fragments", "sum", "pings", "pongs", "silence", "never hello"],
)
async def test_what_no_client_sends_ends_with_its_code(home: World, frames: bytes, code: int) -> None:
    """The code can be lost with a reset while we still send; then the connection is over, which is what counts."""
    took = time.monotonic()
    sent = await answer_to(home, upgrade(), frames)
    took = time.monotonic() - took
    assert close_code(sent) == code or (len(frames) > 50_000 and not sent)
    if code == CloseCode.NO_AUTH:
        assert took > SHORT["auth_deadline_s"]


async def test_fragments_without_an_end_hold_nobody_up(home: World) -> None:
    """Their sum was made anew at each: 100,000 of them took over a minute, in which nobody was answered."""
    flood = frame(1, b"", fin=False) + frame(0, b"", fin=False) * 100_000

    async def waits() -> float:
        began = time.monotonic()
        async with home.server.http() as http:
            assert (await http.get("/healthz")).status_code == 200
        return time.monotonic() - began

    flooding = asyncio.create_task(answer_to(home, upgrade(), flood))
    longest = 0.0
    while not flooding.done():
        longest = max(longest, await waits())
    await flooding
    assert longest < 5.0  # a bound of who is answered at all: the fault took a minute
