"""A workspace with one of everything that a route can name, each with a mark in its text; and a clone of it in which
every id is the same: what an import makes possible, at its worst.
"""

import secrets
from typing import Any

import asyncpg
import httpx

from draftwire_server.app import OPERATIONS
from draftwire_server.core.ids import new_id
from draftwire_server.http.serving.operation import Operation
from tests.drafts.desk import LINES, changed, script
from tests.system.world import EVERYTHING, World

MARK, OTHER = "mark-of-one", "mark-of-two"

THING = {
    "name": "thing", "title": f"Things {MARK}", "draft_mode": "both", "schema": {"type": "object"},
    "initial": {"summary": "", "language": "python3", "content": ""}, "text": ["/content"],
}  # fmt: skip


class House:
    """See the module. `ids`: what stands in the path of a route, by its parameter's name."""

    def __init__(self, world: World, ids: dict[str, str], session: str) -> None:
        self.world = world
        self.ids = ids
        self.session = session

    def in_workspace(self, workspace: str) -> "House":
        """The same ids in another workspace."""
        there = World(self.world.server, self.world.database_url, workspace)
        return House(there, {**self.ids, "workspace": workspace}, self.session)

    def url(self, http: httpx.AsyncClient, operation: Operation) -> str:
        return str(http.base_url).partition("/v1/")[0] + operation.path.format_map(self.ids)

    async def call(self, http: httpx.AsyncClient, operation: Operation, **query: Any) -> httpx.Response:
        """Ask a route about what is here."""
        body = BODIES.get(operation.route.id, {})
        sent: dict[str, Any] = {} if operation.body is None else {"json": self.filled(body)}
        wanted = {**QUERIES.get(operation.route.id, {}), **query}
        headers = {"Idempotency-Key": secrets.token_hex(8)} if operation.method == "POST" else {}
        return await http.request(
            operation.method, self.url(http, operation), params=self.filled(wanted), headers=headers, **sent
        )

    def filled(self, given: Any) -> Any:
        """A body with the ids of what is here: ``$item`` and so on."""
        if isinstance(given, dict):
            return {name: self.filled(value) for name, value in given.items()}
        if isinstance(given, list):
            return [self.filled(value) for value in given]
        return self.ids[given[1:]] if isinstance(given, str) and given.startswith("$") else given


# What routes need to be asked that are asked for something; of others nothing but what stands in their paths.
BODIES: dict[str, Any] = {
    "read_draft": {"item": "$item"},
    "search_texts": {"query": "mark-of"},
    "edit_draft": {"draft": "$draft", "edits": [{"do": "insert", "at": "/content", "line": 1, "text": "# x\n"}]},
    "open_stream": {"draft": "$draft", "at": "/content", "line": 1},
    "append_to_stream": {"text": "x", "wait": False},
    "create_item": {"kind": "thing", "path": "f/desk/new", "value": {"summary": "", "content": ""}},
    "change_item": {"summary": f"changed {MARK}"},
    "post_ask": {"may": "look"},
    "patch_draft": {"visibility": "readable"},
    "add_member": {"external_id": "new"},
    "change_member": {"name": f"Ben {MARK}"},
    "add_group": {"name": "group2"},
    "change_group": {"summary": f"changed {MARK}"},
    "put_members": {"members": ["$member"]},
    "add_folder": {"name": "folder2"},
    "change_folder": {"summary": f"changed {MARK}"},
    "give_grant": {"may": ["see"], "user": "$member", "item": "$item"},
    "make_key": {"name": "another"},
    "make_webhook": {"address": "https://example.org/again", "active": False},
    "change_webhook": {"description": MARK},
    "begin_run": {"label": MARK},
    "note_run": {"text": MARK},
    "told_of_run": {"event": 0},
    "restore": {},
    "fork": {"path": "f/desk/fork"},
}
QUERIES: dict[str, Any] = {
    "list_items": {"include": "value,mine,presence,drafts"},
    "find_path": {"path": "f/desk/one"},
    "read_deployed": {"path": "f/desk/one"},
    "read_deployed_secrets": {"path": "f/desk/one"},
    "list_members": {"removed": True},
}
# After these less is left to ask about: they come last.
ENDS = (
    "sign_out", "archive", "unarchive", "delete", "undelete", "discard", "discard_many", "remove_group",
    "remove_folder", "end_grant", "revoke_key", "delete_webhook", "delete_kind", "pause_run", "stop_run", "end_run",
    "close_stream", "abort_stream", "remove_state_name", "dismiss_stash", "remove_member", "restore_member",
    "erase_member",
)  # fmt: skip


def operations() -> list[Operation]:
    """All that take somebody, in an order in which there is most to be seen."""
    asked = [each for each in OPERATIONS if not each.route.public]
    names = [each.route.id for each in asked]
    assert {*BODIES, *QUERIES, *ENDS} <= set(names), {*BODIES, *QUERIES, *ENDS} - set(names)
    return sorted(asked, key=lambda each: (each.method != "GET", ENDS.index(n) if (n := each.route.id) in ENDS else -1))


async def furnished(world: World) -> House:
    """Make one of everything."""
    user = await world.member("ada", "admin", desk=EVERYTHING)
    ben = await world.member("ben", "editor", desk=EVERYTHING)
    session = secrets.token_urlsafe(16)
    ids = {"workspace": world.workspace, "member": ben, "user": ben, "version": "1"}
    ada, bens = world.http("ada"), world.http("ben")

    async def ask(http: httpx.AsyncClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {} if body is None else {"json": body}
        answer = await http.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()}, **sent)
        assert answer.status_code < 300, (method, path, answer.text)
        return answer.json() if answer.content else None

    async def saved(http: httpx.AsyncClient, draft: str, text: str, etag: str) -> Any:
        answer = await http.put(f"drafts/{draft}", json={"value": script(text)}, headers={"If-Match": etag})
        assert answer.status_code in (200, 409), answer.text
        return answer.json()

    await ask(ada, "PATCH", f"members/{ben}", {"name": f"Ben {MARK}"})
    await ask(ada, "PATCH", f"members/{user}", {"name": f"Ada {MARK}"})
    await ask(ada, "PUT", "kinds/thing", THING)
    ids["kind"] = "thing"
    item = await world.item("ada", "f/desk/one", kind="thing", value=script(f"# {MARK}\n{LINES}"), external_id="x-1")
    ids["item"] = item
    shared = await ask(ada, "GET", f"items/{item}/draft?purpose=shared")
    begun = await saved(ada, shared["draft"], f"# {MARK} deployed\n{LINES}", shared["etag"])
    await ask(ada, "POST", f"drafts/{shared['draft']}/deploy", {"etag": begun["etag"], "expected_version": 0,
                                                                "message": MARK})  # fmt: skip
    # ada overwrites ben's line with an older state: an alert, and a text in ada's stash
    text = f"# {MARK} deployed\n{LINES}"
    state = await ask(ada, "GET", f"items/{item}/draft?purpose=shared")
    ids["draft"] = shared["draft"]
    ahead = await saved(bens, shared["draft"], changed(text, 5, f"ben {MARK}"), state["etag"])
    stale = await saved(ada, shared["draft"], changed(text, 5, f"ada {MARK}"), state["etag"])
    ids["entry"] = stale["stash_id"]
    (alert,) = (await ask(ada, "GET", f"drafts/{shared['draft']}"))["alerts"]
    ids["alert"] = alert["id"]
    await ask(ada, "POST", f"drafts/{shared['draft']}/names", {"name": MARK, "etag": ahead["etag"]})
    ids["name"] = MARK
    # ada's own draft, which ben asks for
    own = await ask(ada, "GET", f"items/{item}/draft?purpose=own")
    await saved(ada, own["draft"], f"# {MARK} own\n{LINES}", own["etag"])
    ids["own"] = own["draft"]
    await ask(ada, "PATCH", f"drafts/{own['draft']}", {"visibility": "private"})
    ids["ask"] = (await ask(bens, "POST", f"drafts/{own['draft']}/asks", {"may": "look", "note": MARK}))["id"]
    ids["group"] = (await ask(ada, "POST", "groups", {"name": "crew", "summary": MARK}))["id"]
    ids["folder"] = (await ask(ada, "POST", "folders", {"name": "desk", "summary": MARK}))["id"]
    ids["grant"] = (await ask(ada, "POST", "grants", {"may": ["see"], "user": ben, "item": item}))["id"]
    ids["key"] = (await ask(ada, "POST", "keys", {"name": MARK}))["key"]["id"]
    made = await ask(ada, "POST", "webhooks", {"address": f"https://example.org/{MARK}", "active": False})
    ids["webhook"], ids["number"] = made["webhook"]["id"], "1"
    # an agent of ada's: it writes, streams, and suggests
    agent = world.http("ada", agent=f"helper {MARK}")
    ids["run"] = (await ask(agent, "POST", "runs", {"label": MARK}))["id"]
    await ask(agent, "POST", f"runs/{ids['run']}/read", {"draft": shared["draft"]})
    place = {"draft": shared["draft"], "at": "/content", "line": 1, "lease_s": 300}
    ids["stream"] = (await ask(agent, "POST", f"runs/{ids['run']}/streams", place))["id"]
    await ask(agent, "POST", f"runs/{ids['run']}/streams/{ids['stream']}/append", {"text": f"# {MARK} streamed\n"})
    await ask(ada, "POST", f"runs/{ids['run']}/notes", {"text": MARK})
    suggests = (await ask(agent, "POST", "runs", {"label": MARK, "mode": "suggest"}))["id"]
    await ask(agent, "POST", f"runs/{suggests}/read", {"draft": shared["draft"]})
    edit = {"do": "insert", "at": "/content", "line": 2, "text": f"# {MARK} suggested\n"}
    await ask(agent, "POST", f"runs/{suggests}/edit", {"draft": shared["draft"], "edits": [edit]})
    (one,) = (await ask(ada, "GET", f"drafts/{shared['draft']}/suggestions"))["suggestions"]
    ids["suggestion"] = one["id"]
    ids["ada"] = user
    ids["secret"] = "none"
    named = {name for each in OPERATIONS for name in each.param_convertors}
    assert named <= set(ids), named - set(ids)
    return House(world, ids, session)


TABLES = """
select t.table_name as name,
       array_agg(c.column_name::text order by c.ordinal_position) as columns,
       array_agg(c.data_type::text order by c.ordinal_position) as types
  from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
 where t.table_schema = 'draftwire' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
 group by t.table_name
"""
NOT_CLONED = {"item_search"}  # words with the tag of their workspace in front


async def cloned(house: House, superuser_url: str) -> House:
    """A second workspace with the same rows: every id is equal, and every text says that it is the other's."""
    first = house.ids["workspace"]
    second = new_id()
    connection = await asyncpg.connect(superuser_url, server_settings={"search_path": "draftwire"})
    try:
        await connection.execute("set session_replication_role = replica")  # rows come in any order
        for table in await connection.fetch(TABLES):
            key = "id" if table["name"] == "workspace" else "workspace_id"
            if key not in table["columns"] or table["name"] in NOT_CLONED:
                continue
            given = [_of_other(name, kind, key) for name, kind in zip(table["columns"], table["types"], strict=True)]
            await connection.execute(
                f"insert into {table['name']} ({', '.join(table['columns'])}) overriding system value"
                f" select {', '.join(given)} from {table['name']}"
                f" where {key} = $1 and ($2::text, $3::text, $4::text) is not null",
                first, second, MARK, OTHER,
            )  # fmt: skip
    finally:
        await connection.close()
    return house.in_workspace(second)


def _of_other(column: str, kind: str, key: str) -> str:
    if column == key:
        return "$2::text"
    if kind in ("text", "jsonb"):
        return f"replace({column}::text, $3::text, $4::text)::{kind}"
    return column  # bytes too: the marks of a log cover them
