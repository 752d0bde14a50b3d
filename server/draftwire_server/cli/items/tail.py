"""`draftwire tail`: what happens to an item, as it happens: edits of every draft that one may read, who comes and goes,
conflicts, deploys. For programs a JSON object a line.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Iterable
from typing import Any, Final

import click
import msgspec

import draftwire
from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.session import events as s
from draftwire.wire import messages as m
from draftwire_server.cli.asking import options, token_or_refuse
from draftwire_server.cli.exits import EXIT_FAILED
from draftwire_server.cli.items.finding import item_id

GATHER_S: Final = 0.5  # keystrokes of one writer in this time are one line
TEXT_CHARS: Final = 60  # of what was typed
COLOURS: Final = {
    "edit": None,
    "here": "cyan",
    "left": "cyan",
    "alert": "yellow",
    "behind": "yellow",
    "deploy": "green",
}


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened: ``what`` is a word for programs, ``text`` the sentence for people."""

    what: str
    text: str
    by: str | None = None
    draft: str | None = None
    at: str | None = None
    more: Any = None


class _Typing(msgspec.Struct):
    """What one writer did in one draft since it was last told."""

    name: str
    draft: str
    began: float
    edits: int = 0
    places: dict[str, list[Any]] = {}  # address → [inserted text, deleted units]
    structural: bool = False


class Tail:
    """Turns the events of a session into lines; owns no connection and no clock."""

    def __init__(self, item: str) -> None:
        self.item = item
        self.drafts: set[str] = set()
        self._typing: dict[tuple[str, str], _Typing] = {}
        self._here: dict[str, m.PresenceEntry] = {}
        self._known: m.Item | None = None

    def hear(self, event: s.SessionEvent, presence: dict[str, m.PresenceEntry], now: float) -> list[Line]:
        """The lines that an event makes."""
        match event:
            case s.Changed():
                self._typed(event, now)
                return []
            case s.PresenceChanged() if event.item == self.item:
                return list(self._presence(presence))
            case s.ItemChanged() if event.item.item == self.item:
                return list(self._item(event.item))
            case s.AlertTold():
                alert = event.alert
                names = " and ".join(side.actor.name for side in alert.sides)
                return [
                    Line("alert", f"{alert.kind} {alert.state} at {alert.address}: {names}", None, alert.draft,
                         alert.address, msgspec.to_builtins(alert)),
                ]  # fmt: skip
            case s.BehindTold() if event.behind.base_version != event.behind.head.number:
                told = event.behind
                where = f", both changed {', '.join(o.address or '/' for o in told.overlaps)}" if told.overlaps else ""
                text = f"a draft is based on version {told.base_version}, {told.head.number} is deployed{where}"
                return [Line("behind", text, None, told.draft, None, msgspec.to_builtins(told))]
            case s.ChannelGone():
                return [Line("gone", f"{event.channel} can't be seen any more", more=event.code)]
            case _:
                return []

    def due(self, now: float) -> list[Line]:
        """What was typed and is to be told now."""
        lines: list[Line] = []
        for key, typing in list(self._typing.items()):
            if typing.began + GATHER_S <= now:
                del self._typing[key]
                lines += _edit_lines(typing)
        return lines

    def unfollowed(self, item: m.Item) -> list[m.DraftInfo]:
        """The drafts of the item that may be read and are not followed yet."""
        found = [draft for draft in item.drafts if draft.may != "no" and draft.id not in self.drafts]
        self.drafts.update(draft.id for draft in found)
        return found

    def _typed(self, event: s.Changed, now: float) -> None:
        name = event.by.actor.name if event.by else "somebody"
        key = (event.draft.id, event.by.sid if event.by else "")
        typing = self._typing.setdefault(key, _Typing(name, event.draft.id, now, places={}))
        typing.edits += 1
        typing.structural |= event.structural
        for change in event.text:
            place = typing.places.setdefault(change.at, ["", 0])
            for _, deleted, inserted in change.s:
                place[0] += inserted
                place[1] += deleted

    def _presence(self, now_here: dict[str, m.PresenceEntry]) -> Iterable[Line]:
        for sid, entry in now_here.items():
            known = self._here.get(sid)
            if known is None or known.state != entry.state:
                yield Line("here", f"{entry.actor.name} is {entry.state}", entry.actor.name, entry.draft, entry.at)
        for sid, entry in self._here.items():
            if sid not in now_here:
                yield Line("left", f"{entry.actor.name} left", entry.actor.name)
        self._here = dict(now_here)

    def _item(self, item: m.Item) -> Iterable[Line]:
        known, self._known = self._known, item
        if known is None:
            return
        before = {draft.id for draft in known.drafts}
        for draft in item.drafts:
            if draft.id not in before:  # what it holds already is in no later line
                whose = draft.owner.name if draft.owner else None
                text = f"{whose or 'somebody'} started a {'' if whose else 'shared '}draft, {draft.seq} edits so far"
                yield Line("draft", text, whose, draft.id, more=msgspec.to_builtins(draft))
        if item.path != known.path:
            yield Line("moved", f"moved from {known.path} to {item.path}", more={"path": item.path})
        if item.archived != known.archived:
            yield Line("archived" if item.archived else "unarchived", "archived" if item.archived else "back")
        head = item.head
        if head is not None and (known.head is None or head.number > known.head.number):
            by = head.by.name if head.by else "somebody"
            told = f": {head.message}" if head.message else ""
            yield Line("deploy", f"{by} deployed version {head.number}{told}", by, more=msgspec.to_builtins(head))


def _edit_lines(typing: _Typing) -> Iterable[Line]:
    for at, (inserted, deleted) in typing.places.items():
        shown = inserted if len(inserted) <= TEXT_CHARS else inserted[: TEXT_CHARS - 1] + "…"
        parts = ([f"+{json.dumps(shown, ensure_ascii=False)}"] if inserted else []) + ([f"−{deleted}"] * bool(deleted))
        more = {"inserted": inserted, "deleted": deleted, "edits": typing.edits}
        yield Line("edit", f"{typing.name} {at} {' '.join(parts)}", typing.name, typing.draft, at, more)
    if typing.structural:
        yield Line("edit", f"{typing.name} changed the structure", typing.name, typing.draft)


@click.command()
@options
@click.argument("item")
def tail(server: str, as_json: bool, item: str) -> None:
    """Follow an item live until Ctrl-C: edits, people, conflicts, deploys."""
    token = token_or_refuse()
    try:
        asyncio.run(_follow(server, token, item, as_json))
    except Problem as problem:
        click.echo(f"{problem.code}: {problem.message}", err=True)
        raise SystemExit(EXIT_FAILED) from None
    except draftwire.SignedOut as out:
        click.echo(f"The server ended the session: {out}", err=True)
        raise SystemExit(EXIT_FAILED) from None
    except KeyboardInterrupt:
        pass


async def _follow(server: str, token: str, name: str, as_json: bool) -> None:
    async with Api(server, token) as api:
        state = await api.items.get(await item_id(api, name), include=["none"])
    following, followed = Tail(state.item), False
    async with draftwire.connect(server, token, client="draftwire tail") as client:
        client.subscribe(f"item:{state.item}")
        heard = client.events()
        next_event: asyncio.Task[s.SessionEvent] = asyncio.create_task(anext(heard))  # type: ignore[arg-type]
        try:
            while True:
                await asyncio.wait([next_event], timeout=GATHER_S)
                lines: list[Line] = []
                if next_event.done():
                    event = next_event.result()
                    next_event = asyncio.create_task(anext(heard))  # type: ignore[arg-type]
                    lines += following.hear(event, client.presence.get(state.item, {}), time.monotonic())
                    if isinstance(event, s.ItemChanged):
                        if not followed:
                            followed = True
                            click.echo(f"Following {state.path or state.item}; Ctrl-C to stop.", err=True)
                        for draft in following.unfollowed(event.item):
                            with contextlib.suppress(Problem):  # it went meanwhile, or may not be read any more
                                await client.open(draft=draft.id)
                for line in lines + following.due(time.monotonic()):
                    _print(line, as_json)
        finally:
            next_event.cancel()


def _print(line: Line, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"time": time.time(), **msgspec.to_builtins(line)}, ensure_ascii=False))
    else:
        click.echo(f"{time.strftime('%H:%M:%S')}  " + click.style(line.text, fg=COLOURS.get(line.what)))
