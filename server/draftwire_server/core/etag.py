"""Marks and etags: one exact state of a draft, also after a database was restored from an old copy.

The mark chains the log: it covers every batch since the generation began, so two histories that share a seq don't
share a mark (ops-and-sync.md §3).
"""

import base64
import hashlib
import re

import msgspec

MARK_BYTES = 6  # 48 bits: an accident, not an attacker, has to be told apart

_ETAG = re.compile(r'(?:W/)?"?g(\d{1,9})\.s(\d{1,18})\.([A-Za-z0-9_-]{8})"?')


class Etag(msgspec.Struct, frozen=True):
    """``g<generation>.s<seq>.<mark>``."""

    generation: int
    seq: int
    mark: str

    def __str__(self) -> str:
        return f"g{self.generation}.s{self.seq}.{self.mark}"


def parse_etag(text: str) -> Etag | None:
    """Read one etag, quoted or not, strong or weak (proxies weaken it); None if it is none."""
    found = _ETAG.fullmatch(text.strip())
    return Etag(int(found[1]), int(found[2]), found[3]) if found else None


def _mark(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode("ascii")


def first_mark(draft: str, generation: int, base_version: int, base_hash: str) -> str:
    """The mark at seq 0: which draft, and which value it began from."""
    text = f"{draft}\n{generation}\n{base_version}\n{base_hash}".encode()
    return _mark(hashlib.blake2b(text, digest_size=MARK_BYTES).digest())


def next_mark(previous: str, sid: str, no: int, ops: bytes) -> str:
    """The mark after one batch; ``ops`` are the effects' JSON bytes as stored and sent."""
    text = b"%s\n%s\n%d\n%s" % (previous.encode(), sid.encode(), no, ops)
    return _mark(hashlib.blake2b(text, digest_size=MARK_BYTES).digest())
