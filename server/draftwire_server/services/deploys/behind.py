"""What a deploy means for the drafts of its item: who is behind which head, and where both changed the same.

Found at every look of the watch, which events make at once, on every worker. A draft that nobody has begun shows the
new value; one that equals its version's value follows by itself, also if nobody has it open (`Jobs`); the followers
of all others are told, once for each head, and once more when it is over, and their owners everywhere (`Owners`).
Behind is a state, not a row: ops-and-sync.md §5.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import msgspec

from draftwire.document.document import Document
from draftwire.errors import OpError, Problem
from draftwire.wire import messages as m
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import ALLOCATE, EXACT, Author
from draftwire_server.core.edits.whole import same_content
from draftwire_server.core.frames import text_frame
from draftwire_server.core.ids import ActorId, public_session_id
from draftwire_server.core.merge.regions import overlaps_of
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.deploys.versions import head_info
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.lanes import Lanes
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.edit_queue import QueuedEdit, RowsBeside
from draftwire_server.services.live.parts.followers import Following
from draftwire_server.services.merge.choices import Choices, MergeChoices
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.writes.attempt import own_session
from draftwire_server.store.deploys import versions
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

FOLLOW_S: Final = 20.0  # for the commit of a draft that follows; later it is tried again
STANDING: Final = Choices("standing")

_encode = msgspec.json.Encoder().encode


def rebase_cause(base: int, version: int) -> str:
    """The cause of a batch that brought a draft from one version onto another."""
    return f"version:{base}..{version}"


class Behind:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        lanes: Lanes,
        comparing: ComparedValues,
        choosing: MergeChoices,
        people: People,
        spawn: Callable[..., Any],
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._lanes = lanes
        self._comparing = comparing
        self._choosing = choosing
        self._people = people
        self._spawn = spawn
        self._busy: set[LiveDraft] = set()

    async def look(self) -> None:
        """Compare everything that is loaded with the heads of its items. Raises `Problem` unavailable."""
        loaded = {(live.workspace, live.id): live for live in self._drafts}
        if loaded:
            await self._compare(loaded)

    async def look_at(self, live: LiveDraft) -> None:
        """The same for one draft, so that an answer tells of the head as it is now. Raises `Problem` unavailable."""
        await self._compare({(live.workspace, live.id): live})
        if not live.stands and live.origin_version < live.item.head_version:
            await self._begin_anew(live)

    async def follow(self, live: LiveDraft) -> bool:
        """Bring a draft onto the head if it has no changes, open or not; False if it stays. Raises `Problem`."""
        await self._refresh(live)
        if live not in self._busy and live.stands and live.base_version < live.item.head_version:
            self._busy.add(live)
            try:
                return await self._follow(live)
            finally:
                self._busy.discard(live)
        return False

    async def differs(self, live: LiveDraft) -> bool:
        """Whether a draft that is behind holds anything of its own. Raises `Problem`."""
        await self._refresh(live)
        if not live.stands or live.base_version >= live.item.head_version:
            return False
        before = await self._comparing.version_value(live.workspace, live.item.id, live.base_version)
        return not same_content(live.kind, live.replica.document.value, before)

    async def _refresh(self, live: LiveDraft) -> None:
        await self._drafts.up_to_date(live)
        await self._compare({(live.workspace, live.id): live})

    async def _compare(self, loaded: dict[tuple[str, str], LiveDraft]) -> None:
        followed = [(live.workspace, live.id, live.item.id) for live in loaded.values()]
        async with self._database.acquired() as connection:
            found = await versions.read_standings(connection, followed)
        for standing in found:
            live = loaded[standing.workspace, standing.draft]
            if live.followers.behind_told is None:
                self._told_by_state(live)
            if standing.head != live.item.head_version:
                live.state.take_item(head_version=standing.head, base_hash=standing.head_hash)
            if live.stands and standing.base is not None and standing.kept is not None and not live.commits.under_way:
                live.state.moved_onto(standing.base, standing.kept)
            if not live.followers:
                self._told_by_state(live)
            if self._is_news(live) and live not in self._busy:
                self._busy.add(live)
                self._spawn(self._settle(live))

    @staticmethod
    def _told_by_state(live: LiveDraft) -> None:
        """A `state` says where a draft stands that is not behind; a deploy of it moves base and head at once."""
        if live.base_version == live.item.head_version:
            live.followers.told_standing(live.followers.standing())

    @staticmethod
    def _is_news(live: LiveDraft) -> bool:
        if not live.stands:
            return live.origin_version < live.item.head_version
        return bool(live.followers) and live.followers.behind_told != live.followers.standing()

    async def _settle(self, live: LiveDraft) -> None:
        try:
            if not live.stands:
                await self._begin_anew(live)
            elif live.base_version >= live.item.head_version or not await self._follow(live):
                await self._tell(live)
        finally:
            self._busy.discard(live)

    async def _begin_anew(self, live: LiveDraft) -> None:
        async with self._database.acquired() as connection:
            item = await items.load_item(connection, live.workspace, live.item.id)
        if item is not None:
            await self._drafts.begin_anew(live, item)

    # ---- telling

    async def greet(self, following: Following) -> None:
        """Somebody opened a draft that is behind: it follows if it is clean, else they are told."""
        live = following.live
        if live.kept_version == live.item.head_version or await self._follow(live):
            return
        await self._refresh(live)  # another worker may have brought it onto the head
        if live.base_version >= live.item.head_version:
            return
        if (
            live.followers.behind_told != live.followers.standing()
        ):  # nobody was told yet, and all must hear when it is over
            await self._tell(live)
            return
        message = await self.message_of(live)
        if message is not None and following.allowed and following in live.followers:
            following.reader.write(text_frame(_encode(message)), live.followers.channel)

    async def _tell(self, live: LiveDraft) -> None:
        standing = live.followers.standing()
        if live.followers.behind_told is None and live.base_version == live.item.head_version:
            live.followers.told_standing(standing)
            return
        message = await self.message_of(live)
        if message is not None and live.followers.standing() == standing:  # else the next look tells
            live.followers.told_standing(standing)
            live.followers.tell(text_frame(_encode(message)))

    async def message_of(self, live: LiveDraft) -> m.Behind | None:
        """Where a draft stands, with the places that both sides changed. Raises `Problem`."""
        number, base = live.item.head_version, live.base_version
        async with self._database.acquired() as connection:
            head = await versions.find_version(connection, live.workspace, live.item.id, number)
        if head is None:
            return None
        info = await head_info(self._people, live.workspace, head)
        overlaps: tuple[m.Overlap, ...] = ()
        if base < number:
            before = await self._comparing.version_value(live.workspace, live.item.id, base)
            value = await self._comparing.version_value(live.workspace, live.item.id, number)
            document = live.replica.document
            try:
                outcome = await self._choosing.bring(live.workspace, live.kind, before, value, document, STANDING)
                overlaps = overlaps_of(document, outcome.ops, outcome.hunks)
            except (Problem, OpError) as error:
                log.info("draft %s: no overlaps with version %d: %s", live.id, number, error)
                overlaps = (m.Overlap(""),)
        kept = live.kept_version == number and base != number
        return m.Behind(live.id, base, info, overlaps, kept, live.item.id)

    # ---- following

    async def _follow(self, live: LiveDraft) -> bool:
        """Bring a clean draft onto the head; False if it has changes of its own, or moved meanwhile."""
        base, number = live.base_version, live.item.head_version
        if live.queue or live.commits.under_way or live.item.archived or live.item.deleted:
            return False
        before = await self._comparing.version_value(live.workspace, live.item.id, base)
        document = live.replica.document
        if not same_content(live.kind, document.value, before):
            return False
        async with self._database.acquired() as connection:
            head = await versions.find_version(connection, live.workspace, live.item.id, number)
        if head is None:
            return False
        value = await self._comparing.version_value(live.workspace, live.item.id, number)
        try:
            Document.load(value, live.kind.document_shape)
            ops = await self._choosing.difference(live.workspace, live.kind, value, document)
        except (Problem, OpError):
            return False
        if live.replica.document is not document or live.base_version != base:
            return False
        if not ops:
            generation = live.replica.generation
            async with self._database.transaction() as connection:
                await versions.set_base(connection, live.workspace, live.id, generation, number)
            live.state.moved_onto(number)
            return True
        infos = await self._people.load(live.workspace, {head.deployer})
        generation, seq = live.replica.generation, live.replica.seq + 1
        if not await self._commit(live, infos[head.deployer], ops, base, number):
            return False
        async with self._database.acquired() as connection:
            await versions.note_clean(connection, live.workspace, live.id, generation, seq)
        return True

    async def _commit(self, live: LiveDraft, by: m.ActorInfo, ops: Any, base: int, number: int) -> bool:
        """Write ops that are the deployer's doing, whatever they may do in the draft."""
        async with self._database.acquired() as connection:
            principal = Principal.of_server(live.workspace, by, await clock.read_acl_rev(connection, live.workspace))
        session = own_session()
        sid = public_session_id(ActorId(by.id), session)
        replica = live.replica
        edit = Edit(
            draft=live.id, generation=replica.generation, base=replica.seq, mark=replica.mark, seen=replica.seq,
            no=ALLOCATE, key=session, ops=ops, kind="rebase", cause=rebase_cause(base, number),
        )  # fmt: skip
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(outcome: bool) -> None:
            if not done.done():
                done.set_result(outcome)

        submission = QueuedEdit(
            edit, Author(by.id, by.user, session, sid), principal, lambda _: "type", lambda *_: settle(True),
            lambda _: settle(False), rule=EXACT, extras=lambda *_: RowsBeside(base_version=number),
        )  # fmt: skip
        self._lanes.submit(live, submission)
        try:
            async with asyncio.timeout(FOLLOW_S):
                return await done
        except TimeoutError:
            return False
