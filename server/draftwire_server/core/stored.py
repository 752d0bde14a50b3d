"""Values as the database gives them back. Pure.

`jsonb` keeps the decimal value of a number and forgets how it was written: 1e16 comes back as 10000000000000000,
1.797e308 as 309 digits. An integer beyond ±2^53 comes in only as the name of a double, so what looks like one is read
as that: to the bit, whichever release has written the row. The sign of zero is no part of a value (RFC 8785 §3.2.2.3).
"""

import json
import re
from typing import Any

import msgspec

from draftwire.wire.codec import MAX_INTEGER

_LONG = re.compile(rb"[0-9]{16}")

_decode = msgspec.json.Decoder().decode


def stored_value(data: bytes | str) -> Any:
    """Read a value that is, or once was, in a `jsonb` column."""
    raw = data.encode() if isinstance(data, str) else data
    if _LONG.search(raw) is None:
        return _decode(raw)
    return json.loads(raw, parse_int=_number)


def _number(text: str) -> int | float:
    if len(text) < 16:
        return int(text)
    number = int(text)
    return number if -MAX_INTEGER <= number <= MAX_INTEGER else float(number)
