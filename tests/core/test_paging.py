"""Pages of what is shown: all of it, in order, and neither pages nor cursors count what is not."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.services.access import paging

Rows = list[tuple[int, bool]]


def pages(rows: Rows, limit: int) -> tuple[list[list[int]], list[int | None]]:
    async def read(after: int | None, most: int) -> tuple[list[int], list[int]]:
        begin = 0 if after is None else after + 1
        found = rows[begin : begin + most]
        return [n for n, _ in found], [n for n, shown in found if shown]

    async def all_pages() -> tuple[list[list[int]], list[int | None]]:
        told: list[list[int]] = []
        cursors: list[int | None] = []
        after: int | None = None
        while True:
            page, after = await paging.page_of(read, lambda row: row, after, limit)
            told.append(page)
            cursors.append(after)
            if after is None:
                return told, cursors

    return asyncio.run(all_pages())


SHOWN = st.lists(st.sampled_from([True, False, False]), max_size=900)


@given(SHOWN, st.integers(1, 50))
def test_pages_are_those_of_the_rows_that_are_shown_alone(shown: list[bool], limit: int) -> None:
    rows = list(enumerate(shown))
    visible = [n for n, seen in rows if seen]
    told, cursors = pages(rows, limit)
    assert told == ([visible[at : at + limit] for at in range(0, len(visible), limit)] or [[]])
    assert [each for each in cursors if each is not None] == visible[limit - 1 : -1 : limit]


def test_what_is_not_shown_leaves_no_trace_however_small_the_limit() -> None:
    hidden = [(n, False) for n in range(300)]
    assert pages(hidden, 1) == ([[]], [None])
    assert pages([*hidden, (300, True), *((n, False) for n in range(301, 700))], 1) == ([[300]], [None])


def test_one_page_reads_so_much_and_no_more() -> None:
    told, cursors = pages([(n, False) for n in range(paging.ROWS_SCANNED + 1)], 1)
    assert (told, cursors) == ([[], []], [paging.ROWS_SCANNED - 1, None])
