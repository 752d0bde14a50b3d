"""Draftwire: the wire contract, the pure document engine and the async client.

``draftwire.connect(url, token)`` is where most begin; ``draftwire.Api(url, token)`` is the side that needs no socket.
"""

from draftwire.api import Api
from draftwire.client import Anchor, Client, Draft, SignedOut, connect
from draftwire.comparison import compare
from draftwire.errors import Problem
from draftwire.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.rest.diff import Comparison
from draftwire.run import Run
from draftwire.run_stream import RunStream
from draftwire.shape import Shape

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
