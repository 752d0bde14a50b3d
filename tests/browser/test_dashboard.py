"""The dashboard and the palette in Chromium on a real server: what happens elsewhere appears, what is hidden never."""

import secrets
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Route, expect

import draftwire
from tests.browser.pages import (
    DEADLINE_S,
    EFFECTS_RUN,
    api_of,
    findings,
    findings_light_and_dark,
    page_of,
    served,
)

pytestmark = pytest.mark.slow

expect.set_options(timeout=DEADLINE_S * 1000)


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    async with served("dw-board-") as (address, _):
        yield address


async def _script(api: draftwire.Api, path: str) -> str:
    value = {"summary": "", "language": "python3", "content": "x = 1\n"}
    return (await api.items.create("script", path=path, summary=path, value=value)).item


async def _edit(api: draftwire.Api, item: str) -> tuple[str, str]:
    draft = await api.drafts.of_item(item, "own")
    value = {"summary": "", "language": "python3", "content": f"x = '{secrets.token_hex(4)}'\n"}
    return draft.draft, (await api.drafts.save(draft.draft, value, if_match=draft.etag, item=item)).etag


async def test_presence_edits_and_a_deploy_of_another_appear_as_they_happen(browser: Browser, address: str) -> None:
    async with api_of(address, "grace") as grace, page_of(browser, address, "ada", "/dashboard") as page:
        board = {
            name: page.get_by_role("region", name=name) for name in ("Who is where", "Deploys", "Edits per minute")
        }
        await expect(page.get_by_role("heading", name="Demo now")).to_be_visible()
        item = await _script(grace, "f/payments/on_the_wall")
        await grace.presence.attend(item, state="editing", lease_s=60, session=secrets.token_urlsafe(16))
        draft, etag = await _edit(grace, item)
        await expect(board["Who is where"]).to_contain_text("Grace Hopper")
        await expect(board["Who is where"]).to_contain_text("edits f/payments/on_the_wall")
        await expect(board["Edits per minute"]).to_contain_text("f/payments/on_the_wall")
        await grace.deploys.deploy(draft, etag, 0, message="For all to see")
        await expect(board["Deploys"]).to_contain_text("f/payments/on_the_wall v1")
        await expect(board["Deploys"]).to_contain_text("Grace Hopper: For all to see")


async def test_edits_of_people_are_told_only_where_an_admin_has_them_counted_and_that_is_said_first(
    browser: Browser, address: str
) -> None:
    async with (
        api_of(address, "ada") as ada,
        api_of(address, "grace") as grace,
        page_of(browser, address, "ada", "/dashboard") as page,
    ):
        await expect(page.get_by_role("region", name="Edits per minute")).to_be_visible()
        await _edit(grace, await _script(grace, "f/payments/not_counted"))
        await expect(page.get_by_role("region", name="Edits per minute")).to_contain_text("f/payments/not_counted")
        card = page.get_by_role("region", name="Edits of people")
        assert await card.count() == 0, "nobody's edits are counted unless that is switched on"
        await ada.workspace_settings.change(counts_people=True)
        await expect(card).to_contain_text("An admin of this workspace has these counted.")
        await expect(card.get_by_role("listitem").filter(has_text="Grace Hopper")).to_contain_text("edits in")
        assert await findings(page) == []
        await ada.workspace_settings.change(counts_people=False)
        await expect(card).to_have_count(0)


async def test_that_people_are_counted_is_said_before_anybody_has_edited(browser: Browser, address: str) -> None:
    """Nobody shows the dashboard an edit: the answer is the server's but for the sums."""
    async with api_of(address, "ada") as ada, page_of(browser, address, "ada") as page:
        await ada.workspace_settings.change(counts_people=True)

        async def without_edits(route: Route) -> None:
            answer = await (await route.fetch()).json()
            await route.fulfill(json={key: value for key, value in answer.items() if key != "people"})

        await page.route("**/activity?*", without_edits)
        await page.goto(f"{address}/dashboard")
        card = page.get_by_role("region", name="Edits of people")
        await expect(card).to_contain_text("An admin of this workspace has these counted.")
        await expect(card).to_contain_text("Nobody has edited in the last 30 minutes in what you may read.")
        await ada.workspace_settings.change(counts_people=False)


async def test_of_a_place_that_one_may_not_see_the_dashboard_has_no_trace(browser: Browser, address: str) -> None:
    async with api_of(address, "ada") as ada, page_of(browser, address, "grace", "/dashboard") as page:
        hidden, shown = await _script(ada, "u/ada/unseen"), await _script(ada, "f/payments/seen")
        for item in (hidden, shown):  # the one that may be seen comes later: then the other one would be there too
            await ada.presence.attend(item, lease_s=60, session=secrets.token_urlsafe(16))
            draft, etag = await _edit(ada, item)
            await ada.deploys.deploy(draft, etag, 0)
        for name in ("Who is where", "Deploys", "Edits per minute"):
            await expect(page.get_by_role("region", name=name)).to_contain_text("f/payments/seen")
        content = await page.content()
        assert hidden not in content and "unseen" not in content


async def test_the_wall_screen_has_a_link_of_its_own_and_an_end(browser: Browser, address: str) -> None:
    async with page_of(browser, address, "ada", "/dashboard") as page:
        await page.get_by_role("heading", name="Demo now").wait_for()
        await page.keyboard.press("w")
        await page.wait_for_url("**/dashboard?wall=true")
        await expect(page.get_by_role("banner")).to_be_hidden()
        await page.evaluate(EFFECTS_RUN)  # the wall's own key is heard from then on
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("banner")).to_be_visible()
        await expect(page).to_have_url(f"{address}/dashboard")


async def test_the_palette_leads_everywhere_by_keyboard_alone(browser: Browser, address: str) -> None:
    async with page_of(browser, address, "ada") as page:
        await page.get_by_role("link", name="Refund a charge").wait_for()
        await page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Find a command")
        await expect(box).to_be_focused()
        await expect(page.get_by_role("option", name="Go to the dashboard")).to_contain_text("G B")
        await page.keyboard.type("dashb")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/dashboard")
        await page.keyboard.press("Control+k")
        await expect(box).to_be_focused()
        await page.keyboard.type("weekly dig")
        await page.get_by_role("option", name="Weekly digest").wait_for()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/items/*")
        await page.keyboard.press("g")
        await page.keyboard.press("i")
        await page.get_by_role("link", name="Refund a charge").wait_for()
        await expect(page).to_have_url(f"{address}/")


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard?wall=true", "/sign-in"])
async def test_nothing_serious_is_found_by_axe_and_a_phone_scrolls_one_way(
    browser: Browser, address: str, path: str
) -> None:
    async with page_of(browser, address, "ada", "/") as page:
        await page.goto(address + path)
        await page.get_by_role("heading", level=1).wait_for()
        await page.wait_for_load_state("networkidle")
        assert await findings_light_and_dark(page) == []
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 390
