"""Versions: listed, read by number and hash, deployed again, restored, forked; and the runtime's read."""

import secrets
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire_server.store.items import items
from tests.deploys.conftest import STRICT, deployed, save
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed, script

pytestmark = pytest.mark.slow


async def next_version(home: Desk, draft: str, content: str, expected: int, **more: Any) -> Any:
    etag = await save(home, "dana", draft, content)
    return await home.api("dana").deploys.deploy(draft, etag, expected, **more)


async def test_versions_are_listed_in_pages_and_read_by_number_and_hash(home: Desk) -> None:
    item, draft = await deployed(home)
    for number in range(2, 6):
        await next_version(home, draft, f"text {number}\n", number - 1, message=f"number {number}")
    api = home.api("ada", 1)
    first = await api.versions.list(item, limit=3)
    assert ([v.number for v in first.versions], first.head, first.next) == ([5, 4, 3], 5, 3)
    rest = await api.versions.list(item, limit=3, before=first.next)
    assert ([v.number for v in rest.versions], rest.next) == ([2, 1], None)
    newest = first.versions[0]
    assert (newest.message, newest.value, newest.author.name) == ("number 5", None, "Dana")
    assert len({v.hash for v in (*first.versions, *rest.versions)}) == 5
    by_hash = await api.versions.get(item, newest.hash)
    assert by_hash == await api.versions.get(item, 5)
    assert by_hash.value == script("text 5\n")
    other, _ = await deployed(home)
    for name in ("6", "0", "x", "99999999999", newest.hash[:-1] + "g"):
        assert (await refused(api.versions.get(item, name))).code == "not_found"
    assert (await refused(api.versions.get(other, newest.hash))).code == "not_found"
    assert (await refused(home.api("zoe").versions.list(item))).code == "not_found"


async def test_a_value_is_kept_once_per_content(home: Desk) -> None:
    content = f"{secrets.token_hex(8)}\n"
    item, draft = await deployed(home, content=content)
    await next_version(home, draft, "other\n", 1)
    await next_version(home, draft, content, 2)
    page = (await home.api("dana").versions.list(item)).versions
    assert page[0].content_hash == page[2].content_hash
    assert page[0].hash != page[2].hash
    rows = await home.world.rows("select 1 from content where content_hash = $1", page[0].content_hash)
    assert len(rows) == 1


async def test_an_older_version_is_deployed_again_and_the_head_is_not(home: Desk) -> None:
    item, draft = await deployed(home)
    second = await next_version(home, draft, "second\n", 1)
    api = home.api("eli", 1)
    assert (await refused(api.deploys.redeploy(item, 1, 1))).code == "behind"
    key = secrets.token_hex(8)
    again = await api.deploys.redeploy(item, 1, 2, message="back", idempotency_key=key)
    assert (again.version, again.unchanged) == (3, False)
    assert await home.api("eli", 0).deploys.redeploy(item, 1, 2, message="back", idempotency_key=key) == again
    version = await api.versions.get(item, 3)
    assert (version.value, version.redeploy_of, version.message) == (script(LINES), 1, "back")
    assert (version.author.name, version.deployer.name) == ("Dana", "Eli")
    head = await api.deploys.redeploy(item, 1, 3)
    assert (head.version, head.unchanged) == (3, True)
    assert (await api.deploys.redeploy(item, second.hash, 1, override=3)).version == 4
    assert (await api.versions.get(item, 4)).override == 3
    assert (await refused(home.api("ada").deploys.redeploy(item, 1, 4))).detail["missing"] == "deploy"
    assert (await refused(api.deploys.redeploy(item, 9, 4))).code == "not_found"


async def test_an_old_version_that_the_schema_no_longer_allows_is_not_deployed_again(home: Desk) -> None:
    strict = {**STRICT, "name": "strict2"}
    await home.api("root").kinds.put(strict)
    item = await home.item("dana", kind="strict2", value={"content": "x"})
    api = home.api("dana")
    state = await api.drafts.of_item(item, "own")
    for number, value in enumerate(({"content": "y", "limit": 10}, {"content": "z"})):
        state = await api.drafts.of_item(item, "own")
        saved = await api.drafts.save(state.draft, value, if_match=state.etag)
        await api.deploys.deploy(state.draft, saved.etag, number)
    narrower = {**strict["schema"], "properties": {"limit": {"maximum": 5}}}
    await home.api("root").kinds.put({**strict, "schema": narrower})
    for worker in (0, 1):
        problem = await refused(home.api("dana", worker).deploys.redeploy(item, 1, 2))
        assert problem.code == "not_deployable"
        assert [d["at"] for d in problem.detail["diagnostics"]] == ["/limit"]


async def test_a_version_is_restored_as_a_new_item_that_remembers_it(home: Desk) -> None:
    item, draft = await deployed(home)
    await next_version(home, draft, "second\n", 1)
    path, key = f"f/one/{secrets.token_hex(4)}", secrets.token_hex(8)
    api = home.api("dana", 1)
    made = await api.versions.restore(item, 1, path=path, idempotency_key=key)
    assert (made.path, made.kind, made.head) == (path, "both", None)
    assert (await home.api("dana", 0).versions.restore(item, 1, path=path, idempotency_key=key)).item == made.item
    assert (await api.drafts.of_item(made.item)).value == script(LINES)
    origin = await api.versions.origin(made.item)
    assert (origin.item, origin.version, origin.draft) == (item, 1, None)
    assert (await refused(api.versions.origin(item))).code == "not_found"
    assert (await refused(api.versions.restore(item, 1, path=path))).code == "taken"
    assert (await refused(api.versions.restore(item, 7))).code == "not_found"
    assert (await refused(api.versions.restore(item, 1, path="x/y/z"))).code == "bad_path"
    assert (await refused(api.versions.restore(item, 1, path="f/three/x"))).code == "forbidden"


async def test_an_item_is_forked_from_its_head_or_any_state_of_a_draft_that_one_may_read(home: Desk) -> None:
    item, draft = await deployed(home)
    first = (await home.api("dana").drafts.get(draft)).etag
    await save(home, "dana", draft, "later\n")
    api = home.api("ben", 1)
    head = await api.versions.fork(item, path=f"f/one/{secrets.token_hex(4)}")
    assert (await api.drafts.of_item(head.item)).value == script(LINES)
    assert (await api.versions.origin(head.item)).version == 1
    of_draft = await api.versions.fork(item, draft)
    assert (await api.drafts.of_item(of_draft.item)).value == script("later\n")
    earlier = await api.versions.fork(item, f"{draft}@{first}")
    assert (await api.drafts.of_item(earlier.item)).value == script(LINES)
    origin = await api.versions.origin(earlier.item)
    assert (origin.item, origin.draft, origin.etag) == (item, draft, first)
    await home.api("dana").sharing.show(draft, "private")
    assert (await refused(api.versions.fork(item, draft))).code == "not_found"
    assert (await refused(api.versions.fork(item, "mine@g1.s1.AAAAAAAA"))).code in ("rewound", "base_ahead")
    assert (await refused(home.api("zoe").versions.fork(item))).code == "not_found"


async def test_the_runtimes_read_needs_run_alone_and_nothing_but_a_deploy_changes_it(home: Desk) -> None:
    item, draft = await deployed(home)
    path = (await home.api("dana").items.get(item)).path
    runner = home.world.http("runner", 1)
    first = await runner.get("deployed", params={"path": path})
    assert first.status_code == 200, first.text
    body = first.json()
    assert (body["item"], body["version"], body["value"]) == (item, 1, script(LINES))
    assert (first.headers["etag"], first.headers["cache-control"]) == (f'"{body["hash"]}"', "private, no-cache")
    for code in ("items/" + item, "drafts/" + draft, f"items/{item}/versions"):
        assert (await runner.get(code)).status_code == 404
    by_hash = await runner.get("deployed", params={"hash": body["hash"]})
    assert by_hash.content == first.content
    assert by_hash.headers["cache-control"] == "private, max-age=31536000, immutable"
    known = await runner.get("deployed", params={"path": path}, headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")

    await save(home, "dana", draft, changed(LINES, 2, "typed"))
    await home.shared("ben", item, content="shared\n")
    other = await home.api("ada").adoption.adopt(item, draft)
    assert other.changed
    assert (await runner.get("deployed", params={"path": path})).content == first.content
    await next_version(home, draft, "second\n", 1)
    now = await runner.get("deployed", params={"path": path}, headers={"If-None-Match": first.headers["etag"]})
    assert (now.status_code, now.json()["version"]) == (200, 2)
    moved = f"f/one/{secrets.token_hex(4)}"
    await home.api("dana").items.change(item, path=moved)
    assert (await runner.get("deployed", params={"hash": body["hash"]})).content == first.content
    assert (await runner.get("deployed", params={"path": moved})).json()["version"] == 2
    async with home.world.store() as connection:
        row = await items.load_item(connection, home.world.workspace, item)
        assert row is not None
        await connection.execute("update item set archived_at = now() where id = $1", item)
    assert (await runner.get("deployed", params={"hash": body["hash"]})).content == first.content


async def test_a_bad_read_of_a_runtime_tells_nothing(home: Desk) -> None:
    item, _ = await deployed(home)
    path = (await home.api("dana").items.get(item)).path
    version = await home.api("dana").versions.get(item, 1)
    runner, nobody, reader = home.world.http("runner"), home.world.http("zoe"), home.world.http("dora")
    for query in ({}, {"path": path, "hash": version.hash}, {"name": "x"}):
        assert (await runner.get("deployed", params=query)).json()["code"] == "bad_message"
    for query in ({"path": path}, {"hash": version.hash}, {"path": "f/one/never"}, {"hash": "0" * 64}, {"hash": "x"}):
        answer = await nobody.get("deployed", params=query)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await reader.get("deployed", params={"path": path})
    assert (answer.status_code, answer.json()["missing"]) == (403, "run")
    fresh = await home.item("dana")
    unborn = (await home.api("dana").items.get(fresh)).path
    assert (await runner.get("deployed", params={"path": unborn})).json()["code"] == "not_found"
    with pytest.raises(Problem):
        await home.api("zoe").versions.deployed(hash=version.hash)
    assert (await home.api("runner").versions.deployed(hash=version.hash)).value == script(LINES)
