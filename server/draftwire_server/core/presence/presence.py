"""Who is at an item: a pure merge of what each worker says of its own sessions.

A session may be known through two workers for a moment (it reconnected): the higher attempt stands for it, so a quick
reconnect is no leave. What a worker says counts while its lease lasts; `Leases` judges that by a counter that must go
on, on the reader's own monotonic clock, never by comparing clocks of two machines.
"""

from collections.abc import Iterable

import msgspec

from draftwire.errors import Problem
from draftwire.wire.messages import Lines, PresenceEntry
from draftwire_server.core.access.access import DraftFacts


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """One session as its worker tells of it: the entry for readers, and what decides who may see its caret."""

    entry: PresenceEntry
    item: str
    attempt: int
    facts: DraftFacts | None = None  # of the draft that the caret is in


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker announces about one item."""

    worker: str
    here: tuple[Mark, ...] = ()
    gone: tuple[str, ...] = ()  # sids


class Roster:
    """The sessions at one item, by worker and sid."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[str, Mark]] = {}  # sid → worker → mark
        self._changed: dict[str, Mark | None] = {}  # sid → as last told to readers

    def __len__(self) -> int:
        return len(self._marks)

    def view(self) -> list[Mark]:
        """One mark per session."""
        return [self._best(sid) for sid in self._marks]

    def workers(self) -> set[str]:
        """The workers that tell of anybody here."""
        return {worker for marks in self._marks.values() for worker in marks}

    def hear(self, notice: Notice) -> None:
        """Take in a worker's notice."""
        for mark in notice.here:
            self._note(mark.entry.sid)
            self._marks.setdefault(mark.entry.sid, {})[notice.worker] = mark
        for sid in notice.gone:
            self._drop(sid, notice.worker)

    def drop_worker(self, worker: str) -> bool:
        """A worker is dead: forget what it said. True if that changed anything."""
        sids = [sid for sid, marks in self._marks.items() if worker in marks]
        for sid in sids:
            self._drop(sid, worker)
        return bool(sids)

    def replace_worker(self, worker: str, marks: Iterable[Mark]) -> None:
        """Take ``marks`` for all that a worker says of this item."""
        fresh = {mark.entry.sid for mark in marks}
        stale = [sid for sid, known in self._marks.items() if worker in known and sid not in fresh]
        self.hear(Notice(worker, tuple(marks), tuple(stale)))

    def changes(self) -> tuple[list[Mark], list[str]]:
        """What is new since the last call: marks that came or changed, sids that went."""
        here: list[Mark] = []
        gone: list[str] = []
        for sid, before in self._changed.items():
            now = self._best(sid) if sid in self._marks else None
            if now is None:
                if before is not None:
                    gone.append(sid)
            elif before is None or before.entry != now.entry or before.facts != now.facts:
                here.append(now)
        self._changed.clear()
        return here, gone

    @property
    def changed(self) -> bool:
        """Whether `changes` has anything to look at."""
        return bool(self._changed)

    def _best(self, sid: str) -> Mark:
        return max(self._marks[sid].values(), key=lambda mark: mark.attempt)

    def _note(self, sid: str) -> None:
        if sid not in self._changed:
            self._changed[sid] = self._best(sid) if sid in self._marks else None

    def _drop(self, sid: str, worker: str) -> None:
        marks = self._marks.get(sid)
        if marks and worker in marks:
            self._note(sid)
            del marks[worker]
            if not marks:
                del self._marks[sid]


class Leases:
    """Which workers are alive, judged by counters that go on."""

    def __init__(self, lease_s: float) -> None:
        self._lease_s = lease_s
        self._seen: dict[str, tuple[int, float]] = {}  # worker → counter, when it last went on

    def hear(self, worker: str, counter: int | None, now: float) -> None:
        """A worker's counter as Redis has it now; None if there is none."""
        before = self._seen.get(worker)
        if before is None or (counter is not None and counter != before[0]):
            self._seen[worker] = (counter if counter is not None else -1, now)

    def forgive(self, now: float) -> None:
        """Redis lost its memory or was away: nobody is gone for one lease."""
        self._seen = {worker: (counter, now) for worker, (counter, _) in self._seen.items()}

    def dead(self, now: float) -> list[str]:
        """The workers whose lease is over; they are forgotten with this call."""
        over = [worker for worker, (_, at) in self._seen.items() if now - at > self._lease_s]
        for worker in over:
            del self._seen[worker]
        return over


def without_caret(entry: PresenceEntry) -> PresenceEntry:
    """An entry as somebody sees it who may not read the draft, and so not what is done in it either."""
    return PresenceEntry(
        sid=entry.sid,
        actor=entry.actor,
        state=entry.state,
        since=entry.since,
        run=entry.run,
        label=entry.label,
        model=entry.model,
    )


def check_doing(doing: str | None, lines: Lines | None) -> None:
    """Refuse what can't be shown on a line beside a name. Raises `Problem` bad_message."""
    if doing is not None and not doing.isprintable():
        raise Problem("bad_message", "doing must be one line of printable characters.")
    if lines is not None and lines[0] > lines[1]:
        raise Problem("bad_message", "lines must be the first and the last line.")
