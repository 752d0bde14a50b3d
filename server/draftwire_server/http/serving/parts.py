"""A JSON body of many parts (`operation(parts=…)`): each is read by itself where the whole can't be read."""

import asyncio
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

import msgspec

from draftwire.errors import Problem
from draftwire.wire.codec import check_softly, decode_softly
from draftwire_server.core.bulk import BadPart
from draftwire_server.http.serving.problem import convert, decoded
from draftwire_server.limits.contract import EXTERNAL_ID_CHARS

_T = TypeVar("_T")


NAMES: Final = ("external_id", "draft")  # by which the parts of our requests name themselves


async def read_parts(body: bytes, wanted: type[_T], member: str) -> tuple[_T, dict[int, BadPart]]:
    """Read a body with the parts in ``member`` that can be read; the others by their positions.

    Raises:
        Problem: what stands around the parts can't be read, or there are too many.
    """
    try:
        return convert(await decoded(body), wanted), {}
    except Problem as problem:
        return await asyncio.to_thread(_part_by_part, body, wanted, member, problem)


def _part_by_part(body: bytes, wanted: type[_T], member: str, whole: Problem) -> tuple[_T, dict[int, BadPart]]:
    around = decode_softly(body)
    part_type, most = _of_parts(wanted, member)
    parts = around.pop(member, None) if isinstance(around, dict) else None
    if not isinstance(parts, list) or len(parts) > most:
        raise whole
    good: list[Any] = []
    bad: dict[int, BadPart] = {}
    for at, part in enumerate(parts):
        try:
            check_softly(part)
            convert(part, part_type)
            good.append(part)
        except Problem as problem:
            bad[at] = BadPart(_name(part), problem)
    check_softly(around)
    if not bad:
        raise whole
    return convert({**around, member: good}, wanted), bad


def _of_parts(wanted: type[Any], member: str) -> tuple[Any, int]:
    """The type of one part, and how many there may be."""
    (kind,) = (f.type for f in msgspec.structs.fields(wanted) if f.encode_name == member)
    most = 10_000
    if get_origin(kind) is Annotated:
        most = min([meta.max_length or most for meta in kind.__metadata__ if isinstance(meta, msgspec.Meta)] or [most])
        kind = get_args(kind)[0]
    return get_args(kind)[0], most


def _name(part: Any) -> str:
    """By what a part names itself, if that can be seen."""
    found = [part[name] for name in NAMES if name in part] if isinstance(part, dict) else []
    readable = found and isinstance(found[0], str) and found[0].isprintable()
    return found[0][:EXTERNAL_ID_CHARS] if readable else ""
