"""The written wire specification names every message, member and code that there is; its tables are made from them."""

import re
from pathlib import Path
from typing import get_args

import msgspec

from draftwire.errors import CODES, CloseCode, may_reconnect
from draftwire.wire import messages

PAGE = Path(__file__).parents[2] / "protocol" / "README.md"
MEANINGS = {
    "GOING_AWAY": "the page was left",
    "MESSAGE_TOO_BIG": "a message was larger than the library allows",
    "SERVICE_RESTART": "the server restarts",
    "DRAINING": "the worker stops; `bye` said when to reconnect",
    "SILENT": "no message for 18 s",
    "SLOW": "the client read too slowly for too long",
    "OVERLOADED": "the server could not serve the session now",
    "TOKEN_EXPIRED": "the token expired and was not renewed: send a new one",
    "BAD_FRAME": "an unreadable frame, or no sub-protocol",
    "NO_AUTH": "no valid token in time",
    "FORBIDDEN": "signed out, or no longer allowed to connect",
    "ORIGIN": "pages from this origin are not allowed to connect",
    "TOO_LARGE": "a frame above the limit",
    "REPLACED": "a newer connection of the same session took over",
    "TOO_MUCH": "repeatedly over a limit",
}


def tables() -> tuple[str, str]:
    closes = ["| code | reconnect | |", "|---|---|---|"]
    for name, code in vars(CloseCode).items():
        if isinstance(code, int):
            closes.append(f"| {code} | {'yes' if may_reconnect(code) else 'no'} | {MEANINGS[name]} |")
    errors = ["| code | status | retry | |", "|---|---|---|---|"]
    errors += [f"| `{c.code}` | {c.status} | {'yes' if c.retry else ''} | {c.title} |" for c in CODES.values()]
    return "\n".join(closes), "\n".join(errors)


def page_with_tables(text: str) -> str:
    closes, errors = tables()
    text = re.sub(r"(<!-- close codes -->\n).*?(?=## Error)", lambda m: f"{m[1]}\n{closes}\n\n", text, flags=re.S)
    return re.sub(r"(<!-- error codes -->\n)(?:\n\|.*)?\Z", lambda m: f"{m[1]}\n{errors}\n", text, flags=re.S)


def test_the_tables_of_codes_are_those_of_the_code() -> None:
    """To bring the page up to date: `python -m tests.protocol.test_wire_page`."""
    text = PAGE.read_text(encoding="utf-8")
    assert text == page_with_tables(text)
    for table in tables():
        assert table in text


def test_every_message_stands_on_the_page_with_all_its_members() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for union in (messages.ClientMessage, messages.ServerMessage):
        for struct in get_args(union):
            tag = struct.__struct_config__.tag
            row = next((line for line in text.splitlines() if line.startswith(f"| `{tag}` |")), None)
            assert row is not None, f"{tag} is not on the page"
            for field in msgspec.structs.fields(struct):
                assert re.search(rf"\b{field.encode_name}\b", row), f"{tag}: {field.encode_name} is not told"


def test_what_stands_in_messages_is_told_with_all_its_members() -> None:
    text = PAGE.read_text(encoding="utf-8")
    structs = (messages.Alert, messages.AlertSide, messages.PresenceEntry, messages.ActorInfo, messages.WriterInfo,
               messages.EventInfo, messages.ParkedText, messages.Have, messages.AskInfo)  # fmt: skip
    for struct in structs:
        for field in msgspec.structs.fields(struct):
            assert re.search(rf"\b{field.encode_name}\b", text), f"{struct.__name__}: {field.encode_name} is not told"


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
