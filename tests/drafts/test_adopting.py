"""Another's draft: adopted, its changes brought back, one's own moved into the shared one. Over HTTP and the SDK."""

import asyncio
import secrets
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire.rest.merging import OwnText
from draftwire_server.settings import Timings
from draftwire_server.store.access import members
from tests.drafts.desk import LINES, Desk, changed, edit, script, typed
from tests.waiting import until

pytestmark = pytest.mark.slow


async def save(home: Desk, user: str, draft: str, content: str, **more: Any) -> str:
    """Save a text in a draft; gives the etag."""
    api = home.api(user)
    state = await api.drafts.get(draft)
    return (await api.drafts.save(draft, script(content, **more), if_match=state.etag)).etag


async def stashed(home: Desk, user: str, reason: str = "replaced") -> list[Any]:
    return await home.world.rows(
        "select s.* from stash s where s.user_id = $1 and s.reason = $2 order by at desc",
        await home.user_id(user), reason,
    )  # fmt: skip


async def log_of(home: Desk, user: str, draft: str) -> Any:
    return (await home.api(user).drafts.log(draft)).batches


# ---- adopt


async def test_without_changes_of_ones_own_the_draft_becomes_the_others_text(home: Desk) -> None:
    item, theirs = await home.own("ada")
    brought = await home.api("ben", 1).adoption.adopt(item, theirs)
    assert (brought.changed, brought.source, brought.value) == (True, theirs, script(LINES))
    state = await home.api("ben", 0).drafts.of_item(item)
    assert (state.draft, state.purpose, state.value, state.etag) == (brought.draft, "own", script(LINES), brought.etag)
    (batch,) = await log_of(home, "ben", brought.draft)
    assert (batch.kind, batch.cause) == ("adopt", f"{theirs}@{brought.source_etag}")
    assert [(a.source, a.etag) for a in state.adopted] == [(theirs, brought.source_etag)]
    again = await home.api("ben").adoption.adopt(item, theirs)
    assert (again.changed, again.etag) == (False, brought.etag)


async def test_an_earlier_state_is_adopted_as_it_was(home: Desk) -> None:
    item, theirs = await home.own("ada")
    first = (await home.api("ada").drafts.get(theirs)).etag
    await save(home, "ada", theirs, "later\n")
    brought = await home.api("ben").adoption.adopt(item, theirs, etag=first)
    assert (brought.value, brought.source_etag) == (script(LINES), first)
    for etag, code in (("g1.s99.AAAAAAAA", "base_ahead"), ("g1.s1.AAAAAAAA", "rewound"),
                       ("g2.s1.AAAAAAAA", "generation_changed"), ("nonsense", "bad_etag")):  # fmt: skip
        with pytest.raises(Problem) as refused:
            await home.api("cleo").adoption.adopt(item, theirs, etag=etag)
        assert refused.value.code == code
    assert (await home.api("cleo").drafts.of_item(item, "own")).stands is False


async def test_with_changes_of_ones_own_it_is_said_first_what_would_happen(home: Desk) -> None:
    item, theirs = await home.own("ada", content=changed(LINES, 2, "ada's"))
    _, mine = await home.own("ben", item, content=changed(LINES, 18, "ben's"))
    before = (await home.api("ben").drafts.get(mine)).etag
    with pytest.raises(Problem) as refused:
        await home.api("ben").adoption.adopt(item, theirs)
    detail = refused.value.detail
    assert (refused.value.code, refused.value.kind.status) == ("draft_exists", 409)
    assert (detail["how"], detail["from"], detail["draft"], detail["etag"]) == (
        ["merge", "replace"],
        theirs,
        mine,
        before,
    )
    assert "ben's" in str(detail["lost"])
    assert (await home.api("ben").drafts.get(mine)).etag == before


async def test_replacing_puts_ones_own_text_into_the_stash(home: Desk) -> None:
    item, theirs = await home.own("ada")
    _, mine = await home.own("ben", item, content="ben's work\n")
    brought = await home.api("ben").adoption.adopt(item, theirs, how="replace")
    assert (brought.draft, brought.value) == (mine, script(LINES))
    (entry, *_) = await stashed(home, "ben")
    assert (entry["id"], entry["texts"][0]["mine"]["content"]) == (brought.stash, "ben's work\n")


async def deployed_with_lines(home: Desk) -> str:
    """An item whose deployed value holds the lines, so that two drafts of it have something in common."""
    return await home.item("ada", content=LINES)


async def test_what_does_not_touch_is_merged_from_the_version_that_both_stand_on(home: Desk) -> None:
    item = await deployed_with_lines(home)
    _, theirs = await home.own("ada", item, content=changed(LINES, 2, "ada's"))
    _, mine = await home.own("ben", item, content=changed(LINES, 18, "ben's"))
    with pytest.raises(Problem) as refused:
        await home.api("ben").adoption.adopt(item, theirs)
    both = changed(changed(LINES, 18, "ben's"), 2, "ada's")
    assert (refused.value.detail["clean"], refused.value.detail["value"]["content"]) == (True, both)
    brought = await home.api("ben").adoption.adopt(item, theirs, how="merge")
    assert (brought.draft, brought.value["content"], brought.stash) == (mine, both, None)


async def conflict(home: Desk) -> tuple[str, str, str]:
    item = await deployed_with_lines(home)
    _, theirs = await home.own("ada", item, content=changed(changed(LINES, 2, "ada's"), 9, "ada 9"))
    _, mine = await home.own("ben", item, content=changed(changed(LINES, 2, "ben's"), 9, "ben 9"))
    return item, theirs, mine


async def test_conflicts_are_told_with_both_sides_and_chosen_hunk_by_hunk(home: Desk) -> None:
    item, theirs, mine = await conflict(home)
    api = home.api("ben")
    before = (await api.drafts.get(mine)).etag
    with pytest.raises(Problem) as refused:
        await api.adoption.adopt(item, theirs, how="merge")
    assert (refused.value.code, refused.value.detail["etag"]) == ("merge_conflict", before)
    first, second = refused.value.detail["hunks"]
    assert (first["base"], first["mine"], first["theirs"]) == ("line 2\n", "ben's\n", "ada's\n")
    with pytest.raises(Problem, match="merge_conflict"):  # one is left
        await api.adoption.adopt(item, theirs, how="merge", resolutions={first["id"]: "theirs"})
    assert (await api.drafts.get(mine)).etag == before
    brought = await api.adoption.adopt(
        item, theirs, how="merge", resolutions={first["id"]: "theirs", second["id"]: OwnText("both 9\n")}
    )
    assert brought.value["content"] == changed(changed(LINES, 2, "ada's"), 9, "both 9")
    (entry, *_) = await stashed(home, "ben")
    assert entry["id"] == brought.stash and "ben's" in entry["texts"][0]["mine"]


@pytest.mark.parametrize(("rest", "line"), [("mine", "ben's"), ("theirs", "ada's")])
async def test_conflicts_are_chosen_as_a_whole(home: Desk, rest: Any, line: str) -> None:
    item, theirs, _ = await conflict(home)
    brought = await home.api("ben").adoption.adopt(item, theirs, how="merge", rest=rest)
    assert brought.value["content"].splitlines()[1] == line


async def test_a_choice_counts_only_while_both_sides_read_as_they_were_shown(home: Desk) -> None:
    item, theirs, _ = await conflict(home)
    api = home.api("ben")
    with pytest.raises(Problem) as refused:
        await api.adoption.adopt(item, theirs, how="merge")
    chosen: Any = {hunk["id"]: "theirs" for hunk in refused.value.detail["hunks"]}
    await save(home, "ada", theirs, changed(changed(LINES, 2, "ada's, again"), 9, "ada 9"))
    with pytest.raises(Problem) as refused:
        await api.adoption.adopt(item, theirs, how="merge", resolutions=chosen)
    assert [hunk["theirs"] for hunk in refused.value.detail["hunks"] if hunk["id"] not in chosen] == ["ada's, again\n"]


async def test_a_retry_with_its_key_gets_the_first_answer(home: Desk) -> None:
    item, theirs = await home.own("ada")
    key = secrets.token_hex(8)
    first = await home.api("ben").adoption.adopt(item, theirs, idempotency_key=key)
    await save(home, "ada", theirs, "moved on\n")
    assert await home.api("ben").adoption.adopt(item, theirs, idempotency_key=key) == first
    with pytest.raises(Problem, match="idempotency_reused"):
        await home.api("ben").adoption.adopt(item, theirs, how="replace", idempotency_key=key)


async def test_adopting_needs_reading_the_source_and_typing_in_ones_own(home: Desk) -> None:
    item, theirs = await home.own("ada")
    _, hidden = await home.own("cleo", item, visibility="private")
    other, _ = await home.own("ada")
    for user, where, source, code in (
        ("zoe", item, theirs, "not_found"), ("olga", item, theirs, "not_found"), ("dora", item, theirs, "read_only"),
        ("ben", item, hidden, "not_found"), ("root", item, hidden, "not_found"), ("ben", other, theirs, "not_found"),
        ("ada", item, theirs, "bad_message"), ("ben", item, secrets.token_hex(13), "not_found"),
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            await home.api(user).adoption.adopt(where, source)
        assert refused.value.code == code, (user, code)
    assert len((await home.api("root").items.get(item)).drafts) == 2


async def test_admins_adopt_the_draft_of_somebody_who_left(home: Desk) -> None:
    name = f"gone{secrets.token_hex(3)}"
    await home.member(name, one=True)
    item, theirs = await home.own(name, visibility="private")
    async with home.world.store() as connection:
        await members.remove_member(connection, home.world.workspace, await home.user_id(name))
    with pytest.raises(Problem, match="not_found"):
        await home.api("ben").adoption.adopt(item, theirs)
    assert (await home.api("root").adoption.adopt(item, theirs)).value == script(LINES)


async def test_wrong_requests_are_refused_and_change_nothing(home: Desk) -> None:
    item, theirs = await home.own("ada")
    client = home.world.http("ben")
    for body in (
        {}, {"from": 5}, {"from": theirs, "how": "over"}, {"from": theirs, "rest": "ours"}, {"from": theirs, "x": 1},
        {"from": theirs, "resolutions": {"a": "ours"}}, {"from": theirs, "resolutions": {"a": {"text": "x"}}}, [],
    ):  # fmt: skip
        answer = await client.post(f"items/{item}/adopt", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), body
    many = {f"h{n}": "mine" for n in range(5001)}
    answer = await client.post(f"items/{item}/adopt", json={"from": theirs, "resolutions": many})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (await home.api("ben").drafts.of_item(item, "own")).stands is False


async def test_adopting_while_ones_own_tab_types_loses_no_keystroke_and_raises_no_alert(home: Desk) -> None:
    item = await deployed_with_lines(home)
    _, theirs = await home.own("ada", item, content=changed(LINES, 18, "ada's"))
    _, mine = await home.own("ben", item, content=changed(LINES, 2, "ben's"))
    async with await home.world.socket("ben", 0) as socket:
        state = await socket.ask("state", t="open", ref=1, draft=mine)
        await socket.send(**edit(state, "typed\n"))
        brought = await home.api("ben", 1).adoption.adopt(item, theirs, how="merge")
        seen = state["seq"]
        while seen < brought.seq or seen < state["seq"] + 2:
            seen = (await socket.next("ops"))["to"]
    final = await home.api("ben").drafts.get(mine)
    assert final.value["content"] == "typed\n" + changed(changed(LINES, 2, "ben's"), 18, "ada's")
    assert final.alerts == ()


# ---- bring back


async def test_later_changes_of_the_source_are_brought_back_and_ones_own_stay(home: Desk) -> None:
    item, theirs = await home.own("ada")
    brought = await home.api("ben").adoption.adopt(item, theirs)
    mine = brought.draft
    await save(home, "ben", mine, changed(LINES, 18, "ben's"))
    for n, text in ((2, "ada's"), (3, "ada's too")):
        content = changed((await home.api("ada").drafts.get(theirs)).value["content"], n, text)
        etag = await save(home, "ada", theirs, content)
        got = await home.api("ben", n % 2).adoption.bring(mine, theirs)
        assert (got.changed, got.source_etag) == (True, etag)
        assert got.value["content"] == changed(content, 18, "ben's")
    state = await home.api("ben").drafts.get(mine)
    assert [(a.source, a.etag) for a in state.adopted] == [(theirs, etag)]
    nothing = await home.api("ben").adoption.bring(mine, theirs)
    assert (nothing.changed, nothing.etag) == (False, state.etag)


async def test_bringing_back_what_conflicts_asks_and_goes_on_from_there(home: Desk) -> None:
    item, theirs = await home.own("ada")
    mine = (await home.api("ben").adoption.adopt(item, theirs)).draft
    await save(home, "ben", mine, changed(LINES, 2, "ben's"))
    await save(home, "ada", theirs, changed(LINES, 2, "ada's"))
    with pytest.raises(Problem) as refused:
        await home.api("ben").adoption.bring(mine, theirs)
    assert refused.value.code == "merge_conflict"
    (hunk,) = refused.value.detail["hunks"]
    assert (hunk["mine"], hunk["theirs"]) == ("ben's\n", "ada's\n")
    kept = await home.api("ben").adoption.bring(mine, theirs, resolutions={hunk["id"]: "mine"})
    assert (kept.changed, kept.value["content"]) == (False, changed(LINES, 2, "ben's"))
    assert (await home.api("ben").adoption.bring(mine, theirs)).changed is False  # what was kept is not asked again


async def test_nothing_is_brought_from_where_nothing_was_taken(home: Desk) -> None:
    item, theirs = await home.own("ada")
    _, mine = await home.own("ben", item)
    with pytest.raises(Problem) as refused:
        await home.api("ben").adoption.bring(mine, theirs)
    assert (refused.value.code, refused.value.kind.status) == ("not_adopted", 409)
    with pytest.raises(Problem, match="read_only"):
        await home.api("ben").adoption.bring(theirs, mine)


async def test_two_who_adopt_from_each_other_meet_where_they_last_met(home: Desk) -> None:
    item, theirs = await home.own("ada")
    mine = (await home.api("ben").adoption.adopt(item, theirs)).draft
    await save(home, "ben", mine, changed(LINES, 18, "ben's"))
    await save(home, "ada", theirs, changed(LINES, 2, "ada's"))
    back = await home.api("ada").adoption.adopt(item, mine, how="merge")
    assert back.value["content"] == changed(changed(LINES, 2, "ada's"), 18, "ben's")


# ---- edit together


async def test_editing_together_moves_my_changes_into_the_shared_draft(home: Desk) -> None:
    item = await deployed_with_lines(home)
    _, shared = await home.shared("ada", item, content=changed(LINES, 2, "shared"))
    _, mine = await home.own("ben", item, content=changed(LINES, 18, "ben's"))
    async with await home.world.socket("cleo", 0) as watcher:
        await watcher.ask("state", t="open", ref=1, draft=shared)
        brought = await home.api("ben", 1).adoption.edit_together(mine)
        assert (await watcher.next("ops"))["to"] == brought.seq
    assert (brought.draft, brought.source) == (shared, mine)
    assert brought.value["content"] == changed(changed(LINES, 2, "shared"), 18, "ben's")
    own = await home.api("ben").drafts.get(mine)
    assert own.value == script(LINES)  # its changes have moved
    assert [batch.kind for batch in await log_of(home, "ben", mine)] == ["save", "revert"]
    assert (await log_of(home, "ben", shared))[-1].kind == "adopt"
    for worker in (0, 1):
        assert (await home.api("ben", worker).drafts.of_item(item)).draft == shared
    assert (await home.api("ben").adoption.edit_together(mine)).changed is False


async def test_editing_together_waits_for_who_holds_a_row(home: Desk) -> None:
    item = await deployed_with_lines(home)
    _, shared = await home.shared("ada", item, content=changed(LINES, 2, "shared"))
    _, mine = await home.own("ben", item, content=changed(LINES, 18, "ben's"))
    async with home.world.store() as connection:
        async with connection.transaction():
            await connection.execute("select 1 from draft where id = $1 for update", shared)
            moving = asyncio.create_task(home.api("ben").adoption.edit_together(mine))
            await until(lambda: _somebody_waits(home), "it waits for the row")
            await asyncio.sleep(2 * Timings().row_lock_timeout_s)  # longer than a lane waits is what it has to bear
        assert (await moving).value["content"] == changed(changed(LINES, 2, "shared"), 18, "ben's")


async def _somebody_waits(home: Desk) -> bool:
    return bool(
        await home.world.rows(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
    )


async def test_editing_together_begins_the_shared_draft(home: Desk) -> None:
    item, mine = await home.own("ben")
    brought = await home.api("ben").adoption.edit_together(mine)
    assert brought.value == script(LINES)
    assert (await home.api("ada").drafts.of_item(item, "shared")).value == script(LINES)
    begun = await home.world.rows("select 1 from event where type = 'draft.begun' and draft_id = $1", brought.draft)
    assert len(begun) == 1


async def test_editing_together_with_conflicts_changes_nothing_until_they_are_chosen(home: Desk) -> None:
    item = await deployed_with_lines(home)
    _, shared = await home.shared("ada", item, content=changed(LINES, 2, "shared"))
    _, mine = await home.own("ben", item, content=changed(changed(LINES, 2, "ben's"), 18, "ben 18"))
    api = home.api("ben")
    before = [(await api.drafts.get(draft)).etag for draft in (shared, mine)]
    with pytest.raises(Problem) as refused:
        await api.adoption.edit_together(mine)
    (hunk,) = refused.value.detail["hunks"]
    assert (refused.value.code, hunk["mine"], hunk["theirs"]) == ("merge_conflict", "ben's\n", "shared\n")
    assert [(await api.drafts.get(draft)).etag for draft in (shared, mine)] == before
    brought = await api.adoption.edit_together(mine, resolutions={hunk["id"]: "mine"})
    assert brought.value["content"] == changed(changed(LINES, 2, "ben's"), 18, "ben 18")
    (entry, *_) = await stashed(home, "ben")
    assert (entry["id"], entry["draft_id"]) == (brought.stash, shared)


async def test_editing_together_follows_mode_and_rights(home: Desk) -> None:
    _, alone = await home.own("ada", kind="alone")
    with pytest.raises(Problem, match="mode_forbids"):
        await home.api("ada").adoption.edit_together(alone)
    item, theirs = await home.own("ada")
    _, shared = await home.shared("ada", item)
    for user, draft, code in (("ben", theirs, "forbidden"), ("ada", shared, "forbidden"), ("zoe", theirs, "not_found")):
        with pytest.raises(Problem) as refused:
            await home.api(user).adoption.edit_together(draft)
        assert refused.value.code == code


async def test_moving_while_others_type_in_both_drafts_is_both_or_nothing_and_nothing_is_lost(home: Desk) -> None:
    item = await deployed_with_lines(home)
    _, shared = await home.shared("ada", item, content=changed(LINES, 2, "shared"))
    _, mine = await home.own("ben", item, content=changed(LINES, 18, "ben's"))
    async with await home.world.socket("cleo", 0) as others, await home.world.socket("ben", 1) as own:
        states = {
            "cleo": await others.ask("state", t="open", ref=1, draft=shared),
            "ben": await own.ask("state", t="open", ref=1, draft=mine),
        }

        async def types(socket: Any, state: dict[str, Any], count: int) -> None:
            for no in range(1, count + 1):
                state = await typed(socket, state, f"{state['draft'][:4]} {no}\n", no)

        await asyncio.gather(
            home.api("ben", 0).adoption.edit_together(mine, rest="mine"), types(others, states["cleo"], 3)
        )
    text = (await home.api("ada").drafts.get(shared)).value["content"]
    assert "ben's" in text and "shared" in text and text.count(states["cleo"]["draft"][:4]) == 3
    assert (await home.api("ben").drafts.get(mine)).value["content"].count("ben's") == 0


async def test_what_is_typed_while_a_large_merge_is_worked_out_is_not_lost(home: Desk) -> None:
    """Above 256 KiB merges run beside the event loop, and the draft goes on meanwhile."""
    large = "".join(f"a line that makes it large, number {n}\n" for n in range(8000))
    item = await home.item("ada", content=large)
    _, theirs = await home.own("ada", item, content=changed(large, 7000, "ada's"))
    _, mine = await home.own("ben", item, content=changed(large, 5000, "ben's"))
    async with await home.world.socket("ben", 0) as socket:
        await socket.send(t="open", ref=1, draft=mine)
        state = await socket.next("state")
        brought = asyncio.ensure_future(home.api("ben", 0).adoption.adopt(item, theirs, how="merge"))
        no = 0
        while not brought.done() or no < 5:
            no += 1
            state = await typed(socket, state, f"typed {no}\n", no)
            await asyncio.sleep(0.02)  # the pace of somebody who types
        merged = await brought
    text = (await home.api("ben").drafts.get(mine)).value["content"]
    assert "ada's\n" in text and "ben's\n" in text
    assert [f"typed {n}\n" in text for n in range(1, no + 1)] == [True] * no
    assert merged.value["content"].count("ada's\n") == 1
