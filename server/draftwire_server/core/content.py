"""Hashes of values: canonical JSON (RFC 8785) under SHA-256.

`content_hash` says "the same content"; a version's hash covers item and number too and is unique for ever.
"""

import hashlib
import json
from typing import Any

from draftwire.errors import Problem


def canonical(value: Any) -> bytes:
    """A value as RFC 8785 writes it: members by UTF-16 order of their names, numbers as JavaScript prints them."""
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode()


def _write(value: Any, out: list[str]) -> None:
    match value:
        case None | bool() | str():
            out.append(json.dumps(value, ensure_ascii=False))
        case int():
            out.append(_number(float(value)) if abs(value) >= 2**53 else str(value))
        case float():
            out.append(_number(value))
        case dict():
            out.append("{")
            for i, key in enumerate(sorted(value, key=lambda name: name.encode("utf-16-be"))):
                out.append(("," if i else "") + json.dumps(key, ensure_ascii=False) + ":")
                _write(value[key], out)
            out.append("}")
        case list() | tuple():
            out.append("[")
            for i, element in enumerate(value):
                if i:
                    out.append(",")
                _write(element, out)
            out.append("]")
        case _:
            raise Problem("bad_json", f"{type(value).__name__} is no JSON value.")


def _number(value: float) -> str:
    """ECMAScript's Number.prototype.toString, which RFC 8785 §3.2.2.3 asks for."""
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        digits = mantissa
        if 0 < abs(value) < 1e-6:
            pass
        return digits
    power = int(exponent)
    digits = mantissa.replace(".", "").replace("-", "").rstrip("0") if "." in mantissa else mantissa.replace("-", "")
    sign = "-" if value < 0 else ""
    if -7 < power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    head = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{head}e{'+' if power > 0 else '-'}{abs(power)}"


def content_hash(value: Any) -> str:
    """Hex SHA-256 of the canonical value."""
    return hashlib.sha256(canonical(value)).hexdigest()


def version_hash(item: str, number: int, content: str) -> str:
    """The hash of a version: item, number and content."""
    return hashlib.sha256(f"{item}\n{number}\n{content}".encode()).hexdigest()
