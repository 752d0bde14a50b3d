"""Looks at the invariants of live drafts and of connections after each of their steps; for tests alone."""

import functools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.commit_state import CommitState
from draftwire_server.services.live.parts.edit_queue import EditQueue
from draftwire_server.services.live.parts.followers import Followers
from draftwire_server.services.presence.connections import Connections

# After these the draft is as anybody else may find it. In between, as while the replica has grown and its readers
# are not owed that yet, nothing is awaited.
STEPS: dict[type, tuple[str, ...]] = {
    LiveDraft: ("begun", "begin_anew", "reset"),
    EditQueue: ("add", "put_back", "take_heavy", "take_all", "take_due"),
    Followers: ("add", "discard", "serve", "again", "_flush"),
    Connections: ("add", "claim", "known", "lost"),
    CommitState: ("begin", "commit", "lose", "lose_track", "settle", "won", "hear"),
}


class Steps:
    """What was seen: how often each step was taken, and what did not hold after one."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.faults: list[str] = []


@contextmanager
def checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    """Check every draft and registry of this process after each of its steps, within a block."""
    steps = Steps()
    owners: dict[int, LiveDraft] = {}  # the draft of each part, by the part's id
    made = LiveDraft.__init__

    def make(self: LiveDraft, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        owners.update({id(part): self for part in (self, self.queue, self.followers, self.commits)})

    def wrapped(kind: type, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def run(self: Any, *given: Any, **named: Any) -> Any:
            outcome = step(self, *given, **named)
            checks = self if kind is Connections else owners.get(id(self))
            if checks is not None and (kind is Connections or hasattr(checks.state, "replica")):
                took = f"{kind.__name__}.{name}"
                steps.taken[took] += 1
                try:
                    checks.check()
                except AssertionError as fault:  # a server would only log it
                    steps.faults.append(f"after {took}: {fault}")
                    raise
            return outcome

        return run

    with monkeypatch.context() as patch:
        patch.setattr(LiveDraft, "__init__", make)
        for kind, names in STEPS.items():
            for name in names:
                patch.setattr(kind, name, wrapped(kind, name, getattr(kind, name)))
        yield steps
