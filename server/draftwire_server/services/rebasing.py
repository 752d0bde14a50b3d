"""Bringing a draft onto another version, or back to a state."""

from collections.abc import Iterable

from draftwire_server.core.replica import Entry


def rebase_cause(base: int, version: int) -> str:
    """The cause of a batch that brought a draft from one version onto another."""
    return f"version:{base}..{version}"


def rebased_from(entries: Iterable[Entry]) -> int | None:
    """The version on which a draft stood before the first rebase among these batches; None if there is none."""
    for entry in entries:
        if entry.kind == "rebase" and entry.cause is not None:
            before = entry.cause.removeprefix("version:").partition("..")[0]
            if before.isdecimal():
                return int(before)
    return None
