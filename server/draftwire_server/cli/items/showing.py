"""A comparison as people read it on a terminal: what moved, members, lines with the words that differ."""

import json
from collections.abc import Iterator
from typing import Any, Final, assert_never

import click

from draftwire.rest import diff as d

VALUE_CHARS: Final = 200  # of a value on one line; the whole is in --json
STYLES: Final = {"same": None, "removed": "red", "added": "green"}
SIGNS: Final = {"same": " ", "removed": "-", "added": "+"}


def comparison_lines(comparison: d.Comparison) -> Iterator[str]:
    """The lines to print; colour goes where the terminal has none by itself."""
    for change in comparison.changes:
        match change:
            case d.MemberAdded():
                yield _title(change, "added")
                yield _side("added", change.new)
            case d.MemberRemoved():
                yield _title(change, "removed")
                yield _side("removed", change.old)
            case d.MemberChanged():
                yield _title(change, "changed")
                yield _side("removed", change.old)
                yield _side("added", change.new)
            case d.ElementAdded():
                yield _title(change, f"added at {_spot(change.to)}")
                yield _side("added", change.new)
            case d.ElementRemoved():
                yield _title(change, f"removed from {_spot(change.was)}")
                yield _side("removed", change.old)
            case d.ElementMoved():
                yield _title(change, f"moved from {_spot(change.was)} to {_spot(change.to)}")
            case d.TextChanged():
                yield _title(change, f"+{change.added_lines} −{change.removed_lines}")
                for hunk in change.hunks:
                    yield click.style(
                        f"@@ -{hunk.old_from},{hunk.old_lines} +{hunk.new_from},{hunk.new_lines} @@", fg="cyan"
                    )
                    yield from map(_line, hunk.lines)
            case _:
                assert_never(change)


def summary(comparison: d.Comparison) -> str:
    """How much differs, in one line."""
    texts = [change for change in comparison.changes if isinstance(change, d.TextChanged)]
    others = len(comparison.changes) - len(texts)
    if not comparison.changes:
        return "No differences."
    parts = []
    if texts:
        added, removed = sum(t.added_lines for t in texts), sum(t.removed_lines for t in texts)
        parts.append(f"{len(texts)} text{'s' * (len(texts) > 1)} (+{added} −{removed} lines)")
    if others:
        parts.append(f"{others} other change{'s' * (others > 1)}")
    return " and ".join(parts) + "."


def _title(change: Any, what: str) -> str:
    return click.style(f"{change.at or '/'}", bold=True) + f"  {change.label}  ({what})"


def _spot(spot: d.Spot) -> str:
    return f"{spot.array or '/'} no. {spot.position + 1}"


def _side(kind: Any, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > VALUE_CHARS:
        text = text[: VALUE_CHARS - 1] + "…"
    return click.style(f"{SIGNS[kind]} {text}", fg=STYLES[kind])


def _line(line: d.TextLine) -> str:
    colour = STYLES[line.kind]
    text = line.text
    if line.words is not None and colour is not None:
        units = text.encode("utf-16-le")
        parts, end = [], 0
        for start, stop in line.words:
            parts.append(click.style(_cut(units, end, start), fg=colour))
            parts.append(click.style(_cut(units, start, stop), fg=colour, reverse=True))
            end = stop
        parts.append(click.style(_cut(units, end, None), fg=colour))
        return click.style(SIGNS[line.kind], fg=colour) + "".join(parts)
    return click.style(f"{SIGNS[line.kind]}{text}", fg=colour)


def _cut(units: bytes, start: int, stop: int | None) -> str:
    return units[2 * start : None if stop is None else 2 * stop].decode("utf-16-le")
