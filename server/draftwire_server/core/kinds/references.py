"""What a document refers to: the leaves in which its kind says that other items are named, or members of itself.

Paths are given as they are kept (NFC). Whether something stands there, and for whom, is not decided here
(`services/deploys/diagnoses.py`); who is named where is kept by `store/items/references.py`. Pure.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from draftwire.document.shape import ELEMENT, Shape
from draftwire.wire import messages
from draftwire_server.core.items.paths import nfc
from draftwire_server.core.kinds.kinds import Kind, pointer_of
from draftwire_server.limits.contract import PATH_CHARS, REFERENCES_PER_ITEM


class Referred(msgspec.Struct, frozen=True):
    """A leaf that names another item."""

    at: str  # a pointer from the document's root
    path: str
    kinds: tuple[str, ...]


def references(kind: Kind, value: Any) -> tuple[Referred, ...]:
    """Give what a document refers to; empty leaves, and those without the reference's prefix, name nothing."""
    found: list[Referred] = []
    for rule in kind.reference:
        if rule.within is not None:
            continue
        for pointer, leaf, around in _leaves(_shape_of(rule.at).root, value, "", None):
            if leaf.startswith(rule.elsewhere):
                continue
            if leaf and leaf.startswith(rule.prefix) and leaf != rule.prefix:
                said = around.get(rule.sibling) if rule.sibling is not None and isinstance(around, dict) else None
                kinds = (said,) if said in rule.kinds else rule.kinds
                found.append(Referred(pointer, nfc(leaf.removeprefix(rule.prefix)), kinds))
    return tuple(found)


def kept_of(referred: tuple[Referred, ...]) -> tuple[Referred, ...]:
    """Give those by which `used by` is known: no item stands at a longer path, and there is a bound to all."""
    return tuple(each for each in referred if len(each.path) <= PATH_CHARS)[:REFERENCES_PER_ITEM]


def rules_digest(kind: Kind) -> str:
    """Name what a kind calls references by its content: where that changes, its items are looked through again."""
    return hashlib.sha256(msgspec.json.encode(kind.reference)).hexdigest()


def without_member(kind: Kind, value: Any) -> tuple[messages.Diagnostic, ...]:
    """Give the leaves that name a member which an object of the document does not have."""
    found = []
    for rule in kind.reference:
        if rule.within is None:
            continue
        members = _at(value, rule.within)
        for pointer, leaf, _ in _leaves(_shape_of(rule.at).root, value, "", None):
            if not isinstance(members, dict) or leaf not in members:
                told = f"{rule.within} has no member of that name."
                found.append(messages.Diagnostic(pointer, "reference", told))
    return tuple(found)


def _at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        value = value.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(value, dict) else None
    return value


@lru_cache(maxsize=1_000)
def _shape_of(pattern: str) -> Shape:
    """Build a pattern's automaton once: drafts are looked at again after every second of typing."""
    return Shape(text=(pattern,))


def _leaves(place: Any, value: Any, pointer: str, around: Any) -> Iterator[tuple[str, str, Any]]:
    """The texts at a place, each with its pointer and what it is a member of."""
    if place.dead:
        return
    if place.text and isinstance(value, str):
        yield pointer, value, around
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(place.member(name), member, pointer + pointer_of((name,)), value)
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            yield from _leaves(place.member(ELEMENT), element, f"{pointer}/{index}", value)
