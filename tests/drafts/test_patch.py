"""PATCH of a draft: three forms, resolved at the state that If-Match names and merged like a whole save."""

import secrets
from typing import Any

import pytest

from draftwire.document.ops import Set, Text
from draftwire.errors import Problem
from draftwire.rest.drafts import DraftPatch, PatchOp, TextEdit
from tests.drafts.desk import LINES, Desk, changed, script

pytestmark = pytest.mark.slow

LINE_2 = LINES.index("line 2")


FORMS = [
    DraftPatch(ops=(Text("/content", ((LINE_2, 6, "ben's"),)), Set("/summary", "done"))),
    DraftPatch(patch=(PatchOp("replace", "/content", changed(LINES, 2, "ben's")), PatchOp("add", "/summary", "done"))),
]
WHOLE = script(changed(LINES, 2, "ben's"), summary="done")


@pytest.mark.parametrize("form", FORMS)
async def test_each_form_changes_what_it_says_and_tells_the_new_state(home: Desk, form: DraftPatch) -> None:
    _, draft = await home.shared("ada")
    ben = home.api("ben", 1)
    saved = await ben.drafts.patch(draft, form, if_match=(await ben.drafts.get(draft)).etag)
    assert (saved.changed, saved.merged, saved.seq) == (True, (), 2)
    state = await home.api("ada", 0).drafts.get(draft)
    assert (state.value, state.etag) == (WHOLE, saved.etag)
    again = await ben.drafts.patch(draft, DraftPatch(ops=(Set("/summary", "done"),)), if_match=saved.etag)
    assert (again.changed, again.etag) == (False, saved.etag)


async def test_a_text_edit_changes_the_one_place_where_it_stands(home: Desk) -> None:
    _, draft = await home.shared("ada")
    ben = home.api("ben")
    etag = (await ben.drafts.get(draft)).etag
    edits = (TextEdit("/content", "line 2\n", "ben's\n"),)
    await ben.drafts.patch(draft, DraftPatch(edits=edits), if_match=etag)
    assert (await ben.drafts.get(draft)).value["content"] == changed(LINES, 2, "ben's")
    for old, matches in (("line 1", 11), ("nothing", 0)):
        with pytest.raises(Problem) as refused:
            await ben.drafts.patch(draft, DraftPatch(edits=(TextEdit("/content", old, "x"),)), if_match=etag)
        assert (refused.value.code, refused.value.detail["matches"]) == ("no_single_match", matches)


@pytest.mark.parametrize("form", FORMS)
async def test_what_came_since_is_merged_and_told_with_where_and_from_whom(home: Desk, form: DraftPatch) -> None:
    _, draft = await home.shared("ada")
    ada, ben = home.api("ada", 0), home.api("ben", 1)
    etag = (await ben.drafts.get(draft)).etag
    await ada.drafts.save(draft, script(changed(LINES, 18, "ada's")), if_match=etag)
    saved = await ben.drafts.patch(draft, form, if_match=etag)
    ((came,)) = saved.merged
    assert ([actor.name for actor in came.by], came.addresses) == (["Ada"], ("/content",))
    assert saved.value["content"] == changed(changed(LINES, 2, "ben's"), 18, "ada's")


async def test_what_overlaps_is_refused_with_both_sides_and_the_text_kept(home: Desk) -> None:
    _, draft = await home.shared("ada")
    ada, ben = home.api("ada"), home.api("ben")
    etag = (await ben.drafts.get(draft)).etag
    await ada.drafts.save(draft, script(changed(LINES, 2, "ada's")), if_match=etag)
    with pytest.raises(Problem) as refused:
        await ben.drafts.patch(draft, FORMS[0], if_match=etag)
    assert (refused.value.code, refused.value.detail["mine"]["content"]) == ("stale", WHOLE["content"])
    assert (await ben.stash.get(refused.value.detail["stash_id"])).texts[0].mine == WHOLE
    await ada.drafts.save(draft, script(changed(LINES, 18, "ada's")), if_match=(await ada.drafts.get(draft)).etag)
    with pytest.raises(Problem, match="stale"):
        await ben.drafts.patch(draft, DraftPatch(ops=(Set("/color", "red"),)), if_match=etag, merge=False)


async def test_patches_of_one_session_made_on_one_state_undo_each_other_not(home: Desk) -> None:
    _, draft = await home.shared("ada")
    ben, session = home.api("ben"), secrets.token_urlsafe(16)
    etag = (await ben.drafts.get(draft)).etag
    for line, text in ((2, "two"), (9, "nine"), (18, "eighteen")):
        edit = TextEdit("/content", f"line {line}\n", f"{text}\n")
        await ben.drafts.patch(draft, DraftPatch(edits=(edit,)), if_match=etag, session=session)
    value = (await ben.drafts.get(draft)).value["content"]
    assert value == changed(changed(changed(LINES, 2, "two"), 9, "nine"), 18, "eighteen")


async def test_a_bare_array_is_an_rfc_6902_patch_and_weak_etags_pass(home: Desk) -> None:
    item, draft = await home.shared("ada")
    client = home.world.http("ben")
    etag = (await home.api("ben").drafts.get(draft)).etag
    patch = [{"op": "test", "path": "/language", "value": "python3"}, {"op": "add", "path": "/color", "value": "red"}]
    headers = {"If-Match": f'W/"{etag}"', "Content-Type": "application/json-patch+json"}
    answer = await client.patch(f"items/{item}/draft", params={"purpose": "shared"}, json=patch, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "etag" not in answer.headers
    assert answer.headers["draft-etag"] == f'"{answer.json()["etag"]}"'
    headers["If-Match"] = answer.json()["etag"]
    patch = [{"op": "remove", "path": "/color"}, {"op": "test", "path": "/language", "value": "go"}]
    answer = await client.patch(f"drafts/{draft}/content", json=patch, headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["index"]) == (409, "test_failed", 1)
    assert (await home.api("ben").drafts.get(draft)).value["color"] == "red"


async def test_the_etag_header_stands_on_the_drafts_own_resource_alone(home: Desk) -> None:
    item, draft = await home.shared("ada")
    client = home.world.http("ada")
    own = await client.get(f"drafts/{draft}")
    beside = await client.get(f"items/{item}/draft")
    assert "draft-etag" not in own.headers and "etag" not in beside.headers
    assert own.headers["etag"] == beside.headers["draft-etag"]
    for url in (f"drafts/{draft}", f"items/{item}/draft"):
        assert (await client.get(url, headers={"If-None-Match": own.headers["etag"]})).status_code == 304
    _, theirs = await home.own("ben", item)
    adopted = await client.post(f"items/{item}/adopt", json={"from": theirs})
    assert adopted.headers["draft-etag"] == f'"{adopted.json()["etag"]}"' and "etag" not in adopted.headers


async def test_a_retry_of_a_patch_gets_the_first_answer(home: Desk) -> None:
    _, draft = await home.shared("ada")
    ben, key = home.api("ben"), secrets.token_hex(8)
    etag = (await ben.drafts.get(draft)).etag
    first = await ben.drafts.patch(draft, FORMS[0], if_match=etag, idempotency_key=key)
    assert await ben.drafts.patch(draft, FORMS[0], if_match=etag, idempotency_key=key) == first
    with pytest.raises(Problem, match="idempotency_reused"):
        await ben.drafts.patch(draft, FORMS[1], if_match=etag, idempotency_key=key)


async def test_wrong_patches_are_refused_and_change_nothing(home: Desk) -> None:
    _, draft = await home.shared("ada")
    client = home.world.http("ben")
    etag = (await home.api("ben").drafts.get(draft)).etag
    cases: list[tuple[Any, str]] = [
        ({}, "bad_message"), ({"ops": [], "edits": []}, "bad_message"), ({"ops": [{"op": "frob"}]}, "bad_message"),
        ({"text": "x"}, "bad_message"), ("x", "bad_message"), ([{"op": "add"}], "bad_message"),
        ([{"op": "copy", "from": "/a", "path": "/b"}], "patch_unsupported"),
        ([{"op": "replace", "path": "", "value": 5}], "not_an_object"),
        ([{"op": "remove", "path": ""}], "root_fixed"),
        ({"ops": [{"op": "set", "at": "/a/b/c", "v": 1}]}, "no_such_place"),
        ({"ops": [{"op": "text", "at": "/summary", "s": [[0, 0, "x"]]}]}, "not_text"),
        ({"edits": [{"at": "/summary", "old": "", "new": "x"}]}, "not_text"),
        ({"ops": [{"op": "set", "at": "/n", "v": n} for n in range(1001)]}, "too_large"),
    ]  # fmt: skip
    for body, code in cases:
        answer = await client.patch(f"drafts/{draft}/content", json=body, headers={"If-Match": etag})
        assert answer.json()["code"] == code, (str(body)[:80], answer.text)
    change = {"ops": [{"op": "set", "at": "/n", "v": 1}]}
    for headers, code in (
        ({}, "precondition_required"), ({"If-Match": "x"}, "bad_etag"), ({"If-Match": "g1.s1.AAAAAAAA"}, "rewound"),
        ({"If-Match": "g1.s9.AAAAAAAA"}, "base_ahead"), ({"If-Match": "g2.s1.AAAAAAAA"}, "generation_changed"),
    ):  # fmt: skip
        answer = await client.patch(f"drafts/{draft}/content", json=change, headers=headers)
        assert answer.json()["code"] == code
    for user, code in (("dora", "read_only"), ("zoe", "not_found"), ("olga", "not_found")):
        other = home.world.http(user)
        answer = await other.patch(f"drafts/{draft}/content", json=change, headers={"If-Match": etag})
        assert answer.json()["code"] == code
    assert (await home.api("ben").drafts.get(draft)).etag == etag
