"""Items whose values take long to look at."""

import pytest

from tests.items.house import House

pytestmark = pytest.mark.slow


async def test_an_item_whose_value_takes_seconds_to_hash_is_made(house: House) -> None:
    """The hash is taken outside of the transaction, which Postgres ends when it is idle for a second."""
    value = {"content": "", "numbers": [1.5] * 500_000}
    async with house.api("ada") as api:
        item = (await api.items.create("script", path="f/desk/numbers", value=value)).item
        assert (await api.drafts.of_item(item, "own")).value == value
