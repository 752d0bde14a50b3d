"""What one may not see costs the work of what is not there: the same statements in the same order, and the same words.

Not the time is compared, which differs on every machine, but what makes it (`measure_same_work.py` measures it). The
cases are made from the routes and messages themselves: whoever adds a field that takes any text says here whether it
names something.
"""

import re
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from draftwire.wire import messages as m
from draftwire_server.app import create_app
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.ids import new_id
from draftwire_server.http.serving.operation import Operation
from draftwire_server.settings import from_env
from tests.drafts.desk import LINES, changed, script
from tests.system.cluster import RESUME_KEY, SECRET_KEY, TOKEN_KEY, cluster
from tests.system.world import world
from tests.tenancy.house import MARK, furnished, operations
from tests.tenancy.minimal import LIST, minimal, saying, texts_in
from tests.tenancy.spied import Spied, Told, Wire

pytestmark = pytest.mark.slow

TURNS = 5
ID = re.compile(r"\b[a-z2-7]{26}\b")
AGENT = "helper"
HIDDEN = (
    "item",
    "draft",
    "run",
    "suggestion",
    "entry",
    "alert",
    "stream",
    "folder",
    "grant",
    "key",
    "webhook",
)

# What a field names, by the last of its names: the text for what is hidden and the one for what is not there; `$item`
# is the id of an item. Members and groups of the workspace are hidden from no other.
NAMED: dict[str, tuple[str, ...]] = {
    **{name: (f"${name}",) for name in ("item", "draft", "run", "grant", "stream", "entry")},
    "from": ("$draft",), "to": ("$draft",), "items": ("$item",), "hash": ("$hash",), "path": ("$path",),
    "prefix": ("f/$place/",), "folder": ("f/$place",), "external_id": ("$external_id",), "cursor": (),
    "prefixes": ("f/$place/",), "paths": ("$path",), "channel": ("item:$item", "draft:$draft", "workspace:$elsewhere"),
    "workspaces": ("$elsewhere",), "before": ("$run",), "id": ("$draft",), "approved_by": (),
}  # fmt: skip
NAMES_NOBODY_ELSE_S = {
    # texts, words and secrets
    *("text", "summary", "note", "message", "description", "label", "model", "doing", "name", "query", "q", "search"),
    *("old", "new", "cause", "client", "agent", "token", "resume", "op", "types", "kind", "address", "keyed"),
    # places within what is named already, and states of it
    *("at", "after", "only", "hunks", "etag", "since", "mark", "key", "source_etag", "content_hash", "session"),
    # people and groups, whom every member may see
    *("group", "creator", "owner", "user", "username", "members", "member", "act_for", "groups"),
    "imported",
    # settings of the workspace, which only admins reach
    *("jti", "issuer", "audience", "jwks_url"),
}  # fmt: skip
# What the smallest body does not say: one of several members is needed.
SAYS: dict[str, Any] = {
    "revert": {"version": 1}, "replay_webhook": {"number": 1},
    "edit_draft": {"edits": [{"do": "insert", "at": "/content", "line": 1, "text": "x"}]},
}  # fmt: skip
RAW: dict[str, Any] = {"put_draft": {"value": {}}, "put_draft_of_item": {"value": {}}}


@pytest.fixture(scope="module")
async def spied(module_database_url: str, services: Embedded) -> AsyncIterator[Spied]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(cluster(module_database_url, services.redis_url, workers=1))
        house = await furnished(await stack.enter_async_context(world(server, module_database_url, MARK)))
        await house.world.member("zoe")
        settings = from_env({
            "DATABASE_URL": module_database_url, "REDIS_URL": services.redis_url, "DRAFTWIRE_TOKEN_KEYS": TOKEN_KEY,
            "DRAFTWIRE_RESUME_KEY": RESUME_KEY, "DRAFTWIRE_SECRET_KEYS": SECRET_KEY,
        })  # fmt: skip
        app = create_app(settings)
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield Spied(app, house)


class Both(typing.NamedTuple):
    """Ids of zoe's own things, of what is hidden from her, and of what is not there."""

    own: dict[str, str]
    hidden: dict[str, str]
    absent: dict[str, str]


@pytest.fixture(scope="module")
async def both(spied: Spied) -> Both:
    house = spied.house
    (row,) = await house.world.rows("select hash from version where item_id = $1", house.ids["item"])
    hidden = house.ids | {
        "hash": row["hash"], "path": "f/desk/one", "place": "desk", "external_id": "x-1", "elsewhere": new_id()
    }  # fmt: skip
    absent = {**hidden, **{name: new_id() for name in HIDDEN}, "hash": "0" * len(row["hash"]), "path": "f/none/one"}
    absent |= {"place": "nowhere", "external_id": "x-none", "elsewhere": new_id()}
    async with house.world.http("zoe") as zoe, house.world.http("zoe", agent=AGENT) as agent:

        async def made(client: Any, method: str, path: str, body: Any, *statuses: int, **headers: str) -> Any:
            answer = await client.request(method, path, json=body, headers=headers)
            assert answer.status_code in statuses, answer.text
            return answer.json()

        new = {"kind": "thing", "path": "u/zoe/mine", "value": script(LINES)}
        item = (await made(zoe, "POST", "items", new, 201))["item"]
        state = (await zoe.get(f"items/{item}/draft?purpose=own")).json()
        place = f"items/{item}/draft?purpose=own"
        for text in ("one", "two", "three"):  # the third is refused, and lies in the stash
            saved = {"value": script(changed(LINES, 5, text))}
            told = await made(zoe, "PUT", place, saved, 200, 409, **{"If-Match": state["etag"]})
            state = told if text == "one" else state
        run = await made(agent, "POST", "runs", {"label": "zoe's"}, 201)
    own = {**hidden, "item": item, "draft": told["draft"] if "draft" in told else state["draft"], "run": run["id"]}
    return Both({**own, "entry": told["stash_id"]}, hidden, absent)


def filled(given: Any, ids: dict[str, str]) -> Any:
    if isinstance(given, dict):
        return {name: filled(value, ids) for name, value in given.items()}
    if isinstance(given, list):
        return [filled(value, ids) for value in given]
    if isinstance(given, str) and "$" in given:
        for name in sorted(ids, key=len, reverse=True):
            given = given.replace(f"${name}", ids[name])
    return given


def nameless(told: Told, ids: dict[str, str]) -> tuple[int, str]:
    """An answer without what the question named, and without ids that are made anew each time."""
    text = told.text
    for name in ("hash", "path", "external_id"):
        text = text.replace(ids[name], name)
    return told.status, ID.sub("id", text)


async def same(ask: Callable[[dict[str, str]], Awaitable[Told]], both: Both) -> None:
    """Ask in turns: words and work are the same."""
    hidden, absent = [], []
    for _ in range(TURNS):
        hidden.append(await ask(both.hidden))
        absent.append(await ask(both.absent))
    assert {nameless(each, both.hidden) for each in hidden} == {nameless(each, both.absent) for each in absent}
    # The shortest is what a request costs by itself: a new connection, or a cache that has just run out, adds to it.
    assert min((each.statements for each in hidden), key=len) == min((each.statements for each in absent), key=len)


# ---- what stands in the path of a route


PATHS = sorted(
    (each.method, each.path, each.route.id)
    for each in operations()
    if any(f"{{{name}}}" in each.path for name in HIDDEN)
)
BY_NAME = {each.route.id: each for each in operations()}


def body_of(operation: Operation) -> Any:
    if operation.body is None:
        return RAW.get(operation.route.id)
    body = minimal(operation.body)
    return {**body, **SAYS[name]} if (name := operation.route.id) in SAYS else body


@pytest.mark.parametrize("asked", ["cold", "in memory", "by the platform's id"])
@pytest.mark.parametrize("name", [name for _, _, name in PATHS])
async def test_what_is_out_of_sight_costs_what_an_unknown_id_does(
    spied: Spied, both: Both, name: str, asked: str
) -> None:
    operation = BY_NAME[name]
    body = body_of(operation)
    query = minimal(operation.query) if operation.query is not None else {}
    if asked == "in memory":  # ada looks at the very thing first, so that it lies in this worker's memory
        await spied.ask("ada", "GET", operation.path.format_map(both.hidden))
        await spied.ask("ada", "GET", f"/v1/w/{both.hidden['workspace']}/drafts/{both.hidden['draft']}")
    agent = AGENT if "{run}" in operation.path else None
    by_platform = "{item}" in operation.path and (name == "put_item" or asked == "by the platform's id")

    async def ask(ids: dict[str, str]) -> Told:
        if by_platform:
            ids = {**ids, "item": f"ext:{ids['external_id']}"}
        sent = {} if body is None else {"json": body}
        return await spied.ask("zoe", operation.method, operation.path.format_map(ids), agent, params=query, **sent)

    first = await ask(both.hidden)
    if first.status == 200 and operation.method == "GET":
        return  # that one may be seen by everybody
    assert first.status in (403, 404, 409), f"the question was not understood: {first.text}"
    await same(ask, both)


# ---- what a query or a body names


def named(at: tuple[str, ...]) -> str:
    """What a place of a body is called: the last name on the way."""
    return [each for each in at if each != LIST][-1]


def names() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """(route, query or body, place, text) for everything that may name something."""
    for operation in operations():
        for part, wanted in (("query", operation.query), ("body", operation.body)):
            for at in texts_in(wanted) if wanted is not None else ():
                for text in NAMED.get(named(at), ()):
                    if operation.route.id not in FOR_ADMINS:
                        yield operation.route.id, part, at, text


# Admins alone get past the door: that is tested for the paths above, and they see everything.
FOR_ADMINS = {
    "import_", "put_directory", "change_rights", "make_key", "add_folder", "change_folder", "add_group", "change_group",
    "put_members", "set_person", "add_member", "change_member",
}  # fmt: skip


def test_of_every_text_it_is_said_whether_it_names_something() -> None:
    asked = [each for one in operations() for each in (one.query, one.body) if each is not None]
    found = {named(at) for each in (*asked, *typing.get_args(m.ClientMessage)) for at in texts_in(each)}
    assert found - set(NAMED) - NAMES_NOBODY_ELSE_S == set()


@pytest.mark.parametrize(("name", "part", "at", "text"), list(names()), ids=str)
async def test_what_a_query_or_body_names_costs_what_an_unknown_name_does(
    spied: Spied, both: Both, name: str, part: str, at: tuple[str, ...], text: str
) -> None:
    operation = BY_NAME[name]
    await spied.ask("ada", "GET", f"/v1/w/{both.hidden['workspace']}/drafts/{both.hidden['draft']}")
    body = body_of(operation)
    query = minimal(operation.query) if operation.query is not None else {}
    if part == "query":
        query = saying(query, at, text)
    else:
        body = saying(body, at, text)
    agent = AGENT if "{run}" in operation.path or name == "begin_run" else None

    async def ask(ids: dict[str, str]) -> Told:
        sent = {} if body is None else {"json": filled(body, ids)}
        path = operation.path.format_map(both.own)
        return await spied.ask("zoe", operation.method, path, agent, params=filled(query, ids), **sent)

    await same(ask, both)


# ---- what a message names


MESSAGES = [
    (each, at, text)
    for each in typing.get_args(m.ClientMessage)
    if each is not m.Hello
    for at in texts_in(each)
    for text in NAMED.get(named(at), ())
    if not (each is m.Edit and at[0] == "ops")
]
HAVE = {"id": "x", "generation": 1, "have": 1, "mark": "AAAAAAAA"}
HELLO: dict[str, Any] = {
    "run": "$run", "drafts": [{**HAVE, "id": "$draft", "item": "$item"}],
    "items": ["$item"], "workspaces": ["$elsewhere"],
}  # fmt: skip
TOOLS = typing.get_args(typing.get_type_hints(m.Call)["tool"])


async def greeted(spied: Spied, wire: Wire, number: int, agent: bool = False, **more: Any) -> Told:
    claims = {"agent": AGENT} if agent else {}
    token = spied.house.world.token("zoe", **claims)
    return await wire.told(t="hello", session=f"{number:022d}", token=token, **more)


SESSIONS = iter(range(1, 10_000))


@pytest.mark.parametrize(("kind", "at", "text"), MESSAGES, ids=lambda each: getattr(each, "__name__", str(each)))
async def test_what_a_message_names_costs_what_an_unknown_name_does(
    spied: Spied, both: Both, kind: Any, at: tuple[str, ...], text: str
) -> None:
    message = saying(minimal(kind) | ({"have": HAVE} if at[0] == "have" else {}), at, text)
    runs = {"agent": True, "run": both.own["run"]} if kind in (m.Call, m.Append) else {}
    if runs and at != ("run",):
        message["run"] = both.own["run"]
    async with Wire(spied).open() as wire:
        await greeted(spied, wire, next(SESSIONS), **runs)
        await same(lambda ids: wire.told(**filled(message, ids)), both)


BODIES_OF_TOOLS = {"read": "read_draft", "search": "search_texts", "edit": "edit_draft", "open_stream": "open_stream"}
CALLS = [
    *((tool, "run") for tool in TOOLS),
    *((tool, at[0]) for tool, name in BODIES_OF_TOOLS.items() for at in texts_in(BY_NAME[name].body)
      if at in (("draft",), ("item",), ("path",))),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "field"), CALLS)
async def test_what_a_tool_is_called_with_costs_what_an_unknown_name_does(
    spied: Spied, both: Both, tool: str, field: str
) -> None:
    message: dict[str, Any] = {"t": "call", "ref": 1, "tool": tool, "run": both.own["run"], "stream": "$stream"}
    body = body_of(BY_NAME[BODIES_OF_TOOLS[tool]]) if tool in BODIES_OF_TOOLS else None
    message |= {"run": "$run", "body": body} if field == "run" else {"body": {**(body or {}), field: f"${field}"}}
    async with Wire(spied).open() as wire:
        await greeted(spied, wire, next(SESSIONS), agent=True, run=both.own["run"])
        await same(lambda ids: wire.told(**filled(message, ids)), both)


@pytest.mark.parametrize("field", HELLO)
async def test_what_a_hello_names_costs_what_an_unknown_name_does(spied: Spied, both: Both, field: str) -> None:
    async def ask(ids: dict[str, str]) -> Told:
        async with Wire(spied).open() as wire:
            told = await greeted(
                spied, wire, next(SESSIONS), agent=field == "run", **filled({field: HELLO[field]}, ids)
            )
        kept = [each for each in told.text.split("}, {") if '"t": "welcome"' not in each]
        return Told(told.status, "".join(kept), told.statements)

    await same(ask, both)
