"""Workers in the process of the test, on the real Postgres and Valkey: one can look at their objects as they serve."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from draftwire_server.app import create_app
from draftwire_server.cli.process.worker import WorkerServer, _config
from draftwire_server.dev.control import WorkerStatus
from draftwire_server.settings import Settings, from_env
from tests.system.cluster import Cluster
from tests.waiting import until


@asynccontextmanager
async def workers_here(database_url: str, redis_url: str, directory: Path, number: int = 2) -> AsyncIterator[Cluster]:
    """Serve with so many workers for the length of a block; only their addresses and its tokens may be used."""
    made = Cluster(database_url, redis_url, directory, workers=number)
    async with AsyncExitStack() as stack:
        ports = [await stack.enter_async_context(_worker(made, f"here{n}")) for n in range(number)]
        made._statuses = tuple(
            WorkerStatus(n, f"here{n}", None, port, ready=True, starts=1) for n, port in enumerate(ports)
        )
        made.port = ports[0]
        yield made


@asynccontextmanager
async def _worker(cluster: Cluster, name: str) -> AsyncIterator[int]:
    settings: Settings = msgspec.structs.replace(from_env(cluster._environ), worker_name=name)
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings)
    server = WorkerServer(_config(app, settings))
    async with app.router.lifespan_context(app):
        serving = asyncio.create_task(server.serve([listener]))

        async def started() -> bool:
            return server.started

        try:
            await until(started, "the worker serves")
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving
            listener.close()
