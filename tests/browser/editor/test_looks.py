"""Every look of the editor, wide and narrow, light and dark: axe finds nothing serious, and a phone scrolls one way."""

from typing import Any

import pytest

from tests.browser.editor.people import Someone, Tabs, sign_in
from tests.browser.editor.scenes import scenes
from tests.browser.pages import findings

pytestmark = pytest.mark.slow

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
async def looks(address: str) -> dict[str, str]:
    return await scenes(await sign_in(address, "ada"), await sign_in(address, "grace"))


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light")])
async def test_axe_finds_nothing_serious_in_any_look_of_the_editor(
    tabs: Tabs, looks: dict[str, str], viewport: dict[str, int], scheme: str
) -> None:
    tab = await tabs.open("ada", "/", viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    found: list[Any] = []
    for name, path in looks.items():
        await tab.go(path)
        await tab.page.locator(".code-host .cm-line, .field, .diff-change, .empty").first.wait_for()
        if "panel=" in path:
            await tab.page.locator(".panel-body").wait_for()
        await tab.page.wait_for_load_state("networkidle")
        found += [(name, one) for one in await findings(tab.page)]
        across = await tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if across > 0:
            found.append((name, f"scrolls sideways by {across}"))
    assert found == []


async def test_axe_finds_nothing_serious_in_what_opens(tabs: Tabs, looks: dict[str, str], grace: Someone) -> None:
    """The menus, who is here, how it is saved, the palette."""
    tab = await tabs.open("ada", looks["code"])
    other = await tabs.open("grace", looks["code"])
    await other.code.wait_for()
    found: list[Any] = []
    for opener in (".badge", ".status", ".person-button", ".split > .button:nth-child(2)", ".palette-button"):
        await tab.page.locator(opener).first.click()
        await tab.page.locator(".menu, .pop, dialog[open]").first.wait_for()
        found += [(opener, one) for one in await findings(tab.page)]
        await tab.page.keyboard.press("Escape")
        await tab.page.locator(".menu, .pop, dialog[open]").first.wait_for(state="detached")
    assert found == []
