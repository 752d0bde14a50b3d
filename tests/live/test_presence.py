"""Who is there: seen by everybody, on every worker, without ghosts and without false leaves.

Edge cases 41, 42, 43, 45. Times are those of conftest; the bounds scale.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import draftwire
from draftwire.session.events import PresenceChanged
from tests.live.conftest import TIMINGS, World
from tests.system.bounds import best_within
from tests.waiting import until

pytestmark = pytest.mark.slow

SCRIPT = "f/payments/refund_charge"
BUSY_S = 5.0  # for a busy machine, beside the times that are set


def here(client: draftwire.Client, item: str) -> dict[str, str]:
    """Sid → state of everybody at the item, as this client sees it."""
    return {sid: entry.state for sid, entry in client.presence.get(item, {}).items()}


@asynccontextmanager
async def watching(world: World, user: str, item: str, worker: int) -> AsyncIterator[Any]:
    """A client that looks at an item's presence, and the record of all that it was told to have left."""
    async with world.connect(user, worker) as client:
        client.subscribe(f"item:{item}")
        await until(lambda: item in client.presence, "presence")
        yield client


class Leaves:
    """Counts how often a watcher is told that a session has left."""

    def __init__(self, watcher: Any, item: str, sid: str) -> None:
        self._count = 0
        self._looking = asyncio.create_task(self._look(watcher, item, sid))

    async def _look(self, watcher: Any, item: str, sid: str) -> None:
        async for event in watcher.events():
            if isinstance(event, PresenceChanged) and sid not in here(watcher, item):
                self._count += 1

    async def seen(self) -> int:
        """How often until now; call it after a later marker has arrived."""
        self._looking.cancel()
        return self._count


async def present(client: Any, item: str, **more: Any) -> str:
    """Be at an item; gives the public session id."""
    await client.focus(item, **more)
    return str((await client.welcome()).sid)


async def test_who_comes_is_seen_on_the_other_worker_and_who_closes_is_gone_at_once(world: World) -> None:
    await best_within(0.5, lambda: come_and_close(world), "a clean close needs no grace")


async def come_and_close(world: World) -> float:
    """Gives how long it took until nobody saw her any more."""
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace:
        async with world.connect("ada", 0) as ada:
            sid = await present(ada, item, state="editing")
            await until(lambda: here(grace, item).get(sid) == "editing", "ada is seen")
            assert grace.presence[item][sid].actor.name == "Ada Lovelace"
            began = time.monotonic()
        await until(lambda: sid not in here(grace, item), "ada is gone")
        return time.monotonic() - began


async def test_a_quick_reconnect_is_no_leave(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace, world.connect("ada", 0) as ada:
        sid = await present(ada, item)
        await until(lambda: sid in here(grace, item), "ada is seen")
        leaves = Leaves(grace, item, sid)
        for times in range(1, 4):
            await ada.drop_connection()
            await until(lambda n=times: ada.reconnects >= n and ada.session.welcome and ada.session.greeted, "back")
            await present(ada, item)
        # A later marker: once linus is seen, everything before him was seen.
        async with world.connect("linus", 0) as linus:
            marker = await present(linus, item)
            await until(lambda: marker in here(grace, item), "the marker")
        assert await leaves.seen() == 0


async def test_a_session_that_moves_to_the_other_worker_never_left_and_the_older_socket_is_told(world: World) -> None:
    item = world.items[SCRIPT]
    session = secrets.token_urlsafe(16)
    async with watching(world, "grace", item, 0) as grace:
        first, welcome = await world.socket("ada", 0, session=session, attempt=1)
        sid = welcome["sid"]
        await first.send(json.dumps({"t": "focus", "item": item}))
        await until(lambda: sid in here(grace, item), "ada is seen")
        leaves = Leaves(grace, item, sid)
        second, again = await world.socket("ada", 1, session=session, attempt=2, resume=welcome["resume"])
        assert again["sid"] == sid
        await second.send(json.dumps({"t": "focus", "item": item}))
        await asyncio.wait_for(first.wait_closed(), 10)
        assert first.close_code == 4509
        await _marker(world, grace, item)
        assert sid in here(grace, item)
        assert await leaves.seen() == 0
        await second.close()


async def _marker(world: World, watcher: Any, item: str) -> None:
    async with world.connect("linus", 0) as linus:
        sid = await present(linus, item)
        await until(lambda: sid in here(watcher, item), "the marker came")
    await until(lambda: sid not in here(watcher, item), "the marker went")


async def test_a_vanished_client_is_gone_after_silence_and_grace(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace:
        # A half-open connection: it said hello and where it is, and never answers again.
        socket, welcome = await world.socket("ada", 0)
        sid = welcome["sid"]
        await socket.send(json.dumps({"t": "focus", "item": item}))
        await until(lambda: sid in here(grace, item), "it is seen")
        gone_s = TIMINGS["silence_s"] + TIMINGS["leave_grace_s"]
        await until(lambda: sid not in here(grace, item), "it is gone", within_s=gone_s + BUSY_S)
        await socket.close()


async def test_sessions_of_a_killed_worker_are_gone_within_its_lease(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace:
        socket, welcome = await world.socket("ada", 0)
        sid = welcome["sid"]
        await socket.send(json.dumps({"t": "focus", "item": item}))
        await until(lambda: sid in here(grace, item), "it is seen")
        await world.server.replace(0)
        gone_s = TIMINGS["presence_lease_s"] + TIMINGS["leave_grace_s"]
        await until(lambda: sid not in here(grace, item), "no ghost", within_s=gone_s + BUSY_S)
        await socket.close()
    await world.server.all_ready()


async def test_a_flushed_valkey_makes_nobody_leave_and_is_filled_again(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace, world.connect("ada", 0) as ada:
        sid = await present(ada, item)
        await until(lambda: sid in here(grace, item), "ada is seen")
        leaves = Leaves(grace, item, sid)
        await world.services.flush_valkey()

        async def newcomer_sees_ada() -> bool:
            async with watching(world, "linus", item, 1) as linus:
                return sid in here(linus, item)

        await until(newcomer_sees_ada, "the entries are there again")
        await _marker(world, grace, item)
        assert await leaves.seen() == 0


async def test_one_user_in_five_tabs_is_one_person_with_five_sessions(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace, AsyncExitStack() as stack:
        for tab in range(5):
            client = await stack.enter_async_context(world.connect("ada", tab % 2))
            await present(client, item)
        await until(lambda: len(here(grace, item)) == 5, "five sessions")
        assert {entry.actor.user for entry in grace.presence[item].values()} == {
            next(iter(grace.presence[item].values())).actor.user
        }


async def test_a_hidden_tab_is_no_editor_and_an_edit_makes_one(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace, world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="shared")
        sid = await present(ada, item, state="viewing", draft=draft.id, at="/content")
        await until(lambda: here(grace, item).get(sid) == "viewing", "it views")
        draft.insert("/content", "x", 0)
        await until(lambda: here(grace, item).get(sid) == "editing", "it edits")


async def test_nobody_sees_a_caret_in_a_draft_that_they_may_not_read(world: World) -> None:
    """Of a private draft others see that somebody is there, not where, nor which lines are in their sight."""
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace, world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="own")
        draft.insert("/content", "x", 0)
        await draft.saved()
        await world.query(
            "update draft set visibility = 'private' where workspace_id = $1 and id = $2 returning 1",
            world.workspace,
            draft.id,
        )
        sid = (await ada.welcome()).sid

        async def focused_without_place() -> bool:
            await present(ada, item, draft=draft.id, at="/content", anchor=3, head=3, lines=(2, 9))
            entry = grace.presence.get(item, {}).get(sid)
            return entry is not None and entry.draft is None and entry.at is None and entry.lines is None

        await until(focused_without_place, "no caret")
        async with watching(world, "ada", item, 1) as own:
            await until(lambda: own.presence[item].get(sid) is not None, "ada's other tab sees it")
            assert (own.presence[item][sid].at, own.presence[item][sid].lines) == ("/content", (2, 9))


async def test_a_programmatic_edit_takes_no_focus_and_no_lock(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 1) as grace, world.connect("ada", 0) as program:
        draft = await program.open(item=item, purpose="shared")
        draft.insert("/content", "by a program ", 0)
        await draft.saved()
        await _marker(world, grace, item)
        assert (await program.welcome()).sid not in here(grace, item), "it never said that it is anywhere"
        theirs = await grace.open(item=item, purpose="shared")
        theirs.insert("/content", "and a person types ", 0)
        await theirs.saved()
