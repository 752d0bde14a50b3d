"""What a kind of item says about its documents. A kind is a JSON file; no kind's name stands in the code.

Owns the struct and the answers that a kind gives about a value: its title, its languages, the secrets that stand in
it in plain text. Not what it refers to (`core/kinds/references.py`) or its schema objects to (`core/kinds/schemas.py`),
how a file is read (`core/kinds/kind_file.py`), nor where kinds lie (`draftwire_server.kinds`,
`services/kinds/kindbook.py`).
Patterns are pointers from the document's root; ``*`` stands for one segment (or array element), ``**`` for
any number, none included.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from draftwire.document.address import parse
from draftwire.document.document import Document
from draftwire.document.shape import ELEMENT, Shape
from draftwire.errors import OpError, Problem
from draftwire.wire import messages
from draftwire_server.core.kinds.secret_places import SecretShape, refers
from draftwire_server.limits.contract import DOCUMENT_BYTES, KEYED_ELEMENTS, SUMMARY_CHARS

DraftMode = Literal["per_user", "shared", "both"]
Visibility = Literal["private", "readable", "open"]

SECRET_REFERENCE: Final = "$secret"  # noqa: S105 - a document holds {"$secret": id} where a secret stands


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The language of text leaves: ``always`` this one, or what the ``sibling`` member of the same object
    says.
    """

    text: str
    always: str | None = None
    sibling: str | None = None


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Leaves that name another item by its path, behind ``prefix``; ``kinds``: of which, none = any.

    ``sibling``: the member beside the leaf that says which of the kinds it is. ``within``: the leaf names no item, but
    a member of the object at this pointer, as the entry of an app does.
    """

    at: str
    kinds: tuple[str, ...] = ()
    prefix: str = ""
    sibling: str | None = None
    within: str | None = None
    elsewhere: tuple[str, ...] = ()  # beginnings of names that are no items of the workspace, as of a public hub


def coupled_by(languages: Iterable[Language]) -> tuple[tuple[str, str], ...]:
    """Give the texts that are read as a member beside them says, each with its name."""
    return tuple((language.text, language.sibling) for language in languages if language.sibling is not None)


class KindLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a document of the kind may hold; never more than the server's own limits."""

    document_bytes: int = DOCUMENT_BYTES
    elements: int = KEYED_ELEMENTS


class Kind(msgspec.Struct, frozen=True):
    """One kind. ``document_shape`` is what the document engine asks; ``wire_shape`` is what clients get."""

    name: str
    title: str
    schema: dict[str, Any]
    keyed: tuple[str, ...]
    text: tuple[str, ...]
    language: tuple[Language, ...]
    secret: tuple[str, ...]  # those that the schema declares too (`core/kinds/secret_places.py`)
    computed: tuple[str, ...]
    reference: tuple[Reference, ...]
    limits: KindLimits
    draft_mode: DraftMode
    visibility: Visibility
    initial: dict[str, Any]
    title_from: str | None
    document_shape: Shape
    secret_shape: SecretShape  # its text places are the secret leaves
    computed_shape: Shape  # its text places are what no change is seen in
    schema_json: bytes  # what a child process checks values with; nothing is checked here (`core/kinds/schemas.py`)

    @property
    def wire_shape(self) -> messages.Shape:
        """What clients must know to apply ops."""
        return messages.Shape(self.keyed, self.text, self.coupled)

    @property
    def coupled(self) -> tuple[tuple[str, str], ...]:
        """The texts that are read as a member beside them says, each with its name."""
        return coupled_by(self.language)

    @property
    def shape_id(self) -> str:
        """Name the shape by its content."""
        return shape_id(self.keyed, self.text)

    def shaped(self, keyed: tuple[str, ...], text: tuple[str, ...]) -> "Kind":
        """Give the kind as it is for a draft that began with another shape."""
        if (keyed, text) == (self.keyed, self.text):
            return self
        return msgspec.structs.replace(self, keyed=keyed, text=text, document_shape=Shape(keyed, text, self.coupled))

    def fitting(self, value: Any) -> "Kind":
        """Give the kind as it is for a value that was made before its arrays were keyed: those are plain then.

        A value with doubled or missing ids can't be edited by element; it is shown and edited as it is.
        """
        try:
            Document.load(value, self.document_shape)
        except OpError:
            return self.shaped((), self.text)
        return self

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
            raise Problem("unknown_kind", f"Unknown kind {name[:64]!r}.") from None


# -------------------------------------------------------------------- what a kind says of a value


def plain_secrets(kind: Kind, value: Any, path: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the pointers (from ``value``) of secrets that stand there in plain text.

    ``path`` leads from the root to ``value``, with array elements as `ELEMENT`: so that a change can be
    looked at without its document. Nothing, an empty text, a marker ``{"$secret": id}`` and the name of another item
    (``$var:f/a/b``, ``$res:f/a/b``) are no plain text.
    """
    if not kind.secret:
        return ()
    found: list[str] = []
    _collect_plain(kind.secret_shape.at(path), value, "", found)
    return tuple(found)


def markers(kind: Kind, value: Any, path: Sequence[str] = ()) -> dict[str, str]:
    """Give the ids that stand where secrets do, by their pointers from ``value``; ``path`` as for `plain_secrets`."""
    found: dict[str, str] = {}
    if kind.secret:
        _collect_markers(kind.secret_shape.at(path), value, "", found)
    return found


def with_markers(kind: Kind, value: dict[str, Any], ids: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give a value whose markers have other ids, and the pointers where one was dropped because it has none.

    A dropped marker leaves no member behind, in an array null.
    """
    dropped: list[str] = []
    return _marked(kind.secret_shape.root, value, "", ids, dropped), tuple(dropped)


def masked(kind: Kind, value: Any, at: str, path: Sequence[str] | None) -> Any:
    """Give a text that goes into the stash or an alert without secrets in it: nothing stands where one does.

    ``path`` leads from the root to the value; None if the element at whose address it was written is gone. Then every
    place that is named as a secret's is taken for one.
    """
    if not kind.secret:
        return value
    if path is None:
        element, tokens = parse(at)
        if not element:
            return masked(kind, value, at, tokens)
        if any(kind.secret_shape.ends_in(token) for token in tokens):
            return value if _is_reference(value) else None
        return _masked_by_name(value, kind.secret_shape.ends_in)
    place = kind.secret_shape.root
    for segment in path:
        if place.text:
            return None  # it was written into a secret
        place = place.member(segment)
    return _masked(place, value)


def title_of(kind: Kind, value: Any) -> str:
    """Give the text by which people know an item, from its document; empty if it has none."""
    if kind.title_from is None:
        return ""
    for token in kind.title_from.split("/")[1:]:
        if not isinstance(value, dict):
            return ""
        value = value.get(token.replace("~1", "/").replace("~0", "~"))
    return value if isinstance(value, str) else ""


def summary_of(kind: Kind, value: Any) -> str:
    """Give the summary that an item has by its document: one line, within the bound of summaries."""
    return title_of(kind, value).strip().partition("\n")[0].rstrip()[:SUMMARY_CHARS]


def language_of(kind: Kind, path: Sequence[str], parent: Any) -> str | None:
    """Give the language of the text leaf at ``path``; ``parent`` is the object that holds it."""
    for rule in kind.language:
        if Shape(text=(rule.text,)).is_text(path):
            if rule.always is not None:
                return rule.always
            found = parent.get(rule.sibling) if isinstance(parent, dict) else None
            return found if isinstance(found, str) else None
    return None


def pointer_of(path: Sequence[str | int]) -> str:
    """Give the pointer of a path."""
    return "".join(f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in path)


def shape_id(keyed: tuple[str, ...], text: tuple[str, ...]) -> str:
    """Name a shape by its content: 128 bits of BLAKE2b."""
    digest = hashlib.blake2b(msgspec.json.encode((keyed, text)), digest_size=16).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _collect_plain(place: Any, value: Any, pointer: str, found: list[str]) -> None:
    if place.dead:
        return
    if _is_reference(value):
        return  # a marker's own member is called a secret, and is none
    if place.text:
        found.append(pointer)
    elif isinstance(value, dict):
        for name, member in value.items():
            token = name.replace("~", "~0").replace("/", "~1")
            _collect_plain(place.member(name), member, f"{pointer}/{token}", found)
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            _collect_plain(place.member(ELEMENT), element, f"{pointer}/{index}", found)


def _collect_markers(place: Any, value: Any, pointer: str, found: dict[str, str]) -> None:
    if place.dead:
        return
    if place.text:
        if isinstance(value, dict) and _is_reference(value):
            found[pointer] = value[SECRET_REFERENCE]
    elif isinstance(value, dict):
        for name, member in value.items():
            _collect_markers(place.member(name), member, pointer + pointer_of((name,)), found)
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            _collect_markers(place.member(ELEMENT), element, f"{pointer}/{index}", found)


_DROPPED: Final = object()


def _marked(place: Any, value: Any, pointer: str, ids: Mapping[str, str], dropped: list[str]) -> Any:
    if place.dead:
        return value
    if place.text:
        if not (isinstance(value, dict) and _is_reference(value)):
            return value
        if value[SECRET_REFERENCE] in ids:
            return {SECRET_REFERENCE: ids[value[SECRET_REFERENCE]]}
        dropped.append(pointer)
        return _DROPPED
    if isinstance(value, dict):
        made = {n: _marked(place.member(n), m, pointer + pointer_of((n,)), ids, dropped) for n, m in value.items()}
        return {name: member for name, member in made.items() if member is not _DROPPED}
    if isinstance(value, list | tuple):
        parts = [_marked(place.member(ELEMENT), e, f"{pointer}/{i}", ids, dropped) for i, e in enumerate(value)]
        return [None if part is _DROPPED else part for part in parts]
    return value


def _masked(place: Any, value: Any) -> Any:
    if place.dead:
        return value
    if place.text:
        return value if _is_reference(value) else None
    if isinstance(value, dict):
        return {name: _masked(place.member(name), member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(place.member(ELEMENT), element) for element in value]
    return value


def _masked_by_name(value: Any, is_secret: Callable[[str], bool]) -> Any:
    if isinstance(value, dict):
        return {
            name: (member if not is_secret(name) or _is_reference(member) else None)
            if not isinstance(member, dict | list | tuple) or is_secret(name)
            else _masked_by_name(member, is_secret)
            for name, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked_by_name(element, is_secret) for element in value]
    return value


def _is_reference(value: Any) -> bool:
    if isinstance(value, str):
        return value == "" or refers(value)
    return value is None or (
        isinstance(value, dict) and set(value) == {SECRET_REFERENCE} and isinstance(value[SECRET_REFERENCE], str)
    )
