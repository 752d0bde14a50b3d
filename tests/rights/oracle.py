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
    draft: str | None = None  # own, shared, suggestion
    owner_is_me: bool = False
    visibility: str = "readable"
    guest: str = "no"  # no, look, type, type with agents
    run_is_mine: bool = False
    creating: bool = False
    has_path: bool = True
    held: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", _held(self))


def _held(case: Case) -> frozenset[str]:
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
        "write_item": lambda: {"see", "write"} <= case.held,
        "deploy_item": lambda: {"see", "deploy"} <= case.held,
        "create_item": lambda: _creates(case),
        "see_draft": lambda: "see" in case.held and case.role != "operator",
        "read_draft": lambda: case.draft is not None and _reads(case),
        "type_in_draft": lambda: case.draft is not None and _types(case),
        "administer": lambda: "admin" in case.held,
    }[action]()


def _creates(case: Case) -> bool:
    if case.has_path:
        return "write" in case.held
    return case.role != "operator" and "write" in case.token_may  # without a path: anybody who may write at all


def _reads(case: Case) -> bool:
    if "see" not in case.held or case.role == "operator":
        return False  # operators see no drafts; nobody sees a draft of what they can't see
    if case.owner_is_me:
        return True
    reader = "read_drafts" in case.held
    if case.draft == "own":
        # "its owner; guests, while they may read the item; readers of the item by its visibility"
        return case.guest != "no" or (reader and case.visibility in ("readable", "open"))
    return reader


def _types(case: Case) -> bool:
    if not _reads(case) or "write" not in case.held:
        return False  # "write on the item is needed at the moment of every commit"
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
