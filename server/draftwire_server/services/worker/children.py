"""Child processes for what may take any time: at most so many, each task with a deadline, at which its child ends.

Children are made when first needed and kept warm. The deadline is one of the processor's time, and only far behind it
one of the clock; that no child is free is not the task's fault, and ends as `busy`. One workspace never has all of
them, and of those that wait the one is next whose workspace has used least: who sends what hangs waits behind others.
"""

import asyncio
import contextlib
import sys
import time
from typing import Final

import msgspec

from draftwire.errors import Problem
from draftwire_server.services.worker.child import LENGTH_BYTES, READY, Order, Task, TaskOutcome

WAIT_S: Final = 10.0  # for a child, then the server is busy
FORGET: Final = 0.5  # what a workspace has used counts half after every
FORGET_S: Final = 10.0
START_S: Final = 10.0  # a process that did not even start
PATIENCE: Final = 5.0  # a task takes so many times its processor time where others need the processor too
LARGE_BYTES: Final = 256 * 1024  # an answer that is read beside the event loop

_outcome = msgspec.msgpack.Decoder(TaskOutcome)
_encode = msgspec.msgpack.Encoder().encode


class TooSlow(Exception):
    """A task did not end within its deadline, or its child died of it: nothing is guessed."""


class Children:
    """See the module."""

    def __init__(self, most: int) -> None:
        assert most > 1, "one workspace never has all of them"
        self._most = most
        self._idle: list[asyncio.subprocess.Process] = []
        self._at_work: dict[str, int] = {}  # tasks under way, by workspace
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._used_s: dict[str, float] = {}
        self._forgotten_at = 0.0

    async def ask(self, workspace: str, task: Task, cpu_s: float) -> TaskOutcome:
        """Do a task of a workspace. Raises `TooSlow`, or `Problem` busy where no child gets free."""
        await self._turn(workspace)
        began = time.monotonic()
        try:
            try:
                child = await self._child()
            except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
                raise Problem("busy") from error
            try:
                async with asyncio.timeout(1.0 + PATIENCE * cpu_s):
                    outcome = await _ask(child, Order(task, cpu_s))
            except BaseException:
                await _kill(child)
                raise
            self._idle.append(child)
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise TooSlow from error
        finally:
            self._used_s[workspace] = self._used_s.get(workspace, 0.0) + time.monotonic() - began
            self._leave(workspace)
        return outcome

    async def close(self) -> None:
        """End the children."""
        while self._idle:
            await _kill(self._idle.pop())

    # ---- turns

    async def _turn(self, workspace: str) -> None:
        if not self._waiting and self._may(workspace):
            self._take(workspace)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((workspace, turn))
        self._next()
        try:
            async with asyncio.timeout(WAIT_S):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._leave(workspace)
            else:
                self._waiting.remove((workspace, turn))
            if isinstance(error, TimeoutError):
                raise Problem("busy") from error
            raise

    def _may(self, workspace: str) -> bool:
        return sum(self._at_work.values()) < self._most and self._at_work.get(workspace, 0) < self._most - 1

    def _take(self, workspace: str) -> None:
        self._at_work[workspace] = self._at_work.get(workspace, 0) + 1

    def _leave(self, workspace: str) -> None:
        left = self._at_work.pop(workspace) - 1
        if left:
            self._at_work[workspace] = left
        self._next()

    def _next(self) -> None:
        self._forget()
        while ready := [each for each in self._waiting if self._may(each[0])]:
            chosen = min(ready, key=lambda each: self._used_s.get(each[0], 0.0))
            self._waiting.remove(chosen)
            self._take(chosen[0])
            chosen[1].set_result(None)

    def _forget(self) -> None:
        now = time.monotonic()
        if now - self._forgotten_at > FORGET_S:
            self._forgotten_at = now
            self._used_s = {name: used * FORGET for name, used in self._used_s.items() if used > 0.01}

    # ---- children

    async def _child(self) -> asyncio.subprocess.Process:
        while self._idle:
            child = self._idle.pop()
            if child.returncode is None:
                return child
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "draftwire_server.services.worker.child",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout is not None
        try:
            async with asyncio.timeout(START_S):
                await child.stdout.readexactly(len(READY))
        except BaseException:
            await _kill(child)
            raise
        return child


async def _ask(child: asyncio.subprocess.Process, order: Order) -> TaskOutcome:
    assert child.stdin is not None
    assert child.stdout is not None
    data = _encode(order)
    child.stdin.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    await child.stdin.drain()
    size = int.from_bytes(await child.stdout.readexactly(LENGTH_BYTES), "big")
    answer = await child.stdout.readexactly(size)
    return await asyncio.to_thread(_outcome.decode, answer) if size > LARGE_BYTES else _outcome.decode(answer)


async def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()
    await asyncio.shield(child.wait())
