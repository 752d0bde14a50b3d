"""JSON in and out, strictly: what a document may not hold is refused at the boundary, before anything sees it.

msgspec alone lets duplicate keys, large integers, U+0000 and ``__proto__`` through. Values of documents are therefore
read a second time by the standard library's scanner, whose hooks see every key and number; messages without such values
(typing, carets) skip that.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

import msgspec

from draftwire.errors import Problem
from draftwire.wire.messages import ClientMessage, Edit, Focus, Pong, Seen, ServerMessage

MAX_DEPTH: Final = 100  # deeper values exhaust the stacks of decoders, ours and the clients'
MAX_INTEGER: Final = 2**53  # beyond it JavaScript rounds silently
MAX_DIGITS: Final = 309  # of the largest double written as an integer


Hook: TypeAlias = Callable[[Any], Any]


class _Tagged(msgspec.Struct):
    t: str


_client: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_server: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
_kind = msgspec.json.Decoder(_Tagged)
_encoder = msgspec.json.Encoder()

# Typing and carets come often and carry no values: a second look is only for what may hide something.
_PLAIN: Final = (Edit, Focus, Seen, Pong)
_LOOK_TWICE: Final = (b'"v"', b"\\u0000", b"__proto__")

_CLIENT_TYPES: Final = frozenset(member.__struct_config__.tag for member in ClientMessage.__args__)
_SERVER_TYPES: Final = frozenset(member.__struct_config__.tag for member in ServerMessage.__args__)


def encode(message: Any) -> bytes:
    """Write any message or value as compact UTF-8 JSON."""
    return _encoder.encode(message)


def decode_client(payload: bytes) -> ClientMessage:
    """Read a client's message.

    Raises:
        Problem: bad_json, bad_message, unknown_message, or what `decode_value` raises.
    """
    try:
        message = _client.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(payload, error, _CLIENT_TYPES) from error
    if not isinstance(message, _PLAIN) or any(mark in payload for mark in _LOOK_TWICE) or not _is_utf8(payload):
        decode_value(payload)
    return message


def decode_server(payload: bytes | str) -> ServerMessage:
    """Read a server's message; servers are trusted to send what they may.

    Raises:
        Problem: unknown_message for one of a later release, which is to be ignored; bad_message, bad_json.
    """
    try:
        return _server.decode(payload)
    except msgspec.DecodeError as error:
        raise _wrong(payload if isinstance(payload, bytes) else payload.encode(), error, _SERVER_TYPES) from error


def decode_value(data: bytes) -> Any:
    """Read a document or a part of one.

    Raises:
        Problem: bad_json, duplicate_key, bad_number, bad_text, bad_member, too_deep.
    """
    value = _loads(data, _object, _integer, _float, _constant)
    check_value(value)
    return value


class Bad(NamedTuple):
    """Stands where a value stood that can't be taken."""

    problem: Problem


def decode_softly(data: bytes) -> Any:
    """Read JSON with a `Bad` in place of every number, constant and object that `decode_value` would refuse.

    Texts, names of members and depth are not looked at: `check_softly` does that for any part.

    Raises:
        Problem: bad_json, or too_deep for what no decoder can read.
    """
    return _loads(data, _soft(_object), _soft(_integer), _soft(_float), _soft(_constant))


def check_softly(part: Any) -> None:
    """Raise the first `Problem` of a part of what `decode_softly` gave."""
    stack = [part]
    while stack:
        node = stack.pop()
        if isinstance(node, Bad):
            raise node.problem
        stack += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    check_value(part)


def _soft(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def soft(given: Any) -> Any:
        try:
            return hook(given)
        except Problem as problem:
            return Bad(problem)

    return soft


def _loads(data: bytes, of_object: Hook, of_int: Hook, of_float: Hook, of_constant: Hook) -> Any:
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=of_object,
            parse_int=of_int,
            parse_float=of_float,
            parse_constant=of_constant,
        )
    except UnicodeDecodeError as error:
        raise Problem("bad_json", "The message is not valid UTF-8.") from error
    except json.JSONDecodeError as error:
        raise Problem("bad_json", f"The message is not valid JSON: {error.msg} at character {error.pos}.") from error
    except RecursionError as error:
        raise Problem("too_deep") from error


def check_value(value: Any, depth: int = 0) -> None:
    """Check a value that is already decoded and stands ``depth`` levels deep.

    Raises `Problem` bad_text, bad_number, bad_member, too_deep, or bad_message for what JSON has no form for.
    """
    stack: list[tuple[Any, int]] = [(value, depth)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, str):
            check_text(node)
        elif isinstance(node, dict):
            if depth >= MAX_DEPTH:
                raise Problem("too_deep")
            for key, member in node.items():
                if key == "__proto__":
                    raise Problem("bad_member")
                if not isinstance(key, str):
                    raise Problem("bad_message", f"A member's name must be a text, not {type(key).__name__}.")
                check_text(key)
                stack.append((member, depth + 1))
        elif isinstance(node, list):
            if depth >= MAX_DEPTH:
                raise Problem("too_deep")
            stack.extend((member, depth + 1) for member in node)
        elif isinstance(node, float):
            if not isfinite(node):
                raise Problem("bad_number")
        elif isinstance(node, int):
            if not -MAX_INTEGER <= node <= MAX_INTEGER:
                double_of(node)
        elif node is not None:
            raise Problem("bad_message", f"JSON can't represent {type(node).__name__}.")


def double_of(number: int) -> float:
    """The double that an integer beyond ±2^53 stands for: 1e16 is 10000000000000000 to ECMAScript and to `jsonb`.

    Raises `Problem` bad_number unless the integer is exactly what such writers make of that double: any other one would
    be rounded by those who read it.
    """
    try:
        double = float(number)
    except OverflowError as error:
        raise Problem("bad_number") from error
    if Decimal(repr(double)) != number:
        raise Problem("bad_number")
    return double


def check_text(text: str) -> None:
    """Raise `Problem` bad_text for U+0000 and lone surrogates."""
    if "\0" in text:
        raise Problem("bad_text", "A text can't contain U+0000.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Problem("bad_text", "A text can't contain a lone surrogate.") from error


def _is_utf8(payload: bytes) -> bool:
    if payload.isascii():
        return True
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _wrong(payload: bytes, error: Exception, types: frozenset[Any]) -> Problem:
    if isinstance(error, RecursionError):
        return Problem("too_deep")
    if isinstance(error, msgspec.ValidationError):
        try:
            kind = _kind.decode(payload).t
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Problem("bad_message", f"The message has the wrong shape: {error}.")
        if kind not in types:
            return Problem("unknown_message", f"Unknown message type {kind[:40]!r}.")
        if "out of range" in str(error):
            return Problem("bad_number")
        return Problem("bad_message", f"The message {kind} has the wrong shape: {error}.")
    return Problem("bad_json", f"The message is not valid JSON: {error}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Problem("duplicate_key")
    if "__proto__" in made:
        raise Problem("bad_member")
    return made


def _integer(text: str) -> float:
    if len(text) > MAX_DIGITS + 1:
        raise Problem("bad_number")
    number = int(text)
    return number if -MAX_INTEGER <= number <= MAX_INTEGER else double_of(number)


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise Problem("bad_number")
    return number


def _constant(_: str) -> NoReturn:
    raise Problem("bad_number")
