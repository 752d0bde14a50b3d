"""Who may do what, once more: written from the design's tables alone, without a look at the code that decides.

Everything is said about one asker: "me". Sentences stand where the design has them (ops-and-sync §8, design §7, §10).
"""

from dataclasses import dataclass, field

ALL = frozenset({"see", "read_drafts", "write", "join", "deploy", "run", "admin"})


@dataclass(frozen=True)
class Case:
    """A situation. ``granted``: rights that reach the item by any grant that is not over."""

    role: str = "editor"
    granted: frozenset[str] = frozenset()
    mine: bool = False  # below u/<me>/, or without a path and created by me
    token_may: frozenset[str] = ALL
    agent: bool = False
    suggests: bool = False  # the token is for suggestions only
    draft: str | None = None  # own, shared, suggestion
    owner_is_me: bool = False
    visibility: str = "readable"
    guest: str = "no"  # no, look, type, type with agents
    run_is_mine: bool = False
    creating: bool = False
    created: bool = False  # the item, by me
    has_path: bool = True
    rights: frozenset[str] | None = None  # all that is held, if `held_by` has said it
    everywhere: bool = True  # the token or key is not held to some places
    held: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", _held(self))


def _held(case: Case) -> frozenset[str]:
    if case.rights is not None:
        return case.rights
    if case.role == "admin":
        rights = ALL  # an admin may everything, everywhere
    elif case.mine:
        rights = case.granted | (ALL - {"admin"})  # one's own place is one's own, but nobody is its admin by that
    else:
        rights = case.granted
    if case.role == "operator":
        rights = rights - {"read_drafts", "write", "join", "deploy", "admin"}  # see what is deployed, and run it
    return rights & case.token_may  # a token narrows, it never adds


def may(case: Case, action: str) -> bool:
    """The verdict."""
    return {
        "see_item": lambda: "see" in case.held,
        "run_item": lambda: "run" in case.held,
        "write_item": lambda: {"see", "write"} <= case.held and not case.suggests,
        "deploy_item": lambda: {"see", "deploy"} <= case.held and not case.suggests,
        "create_item": lambda: _creates(case) and not case.suggests,
        "see_draft": lambda: "see" in case.held and case.role != "operator",
        "read_draft": lambda: case.draft is not None and _reads(case),
        "read_initial": lambda: (
            "see" in case.held and case.role != "operator" and ("read_drafts" in case.held or case.created)
        ),
        "type_in_draft": lambda: case.draft is not None and _types(case),
        "administer": lambda: "admin" in case.held and not case.suggests,
    }[action]()


def _creates(case: Case) -> bool:
    if case.has_path:
        return {"write", "see"} <= set(case.held)
    return (
        case.role != "operator" and "write" in case.token_may and case.everywhere
    )  # without a path: anybody who may write at all


def _reads(case: Case) -> bool:
    if "see" not in case.held or case.role == "operator":
        return False  # operators see no drafts; nobody sees a draft of what they can't see
    if case.owner_is_me:
        return True
    reader = "read_drafts" in case.held
    if case.draft in ("own", "suggestion"):
        # a suggestion: "who sees the draft it is for". An own one:
        # "its owner; guests, while they may read the item; readers of the item by its visibility"
        return case.guest != "no" or (reader and case.visibility in ("readable", "open"))
    return reader


def _types(case: Case) -> bool:
    if not _reads(case) or "write" not in case.held:
        return False  # "write on the item is needed at the moment of every commit"
    if case.suggests and case.draft != "suggestion":
        return False  # "a read-only, one-item or suggest-only token": it changes nobody's draft
    if case.draft == "shared":
        return True  # "writers of the item, and agents for them"
    if case.draft == "suggestion":
        return case.run_is_mine  # "its run only"
    if case.owner_is_me:
        return True  # "its owner; agents acting for the owner"
    if case.agent:
        return case.guest == "type with agents"  # "other people's agents only where an invitation says agents"
    if case.guest in ("type", "type with agents"):
        return True  # "guests invited to type"
    # An invitation to look takes nothing away from who might type without it.
    return case.visibility == "open"


# ---- where rights come from

IN_FOLDER = {"reader": {"see", "read_drafts", "run"}, "writer": ALL - {"admin"}, "owner": ALL}


@dataclass(frozen=True)
class Person:
    """Everything that anybody gave to "me", and what my token or key leaves of it."""

    role: str = "editor"
    name: str = "mia"
    groups: frozenset[str] = frozenset()
    folders: tuple[tuple[str, str, str | None], ...] = ()  # folder, role, the group through which (None: myself)
    grants: tuple[tuple[str, frozenset[str], str | None], ...] = ()  # place, rights, likewise
    token_may: frozenset[str] = ALL
    token_prefixes: tuple[str, ...] | None = None
    token_items: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Thing:
    """An item: where it lies, its id, and whether I made it. A place is ``*``, a path, or ``item:<id>``."""

    path: str | None
    id: str = "item-1"
    by_me: bool = False


def below(path: str | None, place: str) -> bool:
    """Whether a path lies below a place, segment for segment."""
    if path is None:
        return False
    segments, wanted = path.split("/"), place.rstrip("/").split("/")
    return len(segments) > len(wanted) and segments[: len(wanted)] == wanted


def held_by(person: Person, thing: Thing) -> frozenset[str]:
    """All rights of a person on an item."""
    if person.token_prefixes is not None or person.token_items is not None:
        reached = thing.id in (person.token_items or ()) or any(
            below(thing.path, place) for place in person.token_prefixes or ()
        )
        if not reached:
            return frozenset()  # a token or key that is held to some places reaches nothing else
    if person.role == "admin":
        rights = set(ALL)
    else:
        rights = set()
        if below(thing.path, f"u/{person.name}") or (thing.path is None and thing.by_me):
            rights |= ALL - {"admin"}
        for group in person.groups:
            if below(thing.path, f"g/{group}"):
                rights |= ALL - {"admin"}  # the members' place
        for folder, role, group in person.folders:
            if (group is None or group in person.groups) and below(thing.path, f"f/{folder}"):
                rights |= IN_FOLDER[role]
        for place, given, group in person.grants:
            if group is not None and group not in person.groups:
                continue
            if place == "*" or place == f"item:{thing.id}" or below(thing.path, place):
                rights |= given
    if person.role == "operator":
        rights &= {"see", "run"}
    return frozenset(rights) & person.token_may
