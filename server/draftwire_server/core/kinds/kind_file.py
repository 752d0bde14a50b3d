"""How a kind is read, from a file or from what a workspace defines: strictly, with all problems named at once."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from draftwire.document.document import Document
from draftwire.document.shape import Shape
from draftwire.errors import OpError
from draftwire_server.core.kinds.kinds import Kind, KindLimits, Language, Reference, coupled_by
from draftwire_server.core.kinds.schemas import problem_of_schema
from draftwire_server.core.kinds.secret_places import SecretShape, TooManyPlaces, secrets_of_schema
from draftwire_server.limits.contract import DOCUMENT_BYTES, KEYED_ELEMENTS, KIND_PATTERNS, PATH_CHARS

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
DRAFT_MODES: Final = ("per_user", "shared", "both")
VISIBILITIES: Final = ("private", "readable", "open")
REQUIRED: Final = ("name", "title", "schema", "initial")
MEMBERS: Final = frozenset(
    name for name in Kind.__struct_fields__ if not name.endswith("_shape") and name != "schema_json"
)

_Rule = TypeVar("_Rule", Language, Reference)


class KindError(Exception):
    """A kind's file can't be used; ``problems`` names everything that is wrong with it."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"kind {name}: " + "; ".join(problems))


def load_kind(data: bytes, name: str = "") -> Kind:
    """Make a kind of a JSON file's content; ``name`` is only for the message.

    Its schema is compiled, which may take any time: what a workspace defines is loaded in a child process, and read by
    `read_kind` from then on.

    Raises:
        KindError: with every problem.
    """
    return _read(data, name, problem_of_schema)


def read_kind(data: bytes, name: str = "") -> Kind:
    """Make a kind of what was loaded somewhere else before: nobody looks whether its schema is one.

    Raises:
        KindError: with every problem.
    """
    return _read(data, name, lambda _: None)


def _read(data: bytes, name: str, problem_of: Callable[[dict[str, Any]], str | None]) -> Kind:
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KindError(name, [f"not JSON: {error}"]) from error
    if not isinstance(raw, dict):
        raise KindError(name, ["not an object"])
    reader = _Reader(raw)
    secrets = tuple(dict.fromkeys([*reader.patterns("secret"), *reader.secrets_of_schema()]))
    fields = {
        "name": reader.name(),
        "title": reader.of_type("title", str, ""),
        "schema": reader.schema(problem_of),
        "keyed": reader.patterns("keyed"),
        "text": reader.patterns("text"),
        "language": reader.languages(),
        "secret": secrets,
        "computed": reader.patterns("computed"),
        "reference": reader.references(),
        "limits": reader.limits(),
        "draft_mode": reader.choice("draft_mode", DRAFT_MODES, "both"),
        "visibility": reader.choice("visibility", VISIBILITIES, "private" if secrets else "readable"),
        "initial": reader.of_type("initial", dict, {}),
        "title_from": reader.pointer("title_from"),
    }
    reader.finish(fields)
    return Kind(
        **fields,
        document_shape=Shape(fields["keyed"], fields["text"], coupled_by(fields["language"])),
        secret_shape=SecretShape(secrets),
        computed_shape=Shape(text=fields["computed"]),
        schema_json=msgspec.json.encode(fields["schema"]),
    )


def definition_of(kind: Kind) -> dict[str, Any]:
    """Give the content of the file that makes this kind."""
    names = [name for name in Kind.__struct_fields__ if name in MEMBERS]
    found = msgspec.to_builtins({name: getattr(kind, name) for name in names})
    return {name: found[name] for name in names if name in REQUIRED or found[name] not in ([], {}, None)}


class _Reader:
    """Takes a kind's members one by one and collects what is wrong."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw
        self._problems = [f"{name} is missing" for name in REQUIRED if name not in raw]
        self._problems += [f"{name} is no key of a kind" for name in sorted(raw.keys() - MEMBERS)]

    def of_type(self, key: str, wanted: type, default: Any) -> Any:
        value = self._raw.get(key, default)
        if isinstance(value, wanted):
            return value
        self._problems.append(f"{key} must be {'an object' if wanted is dict else 'a text'}")
        return default

    def name(self) -> str:
        name = self.of_type("name", str, "")
        if "name" in self._raw and not NAME.fullmatch(name):
            self._problems.append("name must be 1–32 lower-case letters, digits and _, a letter first")
        return str(name)

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> Any:
        value = self._raw.get(key, default)
        if value not in choices:
            self._problems.append(f"{key} must be one of {', '.join(choices)}")
        return value

    def patterns(self, key: str) -> tuple[str, ...]:
        value = self._raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(pattern, str) for pattern in value):
            self._problems.append(f"{key} must be a list of pointer patterns")
            return ()
        if len(value) > KIND_PATTERNS:
            self._problems.append(f"{key} has more than {KIND_PATTERNS} patterns")
            return ()
        good = [pattern for pattern in value if self._is_pattern(key, pattern)]
        if len(set(good)) < len(good):
            self._problems.append(f"{key} names a pattern twice")
        return tuple(good)

    def _structs(self, key: str, wanted: type[_Rule]) -> tuple[_Rule, ...]:
        try:
            rules = msgspec.convert(self._raw.get(key, []), tuple[wanted, ...])  # type: ignore[valid-type]
        except msgspec.ValidationError as error:
            self._problems.append(f"{key}: {error}")
            return ()
        if len(rules) > KIND_PATTERNS:
            self._problems.append(f"{key} has more than {KIND_PATTERNS} patterns")
            return ()
        pattern = "at" if wanted is Reference else "text"
        return tuple(rule for rule in rules if self._is_pattern(key, getattr(rule, pattern)))

    def _is_pattern(self, key: str, pattern: str) -> bool:
        if len(pattern) > PATH_CHARS:
            self._problems.append(f"{key}: a pattern has at most {PATH_CHARS} characters")
            return False
        try:
            Shape(text=(pattern,))
        except OpError:
            self._problems.append(f"{key}: {pattern!r} is no pointer pattern, it must begin with /")
            return False
        if pattern.endswith("/**"):
            self._problems.append(f"{key}: {pattern!r} must end in what it names, not in **")
            return False
        return True

    def pointer(self, key: str) -> str | None:
        value = self._raw.get(key)
        if value is not None and not (isinstance(value, str) and value.startswith("/") and "*" not in value):
            self._problems.append(f"{key} must be a pointer")
            return None
        return value

    def languages(self) -> tuple[Language, ...]:
        rules = self._structs("language", Language)
        for rule in rules:
            if rule.text not in self._raw.get("text", ()):
                self._problems.append(f"language: {rule.text!r} is not among the text patterns")
            if (rule.always is None) == (rule.sibling is None):
                self._problems.append(f"language of {rule.text!r} needs either always or sibling")
        return rules

    def schema(self, problem_of: Callable[[dict[str, Any]], str | None]) -> dict[str, Any]:
        schema: dict[str, Any] = self.of_type("schema", dict, {})
        problem = problem_of(schema)
        if problem is not None:
            self._problems.append(problem)
        return schema

    def secrets_of_schema(self) -> tuple[str, ...]:
        schema = self._raw.get("schema")
        try:
            found = secrets_of_schema(schema) if isinstance(schema, dict) else ()
        except (TooManyPlaces, RecursionError):
            self._problems.append("schema: it has too many places to look for its secrets; name them in secret")
            return ()
        if len(found) > KIND_PATTERNS:
            self._problems.append(f"schema has secrets at more than {KIND_PATTERNS} places")
            return ()
        return found

    def references(self) -> tuple[Reference, ...]:
        return self._structs("reference", Reference)

    def limits(self) -> KindLimits:
        try:
            limits = msgspec.convert(self._raw.get("limits", {}), KindLimits)
        except msgspec.ValidationError as error:
            self._problems.append(f"limits: {error}")
            return KindLimits()
        for name, most in (("document_bytes", DOCUMENT_BYTES), ("elements", KEYED_ELEMENTS)):
            if not 0 < getattr(limits, name) <= most:
                self._problems.append(f"limits: {name} must be from 1 to {most}")
        return limits

    def finish(self, fields: dict[str, Any]) -> None:
        """Look at what concerns several members; raise if anything was wrong."""
        if not self._problems:
            try:
                Document.load(fields["initial"], Shape(fields["keyed"], fields["text"]))
            except OpError as error:
                self._problems.append(f"initial: {error}")
        if self._problems:
            raise KindError(str(self._raw.get("name", "?")), self._problems)
