"""The smallest that the type of a body or message takes, made from the type; and where in it something may be named."""

import enum
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

LIST = "[]"  # an element of a list, in a place

# Strings that are not just any: by the name of the field.
WORDS = {
    "etag": "g1.s1.AAAAAAAA", "path": "u/zoe/minimal", "address": "https://example.org/", "kind": "script",
    "at": "/content", "key": "abcdefgh", "name": "minimal", "mark": "AAAAAAAA",
    "session": "a" * 22, "channel": "item:none",
}  # fmt: skip


def minimal(wanted: Any, field: str = "") -> Any:
    """A value that the type takes, as it is in JSON."""
    return minimal_of(inspect.type_info(wanted), field)


def minimal_of(kind: inspect.Type, field: str) -> Any:
    match kind:
        case inspect.Metadata():
            return minimal_of(kind.type, field)
        case inspect.UnionType():
            plain = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
            return minimal_of(next((each for each in plain if not isinstance(each, inspect.AnyType)), plain[0]), field)
        case inspect.StructType():
            made = {each.encode_name: minimal_of(each.type, each.encode_name) for each in kind.fields if each.required}
            return made | ({kind.tag_field: kind.tag} if kind.tag_field else {})
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.EnumType():
            return next(iter(kind.cls.__members__.values())).value if issubclass(kind.cls, enum.Enum) else None
        case inspect.StrType():
            return WORDS.get(field, "x" * max(1, kind.min_length or 0))
        case inspect.BoolType():
            return False
        case inspect.IntType() | inspect.FloatType():
            return max(1, kind.ge or 0)
        case inspect.VarTupleType() | inspect.ListType():
            return [minimal_of(kind.item_type, field.removesuffix("s"))]
        case inspect.TupleType():
            return [minimal_of(each, field) for each in kind.item_types]
        case inspect.DictType():
            return {}
        case inspect.AnyType():
            return "x"
    raise TypeError(f"{field}: say what the smallest {kind} is")


def texts_in(wanted: Any) -> Iterator[tuple[str, ...]]:
    """Where a body takes any text, by the names of the fields on the way: each may name something."""
    yield from _texts_in(inspect.type_info(wanted), ())


def _texts_in(kind: inspect.Type, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    match kind:
        case inspect.Metadata():
            yield from _texts_in(kind.type, at)
        case inspect.UnionType():
            yield from dict.fromkeys(each for one in kind.types for each in _texts_in(one, at))
        case inspect.StructType():
            for field in kind.fields:
                yield from _texts_in(field.type, (*at, field.encode_name))
        case inspect.VarTupleType() | inspect.ListType():
            yield from _texts_in(kind.item_type, (*at, LIST))
        case inspect.StrType():
            if at:
                yield at


def saying(body: Any, at: tuple[str, ...], text: str) -> Any:
    """A body that says this at a place; the lists on the way have one element."""
    if not at:
        return text
    if at[0] == LIST:
        return [saying(body[0] if isinstance(body, list) and body else {}, at[1:], text)]
    inside = body if isinstance(body, dict) else {}
    return {**inside, at[0]: saying(inside.get(at[0]), at[1:], text)}
