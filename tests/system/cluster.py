"""A real server of N workers as child processes, on the test's own database: to talk to, to kill, to start
again.

Talk to all workers at `url`, to a chosen one at `worker_url(i)`. Postgres and Valkey are the session's
`services`: restart and flush them there. What the server logs is in `log`.
"""

import asyncio
import copy
import os
import signal
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from draftwire_server.core.access.tokens import Claims, sign_token
from draftwire_server.dev.control import ControlAnswer, ControlError, ControlRequest, WorkerStatus, send
from tests.waiting import until

TOKEN_KEY = "a key for tests that is long enough for HS256"
SECRET_KEY = "a third key for tests with which secrets are encrypted"
RESUME_KEY = "another key for tests, also of 32 bytes or more"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody; to read all authorities takes 40 ms for each client
START_S = 60.0
STOP_S = 40.0


class Cluster:
    """One supervisor and its workers."""

    def __init__(
        self,
        database_url: str,
        redis_url: str | None,
        directory: Path,
        *,
        workers: int = 2,
        timings: Mapping[str, float] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.log_path = directory / "server.log"
        self.control = str(directory / "control.sock")
        self.process: asyncio.subprocess.Process | None = None
        self.port = 0
        self.workspace = "demo"
        self._statuses: tuple[WorkerStatus, ...] = ()
        self._environ = {k: v for k, v in os.environ.items() if not k.startswith("DRAFTWIRE_")}
        self._environ |= {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url or "",
            "DRAFTWIRE_TOKEN_KEYS": TOKEN_KEY,
            "DRAFTWIRE_RESUME_KEY": RESUME_KEY,
            "DRAFTWIRE_SECRET_KEYS": SECRET_KEY,
            "DRAFTWIRE_WORKERS": str(workers),
            "DRAFTWIRE_PORT": "0",
            "DRAFTWIRE_WORKER_PORT_BASE": "0",
            "DRAFTWIRE_CONTROL_SOCKET": self.control,
        }
        self._environ["DRAFTWIRE_TIMING_UNREADY_S"] = "0.01"  # nobody balances here
        self._environ |= {f"DRAFTWIRE_TIMING_{name.upper()}": str(s) for name, s in (timings or {}).items()}
        self._environ |= environ or {}

    # ---------------------------------------------------------------- addresses

    @property
    def url(self) -> str:
        """Any worker, as the kernel chooses."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def worker_url(self, index: int) -> str:
        """The worker in this slot; the address survives its death."""
        return f"http://127.0.0.1:{self._statuses[index].port}"

    def worker_ws_url(self, index: int) -> str:
        return f"ws://127.0.0.1:{self._statuses[index].port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text() if self.log_path.exists() else ""

    # ---------------------------------------------------------------- life

    async def spawn(self) -> None:
        """Start the server without waiting for it."""
        with self.log_path.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "draftwire_server", "serve"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self._environ,
            )

    async def start(self) -> None:
        """Start the server; return when every worker serves."""
        await self.spawn()
        await self.all_ready(START_S)

    async def all_ready(self, within_s: float = 30.0) -> tuple[WorkerStatus, ...]:
        """Wait until every slot has a worker that serves."""

        async def ready() -> bool:
            assert self.process is not None
            assert self.process.returncode is None, f"the server ended:\n{self.log[-4000:]}"
            try:
                answer = await self.ask("status")
            except ControlError:
                return False
            self.port = answer.port or 0
            self._statuses = answer.workers
            return all(worker.ready for worker in answer.workers)

        await until(ready, "all workers serve", within_s=within_s)
        return self._statuses

    async def stop(self) -> int:
        """Stop in order; give the exit code."""
        self.signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        assert self.process is not None
        async with asyncio.timeout(STOP_S):
            return await self.process.wait()

    def signal(self, number: int) -> None:
        """Signal the supervisor."""
        assert self.process is not None
        self.process.send_signal(number)

    async def whole(self) -> None:
        """Wait until every worker has all that it needs: other tests may just have had the services away."""
        for index in range(len(await self.all_ready())):

            async def well(index: int = index) -> bool:
                async with self.http(index) as http:
                    answer = await http.get("/readyz")
                    return answer.status_code == 200 and answer.json()["degraded"] == []

            await until(well, f"worker {index} is whole", within_s=30)

    def assert_no_error(self, since: int = 0) -> None:
        """Nothing that went wrong stands in the log, from a length on that it once had."""
        log = self.log[since:]
        at = log.find("Traceback")
        assert at < 0, f"the server logged an error: {log[max(0, at - 500) : at + 6000]}"

    # ---------------------------------------------------------------- workers

    async def workers(self) -> tuple[WorkerStatus, ...]:
        return (await self.ask("status")).workers

    async def pid(self, index: int) -> int:
        pid = (await self.workers())[index].pid
        assert pid is not None
        return pid

    async def kill(self, index: int) -> None:
        """SIGKILL the worker in a slot; its successor may still be on its way when this returns."""
        await send(self.control, ControlRequest("kill-worker", index))

    async def replace(self, index: int, within_s: float = 30.0) -> None:
        """SIGKILL the worker in a slot and wait for its successor."""
        before = (await self.workers())[index].starts
        await self.kill(index)

        async def back() -> bool:
            status = (await self.workers())[index]
            return status.ready and status.starts > before

        await until(back, f"worker {index} is back", within_s=within_s)

    async def ask(self, command: Any) -> ControlAnswer:
        return await send(self.control, ControlRequest(command))

    # ---------------------------------------------------------------- talking to it

    def of(self, workspace: str) -> "Cluster":
        """The same server, where tokens are for another workspace unless they name one."""
        made = copy.copy(self)
        made.workspace = workspace
        return made

    def token(self, user: str, *, workspace: str | None = None, ttl_s: float = 3600, **claims: Any) -> str:
        """Sign a token as the platform would."""
        now = time.time()
        return sign_token(
            Claims(sub=user, workspace=workspace or self.workspace, iat=now, exp=now + ttl_s, **claims), (TOKEN_KEY,)
        )

    def http(self, worker: int | None = None, token: str | None = None) -> httpx.AsyncClient:
        """A client for one worker, or for whichever answers."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        base = self.url if worker is None else self.worker_url(worker)
        return httpx.AsyncClient(base_url=base, headers=headers, timeout=30, verify=NO_TLS)


@asynccontextmanager
async def cluster(
    database_url: str,
    redis_url: str | None,
    *,
    workers: int = 2,
    timings: Mapping[str, float] | None = None,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Cluster]:
    """Run a server for the length of the block; whatever happens in it, nothing is left running."""
    with tempfile.TemporaryDirectory(prefix="dw-") as directory:
        made = Cluster(database_url, redis_url, Path(directory), workers=workers, timings=timings, environ=environ)
        await made.start()
        try:
            yield made
        finally:
            assert made.process is not None
            if made.process.returncode is None:
                try:
                    await made.stop()
                finally:
                    if made.process.returncode is None:
                        made.process.kill()
                        await made.process.wait()


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
