"""The keyed elements inside a value: find them, check their ids, rename those that collide.

An id is a string of 1 to `MAX_ID` code points, not of ASCII white space alone, unique in the whole document.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from draftwire.document.address import Tokens
from draftwire.document.shape import Place
from draftwire.errors import OpError

MAX_ID = 128  # code points; an id is repeated in every address, and so in every op

# The keyed array that holds an element: its owner's id (or nothing) and the tokens inside that.
Home = tuple[str, Tokens]


def scan(value: Any, place: Place, home: Home, found: dict[str, Home]) -> None:
    """Add every keyed element inside ``value``, which stands at ``home``, to ``found``, in document order.

    Raises `OpError` ``bad_id`` or ``duplicate_id``.
    """
    if place.dead:
        return
    if isinstance(value, dict):
        owner, tokens = home
        for name, member in value.items():
            if isinstance(member, dict | list):
                scan(member, place.member(name), (owner, (*tokens, name)), found)
    elif isinstance(value, list):
        if place.keyed:
            for element in value:
                scan_element(element, place.element(), home, found)
        else:
            owner, tokens = home
            inside = place.element()
            for i, element in enumerate(value):
                if isinstance(element, dict | list):
                    scan(element, inside, (owner, (*tokens, str(i))), found)


def scan_element(element: Any, place: Place, home: Home, found: dict[str, Home]) -> None:
    """Add an element of the keyed array ``home`` and all inside it; ``place`` is the element's."""
    id_ = element.get("id") if isinstance(element, dict) else None
    if not isinstance(id_, str) or not is_id(id_):
        raise OpError("bad_id")
    if id_ in found:
        raise OpError("duplicate_id", id_)
    found[id_] = home
    scan(element, place, (id_, ()), found)


def is_id(text: str) -> bool:
    """Say whether a string may be an id."""
    return len(text) <= MAX_ID and text.strip(" \t\n\r") != ""


def renamed(value: Any, place: Place, names: Mapping[str, str]) -> Any:
    """Return a copy with the ids of keyed elements replaced; tolerates what `scan` refuses."""
    if place.dead:
        return value
    if isinstance(value, dict):
        return {name: renamed(member, place.member(name), names) for name, member in value.items()}
    if isinstance(value, list):
        inside = place.element()
        copies = [renamed(element, inside, names) for element in value]
        if place.keyed:
            for copy in [copy for copy in copies if isinstance(copy, dict) and isinstance(copy.get("id"), str)]:
                copy["id"] = names.get(copy["id"], copy["id"])
        return copies
    return value


def renamed_element(element: dict[str, Any], place: Place, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a copy of a keyed element with its id and all ids inside it replaced."""
    copy: dict[str, Any] = {**renamed(element, place, names)}
    copy["id"] = names.get(copy["id"], copy["id"])
    return copy


def fresh(wanted: str, w: int, exists: Callable[[str], bool]) -> str:
    """Return ``wanted_<w>``, with a counter behind it while that exists; a second renaming adds no mark."""
    stem = wanted
    marked = re.fullmatch(rf"(.+?)_{w}(?:_[0-9]+)?", wanted, re.DOTALL)
    if marked:
        stem = marked[1]
    suffix, count = f"_{w}", 1
    while True:
        candidate = stem[: MAX_ID - len(suffix)] + suffix
        if not exists(candidate):
            return candidate
        count += 1
        suffix = f"_{w}_{count}"


def places(value: Any, place: Place, found: dict[str, Place]) -> None:
    """Add the place of every keyed element inside ``value`` to ``found``; tolerates what `scan` refuses."""
    if place.dead:
        return
    if isinstance(value, dict):
        for name, member in value.items():
            places(member, place.member(name), found)
    elif isinstance(value, list):
        inside = place.element()
        for element in value:
            if place.keyed:
                places_of_element(element, inside, found)
            else:
                places(element, inside, found)


def places_of_element(element: Any, place: Place, found: dict[str, Place]) -> None:
    """Add the place of an element, which is ``place``, and of all inside it."""
    if isinstance(element, dict) and isinstance(element.get("id"), str):
        found.setdefault(element["id"], place)
    places(element, place, found)
