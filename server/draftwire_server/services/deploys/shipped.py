"""What of a value has to be known before it is deployed, worked out beside the event loop."""

import asyncio
from typing import Any

import msgspec

from draftwire_server.core.canonical import content_hash, version_hash
from draftwire_server.core.kinds.kinds import Kind, markers, plain_secrets
from draftwire_server.core.kinds.references import Referred, references
from draftwire_server.store.items import items


async def hashes_of(row: items.ItemRow, value: dict[str, Any]) -> tuple[str, str]:
    """The content hash, and the hash of the version that would come next."""

    def both() -> tuple[str, str]:
        return content_hash(value), version_hash(row.id, row.head_version + 1, value)

    return await asyncio.to_thread(both)


class LookedThrough(msgspec.Struct, frozen=True):
    """What was looked for in a value that is to be deployed."""

    plain: tuple[str, ...]  # where secrets stand in plain text
    markers: dict[str, str]  # where their markers do
    referred: tuple[Referred, ...]
    data: bytes  # the value as JSON


async def looked_through(kind: Kind, value: dict[str, Any]) -> LookedThrough:
    """Look for secrets and references, beside the event loop: a value may be large."""
    return await asyncio.to_thread(
        lambda: LookedThrough(
            plain_secrets(kind, value), markers(kind, value), references(kind, value), msgspec.json.encode(value)
        )
    )
