"""The calls of the Python client, from the list of routes: one class a group, with real signatures.

What stands in the path comes first, then what the body and the query must have; the rest is by name. Pages that follow
each other, events that are waited for, and what the client remembers are written by hand (`BY_HAND`).
"""

import subprocess
import sys
import tempfile
import textwrap
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args, get_origin

import msgspec

from draftwire.rest.route import Header, Route

LINE: Final = 120
SETTINGS: Final = Path(__file__).resolve().parents[2] / "pyproject.toml"
BY_HAND: Final = frozenset({
    "server.me",
    *("items.list", "items.get", "items.put", "drafts.list", "drafts.of_item"),  # pages; what the client remembers
    *("kinds.list", "kinds.put", "drafts.diagnostics", "history.names", "suggestions.list"),  # give what is inside
    *("suggestions.accept", "suggestions.reject", "transfer.pages", "transfer.put"),
})  # fmt: skip
# Bodies that are built once and handed over: many members, or one of several shapes.
WHOLE: Final = frozenset(("tokens.set_identity", "directory.sync", "runs.open_stream"))
# Members that are called otherwise beside what stands in the path.
RENAMED: Final = {("history.rename", "name"): "to"}


class Argument(NamedTuple):
    """An argument that becomes a header."""

    name: str
    type: str
    default: str
    value: str


ARGUMENTS: Final = {
    "If-Match": Argument("if_match", "str", "", "quoted(if_match)"),
    "Draftwire-Override": Argument("override", "str | None", "None", "None if override is None else quoted(override)"),
    "Draftwire-Session": Argument("session", "str | None", "None", "session"),
    "Idempotency-Key": Argument("idempotency_key", "str | None", "None", "idempotency_key"),
    "Prefer": Argument("merge", "bool", "True", "None if merge else 'merge=never'"),
}
NUMBERS: Final = {"version": "int | str", "number": "int"}


class Parameter(NamedTuple):
    """One parameter of a call. ``default`` is empty if it must be given."""

    name: str
    type: str
    default: str
    value: str  # the expression for the member of the struct
    member: str = ""

    @property
    def written(self) -> str:
        """As it stands in the signature."""
        return f"{self.name}: {self.type}" + (f" = {self.default}" if self.default else "")


class Writer:
    """Writes types, and collects what they import."""

    def __init__(self) -> None:
        self.imports: set[tuple[str, str]] = set()

    def name(self, kind: Any, *, given: bool = False) -> str:
        """A type as Python writes it; ``given``: as an argument, where any iterable will do."""
        if kind is Any or kind is msgspec.Raw:
            return self._from("typing", "Any")
        if kind is None or kind is types.NoneType:
            return "None"
        if kind is msgspec.UnsetType:
            return self._from("msgspec", "UnsetType")
        origin = get_origin(kind)
        if origin is Annotated:
            return self.name(get_args(kind)[0], given=given)
        if origin is Literal:
            self._from("typing", "Literal")
            return f"Literal[{', '.join(map(repr, get_args(kind)))}]"
        if origin in (typing.Union, types.UnionType):
            return " | ".join(dict.fromkeys(self.name(each, given=given) for each in get_args(kind)))
        if origin in (tuple, list):
            inside = get_args(kind)
            if origin is tuple and inside[-1] is not Ellipsis:
                return f"tuple[{', '.join(self.name(each) for each in inside)}]"
            if given:
                return f"{self._from('collections.abc', 'Iterable')}[{self.name(inside[0])}]"
            return f"tuple[{self.name(inside[0])}, ...]"
        if origin is dict:
            member, value = get_args(kind)
            head = self._from("collections.abc", "Mapping") if given else "dict"
            return f"{head}[{self.name(member)}, {self.name(value)}]"
        if kind.__module__ == "builtins":
            return str(kind.__name__)
        return self._from(kind.__module__, kind.__name__)

    def _from(self, module: str, name: str) -> str:
        self.imports.add((module, name))
        return name

    def parameters(self, struct: type[Any], call: str) -> Iterator[Parameter]:
        """What makes a struct, as parameters of a call."""
        hints = typing.get_type_hints(struct, include_extras=True)
        for field in msgspec.structs.fields(struct):
            kind = hints[field.name]
            default = "" if field.required else self._default(field)
            name = RENAMED.get((call, field.name), field.name)
            written, value = self.name(kind, given=True), _value(name, kind)
            if default == "None" and "None" not in written:  # an empty dict
                written, value = f"{written} | None", f"dict({name} or {{}})"
            yield Parameter(name, written, default, value, field.name)

    def _default(self, field: msgspec.structs.FieldInfo) -> str:
        if field.default_factory is not msgspec.NODEFAULT:
            made = field.default_factory()
            assert not made, f"{field.name} begins with {made!r}"
            return "()" if isinstance(made, tuple | list) else "None"
        if field.default is msgspec.UNSET:
            return self._from("msgspec", "UNSET")
        return repr(field.default)


def _value(name: str, kind: Any) -> str:
    """The expression that makes a member of an argument: tuples of whatever can be iterated."""
    kind = _bare(kind)
    many = [each for each in map(_bare, get_args(kind) if _is_union(kind) else (kind,)) if _is_many(each)]
    if not many:
        return name
    made = f"dict({name})" if get_origin(many[0]) is dict else f"tuple({name})"
    if not _is_union(kind):
        return made
    rest = [each for each in map(_bare, get_args(kind)) if not _is_many(each)]
    if rest == [types.NoneType]:
        return f"None if {name} is None else {made}"
    if rest == [msgspec.UnsetType]:
        return f"{name} if isinstance({name}, UnsetType) else {made}"
    if all(get_origin(each) is Literal or each is str for each in rest):
        return f"{name} if isinstance({name}, str) else {made}"
    raise TypeError(f"{name}: {kind}")


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (typing.Union, types.UnionType)


def _is_many(kind: Any) -> bool:
    inside = get_args(kind)
    return (get_origin(kind) is tuple and inside[-1] is Ellipsis) or get_origin(kind) is dict


class _Call:
    """One call: its parameters and its text."""

    def __init__(self, route: Route, writer: Writer) -> None:
        self.route = route
        self.writer = writer
        self.name = route.api.partition(".")[2]
        self.headers: list[Header] = [each for each in route.headers if each.name in ARGUMENTS]
        struct = route.body if isinstance(route.body, type) and issubclass(route.body, msgspec.Struct) else None
        self.whole = route.api in WHOLE or (route.body is not None and struct is None)
        self.body = list(writer.parameters(struct, route.api)) if struct is not None and not self.whole else []
        self.query = list(writer.parameters(route.query, route.api)) if route.query is not None else []

    def text(self) -> str:
        """The method."""
        answer = "None" if self.route.answer is None else self.writer.name(self.route.answer)
        first, rest = self._parameters()
        given = ["self", *(each.written for each in first), *(["*"] if rest else []), *(each.written for each in rest)]
        lines = [f"async def {self.name}({', '.join(given)}) -> {answer}:", *self._says()]
        where = f"await self._api.in_workspace({', '.join(self._segments())})"  # in place: an argument may be a `path`
        asked = [answer if answer != "None" else "type(None)", f'"{self.route.method}"', where, *self._sent()]
        lines.append(f"    {'return ' if answer != 'None' else ''}await self._api.ask({', '.join(asked)})")
        return "\n".join(f"    {line}" if line else "" for line in lines)

    def _parameters(self) -> tuple[list[Parameter], list[Parameter]]:
        """Those that may be given by position, and those by name alone."""
        of_path = [Parameter(name, NUMBERS.get(name, "str"), "", "") for name in self.route.in_path]
        whole = [Parameter("body", self.writer.name(self.route.body), "", "body")] if self.whole else []
        members = [*self.body, *self.query]
        must = [each for each in members if not each.default]
        may = [each for each in members if each.default]
        by_position = [each for name in self.route.first for each in may if each.name == name]
        headers = [Parameter(a.name, a.type, a.default, a.value) for a in map(self._argument, self.headers)]
        by_name = [each for each in headers if not each.default]
        by_name += [each for each in may if each not in by_position]
        by_name += [each for each in headers if each.default]
        first = [*of_path, *whole, *must, *by_position]
        names = [each.name for each in (*first, *by_name)]
        assert len(set(names)) == len(names), f"{self.route.id}: {names}"
        return first, by_name

    def _argument(self, header: Header) -> Argument:
        return ARGUMENTS[header.name]

    def _says(self) -> Iterable[str]:
        route = self.route
        told = [f"{route.summary}.", "", *_paragraphs(route.description), "", *_paragraphs(route.who_may)]
        if route.codes:
            codes = textwrap.wrap(f"Problem: {', '.join(route.codes)}.", LINE - 12, subsequent_indent="    ")
            told += ["", "Raises:", *(f"    {line}" for line in codes)]
        yield f'    """{told[0]}'
        yield from (f"    {line}" if line else "" for line in told[1:])
        yield '    """'

    def _segments(self) -> Iterable[str]:
        for segment in self.route.path.split("/"):
            name = segment.strip("{}")
            yield f'"{segment}"' if name == segment else f"str({name})" if name in NUMBERS else name

    def _sent(self) -> Iterable[str]:
        if self.whole:
            yield "body=body"
        elif self.body:
            yield f"body={self._made(self.route.body, self.body)}"
        elif self.route.body is not None:
            yield f"body={self.writer.name(self.route.body)}()"
        if self.route.query is not None:
            yield f"query={self._made(self.route.query, self.query)}"
        if self.headers:
            made = [f'"{each.name.lower()}": {self._argument(each).value}' for each in self.headers]
            yield f"headers={{{', '.join(made)}}}"

    def _made(self, struct: Any, members: Sequence[Parameter]) -> str:
        remembered = "draft" in self.route.in_path and struct is self.route.query
        given = [
            f"{each.member}=" + ("self._api.item_of(draft, item)" if remembered and each.name == "item" else each.value)
            for each in members
        ]
        return f"{self.writer.name(struct)}({', '.join(given)})"


def _paragraphs(text: str) -> Iterable[str]:
    """The lines of a text in the width that is left to them."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        yield from textwrap.wrap(paragraph, LINE - 8, break_on_hyphens=False, break_long_words=False)


def _module(group: str, routes: Sequence[Route]) -> str:
    writer = Writer()
    calls = [_Call(route, writer).text() for route in routes]
    name = "".join(part.capitalize() for part in group.split("_"))
    writer.imports.add(("draftwire.api.asking", "Asking"))
    if any("quoted(" in call for call in calls):
        writer.imports.add(("draftwire.wire.etags", "quoted"))
    by_module: dict[str, list[str]] = {}
    for module, each in writer.imports:
        by_module.setdefault(module, []).append(each)
    head = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(by_module.items())]
    return "\n".join([
        '"""Made by `make generate` from draftwire.rest: change it there."""', "", *head, "", "",
        f"class {name}Calls:", f'    """Requests of `Api.{group}`."""', "",
        "    def __init__(self, api: Asking) -> None:", "        self._api = api", "", "\n\n".join(calls), "",
    ])  # fmt: skip


def files(routes: Sequence[Route]) -> Mapping[str, str]:
    """The text of each module, by its group."""
    groups: dict[str, list[Route]] = {}
    for route in routes:
        if route.api not in BY_HAND:
            groups.setdefault(route.tag, []).append(route)
    return _in_form({group: _module(group, own) for group, own in groups.items()})


def _in_form(modules: Mapping[str, str]) -> Mapping[str, str]:
    """As ruff puts them into form, in the names' order of this project."""
    with tempfile.TemporaryDirectory() as folder:
        for group, text in modules.items():
            Path(folder, f"{group}.py").write_text(text, encoding="utf-8")
        for command in (("check", "--select", "I", "--fix"), ("format",)):
            ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--config", str(SETTINGS), folder]
            subprocess.run(ruff, check=True)  # noqa: S603
        return {group: Path(folder, f"{group}.py").read_text(encoding="utf-8") for group in modules}
