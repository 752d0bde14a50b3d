"""A child process for what may take any time: tasks come on standard input, answers leave on standard output.

Run as ``python -m draftwire_server.services.worker.child``; `draftwire_server.services.worker.children` owns it. A task
has so much time of the processor, counted by the kernel, which ends the process then: a busy machine refuses nothing
that an idle one takes. The process ends when its input does too, so it can't outlive its worker.
"""

import os
import resource
import signal
import sys
from typing import BinaryIO, Final, assert_never

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Op
from draftwire.document.shape import Shape
from draftwire.errors import OpError
from draftwire.merge.comparison import compare
from draftwire.merge.merge import Conflict, diff, merge
from draftwire.wire.messages import Diagnostic
from draftwire_server.core.kinds.kind_file import KindError, load_kind
from draftwire_server.core.kinds.schemas import schema_problems, try_out

LENGTH_BYTES: Final = 8
READY: Final = b"+"  # written once all is imported: that is no task's time
MEMORY_BYTES: Final = 4 * 2**30  # address space: a task that wants more ends with its child, not with the machine


class MergeTask(msgspec.Struct, frozen=True, tag="merge"):
    """Values as JSON. With ``context``: what people see differ; without a base: the ops that make mine of theirs."""

    keyed: tuple[str, ...]
    text: tuple[str, ...]
    base: bytes | None
    mine: bytes
    theirs: bytes
    context: int | None = None
    coupled: tuple[tuple[str, str], ...] = ()


class CheckTask(msgspec.Struct, frozen=True, tag="check"):
    """What a schema objects to in a value, both as JSON."""

    schema: bytes
    value: bytes


class KindTask(msgspec.Struct, frozen=True, tag="kind"):
    """Whether a definition, as JSON, makes a kind whose schema can be worked with."""

    name: str
    definition: bytes


Task = MergeTask | CheckTask | KindTask


class Order(msgspec.Struct, frozen=True):
    """A task and the seconds of the processor that it may take."""

    task: Task
    cpu_s: float


class TaskOutcome(msgspec.Struct, frozen=True):
    """What came of a task; ``error`` is the code of an `OpError`, with which a merge was refused."""

    ops: tuple[Op, ...] = ()  # on theirs
    conflicts: tuple[Conflict, ...] = ()
    error: str | None = None
    comparison: bytes = b""  # a `Comparison` as JSON
    diagnostics: tuple[Diagnostic, ...] = ()
    problems: tuple[str, ...] = ()  # of a definition


_order = msgspec.msgpack.Decoder(Order)
_encode = msgspec.msgpack.Encoder().encode


def work(task: Task) -> TaskOutcome:
    """Do a task."""
    match task:
        case MergeTask():
            return _merge(task)
        case CheckTask(schema, value):
            return TaskOutcome(diagnostics=schema_problems(schema, msgspec.json.decode(value)))
        case KindTask(name, definition):
            try:
                kind = load_kind(definition, name)
            except KindError as error:
                return TaskOutcome(problems=tuple(error.problems))
            try_out(kind.schema_json, kind.initial)
            return TaskOutcome()
        case _:
            assert_never(task)


def _merge(task: MergeTask) -> TaskOutcome:
    shape = Shape(task.keyed, task.text, task.coupled)
    mine, theirs = msgspec.json.decode(task.mine), msgspec.json.decode(task.theirs)
    try:
        if task.context is not None:
            return TaskOutcome(comparison=msgspec.json.encode(compare(theirs, mine, shape, context=task.context)))
        if task.base is None:
            return TaskOutcome(diff(Document.load(theirs, shape), mine))
        merged = merge(msgspec.json.decode(task.base), mine, theirs, shape)
    except OpError as error:
        return TaskOutcome(error=error.code)
    return TaskOutcome(merged.ops, merged.conflicts)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Work until the input ends."""
    sink.write(READY)
    sink.flush()
    while head := source.read(LENGTH_BYTES):
        order = _order.decode(source.read(int.from_bytes(head, "big")))
        signal.setitimer(signal.ITIMER_PROF, order.cpu_s)  # SIGPROF ends the process, whatever it is at
        answer = _encode(work(order.task))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sink.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
        sink.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which then closes our input
    if sys.platform == "linux":  # macOS takes no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # the worker was killed; to close the output would fail again
