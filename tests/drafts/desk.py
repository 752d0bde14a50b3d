"""A workspace for tests of drafts: three folders, users with different rights there, and kinds of each draft mode."""

import json
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import draftwire
from draftwire_server.core.ids import ItemId, UserId, WorkspaceId, draft_id
from tests.system.cluster import Cluster, cluster
from tests.system.probe import PROBE
from tests.system.world import Socket, World, world

LINES = "".join(f"line {n}\n" for n in range(1, 21))
WRITE = frozenset({"see", "read_drafts", "write", "join"})
READ = frozenset({"see", "read_drafts"})

# ada and ben and cleo write in folder one, dora reads it; ada and cleo have two, ben has three. zoe has nothing.
USERS: dict[str, tuple[str, dict[str, frozenset[str]]]] = {
    "ada": ("editor", {"one": WRITE, "two": WRITE}),
    "ben": ("editor", {"one": WRITE, "three": WRITE}),
    "cleo": ("editor", {"one": WRITE, "two": WRITE}),
    "dora": ("editor", {"one": READ}),
    "zoe": ("editor", {}),
    "olga": ("operator", {"one": READ}),
    "root": ("admin", {}),
}
MODES = {"alone": "per_user", "pair": "shared", "both": "both", "turning": "both", "turning2": "both"}


def script(content: str = LINES, **more: Any) -> dict[str, Any]:
    """A document of the kinds of the desk that edit a text."""
    return {"summary": "", "language": "python3", "content": content, **more}


def changed(content: str, line: int, text: str) -> str:
    """A text with one of its lines replaced."""
    lines = content.splitlines(keepends=True)
    lines[line - 1] = text + "\n"
    return "".join(lines)


def edit(state: dict[str, Any], text: str = "x", no: int = 1, at: int = 0, **more: Any) -> dict[str, Any]:
    """A message that types into the text, as of a `state`."""
    op = {"op": "text", "at": "/content", "s": [[at, 0, text]]}
    return {
        "t": "edit", "draft": state["draft"], "generation": state["generation"], "base": state["seq"],
        "mark": state["mark"], "seen": state["seq"], "no": no, "key": secrets.token_hex(8), "ops": [op], **more,
    }  # fmt: skip


async def typed(socket: Socket, state: dict[str, Any], text: str, no: int) -> dict[str, Any]:
    """Type and wait for the own batch, the ack; batches of others may come before it. Gives the state there."""
    await socket.send(**edit(state, text, no=no))
    while True:
        ops = await socket.next("ops")
        state = {**state, "seq": ops["to"], "mark": ops["mark"]}
        texts = [splice[2] for batch in ops["batches"] for op in batch[2] for splice in op.get("s", ())]
        if text in texts:
            return state


class Desk:
    """The workspace, and short ways to what stands in it."""

    def __init__(self, made: World, server: Cluster) -> None:
        self.world = made
        self.server = server
        self._apis: list[draftwire.Api] = []

    def api(self, user: str, worker: int | None = None, **claims: Any) -> draftwire.Api:
        url = self.server.url if worker is None else self.server.worker_url(worker)
        made = draftwire.Api(url, self.world.token(user, **claims))
        self._apis.append(made)
        return made

    async def close_apis(self) -> None:
        while self._apis:
            await self._apis.pop().close()

    async def member(self, name: str, **folders: bool) -> str:
        return await self.world.member(name, "editor", **dict.fromkeys(folders, WRITE))

    async def user_id(self, name: str) -> str:
        (row,) = await self.world.rows(
            "select id from member where workspace_id = $1 and external_id = $2", self.world.workspace, name
        )
        return str(row["id"])

    async def own_id(self, user: str, item: str) -> str:
        """The id that a user's own draft of an item has or would have."""
        owner = UserId(await self.user_id(user))
        return draft_id(WorkspaceId(self.world.workspace), ItemId(item), "own", owner)

    async def item(self, user: str, *, folder: str = "one", kind: str = "both", content: str = "", **more: Any) -> str:
        value = more.pop("value", None) or script(content)
        return await self.world.item(user, f"f/{folder}/{secrets.token_hex(4)}", kind=kind, value=value, **more)

    async def _begun(self, user: str, purpose: Any, item: str, content: str) -> str:
        api = self.api(user)
        state = await api.drafts.of_item(item, purpose)
        client = self.world.http(user)
        answer = await client.put(
            f"items/{item}/draft",
            params={"purpose": purpose},
            json={"value": script(content)},
            headers={"If-Match": state.etag},
        )
        assert answer.status_code == 200, answer.text
        return state.draft

    async def own(
        self,
        user: str,
        item: str | None = None,
        *,
        folder: str = "one",
        kind: str = "both",
        content: str = LINES,
        visibility: Any = None,
    ) -> tuple[str, str]:
        """An own draft with a text, of a new item if none is named: the item's id and the draft's."""
        item = item or await self.item(user, folder=folder, kind=kind)
        draft = await self._begun(user, "own", item, content)
        if visibility is not None:
            await self.api(user).sharing.show(draft, visibility)
        return item, draft

    async def shared(
        self, user: str, item: str | None = None, *, folder: str = "one", kind: str = "both", content: str = LINES
    ) -> tuple[str, str]:
        """The same with the shared draft."""
        item = item or await self.item(user, folder=folder, kind=kind)
        return item, await self._begun(user, "shared", item, content)

    async def mode(self, kind: str, mode: str) -> None:
        """Change a kind's draft mode for the workspace."""
        await self.api("root").kinds.put(_kind(kind, mode))


@asynccontextmanager
async def desk(
    database_url: str, redis_url: str, environ: Mapping[str, str] | None = None, **timings: float
) -> AsyncIterator[Desk]:
    """A cluster of two workers with the desk's workspace."""
    async with (
        desk_server(database_url, redis_url, environ, **timings) as server,
        desk_on(server, database_url) as made,
    ):
        yield made


@asynccontextmanager
async def desk_on(server: Cluster, database_url: str) -> AsyncIterator[Desk]:
    """A desk of its own on a server that others use too."""
    async with world(server, database_url, f"desk-{secrets.token_hex(4)}") as made:
        for user, (role, grants) in USERS.items():
            await made.member(user, role, **grants)
        desk = Desk(made, server)
        yield desk
        await desk.close_apis()


@asynccontextmanager
async def desk_server(
    database_url: str, redis_url: str, environ: Mapping[str, str] | None = None, **timings: float
) -> AsyncIterator[Cluster]:
    """A cluster of two workers that knows the desk's kinds."""
    with tempfile.TemporaryDirectory(prefix="dw-kinds-") as directory:
        for name, mode in MODES.items():
            (Path(directory) / f"{name}.json").write_text(json.dumps(_kind(name, mode)))
        (Path(directory) / "probe.json").write_text(json.dumps(PROBE))
        environ = {"DRAFTWIRE_KINDS_DIR": directory, **(environ or {})}
        async with cluster(database_url, redis_url, environ=environ, timings={"poll_s": 0.3, **timings}) as server:
            yield server


SCRIPT: dict[str, Any] = {
    "schema": {"type": "object"},
    "initial": {"summary": "", "language": "python3", "content": ""},
    "text": ["/content"],
}


def _kind(name: str, mode: str) -> dict[str, Any]:
    return {**SCRIPT, "name": name, "title": name, "draft_mode": mode}
