"""A session's calls of an agent's tools: each is kept until it is answered, and asked again on every new connection.

Asking again is safe: an edit carries its key, reading changes nothing, and a stream that was opened twice is let go by
its lease. Pieces of streams are not kept here: `draftwire.session.outflow` knows which of them the server has.
"""

from typing import Any, Literal

from draftwire.errors import heard_problem
from draftwire.session.events import Answered, CallRefused, SessionEvent
from draftwire.session.line import Line
from draftwire.wire import messages as m

Tool = Literal["read", "search", "edit", "open_stream", "load_stream", "close_stream", "abort_stream"]


class Calls:
    """See the module."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waiting: dict[int, m.Call] = {}

    def ask(self, tool: Tool, run: str, body: Any, stream: str | None, key: str | None) -> int:
        """Use a tool; `Answered` or `CallRefused` brings the number back."""
        call = m.Call(self._line.ref(), tool, run, body, stream, key)
        self._waiting[call.ref] = call
        self._line.say(call)
        return call.ref

    def forget(self, ref: int) -> None:
        """Nobody waits for the answer any more."""
        self._waiting.pop(ref, None)

    def welcomed(self) -> None:
        """A new connection: what is not answered is asked again."""
        self._line.outgoing += self._waiting.values()

    def answered(self, message: m.Answer) -> list[SessionEvent]:
        """An answer came; twice for one that was asked again in vain."""
        return [] if self._waiting.pop(message.ref, None) is None else [Answered(message.ref, message.body)]

    def refused(self, error: m.Error) -> list[SessionEvent] | None:
        """A call was refused; None if the error is about something else."""
        if self._waiting.pop(error.ref, None) is None:
            return None
        problem = heard_problem(0, error.code, error.message, error.detail, retry=error.retry)
        return [CallRefused(error.ref, problem)]
