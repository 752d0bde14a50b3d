"""The workspace in Chromium on a real server: found, filtered, made, archived, and who is there."""

import functools
import secrets
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

import draftwire
from tests import waiting
from tests.browser.pages import DEADLINE_S, api_of, findings_light_and_dark, page_of, served

pytestmark = pytest.mark.slow

until = functools.partial(waiting.until, within_s=DEADLINE_S)
expect.set_options(timeout=DEADLINE_S * 1000)


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    async with served("dw-pages-") as (address, _):
        yield address


async def _script(address: str, user: str, path: str, text: str = "x = 1\n") -> str:
    async with api_of(address, user) as api:
        value = {"summary": "", "language": "python3", "content": text}
        return (await api.items.create("script", path=path, summary=path, value=value)).item


async def _edit(api: draftwire.Api, item: str, text: str) -> tuple[str, str]:
    """Save another text in one's own draft; give the draft and its etag."""
    draft = await api.drafts.of_item(item, "own")
    value = {"summary": "", "language": "python3", "content": text}
    return draft.draft, (await api.drafts.save(draft.draft, value, if_match=draft.etag, item=item)).etag


async def test_an_item_is_found_by_a_word_of_its_code_and_filters_survive_reload_and_back(
    browser: Browser, address: str
) -> None:
    word = f"zebra{secrets.token_hex(4)}"
    item = await _script(address, "ada", f"u/ada/{word[:9]}", "x = 1\n")
    async with api_of(address, "ada") as api:
        draft, etag = await _edit(api, item, f"y = 2\n{word} = 1\n")
        await api.deploys.deploy(draft, etag, 0)
    async with page_of(browser, address, "ada") as page:
        await page.get_by_role("link", name="Refund a charge").wait_for()  # the list is there, and so are its keys
        await page.keyboard.press("/")
        await page.keyboard.type(word)
        hit = page.locator(".hits li")
        await expect(hit).to_have_count(1)  # its first letters find more
        await expect(hit).to_have_text(f"2{word} = 1")
        await expect(page.locator(".item")).to_have_count(1)
        await page.get_by_label("Kind").select_option("script")
        await page.get_by_role("button", name="Behind").click()
        await expect(page.get_by_role("heading", name="Nothing has")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("button", name="Behind")).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_label("Kind")).to_have_value("script")
        await expect(page.get_by_label("Search in items")).to_have_value(word)
        await page.go_back()
        await expect(page.locator(".item")).to_have_count(1)
        await page.go_back()
        await expect(page.get_by_label("Kind")).to_have_value("")


async def test_an_item_of_every_kind_is_made_by_keyboard(browser: Browser, address: str) -> None:
    async with page_of(browser, address, "ada") as page, api_of(address, "ada") as api:
        for kind in await api.kinds.list():
            await page.get_by_role("heading", name="Demo").wait_for()
            await page.keyboard.press("Control+k")
            await page.keyboard.type(f"new item: {kind.title}")
            await page.get_by_role("option", name=f"New item: {kind.title}", exact=True).first.wait_for()
            await page.keyboard.press("Enter")
            await expect(page.locator(f"input[name=kind][value={kind.name}]")).to_be_checked()
            await page.keyboard.press("Tab")
            await page.keyboard.type(f"u/ada/new_{kind.name}")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/items/*")
            made = await api.items.get(page.url.rsplit("/", 1)[1])
            assert (made.kind, made.path) == (kind.name, f"u/ada/new_{kind.name}")
            await page.go_back()


async def test_a_refused_path_is_told_at_the_field(browser: Browser, address: str) -> None:
    async with page_of(browser, address, "grace") as page:
        await page.get_by_role("button", name="New item").click()
        path = page.get_by_label("Path")
        await path.fill("f/payments/refund_charge")
        await path.press("Enter")
        await expect(page.locator("#path-trouble")).not_to_be_empty()
        await expect(path).to_have_attribute("aria-invalid", "true")
        await expect(path).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_role("button", name="New item")).to_be_focused()


async def test_the_list_tells_who_is_where_and_people_from_ai_sessions(browser: Browser, address: str) -> None:
    item = await _script(address, "grace", "f/payments/watched")
    async with page_of(browser, address, "ada") as page, api_of(address, "grace") as grace:
        row = page.locator(f"[data-item='{item}']")
        tab = secrets.token_urlsafe(16)
        await grace.presence.attend(item, state="editing", lease_s=60, session=tab)
        here = row.locator(".item-here")
        await expect(here).to_contain_text("Grace Hopper, editing")
        await expect(here.locator(".avatar[data-state=editing]:not([data-agent])")).to_have_count(1)
        await grace.presence.leave(item, session=tab)
        await expect(here.locator(".avatar")).to_have_count(0)


async def test_what_happens_elsewhere_comes_into_the_list(browser: Browser, address: str) -> None:
    async with page_of(browser, address, "ada") as page:
        await page.get_by_role("link", name="Refund a charge").wait_for()
        item = await _script(address, "grace", "f/payments/just_made")
        row = page.locator(f"[data-item='{item}']")
        await expect(row).to_be_visible()
        async with api_of(address, "grace") as grace:
            await _edit(grace, item, "y = 2\n")
        await expect(row.locator(".item-drafts")).to_contain_text("Drafts of Grace Hopper")


async def test_archive_and_delete_are_undone_by_keyboard(browser: Browser, address: str) -> None:
    item = await _script(address, "ada", "u/ada/comes_back")
    async with page_of(browser, address, "ada") as page:
        row = page.locator(f"[data-item='{item}']")
        for letter in ("a", "d"):
            await row.get_by_role("button", name="More for").focus()
            await page.keyboard.press("Enter")
            await page.get_by_role("menuitem", name="Copy link").wait_for()
            await page.keyboard.press(letter)
            await page.keyboard.press("Enter")
            await expect(row).to_have_count(0)
            await page.get_by_role("button", name="Undo").focus()
            await page.keyboard.press("Enter")
            await expect(row).to_have_count(1)


async def test_what_uses_an_item_is_said_in_the_editor_and_before_it_goes(browser: Browser, address: str) -> None:
    item = await _script(address, "ada", "f/payments/used")
    async with api_of(address, "ada") as api:
        value = {"enabled": False, "runs": {"path": "f/payments/used", "kind": "script"}}
        user = (await api.items.create("http_trigger", path="f/payments/uses_it")).item
        draft = await api.drafts.of_item(user, "own")
        saved = await api.drafts.save(draft.draft, {**draft.value, **value}, if_match=draft.etag)
        await api.deploys.deploy(draft.draft, saved.etag, 0)

        async def known() -> bool:
            return bool((await api.items.used_by(item)).items)

        await until(known, "the trigger uses it")
    async with page_of(browser, address, "ada", f"/items/{item}") as page:
        await page.get_by_role("button", name="Used by 1 item").click()
        used = page.get_by_role("list", name="Items that use this one")
        await expect(used).to_contain_text("f/payments/uses_it")
        await expect(used).to_contain_text("version 1 · at runs/path")
        await used.get_by_role("link").click()
        await page.wait_for_url(f"{address}/items/{user}")
    async with page_of(browser, address, "ada") as page:
        row = page.locator(f"[data-item='{item}']")
        await row.get_by_role("button", name="More for").click()
        await page.get_by_role("menuitem", name="Path and summary").click()
        await expect(page.get_by_role("dialog")).to_contain_text("1 item uses it by its path")
        await page.keyboard.press("Escape")
        await row.get_by_role("button", name="More for").click()
        await page.get_by_role("menuitem", name="Archive").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("1 item names it and will not find it until it is unarchived.")
        await page.get_by_role("button", name="Keep it").click()
        await expect(dialog).to_have_count(0)
        await row.get_by_role("button", name="More for").click()
        await page.get_by_role("menuitem", name="Delete").click()
        await expect(dialog.get_by_role("list", name="Items that use this one")).to_contain_text("f/payments/uses_it")
        await page.get_by_role("button", name="Delete it").click()
        await expect(page.locator(".notice")).to_contain_text("is deleted, and 1 item uses it.")


async def test_many_drafts_are_deployed_and_what_is_refused_says_why(browser: Browser, address: str) -> None:
    items = [await _script(address, "linus", f"f/growth/bulk_{i}") for i in range(2)]
    async with api_of(address, "linus") as linus, page_of(browser, address, "linus", "/?tab=drafts") as page:
        for item in items:
            await _edit(linus, item, "y = 2\n")
        await page.get_by_role("checkbox", name="Choose the draft of f/growth/bulk_1").wait_for()
        await page.get_by_label("Choose all").check()
        await page.get_by_role("button", name="Deploy").click()
        await page.get_by_label("What changes").fill("All at once")
        await page.keyboard.press("Enter")
        await expect(page.locator(".notice")).to_contain_text("2 drafts deployed.")
        await expect(page.get_by_role("heading", name="You have no drafts")).to_be_visible()
        for item in items:
            assert (await linus.items.get(item)).head is not None


async def test_a_row_is_opened_from_its_whole_width_and_a_draft_s_row_opens_that_draft(
    browser: Browser, address: str
) -> None:
    item = await _script(address, "grace", "f/growth/wide")
    async with api_of(address, "grace") as grace, page_of(browser, address, "ada") as page:
        draft, _ = await _edit(grace, item, "wide = 1\n")
        await _click_beside_the_name(page, f"[data-item='{item}']")
        await page.wait_for_url(f"{address}/items/{item}")
        await page.goto(f"{address}/?tab=drafts&whose=others")
        await _click_beside_the_name(page, ".drafts .item:has-text('f/growth/wide')")
        await page.wait_for_url(f"{address}/items/{item}/drafts/{draft}")


async def _click_beside_the_name(page: Page, row: str) -> None:
    """A click on what in a row is neither a link nor a button."""
    kind = await page.locator(row).locator(".item-kind").element_handle()
    assert kind is not None
    await kind.wait_for_element_state("stable")  # a forced click does not wait for that
    await kind.click(force=True)  # the row's link lies over it


async def test_of_what_one_may_not_see_there_is_no_trace(browser: Browser, address: str) -> None:
    hidden = f"hidden_{secrets.token_hex(4)}"
    item = await _script(address, "ada", f"u/ada/{hidden}", f"{hidden} = 1\n")
    async with api_of(address, "ada") as ada, page_of(browser, address, "grace") as page:
        answers: list[str] = []
        page.on("response", lambda response: answers.append(response.url))
        await page.get_by_role("link", name="Refund a charge").wait_for()
        await ada.presence.attend(item, lease_s=60, session=secrets.token_urlsafe(16))
        seen = await _script(address, "ada", f"f/payments/after_{hidden}")
        await expect(page.locator(f"[data-item='{seen}']")).to_be_visible()
        assert item not in await page.content()
        assert "u/ada" not in await page.locator("main").inner_text()
        await page.get_by_label("Search in items").fill(f"u/ada {hidden}")
        await expect(page.get_by_role("heading", name="Nothing has")).to_be_visible()
        assert not any(item in url for url in answers)


async def test_coming_back_one_is_told_what_others_did_until_it_is_seen(browser: Browser, address: str) -> None:
    item = await _script(address, "grace", "f/payments/meanwhile")
    async with page_of(browser, address, "ada") as page, api_of(address, "grace") as grace:
        await until(lambda: _has_looked(page), "the first look is remembered")
        await page.goto(f"{address}/docs")
        draft, etag = await _edit(grace, item, "y = 2\n")
        await grace.deploys.deploy(draft, etag, 0, message="While you were out")
        await page.route("**/events?*", lambda route: route.abort())
        await page.goto(address)
        await page.get_by_role("heading", name="f/payments").wait_for()
        await page.unroute("**/events?*")  # a request that failed has made nothing seen
        await page.goto(address)
        since = page.get_by_role("region", name="Since you looked")
        await expect(since).to_contain_text("is at version 1: While you were out · Grace Hopper")
        await since.get_by_role("button", name="Seen").click()
        await expect(since).to_have_count(0)
        async with page.expect_response("**/events?*"):
            await page.reload()
        await page.get_by_role("link", name="Refund a charge").wait_for()
        await expect(since).to_have_count(0)


async def _has_looked(page: Page) -> bool:
    return bool(await page.evaluate("() => Object.keys(localStorage).some((key) => key.startsWith('draftwire.seen.'))"))


@pytest.mark.parametrize("path", ["/", "/?tab=drafts", "/?tab=deleted", "/?q=refund", "/?conflict=true"])
async def test_nothing_serious_is_found_by_axe_and_a_phone_scrolls_one_way(
    browser: Browser, address: str, path: str
) -> None:
    async with page_of(browser, address, "ada", path) as page:
        await page.locator(".list[aria-busy=false], .items:not(.waiting) .item, .empty").first.wait_for()
        assert await findings_light_and_dark(page) == []
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 390
