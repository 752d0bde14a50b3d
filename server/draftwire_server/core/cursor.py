"""Cursors of lists: where a page ended, sealed so that nobody can make one or use it for another query. Pure.

A cursor holds a position and a code over position and scope (who asks, for what); it is no secret, and no permission:
every page is decided anew.
"""

import base64
import binascii
import hmac
from typing import Final, TypeVar

import msgspec

from draftwire.errors import Problem

SEAL_BYTES: Final = 16  # of HMAC-SHA256: nobody guesses 128 bits

_T = TypeVar("_T")


def seal(key: bytes, scope: bytes, position: msgspec.Struct) -> str:
    """Make a cursor."""
    body = msgspec.json.encode(position)
    return base64.urlsafe_b64encode(_code(key, scope, body) + body).decode("ascii").rstrip("=")


def unseal(key: bytes, scope: bytes, cursor: str, wanted: type[_T]) -> _T:
    """Read a cursor. Raises `Problem` bad_cursor if it was not made for this scope."""
    try:
        raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        code, body = raw[:SEAL_BYTES], raw[SEAL_BYTES:]
        if not hmac.compare_digest(code, _code(key, scope, body)):
            raise Problem("bad_cursor")
        return msgspec.json.decode(body, type=wanted)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise Problem("bad_cursor") from error


def _code(key: bytes, scope: bytes, body: bytes) -> bytes:
    made = hmac.new(key, b"list cursor\0", digestmod="sha256")
    made.update(len(scope).to_bytes(8, "big") + scope + body)
    return made.digest()[:SEAL_BYTES]
