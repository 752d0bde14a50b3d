"""Bringing one text into another, with choices for what can't go together.

Nothing is guessed: what both sides changed differently is a hunk, and while one of them has no choice the outcome is
not complete. The words of the wire (mine, theirs) are mapped here to incoming and standing.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from draftwire.document.batch import replay
from draftwire.document.document import Document
from draftwire.document.ops import Insert, Move, Op
from draftwire.errors import OpError, Problem
from draftwire.merge.merge import Conflict
from draftwire.rest import merging as rest
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.core.merge.resolve import Choice, Hunk, Side, hunks_of, settle
from draftwire_server.limits.pages import RESOLUTIONS
from draftwire_server.services.live.alerts import shortened
from draftwire_server.services.merge.merge import Merges
from draftwire_server.services.worker.children import TooSlow

OTHER: Final[Mapping[Side, Side]] = {"incoming": "standing", "standing": "incoming"}


class Choices(msgspec.Struct, frozen=True):
    """What was chosen, by hunk, and for the rest."""

    mine: Side  # which side the asker calls mine
    by_hunk: dict[str, Choice] = {}
    rest: Side | None = None

    def of(self, hunk: Hunk) -> Choice | None:
        """The choice for one hunk."""
        return self.by_hunk.get(hunk.id) or (Choice(self.rest) if self.rest is not None else None)


class MergeOutcome(msgspec.Struct, frozen=True):
    """``ops`` bring incoming into standing, choices included; ``open`` are hunks that nobody chose for."""

    ops: tuple[Op, ...]
    document: Document
    hunks: tuple[Hunk, ...]
    open: tuple[Hunk, ...]


def choices_of(asked: rest.Resolved, mine: Side) -> Choices:
    """Read what a request chose. Raises `Problem` too_large."""
    if len(asked.resolutions) > RESOLUTIONS:
        raise Problem("too_large", f"Choose at most {RESOLUTIONS} hunks one by one. Use rest for the others.")

    def side(name: Literal["mine", "theirs"]) -> Side:
        return mine if name == "mine" else OTHER[mine]

    return Choices(
        mine,
        {
            name: Choice(None, chosen.value) if isinstance(chosen, rest.OwnText) else Choice(side(chosen))
            for name, chosen in asked.resolutions.items()
        },
        side(asked.rest) if asked.rest is not None else None,
    )


def hunks_on_wire(hunks: tuple[Hunk, ...], mine: Side) -> tuple[rest.Hunk, ...]:
    """Hunks in the asker's words."""
    return tuple(
        rest.Hunk(
            h.id, h.address, h.kind, h.base, h.incoming if mine == "incoming" else h.standing,
            h.standing if mine == "incoming" else h.incoming, h.start, h.end,
        )
        for h in hunks
    )  # fmt: skip


class MergeChoices:
    """See the module."""

    def __init__(self, merging: Merges) -> None:
        self._merging = merging

    async def bring(
        self,
        workspace: str,
        kind: Kind,
        base: dict[str, Any],
        incoming: dict[str, Any],
        standing: Document,
        choices: Choices,
    ) -> MergeOutcome:
        """Bring into standing what incoming changed since base. Raises `Problem` where a choice can't stand."""
        try:
            merged = await self._merging.merge(workspace, kind, base, incoming, standing.value)
            ops, conflicts = merged.ops, merged.conflicts
        except TooSlow:
            ops, conflicts = (), (Conflict("", "value", None, None, None),)
        document = applied(standing, ops)
        hunks = hunks_of(c for c in conflicts if not _computed(kind, document, c.address))
        chosen = {hunk.id: choice for hunk in hunks if (choice := choices.of(hunk)) is not None}
        left = tuple(hunk for hunk in hunks if hunk.id not in chosen)
        if not left and any(choice.side != "standing" for choice in chosen.values()):
            try:
                settled = settle(document, Document.load(incoming, standing.shape), hunks, chosen)
            except OpError as error:
                raise error.problem(at=error.detail) from error
            return MergeOutcome(await self.difference(workspace, kind, settled.value, standing), settled, hunks, left)
        return MergeOutcome(ops, document, hunks, left)

    async def difference(
        self, workspace: str, kind: Kind, wanted: dict[str, Any], standing: Document
    ) -> tuple[Op, ...]:
        """Ops that make ``wanted`` of ``standing``. Raises `Problem` busy if that takes too long."""
        try:
            return (await self._merging.diff(workspace, kind, wanted, standing)).ops
        except TooSlow as error:
            raise Problem("busy", "Comparing the documents takes too long. Try again.") from error


def applied(document: Document, ops: tuple[Op, ...]) -> Document:
    """The document after ops that were made for it."""
    return replay(document, [(0, ops)])


def taken_away(standing: Document, ops: tuple[Op, ...]) -> list[dict[str, Any]]:
    """What stands where ops will change, leaf by leaf, as the stash keeps it."""
    texts = []
    for at in dict.fromkeys(op.at for op in ops if not isinstance(op, Insert | Move)):
        was = standing.get(at)
        if was is not None:
            texts.append({"at": at, "mine": was})
    return texts


def lost_on_wire(standing: Document, ops: tuple[Op, ...]) -> tuple[rest.Lost, ...]:
    """The same for people who are asked before: shortened."""
    return tuple(rest.Lost(text["at"], shortened(text["mine"])) for text in taken_away(standing, ops))


def _computed(kind: Kind, document: Document, address: str) -> bool:
    path = document.path(address)
    return path is not None and kind.computed_shape.is_text(path)
