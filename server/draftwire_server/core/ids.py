"""Ids: what they look like, and those that derive from others.

An id is 26 characters of lower-case base 32 over 16 bytes: safe in URLs, shells and double clicks. `own` and `shared`
drafts derive theirs from what makes them unique, so that channel and etag exist before any row.
"""

import base64
import hashlib
import re
import secrets
from typing import Literal, NewType

WorkspaceId = NewType("WorkspaceId", str)
ItemId = NewType("ItemId", str)
DraftId = NewType("DraftId", str)
UserId = NewType("UserId", str)
ActorId = NewType("ActorId", str)
RunId = NewType("RunId", str)
AlertId = NewType("AlertId", str)
StashId = NewType("StashId", str)

ID_BYTES = 16  # 128 bits: no two ever meet
SESSION_PATTERN = re.compile(r"[A-Za-z0-9_-]{22,43}")  # 128 to 256 bits, URL-safe


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def new_id() -> str:
    """A fresh random id."""
    return _text(secrets.token_bytes(ID_BYTES))


def secret_text(raw: bytes) -> str:
    """Random bytes as ids are written."""
    return _text(raw)


def derived_id(*parts: str) -> str:
    """The id that follows from ``parts``; the same for ever and on every worker."""
    digest = hashlib.blake2b(digest_size=ID_BYTES)
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return _text(digest.digest())


def actor_id(workspace: str, kind: str, user: str, label: str) -> ActorId:
    """The id of an actor that nobody has written down yet: whoever reads has one, and it stays theirs."""
    return ActorId(derived_id("actor", workspace, kind, user, label))


def draft_id(workspace: WorkspaceId, item: ItemId, purpose: Literal["own", "shared"], owner: str) -> DraftId:
    """The id of an item's shared draft (``owner`` empty) or of somebody's own one."""
    return DraftId(derived_id("draft", workspace, item, purpose, owner))


def public_session_id(actor: ActorId, session: str) -> str:
    """What others may know of a session: stable for actor and session, and no way back."""
    return derived_id("session", actor, session)[:13]
