"""Many tabs on one draft, half of which type at once. They are small: painting them all takes the machine's time."""

import asyncio
from collections.abc import Sequence

from tests.browser.editor.people import Tab, Tabs, until

TABS = 20
TYPING = 10
USERS = ("ada", "grace")
SMALL = {"width": 390, "height": 420}


async def gather_at(tabs: Tabs, path: str) -> list[Tab]:
    """Open the path in many tabs of a few browsers."""
    return await _open(tabs, path, TABS)


async def gather_around(tabs: Tabs, path: str) -> tuple[Tab, Tab, list[Tab]]:
    """Two tabs that each have a window to themselves, and the rest of the crowd, which is behind windows."""
    one, two = [await tabs.open(user, path) for user in USERS]
    return one, two, await _open(tabs, path, TABS - 2)


async def _open(tabs: Tabs, path: str, number: int) -> list[Tab]:
    found: list[Tab] = []
    for user in USERS:
        context = await tabs.profile(viewport=SMALL)
        found += await asyncio.gather(*(tabs.open_in(context, user, path) for _ in range(number // len(USERS))))
    await asyncio.gather(*(tab.page.locator(".code-host .cm-line").first.wait_for() for tab in found))
    return found


async def put_carets(typing: Sequence[Tab]) -> None:
    """Each of them begins in a line of its own."""
    for number, tab in enumerate(typing, start=1):
        await tab.page.bring_to_front()
        await tab.line(number)


async def type_at_once(typing: Sequence[Tab], text: str, *, pause_ms: float) -> None:
    """All of them type, key by key, as people do."""
    await asyncio.gather(*(tab.page.keyboard.type(text, delay=pause_ms) for tab in typing))


async def equal(tabs: Sequence[Tab]) -> str:
    """Wait until all show one text; give it. The text is short: all of it is drawn."""

    async def same() -> str:
        texts = {await tab.text() for tab in tabs}
        return texts.pop() if len(texts) == 1 else ""

    return await until(same, "all tabs show one text")
