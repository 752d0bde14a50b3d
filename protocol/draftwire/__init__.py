"""Draftwire: the wire contract, the pure document engine and the async client.

``draftwire.connect(url, token)`` is where most begin; ``draftwire.Api(url, token)`` is the side that needs no socket.
"""

from draftwire.api import Api
from draftwire.document.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.document.shape import Shape
from draftwire.errors import Problem
from draftwire.merge.comparison import compare
from draftwire.rest.diff import Comparison
from draftwire.sdk.client import Anchor, Client, Draft, SignedOut, connect
from draftwire.sdk.run import Run
from draftwire.sdk.run_stream import RunStream

__all__ = [
    "Anchor",
    "Api",
    "Client",
    "Comparison",
    "Draft",
    "Insert",
    "Move",
    "Op",
    "Problem",
    "Remove",
    "Run",
    "RunStream",
    "Set",
    "Shape",
    "SignedOut",
    "Text",
    "compare",
    "connect",
]
