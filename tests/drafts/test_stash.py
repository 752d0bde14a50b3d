"""The stash and alerts over HTTP and the SDK: texts that nobody may lose, and conflicts that people end."""

import asyncio
import secrets
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire.rest.merging import OwnText
from draftwire.wire.messages import Alert
from draftwire_server.store import keeping
from draftwire_server.store.people import grants
from tests.drafts.desk import LINES, WRITE, Desk, changed, edit, script
from tests.system.world import Socket

pytestmark = pytest.mark.slow


class Refused:
    """A shared draft in which ben's save was refused, because ada had changed the same line."""

    def __init__(self, item: str, draft: str, entry: str, alert: str) -> None:
        self.item, self.draft, self.entry, self.alert = item, draft, entry, alert


async def refused(home: Desk, folder: str = "one") -> Refused:
    item, draft = await home.shared("ada", folder=folder)
    ada, ben = home.api("ada"), home.api("ben")
    base = (await ada.drafts.get(draft)).etag
    await ada.drafts.save(draft, script(changed(LINES, 2, "ada's")), if_match=base)
    text = changed(changed(LINES, 2, "ben's"), 18, "ben 18")
    with pytest.raises(Problem) as problem:
        await ben.drafts.save(draft, script(text), if_match=base, session=secrets.token_urlsafe(16))
    assert problem.value.code == "stale"
    entry = problem.value.detail["stash_id"]
    (alert,) = (await ben.drafts.get(draft)).alerts
    return Refused(item, draft, entry, alert.id)


# ---- list and look


async def test_entries_are_listed_newest_first_in_pages_by_item_and_draft_to_their_author_alone(home: Desk) -> None:
    name = f"pages{secrets.token_hex(3)}"
    user = await home.member(name, one=True)
    item, draft = await home.own(name)
    async with await home.world.socket(name) as socket:
        await socket.next("welcome")
        for n in range(7):
            texts = [{"at": "/content", "mine": f"text {n}", "base": "x"}]
            await socket.ask(
                "parked", t="park", ref=n, draft=draft, generation=1, reason="refused", base=1, texts=texts
            )
    api, seen, cursor = home.api(name), [], None
    while True:
        page = await api.stash.list(draft=draft, cursor=cursor, limit=3)
        seen += [line.preview for line in page.entries]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"text {n}" for n in reversed(range(7))]
    line = (await api.stash.list(item=item, limit=1)).entries[0]
    assert (line.item, line.draft, line.reason, line.places) == (item, draft, "refused", ("/content",))
    assert (await api.stash.list(item=secrets.token_hex(13))).entries == ()
    assert (await api.stash.get(line.id)).texts[0].base == "x"
    for other in ("ada", "root", "zoe"):
        for call in (
            home.api(other).stash.get(line.id), home.api(other).stash.compare(line.id),
            home.api(other).stash.restore(line.id), home.api(other).stash.dismiss(line.id),
        ):  # fmt: skip
            with pytest.raises(Problem, match="not_found"):
                await call
        assert line.id not in [each.id for each in (await home.api(other).stash.list(draft=draft)).entries]
    assert user


async def test_an_entry_stays_readable_to_its_author_who_lost_the_item_and_nothing_else_does(home: Desk) -> None:
    name = f"lost{secrets.token_hex(3)}"
    user = await home.world.member(name)
    async with home.world.store() as connection:
        grant = await grants.grant(connection, home.world.workspace, user, WRITE, prefix="f/one/")
    _, draft = await home.shared("ada")
    api = home.api(name)
    base = (await api.drafts.get(draft)).etag
    await home.api("ada").drafts.save(draft, script("ada's\n"), if_match=base)
    with pytest.raises(Problem) as problem:
        await api.drafts.save(draft, script("mine\n"), if_match=base)
    entry = problem.value.detail["stash_id"]
    async with home.world.store() as connection:
        await grants.revoke(connection, home.world.workspace, grant)
    assert (await api.stash.get(entry)).texts[0].mine == script("mine\n")
    assert [line.id for line in (await api.stash.list()).entries] == [entry]
    for call in (api.stash.compare(entry), api.stash.restore(entry), api.drafts.get(draft)):
        with pytest.raises(Problem, match="not_found"):
            await call
    assert (await api.alerts.list(draft=draft, state="all")).alerts == ()
    assert (await api.alerts.list(state="all")).alerts == ()


# ---- restore and dismiss


async def test_a_refused_save_is_compared_and_restored_with_choices_and_its_alert_ends(home: Desk) -> None:
    case = await refused(home)
    ben = home.api("ben", 1)
    sides = await ben.stash.compare(case.entry)
    assert sides.present["content"] == changed(LINES, 2, "ada's")
    assert sides.stashed["content"] == changed(changed(LINES, 2, "ben's"), 18, "ben 18")
    with pytest.raises(Problem) as problem:
        await ben.stash.restore(case.entry)
    (hunk,) = problem.value.detail["hunks"]
    assert (problem.value.code, hunk["mine"], hunk["theirs"]) == ("merge_conflict", "ben's\n", "ada's\n")
    async with await home.world.socket("ada", 0) as socket:
        await socket.ask("state", t="open", ref=1, draft=case.draft)
        restored = await ben.stash.restore(case.entry, resolutions={hunk["id"]: OwnText("both\n")})
        assert (await socket.next("ops"))["to"] == restored.seq
        await resolved_on(socket)
    assert restored.value["content"] == changed(changed(LINES, 2, "both"), 18, "ben 18")
    assert (await home.api("ada").drafts.log(case.draft)).batches[-1].kind == "restore"
    assert (await ben.stash.get(case.entry)).restored_at is not None
    assert restored.stash is not None
    kept = await ben.stash.get(restored.stash)
    assert (kept.reason, kept.texts[0].mine) == ("replaced", changed(LINES, 2, "ada's"))
    assert (await ben.stash.restore(case.entry, rest="theirs")).changed is False


async def test_what_was_replaced_comes_back_where_nobody_wrote_since(home: Desk) -> None:
    item, theirs = await home.own("ada")
    mine = changed(changed(LINES, 2, "ben 2"), 9, "ben 9")
    _, draft = await home.own("ben", item, content=mine)
    ben = home.api("ben")
    brought = await ben.adoption.adopt(item, theirs, how="replace")
    await ben.drafts.save(draft, script(changed(LINES, 18, "later")), if_match=brought.etag)
    assert brought.stash is not None
    restored = await ben.stash.restore(brought.stash)
    assert restored.value["content"] == changed(mine, 18, "later")


async def test_a_parked_text_is_restored_on_what_it_was_written_on(home: Desk) -> None:
    _, draft = await home.own("ada")
    async with await home.world.socket("ada") as socket:
        await socket.next("welcome")
        texts = [{"at": "/content", "mine": changed(LINES, 2, "offline"), "base": LINES}]
        parked = await socket.ask(
            "parked", t="park", ref=1, draft=draft, generation=1, reason="conflict", base=1, texts=texts
        )
    ada = home.api("ada")
    await ada.drafts.save(draft, script(changed(LINES, 18, "online")), if_match=(await ada.drafts.get(draft)).etag)
    restored = await ada.stash.restore(parked["stash"])
    assert restored.value["content"] == changed(changed(LINES, 2, "offline"), 18, "online")


async def test_a_text_without_a_base_is_never_put_over_another_one_unasked(home: Desk) -> None:
    _, draft = await home.own("ada")
    async with await home.world.socket("ada") as socket:
        await socket.next("welcome")
        ask = {"t": "park", "draft": draft, "generation": 1, "reason": "refused", "base": 1}
        some = await socket.ask("parked", ref=1, texts=[{"at": "/content", "mine": "typed"}], **ask)
        gone = await socket.ask("parked", ref=2, texts=[{"at": "m3/code", "mine": "typed"}], **ask)
        fresh = await socket.ask("parked", ref=3, texts=[{"at": "/color", "mine": "red"}], **ask)
    ada = home.api("ada")
    with pytest.raises(Problem) as problem:
        await ada.stash.restore(some["stash"])
    assert problem.value.code == "merge_conflict"
    for call in (ada.stash.restore(gone["stash"]), ada.stash.compare(gone["stash"])):
        with pytest.raises(Problem, match="no_such_place"):
            await call
    assert (await ada.stash.restore(fresh["stash"])).value["color"] == "red"
    assert (await ada.drafts.get(draft)).value["content"] == LINES


async def test_an_entry_is_restored_into_another_draft_of_the_item_and_not_elsewhere(home: Desk) -> None:
    case = await refused(home)
    ben = home.api("ben")
    own = await ben.drafts.of_item(case.item, "own")
    other, _ = await home.own("ben")
    restored = await ben.stash.restore(case.entry, draft=own.draft, rest="mine")
    assert (restored.draft, restored.value["content"].splitlines()[1]) == (own.draft, "ben's")
    _, theirs = await home.own("ada", case.item)
    with pytest.raises(Problem, match="read_only"):
        await ben.stash.restore(case.entry, draft=theirs)
    foreign = (await ben.drafts.of_item(other)).draft
    with pytest.raises(Problem, match="not_found"):
        await ben.stash.restore(case.entry, draft=foreign)


async def test_dismissed_entries_leave_the_list_are_kept_and_then_dropped(home: Desk) -> None:
    case = await refused(home)
    ben = home.api("ben")
    first = (await ben.stash.dismiss(case.entry)).dismissed_at
    assert first is not None and (await ben.stash.dismiss(case.entry)).dismissed_at == first
    assert case.entry not in [line.id for line in (await ben.stash.list(draft=case.draft)).entries]
    assert case.entry in [line.id for line in (await ben.stash.list(draft=case.draft, dismissed=True)).entries]
    await home.world.rows(
        "update stash set dismissed_at = now() - interval '31 days' where id = $1 returning 1", case.entry
    )
    async with home.world.store() as connection:
        rule = next(rule for rule in keeping.TIMED if rule.table == "stash")
        assert await keeping.drop_old(connection, rule, home.world.workspace, 10) == 0
        assert (await ben.stash.get(case.entry)).id == case.entry  # its alert is open
        await home.api("ada").alerts.resolve(case.alert)
        assert await keeping.drop_old(connection, rule, home.world.workspace, 10) == 1
    with pytest.raises(Problem, match="not_found"):
        await ben.stash.get(case.entry)


async def test_wrong_requests_to_the_stash_are_refused(home: Desk) -> None:
    case = await refused(home)
    client = home.world.http("ben")
    for url in ("stash?limit=0", "stash?limit=x", "stash?limit=5&limit=6", "stash?user=ada", "stash?dismissed=maybe"):
        answer = await client.get(url)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), url
    for body in ({"rest": "ours"}, {"resolutions": []}, {"draft": 5}, {"into": "x"}):
        answer = await client.post(f"stash/{case.entry}/restore", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), body
    assert (await client.get("stash", params={"cursor": "no such one"})).json()["code"] == "bad_cursor"


# ---- alerts


class Clash:
    """An open overlap: ada and ben replaced the same line at the same time, ben later in the log."""

    def __init__(self, item: str, draft: str, alert: str, text: str) -> None:
        self.item, self.draft, self.alert, self.text = item, draft, alert, text


async def clash(home: Desk, one: str = "ada was here", other: str = "ben was here") -> Clash:
    item, draft = await home.shared("ada")
    at = LINES.index("line 9")
    async with await home.world.socket("ada", 0) as first, await home.world.socket("ben", 1) as second:
        states = [await socket.ask("state", t="open", ref=1, draft=draft) for socket in (first, second)]
        for socket, state, text in ((first, states[0], one), (second, states[1], other)):
            op = {"op": "text", "at": "/content", "s": [[at, len("line 9"), text]]}
            await socket.send(**edit(state, ops=[op]))
            await first.next("ops")
    text = (await home.api("ada").drafts.get(draft)).value["content"]
    return Clash(item, draft, (await alert_of(home, draft)).id, text)


async def alert_of(home: Desk, draft: str) -> Alert:
    """The draft's only alert, as stored: a worker that reads the log before it hears of a batch tells it without."""
    (info,) = (await home.api("ada").alerts.list(draft=draft, state="all")).alerts
    return info.alert


async def resolved_on(socket: Socket) -> None:
    """Wait until a socket was told that an alert is resolved: before the ops that did it, or after them."""
    while not any(m["t"] == "alert" and m["alert"]["state"] == "resolved" for m in socket.passed):
        await socket.next("alert")


async def test_alerts_are_listed_to_their_parties_and_to_readers_of_the_draft(home: Desk) -> None:
    case = await clash(home)
    for user in ("ada", "ben"):
        assert case.alert in [info.alert.id for info in (await home.api(user).alerts.list()).alerts]
    assert case.alert not in [info.alert.id for info in (await home.api("cleo").alerts.list()).alerts]
    for query in ({"draft": case.draft}, {"item": case.item}):
        (info,) = (await home.api("cleo").alerts.list(**query)).alerts  # type: ignore[arg-type]
        assert (info.item, info.alert.id, info.alert.kind) == (case.item, case.alert, "overlap")
        assert sorted(side.actor.name for side in info.alert.sides) == ["Ada", "Ben"]
        for user in ("zoe", "olga"):
            assert (await home.api(user).alerts.list(**query)).alerts == ()  # type: ignore[arg-type]
    assert (await home.api("dora").alerts.get(case.alert)).alert.state == "open"
    for user in ("zoe", "olga"):
        with pytest.raises(Problem, match="not_found"):
            await home.api(user).alerts.get(case.alert)


async def test_alerts_come_in_pages(home: Desk) -> None:
    item = await home.item("ada")
    _, draft = await home.shared("ada", item)
    rows = await home.world.rows("select id from actor where user_id = $1", await home.user_id("ada"))
    side = {"actor": rows[0]["id"], "sid": "s", "run": None, "text": "x", "seq": 1, "at": 1.0}
    made = [secrets.token_hex(8) for _ in range(5)]
    for alert in made:
        await home.world.rows(
            "insert into alert (workspace_id, id, item_id, draft_id, generation, kind, reason, address, seq, region,"
            " sides) values ($1, $2, $3, $4, 1, 'overlap', 'stale', '/content', 1, '{}', $5) returning 1",
            home.world.workspace, alert, item, draft, [side, side],
        )  # fmt: skip
    seen, cursor = [], None
    while True:
        page = await home.api("ada").alerts.list(draft=draft, cursor=cursor, limit=2)
        seen += [info.alert.id for info in page.alerts]
        cursor = page.next
        if cursor is None:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("user", ["ada", "ben"])
@pytest.mark.parametrize("keep", ["mine", "theirs"])
async def test_an_overlap_is_resolved_with_one_sides_text_and_the_other_gets_theirs_kept(
    home: Desk, user: str, keep: Any
) -> None:
    case = await clash(home)
    assert "ada was here" in case.text and "ben was here" in case.text
    other = {"ada": "ben", "ben": "ada"}[user]
    kept, lost = (user, other) if keep == "mine" else (other, user)
    async with await home.world.socket(other, 1) as socket:
        await socket.ask("state", t="open", ref=1, draft=case.draft)
        resolved = await home.api(user, 0).alerts.resolve(case.alert, keep)
        assert (await socket.next("ops"))["to"] == 4
        await resolved_on(socket)
    assert resolved.value["content"] == changed(LINES, 9, f"{kept} was here")
    entries = (await home.api(lost).stash.list(draft=case.draft)).entries
    assert [entry.reason for entry in entries] == ["resolved"]
    assert (await home.api(kept).stash.list(draft=case.draft)).entries == ()
    info = await home.api("cleo").alerts.get(case.alert)
    assert (info.alert.state, info.resolution, info.resolver and info.resolver.name) == ("resolved", keep, user.title())
    back = await home.api(lost).stash.restore(entries[0].id)
    assert back.value["content"] == changed(LINES, 9, f"{lost} was here")
    for call in (home.api(user).alerts.resolve(case.alert, keep), home.api(other).alerts.resolve(case.alert)):
        with pytest.raises(Problem, match="alert_over"):
            await call


async def test_what_was_written_there_since_is_asked_about(home: Desk) -> None:
    case = await clash(home)
    cleo = home.api("cleo")
    state = await cleo.drafts.get(case.draft)
    await cleo.drafts.save(case.draft, script(changed(LINES, 9, "cleo was here")), if_match=state.etag)
    with pytest.raises(Problem) as problem:
        await home.api("ben").alerts.resolve(case.alert, "mine")
    (hunk,) = problem.value.detail["hunks"]
    assert (problem.value.code, hunk["mine"], hunk["theirs"]) == ("merge_conflict", "ben was here\n", "cleo was here\n")
    assert (await cleo.alerts.get(case.alert)).alert.state == "open"
    resolved = await home.api("ben").alerts.resolve(case.alert, "mine", resolutions={hunk["id"]: "mine"})
    assert resolved.value["content"] == changed(LINES, 9, "ben was here")
    assert resolved.stash is not None
    assert (await cleo.alerts.get(case.alert)).resolution == "hunks"


async def test_a_member_set_twice_is_resolved_with_either_value(home: Desk) -> None:
    for keep, value in (("mine", "by ada"), ("theirs", "by ben")):
        item, draft = await home.shared("ada")
        async with await home.world.socket("ada", 0) as first, await home.world.socket("ben", 1) as second:
            states = [await socket.ask("state", t="open", ref=1, draft=draft) for socket in (first, second)]
            for socket, state, text in ((first, states[0], "by ada"), (second, states[1], "by ben")):
                await socket.send(**edit(state, ops=[{"op": "set", "at": "/summary", "v": text}]))
                await first.next("ops")
        alert = await alert_of(home, draft)
        assert (alert.reason, alert.address) == ("structural", "/summary")
        resolved = await home.api("ada").alerts.resolve(alert.id, keep)  # type: ignore[arg-type]
        assert resolved.value["summary"] == value
        loser = "ben" if keep == "mine" else "ada"
        (entry,) = (await home.api(loser).stash.list(draft=draft)).entries
        assert (await home.api(loser).stash.get(entry.id)).texts[0].mine == ("by ben" if loser == "ben" else "by ada")
        assert item


async def test_a_refused_save_is_resolved_by_its_author_with_either_text(home: Desk) -> None:
    case = await refused(home)
    with pytest.raises(Problem, match="forbidden"):
        await home.api("ada").alerts.resolve(case.alert, "theirs")
    with pytest.raises(Problem, match="merge_conflict"):
        await home.api("ben").alerts.resolve(case.alert, "mine")
    resolved = await home.api("ben").alerts.resolve(case.alert, "mine", rest="mine")
    assert resolved.value["content"] == changed(changed(LINES, 2, "ben's"), 18, "ben 18")
    for user, keep in (("ben", "theirs"), ("ada", "mine")):
        again = await refused(home)
        before = await home.api("ada").drafts.get(again.draft)
        kept = await home.api(user).alerts.resolve(again.alert, keep)  # type: ignore[arg-type]
        assert (kept.changed, kept.etag) == (False, before.etag)
        assert (await home.api("ben").stash.get(again.entry)).id == again.entry


async def test_who_may_only_look_resolves_nothing_and_two_at_once_resolve_once(home: Desk) -> None:
    case = await clash(home)
    for user, code in (("dora", "read_only"), ("zoe", "not_found"), ("olga", "not_found")):
        with pytest.raises(Problem) as problem:
            await home.api(user).alerts.resolve(case.alert, "mine")
        assert problem.value.code == code
    with pytest.raises(Problem, match="not_found"):
        await home.api("ada").alerts.resolve(secrets.token_hex(13), "mine")
    client = home.world.http("ada")
    for body in ({"keep": "ours"}, {"keep": "mine", "x": 1}, {"rest": 5}):
        answer = await client.post(f"alerts/{case.alert}/resolve", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_message")
    await asyncio.gather(
        home.api("ada", 0).alerts.resolve(case.alert, "mine"), home.api("ben", 1).alerts.resolve(case.alert, "theirs"),
        return_exceptions=True,
    )  # fmt: skip
    value = (await home.api("ada").drafts.get(case.draft)).value
    assert value["content"] == changed(LINES, 9, "ada was here")
    ended = await home.world.rows("select 1 from event where type = 'alert.resolved' and draft_id = $1", case.draft)
    assert len(ended) <= 1


async def test_an_alert_that_closed_by_itself_can_be_resolved_still(home: Desk) -> None:
    case = await clash(home)
    await home.world.rows("update alert set state = 'closed', closed_at = now() where id = $1 returning 1", case.alert)
    resolved = await home.api("ada").alerts.resolve(case.alert, "mine")
    assert resolved.value["content"] == changed(LINES, 9, "ada was here")


async def test_stash_and_alerts_are_filtered_by_the_platforms_id_and_refuse_foreign_cursors(home: Desk) -> None:
    ext = f"crm/{secrets.token_hex(4)}"
    item = await home.item("ada", external_id=ext)
    _, draft = await home.own("ada", item)
    ada = home.api("ada")
    base = await ada.drafts.get(draft)
    await ada.drafts.save(draft, script("else\n"), if_match=base.etag, session=secrets.token_urlsafe(16))
    text = script("other\n")
    with pytest.raises(Problem, match="stale"):
        await ada.drafts.save(draft, text, if_match=base.etag, session=secrets.token_urlsafe(16))
    assert [entry.item for entry in (await ada.stash.list(item=f"ext:{ext}")).entries] == [item]
    assert [alert.item for alert in (await ada.alerts.list(item=f"ext:{ext}")).alerts] == [item]
    assert (await ada.stash.list(item="ext:nothing")).entries == ()
    for listed in (ada.stash.list, ada.alerts.list):
        with pytest.raises(Problem, match="bad_cursor"):
            await listed(cursor="nothing")
