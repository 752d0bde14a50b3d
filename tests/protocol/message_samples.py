"""Every message that there is, filled and bare, and every way to spoil one member: made from the structs alone."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from draftwire.wire.messages import ClientMessage, ServerMessage

SIDES = (("client", ClientMessage), ("server", ServerMessage))
TEXT = 'é😀 "\\/\n'


def full(kind: Any) -> Any:
    """A value of a type with everything in it that may be."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return full(arguments[0])
    if origin is Literal:
        return arguments[-1]
    if origin in (Union, UnionType):
        return full(next(argument for argument in arguments if argument is not NoneType))
    if origin is tuple:
        return [full(argument) for argument in arguments if argument is not Ellipsis]
    if origin is dict:
        return {"name": full(arguments[1])}
    if kind is Any:
        return {"text": TEXT, "list": [1, -2.5, 1e-7, True, None], "large": 2**53}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return filled(kind)
    return {str: TEXT, int: 7, float: 1.5, bool: True}[kind]


def filled(struct: type[msgspec.Struct]) -> Any:
    """A struct as it travels, every member there."""
    if struct.__struct_config__.array_like:
        return [full(field.type) for field in msgspec.structs.fields(struct)]
    members = {field.encode_name: full(field.type) for field in msgspec.structs.fields(struct)}
    return tagged(struct) | members


def bare(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """A struct as it travels with nothing that may be left out."""
    return tagged(struct) | {f.encode_name: full(f.type) for f in msgspec.structs.fields(struct) if f.required}


def tagged(struct: type[msgspec.Struct]) -> dict[str, Any]:
    config = struct.__struct_config__
    return {str(config.tag_field): config.tag} if config.tag_field else {}


def spoiled(kind: Any) -> Any:
    """A value that is none of a type; `Any` takes everything."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return spoiled(arguments[0])
    if origin in (Union, UnionType):
        return 5 if str in arguments else spoiled(next(a for a in arguments if a is not NoneType))
    if kind is str:
        return 5
    return [] if origin is dict else "nothing of the kind"


def frame_cases() -> Iterator[dict[str, Any]]:
    """Messages that are well."""
    for side, union in SIDES:
        for struct in get_args(union):
            yield {"from": side, "message": filled(struct)}
            yield {"from": side, "message": bare(struct)}
            yield {"from": side, "message": bare(struct) | {"a member of a later release": [1]}}


def refused_message_cases() -> Iterator[dict[str, Any]]:
    """Messages that are not, and with which code they are refused."""
    for side, union in SIDES:
        for struct in get_args(union):
            for field in msgspec.structs.fields(struct):
                if field.type is Any:
                    continue
                yield {
                    "from": side,
                    "message": bare(struct) | {field.encode_name: spoiled(field.type)},
                    "code": "bad_message",
                }
                if field.required:
                    without = {name: value for name, value in bare(struct).items() if name != field.encode_name}
                    yield {"from": side, "message": without, "code": "bad_message"}
        yield {"from": side, "message": {"t": "no such message"}, "code": "unknown_message"}
        yield {"from": side, "message": {"n": 1}, "code": "bad_message"}
        yield {"from": side, "message": [], "code": "bad_message"}
