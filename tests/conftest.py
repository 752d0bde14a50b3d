"""What all tests share: Hypothesis profiles, and one real PostgreSQL and one real Valkey for the whole run.

The services start when the first test asks for them. Migrations run once, into a template; a test that wants
a database gets a copy of it in some 50 ms. Nothing is mocked, and nothing is left behind: the services die
with this process.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from draftwire_server.cli.process.embedded import ROLE, SUPERUSER, Embedded, running
from draftwire_server.store.migrate import migrate
from tests.drafts.desk import Desk, desk_on, desk_server
from tests.system.cluster import Cluster

# `make test-fast`, `make test`, `make test-long`.
for profile, examples in (("fast", 25), ("full", 50), ("long", 200)):
    hypothesis_settings.register_profile(
        profile, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "full"))


# What starts a whole server or a browser: who asks for one of them is slow, marked so or not.
SLOW = {"browser", "desk_cluster", "two_workers", "package_server", "asked", "server"}


@pytest.hookimpl(tryfirst=True)  # before -m is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start browsers come first, then those that start servers: the many short ones fill up the end, so
    that both processes finish together.
    """
    for item in items:
        if isinstance(item, pytest.Function) and not SLOW.isdisjoint(item.fixturenames):
            item.add_marker("slow")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: 0 if "browser" in item.path.parts else 1 if item.path in slow else 2)


TEMPLATE = "template_draftwire"
_numbers = count(1)


class Databases:
    """Makes and drops databases of the test cluster."""

    def __init__(self, services: Embedded) -> None:
        self.services = services

    async def run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.services.url("postgres", SUPERUSER))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @asynccontextmanager
    async def fresh(self, template: str = TEMPLATE, tablespace: str = "pg_default") -> AsyncIterator[str]:
        """Give the URL of a new copy of ``template`` for the length of the block."""
        name = f"test_{next(_numbers)}"
        await self.run(f'create database "{name}" template "{template}" owner "{ROLE}" tablespace "{tablespace}"')
        try:
            yield self.services.url(name)
        finally:
            await self.run(f'drop database "{name}" with (force)')


@pytest.fixture(scope="session")
async def services() -> AsyncIterator[Embedded]:
    """The running PostgreSQL and Valkey."""
    directory = Path(tempfile.mkdtemp(prefix="draftwire-tests-"))
    try:
        async with running(directory) as embedded:
            yield embedded
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
async def databases(services: Embedded) -> Databases:
    """The means to make databases; the template is migrated."""
    made = Databases(services)
    await made.run(f'create database "{TEMPLATE}" owner "{ROLE}"')
    await migrate(services.url(TEMPLATE))
    return made


@pytest.fixture(scope="session")
async def session_database_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated database of the servers that modules share, each with workspaces of its own."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated, empty database of one test."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture(scope="module")
async def module_database_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated, empty database that the tests of a module share."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def empty_database_url(databases: Databases) -> AsyncIterator[str]:
    """A database in which nothing was migrated."""
    async with databases.fresh("template0") as url:
        yield url


@pytest.fixture(scope="session")
async def desk_cluster(session_database_url: str, services: Embedded) -> AsyncIterator[Cluster]:
    """The server of all desks."""
    async with desk_server(session_database_url, services.redis_url) as server:
        yield server


@pytest.fixture(scope="module")
async def module_desk(desk_cluster: Cluster, session_database_url: str) -> AsyncIterator[Desk]:
    """The desk of a module."""
    await desk_cluster.whole()
    async with desk_on(desk_cluster, session_database_url) as made:
        yield made


@pytest.fixture
async def redis_url(services: Embedded) -> str:
    """The shared Valkey, emptied for this test. Channels carry random ids, so tests don't hear each other."""
    await services.flush_valkey()
    return services.redis_url
