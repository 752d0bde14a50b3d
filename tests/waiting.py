"""Wait for a condition instead of for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Value = TypeVar("Value")
STEP_S = 0.01


async def until(condition: Callable[[], Value | Awaitable[Value]], what: str, *, within_s: float = 10.0) -> Value:
    """Ask again and again until the answer is truthy; give it.

    Once it is asked after the time, too: on a busy machine an answer may have taken all of it.

    Raises:
        AssertionError: it was not, within the time.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + within_s
    while True:
        last = clock() >= deadline
        answer = condition()
        value: Value = await answer if isinstance(answer, Awaitable) else answer
        if value:
            return value
        assert not last, f"not within {within_s} s: {what}"
        await asyncio.sleep(STEP_S)
