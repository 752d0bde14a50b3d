"""Cursors of lists: where a page ended, sealed so that nobody can make or read one or use it for another query. Pure.

A cursor holds a position and a code over position and scope (who asks, for what). It is no permission: every page is
decided anew. It may stand behind a row that its holder may not see, so it is encrypted, and padded, as the length of a
path tells something too: the code is the nonce (as in SIV, RFC 5297), so equal positions have equal cursors.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final, TypeVar

import msgspec

from draftwire.errors import Problem

SEAL_BYTES: Final = 16  # of HMAC-SHA256: nobody guesses 128 bits
BLOCK_BYTES: Final = 64  # bodies are filled up with spaces, which JSON passes over, to a multiple of it

_T = TypeVar("_T")


def seal(key: bytes, scope: bytes, position: msgspec.Struct) -> str:
    """Make a cursor."""
    body = msgspec.json.encode(position)
    body += b" " * (-len(body) % BLOCK_BYTES)
    code = _code(key, scope, body)
    return base64.urlsafe_b64encode(code + _crypted(key, code, body)).decode("ascii").rstrip("=")


def unseal(key: bytes, scope: bytes, cursor: str, wanted: type[_T]) -> _T:
    """Read a cursor. Raises `Problem` bad_cursor if it was not made for this scope."""
    try:
        raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        code = raw[:SEAL_BYTES]
        body = _crypted(key, code, raw[SEAL_BYTES:])
        if not hmac.compare_digest(code, _code(key, scope, body)):
            raise Problem("bad_cursor")
        return msgspec.json.decode(body, type=wanted)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise Problem("bad_cursor") from error


def _crypted(key: bytes, code: bytes, body: bytes) -> bytes:
    stream = hashlib.shake_256(hmac.digest(key, b"cursor stream\0" + code, "sha256")).digest(len(body))
    return (int.from_bytes(body) ^ int.from_bytes(stream)).to_bytes(len(body))


def _code(key: bytes, scope: bytes, body: bytes) -> bytes:
    made = hmac.new(key, b"list cursor\0", digestmod="sha256")
    made.update(len(scope).to_bytes(8, "big") + scope + body)
    return made.digest()[:SEAL_BYTES]
