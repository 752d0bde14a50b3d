"""Differences and three-way merges: small ones inline, large ones in child processes with a deadline.

Children are made when first needed, kept warm, at most `CHILDREN` at once; one that misses the deadline is killed.
"""

import asyncio
import contextlib
import sys

import msgspec

from draftwire.comparison import compare
from draftwire.document import Document
from draftwire.errors import Problem
from draftwire.merge import diff, merge
from draftwire.ops import OpError
from draftwire.rest.diff import Comparison
from draftwire_server.core.kinds import Kind
from draftwire_server.limits import MERGE_INLINE_BYTES
from draftwire_server.services.merge_child import LENGTH_BYTES, Outcome, Task

CHILDREN = 2  # beside the worker's own core; what waits longer than the deadline is a conflict
COMPARE_INLINE_BYTES = 64 * 1024  # both together: comparing words costs more than merging lines
DEADLINE_S = 5.0  # a person waits for the answer of a save

_comparison = msgspec.json.Decoder(Comparison)
_outcome = msgspec.msgpack.Decoder(Outcome)


class TooSlow(Exception):
    """It did not end within the deadline: the whole document is a conflict, nothing is guessed."""


class Merging:
    """See the module."""

    def __init__(self, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._room = asyncio.Semaphore(CHILDREN)
        self._idle: list[asyncio.subprocess.Process] = []

    async def diff(self, kind: Kind, mine: dict[str, object], theirs: Document) -> Outcome:
        """Give the ops that make ``mine`` of ``theirs``. Raises `TooSlow`, or `Problem` bad_id or duplicate_id."""
        mine_json, theirs_json = _json(mine), _json(theirs.value)
        if len(mine_json) + len(theirs_json) <= 2 * MERGE_INLINE_BYTES:
            try:
                return Outcome(diff(theirs, mine))
            except OpError as error:
                raise Problem(error.code, detail={"why": str(error)}) from error
        return await self._in_child(Task(kind.keyed, kind.text, None, mine_json, theirs_json))

    async def merge(
        self, kind: Kind, base: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
    ) -> Outcome:
        """Bring into ``theirs`` what ``mine`` adds to ``base``. Raises `TooSlow`, or `Problem`."""
        base_json, mine_json, theirs_json = _json(base), _json(mine), _json(theirs)
        if max(map(len, (base_json, mine_json, theirs_json))) <= MERGE_INLINE_BYTES:
            try:
                merged = merge(base, mine, theirs, kind.document_shape)
            except OpError as error:
                raise Problem(error.code, detail={"why": str(error)}) from error
            return Outcome(merged.ops, merged.conflicts)
        return await self._in_child(Task(kind.keyed, kind.text, base_json, mine_json, theirs_json))

    async def compare(self, kind: Kind, old: dict[str, object], new: dict[str, object], context: int) -> bytes:
        """Give what people see differ, a `Comparison` as JSON. Raises `TooSlow`, or `Problem`."""
        old_json, new_json = _json(old), _json(new)
        if len(old_json) + len(new_json) <= COMPARE_INLINE_BYTES:
            try:
                return _json(compare(old, new, kind.document_shape, context=context))
            except OpError as error:
                raise Problem(error.code, detail={"why": str(error)}) from error
        task = Task(kind.keyed, kind.text, None, new_json, old_json, context)
        return (await self._in_child(task)).comparison

    async def compared(self, kind: Kind, old: dict[str, object], new: dict[str, object], context: int) -> Comparison:
        """The same, read. Raises `Problem` too_large where it can't be done in the time that a person waits."""
        try:
            made = await self.compare(kind, old, new, context)
        except TooSlow as error:
            raise Problem("too_large", "The values are too large to be compared in time.") from error
        return await asyncio.to_thread(_comparison.decode, made)

    async def _in_child(self, task: Task) -> Outcome:
        try:
            async with asyncio.timeout(self._deadline_s), self._room:
                child = self._idle.pop() if self._idle else await _start()
                try:
                    outcome = await _ask(child, task)
                except BaseException:
                    await _kill(child)
                    raise
                self._idle.append(child)
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise TooSlow from error
        if outcome.error is not None:
            raise Problem(outcome.error)
        return outcome

    async def close(self) -> None:
        """End the children."""
        while self._idle:
            await _kill(self._idle.pop())


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "draftwire_server.services.merge_child",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def _ask(child: asyncio.subprocess.Process, task: Task) -> Outcome:
    assert child.stdin is not None
    assert child.stdout is not None
    data = msgspec.msgpack.encode(task)
    child.stdin.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    await child.stdin.drain()
    size = int.from_bytes(await child.stdout.readexactly(LENGTH_BYTES), "big")
    return _outcome.decode(await child.stdout.readexactly(size))


async def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()
    await asyncio.shield(child.wait())
