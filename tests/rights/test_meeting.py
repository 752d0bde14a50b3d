"""A thousand who come in at once bring everybody's rights up once, not once for each of them."""

import asyncio
from types import SimpleNamespace
from typing import Any

from draftwire_server.services.access.rights import Rights
from draftwire_server.settings import Timings
from draftwire_server.store.events.clock import Clock


class Holder:
    """A connection that counts how often it decided again."""

    rights_end_at = None

    def __init__(self, acl_rev: int) -> None:
        self.principal: Any = SimpleNamespace(acl_rev=acl_rev, workspace=SimpleNamespace(id="w"))
        self.decided = 0

    def rights_changed(self) -> None:
        self.decided += 1

    def signed_out(self, problem: Any) -> None:
        raise AssertionError(problem)


class Loading:
    """Stands for `Identity`, which would ask Postgres; what is there is ``acl_rev``."""

    def __init__(self) -> None:
        self.acl_rev = 1
        self.loaded = 0

    async def reload_many(self, principals: list[Any]) -> list[Any]:
        await asyncio.sleep(0)  # as a statement would
        for principal in principals:
            await self.reload(principal)
        return []

    async def reload(self, principal: Any) -> None:
        self.loaded += 1
        principal.acl_rev = self.acl_rev


def rights(loading: Loading) -> Rights:
    settings: Any = SimpleNamespace(timings=Timings())
    unused: Any = None
    return Rights(settings, unused, loading)  # type: ignore[arg-type]


async def test_a_crowd_that_comes_in_behind_a_change_loads_each_connection_once() -> None:
    loading = Loading()
    made = rights(loading)
    here = [Holder(1) for _ in range(50)]
    await made.noticed(Clock("w", 1, 0))
    for holder in here:
        made.add(holder)
    loading.acl_rev = 2
    coming = [Holder(2).principal for _ in range(200)]
    await asyncio.gather(*(made.meet(principal) for principal in coming))
    assert loading.loaded == 50
    assert [holder.decided for holder in here] == [1] * 50


async def test_who_read_their_rights_before_the_newest_change_are_brought_up_and_turn_nothing_back() -> None:
    loading = Loading()
    made = rights(loading)
    await made.noticed(Clock("w", 5, 0))
    here = Holder(5)
    made.add(here)
    loading.acl_rev = 5
    late = Holder(4).principal
    await made.meet(late)
    assert late.acl_rev == 5
    assert (here.decided, loading.loaded) == (0, 1)


async def test_a_restored_database_has_a_lower_revision_and_everybody_decides_again() -> None:
    loading = Loading()
    made = rights(loading)
    await made.noticed(Clock("w", 9, 0))
    here = Holder(9)
    made.add(here)
    loading.acl_rev = 3
    await made.noticed(Clock("w", 3, 0))
    assert (here.decided, here.principal.acl_rev) == (1, 3)
