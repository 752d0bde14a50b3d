"""The golden vectors, answered by the TypeScript client in Chromium."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Page

VECTORS = Path(__file__).resolve().parents[2] / "protocol" / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))

RUN = """async ([root, name]) => {
    const { knownLists, run } = await import(`${root}/tests/browser/vectors.js`);
    const vectors = await (await fetch(`${root}/protocol/vectors/${name}.json`)).json();
    return { lists: knownLists(name), ...run(name, vectors) };
}"""


@pytest.mark.parametrize("name", NAMES)
async def test_the_client_answers_as_the_vectors_say(page: Page, files: str, name: str) -> None:
    vectors = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    lists = {member for member, value in vectors.items() if isinstance(value, list)}
    await page.goto(f"{files}/tests/browser/empty.html")
    answer = await page.evaluate(RUN, [files, name])
    assert set(answer["lists"]) == lists, "a list that the runner does not know proves nothing"
    assert answer["problems"] == []
    assert answer["compared"] >= sum(len(vectors[member]) for member in lists)
