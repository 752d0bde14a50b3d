"""The control channel of a supervisor: kill a worker, flush Valkey, restart Postgres. For `dev` and system
tests only.

One JSON line there, one back, over a Unix socket that only our user may open; production never opens it. Owns
the wire and both ends of it; what the commands do is handed in.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final, Literal

import msgspec

DEADLINE_S: Final = 30.0  # a restart of Postgres writes a checkpoint
LINE_BYTES: Final = 64 * 1024

Command = Literal["status", "kill-worker", "flush-valkey", "restart-postgres"]


class ControlRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to do; ``worker`` is an index or a name, for `kill-worker`."""

    do: Command
    worker: int | str | None = None


class WorkerStatus(msgspec.Struct, frozen=True):
    """One worker slot. ``pid`` is None while the worker is being replaced; ``port`` is the slot's own."""

    index: int
    name: str
    pid: int | None
    port: int | None
    ready: bool
    starts: int


class ControlAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of it. ``worker`` names the one that was killed; ``spare``: a process stands by for the next one."""

    ok: bool
    error: str | None = None
    worker: str | None = None
    port: int | None = None
    workers: tuple[WorkerStatus, ...] = ()
    spare: bool = False


class ControlError(Exception):
    """The supervisor refused, or there is none."""


Handler = Callable[[ControlRequest], Awaitable[ControlAnswer]]


async def send(path: str, request: ControlRequest) -> ControlAnswer:
    """Ask the supervisor whose socket is at ``path`` (`Settings.control_socket`).

    Raises:
        ControlError: it is away, took too long, or answered with an error.
    """
    try:
        async with asyncio.timeout(DEADLINE_S):
            reader, writer = await asyncio.open_unix_connection(path, limit=LINE_BYTES)
            try:
                writer.write(msgspec.json.encode(request) + b"\n")
                line = await reader.readline()
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        answer = msgspec.json.decode(line, type=ControlAnswer)
    except (OSError, TimeoutError, ValueError) as error:
        raise ControlError(f"The supervisor does not answer: {error!r}") from error
    if not answer.ok:
        raise ControlError(answer.error or "refused")
    return answer


@contextlib.asynccontextmanager
async def listening(path: str, handle: Handler) -> AsyncIterator[None]:
    """Serve the channel for the length of the block; an exception of ``handle`` becomes an error answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            writer.write(msgspec.json.encode(await _answer(line, handle)) + b"\n")
            await writer.drain()
        except (OSError, ValueError):
            pass  # who asked has left, or sent more than a line may hold
        finally:
            writer.close()

    Path(path).unlink(missing_ok=True)  # of a crash: the socket's owner holds the data directory's lock
    server = await asyncio.start_unix_server(serve, path, limit=LINE_BYTES)
    Path(path).chmod(0o600)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()
        Path(path).unlink(missing_ok=True)


async def _answer(line: bytes, handle: Handler) -> ControlAnswer:
    try:
        request = msgspec.json.decode(line, type=ControlRequest)
    except msgspec.DecodeError as error:
        return ControlAnswer(ok=False, error=f"not a command: {error}")
    try:
        return await handle(request)
    except Exception as error:  # the asker gets it; the supervisor must not stop for a refused command
        return ControlAnswer(ok=False, error=str(error) or repr(error))
