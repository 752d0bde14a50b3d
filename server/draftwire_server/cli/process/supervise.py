"""The supervisor: keeps N worker processes alive, shares one port among them, stops them in order.

Owns the processes and the listening sockets, nothing of what the workers do. Invariants:

- Every worker has its own listening socket in one SO_REUSEPORT group, so the kernel spreads connections
  evenly: with one shared socket the worker that wakes first takes whole bursts, and WebSockets stay where
  they land. We keep a copy: connections to a dead worker wait for its successor, a fraction of a second,
  instead of being reset. Only where the successor has to wait too, the copy is closed and the others get all
  connections.
- SO_REUSEPORT would let a second server take half of the connections: the port is first bound without it.
- One spare process has its imports behind it and takes a dead worker's place at once.
- A worker whose event loop is silent for `frozen_s` is killed, which makes it one that died.
- A worker that dies again and again is started ever more slowly; if none has ever served, the supervisor
  gives up.
- Workers are in sessions of their own: Ctrl-C reaches the supervisor alone, which drains them.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, Final

import msgspec

from draftwire_server.cli.process.processes import send
from draftwire_server.cli.process.worker import BEAT_S, EXIT_SCHEMA, READY, WARM
from draftwire_server.dev.control import ControlAnswer, ControlRequest, WorkerStatus
from draftwire_server.limits.tuning import CONNECTION_BACKLOG
from draftwire_server.settings import Settings, encode

FREE_RESTARTS: Final = 3  # deaths that cost no delay: somebody kills workers to see what happens
BEATS_BYTES: Final = 4_096  # as many beats as are read at once
SCHEMA_WAIT_S: Final = 5.0  # before another try on a schema that is not ours
QUICK_DEATH_S: Final = 10.0  # a worker that served longer than this had been well
BACKOFF_FIRST_S: Final = 0.5
FAILED_STARTS: Final = 3  # in a row, before any worker has ever served: it is not bad luck
PORT_WAIT_S: Final = 2.0  # a supervisor that was killed: its workers let go of the port a moment later

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1

log = logging.getLogger("draftwire.supervisor")


class PortTaken(Exception):
    """Somebody else listens there."""


class Worker:
    """One process, from spare to dead."""

    def __init__(self, process: asyncio.subprocess.Process, channel: socket.socket) -> None:
        self.process = process
        self.channel = channel
        self.heard_at = 0.0  # loop time of its last beat
        self._listening: asyncio.Task[None] | None = None
        self._warming = asyncio.create_task(self._says(WARM))

    @classmethod
    async def spawn(cls) -> "Worker":
        ours, theirs = socket.socketpair()
        command = (sys.executable, "-m", "draftwire_server.cli.process.worker", str(os.getpid()))
        with theirs:
            process = await asyncio.create_subprocess_exec(*command, stdin=theirs.fileno(), start_new_session=True)
        ours.setblocking(False)
        return cls(process, ours)

    def assign(self, settings: Settings, sockets: list[socket.socket]) -> None:
        """Make the process a worker; the data is far below the buffer of a socket pair."""
        socket.send_fds(self.channel, [encode(settings) + b"\n"], [s.fileno() for s in sockets])

    @property
    def warm(self) -> bool:
        """Whether it has its imports behind it: it serves a tenth of a second after it is assigned."""
        return self._warming.done() and not self._warming.cancelled() and self._warming.result()

    async def serves(self, deadline_s: float) -> bool:
        """Wait until it serves; False if it ended or took too long."""
        try:
            async with asyncio.timeout(deadline_s):
                return await asyncio.shield(self._warming) and await self._says(READY)
        except TimeoutError:
            return False

    async def _says(self, line: bytes) -> bool:
        try:
            return await asyncio.get_running_loop().sock_recv(self.channel, len(line)) == line
        except OSError:
            return False

    def send(self, number: int) -> None:
        send(self.process, number)

    async def _listen(self) -> None:
        """Hear its beats until it says nothing more."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while await loop.sock_recv(self.channel, BEATS_BYTES):
                self.heard_at = loop.time()

    async def watch(self, frozen_s: float) -> None:
        """Wait until its event loop has been silent for so long while ours went round. Ends only then.

        We may have been stopped ourselves: then it has time to be heard again.
        """
        loop = asyncio.get_running_loop()
        self.heard_at = looked_at = loop.time()
        self._listening = asyncio.create_task(self._listen())
        while True:
            await asyncio.sleep(BEAT_S / 2)
            now = loop.time()
            if now - looked_at > frozen_s / 2:
                self.heard_at = now
            looked_at = now
            if now - self.heard_at > frozen_s:
                return

    async def ended(self) -> int:
        code = await self.process.wait()
        for listening in (self._warming, self._listening):
            if listening is not None:
                listening.cancel()
                await asyncio.wait({listening})  # before its descriptor is another one's
        self.channel.close()
        return code


class Slot:
    """A worker's place: name and sockets stay, processes come and go."""

    def __init__(self, settings: Settings, shared: socket.socket, own: socket.socket | None) -> None:
        self.settings = settings
        self.shared: socket.socket | None = shared
        self.own = own
        self.worker: Worker | None = None
        self.ready = False
        self.starts = 0

    @property
    def status(self) -> WorkerStatus:
        pid = self.worker.process.pid if self.worker else None
        settings = self.settings
        return WorkerStatus(
            settings.worker_index, settings.worker_name, pid, settings.worker_port, self.ready, self.starts
        )

    def close(self) -> None:
        for listener in (self.shared, self.own):
            if listener is not None:
                listener.close()


class Supervisor:
    """Keeps the workers of one server. `open` it, `run` it; `port` is known in between."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = settings.port
        self.slots: list[Slot] = []
        self.served = asyncio.Event()  # every slot has served
        self._spare: Worker | None = None
        self._stopping = False
        self._ever_served = False
        self._exit: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    # ---------------------------------------------------------------- the life of a server

    async def open(self) -> None:
        """Take the ports.

        Raises:
            PortTaken: another server listens on one of them.
        """
        deadline = asyncio.get_running_loop().time() + PORT_WAIT_S
        while True:
            try:
                self.port = _probe(self.settings.host, self.settings.port)
                shared = [self._shared() for _ in range(self.settings.workers)]
                break
            except OSError as error:
                if asyncio.get_running_loop().time() > deadline:
                    address = f"{self.settings.host}:{self.settings.port}"
                    raise PortTaken(f"Can't listen on {address}: {error.strerror}.") from error
                await asyncio.sleep(0.1)
        for index, listener in enumerate(shared):
            self.slots.append(self._slot(index, listener))

    async def run(self, stop: asyncio.Event) -> int:
        """Keep the workers until ``stop`` is set; give the exit code."""
        keepers = [asyncio.create_task(self._keep(slot)) for slot in self.slots]
        stopping = asyncio.create_task(stop.wait())
        try:
            ends: list[asyncio.Future[Any]] = [stopping, self._exit, *keepers]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            crashed = [keeper for keeper in keepers if keeper.done()]
            for keeper in crashed:
                keeper.result()  # a keeper ends only by an error of ours
            return self._exit.result() if self._exit.done() else EXIT_OK
        finally:
            stopping.cancel()
            self._stopping = True
            await self._stop_workers()
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            self.kill_now()  # whoever was started in the same moment

    def kill_now(self) -> None:
        """End every worker without draining: the second Ctrl-C."""
        for slot in self.slots:
            if slot.worker is not None and slot.worker.process.returncode is None:
                slot.worker.send(signal.SIGKILL)

    async def kill(self, worker: int | str | None) -> Slot:
        """SIGKILL the worker with this index or name, or the first that serves.

        Raises:
            LookupError: there is none.
        """
        for slot in self.slots:
            wanted = (slot.settings.worker_index, slot.settings.worker_name)
            if slot.worker is not None and slot.ready and (worker is None or worker in wanted):
                slot.worker.send(signal.SIGKILL)
                await slot.worker.process.wait()
                return slot
        raise LookupError(f"No worker {worker!r} is running.")

    async def answer(self, request: ControlRequest) -> ControlAnswer:
        """Serve the control channel as far as it concerns workers."""
        if request.do == "kill-worker":
            slot = await self.kill(request.worker)
            return ControlAnswer(ok=True, worker=slot.settings.worker_name, port=self.port)
        if request.do == "status":
            spare = self._spare is not None and self._spare.warm
            workers = tuple(slot.status for slot in self.slots)
            return ControlAnswer(ok=True, port=self.port, workers=workers, spare=spare)
        return ControlAnswer(ok=False, error=f"this server does not run its own {request.do.partition('-')[2]}")

    # ---------------------------------------------------------------- one slot

    def _shared(self) -> socket.socket:
        return _listener(self.settings.host, self.port, shared=True)

    def _slot(self, index: int, shared: socket.socket) -> Slot:
        own = None
        base = self.settings.worker_port_base
        if base is not None:
            try:
                own = _listener("127.0.0.1", base + index if base else 0, shared=False)
            except OSError as error:
                raise PortTaken(f"Can't listen on 127.0.0.1:{base + index}: {error.strerror}.") from error
        settings = msgspec.structs.replace(
            self.settings,
            port=self.port,
            worker_index=index,
            worker_name=f"worker-{index}",
            worker_port=own.getsockname()[1] if own else None,
        )
        return Slot(settings, shared, own)

    async def _keep(self, slot: Slot) -> None:
        """Run one process after the other in a slot."""
        clock = asyncio.get_running_loop().time
        deaths = 0  # quick ones, in a row
        while not self._stopping:
            worker = await self._start(slot)
            begun = clock()
            slot.ready = await worker.serves(self.settings.timings.worker_start_s)
            if slot.ready:
                await self._note_served()
                code = await self._serve_until_its_end(slot, worker)
            else:
                worker.send(signal.SIGKILL)  # too slow; the dead don't mind
                code = await worker.ended()
            served, slot.ready, slot.worker = slot.ready, False, None
            if self._stopping:
                return
            deaths = deaths + 1 if clock() - begun < QUICK_DEATH_S else 1
            delay_s = self._delay(deaths)
            if delay_s and slot.shared is not None and any(other.ready for other in self.slots):
                slot.shared.close()
                slot.shared = None
            log.error(
                "%s ended (%s)%s.",
                slot.settings.worker_name,
                _told(code),
                "" if served else " before it served",
            )
            if code == EXIT_SCHEMA:
                if not any(other.ready for other in self.slots):
                    self._give_up(EXIT_SCHEMA)
                delay_s = max(delay_s, SCHEMA_WAIT_S)  # the others go on; perhaps the schema comes back
            elif not self._ever_served and deaths >= FAILED_STARTS:
                log.critical("No worker can be started; giving up.")
                self._give_up(EXIT_FAILED)
            await asyncio.sleep(delay_s)

    async def _serve_until_its_end(self, slot: Slot, worker: Worker) -> int:
        """Wait for the end of a worker, and make it if its event loop stands still; give its exit code."""
        ended = asyncio.create_task(worker.ended())
        frozen = asyncio.create_task(worker.watch(self.settings.timings.frozen_s))
        try:
            await asyncio.wait({ended, frozen}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done() and not self._stopping:
                slot.ready = False
                log.error(
                    "%s has not been heard of for %.0f s: it is replaced.",
                    slot.settings.worker_name,
                    self.settings.timings.frozen_s,
                )
                worker.send(signal.SIGKILL)
            return await asyncio.shield(ended)
        finally:
            frozen.cancel()
            ended.cancel()

    async def _start(self, slot: Slot) -> Worker:
        worker, self._spare = self._spare, None
        if worker is None or worker.process.returncode is not None:
            worker = await Worker.spawn()
        if self._stopping:
            worker.send(signal.SIGKILL)
        slot.worker = worker
        slot.starts += 1
        if slot.shared is None:
            slot.shared = self._shared()
        with contextlib.suppress(OSError):  # died as a spare: `serves` will say so
            worker.assign(slot.settings, [s for s in (slot.shared, slot.own) if s is not None])
        return worker

    async def _note_served(self) -> None:
        self._ever_served = True
        if all(slot.ready for slot in self.slots):
            self.served.set()
            if self._spare is None and not self._stopping:
                self._spare = await Worker.spawn()

    def _delay(self, deaths: int) -> float:
        if deaths <= FREE_RESTARTS:
            return 0.0
        return min(self.settings.timings.restart_backoff_max_s, BACKOFF_FIRST_S * 2.0 ** (deaths - FREE_RESTARTS - 1))

    def _give_up(self, code: int) -> None:
        if not self._exit.done():
            self._exit.set_result(code)

    # ---------------------------------------------------------------- stopping

    async def _stop_workers(self) -> None:
        """Drain all workers at once; kill what is left after the time for it."""
        for slot in self.slots:
            slot.close()
        if self._spare is not None:
            self._spare.send(signal.SIGKILL)
            await self._spare.ended()
        workers = [slot.worker for slot in self.slots if slot.worker is not None]
        for worker in workers:
            worker.send(signal.SIGTERM)
        if not workers:
            return
        ends = [asyncio.ensure_future(worker.process.wait()) for worker in workers]
        _, late = await asyncio.wait(ends, timeout=self.settings.timings.stop_s)
        if late:
            log.warning("%d worker(s) did not stop in %.0f s and are killed.", len(late), self.settings.timings.stop_s)
            for worker in workers:
                if worker.process.returncode is None:
                    worker.send(signal.SIGKILL)
            await asyncio.wait(late)


def stop_on_signals(again: Callable[[], None]) -> asyncio.Event:
    """Give an event that SIGTERM, SIGINT and SIGHUP set; a second one of them calls ``again``."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            again()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    return stop


def _probe(host: str, port: int) -> int:
    """Check that nobody listens on the port; give the number, chosen by the kernel if it is 0."""
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


def _listener(host: str, port: int, *, shared: bool) -> socket.socket:
    listener = socket.socket(_family(host), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(CONNECTION_BACKLOG)
    return listener


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _told(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
