"""Requests of many parts: what can't be read of one part is that part's answer, and the others go on. Pure."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from draftwire.errors import Problem

_T = TypeVar("_T")


class BadPart(msgspec.Struct, frozen=True):
    """A part that can't be read: how it names itself, as far as that can be seen, and why it is refused."""

    name: str
    problem: Problem


def woven(results: Sequence[_T], bad: dict[int, BadPart], refused: Callable[[BadPart], _T]) -> tuple[_T, ...]:
    """The results of the parts that could be read, with those of the others at their places."""
    rest = iter(results)
    return tuple(refused(bad[at]) if at in bad else next(rest) for at in range(len(results) + len(bad)))
