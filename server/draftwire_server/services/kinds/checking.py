"""What kinds' schemas object to, found out in child processes: a schema of a workspace may take any time.

A schema that was too slow for a value is not asked for every change of a draft: `Diagnoses` remembers it with the state
that it looked at.
"""

from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.wire.messages import Diagnostic
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.services.worker.child import CheckTask, KindTask
from draftwire_server.services.worker.children import Children, TooSlow

CHILDREN: Final = 2
CHECK_S: Final = 2.0  # of the processor, as all of these; 16 MiB by the largest of our schemas take 0.5 s
DEFINE_S: Final = 1.0  # what takes longer for the value that items begin with is no schema to work with
LIVE_S: Final = 0.5  # of a draft that somebody types in, once a second at the most

TOO_SLOW: Final = Diagnostic(
    "", "schema", "The kind's schema takes too long to be checked: a deploy of this state would be refused."
)


class SchemaChecks:
    """See the module."""

    def __init__(self, *, check_s: float = CHECK_S, define_s: float = DEFINE_S, live_s: float = LIVE_S) -> None:
        self._children = Children(CHILDREN)
        self._check_s, self._define_s, self._live_s = check_s, define_s, live_s

    async def problems(self, workspace: str, kind: Kind, value: bytes) -> tuple[Diagnostic, ...]:
        """Give what stops a deploy of a value (JSON). Raises `Problem` too_much_work, or busy."""
        try:
            return await self._check(workspace, kind, value, self._check_s)
        except TooSlow as error:
            raise Problem(
                "too_much_work", "Checking this value against the kind's schema takes too long. Simplify the schema."
            ) from error

    async def live_problems(self, workspace: str, kind: Kind, value: bytes) -> tuple[Diagnostic, ...]:
        """The same for who types: that it takes too long is one more problem. Raises `Problem` busy."""
        try:
            return await self._check(workspace, kind, value, self._live_s)
        except TooSlow:
            return (TOO_SLOW,)

    async def _check(self, workspace: str, kind: Kind, value: bytes, cpu_s: float) -> tuple[Diagnostic, ...]:
        outcome = await self._children.ask(workspace, CheckTask(kind.schema_json, value), cpu_s)
        return outcome.diagnostics

    async def definition(self, workspace: str, name: str, definition: dict[str, Any]) -> tuple[str, ...]:
        """Give what is wrong with a kind's definition. Raises `Problem` too_much_work, or busy."""
        try:
            task = KindTask(name, msgspec.json.encode(definition))
            return (await self._children.ask(workspace, task, self._define_s)).problems
        except TooSlow as error:
            raise Problem("too_much_work", "Checking the kind's schema takes too long. Simplify it.") from error

    async def close(self) -> None:
        """End the children."""
        await self._children.close()
