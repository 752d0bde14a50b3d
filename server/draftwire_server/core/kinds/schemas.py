"""What a kind's JSON Schema says of a value.

Its cost has no bound that can be told beforehand: it may double with every level of a schema of a few hundred bytes. So
this runs where it can be killed (`services/worker/child.py`), and where the operator's kinds are read; a test holds
that nothing else imports it.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import jsonschema_rs
import msgspec

from draftwire.wire.messages import Diagnostic
from draftwire_server.core.kinds.formats import CHECKED

PROBLEMS: Final = 20  # that are told of one value
SENTENCE_CHARS: Final = 500
COMPILED: Final = 100  # schemas that one process keeps compiled
WRONG: Final[tuple[Any, ...]] = (None, 0, "", [], {})


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
    """Check what the schema will have to check at least: what an item begins with, and the same with wrong members.

    A value that fits ends at the first branch of an ``anyOf``; only one that does not fit costs all of them.
    """
    names = [*initial, *_properties(msgspec.json.decode(schema))]
    for value in (initial, *({**initial, **dict.fromkeys(names, wrong)} for wrong in WRONG)):
        schema_problems(schema, value)


def _properties(schema: Any) -> list[str]:
    found = schema.get("properties") if isinstance(schema, dict) else None
    return list(found) if isinstance(found, dict) else []


@lru_cache(maxsize=COMPILED)
def _kept(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    return compiled(msgspec.json.decode(schema))


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in path)
