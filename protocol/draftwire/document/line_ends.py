"""Line ends of values: a text leaf holds LF alone, and whoever writes a whole value may have CRLF and CR in it. Pure.

Clients make them LF before an op is done, so that what is shown is what is sent and kept; the server does it with whole
documents, and refuses them in ops: what an op says is what everybody does.
"""

from typing import Any

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Insert, Op, Set
from draftwire.document.shape import Place
from draftwire.text.lines import lf


def op_with_lf(document: Document, op: Op) -> Op:
    """Give the op, made for ``document``, with LF in the text leaves that it sets or inserts; itself if it has none."""
    if not isinstance(op, Set | Insert):
        return op
    place = document.place(op.at)
    if place is None:
        return op
    value = value_with_lf(op.v, place.element() if isinstance(op, Insert) else place)
    return op if value is op.v else msgspec.structs.replace(op, v=value)


def value_with_lf(value: Any, place: Place) -> Any:
    """Give a value, which stands at ``place``, with LF line ends in its text leaves; itself if nothing was to do."""
    if place.dead:
        return value
    if isinstance(value, str):
        return lf(value) if place.text else value
    if isinstance(value, dict):
        members = {name: value_with_lf(member, place.member(name)) for name, member in value.items()}
        return members if any(members[name] is not member for name, member in value.items()) else value
    if isinstance(value, list):
        elements = [value_with_lf(element, place.element()) for element in value]
        return elements if any(a is not b for a, b in zip(elements, value, strict=True)) else value
    return value
