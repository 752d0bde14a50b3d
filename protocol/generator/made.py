"""What is made, and where it stands."""

from functools import cache
from pathlib import Path
from typing import Final

from draftwire.rest.routes import ROUTES
from generator import python, tables, typescript, wire

PROTOCOL: Final = Path(__file__).resolve().parents[1]
CALLED: Final = tuple(route for route in ROUTES if not route.public)


@cache
def made() -> dict[Path, str]:
    """Each file that is made, with its text."""
    in_js = typescript.files(CALLED)
    js = PROTOCOL / "js" / "src"
    rest = js / "rest"
    calls = PROTOCOL / "draftwire" / "api" / "calls"
    return {
        PROTOCOL.parent / "docs" / "routes.md": tables.page(ROUTES),
        **{calls / f"{group}.py": text for group, text in python.files(CALLED).items()},
        js / "wire" / "messages.ts": wire.message_types(),
        js / "wire" / "shapes.ts": wire.checks(),
        js / "wire" / "codes.ts": wire.codes(),
        rest / "types.ts": in_js["types"],
        rest / "api.ts": in_js["calls"],
        rest / "routes.ts": in_js["table"],
    }
