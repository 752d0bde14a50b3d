"""What a kind's JSON Schema says of a value.

Its cost has no bound that can be told beforehand: it may double with every level of a schema of a few hundred bytes. So
this runs where it can be killed (`services/worker/child.py`), and where the operator's kinds are read; a test holds
that nothing else imports it.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs
import msgspec

from draftwire.document.address import escape
from draftwire.wire.messages import Diagnostic
from draftwire_server.core.kinds.formats import CHECKED

PROBLEMS: Final = 20  # that are told of one value
SENTENCE_CHARS: Final = 500
COMPILED: Final = 100  # schemas that one process keeps compiled
WRONG: Final[tuple[Any, ...]] = (None, 0, "", [], {})
TRIED: Final = 2_000  # schemas inside of one that are tried by themselves: a kind of 256 KiB has fewer
NAMED: Final = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
LISTED: Final = frozenset(("anyOf", "allOf", "oneOf", "prefixItems"))
SINGLE: Final = frozenset((
    "items", "contains", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "propertyNames", "not",
    "if", "then", "else",
))  # fmt: skip


def compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Compile a schema. Values are left out of its sentences (they may be secret), no address is ever fetched, and
    patterns run in linear time. Raises `ValueError`, or an error of jsonschema_rs."""
    return jsonschema_rs.Draft202012Validator(
        schema, mask="the value", offline=True, pattern_options=jsonschema_rs.RegexOptions(), validate_formats=True,
        formats=CHECKED,
    )  # fmt: skip


def problem_of_schema(schema: dict[str, Any]) -> str | None:
    """Say what is wrong with a schema itself."""
    try:
        jsonschema_rs.meta.validate(schema)
        compiled(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        return f"schema: {str(error).splitlines()[0][:200]}"
    return None


def schema_problems(schema: bytes, value: Any) -> tuple[Diagnostic, ...]:
    """Give what a schema (JSON) objects to; it stops a deploy, never typing. No value is in a sentence."""
    return tuple(
        Diagnostic(_pointer(error.instance_path), "schema", error.message[:SENTENCE_CHARS])
        for error in islice(_kept(schema).iter_errors(value), PROBLEMS)
    )


def try_out(schema: bytes, initial: dict[str, Any]) -> None:
    """Check what the schema will have to check at least: what an item begins with, and wrong values at every place.

    A value that fits ends at the first branch of an ``anyOf``; only one that does not fit costs all of them. So each
    schema inside of the schema is asked of wrong values by itself: what is slow may lie deep. One that is slow for
    values of a certain nesting alone is found by the deploy of such a value.
    """
    schema_problems(schema, initial)
    whole = msgspec.json.decode(schema)
    inner = list(islice(_inside(whole, ""), TRIED))
    if not inner:
        return
    base = whole.get("$id", "urn:draftwire:kind")
    refs = [{"$ref": f"{base}#{quote(at)}"} for at, _ in inner]
    try:
        every = compiled({"$defs": {"whole": {**whole, "$id": base}}, "prefixItems": refs})
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        every = None  # names inside that lead elsewhere; the outermost level is tried all the same
    names = [*initial, *_properties(whole)]
    for wrong in WRONG:
        schema_problems(schema, {**initial, **dict.fromkeys(names, wrong)})
        if every is not None:
            values = [dict.fromkeys(_properties(each), wrong) or wrong for _, each in inner]
            for given in ([wrong] * len(inner), values):
                for _ in every.iter_errors(given):
                    pass


def _inside(node: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Every schema inside of a schema with its pointer, the outermost first."""
    if not isinstance(node, dict):
        return
    if at:
        yield at, node
    for name, inside in node.items():
        here = f"{at}/{name}"
        if name in NAMED and isinstance(inside, dict):
            for key, each in inside.items():
                yield from _inside(each, f"{here}/{escape(key)}")
        elif name in LISTED and isinstance(inside, list):
            for index, each in enumerate(inside):
                yield from _inside(each, f"{here}/{index}")
        elif name in SINGLE:
            yield from _inside(inside, here)


def _properties(schema: Any) -> list[str]:
    found = schema.get("properties") if isinstance(schema, dict) else None
    return list(found) if isinstance(found, dict) else []


@lru_cache(maxsize=COMPILED)
def _kept(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    return compiled(msgspec.json.decode(schema))


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in path)
