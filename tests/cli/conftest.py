"""A server for the commands to ask, and in it a workspace with an admin for each module."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.system.cluster import Cluster, cluster
from tests.system.world import World, world


@pytest.fixture(scope="package")
async def asked(databases: Any, services: Embedded) -> AsyncIterator[tuple[str, Cluster]]:
    """The server, and its database."""
    async with databases.fresh() as url, cluster(url, services.redis_url, workers=1) as server:
        yield url, server


@pytest.fixture(scope="module")
async def home(asked: tuple[str, Cluster]) -> AsyncIterator[World]:
    url, server = asked
    await server.whole()
    async with world(server, url, f"cli-{secrets.token_hex(4)}") as made:
        await made.member("ada", "admin")
        yield made
