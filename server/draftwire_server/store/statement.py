"""Statements that read many inputs: their parameters are numbered here, once, when the module is imported.

An input is one row, each column a parameter of its own (`Row`), or any number of rows: an array for each column
(`Rows`), or one JSON array of objects (`JsonRows`). The text names it where it is read, `{one.seq}` or
`from {batch} join …`; the number follows from its place in the list of inputs. Columns are declared by us, never by a client.
"""

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any, Protocol

import msgspec


class Input(Protocol):
    """What a statement is given under a name."""

    @property
    def name(self) -> str:
        """What the text and the caller call it."""

    @property
    def parameters(self) -> int:
        """How many parameters it takes."""

    def written(self, fields: Sequence[str], first: int) -> dict[str, str]:
        """Write SQL for each field of a text that reads this input, whose first parameter has a number.

        Raises `ValueError` if the fields are not what this input offers.
        """

    def arguments(self, given: Any) -> Sequence[Any]:
        """Turn what is given into as many arguments as there are parameters."""


class Row(msgspec.Struct, frozen=True):
    """One row, given as a tuple: ``{name.column}`` is a parameter. ``columns``: "a, b"; Postgres infers their types."""

    name: str
    columns: str

    @property
    def parameters(self) -> int:
        return len(self.columns.split(", "))

    def written(self, fields: Sequence[str], first: int) -> dict[str, str]:
        numbers = {f"{self.name}.{column}": f"${n}" for n, column in enumerate(self.columns.split(", "), first)}
        if numbers.keys() != set(fields):  # the type of a parameter that is not read can't be inferred
            raise ValueError(f"is no column, or is not read: {sorted(numbers.keys() ^ set(fields))}")
        return numbers

    def arguments(self, given: Sequence[Any]) -> Sequence[Any]:
        return given


class Rows(msgspec.Struct, frozen=True):
    """Rows, given as a list of tuples: ``{name}`` is a relation of that name. ``columns``: "a text, b int"."""

    name: str
    columns: str

    @property
    def parameters(self) -> int:
        return len(self.columns.split(", "))

    def written(self, fields: Sequence[str], first: int) -> dict[str, str]:
        _one_relation(self.name, fields)
        names, types = zip(*(column.split() for column in self.columns.split(", ")), strict=True)
        arrays = ", ".join(f"${n}::{each}[]" for n, each in enumerate(types, first))
        return {self.name: f"unnest({arrays}) as {self.name}({', '.join(names)})"}

    def arguments(self, given: Sequence[Sequence[Any]]) -> list[Any]:
        return [list(column) for column in zip(*given, strict=True)] or [[] for _ in range(self.parameters)]


class JsonRows(msgspec.Struct, frozen=True):
    """Rows, given as a list of objects: as `Rows`, but that a member may be missing (null) and unknown ones are ignored."""

    name: str
    columns: str

    @property
    def parameters(self) -> int:
        return 1

    def written(self, fields: Sequence[str], first: int) -> dict[str, str]:
        _one_relation(self.name, fields)
        return {self.name: f"jsonb_to_recordset(${first}::jsonb) as {self.name}({self.columns})"}

    def arguments(self, given: list[dict[str, Any]]) -> list[Any]:
        return [given]


class Statement(msgspec.Struct, frozen=True):
    """A statement as Postgres gets it, and the inputs that it reads, in the order of their parameters."""

    text: str
    inputs: tuple[Input, ...]

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """Turn inputs, by name, into arguments. Raises `KeyError` for one that is missing; others are ignored."""
        arguments: list[Any] = []
        for each in self.inputs:
            arguments += each.arguments(given[each.name])
        return arguments


def numbered(text: str, *inputs: Input) -> Statement:
    """Number the parameters of a text in the order of the inputs; one that it does not read takes no number.

    Raises `ValueError` if the text reads what is no input, or does not read one as it is meant to be read.
    """
    pieces = [(literal, field) for literal, field, _, _ in Formatter().parse(text)]
    fields: dict[str, list[str]] = {}
    for _, field in pieces:
        if field is not None:
            fields.setdefault(field.partition(".")[0], []).append(field)
    read = tuple(each for each in inputs if each.name in fields)
    if unknown := fields.keys() - {each.name for each in read}:
        raise ValueError(f"no such inputs: {sorted(unknown)}")
    sql: dict[str, str] = {}
    first = 1
    for each in read:
        sql |= each.written(fields[each.name], first)
        first += each.parameters
    return Statement("".join(literal + (sql[field] if field else "") for literal, field in pieces), read)


def _one_relation(name: str, fields: Sequence[str]) -> None:
    if list(fields) != [name]:
        raise ValueError(f"{name} is one relation, to be read once: {list(fields)}")
