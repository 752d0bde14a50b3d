"""The values that people compare, by name: each with the right to read it asked for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.runtime import Runtime
from draftwire_server.settings import Settings
from tests.drafts.desk import LINES, Desk, changed, script
from tests.system.cluster import RESUME_KEY, TOKEN_KEY

pytestmark = pytest.mark.slow


@pytest.fixture
async def runtime(home: Desk, services: Embedded) -> AsyncIterator[Runtime]:
    """A third worker, in this process."""
    settings = Settings(home.world.database_url, (TOKEN_KEY,), RESUME_KEY, redis_url=services.redis_url)
    made = Runtime(settings)
    async with made.running():
        yield made


async def principal(home: Desk, runtime: Runtime, user: str) -> Principal:
    found = await runtime.identity.authenticate(home.world.token(user))
    await runtime.rights.meet(found)
    return found


async def test_any_value_is_had_by_its_name(home: Desk, runtime: Runtime) -> None:
    item = await home.item("ada", kind="script", content=LINES)
    _, mine = await home.own("ada", item, content=changed(LINES, 2, "mine"))
    _, shared = await home.shared("ada", item, content=changed(LINES, 2, "shared"))
    _, theirs = await home.own("ben", item, content=changed(LINES, 2, "ben's"))
    first = (await home.api("ada").drafts.get(mine)).etag
    api = home.api("ada")
    await api.drafts.save(mine, script(changed(LINES, 2, "mine again")), if_match=first)
    ada = await principal(home, runtime, "ada")
    wanted: dict[str, tuple[str, Any]] = {
        "mine": ("mine again", mine), f"mine@{first}": ("mine", mine), first: ("mine", mine),
        "shared": ("shared", shared), theirs: ("ben's", theirs), f"{mine}@{first}": ("mine", mine),
        "deployed": ("line 2", None), "version:0": ("line 2", None),
    }  # fmt: skip
    for name, (line, draft) in wanted.items():
        found = await runtime.comparing.value_of(ada, item, name)
        assert (found.name, found.draft, found.value["content"].splitlines()[1]) == (name, draft, line)
        assert (found.version is None) == (draft is not None)


async def test_what_may_not_be_read_is_not_found_and_wrong_names_are_told(home: Desk, runtime: Runtime) -> None:
    item = await home.item("ada", kind="script")
    other = await home.item("ada", kind="script")
    _, mine = await home.own("ada", item, visibility="private")
    etag = (await home.api("ada").drafts.get(mine)).etag
    for user, where, name, code in (
        ("ben", item, mine, "not_found"), ("zoe", item, "deployed", "not_found"), ("olga", item, mine, "not_found"),
        ("ada", other, mine, "not_found"), ("ada", item, "version:9", "not_found"),
        ("ada", item, "nothing", "not_found"),
        ("ada", item, "deployed@" + etag, "bad_message"), ("ada", item, "mine@x", "bad_etag"),
        ("ada", item, "mine@g1.s9.AAAAAAAA", "base_ahead"), ("ada", item, "mine@g1.s1.AAAAAAAA", "rewound"),
        ("ada", item, "mine@g2.s1.AAAAAAAA", "generation_changed"),
    ):  # fmt: skip
        asker = await principal(home, runtime, user)
        with pytest.raises(Problem) as refused:
            await runtime.comparing.value_of(asker, where, name)
        assert refused.value.code == code, (user, name)
    with pytest.raises(Problem) as refused:  # of what was never deployed, who may only see the item has no value
        await runtime.comparing.value_of(await principal(home, runtime, "olga"), item, "deployed")
    assert refused.value.code == "not_found"
    seen = await runtime.comparing.value_of(await principal(home, runtime, "ada"), item, "deployed")
    assert seen.version == 0
