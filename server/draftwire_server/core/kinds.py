"""What a kind of item says about its documents. A kind is a JSON file; no kind's name stands in the code.

Owns the struct, how a file becomes one, and the answers that a kind gives about a value: its title, its
languages, the secrets that stand in it in plain text. Not where files lie (`draftwire_server.kinds`).
Patterns are pointers from the document's root; ``*`` stands for one segment (or array element), ``**`` for
any number, none included.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from draftwire import messages
from draftwire.document import Document
from draftwire.errors import Problem
from draftwire.ops import OpError
from draftwire.shape import ELEMENT, Shape

DraftMode = Literal["per_user", "shared", "both"]
Visibility = Literal["private", "readable", "open"]

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
SECRET_REFERENCE: Final = "$secret"  # noqa: S105 - a document holds {"$secret": id} where a secret stands
DRAFT_MODES: Final = ("per_user", "shared", "both")
VISIBILITIES: Final = ("private", "readable", "open")
REQUIRED: Final = ("name", "title", "schema", "initial")


class KindError(Exception):
    """A kind's file can't be used; ``problems`` names everything that is wrong with it."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"kind {name}: " + "; ".join(problems))


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The language of text leaves: ``always`` this one, or what the ``sibling`` member of the same object
    says.
    """

    text: str
    always: str | None = None
    sibling: str | None = None


class Kind(msgspec.Struct, frozen=True):
    """One kind. ``document_shape`` is what the document engine asks; ``wire_shape`` is what clients get."""

    name: str
    title: str
    schema: dict[str, Any]
    keyed: tuple[str, ...]
    text: tuple[str, ...]
    language: tuple[Language, ...]
    secret: tuple[str, ...]
    computed: tuple[str, ...]
    draft_mode: DraftMode
    visibility: Visibility
    initial: dict[str, Any]
    title_from: str | None
    document_shape: Shape
    secret_shape: Shape  # its text places are the secret leaves
    computed_shape: Shape  # its text places are what no change is seen in

    @property
    def wire_shape(self) -> messages.Shape:
        """What clients must know to apply ops."""
        return messages.Shape(keyed=self.keyed, text=self.text)

    @property
    def default_purpose(self) -> Literal["own", "shared"]:
        """The draft in which a writer begins; where both are allowed, their own."""
        return "shared" if self.draft_mode == "shared" else "own"

    def may_begin(self, purpose: str) -> bool:
        """Whether a draft of this purpose may be begun."""
        return purpose == "suggestion" or self.draft_mode in (
            "both",
            "per_user" if purpose == "own" else "shared",
        )


class Kinds:
    """The kinds of a server, by name."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def get(self, name: str) -> Kind:
        """Give the kind of this name. Raises `Problem` unknown_kind."""
        try:
            return self._kinds[name]
        except KeyError:
            raise Problem("unknown_kind") from None


# -------------------------------------------------------------------- what a kind says of a value


def plain_secrets(kind: Kind, value: Any, path: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the pointers (from ``value``) of secrets that stand there in plain text.

    ``path`` leads from the root to ``value``, with array elements as `ELEMENT`: so that a change can be
    looked at without its document. Nothing, an empty text and a reference ``{"$secret": id}`` are no plain
    text.
    """
    if not kind.secret:
        return ()
    found: list[str] = []
    _collect_plain(kind.secret_shape.at(path), value, "", found)
    return tuple(found)


def title_of(kind: Kind, value: Any) -> str:
    """Give the text by which people know an item, from its document; empty if it has none."""
    if kind.title_from is None:
        return ""
    for token in kind.title_from.split("/")[1:]:
        if not isinstance(value, dict):
            return ""
        value = value.get(token.replace("~1", "/").replace("~0", "~"))
    return value if isinstance(value, str) else ""


def language_of(kind: Kind, path: Sequence[str], parent: Any) -> str | None:
    """Give the language of the text leaf at ``path``; ``parent`` is the object that holds it."""
    for rule in kind.language:
        if Shape(text=(rule.text,)).is_text(path):
            if rule.always is not None:
                return rule.always
            found = parent.get(rule.sibling) if isinstance(parent, dict) else None
            return found if isinstance(found, str) else None
    return None


def schema_problems(kind: Kind, value: Any, limit: int = 20) -> tuple[tuple[str, str], ...]:
    """Give (pointer, sentence) for what the kind's schema objects to; they stop a deploy, never typing."""
    found: list[tuple[str, str]] = []
    for error in Draft202012Validator(kind.schema).iter_errors(value):
        pointer = "".join(f"/{str(p).replace('~', '~0').replace('/', '~1')}" for p in error.absolute_path)
        found.append((pointer, error.message[:500]))
        if len(found) == limit:
            break
    return tuple(found)


def _collect_plain(place: Any, value: Any, pointer: str, found: list[str]) -> None:
    if place.dead:
        return
    if place.text and not _is_reference(value):
        found.append(pointer)
    elif isinstance(value, dict):
        for name, member in value.items():
            token = name.replace("~", "~0").replace("/", "~1")
            _collect_plain(place.member(name), member, f"{pointer}/{token}", found)
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            _collect_plain(place.member(ELEMENT), element, f"{pointer}/{index}", found)


def _is_reference(value: Any) -> bool:
    return value in (None, "") or (
        isinstance(value, dict) and set(value) == {SECRET_REFERENCE} and isinstance(value[SECRET_REFERENCE], str)
    )


# -------------------------------------------------------------------- reading a file


def load_kind(data: bytes, name: str = "") -> Kind:
    """Make a kind of a JSON file's content; ``name`` is only for the message.

    Raises:
        KindError: with every problem.
    """
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KindError(name, [f"not JSON: {error}"]) from error
    if not isinstance(raw, dict):
        raise KindError(name, ["not an object"])
    reader = _Reader(raw)
    fields = {
        "name": reader.name(),
        "title": reader.of_type("title", str, ""),
        "schema": reader.schema(),
        "keyed": reader.patterns("keyed"),
        "text": reader.patterns("text"),
        "language": reader.languages(),
        "secret": reader.patterns("secret"),
        "computed": reader.patterns("computed"),
        "draft_mode": reader.choice("draft_mode", DRAFT_MODES, "both"),
        "visibility": reader.choice("visibility", VISIBILITIES, "private" if raw.get("secret") else "readable"),
        "initial": reader.of_type("initial", dict, {}),
        "title_from": reader.pointer("title_from"),
    }
    reader.finish(fields)
    return Kind(
        **fields,
        document_shape=Shape(fields["keyed"], fields["text"]),
        secret_shape=Shape(text=fields["secret"]),
        computed_shape=Shape(text=fields["computed"]),
    )


class _Reader:
    """Takes a kind's members one by one and collects what is wrong."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw
        self._problems = [f"{name} is missing" for name in REQUIRED if name not in raw]
        known = {field for field in Kind.__struct_fields__ if not field.endswith("_shape")}
        self._problems += [f"{name} is no key of a kind" for name in sorted(raw.keys() - known)]

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
        good = [pattern for pattern in value if self._is_pattern(key, pattern)]
        if len(set(good)) < len(good):
            self._problems.append(f"{key} names a pattern twice")
        return tuple(good)

    def _is_pattern(self, key: str, pattern: str) -> bool:
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
        try:
            rules = msgspec.convert(self._raw.get("language", []), tuple[Language, ...])
        except msgspec.ValidationError as error:
            self._problems.append(f"language: {error}")
            return ()
        for rule in rules:
            if rule.text not in self._raw.get("text", ()):
                self._problems.append(f"language: {rule.text!r} is not among the text patterns")
            if (rule.always is None) == (rule.sibling is None):
                self._problems.append(f"language of {rule.text!r} needs either always or sibling")
        return rules

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = self.of_type("schema", dict, {})
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            self._problems.append(f"schema: {error.message[:200]} at {error.json_path}")
        return schema

    def finish(self, fields: dict[str, Any]) -> None:
        """Look at what concerns several members; raise if anything was wrong."""
        if not self._problems:
            try:
                Document.load(fields["initial"], Shape(fields["keyed"], fields["text"]))
            except OpError as error:
                self._problems.append(f"initial: {error}")
        if self._problems:
            raise KindError(str(self._raw.get("name", "?")), self._problems)
