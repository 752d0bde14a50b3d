"""The kinds that come with Draftwire, and the reading of an operator's own: one JSON file each.

A file of the operator's directory wins over ours of the same name. `draftwire_server.core.kinds.kinds` says what is
in one.
"""

from importlib.resources import files
from pathlib import Path

from draftwire_server.core.kinds.kind_file import KindError, load_kind
from draftwire_server.core.kinds.kinds import Kind, Kinds


def load_kinds(directory: Path | None = None) -> Kinds:
    """Read all kinds.

    Raises:
        KindError: with the problems of all files.
    """
    found: dict[str, Kind] = {}
    problems: list[str] = []
    sources = list(files("draftwire_server.kinds").iterdir())
    sources += sorted(directory.iterdir()) if directory is not None else []
    for source in sources:
        if not source.name.endswith(".json"):
            continue
        try:
            kind = load_kind(source.read_bytes(), source.name)
        except KindError as error:
            problems += [f"{source.name}: {problem}" for problem in error.problems]
            continue
        if source.name != f"{kind.name}.json":
            problems.append(f"{source.name} holds kind {kind.name}: name the file {kind.name}.json")
        found[kind.name] = kind
    if problems:
        raise KindError("files", problems)
    return Kinds(found.values())
