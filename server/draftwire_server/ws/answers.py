"""Answers to an `open`: what a reader gets who has nothing, and how one goes on who has something."""

from typing import Literal

import msgspec

from draftwire.wire import messages as m
from draftwire_server.core.edits.replica import Replica
from draftwire_server.limits.tuning import PIECE_BYTES
from draftwire_server.services.live.parts.followers import Following

Resume = Literal["ops", "state", "discarded", "rewound"]


def how_to_resume(replica: Replica, have: m.Have, stored_mark: str | None) -> Resume:
    """How a reader goes on; ``stored_mark`` is the log's mark at what it has, if the replica keeps that no more."""
    if have.generation < replica.generation:
        return "discarded"
    if have.generation > replica.generation or have.have > replica.seq:
        return "rewound"
    mark = replica.mark_at(have.have)
    if (mark or stored_mark or have.mark) != have.mark:
        return "rewound"
    return "state" if mark is None else "ops"


def opened_message(following: Following, sid: str, ref: int, seq: int) -> m.Opened:
    """No state is needed: `ops` follow from ``seq`` on."""
    live = following.live
    w = live.replica.numbers.get(sid, 0)
    return m.Opened(
        draft=live.id,
        item=live.item.id,
        generation=live.replica.generation,
        seq=seq,
        may=following.may,
        ref=ref,
        why=following.why,
        your_last_no=live.replica.last_no.get(w, 0),
        your_w=w,
        writers=tuple(live.writer_infos.values()),
        alerts=live.open_alerts(),
    )


def state_message(following: Following, sid: str, ref: int) -> tuple[m.State, tuple[bytes, ...]]:
    """The state as of the head, and the frames of its pieces if it is a large one."""
    live = following.live
    replica = live.replica
    w = replica.numbers.get(sid, 0)
    value = live.value_json()
    pieces = live.followers.pieces() if len(value) > PIECE_BYTES else ()
    message = m.State(
        draft=live.id,
        item=live.item.id,
        purpose=live.facts.purpose,
        owner=live.owner,
        generation=replica.generation,
        seq=replica.seq,
        mark=replica.mark,
        may=following.may,
        shape=live.state.wire_shape,
        base_version=live.base_version,
        head_version=live.item.head_version,
        value=None if pieces else msgspec.Raw(value),
        pieces=len(pieces),
        ref=ref,
        why=following.why,
        your_last_no=replica.last_no.get(w, 0),
        your_w=w,
        writers=tuple(live.writer_infos.values()),
        alerts=live.open_alerts(),
        stands=live.stands,
        legacy=live.legacy,
    )
    return message, pieces
