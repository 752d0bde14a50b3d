"""A draft's history in groups, its states by etag, seq and name, and the names themselves."""

import pytest

from draftwire_server.limits.contract import NAMES_PER_DRAFT
from tests.deploys.conftest import deployed, save
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed, script

pytestmark = pytest.mark.slow


async def aged(home: Desk, draft: str, seq: int, by_s: float) -> None:
    """Let the batches up to a seq be older than they are."""
    await home.world.rows(
        "update draft_op set at = at - make_interval(secs => $3) where draft_id = $1 and seq <= $2 returning 1",
        draft, seq, by_s,
    )  # fmt: skip


async def test_batches_are_grouped_by_writer_and_pause_with_places_and_how_much(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="open")  # seq 1: the text was put in
    await aged(home, draft, 1, 1000)
    mine = await save(home, "ada", draft, changed(LINES, 3, "mine"))
    await save(home, "ben", draft, changed(changed(LINES, 3, "mine"), 1, "first\nnew"))
    last = await save(home, "ada", draft, changed(changed(LINES, 3, "mine again"), 1, "first\nnew"))
    api = home.api("dora", 1)
    page = await api.history.page(draft)
    assert (page.etag, page.begins, page.next, page.generation) == (last, 1, None, 1)
    newest, ben, oldest = page.groups
    assert (newest.from_, newest.to, newest.batches, newest.etag) == (2, 4, 2, last)
    assert (newest.actor.name, newest.kinds, newest.causes, newest.run) == ("Ada", ("save",), (), None)
    assert [(place.at, place.lines) for place in newest.places] == [("/content", ((4, 4),))], "as it reads at its end"
    assert (ben.from_, ben.to, ben.actor.name) == (3, 3, "Ben")
    assert [(place.at, place.lines) for place in ben.places] == [("/content", ((1, 2),))]
    assert ben.came > ben.went > 0
    assert (oldest.from_, oldest.to) == (1, 1) and oldest.came == len(LINES)
    assert newest.begun_at <= ben.begun_at <= newest.ended_at
    assert mine != last
    one = (await api.drafts.log(draft, after=ben.from_ - 1, limit=1)).batches[0]
    assert (one.seq, one.kind) == (3, "save")


async def test_pages_are_the_same_groups_whatever_their_size(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="open")
    for turn in range(6):
        await save(home, ("ada", "ben")[turn % 2], draft, f"{turn}\n")
        state = await home.api("ada").drafts.get(draft)
        await aged(home, draft, state.seq, 400)
    api = home.api("ada")
    whole = [group async for group in api.history.groups(draft)]
    assert [group.to for group in whole] == [7, 6, 5, 4, 3, 2]
    paged, before = [], None
    while True:
        page = await api.history.page(draft, before=before, limit=2)
        paged += page.groups
        assert len(page.groups) <= 2
        if page.next is None:
            break
        before = page.next
    assert paged == whole


async def test_any_state_is_had_by_etag_seq_or_name_with_who_led_to_it(home: Desk) -> None:
    item, draft = await deployed(home)  # seq 1 was deployed as version 1
    second = await save(home, "dana", draft, "second\n")
    third = await save(home, "dana", draft, "third\n")
    api = home.api("dana", 1)
    named = await api.history.name(draft, "before the refactoring", second)
    assert (named.seq, named.etag, named.by.name, named.writer.name) == (2, second, "Dana", "Dana")  # type: ignore[union-attr]
    for at in (second, "2", "before the refactoring"):
        found = await api.history.state(draft, at)
        assert (found.etag, found.value, found.names) == (second, script("second\n"), ("before the refactoring",))
        assert (found.by.name, found.kind, found.item) == ("Dana", "save", item)  # type: ignore[union-attr]
    assert (await api.history.state(draft)).etag == third
    began = await api.history.state(draft, "0")
    assert (began.seq, began.by, began.value["content"]) == (0, None, "")
    assert (await api.history.page(draft)).groups[0].names == ("before the refactoring",)
    for at, code in (
        ("4", "base_ahead"), ("9" * 40, "base_ahead"), (third.replace("g1", "g7"), "generation_changed"),
        (third[:-8] + "AAAAAAAA", "rewound"), ("never named", "not_found"), ("x" * 10_000, "bad_name"),
    ):  # fmt: skip
        assert (await refused(api.history.state(draft, at))).code == code, at


async def test_names_are_set_renamed_removed_and_listed_by_who_may_type(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="readable")
    first = (await home.api("ada").drafts.get(draft)).etag
    second = await save(home, "ada", draft, "second\n")
    api = home.api("ada", 1)
    await api.history.name(draft, "  café ", first)
    assert [n.name for n in await home.api("ben").history.names(draft)] == ["café"]
    again = await api.history.name(draft, "café", first)
    assert again.etag == first
    assert (await refused(api.history.name(draft, "café", second))).code == "taken"
    await api.history.name(draft, "a/b?c", second)
    assert (await refused(api.history.rename(draft, "a/b?c", "café"))).code == "taken"
    renamed = await api.history.rename(draft, "a/b?c", "done")
    assert (renamed.name, renamed.etag) == ("done", second)
    assert [n.name for n in await api.history.names(draft)] == ["done", "café"]
    for work in (
        home.api("ben").history.name(draft, "x", first),
        home.api("ben").history.rename(draft, "done", "x"),
        home.api("ben").history.unname(draft, "done"),
    ):
        assert (await refused(work)).code == "read_only"
    assert (await refused(home.api("zoe").history.names(draft))).code == "not_found"
    await api.history.unname(draft, "done")
    assert (await refused(api.history.unname(draft, "done"))).code == "not_found"
    assert (await refused(api.history.rename(draft, "done", "x"))).code == "not_found"
    for bad in ("", " ", "12", second, "a\nb", "\u202e", "looked", "..", "x" * 101, "x" * 1_000_000):
        assert (await refused(api.history.name(draft, bad, second))).code == "bad_name", bad[:20]
    for etag, code in (("x", "bad_etag"), (second.replace("g1", "g2"), "generation_changed")):
        assert (await refused(api.history.name(draft, "x", etag))).code == code


async def test_a_draft_has_so_many_names_at_the_most(home: Desk) -> None:
    _, draft = await home.own("ada")
    etag = (await home.api("ada").drafts.get(draft)).etag
    await home.api("ada").history.name(draft, "one", etag)
    await home.world.rows(
        "insert into draft_name select workspace_id, draft_id, 'n' || i, generation, seq, mark, value, state_at,"
        " writer_id, run_id, actor_id, at from draft_name, generate_series(2, $2) i where draft_id = $1 returning 1",
        draft, NAMES_PER_DRAFT,
    )  # fmt: skip
    assert (await refused(home.api("ada").history.name(draft, "too many", etag))).code == "too_many"


async def test_an_earlier_generation_is_read_while_it_exists(home: Desk) -> None:
    item, draft = await deployed(home)
    old = await save(home, "dana", draft, "before\n")
    api = home.api("dana")
    await api.history.name(draft, "kept", old)
    await api.deploys.discard(draft, old)
    again = await api.drafts.of_item(item, "own")
    await api.drafts.save(draft, script("anew\n"), if_match=again.etag)
    assert [g.to for g in (await api.history.page(draft)).groups] == [1]
    earlier = await api.history.page(draft, generation=1)
    assert (earlier.generation, earlier.etag, earlier.begins) == (1, old, 1)
    assert [(g.to, g.places[0].lines) for g in earlier.groups] == [(2, ((1, 1),))]
    for at in (old, "kept"):
        found = await api.history.state(draft, at)
        assert (found.value, found.generation, found.names) == (script("before\n"), 1, ("kept",))
    blame = await api.history.blame(draft, old)
    assert [blame.origins[line.origin].actor.name for line in blame.texts[0].lines] == ["Dana"]
    assert (await refused(api.history.page(draft, generation=7))).code == "generation_changed"


async def test_what_one_may_not_read_has_no_past(home: Desk) -> None:
    item, draft = await home.own("ada", visibility="private")
    etag = (await home.api("ada").drafts.get(draft)).etag
    for user in ("ben", "olga", "zoe"):
        client = home.world.http(user)
        for path in ("history", "state", "names", "blame", "changes"):
            answer = await client.get(f"drafts/{draft}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (user, path)
        for path, body in (("names", {"name": "x", "etag": etag}), ("looked", {"etag": etag})):
            answer = await client.post(f"drafts/{draft}/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (user, path)
    unbegun = await home.api("ben").drafts.of_item(item, "own")
    page = await home.world.http("ben").get(f"drafts/{unbegun.draft}/history", params={"item": item})
    assert (page.json()["groups"], page.json()["begins"]) == ([], 1)
