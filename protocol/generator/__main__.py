"""Write all that is made: `python -m generator`."""

import sys
from types import ModuleType


class _Api:
    """Stands for the client while its calls are made: they may name structs that are no more."""


if __name__ == "__main__":
    stub = ModuleType("draftwire.api")
    stub.Api = _Api  # type: ignore[attr-defined]
    sys.modules[stub.__name__] = stub

    from generator.made import made

    for path, text in made().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
