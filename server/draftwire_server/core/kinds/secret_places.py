"""Which leaves of a kind's documents are secrets: by its ``secret`` patterns, by names, and by what its schema says.

This is the one place that decides it. A pattern's segment ``<secret>`` stands for every member whose name tells of a
secret (`draftwire.wire.secret_names`). A schema says it with ``writeOnly: true``, ``format: password`` or ``password:
true`` (so do resource types of Windmill) at any depth, behind ``$ref`` and in the branches of ``allOf``, ``if`` and the
like.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from draftwire.document.shape import Shape
from draftwire.wire.secret_names import is_secret_name

NAMED: Final = "<secret>"
SCHEMA_STEPS: Final = 20_000  # that are walked of one schema: two `$ref`s in each of 18 levels are 2**18 places
_REFERENCE: Final = re.compile(r"\$(var|res):[ufg](/[^\s/\\%?#\x00-\x1f\x7f]{1,64}){2,8}")


class TooManyPlaces(Exception):
    """A schema that speaks of secrets has too many places to walk through all."""


class SecretShape(Shape):
    """A shape whose text places are secrets, and which knows `NAMED`."""

    __slots__ = ("_last",)

    def __init__(self, secret: Iterable[str]) -> None:
        super().__init__(text=secret)
        self._last = {tokens[-1] for tokens, _ in self.patterns}

    def edge(self, name: str) -> str | None:
        """See `Shape.edge`; names that tell of a secret share one that is `NAMED`."""
        if name in self.literals:
            return name
        return NAMED if NAMED in self.literals and is_secret_name(name) else None

    def meets(self, want: str, name: str | None) -> bool:
        """See `Shape.meets`."""
        if want == NAMED:
            return name is not None and (name == NAMED or is_secret_name(name))
        return want == "*" or (want == name and name != NAMED)

    def ends_in(self, name: str) -> bool:
        """Say whether any secret's place ends in a name, wherever it stands."""
        if "*" in self._last or name in self._last:
            return True
        return NAMED in self._last and is_secret_name(name)


def refers(text: str) -> bool:
    """Say whether a text names a variable or a resource, and so is no secret itself: ``$var:u/ada/stripe_key``."""
    return _REFERENCE.fullmatch(text) is not None


def secrets_of_schema(schema: dict[str, Any]) -> tuple[str, ...]:
    """Give patterns of the leaves that a schema declares to be secret.

    Raises:
        TooManyPlaces: it declares some, and can't be walked within `SCHEMA_STEPS`.
    """
    if not _speaks_of_secrets(schema):
        return ()
    return tuple(dict.fromkeys(_Walk(schema).patterns()))


def _speaks_of_secrets(schema: Any) -> bool:
    todo = [schema]
    while todo:
        found = todo.pop()
        if isinstance(found, dict):
            if _is_declared(found):
                return True
            todo.extend(found.values())
        elif isinstance(found, list):
            todo.extend(found)
    return False


def _is_declared(schema: dict[str, Any]) -> bool:
    return schema.get("writeOnly") is True or schema.get("password") is True or schema.get("format") == "password"


class _Walk:
    """A schema that is walked through, place by place; a `$ref` that leads into itself becomes ``**``."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._steps = 0
        self._recursive: dict[int, bool] = {}
        self._named = dict(_named(root))

    def patterns(self) -> Iterator[str]:
        yield from self._of(self._root, "", frozenset(), referred=True)

    def _of(self, schema: Any, at: str, above: frozenset[int], *, referred: bool = False) -> Iterator[str]:
        if not isinstance(schema, dict) or id(schema) in above:
            return  # what lies below one that is above itself was told as `**` at its first place
        self._step()
        if at and _is_declared(schema):
            yield at.removesuffix("/**")
            return
        loops = referred and self._is_recursive(schema)
        base = f"{at}/**" if loops and not at.endswith("/**") else at
        within = above | {id(schema)}
        for branch in _in_place(schema):
            yield from self._of(branch, base, within)
        for key in ("$ref", "$dynamicRef"):
            yield from self._of(self._target(schema.get(key)), base, within, referred=True)
        for step, member in _members(schema):
            yield from self._of(member, f"{base}/{step}", within)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > SCHEMA_STEPS:
            raise TooManyPlaces

    def _is_recursive(self, schema: dict[str, Any]) -> bool:
        """Whether references below a schema lead back to it."""
        found = self._recursive.get(id(schema))
        if found is None:
            found = self._recursive[id(schema)] = self._leads_to(schema)
        return found

    def _leads_to(self, schema: dict[str, Any]) -> bool:
        seen: set[int] = set()
        todo: list[Any] = [schema]
        while todo:
            self._step()
            found = todo.pop()
            if isinstance(found, list):
                todo.extend(found)
            elif isinstance(found, dict) and id(found) not in seen:
                seen.add(id(found))
                targets = [self._target(found.get(key)) for key in ("$ref", "$dynamicRef")]
                if any(target is schema for target in targets):
                    return True
                todo.extend([*found.values(), *targets])
        return False

    def _target(self, ref: Any) -> Any:
        if not isinstance(ref, str):
            return None
        if ref in self._named:
            return self._named[ref]
        found: Any = self._root
        if ref != "#" and not ref.startswith("#/"):
            return None
        for token in unquote(ref).split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list):
                found = found[int(token)] if token.isdecimal() and int(token) < len(found) else None
            else:
                found = found.get(token) if isinstance(found, dict) else None
        return found


def _named(root: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    todo = [root]
    while todo:
        found = todo.pop()
        if isinstance(found, dict):
            for key, mark in (("$id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")):
                if isinstance(found.get(key), str):
                    yield mark + found[key], found
            todo.extend(found.values())
        elif isinstance(found, list):
            todo.extend(found)


def _in_place(schema: dict[str, Any]) -> Iterator[Any]:
    for key in ("allOf", "anyOf", "oneOf"):
        yield from _list(schema.get(key))
    for key in ("if", "then", "else"):
        yield schema.get(key)
    yield from _dict(schema.get("dependentSchemas")).values()


def _members(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, member in _dict(schema.get("properties")).items():
        yield name.replace("~", "~0").replace("/", "~1") if name not in ("*", "**", NAMED) else "*", member
    for key in ("additionalProperties", "unevaluatedProperties", "items", "unevaluatedItems", "contains"):
        yield "*", schema.get(key)
    for member in [*_dict(schema.get("patternProperties")).values(), *_list(schema.get("prefixItems"))]:
        yield "*", member


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
