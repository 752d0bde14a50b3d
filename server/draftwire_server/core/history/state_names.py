"""What may be the name of a state: something that people say, and that can't be taken for an etag or a number. Pure."""

import unicodedata
from typing import Final

from draftwire.errors import Problem
from draftwire_server.core.etag import parse_etag

STATE_NAME_CHARS: Final = 100
"""A title, not a note; it stands in a list and in an address."""

RESERVED: Final = frozenset((".", "..", "looked", "head"))  # parts of addresses, and words of ``since`` and ``at``


def check_state_name(name: str) -> str:
    """Give a name as it is kept: NFC, without white space around it. Raises `Problem` bad_name."""
    if len(name) > 4 * STATE_NAME_CHARS:
        raise Problem("bad_name", f"A state's name can have at most {STATE_NAME_CHARS} characters.")
    name = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= STATE_NAME_CHARS:
        raise Problem("bad_name", f"A state's name must have 1 to {STATE_NAME_CHARS} characters.")
    if any(unicodedata.category(char)[0] == "C" for char in name):
        raise Problem("bad_name", "A state's name can't contain control characters.")
    if name.isdecimal() or name.lower() in RESERVED or parse_etag(name) is not None:
        raise Problem("bad_name", "A state's name can't be a number, an etag or a word of the API.")
    return name
