"""Signals to child processes that may just have died."""

import asyncio
import contextlib
import os


def send(process: asyncio.subprocess.Process, number: int) -> None:
    """Send a signal to a child, unless its end is known.

    Not by `send_signal` or `kill`: these first look whether it has ended, which reaps it, and asyncio then finds an
    unknown child and tells 255 for its exit code.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
