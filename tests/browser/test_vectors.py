"""The golden vectors, and histories drawn anew, answered by the TypeScript client in Chromium."""

import json
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page

from tests.protocol.session_rules import history_case

VECTORS = Path(__file__).resolve().parents[2] / "protocol" / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))

RUN = """async ([root, name]) => {
    const { knownLists, run } = await import(`${root}/tests/browser/vectors.js`);
    const vectors = await (await fetch(`${root}/protocol/vectors/${name}.json`)).json();
    return { lists: knownLists(name), ...run(name, vectors) };
}"""


PLAY = """async ([root, vectors]) => {
    const { run } = await import(`${root}/tests/browser/vectors.js`);
    return run("session", vectors);
}"""
DRAWN = range(1_000, 1_060)


@pytest.mark.parametrize("name", NAMES)
async def test_the_client_answers_as_the_vectors_say(page: Page, files: str, name: str) -> None:
    vectors = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    lists = {member for member, value in vectors.items() if isinstance(value, list)}
    await page.goto(f"{files}/tests/browser/empty.html")
    answer = await page.evaluate(RUN, [files, name])
    assert set(answer["lists"]) == lists, "a list that the runner does not know proves nothing"
    assert answer["problems"] == []
    assert answer["compared"] >= sum(len(vectors[member]) for member in lists)


async def test_a_session_goes_as_the_python_one_whatever_happens(page: Page, files: str) -> None:
    drawn = msgspec.to_builtins([history_case(seed, steps=90) for seed in DRAWN])
    await page.goto(f"{files}/tests/browser/empty.html")
    answer = await page.evaluate(PLAY, [files, {"rules": [], "histories": drawn, "codes": []}])
    assert answer["problems"] == []
    assert answer["compared"] > 60 * len(DRAWN)
