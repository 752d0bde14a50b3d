"""Every look of the editor, wide and narrow, light and dark: axe finds nothing serious, and a phone scrolls one way."""

from typing import Any

import pytest

from tests.browser.editor.people import Someone, Tabs, sign_in, until
from tests.browser.editor.scenes import scenes
from tests.browser.pages import findings, findings_light_and_dark

pytestmark = pytest.mark.slow

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
async def looks(address: str) -> dict[str, str]:
    return await scenes(await sign_in(address, "ada"), await sign_in(address, "grace"))


async def test_axe_finds_nothing_serious_in_any_look_of_the_editor(tabs: Tabs, looks: dict[str, str]) -> None:
    """Each is loaded once: wide and light, then dark, which changes colours alone, then narrow."""
    tab = await tabs.open("ada", "/", viewport=WIDE, reduced_motion="reduce")
    found: list[Any] = []
    for name, path in looks.items():
        await tab.page.set_viewport_size(WIDE)
        await tab.go(path)
        await tab.page.locator(".code-host .cm-line, .field, .diff-change, .empty").first.wait_for()
        if "panel=" in path:
            await tab.page.locator(".panel-body").wait_for()
        await tab.page.wait_for_load_state("networkidle")
        found += [(name, one) for one in await findings_light_and_dark(tab.page)]
        await tab.page.set_viewport_size(NARROW)
        found += [(name, "narrow", one) for one in await findings(tab.page)]
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


async def test_what_is_shown_has_its_measure(tabs: Tabs, looks: dict[str, str]) -> None:
    """Styles of one page change nothing on another, and a page begins with its first line."""

    async def box(selector: str) -> dict[str, float]:
        await tab.page.locator(selector).first.wait_for()
        found = await tab.page.locator(selector).first.bounding_box()
        assert found is not None
        return dict(found)

    tab = await tabs.open("ada", looks["trigger"], reduced_motion="reduce")
    switch = await box('.field input[role="switch"]')
    assert (switch["width"], switch["height"]) == (36, 20)
    await tab.go(looks["flow"])

    async def fits() -> bool:
        last = await box(".code:not(.code-full) .code-host .cm-line:nth-child(4)")
        whole = await box(".code:not(.code-full)")
        return whole["y"] + whole["height"] - last["y"] - last["height"] < 20

    await until(fits, "a short text takes no more room than its lines")
    await tab.go("/?tab=drafts&whose=any")
    parts = tab.page.get_by_role("group", name="Whose drafts").get_by_role("button")

    async def touch() -> bool:
        first, second = await parts.nth(0).bounding_box(), await parts.nth(1).bounding_box()
        assert first is not None and second is not None
        return abs(second["x"] - first["x"] - first["width"]) <= 1

    await until(touch, "one control, not three")
    await tab.go(looks["code"])
    await tab.button("What is new").wait_for()  # a banner has come above the text
    await tab.page.wait_for_load_state("networkidle")
    scrolled = "document.querySelector('.code-host').shadowRoot.querySelector('.cm-scroller').scrollTop"
    assert await tab.page.evaluate(scrolled) == 0


async def test_a_long_form_scrolls_to_its_end_on_a_phone(tabs: Tabs, looks: dict[str, str]) -> None:
    tab = await tabs.open("ada", looks["trigger"], viewport={"width": 390, "height": 500})
    last = tab.page.locator(".add-field").last
    await last.scroll_into_view_if_needed()
    box = await last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 500
