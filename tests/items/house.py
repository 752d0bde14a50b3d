"""Short ways to talk to the workspace of the items' tests: SDK clients on either worker, deployed versions."""

import secrets
from typing import Any

import pytest

from draftwire import Api, Problem
from draftwire_server.core.canonical import content_hash
from draftwire_server.store.deploys import versions
from draftwire_server.store.items import items
from tests.system.world import World


class House:
    """The workspace, and what tests do in it again and again."""

    def __init__(self, home: World) -> None:
        self.home = home

    def api(self, user: str, worker: int = 0) -> Api:
        return Api(self.home.server.worker_url(worker), self.home.token(user))

    async def item(self, user: str, path: str | None, kind: str = "script", value: Any = None, **more: Any) -> str:
        return await self.home.item(user, path, kind, value, **more)

    async def save(self, user: str, item: str, value: Any, worker: int = 0) -> str:
        """Write a user's own draft as a whole; gives its etag."""
        async with self.api(user, worker) as api:
            draft = await api.drafts.of_item(item, "own")
            return (await api.drafts.save(draft.draft, value, if_match=draft.etag)).etag

    async def deploy(self, item: str, value: Any) -> int:
        """Make a version, as a deploy will."""
        async with self.home.store() as connection, connection.transaction():
            row = await items.load_item(connection, self.home.workspace, item)
            assert row is not None
            actor = await connection.fetchval(
                "select id from draftwire.actor where workspace_id = $1 limit 1", self.home.workspace
            )
            new = versions.NewVersion(
                row.head_version + 1, secrets.token_hex(8), content_hash(value), value, actor, actor
            )
            await versions.add_version(connection, self.home.workspace, item, new)
        return row.head_version + 1


async def code_of(attempt: Any) -> str:
    with pytest.raises(Problem) as caught:
        await attempt
    return caught.value.code


def paths(page: Any) -> list[str | None]:
    return [item.path for item in page.items]
