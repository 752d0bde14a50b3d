"""How the commands name what they work on: an item by its path, its id or ``ext:`` and the platform's id."""

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.items import ItemState


async def item_id(api: Api, name: str) -> str:
    """The id that a URL takes for an item. Raises `Problem` not_found."""
    if "/" not in name or name.startswith("ext:"):
        return name
    found = (await api.items.list(path=name)).items
    if not found:
        raise Problem("not_found", f"No item found at {name}, or you don't have access.")
    return found[0].id


async def look(api: Api, name: str) -> ItemState:
    """An item with its deployed value and one's own draft. Raises `Problem` not_found."""
    return await api.items.get(await item_id(api, name), include=("value", "mine", "drafts"))


def title(item: ItemState) -> str:
    """What people call an item."""
    return item.path or item.summary or item.item
