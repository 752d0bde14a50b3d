"""Text search over path, summary and content: what is found, by whom, in which order; it never stops a write."""

import secrets
import string
import unicodedata
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from draftwire_server.core.items.search import SEPARATORS
from tests.items.house import House, paths

pytestmark = pytest.mark.slow


def word() -> str:
    return "w" + secrets.token_hex(5)


async def test_all_words_must_stand_there_and_their_beginnings_do(house: House) -> None:
    w = word()
    both = await house.item("ada", f"f/desk/{word()}", value={"content": f"def {w}_refund(Kunde):\n"})
    await house.item("ada", f"f/desk/{word()}", value={"content": f"{w} alone\n"})
    async with house.api("ada") as api:
        assert len((await api.items.list(w)).items) == 2
        for q in (f"{w} refund", f"{w[:8]} REF kun", f"refund({w})", f"kunde.{w}"):
            assert [item.id for item in (await api.items.list(q)).items] == [both], q
        for q in (f"{w} efund", f"{w} nothing", f"x{w}"):
            assert (await api.items.list(q)).items == (), q


@pytest.mark.parametrize("written", ["NFC", "NFD"])
async def test_a_word_is_found_however_it_was_composed(house: House, written: Literal["NFC", "NFD"]) -> None:
    w = word() + "é"
    item = await house.item(
        "ada", f"f/desk/{word()}", value={"content": f"x = {unicodedata.normalize(written, w)}te\n"}
    )
    async with house.api("ada") as api:
        for form in ("NFC", "NFD"):
            (found,) = (await api.items.list(unicodedata.normalize(form, w))).items
            assert found.id == item
            assert found.hits, "and the line is shown"


async def test_path_and_summary_rank_before_content_and_words_may_stand_apart(house: House) -> None:
    w, v, folder = word(), word(), f"f/desk/{word()}"
    await house.item("ada", f"{folder}/a", value={"content": f"{w} {v}\n"})
    await house.item("ada", f"{folder}/b", summary=f"About {v}", value={"content": f"{w}\n"})
    await house.item("ada", f"{folder}/c-{w}", summary=v)
    async with house.api("ada") as api:
        assert paths(await api.items.list(f"{w} {v}")) == [f"{folder}/c-{w}", f"{folder}/b", f"{folder}/a"]
        assert [item.path async for item in api.items.list(f"{w} {v}", limit=1)] == [
            f"{folder}/c-{w}", f"{folder}/b", f"{folder}/a",
        ]  # fmt: skip


async def test_each_hit_tells_where(house: House) -> None:
    w = word()
    value = {"content": f"import os\n\n\tprint('😀', {w})\n", "examples": {"a/b": [w.upper()]}}
    await house.item("ada", f"f/desk/{w}", summary=f"The {w}", value=value)
    async with house.api("ada") as api:
        (item,) = (await api.items.list(w)).items
    path, summary, content = item.hits
    assert (path.where, path.excerpt[slice(*path.spans[0])]) == ("path", w)
    assert (summary.where, summary.spans) == ("summary", ((4, 4 + len(w)),))
    assert (content.at, content.line, content.excerpt) == ("/content", 3, f"\tprint('😀', {w})")
    units = content.excerpt.encode("utf-16-le")
    start, end = content.spans[0]
    assert units[2 * start : 2 * end].decode("utf-16-le") == w


async def test_one_finds_what_one_may_see(house: House) -> None:
    w = word()
    for user, path in (("ada", "f/desk/"), ("ben", "f/shop/"), ("cleo", "f/lab/"), ("ada", "u/ada/")):
        await house.item(user, f"{path}{w}", value={"content": f"{w}\n"})
    for user in ("ada", "cleo"):
        await house.item(user, None, summary=w)
    for user, found in (
        ("ada", ["f/desk/", "f/shop/", "u/ada/", None]),
        ("ben", ["f/desk/", "f/shop/"]),
        ("cleo", ["f/lab/", None]),
        ("olga", ["f/desk/"]),
        ("boss", ["f/desk/", "f/lab/", "f/shop/", "u/ada/", None, None]),
    ):
        async with house.api(user) as api:
            assert paths(await api.items.list(w)) == [None if path is None else path + w for path in found], user
            assert [item.path async for item in api.items.list(w, folder="f", limit=1)] == [
                path + w for path in found if path and path.startswith("f/")
            ]


async def test_the_deployed_value_is_searched_and_drafts_are_not(house: House) -> None:
    old, new, draft, path = word(), word(), word(), f"f/desk/{word()}"
    item = await house.item("ada", path, value={"content": f"{old}\n"})
    await house.save("ada", item, {"content": f"{draft}\n"})
    async with house.api("ada") as api:
        assert paths(await api.items.list(old)) == [path]
        await house.deploy(item, {"content": f"{new}\n"})
        assert paths(await api.items.list(new)) == [path]
        assert paths(await api.items.list(old)) == paths(await api.items.list(draft)) == []
        await api.items.change(item, path=f"f/desk/{old}", summary=draft)
        assert paths(await api.items.list(f"{old} {draft} {new}")) == [f"f/desk/{old}"]


async def test_filters_and_overlays_hold_for_a_search_too(house: House) -> None:
    w, folder = word(), f"f/desk/{word()}"
    first = await house.item("ada", f"{folder}/{w}")
    await house.item("ben", f"{folder}/{w}-2", "flow")
    await house.save("ada", first, {"content": "mine\n"})
    async with house.api("ada") as api:
        assert paths(await api.items.list(w, kind="flow")) == [f"{folder}/{w}-2"]
        assert paths(await api.items.list(w, creator="me")) == [f"{folder}/{w}"]
        page = await api.items.list(w, drafts="mine", include=["mine", "value"])
        assert page.items[0].mine is not None and page.items[0].mine.value["content"] == "mine\n"


HUGE: list[Any] = [
    {"content": "x" * 3_000_000},
    {"content": " ".join(f"w{n:07x}" for n in range(300_000))},
    {"content": "".join(chr(0x10000 + n % 0xFFFF) + " " for n in range(200_000))},
    {"content": "\n".join("a" * n for n in range(1, 2_000))},
    {"args": [f"s{n}" for n in range(60_000)]},
    {"content": "".join(chr(c) for c in range(1, 0xD7FF) if c != 13)},
    {"a": {str(n): {"$secret": "id"} for n in range(100)}},
    {},
]


@pytest.mark.parametrize("value", HUGE, ids=range(len(HUGE)))
async def test_no_value_can_not_be_kept_because_of_search(house: House, value: Any) -> None:
    w = word()
    async with house.api("ada") as api:  # its requests have more time than those of `house.item`
        item = (await api.items.create("script", path=f"f/desk/{w}", value=value)).item
        await house.deploy(item, value | {"more": "y"})
        assert paths(await api.items.list(w)) == [f"f/desk/{w}"]


async def test_a_large_value_is_found_by_its_beginning(house: House) -> None:
    w, v = word(), word()
    async with house.api("ada") as api:
        await api.items.create("script", path=f"f/desk/{w}", value={"content": f"{v}\n" + "x y z\n" * 800_000})
        (item,) = (await api.items.list(v)).items
        assert item.left_out == ("hits",), "too large to be looked through"


ODD = st.text(st.sampled_from(string.printable + SEPARATORS + "äÄßİıſ日本語😀'\\:*&|!()<->"), min_size=1, max_size=40)


@pytest.mark.hypothesis
async def test_words_are_the_same_in_the_index_and_where_hits_are_shown(house: House) -> None:
    samples: list[str] = []

    @settings(database=None, suppress_health_check=list(HealthCheck))
    @given(ODD)
    def draw(text: str) -> None:
        samples.append(text)

    draw()
    table = str.maketrans(dict.fromkeys(SEPARATORS, " "))
    async with house.home.store() as connection:
        for text in samples:
            rows = await connection.fetch("select draftwire.search_words($1) as word", text)
            assert {r["word"] for r in rows} == {
                w[:48] for w in (await connection.fetchval("select lower($1)", text)).translate(table).split(" ") if w
            }


@pytest.mark.parametrize("q", ["a:* | b", "'", "\\", "''''", "a & !b", "<->", "ä'ö", "()", "%", "*", "a\\'b", "' | '"])
async def test_no_sign_of_a_query_means_anything_but_itself(house: House, q: str) -> None:
    async with house.home.http("cleo") as client:
        answer = await client.get("items", params={"q": q})
    assert answer.status_code == 200, answer.text
