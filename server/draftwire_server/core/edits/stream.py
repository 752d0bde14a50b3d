"""What travels: the `ops` message of a range of batches, its WebSocket frame, and the bus message around it.

Bytes are built once per commit group and are the same for every reader on every worker.
"""

from collections.abc import Sequence

import msgspec

from draftwire.wire.messages import Alert, BatchInfo, WriterInfo
from draftwire_server.core.edits.replica import Entry

_encode = msgspec.json.Encoder().encode


class RawBatch(msgspec.Struct, frozen=True, array_like=True):
    """A batch as it travels, its ops still bytes: the mark covers exactly these."""

    w: int
    no: int
    ops: msgspec.Raw
    alerts: tuple[Alert | str, ...] = ()
    info: BatchInfo | None = None


class RawOps(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """An `ops` message, read without looking into the ops."""

    draft: str
    generation: int
    from_: int
    to: int
    mark: str
    batches: tuple[RawBatch, ...]
    writers: tuple[WriterInfo, ...] = ()


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """A range of the log in both forms: the message's JSON and the ready frame."""

    from_: int
    to: int
    payload: bytes
    frame: bytes


_decoder = msgspec.json.Decoder(RawOps)


def read_ops(payload: bytes) -> RawOps:
    """Read an `ops` message of another worker."""
    return _decoder.decode(payload)


def _batch(entry: Entry, alerts: Sequence[Alert | str]) -> bytes:
    head = b"[%d,%d,%b" % (entry.w, entry.no, entry.ops)
    if entry.kind == "edit" and entry.cause is None:
        return b"%b,%b]" % (head, _encode(alerts)) if alerts else head + b"]"
    info = BatchInfo(kind=entry.kind, cause=entry.cause, at=entry.at)
    return b"%b,%b,%b]" % (head, _encode(list(alerts)), _encode(info))


def ops_payload(
    draft: str,
    generation: int,
    entries: Sequence[Entry],
    alerts: dict[int, list[Alert | str]],
    writers: Sequence[WriterInfo],
) -> bytes:
    """The JSON of the `ops` message for consecutive entries; ``alerts`` by seq."""
    return b'{"t":"ops","draft":"%b","generation":%d,"from":%d,"to":%d,"mark":"%b","batches":[%b]%b}' % (
        draft.encode(),
        generation,
        entries[0].seq - 1,
        entries[-1].seq,
        entries[-1].mark.encode(),
        b",".join([_batch(entry, alerts.get(entry.seq, ())) for entry in entries]),
        b',"writers":' + _encode(list(writers)) if writers else b"",
    )


class BusHeader(msgspec.Struct, frozen=True, array_like=True):
    """In front of a stretch on the bus; with an empty payload behind it, receivers read Postgres."""

    generation: int
    from_: int
    to: int
    mark_before: str
    mark: str
    origin: str


_header = msgspec.json.Decoder(BusHeader)


def pack(header: BusHeader, payload: bytes) -> bytes:
    """A bus message."""
    return b"%b\n%b" % (_encode(header), payload)


def unpack(message: bytes) -> tuple[BusHeader, bytes]:
    """Read a bus message."""
    head, _, payload = message.partition(b"\n")
    return _header.decode(head), payload
