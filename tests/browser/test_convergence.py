"""Random histories of the TypeScript client, in Chromium, against a reference server of forty lines."""

import pytest
from playwright.async_api import Page

SEEDS = 60

PLAY = """async ([module, first, count, options]) => {
    const { play } = await import(module);
    const failed = [];
    for (let seed = first; seed < first + count; seed++) {
        try {
            const problems = play(seed, options);
            if (problems.length) failed.push([seed, [...new Set(problems)].slice(0, 3)]);
        } catch (error) {
            failed.push([seed, [String(error.stack)]]);
        }
    }
    return failed;
}"""


@pytest.mark.parametrize(
    "options",
    [{"people": 2}, {"people": 5, "steps": 400}, {"people": 3, "losses": True}, {"people": 3, "states": True}],
    ids=["two people", "five", "three, some of whose edits get no answer", "three, at times back below the kept tail"],
)
async def test_all_copies_and_editors_end_equal_to_the_log(page: Page, files: str, options: dict[str, object]) -> None:
    await page.goto(f"{files}/tests/browser/empty.html")
    module = f"{files}/tests/browser/convergence.js"
    assert await page.evaluate(PLAY, [module, 1, SEEDS, options]) == []
