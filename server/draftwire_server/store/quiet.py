"""Logs that hold nothing of what people have written: Postgres' errors quote rows, values and statements.

`told` is what is said of an error instead; `QuietFormatter` says it wherever an error comes into a log: as an argument, as
the error that is under way, and as any cause, context or part of a group of one. All handlers of the server have it.
"""

import logging
import traceback
from types import TracebackType
from typing import Final

import asyncpg

# Classes of errors (and 42501, a missing privilege) that speak of the server and its roles, never of a row: their first
# line is told as it is. Connections, logins, databases, resources, locks, shutdowns.
OF_THE_SERVER: Final = ("08", "28", "3D", "53", "55", "57")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def told(error: BaseException) -> str:
    """Say which error it is, for a log or a person: the text of Postgres may hold what somebody has written."""
    if not isinstance(error, asyncpg.PostgresError):
        return str(error) or type(error).__name__
    state = error.sqlstate or ""
    if state.startswith(OF_THE_SERVER) or state == "42501":
        return str(error).split("\n", 1)[0]
    place = " ".join(
        f"{name} {value}"
        for name, value in (("table", error.table_name), ("constraint", error.constraint_name))
        if value
    )
    return f"{type(error).__name__} ({state}{' ' + place if place else ''})"


def told_fully(error: BaseException) -> str:
    """An error with its traceback and what led to it, each said as `told` does."""
    found = traceback.TracebackException.from_exception(error)
    _quieten(found, error, set())
    return "".join(found.format())


def _quieten(found: traceback.TracebackException, error: BaseException, seen: set[int]) -> None:
    if id(error) in seen:
        return
    seen.add(id(error))
    if isinstance(error, asyncpg.PostgresError):
        found._str = told(error)  # type: ignore[attr-defined]
        found.__notes__ = []
        found.__cause__ = found.__context__ = None  # a value that can't be sent is quoted by what refused it
    for below, lower in ((found.__cause__, error.__cause__), (found.__context__, error.__context__)):
        if below is not None and lower is not None:
            _quieten(below, lower, seen)
    if isinstance(error, BaseExceptionGroup):
        for part, inner in zip(found.exceptions or (), error.exceptions, strict=False):
            _quieten(part, inner, seen)


class QuietFormatter(logging.Formatter):
    """See the module."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, tuple) and any(isinstance(each, BaseException) for each in record.args):
            record.args = tuple(told(each) if isinstance(each, BaseException) else each for each in record.args)
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:
        return "" if ei[1] is None else told_fully(ei[1]).rstrip("\n")


def log_quietly(level: str, who: str = "") -> None:
    """Set this process's logging to stderr up; ``who`` stands in each line."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter(f"%(asctime)s %(levelname)-7s {who}%(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
