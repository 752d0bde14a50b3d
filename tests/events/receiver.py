"""A little HTTP server that receives webhooks, answers as it is told to, and remembers what came."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

Answer = bytes | None  # None: hang until the other side gives up


class Delivered:
    """One message as it came."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path, self.headers, self.body = path, headers, body

    @property
    def message(self) -> Any:
        return json.loads(self.body)

    @property
    def number(self) -> int:
        return int(self.message["data"]["number"])


class Receiver:
    """See the module."""

    def __init__(self) -> None:
        self.port = 0
        self.came: list[Delivered] = []
        self.open = 0  # connections under way
        self.answer: Callable[[Delivered], Answer] = lambda _: ok()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def at(self, path: str) -> list[Delivered]:
        return [each for each in self.came if each.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:]) if k}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            delivered = Delivered(head[0].split(" ")[1], headers, body)
            self.came.append(delivered)
            await self.may_answer.wait()
            answer = self.answer(delivered)
            if answer is None:
                await reader.read()  # until the other side hangs up
                return
            writer.write(answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()


def ok(status: int = 200, **headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status} x",
        "content-length: 2",
        "connection: close",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join([*lines, "", "{}"]).encode()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
