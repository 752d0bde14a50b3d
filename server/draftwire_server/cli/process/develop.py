"""`draftwire dev`: everything on one machine, from an empty directory to a printed address.

Owns the order of things and the development keys in `<data_dir>/keys.json`; the services are
`cli/process/embedded.py`'s, the workers `cli/process/supervise.py`'s. PostgreSQL and Valkey outlive the workers, so
that these can finish what is in flight.
"""

import asyncio
import logging
import os
import secrets
from pathlib import Path
from typing import Final

import click
import msgspec

from draftwire_server.cli.process.embedded import Embedded, EmbeddedError, running
from draftwire_server.cli.process.supervise import EXIT_FAILED, PortTaken, Supervisor, stop_on_signals
from draftwire_server.dev.control import ControlAnswer, ControlRequest, Handler, listening
from draftwire_server.dev.seed import insert_seed, load_seed
from draftwire_server.kinds import load_kinds
from draftwire_server.settings import Settings, environment, from_env
from draftwire_server.store.migrate import MigrationError, PostgresTooOld, SchemaMismatch, migrate
from draftwire_server.store.postgres import connect

EXIT_SCHEMA: Final = 3
IGNORED: Final = ("DRAFTWIRE_DATABASE_URL", "DRAFTWIRE_REDIS_URL", "DRAFTWIRE_DATA_DIR", "DRAFTWIRE_HOST")

log = logging.getLogger("draftwire.dev")


class Keys(msgspec.Struct, frozen=True):
    """The keys of a development directory: made once, so that tokens outlive a restart."""

    token_keys: tuple[str, ...]
    resume_key: str
    secret_keys: tuple[str, ...] = ()  # made when there are none: an older release knew of none


def read_keys(data_dir: Path) -> Keys | None:
    """Read the keys of a directory in which `draftwire dev` has run."""
    try:
        return msgspec.json.decode((data_dir / "keys.json").read_bytes(), type=Keys)
    except FileNotFoundError:
        return None


async def develop(data_dir: Path, overrides: dict[str, str]) -> int:
    """Run until stopped; give the exit code.

    Raises:
        SettingsError: a variable or an option can't be used.
    """
    supervisors: list[Supervisor] = []  # none until the database stands

    def hurry() -> None:
        for supervisor in supervisors:
            supervisor.kill_now()

    stop = stop_on_signals(hurry)
    try:
        _read_settings(data_dir, overrides, "postgresql://unused", "redis://unused", make_keys=False)
        return await _start(data_dir, overrides, stop, supervisors)
    except (EmbeddedError, PortTaken) as error:
        click.echo(str(error), err=True)
        return EXIT_FAILED
    except OSError as error:
        if error.filename is None:
            raise
        click.echo(
            f"{error.filename} can't be used: {error.strerror}. Choose another directory with --data-dir.", err=True
        )
        return EXIT_FAILED


async def _start(data_dir: Path, overrides: dict[str, str], stop: asyncio.Event, supervisors: list[Supervisor]) -> int:
    fresh = not (data_dir / "postgres").exists()
    if fresh:
        click.echo(f"Creating a database in {data_dir} …")
    async with running(data_dir) as services:
        settings = _read_settings(data_dir, overrides, services.database_url, services.redis_url, make_keys=True)
        settings = msgspec.structs.replace(settings, dev=True, control_socket=str(services.run / "control.sock"))
        try:
            await _fill(settings)
        except SchemaMismatch as error:
            click.echo(f"{error}\nIf you don't need its data, remove {data_dir} and start again.", err=True)
            return EXIT_SCHEMA
        except (MigrationError, PostgresTooOld) as error:
            click.echo(str(error), err=True)
            return EXIT_FAILED
        supervisor = Supervisor(settings)
        await supervisor.open()
        supervisors.append(supervisor)
        assert settings.control_socket is not None
        async with listening(settings.control_socket, _handler(supervisor, services)):
            return await _until_stopped(supervisor, services, stop)


async def _until_stopped(supervisor: Supervisor, services: Embedded, stop: asyncio.Event) -> int:
    """Keep workers and services until told to stop, or until one of them can't be kept."""
    watching = asyncio.create_task(services.watch())
    watching.add_done_callback(lambda _: stop.set())
    announcing = asyncio.create_task(_announce(supervisor))
    try:
        code = await supervisor.run(stop)
        if watching.done():
            watching.result()
        return code
    finally:
        for task in (watching, announcing):
            task.cancel()
        await asyncio.gather(watching, announcing, return_exceptions=True)


async def _fill(settings: Settings) -> None:
    """Migrate, and seed a database that has no workspace yet."""
    for name in await migrate(settings.database_url, settings.schema):
        log.info("Applied migration %s.", name)
    connection = await connect(settings)
    try:
        if await insert_seed(connection, load_seed(), load_kinds(settings.kinds_dir)):
            log.info("Made the demo workspace.")
    finally:
        await connection.close()


async def _announce(supervisor: Supervisor) -> None:
    """Print the address once every worker serves."""
    await supervisor.served.wait()
    address = f"http://127.0.0.1:{supervisor.port}{supervisor.settings.base_path}"
    lines = ["", f"  Draftwire is running: {address}/demo", ""]
    users = load_seed().users
    width = max(len(user.name) for user in users)
    lines += [
        f"    sign in as {user.name:<{width}}  {user.role:<8}  {address}/dev/sign-in?user={user.username}"
        for user in users
    ]
    click.echo("\n".join([*lines, "", "  Ctrl-C stops it. The data stays.", ""]))


def _handler(supervisor: Supervisor, services: Embedded) -> Handler:
    async def handle(request: ControlRequest) -> ControlAnswer:
        match request.do:
            case "restart-postgres":
                await services.restart_postgres()
                return ControlAnswer(ok=True)
            case "flush-valkey":
                await services.flush_valkey()
                return ControlAnswer(ok=True)
            case _:
                return await supervisor.answer(request)

    return handle


def _read_settings(
    data_dir: Path, overrides: dict[str, str], database_url: str, redis_url: str, *, make_keys: bool
) -> Settings:
    """Read timings and the like from the environment; databases of other projects in it are none of ours."""
    environ = {k: v for k, v in environment().items() if k.startswith("DRAFTWIRE_") and k not in IGNORED}
    keys = (_ensure_keys(data_dir) if make_keys else read_keys(data_dir)) or Keys(("-" * 32,), "-" * 32)
    environ.setdefault("DRAFTWIRE_TOKEN_KEYS", ",".join(keys.token_keys))
    environ.setdefault("DRAFTWIRE_RESUME_KEY", keys.resume_key)
    environ.setdefault("DRAFTWIRE_SECRET_KEYS", ",".join(keys.secret_keys))
    environ.setdefault("DRAFTWIRE_TIMING_UNREADY_S", "0.01")  # nobody balances here
    environ |= {
        "DRAFTWIRE_DATABASE_URL": database_url,
        "DRAFTWIRE_REDIS_URL": redis_url,
        "DRAFTWIRE_DATA_DIR": str(data_dir),
    }
    return from_env(environ | overrides)


def _ensure_keys(data_dir: Path) -> Keys:
    keys = read_keys(data_dir)
    if keys is None or not keys.secret_keys:
        made = keys or Keys((secrets.token_urlsafe(48),), secrets.token_urlsafe(48))
        keys = msgspec.structs.replace(made, secret_keys=(secrets.token_urlsafe(48),))
        with open(data_dir / "keys.new", "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(msgspec.json.encode(keys))
        (data_dir / "keys.new").replace(data_dir / "keys.json")
    return keys
