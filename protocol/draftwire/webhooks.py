"""Webhooks as Standard Webhooks (https://www.standardwebhooks.com) says: sign a message, verify one that came.

A receiver in Python:

    draftwire.webhooks.verify(body, headers, [secret])        # raises BadSignature
    message = json.loads(body)                                # {"type", "timestamp", "data"}

``secret`` is ``whsec_…`` as it was shown when the webhook was made; while a key is replaced both may be given. Messages
come at least once: remember ``webhook-id``. Pure but for `verify`'s clock.
"""

import base64
import binascii
import hmac
import time
from collections.abc import Iterable, Mapping
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE_S: Final = 300.0  # an older message may be somebody's replay


class BadSignature(Exception):
    """The message was not signed with any of the secrets, or too long ago."""


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:  # noqa: A002 — the word of the standard
    """The signature of a message: ``v1,`` and base64 of HMAC-SHA256 over id, time and body. Raises `ValueError`."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is whsec_ and base64") from error
    signed = hmac.digest(key, b"%s.%d.%s" % (id.encode(), timestamp, body), "sha256")
    return "v1," + base64.b64encode(signed).decode()


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secrets: Iterable[str],
    *,
    tolerance_s: float = TOLERANCE_S,
    now: float | None = None,
) -> None:
    """Check that a message is genuine: its body as it came, before anything reads it. Raises `BadSignature`."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        id_, timestamp = given["webhook-id"], int(given["webhook-timestamp"])
        signatures = given["webhook-signature"].split()
    except (KeyError, ValueError) as error:
        raise BadSignature("the headers webhook-id, webhook-timestamp and webhook-signature are needed") from error
    if abs((time.time() if now is None else now) - timestamp) > tolerance_s:
        raise BadSignature("it was signed too long ago, or the clocks differ")
    for secret in secrets:
        wanted = sign(secret, id_, timestamp, body)
        if any(hmac.compare_digest(wanted.encode(), signature.encode()) for signature in signatures):
            return
    raise BadSignature("it was signed with another secret")
