"""What a measurement gives: figures with their targets.

A measurement is a module of this package with ``NAME``, ``LIMIT_S`` and ``measure``; see ``Measurement``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS


class Figure:
    """One number; ``most`` is its target, None where it is only told."""

    def __init__(self, name: str, value: float, unit: str, *, most: float | None = None) -> None:
        self.name = name
        self.value = value
        self.unit = unit
        self.most = most

    @property
    def holds(self) -> bool:
        return self.most is None or self.value <= self.most

    def __str__(self) -> str:
        target = (
            "" if self.most is None else f"  target ≤ {self.most:,.0f} {self.unit}{'' if self.holds else '  MISSED'}"
        )
        return f"{self.name:<64} {self.value:>10,.1f} {self.unit:<4}{target}"


class Measurement(Protocol):
    """A module of this package that measures something; put it into ``MEASUREMENTS`` of ``__main__``."""

    NAME: str
    LIMIT_S: float

    async def measure(self) -> list[Figure]:
        """Measure on a server of its own. Raises AssertionError if what was measured went wrong."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        await browser.close()
