"""What can be said of an op without any document: the checks of an edit whose base is no longer at hand.

`Document.check` covers all of this for the state that an op was made for; an op that is to be rebased must pass
`check_form` first, or the rebase would work on splices in no order.
"""

from typing import assert_never

import msgspec

from draftwire.document import address as addresses
from draftwire.document import ids
from draftwire.document.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.errors import OpError
from draftwire.text import text

_OP = msgspec.json.Decoder(Op)


def check_types(op: object) -> None:
    """Raise `OpError` ``bad_op`` unless this is an op as the wire can carry it; values are looked at elsewhere."""
    if not isinstance(op, Op):
        raise OpError("bad_op", f"{type(op).__name__} is not an op")
    try:
        _OP.decode(msgspec.json.encode(op))
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise OpError("bad_op", str(error)) from error


def check_form(op: Op) -> None:
    """Raise `OpError`: ``bad_address``, ``root_fixed``, ``id_fixed``, ``bad_id`` or a code of `text.validate`."""
    element, tokens = addresses.parse(op.at)
    match op:
        case Text(s=splices):
            _check_member(element, tokens)
            text.validate_form(splices)
        case Set():
            _check_member(element, tokens)
        case Remove():
            if tokens or not element:
                _check_member(element, tokens)
        case Insert(v=value):
            id_ = value.get("id")
            if not isinstance(id_, str) or not ids.is_id(id_):
                raise OpError("bad_id", op.at)
        case Move():
            if not op.id:
                raise OpError("bad_id", op.at)
        case _:
            assert_never(op)


def _check_member(element: str, tokens: addresses.Tokens) -> None:
    if not tokens:
        raise OpError("bad_address" if element else "root_fixed")
    if element and tokens == ("id",):
        raise OpError("id_fixed")
    if tokens[-1] == "__proto__":
        raise OpError("bad_address")
