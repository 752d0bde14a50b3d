"""`draftwire dev`: from nothing to a served page, and again after any end."""

import asyncio
import contextlib
import json
import os
import re
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from draftwire_server.cli.process.develop import _ensure_keys, read_keys
from draftwire_server.dev.control import ControlRequest, send
from tests.system.cluster import alive
from tests.system.test_supervisor import children_of
from tests.waiting import until

pytestmark = pytest.mark.slow


class Dev:
    """A running `draftwire dev`."""

    def __init__(self, process: asyncio.subprocess.Process, directory: Path, output: Path, port: int) -> None:
        self.process = process
        self.directory = directory
        self.output = output
        self.port = port

    async def ready(self) -> str:
        """Wait for the printed address; give all that was printed."""

        def printed() -> str:
            text = self.output.read_text()
            assert self.process.returncode is None, text
            return text if "is running" in text else ""

        return await until(printed, "the address is printed", within_s=60)

    async def ended(self) -> int:
        async with asyncio.timeout(60):
            return await self.process.wait()


@asynccontextmanager
async def dev(directory: Path, port: int = 0, **settings: str) -> AsyncIterator[Dev]:
    directory.mkdir(exist_ok=True)
    output = directory / "output.log"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("DRAFTWIRE_")}
    # Somebody else's databases in the environment are none of ours.
    environ |= {"DATABASE_URL": "postgresql://production/shop", "REDIS_URL": "redis://production", **settings}
    with output.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "draftwire_server", "dev"),
            *(f"--data-dir={directory / 'data'}", f"--port={port}"),
            stdout=out,
            stderr=out,
            env=environ,
        )
    made = Dev(process, directory / "data", output, port)
    try:
        yield made
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await made.ended()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


@pytest.fixture
def directory() -> "AsyncIterator[Path]":
    with tempfile.TemporaryDirectory(prefix="dw-dev-") as name:
        yield Path(name)


def free_port() -> int:
    """A free port below those that the kernel gives to whoever asks for any: nobody gets it until it is used."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


async def count_workspaces(running: Dev) -> int:
    import asyncpg

    host = running.directory / "run"
    connection = await asyncpg.connect(f"postgresql://draftwire@/draftwire?host={host}")
    try:
        return int(await connection.fetchval("select count(*) from draftwire.workspace"))
    finally:
        await connection.close()


async def remember(running: Dev, word: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(f"postgresql://draftwire@/draftwire?host={running.directory / 'run'}")
    try:
        await connection.execute("create table if not exists kept (word text); ")
        await connection.execute("insert into kept values ($1)", word)
    finally:
        await connection.close()


async def remembered(running: Dev) -> list[str]:
    import asyncpg

    connection = await asyncpg.connect(f"postgresql://draftwire@/draftwire?host={running.directory / 'run'}")
    try:
        return [row["word"] for row in await connection.fetch("select word from kept order by word")]
    finally:
        await connection.close()


async def test_an_empty_directory_becomes_a_running_server_with_a_sign_in_for_each_user(
    directory: Path,
) -> None:
    async with dev(directory) as running:
        text = await running.ready()
        address = re.search(r"http://127\.0\.0\.1:\d+", text)
        assert address
        for user in ("ada", "grace", "linus", "olga"):
            assert f"{address[0]}/dev/sign-in?user={user}" in text
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{address[0]}/healthz")).status_code == 200
        assert await count_workspaces(running) == 1
        assert oct((running.directory / "keys.json").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_everything_and_the_data_is_there_again(directory: Path, number: signal.Signals) -> None:
    port = free_port()
    async with dev(directory, port) as running:
        await running.ready()
        keys = (running.directory / "keys.json").read_bytes()
        await remember(running, "before")
        family = children_of(running.process.pid)
        running.process.send_signal(number)
        assert await running.ended() == 0
        assert not [pid for pid in family if alive(pid)]
    async with dev(directory, port) as running:
        await running.ready()
        assert await remembered(running) == ["before"]
        assert await count_workspaces(running) == 1
        assert (running.directory / "keys.json").read_bytes() == keys


async def test_after_sigkill_of_the_supervisor_the_next_start_takes_over(directory: Path) -> None:
    port = free_port()
    async with dev(directory, port) as running:
        await running.ready()
        await remember(running, "acked")
        running.process.kill()
        await running.ended()
    async with dev(directory, port) as running:  # at once, while orphans may still be on their way out
        await running.ready()
        assert await remembered(running) == ["acked"]


async def test_services_that_outlived_a_crash_are_taken_over(directory: Path) -> None:
    """As after a crash where the kernel could not tell the children: orphans run on the directory, pid files
    lie.
    """
    async with dev(directory) as running:
        await running.ready()
        await remember(running, "acked")
        postmaster = int((running.directory / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # it hears of its parent's death only later
        running.process.kill()
        await running.ended()
        os.kill(postmaster, signal.SIGCONT)
    (directory / "data" / "valkey.pid").write_text(str(os.getpid()))  # somebody else has that number now
    async with dev(directory) as running:
        await running.ready()
        assert await remembered(running) == ["acked"]
        assert not alive(postmaster)


async def test_a_second_start_on_one_directory_is_refused_and_harms_nothing(directory: Path) -> None:
    async with dev(directory) as running:
        await running.ready()
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "draftwire_server", "dev", f"--data-dir={running.directory}", "--port=0"),
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await second.communicate()
        assert second.returncode == 1
        assert f"in use by a running Draftwire (process {running.process.pid})" in errors.decode()
        assert await count_workspaces(running) == 1


async def test_a_service_that_dies_is_started_again(directory: Path) -> None:
    async with dev(directory) as running:
        await running.ready()
        await remember(running, "acked")
        postmaster = int((running.directory / "postgres" / "postmaster.pid").read_text().split()[0])
        valkey = int((running.directory / "valkey.pid").read_text())
        os.kill(postmaster, signal.SIGKILL)
        os.kill(valkey, signal.SIGKILL)

        async def back() -> bool:
            try:
                return await remembered(running) == ["acked"] and alive(
                    int((running.directory / "valkey.pid").read_text())
                )
            except Exception:
                return False

        await until(back, "both services are back", within_s=30)
        assert running.process.returncode is None


async def test_the_dev_buttons_work_and_not_for_a_name_that_is_led_here(directory: Path) -> None:
    async with dev(directory) as running:
        found = re.search(r"http://[^/\s]+:(\d+)", await running.ready())
        assert found is not None
        async with httpx.AsyncClient(base_url=found[0]) as http:
            evil = f"evil.example:{found[1]}"
            rebound = {"host": evil, "origin": f"http://{evil}"}
            answer = await http.post("/dev/tokens", json={"user": "ada"}, headers=rebound)
            assert (answer.status_code, answer.json()["code"]) == (421, "host_refused")
            assert (await http.get("/dev/info", headers=rebound)).status_code == 421
            assert (await http.post("/dev/tokens", json={"user": "ada"})).json()["token"]
        await remember(running, "acked")
        control = str(running.directory / "run" / "control.sock")
        before = (await send(control, ControlRequest("status"))).workers
        killed = await send(control, ControlRequest("kill-worker", "worker-1"))
        assert killed.worker == "worker-1"
        assert (await send(control, ControlRequest("flush-valkey"))).ok
        assert (await send(control, ControlRequest("restart-postgres"))).ok
        assert await remembered(running) == ["acked"]

        async def replaced() -> bool:
            now = (await send(control, ControlRequest("status"))).workers
            return now[0].pid == before[0].pid and now[1].ready and now[1].pid != before[1].pid

        await until(replaced, "the killed worker is replaced, the other one untouched", within_s=30)


def test_keys_of_an_older_release_get_one_for_secrets_and_stay(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"token_keys": ["t" * 40], "resume_key": "r" * 40}))
    keys = _ensure_keys(tmp_path)
    assert (keys.token_keys, keys.resume_key, len(keys.secret_keys)) == (("t" * 40,), "r" * 40, 1)
    assert _ensure_keys(tmp_path) == keys == read_keys(tmp_path)
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0, "nobody else reads them"
