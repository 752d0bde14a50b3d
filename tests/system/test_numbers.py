"""A number that was accepted is kept to the bit, through every door and back. The sign of zero is no part of it."""

import secrets
import struct
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

import draftwire
from draftwire.api import Api
from draftwire.document.ops import Set
from draftwire.rest.drafts import DraftPatch
from draftwire_server.cli.process.embedded import Embedded
from tests.system.cluster import cluster
from tests.system.probe import write_probe
from tests.system.world import EVERYTHING, World, world

pytestmark = pytest.mark.slow

EDGES = [
    0.0, 1.0, 0.1, 1e15, 9007199254740991.0, 2.0**53, 1e16, 1.5e16, 123456789012345680.0, 2.0**64, 1e21, 1e22, 1e23,
    1e100, 1.797e308, 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, 1e-7, 4.35, 2.0**1000,
]  # fmt: skip
WHOLE = [0, 7, 2**53, 10**16, 10**20, 10**300]  # as ECMAScript and other writers put large doubles


def numbers(seed: int) -> list[float]:
    """Every edge and its negative, and doubles of random bits."""
    random = Random(seed)
    drawn = [struct.unpack(">d", random.randbytes(8))[0] for _ in range(200)]
    return [*EDGES, *(-edge for edge in EDGES if edge), *WHOLE, *(n for n in drawn if n - n == 0)]


def bits(value: Any) -> list[bytes]:
    return [struct.pack(">d", number) for number in value]


@pytest.fixture(scope="module")
async def home(
    module_database_url: str, services: Embedded, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    environ = {"DRAFTWIRE_KINDS_DIR": str(write_probe(tmp_path_factory.mktemp("kinds")))}
    async with (
        cluster(module_database_url, services.redis_url, environ=environ, workers=1) as server,
        world(server, module_database_url) as made,
    ):
        await made.member("ada", "admin", desk=EVERYTHING)
        yield made


def api(home: World, user: str = "ada") -> Api:
    return Api(home.server.worker_url(0), home.token(user))


def document(seed: int, **more: Any) -> dict[str, Any]:
    return {"title": "t", "flat": [], "numbers": numbers(seed), **more}


async def test_numbers_come_back_to_the_bit_through_every_door(home: World, module_database_url: str) -> None:
    first, second, third, fourth = (numbers(seed) for seed in range(4))
    async with api(home) as ada:
        item = (await ada.items.create("probe", path=f"f/desk/{secrets.token_hex(4)}", value=document(0))).item
        found = await ada.drafts.of_item(item, "own")
        assert bits(found.value["numbers"]) == bits(first), "version 0"
        saved = await ada.drafts.save(found.draft, {**found.value, "more": second}, if_match=found.etag, item=item)
        patched = await ada.drafts.patch(
            found.draft, DraftPatch(ops=(Set("/patched", third),)), if_match=saved.etag, item=item
        )
        deployed = await ada.deploys.deploy(found.draft, patched.etag, 0, item=item)
        async with draftwire.connect(home.server.worker_url(0), home.token("ada")) as live:
            draft = await live.open(item=item, purpose="own")
            draft.edit(Set("/live", fourth))
            await draft.saved()
        state = await ada.drafts.get(found.draft)
        again = await ada.drafts.save(found.draft, {**state.value, "title": "whole"}, if_match=state.etag)
        await ada.deploys.deploy(found.draft, again.etag, deployed.version)
        fork = await ada.versions.fork(item, "deployed", path=f"f/desk/{secrets.token_hex(4)}")
        restored = await ada.versions.restore(item, 2, path=f"f/desk/{secrets.token_hex(4)}")
        wanted = {"numbers": first, "more": second, "patched": third, "live": fourth}
        for copy in (item, fork.item, restored.item):
            there = await ada.drafts.of_item(copy, "own")
            whole = await ada.drafts.save(
                there.draft, {**there.value, "title": "once more"}, if_match=there.etag, item=copy
            )
            assert whole.changed
            kept = await ada.drafts.of_item(copy, "own")
            assert {name: bits(kept.value[name]) for name in wanted} == {n: bits(v) for n, v in wanted.items()}
        version = await ada.versions.get(item, 2)
        assert {name: bits(version.value[name]) for name in wanted} == {n: bits(v) for n, v in wanted.items()}
        before = [record async for page in ada.transfer.pages() for record in page.records]
    async with world(home.server, module_database_url, "copy") as other:
        await other.member("zoe", "admin")
        async with api(other, "zoe") as zoe:
            result = await zoe.transfer.put(before)
            assert {one.outcome for one in result.results} <= {"made", "same"}
            copied = await zoe.versions.get(item, 2)
            assert copied.hash == version.hash
            assert {name: bits(copied.value[name]) for name in wanted} == {n: bits(v) for n, v in wanted.items()}


async def test_an_integer_that_would_be_rounded_is_refused(home: World) -> None:
    client = home.http("ada")
    for wrong in (2**53 + 1, 10**16 + 1, 2**64 + 1, 2**1000 + 1, 10**309):
        answer = await client.post("items", json={"kind": "probe", "value": {"title": "t", "n": wrong}})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_number"), wrong
    await home.close_clients()
