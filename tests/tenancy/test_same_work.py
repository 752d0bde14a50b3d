"""What one may not see costs the work of what is not there: the same statements in the same order, and the same words.

Not the time is compared, which differs on every machine, but what makes it.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from draftwire_server.app import create_app
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.ids import new_id
from draftwire_server.settings import from_env
from tests.system.cluster import RESUME_KEY, SECRET_KEY, TOKEN_KEY, cluster
from tests.system.world import world
from tests.tenancy.house import MARK, House, furnished, operations

pytestmark = pytest.mark.slow

TURNS = 5
HIDDEN = (
    "item",
    "draft",
    "run",
    "suggestion",
    "entry",
    "alert",
    "stream",
    "group",
    "folder",
    "grant",
    "key",
    "webhook",
)


ASKING: ContextVar[bool] = ContextVar("asking", default=False)


class Spied:
    """An app in this process, and what it asks Postgres."""

    def __init__(self, app: Starlette, house: House) -> None:
        self.app, self.house = app, house
        self.statements: list[str] = []
        database = app.state.runtime.database
        acquired = database.acquired

        @asynccontextmanager
        async def spied() -> AsyncIterator[Any]:
            async with acquired() as connection:
                with connection.query_logger(self._heard):
                    yield connection

        database.acquired = spied

    def _heard(self, record: Any) -> None:
        if ASKING.get():  # else a task of the worker's own asks
            self.statements.append(" ".join(record.query.split()))

    async def ask(self, user: str, path: str) -> tuple[int, str, list[str]]:
        transport = httpx.ASGITransport(self.app)
        headers = {"authorization": f"Bearer {self.house.world.token(user)}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as http:
            self.statements = []
            token = ASKING.set(True)
            try:
                answer = await http.get(path)
            finally:
                ASKING.reset(token)
        return answer.status_code, answer.text, list(self.statements)


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


PATHS = sorted({
    each.path for each in operations()
    if each.method == "GET" and any(f"{{{name}}}" in each.path for name in HIDDEN)
})  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("loaded", [False, True], ids=["cold", "in memory"])
async def test_what_is_out_of_sight_costs_what_an_unknown_id_does(spied: Spied, path: str, loaded: bool) -> None:
    ids = spied.house.ids
    unknown = {**ids, **{name: new_id() for name in HIDDEN}}
    if loaded:  # ada looks at the very thing first, so that it lies in this worker's memory
        await spied.ask("ada", path.format_map(ids))
        await spied.ask("ada", f"/v1/w/{ids['workspace']}/drafts/{ids['draft']}")
    hidden, absent = [], []
    for _ in range(TURNS):
        hidden.append(await spied.ask("zoe", path.format_map(ids)))
        absent.append(await spied.ask("zoe", path.format_map(unknown)))
    if hidden[0][0] == 200:
        return  # that one may be seen by everybody
    assert {each[:2] for each in hidden} == {each[:2] for each in absent}
    # The shortest is what a request costs by itself: a new connection, or a cache that has just run out, adds to it.
    assert min((each[2] for each in hidden), key=len) == min((each[2] for each in absent), key=len)
