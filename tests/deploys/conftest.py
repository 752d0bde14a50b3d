"""The desk with people who may deploy: dana and eli in folder one, with a kind that has a schema."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.drafts.desk import LINES, Desk, script
from tests.system.world import EVERYTHING, Socket

STRICT = {
    "name": "strict",
    "title": "strict",
    "schema": {
        "type": "object",
        "required": ["content"],
        "properties": {"content": {"type": "string"}, "limit": {"type": "integer"}},
    },
    "initial": {"content": ""},
    "text": ["/content"],
    "draft_mode": "both",
}


@pytest.fixture(scope="module")
async def home(module_desk: Desk) -> Desk:
    return await staffed(module_desk)


async def staffed(desk: Desk) -> Desk:
    """A desk with those who deploy, and the kind."""
    for name in ("dana", "eli"):
        await desk.world.member(name, "editor", one=EVERYTHING)
    await desk.world.member("runner", "operator", one=frozenset({"run"}))
    await desk.api("root").kinds.put(STRICT)
    return desk


@pytest.fixture(autouse=True)
async def closed(home: Desk) -> AsyncIterator[None]:
    yield
    await home.world.close_clients()
    await home.close_apis()


async def deployed(home: Desk, user: str = "dana", content: str = LINES) -> tuple[str, str]:
    """An item with version 1 and the draft of it from which that was deployed."""
    item, draft = await home.own(user, content=content)
    api = home.api(user)
    state = await api.drafts.get(draft)
    assert (await api.deploys.deploy(draft, state.etag, 0)).version == 1
    return item, draft


async def save(home: Desk, user: str, draft: str, content: str) -> str:
    """Save a text in a draft; gives the etag."""
    api = home.api(user)
    state = await api.drafts.get(draft)
    return (await api.drafts.save(draft, script(content), if_match=state.etag)).etag


async def told_of(socket: Socket, draft: str, head: int) -> dict[str, Any]:
    """The first word of a head; followers may be told of the one before too, where a worker hears of it late."""
    while True:
        told = await socket.next("behind", within_s=10)
        if (told["draft"], told["head"]["number"]) == (draft, head):
            return dict(told)
