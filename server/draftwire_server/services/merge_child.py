"""A child process that compares large documents: tasks come on standard input, answers leave on standard output.

Run as ``python -m draftwire_server.services.merge_child``; `draftwire_server.services.merging` owns it. It ends when
its input does, so it can't outlive its worker.
"""

import signal
import sys
from typing import BinaryIO

import msgspec

from draftwire.comparison import compare
from draftwire.document import Document
from draftwire.merge import Conflict, diff, merge
from draftwire.ops import Op, OpError
from draftwire.shape import Shape

LENGTH_BYTES = 8


class Task(msgspec.Struct, frozen=True):
    """Values as JSON. With ``context``: what people see differ; without a base: the ops that make mine of theirs."""

    keyed: tuple[str, ...]
    text: tuple[str, ...]
    base: bytes | None
    mine: bytes
    theirs: bytes
    context: int | None = None


class Outcome(msgspec.Struct, frozen=True):
    """Ops on theirs, and what could not be merged; ``error`` is the code of an `OpError`."""

    ops: tuple[Op, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    error: str | None = None
    comparison: bytes = b""  # a `Comparison` as JSON


_task = msgspec.msgpack.Decoder(Task)
_encode = msgspec.msgpack.Encoder().encode


def work(task: Task) -> Outcome:
    """Do a task."""
    shape = Shape(task.keyed, task.text)
    mine, theirs = msgspec.json.decode(task.mine), msgspec.json.decode(task.theirs)
    try:
        if task.context is not None:
            return Outcome(comparison=msgspec.json.encode(compare(theirs, mine, shape, context=task.context)))
        if task.base is None:
            return Outcome(diff(Document.load(theirs, shape), mine))
        merged = merge(msgspec.json.decode(task.base), mine, theirs, shape)
    except OpError as error:
        return Outcome(error=error.code)
    return Outcome(merged.ops, merged.conflicts)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Work until the input ends."""
    while head := source.read(LENGTH_BYTES):
        answer = _encode(work(_task.decode(source.read(int.from_bytes(head, "big")))))
        sink.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
        sink.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which then closes our input
    serve(sys.stdin.buffer, sys.stdout.buffer)
