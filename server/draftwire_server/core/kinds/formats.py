"""The formats of text that a kind's schema may name beyond those of JSON Schema: ``cron`` and ``time-zone``.

Pure, but for the names of zones, which are read once.

A format is checked only if it stands here: those of JSON Schema itself remain notes, as the specification has it unless
somebody asks for more, since values may hold ``$var:`` and ``$res:`` in their place.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from zoneinfo import available_timezones

_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: Final = (  # second minute hour day month weekday
    (0, 59, ()), (0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 7, _DAYS),
)  # fmt: skip
_PART: Final = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d{1,2}))?", re.ASCII)
CRON_CHARS: Final = 500


def is_cron(text: Any) -> bool:
    """Say whether a text is a cron expression: six fields, the first of seconds, or five without it.

    Fields hold ``*``, numbers, names of months and days, ranges, lists and steps; ``?`` for a day or weekday.
    """
    if not isinstance(text, str) or len(text) > CRON_CHARS:
        return False
    fields = text.lower().split()
    if len(fields) not in (5, 6):
        return False
    return all(_is_field(field, *rule) for field, rule in zip(fields, _FIELDS[-len(fields) :], strict=True))


def _is_field(field: str, low: int, high: int, names: list[str]) -> bool:
    if field == "?":
        return (low, high) in ((1, 31), (0, 7))
    return all(_is_part(part, low, high, names) for part in field.split(","))


def _is_part(part: str, low: int, high: int, names: list[str]) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return False
    # -1: neither a number nor a name
    ends = [_number(end, low, names) for end in found.group(1, 2) if end is not None]
    if not all(low <= end <= high for end in ends):
        return False
    if ends != sorted(ends) and names is not _DAYS:  # a week may be cut anywhere: fri-mon
        return False
    return found[3] is None or 0 < int(found[3]) <= high


def _number(text: str, low: int, names: list[str]) -> int:
    if text in names:
        return names.index(text) + low
    return int(text) if text.isdecimal() else -1


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_time_zone(text: Any) -> bool:
    """Say whether a text names a zone of the IANA database."""
    return isinstance(text, str) and text in _zones()


FORMATS: Final[dict[str, Callable[[Any], bool]]] = {"cron": is_cron, "time-zone": is_time_zone}
NOTES: Final = (  # formats of JSON Schema 2020-12
    *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri"),
    *("uri-reference", "iri", "iri-reference", "uri-template", "uuid", "regex"),
    *("json-pointer", "relative-json-pointer"),
)
CHECKED: Final = {name: lambda _: True for name in NOTES} | FORMATS
