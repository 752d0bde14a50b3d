"""The messages of the WebSocket as TypeScript has them: their types, what is checked when one is read, and all codes.

Types and checks come from the structs of `draftwire.wire.messages`, codes from `draftwire.errors` and
`draftwire.wire.event_types`.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import inspect as types

from draftwire.document import ops
from draftwire.errors import CODES, CloseCode
from draftwire.wire import messages
from draftwire.wire.event_types import EVENT_TYPES
from generator.typescript import LINE, MADE, comment, literal, member, one

# Where a name would hide one of JavaScript's, or is another module's.
NAMES: Final = {"Event": "EventMessage", "Ask": "AskMessage", "Error": "ErrorMessage", "Shape": "ShapeInfo"}
ELSEWHERE: Final = frozenset(("Shape",))  # in `document/shape.ts`


class _Alias(msgspec.Struct, frozen=True):
    name: str
    values: tuple[str, ...]


ALIASES: Final = tuple(
    _Alias(name, get_args(value)) for name, value in vars(messages).items() if get_origin(value) is Literal
)


def _structs() -> list[type[Any]]:
    found = [each for each in vars(messages).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return [each for each in found if each.__module__ == messages.__name__]


def _of_union(union: Any) -> list[type[Any]]:
    return list(get_args(union))


# ---- types


def _type(info: types.Type) -> str:
    match info:
        case types.StructType():
            return "Op" if info.cls.__module__ == ops.__name__ else NAMES.get(info.cls.__name__, info.cls.__name__)
        case types.UnionType():
            nothing = any(isinstance(each, types.NoneType) for each in info.types)
            names = dict.fromkeys(_type(each) for each in info.types if not isinstance(each, types.NoneType))
            return " | ".join([*names, *(["null"] if nothing else [])])
        case types.LiteralType():
            alias = next((each.name for each in ALIASES if set(each.values) == set(info.values)), None)
            return alias or " | ".join(literal(value) for value in _in_order(info))
        case types.StrType():
            return "string"
        case types.IntType() | types.FloatType():
            return "number"
        case types.BoolType():
            return "boolean"
        case types.AnyType():
            return "Json"
        case types.DictType():
            return f"Record<string, {_type(info.value_type)}>"
        case types.VarTupleType():
            return f"readonly {one(_type(info.item_type))}[]"
        case types.TupleType():
            return f"readonly [{', '.join(_type(each) for each in info.item_types)}]"
        case types.Metadata():
            return _type(info.type)
    raise TypeError(f"TypeScript has no name for {info}")


def _in_order(info: types.LiteralType) -> Iterable[str]:
    return sorted(str(value) for value in info.values)


def _interface(kind: type[Any]) -> str:
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)
    name = NAMES.get(kind.__name__, kind.__name__)
    said = comment(kind.__doc__ or "")
    if info.array_like:
        parts = [f"  {f.encode_name}{'' if f.required else '?'}: {_type(f.type)}," for f in info.fields]
        return "\n".join([*said, f"export type {name} = readonly [", *parts, "];"])
    lines = [*said, f"export interface {name} {{"]
    if info.tag_field is not None:
        lines.append(f"  {info.tag_field}: {literal(str(info.tag))};")
    lines += [f"  {member(f.encode_name)}{'' if f.required else '?'}: {_type(f.type)};" for f in info.fields]
    return "\n".join([*lines, "}"])


def _union(name: str, kinds: Iterable[type[Any]]) -> str:
    return "\n".join([f"export type {name} =", *(f"  | {NAMES.get(k.__name__, k.__name__)}" for k in kinds)]) + ";"


def message_types() -> str:
    """The text of `wire/messages.ts`."""
    aliases = "\n".join(
        f"export type {each.name} = {' | '.join(literal(value) for value in each.values)};" for each in ALIASES
    )
    return "\n".join([
        MADE, 'import type { Json, Op } from "../document/ops.js";',
        'import type { ShapeInfo } from "../document/shape.js";',
        "", "/** The sub-protocol: one JSON object per WebSocket text frame, told apart by `t`. */",
        f"export const SUBPROTOCOL = {literal(messages.SUBPROTOCOL)};", "", aliases,
        "/** The first and the last one, 1-based. */", "export type Lines = readonly [number, number];", "",
        "\n\n".join(_interface(each) for each in _structs() if each.__name__ not in ELSEWHERE), "",
        "/** What a client sends. */", _union("ClientMessage", _of_union(messages.ClientMessage)), "",
        "/** What the server sends. */", _union("ServerMessage", _of_union(messages.ServerMessage)), "",
    ])  # fmt: skip


# ---- checks


def _check(info: types.Type) -> str:
    match info:
        case types.StructType():
            return "op" if info.cls.__module__ == ops.__name__ else _constant(info.cls)
        case types.UnionType():
            told = [each for each in info.types if not isinstance(each, types.NoneType)]
            checks = list(dict.fromkeys(_check(each) for each in told))
            made = checks[0] if len(checks) == 1 else f"either({', '.join(sorted(checks, key=len))})"
            return f"nullable({made})" if len(told) < len(info.types) else made
        case types.LiteralType():
            alias = next((each.values for each in ALIASES if set(each.values) == set(info.values)), None)
            return f"oneOf({', '.join(literal(value) for value in alias or _in_order(info))})"
        case types.StrType():
            return "text"
        case types.IntType():
            return "integer"
        case types.FloatType():
            return "number"
        case types.BoolType():
            return "flag"
        case types.AnyType():
            return "present"
        case types.DictType():
            return f"mapOf({_check(info.value_type)})"
        case types.VarTupleType():
            return f"listOf({_check(info.item_type)})"
        case types.TupleType():
            return f"tupleOf([{', '.join(_check(each) for each in info.item_types)}])"
        case types.Metadata():
            return _check(info.type)
    raise TypeError(f"nothing checks {info}")


def _constant(kind: type[Any]) -> str:
    name = NAMES.get(kind.__name__, kind.__name__)
    return name[0].lower() + name[1:]


def _checked(kind: type[Any]) -> str:
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)
    if info.array_like:
        must = [_check(field.type) for field in info.fields if field.required]
        may = [_check(field.type) for field in info.fields if not field.required]
        return f"tupleOf([{', '.join(must)}], [{', '.join(may)}])"
    # A member that holds any value and may be left out is as it comes.
    told = [f for f in info.fields if f.required or not isinstance(f.type, types.AnyType)]
    parts = [
        f"{member(f.encode_name)}: {_check(f.type)}"
        if f.required
        else f"{member(f.encode_name)}: optional({_check(f.type)})"
        for f in told
    ]
    line = f"struct({{ {', '.join(parts)} }})"
    return line if len(line) <= LINE - 30 else "\n".join(["struct({", *(f"  {part}," for part in parts), "})"])


def checks() -> str:
    """The text of `wire/shapes.ts`."""
    tagged = {each for union in (messages.ClientMessage, messages.ServerMessage) for each in _of_union(union)}
    named = [each for each in _structs() if each not in tagged]
    parts = [f"const {_constant(each)} = {_checked(each)};" for each in named]
    for name, union in (("CLIENT", messages.ClientMessage), ("SERVER", messages.ServerMessage)):
        rows = [f"  {each.__struct_config__.tag}: {_indented(_checked(each))}," for each in _of_union(union)]
        parts.append("\n".join([f"export const {name}: Readonly<Record<string, Check>> = {{", *rows, "};"]))
    used = [each for each in COMBINATORS if re.search(rf"(?<=[\[( ]){each}\b(?!:)", "\n".join(parts))]
    return "\n".join([
        MADE, f'import {{ {", ".join(used)} }} from "./checks.js";', 'import type { Check } from "./checks.js";', "",
        "// What is checked of a message when it is read, by its `t`.", "", "\n".join(parts), "",
    ])  # fmt: skip


COMBINATORS: Final = (
    *("either", "flag", "integer", "listOf", "mapOf", "nullable", "number", "oneOf", "op", "optional", "present"),
    *("struct", "text", "tupleOf"),
)


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


# ---- codes


def codes() -> str:
    """The text of `wire/codes.ts`."""
    closes = {name: code for name, code in vars(CloseCode).items() if isinstance(code, int)}
    return "\n".join([
        MADE, "/** Why a request is refused: stable codes. A newer server may know more of them. */",
        *_alternatives("ErrorCode", CODES), "", "/** After these the same request may pass later. */",
        "export const MAY_PASS: ReadonlySet<string> = new Set([",
        *(f"  {literal(each.code)}," for each in CODES.values() if each.retry), "]);", "",
        "/** What happened: the types of events. A newer server may know more of them. */",
        *_alternatives("EventType", EVENT_TYPES), "",
        "/** Why a connection ended. Below 4500: come back; from 4500 on: don't, as you are. */",
        "export const CLOSE = {", *(f"  {name}: {json.dumps(code)}," for name, code in closes.items()), "} as const;",
        "",
    ])  # fmt: skip


def _alternatives(name: str, values: Iterable[str]) -> Iterable[str]:
    told = [f"  | {literal(value)}" for value in values]
    return [f"export type {name} =", *told[:-1], f"{told[-1]};"]
