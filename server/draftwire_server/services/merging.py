"""Differences and three-way merges: small ones inline, large ones in child processes with a deadline."""

import asyncio
from typing import Final

import msgspec

from draftwire.comparison import compare
from draftwire.document import Document
from draftwire.errors import Problem
from draftwire.merge import diff, merge
from draftwire.ops import OpError
from draftwire.rest.diff import Comparison
from draftwire_server.core.kinds import Kind
from draftwire_server.limits import MERGE_INLINE_BYTES
from draftwire_server.services.child import MergeTask, Outcome
from draftwire_server.services.children import Children, TooSlow

CHILDREN: Final = 2  # beside the worker's own core
COMPARE_INLINE_BYTES = 64 * 1024  # both together: comparing words costs more than merging lines
DEADLINE_S = 5.0  # of the processor: a person waits for the answer of a save

_comparison = msgspec.json.Decoder(Comparison)


class Merging:
    """See the module."""

    def __init__(self, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._children = Children(CHILDREN)

    async def diff(self, workspace: str, kind: Kind, mine: dict[str, object], theirs: Document) -> Outcome:
        """Give the ops that make ``mine`` of ``theirs``. Raises `TooSlow`, or `Problem` bad_id or duplicate_id."""
        mine_json, theirs_json = _json(mine), _json(theirs.value)
        if len(mine_json) + len(theirs_json) <= 2 * MERGE_INLINE_BYTES:
            try:
                return Outcome(diff(theirs, mine))
            except OpError as error:
                raise Problem(error.code, detail={"why": str(error)}) from error
        return await self._in_child(workspace, MergeTask(kind.keyed, kind.text, None, mine_json, theirs_json))

    async def merge(
        self,
        workspace: str,
        kind: Kind,
        base: dict[str, object],
        mine: dict[str, object],
        theirs: dict[str, object],
    ) -> Outcome:
        """Bring into ``theirs`` what ``mine`` adds to ``base``. Raises `TooSlow`, or `Problem`."""
        base_json, mine_json, theirs_json = _json(base), _json(mine), _json(theirs)
        if max(map(len, (base_json, mine_json, theirs_json))) <= MERGE_INLINE_BYTES:
            try:
                merged = merge(base, mine, theirs, kind.document_shape)
            except OpError as error:
                raise Problem(error.code, detail={"why": str(error)}) from error
            return Outcome(merged.ops, merged.conflicts)
        return await self._in_child(workspace, MergeTask(kind.keyed, kind.text, base_json, mine_json, theirs_json))

    async def compare(
        self, workspace: str, kind: Kind, old: dict[str, object], new: dict[str, object], context: int
    ) -> bytes:
        """Give what people see differ, a `Comparison` as JSON. Raises `TooSlow`, or `Problem`."""
        old_json, new_json = _json(old), _json(new)
        if len(old_json) + len(new_json) <= COMPARE_INLINE_BYTES:
            try:
                return _json(compare(old, new, kind.document_shape, context=context))
            except OpError as error:
                raise Problem(error.code, detail={"why": str(error)}) from error
        task = MergeTask(kind.keyed, kind.text, None, new_json, old_json, context)
        return (await self._in_child(workspace, task)).comparison

    async def compared(
        self, workspace: str, kind: Kind, old: dict[str, object], new: dict[str, object], context: int
    ) -> Comparison:
        """The same, read. Raises `Problem` too_large where it can't be done in the time that a person waits."""
        try:
            made = await self.compare(workspace, kind, old, new, context)
        except TooSlow as error:
            raise Problem("too_large", "The values are too large to be compared in time.") from error
        return await asyncio.to_thread(_comparison.decode, made)

    async def _in_child(self, workspace: str, task: MergeTask) -> Outcome:
        outcome = await self._children.ask(workspace, task, self._deadline_s)
        if outcome.error is not None:
            raise Problem(outcome.error)
        return outcome

    async def close(self) -> None:
        """End the children."""
        await self._children.close()


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)
