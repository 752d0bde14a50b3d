"""Own undo and redo of the TypeScript client, in Chromium: cases, and random histories of two writers."""

import pytest
from playwright.async_api import Page

HISTORIES = 300

PLAY = """async ([root, count, options]) => {
    const { play } = await import(`${root}/tests/browser/undo.js`);
    const failed = [];
    for (let seed = 1; seed <= count; seed++) {
        const problems = play(seed, options);
        if (problems.length) failed.push([seed, [...new Set(problems)].slice(0, 3)]);
    }
    return failed;
}"""
CHECK = """async (root) => (await import(`${root}/tests/browser/undo.js`)).check()"""


async def test_undo_keeps_its_rules(page: Page, files: str) -> None:
    await page.goto(f"{files}/tests/browser/empty.html")
    answer = await page.evaluate(CHECK, files)
    assert answer["rules"] >= 10
    assert answer["problems"] == []


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "with another writer"])
async def test_undo_takes_what_is_mine_and_nothing_of_others(page: Page, files: str, alone: bool) -> None:
    await page.goto(f"{files}/tests/browser/empty.html")
    assert await page.evaluate(PLAY, [files, HISTORIES, {"alone": alone}]) == []
