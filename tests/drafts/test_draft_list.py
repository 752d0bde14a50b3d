"""The list of drafts, and many of them deployed or discarded at once."""

import asyncio
import secrets
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire.rest.draft_list import DeployOne, DiscardOne
from tests.deploys.conftest import closed, deployed, home, save
from tests.deploys.test_behind import second
from tests.drafts.desk import LINES, Desk, changed, script

__all__ = ["closed", "home"]  # fixtures

pytestmark = pytest.mark.slow


async def refused(attempt: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await attempt
    return caught.value


async def _page(api: Any, **query: Any) -> Any:
    return await api.drafts.list(**query)


async def listed(home: Desk, user: str, **query: Any) -> list[str]:
    return [line.draft async for line in home.api(user).drafts.list(**query)]


async def test_the_list_shows_what_one_may_know_of_and_of_private_ones_owner_and_age_alone(home: Desk) -> None:
    item, mine = await home.own("ada")
    _, private = await home.own("ben", item, visibility="private")
    _, shared = await home.shared("cleo", item)
    assert await listed(home, "ada", item=item) == [shared, private, mine]
    assert await listed(home, "ada", item=item, order="age") == [mine, private, shared]
    assert await listed(home, "ada", item=item, whose="mine") == [mine]
    assert await listed(home, "ada", item=item, whose="others") == [shared, private]
    assert await listed(home, "ada", item=item, purpose="shared") == [shared]
    ben = (await home.world.rows("select id from draftwire.member where external_id = 'ben' and workspace_id = $1",
                                 home.world.workspace))[0]["id"]  # fmt: skip
    assert await listed(home, "ada", item=item, owner=ben) == [private]
    assert await listed(home, "ada", item=item, owner="ext:ben") == [], "the platform's ids of others are for admins"
    assert await listed(home, "ben", item=item, owner="ext:ben") == [private], "and one's own"
    assert await listed(home, "ada", item=item, owner="ext:nobody") == []
    assert await listed(home, "ben", item=item, owner="me") == [private]
    for user in ("zoe", "olga"):  # the one sees nothing of the folder, the other is an operator
        assert await listed(home, user) == []
    answer = await home.world.http("ada").get("drafts", params={"item": item, "owner": ben})
    (line,) = answer.json()["drafts"]
    assert (line["owner"]["name"], line["visibility"], line["may"]) == ("Ben", "private", "no")
    assert line.keys() & {"etag", "seq", "generation", "base_version", "head_version", "conflicts", "behind"} == set()
    async with home.world.http("ada") as client:
        own = (await client.get("drafts", params={"item": item, "whose": "mine"})).json()["drafts"][0]
    assert (own["may"], own["seq"], own["etag"]) == ("type", 1, (await home.api("ada").drafts.get(mine)).etag)


async def test_what_equals_its_version_counts_as_none_and_filters_hold(home: Desk) -> None:
    item, draft = await deployed(home)
    assert await listed(home, "dana", item=item) == []
    await save(home, "dana", draft, changed(LINES, 5, "dana's"))
    assert await listed(home, "dana", item=item, behind=True) == []
    await second(home, item, changed(LINES, 5, "eli's"))
    path = (await home.api("dana").items.get(item)).path
    assert path is not None
    for query in ({"item": item}, {"prefix": path}, {"folder": "f/one", "kind": "both"}):
        assert draft in await listed(home, "dana", behind=True, **query)
    assert await listed(home, "dana", behind=True, prefix=path, folder="f/two") == []
    assert await listed(home, "dana", behind=True, prefix=path, kind="strict") == []
    assert await listed(home, "dana", item=item, conflict=True) == []
    await home.api("dana").deploys.keep(draft, 2)
    (line,) = (await home.api("dana").drafts.list(item=item)).drafts
    assert (line.behind, line.kept) == (True, True)
    await home.api("dana").items.archive(item)
    assert await listed(home, "dana", prefix=path) == []
    (line,) = (await home.api("dana").drafts.list(prefix=path, archived="only")).drafts
    assert (line.draft, line.may, line.archived) == (draft, "look", True)
    await home.api("dana").items.delete(item)
    assert await listed(home, "dana", prefix=path, archived="with") == []


async def test_a_conflict_is_found_by_who_may_read_the_draft_alone(home: Desk) -> None:
    item, draft = await home.own("ada")
    stale = (await home.api("ada").drafts.get(draft)).etag
    await save(home, "ada", draft, changed(LINES, 5, "one"))
    other = home.api("ada").drafts.save(
        draft, script(changed(LINES, 5, "two")), if_match=stale, session=secrets.token_urlsafe(16)
    )
    assert (await refused(other)).code == "stale"
    (line,) = (await home.api("ben").drafts.list(item=item, conflict=True)).drafts
    assert (line.draft, line.conflicts) == (draft, 1)
    await home.api("ada").sharing.show(draft, "private")
    assert await listed(home, "ben", item=item, conflict=True) == []
    assert await listed(home, "ada", item=item, conflict=True) == [draft]
    assert await listed(home, "ben", item=item, behind=True) == []


async def test_pages_go_on_by_a_sealed_cursor_of_the_very_query(home: Desk) -> None:
    drafts = [(await home.own("ben", folder="three", content=f"{n}\n"))[1] for n in range(7)]
    for order, wanted in (("age", drafts), ("changed", drafts[::-1])):
        found: list[str] = []
        cursor = None
        while True:
            page = await home.api("ben").drafts.list(folder="f/three", order=order, limit=3, cursor=cursor)
            found += [line.draft for line in page.drafts]
            cursor = page.next
            if cursor is None:
                break
        assert found == wanted
    cursor = (await home.api("ben").drafts.list(folder="f/three", limit=3)).next
    assert cursor is not None
    for user, query in (("ben", {"folder": "f/one"}), ("root", {"folder": "f/three"}), ("ben", {"folder": "f/three"})):
        forged = cursor if query["folder"] == "f/one" or user == "root" else cursor[:-4] + "AAAA"
        problem = await refused(_page(home.api(user), limit=3, cursor=forged, **query))
        assert problem.code == "bad_cursor"


async def test_many_are_deployed_each_by_itself_and_a_retry_gets_the_first_answer(home: Desk) -> None:
    ready = [await deployed(home, content=f"{n}\n") for n in range(3)]
    ones = []
    for n, (_, draft) in enumerate(ready):
        ones.append(DeployOne(await save(home, "dana", draft, f"again {n}\n"), 1, f"no {n}", draft=draft))
    late = DeployOne(ones[2].etag, 7, draft=ready[2][1])
    gone = DeployOne(ones[0].etag, 1, draft="nothing")
    asked = [ones[0], gone, ones[1], late, ones[2], ones[0]]
    done = await home.api("dana", 0).deploys.many(asked, idempotency_key="all-at-once")
    codes = [result.refused.code if result.refused else None for result in done.results]
    assert codes == [None, "not_found", None, "behind", None, None]
    assert [result.deployed.version for result in done.results if result.deployed] == [2, 2, 2, 2]
    assert (done.deployed, done.unchanged, done.refused) == (3, 1, 2)
    assert await home.api("dana", 1).deploys.many(asked, idempotency_key="all-at-once") == done
    assert (await refused(home.api("dana").deploys.many(ones, idempotency_key="all-at-once"))).code == (
        "idempotency_reused"
    )
    for n, (item, _) in enumerate(ready):
        versions = (await home.api("dana").versions.list(item)).versions
        assert [(v.number, v.message) for v in versions] == [(2, f"no {n}"), (1, "")]
    assert (await refused(home.api("dana").deploys.many([gone] * 51))).code == "too_many"
    answer = await home.world.http("dana").post(
        "drafts/deploy", json={"drafts": [{"draft": "x", "etag": "x", "expected_version": 0}] * 10_000}
    )
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    by_operator = await home.api("olga").deploys.many([ones[0]])
    assert [r.refused.code for r in by_operator.results if r.refused] == ["not_found"]


async def test_a_bulk_deploy_that_was_cut_goes_on_where_it_was(home: Desk) -> None:
    ready = [await deployed(home, content=f"{n}\n") for n in range(4)]
    asked = [
        DeployOne(await save(home, "dana", draft, f"next {n}\n"), 1, draft=draft) for n, (_, draft) in enumerate(ready)
    ]
    both = await asyncio.gather(
        *(home.api("dana", n).deploys.many(asked, idempotency_key="twice-at-once") for n in (0, 1))
    )
    for done in both:
        assert [r.deployed.version for r in done.results if r.deployed] == [2] * 4
    for item, _ in ready:
        assert len((await home.api("dana").versions.list(item)).versions) == 2


async def test_many_are_discarded_each_by_itself(home: Desk) -> None:
    drafts = [await home.own("ada", content=f"{n}\n") for n in range(3)]
    etags = [(await home.api("ada").drafts.get(draft)).etag for _, draft in drafts]
    await save(home, "ada", drafts[2][1], "moved on\n")
    _, theirs = await home.own("ben")
    other = (await home.api("ben").drafts.get(theirs)).etag
    asked = [DiscardOne(etag, draft=draft) for etag, (_, draft) in zip(etags, drafts, strict=True)]
    asked.append(DiscardOne(other, draft=theirs))
    done = await home.api("ada").deploys.discard_many(asked, idempotency_key="away")
    assert [r.refused.code if r.refused else None for r in done.results] == [None, None, "draft_moved", "forbidden"]
    assert (done.discarded, done.refused) == (2, 2)
    assert await home.api("ada", 1).deploys.discard_many(asked, idempotency_key="away") == done
    again = await home.api("ada").deploys.discard_many(asked[:1])  # what is gone is gone
    assert again.results[0].discarded == done.results[0].discarded
    assert (await home.api("ada").deploys.bring_back(drafts[0][1])).changed
    assert (await refused(home.api("ada").deploys.discard_many(asked * 20))).code == "too_many"


async def test_a_409_is_an_answer_too_and_a_retry_gets_it_although_it_would_pass_now(home: Desk) -> None:
    item, draft = await deployed(home)
    etag = await save(home, "dana", draft, "mine\n")
    api = home.api("dana")
    late = await refused(api.deploys.deploy(draft, etag, 7, idempotency_key="refused-once"))
    await api.items.archive(item)
    await api.items.unarchive(item)
    again = await refused(home.api("dana", 1).deploys.deploy(draft, etag, 7, idempotency_key="refused-once"))
    assert (late.code, again.code, again.detail) == ("behind", "behind", late.detail)
    await api.items.archive(item)
    assert (await refused(api.deploys.deploy(draft, etag, 1, idempotency_key="archived-once"))).code == "archived"
    await api.items.unarchive(item)
    assert (await refused(api.deploys.deploy(draft, etag, 1, idempotency_key="archived-once"))).code == "archived"
    assert (await api.deploys.deploy(draft, etag, 1, idempotency_key="another")).version == 2
