"""Pages of what somebody may see, of rows that a query can't choose by their rights: filtered before the limit.

A page ends with its last row that is shown, and there is a next one only if another row is shown there: so neither a
short page nor a cursor counts what one may not see. How much is read does not follow from the limit that was asked for.
Only who would have to be led past more than `ROWS_SCANNED` rows at once that they may not see is given a short page and
a cursor; cursors are encrypted.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

ROWS_PER_READ: Final = 200
ROWS_SCANNED: Final = 5_000  # of one page: 25 reads of a few ms

Row = TypeVar("Row")
Place = TypeVar("Place")

Read = Callable[[Place | None, int], Awaitable[tuple[list[Row], list[Row]]]]


async def page_of(
    read: Read[Place, Row], place: Callable[[Row], Place], after: Place | None, limit: int
) -> tuple[list[Row], Place | None]:
    """Fill a page; gives it and where the next one begins.

    ``read`` gives the rows behind a place, as many as it is told, and those of them that are shown, in their order.
    """
    page: list[Row] = []
    looked_at = 0
    while True:
        rows, shown = await read(after, ROWS_PER_READ)
        for row in shown:
            if len(page) == limit:
                return page, place(page[-1])
            page.append(row)
        looked_at += len(rows)
        if len(rows) < ROWS_PER_READ:
            return page, None
        after = place(rows[-1])
        if looked_at >= ROWS_SCANNED:
            return page, after
