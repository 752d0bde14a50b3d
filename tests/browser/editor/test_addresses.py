"""Every state has a link; the first load is small."""

import asyncio
import gzip
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.browser.editor.people import LINES, Someone, Tabs, deployed_script, script, until

pytestmark = pytest.mark.slow

MOST_BYTES = 250 * 1024  # of scripts and styles, compressed, until the code of a script is shown in its language


async def test_every_state_has_a_link_and_what_one_may_not_see_looks_like_nothing(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "links")
    await ada.deploy(item, script(LINES.replace("line_1", "second_1")), 1)
    tab = await tabs.open("ada", f"/items/{item}/versions/1?line=3")
    await until(lambda: tab.badge_says("Version 1 2 is live"), "an old version says so")
    await until(lambda: tab.has("line_1"), "and its text is shown")
    await tab.go(f"/items/{item}/diff?from=version:1&to=version:2")
    await tab.page.locator("mark", has_text="second_1").wait_for()
    await tab.page.reload()
    await tab.page.locator("mark", has_text="second_1").wait_for()
    await tab.go(f"/items/{item}?panel=history")
    await tab.page.get_by_role("link", name="Version 2").wait_for()
    await tab.page.keyboard.press("Escape")
    await expect(tab.page).not_to_have_url(re.compile("panel"))
    await tab.go("/items/nothinghere")
    await tab.says("There is nothing here")
    private = await ada.make("script", "u/ada/private_to_ada", script("pass\n"))
    other = await tabs.open("linus", f"/items/{private}")
    await other.says("There is nothing here")


async def test_the_first_load_is_small(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "small")
    tab = await tabs.open("ada", "/")
    sizes: dict[str, int] = {}

    async def weigh(answer: Any) -> None:
        if answer.ok and urlsplit(answer.url).path.endswith((".js", ".css")):
            sizes[answer.url] = len(gzip.compress(await answer.body()))

    waits: list[Any] = []

    def answered(answer: Any) -> None:
        waits.append(asyncio.ensure_future(weigh(answer)))

    tab.page.on("response", answered)
    await tab.go(f"/items/{item}")
    await until(lambda: tab.page.locator(".cm-line span").count(), "the code is shown in its language")
    tab.page.remove_listener("response", answered)
    await asyncio.gather(*waits)
    assert len(sizes) > 3
    assert sum(sizes.values()) <= MOST_BYTES
