"""A request that changes drafts looks again while they move, with one session and one key, and not for ever."""

from types import SimpleNamespace
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire_server.services.writes.attempt import EXACT_LOOKS, LOOKS, Attempt

NOTHING: Any = SimpleNamespace()


async def test_it_looks_until_something_is_decided_and_writes_as_one() -> None:
    attempt = Attempt(NOTHING, NOTHING)
    seen: list[tuple[str, str, bool, bool]] = []

    async def look() -> str | None:
        seen.append((attempt.session, attempt.key, attempt.exact, attempt.first))
        return "done" if len(seen) == EXACT_LOOKS + 2 else None

    assert await attempt.run(look) == "done"
    assert len({(session, key) for session, key, _, _ in seen}) == 1
    assert [exact for _, _, exact, _ in seen] == [True] * EXACT_LOOKS + [False] * 2
    assert [first for _, _, _, first in seen] == [True] + [False] * (len(seen) - 1)
    assert Attempt(NOTHING, NOTHING).key != attempt.key


@pytest.mark.parametrize("looks", [LOOKS, 3])
async def test_what_moves_on_and_on_is_busy(looks: int) -> None:
    count = 0

    async def look() -> None:
        nonlocal count
        count += 1

    with pytest.raises(Problem, match="Come later") as refused:
        await Attempt(NOTHING, NOTHING, busy="Come later.").run(look, looks)
    assert refused.value.code == "busy"
    assert count == looks


async def test_a_refusal_ends_it() -> None:
    count = 0

    async def look() -> str:
        nonlocal count
        count += 1
        raise Problem("read_only")

    with pytest.raises(Problem) as refused:
        await Attempt(NOTHING, NOTHING).run(look)
    assert (refused.value.code, count) == ("read_only", 1)


async def test_the_first_answer_to_a_request_is_asked_for_as_who_asks() -> None:
    asked: list[Any] = []

    async def replayed(*given: Any) -> str:
        asked.append(given)
        return "the first"

    once: Any = SimpleNamespace(replayed=replayed)
    attempt = Attempt("database", "ada", once)  # type: ignore[arg-type]
    assert await attempt.replayed() == "the first"
    assert asked == [("database", "ada")]
    assert await Attempt(NOTHING, NOTHING).replayed() is None
