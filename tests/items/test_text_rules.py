"""One rule for text at every door: line ends, normal forms, what nobody can see, a BOM, no body at all."""

import secrets
import unicodedata
from typing import Any

import msgspec
import pytest

import draftwire
from draftwire.rest.drafts import DraftPatch
from tests.drafts.desk import Desk

CRLF, LF = "one\r\ntwo\rthree\r\n", "one\ntwo\nthree\n"


@pytest.fixture(scope="module")
async def home(module_desk: Desk) -> Desk:
    await module_desk.world.member("tess", "admin")
    return module_desk


async def of_new(home: Desk, **more: Any) -> tuple[str, str, str]:
    """A new script of tess': its item, her draft of it, its etag."""
    item = await home.world.item("tess", f"f/one/{secrets.token_hex(6)}", "script", **more)
    draft = await home.api("tess").drafts.of_item(item, "own")
    return item, draft.draft, draft.etag


PATCHES: dict[str, Any] = {
    "ops": {"ops": [{"op": "text", "at": "/content", "s": [[0, 0, CRLF]]}]},
    "edits": {"edits": [{"at": "/content", "old": "", "new": CRLF}]},
    "RFC 6902": {"patch": [{"op": "replace", "path": "/content", "value": CRLF}]},
}


@pytest.mark.parametrize("how", PATCHES)
async def test_a_patch_takes_any_line_end(home: Desk, how: str) -> None:
    item, draft, etag = await of_new(home, value={"content": "", "language": "python3"})
    change = msgspec.convert(PATCHES[how], DraftPatch)
    await home.api("tess").drafts.patch(draft, change, if_match=etag, item=item)
    assert (await home.api("tess").drafts.of_item(item, "own")).value["content"] == LF


TOOLS: dict[str, tuple[dict[str, Any], str]] = {
    "str_replace": ({"do": "str_replace", "old": "a\r\nb", "new": CRLF}, LF + "\nc\n"),
    "insert": ({"do": "insert", "text": CRLF, "line": 1}, LF + "a\nb\nc\n"),
    "insert after": ({"do": "insert", "text": CRLF, "after": "a\r\nb\r\n"}, "a\nb\n" + LF + "c\n"),
    "replace_lines": ({"do": "replace_lines", "first": 1, "last": 3, "text": CRLF}, LF),
    "set": ({"do": "set", "value": CRLF}, LF),
}


@pytest.mark.parametrize("how", TOOLS)
async def test_a_tools_edit_takes_any_line_end(home: Desk, how: str) -> None:
    given, expected = TOOLS[how]
    item, _, _ = await of_new(home, value={"content": "a\r\nb\r\nc\r\n", "language": "python3"})
    async with (
        draftwire.connect(home.server.url, home.world.token("tess"), agent="typist") as client,
        client.run(item, label="lines") as run,
    ):
        await run.read("/content")
        await run.edit([{"at": "/content", **given}])
        assert (await run.read("/content")).text == expected


async def test_a_typed_text_takes_any_line_end(home: Desk) -> None:
    item, _, _ = await of_new(home, value={"content": "", "language": "python3"})
    async with draftwire.connect(home.server.url, home.world.token("tess")) as client:
        draft = await client.open(item=item, purpose="own")
        draft.insert("/content", CRLF, 0)
        await draft.saved()
        assert draft.get("/content") == LF


COMPOSED = "f/one/café-" + secrets.token_hex(4)
LOOKS = ("path={}", "prefix={}", "folder=f/one&q={}", "q={}")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_a_path_is_found_in_either_form(home: Desk, look: str, form: Any) -> None:
    async with home.world.http("tess") as http:
        found = (await http.get("items", params={"path": COMPOSED})).json()["items"]
        item = found[0]["id"] if found else await home.world.item("tess", unicodedata.normalize("NFD", COMPOSED))
        text = unicodedata.normalize(form, COMPOSED if "q=" not in look else "café")
        answer = (await http.get("items?" + look.format(text))).json()["items"]
    assert item in [each["id"] for each in answer]


@pytest.mark.parametrize("hidden", ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2028", "\U000e0041"])
async def test_what_nobody_sees_stands_in_no_path(home: Desk, hidden: str) -> None:
    async with home.world.http("tess") as http:
        made = await http.post("items", json={"kind": "script", "path": f"f/one/re{hidden}fund"})
        assert (made.status_code, made.json()["code"]) == (422, "bad_path")
        folder = await http.post("folders", json={"name": f"on{hidden}e"})
        assert (folder.status_code, folder.json()["code"]) == (422, "bad_name")


async def test_a_bom_is_passed_over_and_a_body_may_be_left_out_where_all_of_it_may(home: Desk) -> None:
    async with home.world.http("tess") as http:
        made = await http.post("items", content=b'\xef\xbb\xbf{"kind": "script"}')
        assert made.status_code == 201, made.text
        archived = await http.post(f"items/{made.json()['item']}/archive")
        assert archived.status_code < 300, archived.text
        missing = await http.post("items")
        assert (missing.status_code, missing.json()["code"]) == (400, "bad_message")
