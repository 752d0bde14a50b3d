"""The canonical form of a JSON value (RFC 8785), and the two hashes that rest on it.

Equal values (as JSON means it: member order is no difference, ``1.0`` is ``1``) have equal bytes, in every
language that follows the RFC. `content_hash` says "same content"; `version_hash` is unique to one version of
one item.
"""

import hashlib
import math
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

from draftwire.errors import Problem
from draftwire.wire.codec import double_of

EXACT: Final = 2**53  # integers beyond it are refused at the boundary: readers would round them


def canonical(value: Any) -> bytes:
    """Write a JSON value in its canonical form.

    Raises:
        ValueError: a number is not finite or beyond ±2^53, or a text holds a lone surrogate.
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode()


def content_hash(value: Any) -> str:
    """Hash a value: the same for the same content, wherever it stands."""
    return hashlib.sha256(canonical(value)).hexdigest()


def version_hash(item: str, number: int, value: Any) -> str:
    """Hash a version: unique to item and number."""
    return hashlib.sha256(canonical([item, number, value])).hexdigest()


def _write(value: Any, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(encode_basestring(value))
    elif value is None:
        parts.append("null")
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    elif isinstance(value, int | float):
        parts.append(_number(value))
    elif isinstance(value, dict):
        _write_object(value, parts)
    elif isinstance(value, list | tuple):
        parts.append("[")
        for index, element in enumerate(value):
            if index:
                parts.append(",")
            _write(element, parts)
        parts.append("]")
    else:
        raise ValueError(f"{type(value).__name__} is no JSON value")


def _write_object(value: dict[str, Any], parts: list[str]) -> None:
    names = list(value)
    # §3.2.3 sorts by UTF-16 code units, which differs from code points above U+FFFF alone.
    plain = all(name.isascii() for name in names)
    names.sort(key=None if plain else lambda name: name.encode("utf-16-be", "surrogatepass"))
    parts.append("{")
    for index, name in enumerate(names):
        if index:
            parts.append(",")
        parts.append(encode_basestring(name))
        parts.append(":")
        _write(value[name], parts)
    parts.append("}")


def _number(value: float) -> str:
    """Write a number as ECMAScript does (Number::toString), which §3.2.2.3 asks for."""
    if isinstance(value, int):
        if -EXACT <= value <= EXACT:
            return str(value)
        try:  # jsonb gives 1e30 back as a 1 and thirty zeros: the same double, to every reader
            value = double_of(value)
        except Problem as error:
            raise ValueError("a number is beyond ±2^53") from error
    if not math.isfinite(value):
        raise ValueError("a number is not finite")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    point = len(text) + exponent  # where the point stands, counted from the first digit
    if 0 < point <= 21:
        body = text + "0" * (point - len(text)) if len(text) <= point else f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = "0." + "0" * -point + text
    else:
        mantissa = text[0] + (f".{text[1:]}" if len(text) > 1 else "")
        body = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"-{body}" if sign else body
