"""JSON Schemas of what tools take, as models read them best: without references, titles and what only programs need."""

from typing import Any, Final

import msgspec

DROPPED: Final = frozenset(("title", "discriminator"))


def schema_of(wanted: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of a struct, all in one piece."""
    made = msgspec.json.schema(wanted)
    known = made.get("$defs", {})
    schema = _inlined(made, known)
    assert isinstance(schema, dict)
    schema.pop("$defs", None)
    schema.pop("description", None)  # the tool's own says more
    return schema


def _inlined(node: Any, known: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(each, known) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        named = known[str(node["$ref"]).rpartition("/")[2]]
        return _inlined(named | {k: v for k, v in node.items() if k != "$ref"}, known)
    return {
        name: {member: _inlined(each, known) for member, each in value.items()}
        if name == "properties"
        else _inlined(value, known)
        for name, value in node.items()
        if name not in DROPPED and name != "$defs"
    }
