"""JSON values: equality as JSON means it."""

from typing import Any


def is_marker(value: Any) -> bool:
    """Say whether a value stands for a secret: ``{"$secret": id}``."""
    return isinstance(value, dict) and value.keys() == {"$secret"} and isinstance(value["$secret"], str)


def same(left: Any, right: Any) -> bool:
    """Say whether two JSON values are equal: member order is no difference, ``1`` and ``1.0`` are one number,
    ``true`` is no number."""
    if left is right:
        return True
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and len(left) == len(right)
            and all(name in right and same(value, right[name]) for name, value in left.items())
        )
    if isinstance(left, list | tuple):
        return (
            isinstance(right, list | tuple)
            and len(left) == len(right)
            and all(same(a, b) for a, b in zip(left, right, strict=True))
        )
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)
