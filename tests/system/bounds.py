"""Bounds in time that the product promises, held also where other processes take the machine for a moment."""

from collections.abc import Awaitable, Callable

TRIES = 3


async def best_within(bound_s: float, attempt: Callable[[], Awaitable[float]], what: str) -> None:
    """Attempt something until it took less than its bound: of what it takes by itself the best of a few tries tells.

    Raises:
        AssertionError: it never did.
    """
    took: list[float] = []
    while not took or took[-1] >= bound_s:
        assert len(took) < TRIES, f"not within {bound_s} s but {[f'{each:.2f}' for each in took]}: {what}"
        took.append(await attempt())
