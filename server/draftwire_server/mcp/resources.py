"""Items and versions as resources: what a client attaches to a conversation without a tool call.

draftwire://items/<id>                      the document in the draft that the person would open
draftwire://items/<id>/text/<address>       one text of it; the address is percent-encoded
draftwire://items/<id>/versions/<number>    a deployed version, which never changes
"""

import re
from typing import Final
from urllib.parse import unquote

import msgspec

from draftwire.errors import Problem
from draftwire_server.mcp.desk import ToolSession

LISTED: Final = 100  # items in the list of resources; all others are found by their template
TEMPLATES: Final = (
    (
        "draftwire://items/{item}",
        "item",
        "An item's document as JSON, as it is in the draft: with the id that list_items gives.",
    ),
    (
        "draftwire://items/{item}/text/{address}",
        "text",
        "One text of an item as it is in the draft; the address percent-encoded, as %2Fcontent.",
    ),
    (
        "draftwire://items/{item}/versions/{version}",
        "version",
        "A deployed version's document as JSON, by its number or hash. It never changes.",
    ),
)
_URI: Final = re.compile(r"draftwire://items/([^/]+)(?:/(text|versions)/([^/]+))?")


class Listed(msgspec.Struct, frozen=True):
    """An item in the list of resources."""

    uri: str
    name: str
    description: str


class Content(msgspec.Struct, frozen=True):
    """What a resource holds."""

    uri: str
    mime_type: str
    text: str


async def listed(desk: ToolSession, cursor: str | None) -> tuple[list[Listed], str | None]:
    """A page of items. Raises `Problem`."""
    page = await desk.api.items.list(cursor=cursor, limit=LISTED)
    found = [
        Listed(f"draftwire://items/{item.id}", item.path or item.id, f"{item.kind}: {item.summary}".rstrip(": "))
        for item in page.items
    ]
    return found, page.next


async def content(desk: ToolSession, uri: str) -> Content:
    """What a resource holds now. Raises `Problem` not_found, …"""
    matched = _URI.fullmatch(uri)
    if matched is None:
        raise Problem("not_found", "Unknown resource. See the templates.")
    item, what, name = (unquote(each) if each else None for each in matched.groups())
    assert item is not None
    if what == "versions" and name is not None:
        return _json(uri, (await desk.api.versions.get(item, name)).value)
    if what == "text" and name is not None:
        told = await desk.api.runs.read(await desk.run(None), item=item, at=name)
        if told.text is None:
            raise Problem("not_text", detail={"at": name})
        return Content(uri, "text/plain", told.text)
    return _json(uri, (await desk.api.drafts.of_item(item)).value)


def _json(uri: str, value: object) -> Content:
    return Content(uri, "application/json", msgspec.json.format(msgspec.json.encode(value), indent=1).decode())
