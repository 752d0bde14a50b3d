"""The rules of the TypeScript client session, in Chromium."""

from playwright.async_api import Page

CHECK = """async (root) => (await import(`${root}/tests/browser/session.js`)).check()"""


async def test_the_session_keeps_its_rules(page: Page, files: str) -> None:
    await page.goto(f"{files}/tests/browser/empty.html")
    answer = await page.evaluate(CHECK, files)
    assert answer["rules"] >= 18
    assert answer["problems"] == []
