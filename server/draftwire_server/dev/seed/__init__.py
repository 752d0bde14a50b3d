"""Seed: to be filled."""

from typing import Any

import msgspec


class SeedUser(msgspec.Struct, frozen=True):
    username: str
    name: str
    role: str


class Seed(msgspec.Struct, frozen=True):
    users: tuple[SeedUser, ...]


def load_seed() -> Seed:
    return Seed((SeedUser("ada", "Ada Lovelace", "editor"),))


async def insert_seed(connection: Any, seed: Seed) -> bool:
    return False
