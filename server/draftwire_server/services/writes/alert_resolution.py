"""Alerts over HTTP: listed and looked at by who may read the draft, and resolved with one side's text.

A side's text is made again from the log: the place as it would read without what the other one wrote. It comes into the
draft as ops, three-way over what has happened there since; the text that loses goes into the stash of its author. An
alert that closed by itself can be resolved still.
"""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.ops import Effect, Move, Text, TextTaken
from draftwire.errors import OpError, Problem
from draftwire.rest.alerts import AlertChoice, AlertInfo, AlertPage, AlertQuery, AlertResolved
from draftwire.rest.stash import Restored
from draftwire.text import text
from draftwire.wire.messages import Alert, AlertSide
from draftwire_server.core import cursor
from draftwire_server.core.edits.sides import leaf_without, only_between
from draftwire_server.core.ids import new_id
from draftwire_server.core.merge.resolve import placed, transplanted
from draftwire_server.limits.pages import PAGE_ITEMS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.access.paging import page_of
from draftwire_server.services.live.alerts import AlertSweep
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.loading import alert_of
from draftwire_server.services.live.opening import Opening, need_type
from draftwire_server.services.merge.choices import applied, choices_of
from draftwire_server.services.writes.attempt import Attempt
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.services.writes.stash_restore import StashRestores, Version
from draftwire_server.settings import Settings
from draftwire_server.store.items import items
from draftwire_server.store.live import alerts as alert_store
from draftwire_server.store.live import logs
from draftwire_server.store.live.alerts import AlertRow
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.writes.idempotency import Answer


class AlertPosition(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of alerts ended."""

    id: str


class _Sides(msgspec.Struct, frozen=True):
    """The place of an alert as each party had it: whole documents around it, the first side's and the second's."""

    at: str
    seq: int
    agreed: Document  # what the draft made of it
    versions: tuple[Document, Document]


class AlertResolutions:
    """See the module."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        people: People,
        alerts: AlertSweep,
        restorer: StashRestores,
    ) -> None:
        self._key = settings.resume_key.encode()
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._people = people
        self._alerts = alerts
        self._restorer = restorer

    # ---- looking

    async def listed(self, principal: Principal, query: AlertQuery) -> AlertPage:
        """A page of alerts of drafts that the asker may read. Raises `Problem` bad_cursor."""
        limit = min(query.limit, PAGE_ITEMS)
        mine = query.mine or (query.draft is None and query.item is None)
        workspace = principal.workspace.id
        plain = msgspec.structs.replace(query, cursor=None, limit=1)
        scope = msgspec.json.encode(("alerts", workspace, principal.access.user, plain))
        after = cursor.unseal(self._key, scope, query.cursor, AlertPosition) if query.cursor else None
        async with self._database.acquired() as connection:
            item = await items.id_of(connection, workspace, query.item)

        async def read(behind: AlertPosition | None, most: int) -> tuple[list[AlertRow], list[AlertRow]]:
            async with self._database.acquired() as connection:
                rows = await alert_store.list_alerts(
                    connection, workspace, draft=query.draft, item=item,
                    state=None if query.state == "all" else query.state, user=principal.access.user if mine else None,
                    after=None if behind is None else behind.id, limit=most,
                )  # fmt: skip
                return rows, await self._readable(connection, principal, rows)

        shown, next_ = await page_of(read, lambda row: AlertPosition(row.id), after, limit)
        infos = await self._infos(workspace, shown)
        return AlertPage(tuple(infos), None if next_ is None else cursor.seal(self._key, scope, next_))

    async def load(self, principal: Principal, alert: str) -> AlertInfo:
        """One alert. Raises `Problem` not_found."""
        row = await self._row(principal, alert)
        return (await self._infos(principal.workspace.id, [row]))[0]

    async def _row(self, principal: Principal, alert: str) -> alert_store.AlertRow:
        async with self._database.acquired() as connection:
            row = await alert_store.load_alert(connection, principal.workspace.id, alert)
            shown = await self._readable(connection, principal, [row] if row else [])
        if not shown:
            raise Problem("not_found")
        return shown[0]

    async def _readable(
        self, connection: Connection, principal: Principal, rows: Iterable[alert_store.AlertRow]
    ) -> list[alert_store.AlertRow]:
        rows, workspace = list(rows), principal.workspace.id
        places = {
            place.id: place.place
            for place in await items.load_places(connection, workspace, list({row.item for row in rows}))
        }
        facts = await logs.read_facts(connection, workspace, list({row.draft for row in rows}))
        return [
            row
            for row in rows
            if row.item in places
            and row.draft in facts
            and principal.may("read_draft", msgspec.structs.replace(places[row.item], draft=facts[row.draft]))
        ]

    async def _infos(self, workspace: str, rows: list[alert_store.AlertRow]) -> list[AlertInfo]:
        actors = {side["actor"] for row in rows for side in row.sides}
        actors |= {row.resolver for row in rows if row.resolver is not None}
        infos = await self._people.load(workspace, actors)
        return [
            AlertInfo(alert_of(row, infos), row.item, row.resolution, infos[row.resolver] if row.resolver else None)
            for row in rows
        ]

    # ---- resolving

    async def resolve(self, principal: Principal, alert: str, asked: AlertChoice, once: Once) -> Answer:
        """End an alert, with one side's text in its place if asked for.

        Raises:
            Problem: not_found, alert_over, merge_conflict with hunks, base_expired, no_such_place, forbidden (the
                other's refused text is theirs), what typing is refused with.
        """
        attempt = Attempt(self._database, principal, once)

        async def look() -> Answer | None:
            row = await self._row(principal, alert)
            live = await self._opening.current(principal, row.draft)
            answer = await attempt.replayed()
            if answer is not None:
                return answer
            if row.state == "resolved" or row.generation != live.replica.generation:
                raise Problem("alert_over", detail={"state": row.state})
            need_type(principal, live)
            info = (await self._infos(live.workspace, [row]))[0].alert
            found = await self._look(attempt, live, row, info, asked)
            return None if found is None else await self._end(principal, live, info, asked, found, once)

        return await attempt.run(look)

    async def _look(
        self, attempt: Attempt, live: LiveDraft, row: alert_store.AlertRow, alert: Alert, asked: AlertChoice
    ) -> Restored | None:
        """Bring the kept side in; None if the draft moved meanwhile."""
        principal = attempt.principal
        if asked.keep is None:
            return _untouched(live, alert)
        mine = _my_side(principal, alert)
        kept = mine if asked.keep == "mine" else 1 - mine
        choices = choices_of(asked, "incoming")
        stash: list[dict[str, Any]] = []
        if alert.kind == "overlap":
            sides = await self._sides(live, row, alert)
            version = Version(sides.agreed.value, sides.versions[kept].value)
            loser = alert.sides[1 - kept]
            stash.append(_lost_row(live, alert, loser, sides, kept))
        elif kept == 1 or alert.stash is None:  # of a refused save and of what lost its place: the draft stays
            return _untouched(live, alert)
        else:
            if alert.sides[0].actor.user != principal.access.user:
                raise Problem(
                    "forbidden", "Only the author of the refused text can use it.", detail={"missing": "author"}
                )
            version = await self._restorer.version_of(await self._restorer.row(principal, alert.stash), live)
        cause = f"alert:{alert.id}"
        answer = await self._restorer.bring(attempt, live, version, choices, Once(), cause=cause, stash=stash)
        if answer is None:
            return None
        restored = msgspec.json.decode(answer.body, type=Restored)
        if stash and not restored.changed:  # no commit carried it
            await self._keep(live, stash[0])
        return restored

    async def _keep(self, live: LiveDraft, row: dict[str, Any]) -> None:
        async with self._database.acquired() as connection:
            await alert_store.add_stash(
                connection, live.workspace, user=row["user_id"], actor=row["actor_id"], item=row["item_id"],
                draft=row["draft_id"], generation=row["generation"], base_seq=row["base_seq"], reason=row["reason"],
                sid=row["sid"], texts=row["texts"],
            )  # fmt: skip

    async def _end(
        self, principal: Principal, live: LiveDraft, alert: Alert, asked: AlertChoice, found: Restored, once: Once
    ) -> Answer:
        resolution: Literal["mine", "theirs", "hunks", "dealt_with"] = asked.keep or "dealt_with"
        if asked.resolutions:
            resolution = "hunks"
        await self._alerts.end(live, alert.id, "resolved", resolution=resolution, resolver=principal.info.id)
        resolved = AlertResolved(
            alert.id, live.id, found.etag, found.changed, found.value, stash=found.stash
        )  # fmt: skip
        answer = once.answer(resolved, resolved.etag)
        async with self._database.transaction() as connection:
            await once.keep(connection, principal, answer)
        return answer

    # ---- what each side had

    async def _sides(self, live: LiveDraft, row: alert_store.AlertRow, alert: Alert) -> _Sides:
        """Make again what each party had at the place of an overlap. Raises `Problem` base_expired, no_such_place."""
        history, seq, at = self._drafts.history, alert.seq, alert.address
        after = await history.document_at(live, seq)
        before = await history.document_at(live, seq - 1)
        leaf, earlier = after.get(at), before.get(at)
        present = live.replica.document
        try:
            if alert.line_from is None or not isinstance(leaf, str) or not isinstance(earlier, str):
                agreed = transplanted(present, after, at)
                return _Sides(at, seq, agreed, (agreed, _as_it_stood(present, before, after, at)))
            texts = (await self._first_sides_text(live, row, alert, leaf), earlier)
            agreed = placed(present, at, leaf)
            first, second = (placed(present, at, only_between(leaf, had, alert.start, alert.end)) for had in texts)
            return _Sides(at, seq, agreed, (first, second))
        except OpError as error:
            raise Problem(
                error.code, "The place that the alert is about no longer exists.", detail={"at": at}
            ) from error

    async def _first_sides_text(self, live: LiveDraft, row: alert_store.AlertRow, alert: Alert, leaf: str) -> str:
        """The leaf as who raised the alert had it: without what they had not seen of the other."""
        history, at = self._drafts.history, alert.address
        async with self._database.acquired() as connection:
            try:
                (batch,) = await logs.read_range(
                    connection, live.workspace, live.id, live.replica.generation, alert.seq - 1, alert.seq
                )
            except logs.BrokenLog as error:
                raise Problem("base_expired") from error
        other = live.replica.numbers.get(alert.sides[1].sid, 0)
        base, sent = row.region.get("base"), row.region.get("sent")
        if base is None or not sent:
            entries = await history.entries_after(live, batch.seen, alert.seq)
            return leaf_without(at, leaf, [(entry.w, entry.effects) for entry in entries], other)
        typed_in = (await history.document_at(live, base)).get(at)
        if not isinstance(typed_in, str):
            return leaf
        splices = tuple((position, delete, insert) for position, delete, insert in sent)
        had, taken = text.apply(typed_in, splices)
        entries = await history.entries_after(live, batch.seen, base)
        own = (batch.w, (Effect(Text(at, splices), TextTaken(taken)),))
        return leaf_without(at, had, [*((entry.w, entry.effects) for entry in entries), own], other)


def _as_it_stood(present: Document, before: Document, after: Document, at: str) -> Document:
    """The present with the place as it was before; an element that only moved, moved back."""
    element, tokens = addresses.parse(at)
    was, now = before.home(element), after.home(element)
    if not tokens and was is not None and now is not None and was[0] != now[0] and present.has(element):
        return applied(present, (Move(element, *was),))
    return transplanted(present, before, at)


def _my_side(principal: Principal, alert: Alert) -> int:
    """Which side is the asker's: by actor, else by user; for who is no party the first one."""
    sides = alert.sides
    for i, side in enumerate(sides):
        if side.actor.id == principal.info.id:
            return i
    for i, side in enumerate(sides):
        if side.actor.user == principal.access.user:
            return i
    return 0


def _lost_row(live: LiveDraft, alert: Alert, loser: AlertSide, sides: _Sides, kept: int) -> dict[str, Any]:
    """What the side that loses had, for its author's stash; written on what now stands there."""
    return {
        "workspace_id": live.workspace, "id": new_id(), "user_id": loser.actor.user, "actor_id": loser.actor.id,
        "item_id": live.item.id, "draft_id": live.id, "generation": live.replica.generation, "base_seq": sides.seq,
        "reason": "resolved", "sid": loser.sid,
        "texts": [
            {"at": sides.at, "mine": sides.versions[1 - kept].get(sides.at), "base": sides.versions[kept].get(sides.at)}
        ],
    }  # fmt: skip


def _untouched(live: LiveDraft, alert: Alert) -> Restored:
    head = head_of(live)
    return Restored(
        entry=alert.id, draft=live.id, item=live.item.id, etag=str(head), generation=head.generation, seq=head.seq,
        changed=False, value=live.replica.document.value,
    )  # fmt: skip
