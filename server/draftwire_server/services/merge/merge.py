"""Differences and three-way merges: small ones inline, large ones in child processes with a deadline."""

import asyncio
from typing import Final

import msgspec

from draftwire.document.document import Document
from draftwire.errors import OpError, Problem
from draftwire.merge.comparison import compare
from draftwire.merge.merge import diff, merge
from draftwire.rest.diff import Comparison
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.services.worker.child import MergeTask, TaskOutcome
from draftwire_server.services.worker.children import Children, TooSlow

CHILDREN: Final = 3  # one workspace has two at the most; what more there are wait for the machine anyway
INLINE_BYTES: Final = 1024  # of all values together: 400 keyed elements in another order, 8 KiB, take 6 s
DEADLINE_S = 5.0  # of the processor: a person waits for the answer of a save

_comparison = msgspec.json.Decoder(Comparison)


class Merges:
    """See the module."""

    def __init__(self, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._children = Children(CHILDREN)

    async def diff(self, workspace: str, kind: Kind, mine: dict[str, object], theirs: Document) -> TaskOutcome:
        """Give the ops that make ``mine`` of ``theirs``. Raises `TooSlow`, or `Problem` bad_id or duplicate_id."""
        mine_json, theirs_json = await _encoded(mine, theirs.value)
        if len(mine_json) + len(theirs_json) <= INLINE_BYTES:
            try:
                return TaskOutcome(diff(theirs, mine))
            except OpError as error:
                raise error.problem() from error
        return await self._in_child(workspace, MergeTask(kind.keyed, kind.text, None, mine_json, theirs_json))

    async def merge(
        self,
        workspace: str,
        kind: Kind,
        base: dict[str, object],
        mine: dict[str, object],
        theirs: dict[str, object],
    ) -> TaskOutcome:
        """Bring into ``theirs`` what ``mine`` adds to ``base``. Raises `TooSlow`, or `Problem`."""
        base_json, mine_json, theirs_json = await _encoded(base, mine, theirs)
        if len(base_json) + len(mine_json) + len(theirs_json) <= INLINE_BYTES:
            try:
                merged = merge(base, mine, theirs, kind.document_shape)
            except OpError as error:
                raise error.problem() from error
            return TaskOutcome(merged.ops, merged.conflicts)
        return await self._in_child(
            workspace, MergeTask(kind.keyed, kind.text, base_json, mine_json, theirs_json, coupled=kind.coupled)
        )

    async def compare(
        self, workspace: str, kind: Kind, old: dict[str, object], new: dict[str, object], context: int
    ) -> bytes:
        """Give what people see differ, a `Comparison` as JSON. Raises `TooSlow`, or `Problem`."""
        old_json, new_json = await _encoded(old, new)
        if len(old_json) + len(new_json) <= INLINE_BYTES:
            try:
                return _json(compare(old, new, kind.document_shape, context=context))
            except OpError as error:
                raise error.problem() from error
        task = MergeTask(kind.keyed, kind.text, None, new_json, old_json, context)
        return (await self._in_child(workspace, task)).comparison

    async def compared(
        self, workspace: str, kind: Kind, old: dict[str, object], new: dict[str, object], context: int
    ) -> Comparison:
        """The same, read. Raises `Problem` too_large where it can't be done in the time that a person waits."""
        try:
            made = await self.compare(workspace, kind, old, new, context)
        except TooSlow as error:
            raise Problem("too_large", "The values are too large to compare.") from error
        return await asyncio.to_thread(_comparison.decode, made)

    async def _in_child(self, workspace: str, task: MergeTask) -> TaskOutcome:
        outcome = await self._children.ask(workspace, task, self._deadline_s)
        if outcome.error is not None:
            raise Problem(outcome.error)
        return outcome

    async def close(self) -> None:
        """End the children."""
        await self._children.close()


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


async def _encoded(*values: object) -> tuple[bytes, ...]:
    """Values as JSON; one after the other beside the event loop, which a large one would hold up."""
    return tuple([await asyncio.to_thread(_json, value) for value in values])
