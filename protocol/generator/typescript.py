"""Types and calls of the TypeScript client, from the list of routes.

A struct is an interface, a member with a default an optional one: the server leaves it out where it has that value.
"""

import json
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple, cast

import msgspec
from msgspec import inspect as types

from draftwire.document import ops
from draftwire.rest.route import Header, Route
from draftwire.wire import messages

MADE: Final = "/* Made by `make generate` from the structs of the Python package: change them there. */\n"
LINE: Final = 120


class Argument(NamedTuple):
    """An option of calls that becomes a header: its name, its type, and the header's value, with ``*`` for its own."""

    name: str
    type: str = "string"
    value: str = "*"
    says: str = ""  # where the header's own description does not fit


# `If-None-Match` has no option: browsers ask that by themselves.
ARGUMENTS: Final = {
    "If-Match": Argument("ifMatch", value='"*"'),
    "Draftwire-Override": Argument("override", value='"*"'),
    "Draftwire-Session": Argument("session"),
    "Idempotency-Key": Argument("idempotencyKey"),
    "Prefer": Argument("merge", "boolean", "merge=never", "False: refuse a stale save (409) instead of merging it."),
}
WITHOUT: Final = ("If-None-Match",)


class Writer:
    """Writes types, and collects the structs that they name."""

    def __init__(self) -> None:
        self.structs: dict[str, types.StructType] = {}
        self.of_wire: set[str] = set()
        self.of_ops: set[str] = set()

    def name(self, given: Any) -> str:
        """A type as TypeScript writes it."""
        return self._of(types.type_info(given))

    def _of(self, info: types.Type) -> str:
        match info:
            case types.StructType():
                return self._struct(info)
            case types.UnionType():
                return self._union(info)
            case types.LiteralType():
                return " | ".join(literal(cast(str | int, value)) for value in info.values)
            case types.StrType():
                return "string"
            case types.IntType() | types.FloatType():
                return "number"
            case types.BoolType():
                return "boolean"
            case types.NoneType():
                return "null"
            case types.AnyType() | types.RawType():
                self.of_ops.add("Json")
                return "Json"
            case types.DictType():
                if isinstance(info.value_type, types.AnyType):
                    self.of_ops.add("JsonObject")
                    return "JsonObject"
                return f"Readonly<Record<string, {self._of(info.value_type)}>>"
            case types.VarTupleType() | types.ListType() | types.SetType() | types.FrozenSetType():
                return f"readonly {one(self._of(info.item_type))}[]"
            case types.TupleType():
                return f"readonly [{', '.join(self._of(each) for each in info.item_types)}]"
            case types.Metadata():
                return self._of(info.type)
        raise TypeError(f"TypeScript has no name for {info}")

    def _union(self, info: types.UnionType) -> str:
        told = [each for each in info.types if not isinstance(each, types.NoneType)]
        names = list(dict.fromkeys(self._of(each) for each in told))
        return " | ".join([*names, *(["null"] if len(told) < len(info.types) else [])])

    def _struct(self, info: types.StructType) -> str:
        kind = info.cls
        if kind.__module__ == ops.__name__:
            self.of_ops.add("Op")
            return "Op"
        if kind.__module__ == messages.__name__:
            self.of_wire.add(kind.__name__)
            return kind.__name__
        known = self.structs.get(kind.__name__)
        if known is None:
            self.structs[kind.__name__] = info
            self.interface(kind)  # for the structs that it names
        elif known.cls is not kind:
            raise TypeError(f"{kind.__module__} and {known.cls.__module__} both have a struct {kind.__name__}")
        return kind.__name__

    def interface(self, kind: type[Any]) -> str:
        """A struct as an interface."""
        info = cast(types.StructType, types.type_info(kind))
        lines = [*comment(kind.__doc__ or ""), f"export interface {kind.__name__} {{"]
        if info.tag_field is not None:
            lines.append(f"  readonly {info.tag_field}: {literal(cast(str, info.tag))};")
        for field in info.fields:
            lines += comment(_described(field), "  ")
            mark = "" if field.required else "?"
            lines.append(f"  readonly {member(field.encode_name)}{mark}: {self._of(_without_unset(field.type))};")
        return "\n".join([*lines, "}"])


def _without_unset(info: types.Type) -> types.Type:
    if isinstance(info, types.UnionType):
        told = tuple(each for each in info.types if not isinstance(each, types.CustomType))
        return told[0] if len(told) == 1 else types.UnionType(told)
    return info


def _described(field: types.Field) -> str:
    if isinstance(field.type, types.Metadata) and field.type.extra_json_schema:
        return str(field.type.extra_json_schema.get("description", ""))
    return ""


def literal(value: str | int) -> str:
    """A value as a type of TypeScript."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def one(name: str) -> str:
    """A type as the element of an array."""
    return f"({name})" if " " in name else name


def member(name: str) -> str:
    """A member's name as an object literal has it."""
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f'"{name}"'


def comment(text: str, indent: str = "") -> list[str]:
    """A comment of lines that keep their width, as it stands above what it tells of."""
    lines = [line.rstrip() for line in text.replace("``", "`").replace("*/", "*\\/").strip().splitlines()]
    if not lines:
        return []
    if len(lines) == 1 and len(indent) + len(lines[0]) + 7 <= LINE:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line.removeprefix('    ')}".rstrip() for line in lines), f"{indent} */"]


# ---- calls


def camel(name: str) -> str:
    """A name of Python as one of TypeScript."""
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


def _option_name(header: Header) -> str:
    name = ARGUMENTS[header.name].name
    return f"With{name[0].upper()}{name[1:]}"


def _option(header: Header) -> str:
    """The interface of an option that becomes a header."""
    argument = ARGUMENTS[header.name]
    mark = "" if header.required else "?"
    return "\n".join([
        f"export interface {_option_name(header)} {{", *comment(argument.says or header.description, "  "),
        f"  readonly {argument.name}{mark}: {argument.type};", "}",
    ])  # fmt: skip


def _headers(route: Route) -> list[Header]:
    return [header for header in route.headers if header.name not in WITHOUT]


def _body_may_lack(route: Route) -> bool:
    return isinstance(route.body, type) and not any(field.required for field in msgspec.structs.fields(route.body))


def _options(route: Route, writer: Writer) -> tuple[str, bool]:
    """The type of a call's last argument, and whether it may be left out."""
    parts, must = [], False
    if route.query is not None:
        parts.append(writer.name(route.query))
        must = any(field.required for field in msgspec.structs.fields(route.query))
    in_query = {field.encode_name for field in msgspec.structs.fields(route.query)} if route.query else set[str]()
    for header in _headers(route):
        assert ARGUMENTS[header.name].name not in in_query, f"{route.id}: an option is a name for two things"
        parts.append(_option_name(header))
        must = must or header.required
    return " & ".join([*parts, "Options"]), not must


def _call(route: Route, writer: Writer) -> list[str]:
    options, may_lack = _options(route, writer)
    given = [f"{camel(name)}: string{' | number' if name in ('version', 'number') else ''}" for name in route.in_path]
    if route.body is not None:
        given.append(f"body{'?' if may_lack and _body_may_lack(route) else ''}: {writer.name(route.body)}")
    given.append(f"options{'?' if may_lack else ''}: {options}")
    answer = "void" if route.answer is None else writer.name(route.answer)
    name = camel(route.api.partition(".")[2])
    return [*comment(_told(route), "  "), *_signature(name, given, answer)]


def _signature(name: str, given: Sequence[str], answer: str) -> list[str]:
    line = f"  {name}({', '.join(given)}): Promise<{answer}>;"
    if len(line) <= LINE:
        return [line]
    return [f"  {name}(", *(f"    {each}," for each in given), f"  ): Promise<{answer}>;"]


def _told(route: Route) -> str:
    """The comment above a call."""
    own = ", ".join(f"`{code}`" for code in route.codes)
    throws = textwrap.fill(f"Throws {own}.", LINE - 5, break_on_hyphens=False) if own else ""
    who = textwrap.fill(route.who_may, LINE - 5, break_on_hyphens=False)
    parts = [f"{route.summary}.", route.description, who, throws]
    return "\n\n".join(part for part in parts if part)


def _groups(routes: Iterable[Route]) -> dict[str, list[Route]]:
    groups: dict[str, list[Route]] = {}
    for route in routes:
        groups.setdefault(route.tag, []).append(route)
    return groups


def _group_name(group: str) -> str:
    return camel(group)[0].upper() + camel(group)[1:] + "Api"


def files(routes: Sequence[Route]) -> dict[Literal["types", "calls", "table"], str]:
    """The text of the three files: types of structs, types of calls, and the table from which calls are made."""
    writer = Writer()
    headers = {header.name: header for route in reversed(routes) for header in _headers(route)}
    calls = [_option(headers[name]) for name in ARGUMENTS]
    for group, own in _groups(routes).items():
        calls.append("\n".join([f"export interface {_group_name(group)} {{",
                                *(line for route in own for line in _call(route, writer)), "}"]))  # fmt: skip
    members = [f"  readonly {camel(group)}: {_group_name(group)};" for group in _groups(routes)]
    calls.append("\n".join(["/** All calls over HTTP, by group. */", "export interface Api {", *members, "}"]))
    bodies = [writer.interface(info.cls) for _, info in sorted(writer.structs.items())]
    named = sorted(writer.structs)
    return {
        "types": "\n".join([
            MADE, _imports(_used(sorted(writer.of_ops), bodies), "../document/ops.js"),
            _imports(_used(sorted(writer.of_wire), bodies), "../wire/messages.js"), "", "\n\n".join(bodies), "",
        ]),
        "calls": "\n".join([
            MADE, _imports(_used(["Json", "JsonObject", "Op"], calls), "../document/ops.js"),
            _imports(_used(sorted(writer.of_wire), calls), "../wire/messages.js"),
            'import type { Options } from "./options.js";', _imports(_used(named, calls), "./types.js"), "",
            "\n\n".join(calls), "",
        ]),
        "table": "\n".join([
            MADE, "/** For each call its method, its path, and whether it takes a body. */",
            "export const ROUTES: readonly (readonly [call: string, method: string, path: string, body?: 1])[] = [",
            *(_row(route) for route in routes), "];", "",
            "/** For each option that becomes a header its name, and its value with `*` for the option's. */",
            "export const HEADERS: Readonly<Record<string, readonly [name: string, value: string]>> = {",
            *(f"  {each.name}: {json.dumps([name.lower(), each.value])}," for name, each in ARGUMENTS.items()),
            "};", "",
        ]),
    }  # fmt: skip


def _row(route: Route) -> str:
    group, _, name = route.api.partition(".")
    row = [f'"{camel(group)}.{camel(name)}"', f'"{route.method}"', f'"{re.sub(r"{.*?}", "*", route.path)}"']
    return f"  [{', '.join(row + ['1'] * (route.body is not None))}],"


def _used(names: Iterable[str], texts: Sequence[str]) -> list[str]:
    words = set(re.findall(r"\w+", re.sub(r"/\*.*?\*/", "", "\n".join(texts), flags=re.S)))
    return [name for name in names if name in words]


def _imports(names: Sequence[str], source: str) -> str:
    line = f'import type {{ {", ".join(names)} }} from "{source}";'
    if len(line) <= LINE:
        return line
    return "\n".join(["import type {", *(f"  {name}," for name in names), f'}} from "{source}";'])
