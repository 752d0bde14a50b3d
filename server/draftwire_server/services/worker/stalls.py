"""Says what holds the event loop up: nothing that anybody sends may, for more than `STALL_S` at a stretch.

The loop writes down the time again and again; a thread looks whether it does. Where it stopped, the log gets the place
in the code that held it (no values), how long, and how much of that the loop's own thread was at work: little of it
means that the machine or another thread was. Overflow: one line in `SAY_AGAIN_S`, with a count of those left out.
"""

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Final

log = logging.getLogger(__name__)

BEAT_S: Final = 0.025
STALL_S: Final = 0.05
SAY_AGAIN_S: Final = 10.0
FRAMES: Final = 8  # of the stack, the innermost


class StallWatch:
    """See the module. `start` and `stop` belong to the event loop."""

    def __init__(self, stall_s: float = STALL_S, say_again_s: float = SAY_AGAIN_S) -> None:
        self._stall_s, self._say_again_s = stall_s, say_again_s
        self._beat_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._said_at = float("-inf")
        self._unsaid = 0
        self.count = 0
        self.longest_s = 0.0

    def start(self) -> None:
        """Begin to watch the running loop."""
        loop = asyncio.get_running_loop()
        self._beat(loop)
        self._thread = threading.Thread(target=self._watch, args=(threading.get_ident(),), name="stalls", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._over.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._thread is not None:
            self._thread.join()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beat_at = time.monotonic()
        self._timer = loop.call_later(BEAT_S, self._beat, loop)

    def _watch(self, loop_thread: int) -> None:
        worked = _clock_of(loop_thread)
        beat, worked_s = self._beat_at, worked()
        place = ""
        while not self._over.wait(BEAT_S):
            if self._beat_at != beat:
                if place:
                    self._ended(self._beat_at - beat - BEAT_S, worked() - worked_s, place)
                beat, worked_s, place = self._beat_at, worked(), ""
            elif not place and time.monotonic() - beat > BEAT_S + self._stall_s:
                place = _place(sys._current_frames().get(loop_thread))

    def _ended(self, stalled_s: float, worked_s: float, place: str) -> None:
        self.count += 1
        self.longest_s = max(self.longest_s, stalled_s)
        now = time.monotonic()
        if now - self._said_at < self._say_again_s:
            self._unsaid += 1
            return
        others = f", {self._unsaid} more since the last line" if self._unsaid else ""
        log.warning(
            "the event loop stood still for %.0f ms, at work for %.0f of them%s: %s",
            stalled_s * 1000, worked_s * 1000, others, place,
        )  # fmt: skip
        self._said_at, self._unsaid = now, 0


def _clock_of(thread: int) -> Callable[[], float]:
    """The seconds that a thread has worked; those of the process where no thread can ask for another's (macOS)."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    return partial(time.clock_gettime, time.pthread_getcpuclockid(thread))


def _place(frame: FrameType | None) -> str:
    """Where a thread is, from the outside in, without any value."""
    found: list[str] = []
    while frame is not None and len(found) < FRAMES:
        code = frame.f_code
        file = "/".join(code.co_filename.rsplit("/", 2)[-2:])
        found.append(f"{file}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " < ".join(found) or "unknown"
