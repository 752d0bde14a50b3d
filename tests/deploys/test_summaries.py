"""One summary: what is deployed is what lists, titles and searches show."""

import secrets
from typing import Any

import pytest

from tests.drafts.desk import Desk

pytestmark = pytest.mark.slow

TITLED = {
    "name": "titled",
    "title": "titled",
    "schema": {"type": "object"},
    "initial": {"summary": "", "content": ""},
    "text": ["/content"],
    "draft_mode": "both",
    "title_from": "/summary",
}


async def ship(home: Desk, item: str, **members: Any) -> int:
    """Save members in dana's draft and deploy it; gives the version."""
    api = home.api("dana")
    draft = await api.drafts.of_item(item, "own")
    saved = await api.drafts.save(draft.draft, {**draft.value, **members}, if_match=draft.etag)
    return (await api.deploys.deploy(draft.draft, saved.etag, draft.base_version)).version


async def shown(home: Desk, item: str) -> list[str]:
    """The summary in the item, its list, and the search that finds it by it."""
    api = home.api("dana")
    one = (await api.items.get(item)).summary
    path = (await api.items.get(item)).path
    (listed,) = [each.summary for each in (await api.items.list(path=path)).items]
    found = [each.id for each in (await api.items.list(q=one)).items] if one else [item]
    return [one, listed, one if item in found else "not found"]


async def test_the_summary_of_what_is_deployed_is_the_items(home: Desk) -> None:
    await home.api("root").kinds.put(TITLED)
    first, second = (f"s{secrets.token_hex(4)}" for _ in range(2))
    path = f"f/one/{secrets.token_hex(6)}"
    item = (await home.api("dana").items.create("titled", path=path, value={"summary": first, "content": "x\n"})).item
    assert await shown(home, item) == [first] * 3
    assert await ship(home, item, content="y\n") == 1
    assert await ship(home, item, summary=f"{second}\nand more") == 2
    assert await shown(home, item) == [second] * 3
    await home.api("dana").deploys.redeploy(item, 1, 2)
    assert await shown(home, item) == [first] * 3


async def test_a_summary_that_was_set_on_the_item_stays_until_the_value_says_another(home: Desk) -> None:
    await home.api("root").kinds.put(TITLED)
    own, other = (f"s{secrets.token_hex(4)}" for _ in range(2))
    path = f"f/one/{secrets.token_hex(6)}"
    item = (await home.api("dana").items.create("titled", path=path, summary=own)).item
    await ship(home, item, content="y\n")
    assert await shown(home, item) == [own] * 3
    await ship(home, item, summary=other)
    assert await shown(home, item) == [other] * 3
    await ship(home, item, summary="")
    assert (await shown(home, item))[0] == ""
