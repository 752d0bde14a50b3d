"""What is made, and where it stands."""

from functools import cache
from pathlib import Path
from typing import Final

from draftwire.rest.routes import ROUTES
from generator import python, typescript

PROTOCOL: Final = Path(__file__).resolve().parents[1]
CALLED: Final = tuple(route for route in ROUTES if not route.public)


@cache
def made() -> dict[Path, str]:
    """Each file that is made, with its text."""
    in_js = typescript.files(CALLED)
    rest = PROTOCOL / "js" / "src" / "rest"
    calls = PROTOCOL / "draftwire" / "api" / "calls"
    return {
        **{calls / f"{group}.py": text for group, text in python.files(CALLED).items()},
        rest / "types.ts": in_js["types"],
        rest / "api.ts": in_js["calls"],
        rest / "routes.ts": in_js["table"],
    }
