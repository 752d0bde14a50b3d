"""What a schedule may say: cron expressions and time zones, and that JSON Schema's own formats stay notes."""

import pytest

from draftwire_server.core.kinds.formats import is_cron, is_time_zone
from draftwire_server.core.kinds.schemas import compiled


@pytest.mark.parametrize(
    "text",
    [
        "0 0 12 * * *",
        "*/15 * * * *",
        "0 30 8 ? * MON-FRI",
        "0 0 1,15 * *",
        "59 59 23 31 12 7",
        "0 0 0 1 jan *",
        "0 0/5 * * * ?",
        "0 0 0 * * FRI-MON",
    ],
)
def test_what_a_scheduler_understands_is_cron(text: str) -> None:
    assert is_cron(text)


@pytest.mark.parametrize(
    "text",
    [
        "99 99 99 * * foo", "", "* * * *", "* * * * * * *", "60 * * * * *", "0 0 24 * * *", "0 0 0 32 * *",
        "0 0 0 1 13 *", "0 0 0 * * 8", "0 0 0 0 * *", "*/0 * * * *", "a b c d e", "0 0 0 * foo *", "? * * * * *",
        "1- * * * *", "1,,2 * * * *", "0 17-9 * * *", "٣ * * * *", "* " * 5_000, 7, None,
    ],
)  # fmt: skip
def test_what_no_scheduler_understands_is_none(text: object) -> None:
    assert not is_cron(text)


def test_time_zones_are_those_of_the_iana_database() -> None:
    assert all(map(is_time_zone, ("UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires")))
    assert not any(map(is_time_zone, ("Mars/Base", "", "europe/berlin", "../etc/passwd", None)))


def test_formats_of_json_schema_are_notes_and_ours_are_checked() -> None:
    schema = {"properties": {"mail": {"format": "email"}, "at": {"format": "cron"}, "own": {"format": "colour"}}}
    validator = compiled(schema)
    assert validator.is_valid({"mail": "$var:f/a/mail", "at": "0 0 * * *", "own": "x"})
    assert not validator.is_valid({"at": "99 * * * *"})
