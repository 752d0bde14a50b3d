"""The list of the types of events: it is what the server writes, and what the page tells of."""

import re
from collections.abc import Iterator
from pathlib import Path

from draftwire.wire.event_types import EVENT_TYPES

ROOT = Path(__file__).resolve().parents[2]
NOUNS = {name.partition(".")[0] for name in EVENT_TYPES}
LIKE_ONE = re.compile(rf"""["']((?:{"|".join(sorted(NOUNS))})\.[a-z_]+)["']""")
OTHERS = {"item.json", "webhook.test"}  # a file's name; a message that is no event


def named_on_the_page() -> Iterator[str]:
    table = (ROOT / "docs/events.md").read_text().split("## Types")[1].split("Edits are no events")[0]
    for row in re.findall(r"^\| (`.*?) \|", table, re.M):
        names = re.findall(r"`([a-z_.]+)`", row)
        for name in names:
            yield names[0].partition(".")[0] + name if name.startswith(".") else name


def test_the_page_names_every_type_once() -> None:
    assert sorted(named_on_the_page()) == sorted(EVENT_TYPES)


def test_what_looks_like_a_type_in_the_server_is_one() -> None:
    found: set[str] = set()
    for path in (ROOT / "server/draftwire_server").rglob("*.py"):
        if "dev" in path.parts:
            continue
        found |= {match[1] for match in LIKE_ONE.finditer(path.read_text())}
    assert found - OTHERS <= set(EVENT_TYPES)
