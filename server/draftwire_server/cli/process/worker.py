"""One worker process: uvicorn around `create_app`, with our own signals, lifespan and end.

The supervisor starts it without an assignment (so that a spare has its imports behind it), hands it the
settings and the listening sockets over file descriptor 0, and gets one line after the imports, one when it serves.
Invariants:

- Once it serves it says so every second, from its event loop: a frozen loop is seen by its silence.
- It never outlives its supervisor: parent-death signal, and end of file on descriptor 0.
- SIGTERM ends accepting, then drains the app while all its sockets still live, then stops uvicorn, which
  closes them with 1012.
- The app's lifespan is run here, not by uvicorn, which goes on serving when a lifespan's task has crashed: so
  a crash ends the process, with a code that tells the supervisor whether starting again makes sense.
"""

import asyncio
import contextlib
import gc
import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Generator
from typing import Any, Final

import uvicorn
import uvloop

from draftwire_server.cli.process.child import die_with
from draftwire_server.limits.contract import FRAME_BYTES
from draftwire_server.limits.tuning import CONNECTION_BACKLOG, KEEP_ALIVE_S
from draftwire_server.settings import Settings, decode
from draftwire_server.store.migrate import SchemaMismatch
from draftwire_server.store.quiet import log_quietly, told_fully

PROTOCOL: Final = "draftwire_server.ws.protocol:DraftwireProtocol"
HTTP_PROTOCOL: Final = "draftwire_server.http.protocol:DraftwireHttpProtocol"
CHANNEL: Final = 0  # the socket to the supervisor
ASSIGNMENT_BYTES: Final = 256 * 1024
WARM: Final = b"warm\n"
READY: Final = b"ready\n"
BEAT: Final = b"."  # from the event loop itself: whoever is silent for `frozen_s` is replaced
BEAT_S: Final = 1.0

EXIT_OK: Final = 0
EXIT_CRASH: Final = 1
EXIT_SCHEMA: Final = 3  # starting again makes no sense: `draftwire migrate`

log = logging.getLogger("draftwire.worker")


class WorkerServer(uvicorn.Server):
    """uvicorn's server without its signal handlers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


SWITCH_S: Final = 0.001  # the event loop waits so long for a thread at work, at each turn; 5 ms as Python comes


def main() -> None:
    """Wait for the assignment, then serve until told to stop."""
    die_with(int(sys.argv[1]), signal.SIGKILL)
    importlib.import_module("draftwire_server.app")
    for protocol in (PROTOCOL, HTTP_PROTOCOL):
        importlib.import_module(protocol.partition(":")[0])
    channel = socket.socket(fileno=CHANNEL)
    channel.sendall(WARM)
    settings, sockets = _receive(channel)
    configure_logging(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_run(settings, sockets, channel))
    logging.shutdown()
    os._exit(code)  # a thread of a library must not keep a finished worker alive


def configure_logging(settings: Settings) -> None:
    """Log to stderr, each line with its worker; never URLs with a query, which could hold what is no one's
    business.
    """
    log_quietly(settings.log_level, f"{settings.worker_name} ")
    for noisy in (
        "uvicorn.error",
        "asyncio",
        "httpx",
        "httpcore",
    ):  # httpx tells whole addresses, which may hold tokens
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))


def _receive(channel: socket.socket) -> tuple[Settings, list[socket.socket]]:
    data, fds, _, _ = socket.recv_fds(channel, ASSIGNMENT_BYTES, 2)
    while data and not data.endswith(b"\n"):
        more = channel.recv(ASSIGNMENT_BYTES)
        if not more:
            break
        data += more
    if not data.endswith(b"\n"):
        sys.exit(EXIT_OK)  # a spare that was not needed
    return decode(data), [socket.socket(fileno=fd) for fd in fds]


async def _run(settings: Settings, sockets: list[socket.socket], channel: socket.socket) -> int:
    """Serve until SIGTERM, the supervisor's end or a crash; give the exit code."""
    stop = asyncio.Event()
    try:
        await _serve(settings, sockets, channel, stop)
    except asyncio.CancelledError:
        if not stop.is_set():  # nobody but the signal handler cancels us
            raise
    except BaseException as error:
        mismatch = _find(error, SchemaMismatch)
        if mismatch is not None:
            log.error("%s", mismatch)
            return EXIT_SCHEMA
        log.critical("The worker ends after an error:\n%s", told_fully(error))
        return EXIT_CRASH
    return EXIT_OK


async def _serve(settings: Settings, sockets: list[socket.socket], channel: socket.socket, stop: asyncio.Event) -> None:
    app = importlib.import_module("draftwire_server.app").create_app(settings)
    started = asyncio.Event()
    _stop_on_signals(stop, started)
    channel.setblocking(False)
    loop = asyncio.get_running_loop()
    # A crash of one of the app's tasks cancels this task, the owner of the lifespan, and comes out of its
    # block.
    async with app.router.lifespan_context(app):
        started.set()
        server = WorkerServer(_config(app, settings))
        serving = asyncio.create_task(server.serve(sockets))
        orphaned = asyncio.create_task(loop.sock_recv(channel, 1))
        stopping = asyncio.create_task(stop.wait())
        watch = importlib.import_module(HTTP_PROTOCOL.partition(":")[0]).watch
        watching = asyncio.create_task(watch(server.server_state.connections, settings.timings))
        beating: asyncio.Task[None] | None = None
        try:
            while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
            _settle_garbage()
            await loop.sock_sendall(channel, READY)
            beating = asyncio.create_task(_beat(channel))
            await asyncio.wait({serving, stopping, orphaned, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()  # it ends only by an error of ours
            if orphaned.done():
                os._exit(EXIT_CRASH)
            if not serving.done():
                await _announce_end(app, settings)
                for listener in server.servers:
                    listener.close()  # new connections go elsewhere; those that stand go on
                await _drain(app, settings)
        except BaseException:
            server.force_exit = True  # crashed: the successor waits for our end
            raise
        finally:
            orphaned.cancel()
            stopping.cancel()
            watching.cancel()
            server.should_exit = True
            await serving
            if beating is not None:
                beating.cancel()


async def _beat(channel: socket.socket) -> None:
    """Tell the supervisor that the loop goes round, also while it drains; until cancelled."""
    while True:
        with contextlib.suppress(BlockingIOError, OSError):  # its buffer is full only while it is frozen itself
            channel.send(BEAT)
        await asyncio.sleep(BEAT_S)


def _stop_on_signals(stop: asyncio.Event, started: asyncio.Event) -> None:
    """Set ``stop`` at SIGTERM; an app that is still starting, which may wait for something, is cancelled."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None

    def on_signal() -> None:
        stop.set()
        if not started.is_set():
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)


async def _announce_end(app: Any, settings: Settings) -> None:
    """Let balancers see that this worker is no longer ready while it still takes everything."""
    leave = getattr(app.state, "leave", None)
    if leave is not None:
        leave()
        await asyncio.sleep(settings.timings.unready_s)


async def _drain(app: Any, settings: Settings) -> None:
    """Let the app finish what is in flight and tell the sockets when to come back."""
    drain = getattr(app.state, "drain", None)
    if drain is None:
        return
    try:
        async with asyncio.timeout(settings.timings.drain_s):
            await drain()
    except TimeoutError:
        log.warning("Draining took longer than %.1f s; the rest is cut.", settings.timings.drain_s)


def _config(app: Any, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="none",  # runs already
        http=HTTP_PROTOCOL,
        ws=PROTOCOL,
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,  # 34 KiB per connection that takes it, and browsers always do
        ws_ping_interval=None,  # the app pings: it must know who is silent
        ws_ping_timeout=None,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        root_path=settings.base_path,
        backlog=CONNECTION_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=max(1, int(settings.timings.stop_s - settings.timings.drain_s) - 1),
    )


def _settle_garbage() -> None:
    """Take what start-up made out of the collector's sight; collecting it again was 38 % of a connect's cost.

    What survives young gathers until the next collection of the middle generation, which stops everybody for 0.35 µs
    per object: 10,000 × 5 of them are 20 ms, a million (20,000 × 50) were 343.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 1_000)
    sys.setswitchinterval(SWITCH_S)


def _find(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    if isinstance(error, kind):
        return error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            if found := _find(inner, kind):
                return found
    return None


if __name__ == "__main__":
    main()
