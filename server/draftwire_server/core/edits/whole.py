"""Whole documents as they come in: line ends made LF, and what counts as no change.

Two values are the same content if they differ in nothing but the order of members, computed leaves, members that are
null or hold the schema's default in place of being absent, and the newline at the end of a text. Pure.
"""

from collections.abc import Sequence
from typing import Any

from draftwire.document.line_ends import value_with_lf
from draftwire.document.shape import ELEMENT, Place
from draftwire.document.values import same
from draftwire_server.core.kinds.kinds import Kind

_LEFT_OUT = object()


def with_lf(kind: Kind, value: Any, path: Sequence[str] = ()) -> Any:
    """Give the value, which stands at ``path``, with LF line ends in its text leaves; itself if nothing was to do."""
    return value_with_lf(value, kind.document_shape.at(path))


def same_content(kind: Kind, one: Any, other: Any) -> bool:
    """Whether saving one over the other would change nothing that counts."""
    if same(one, other):
        return True
    return same(_normal(kind, one), _normal(kind, other))


def _normal(kind: Kind, value: Any) -> Any:
    return _strip(value, kind.document_shape.root, kind.computed_shape.root, kind.schema)


def _strip(value: Any, place: Place, computed: Place, schema: Any) -> Any:
    if isinstance(value, dict):
        properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
        kept = {}
        for name, member in value.items():
            inside = computed.member(name)
            rule = properties.get(name)
            if inside.text or member is None:
                continue
            if isinstance(rule, dict) and "default" in rule and same(rule["default"], member):
                continue
            kept[name] = _strip(member, place.member(name), inside, rule)
        return kept
    if isinstance(value, list):
        return [_strip(element, place.member(ELEMENT), computed.member(ELEMENT), None) for element in value]
    if isinstance(value, str) and place.text:
        return value.removesuffix("\n")
    return value
