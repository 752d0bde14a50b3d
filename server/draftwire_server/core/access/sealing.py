"""Values encrypted at rest: AES-256-GCM by the `cryptography` library, bound to the place that they belong to. Pure.

The operator's keys are texts; a key for the cipher and a name are derived from each (HKDF-SHA256), so that a row says
by which key it was sealed and tells nothing of that. The first key seals, all open. What was sealed for one place opens
at no other: rows can't be swapped. Nonces are random, 96 bits: good for 2^32 values a key (NIST SP 800-38D §8.3).
"""

import os
from collections.abc import Iterable
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
NAME_BYTES: Final = 6


class CantOpen(Exception):
    """The key is not here, or this is not what was sealed for this place."""


class Sealed(msgspec.Struct, frozen=True):
    """A value at rest."""

    key: str  # the name of the key
    data: bytes  # nonce and ciphertext


class Box:
    """Seals and opens with the operator's keys."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._ciphers = {key_name(key): AESGCM(_derived(key, b"cipher", KEY_BYTES)) for key in keys}

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the keys; the first seals."""
        return tuple(self._ciphers)

    def seal(self, value: bytes, *place: str) -> Sealed:
        """Encrypt a value for a place. There must be a key."""
        name = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(name, nonce + self._ciphers[name].encrypt(nonce, value, _bound(place)))

    def open(self, sealed: Sealed, *place: str) -> bytes:
        """Decrypt what was sealed for this place. Raises `CantOpen`."""
        cipher = self._ciphers.get(sealed.key)
        if cipher is None:
            raise CantOpen(f"the key {sealed.key} is not here")
        nonce, text = sealed.data[:NONCE_BYTES], sealed.data[NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, text, _bound(place))
        except (InvalidTag, ValueError) as error:
            raise CantOpen("it was not sealed for this place") from error


def key_name(key: str) -> str:
    """The name of a key: nothing about it can be learned from that."""
    return _derived(key, b"name", NAME_BYTES).hex()


def _derived(key: str, purpose: bytes, size: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=b"draftwire secrets v1 " + purpose).derive(
        key.encode()
    )


def _bound(place: tuple[str, ...]) -> bytes:
    """What is authenticated beside the value: the place, unmistakably."""
    return msgspec.json.encode(place)
