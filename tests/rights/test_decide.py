"""The decision over role × grants × place × token × draft × action, against an oracle that was written apart."""

from itertools import product
from typing import Any, get_args

import pytest

from draftwire_server.core.access.access import (
    EVERYTHING,
    Access,
    Action,
    DraftFacts,
    Grant,
    Guest,
    Mode,
    Resource,
    decide,
    expires_next,
    readable,
    visible,
)
from tests.rights.oracle import ALL, Case, may

NOW = 1000.0
ACTIONS = get_args(Action)

SETS = [
    frozenset(),
    frozenset({"see"}),
    frozenset({"see", "read_drafts"}),
    frozenset({"write"}),
    frozenset({"see", "write"}),
    frozenset({"see", "read_drafts", "write"}),
    frozenset({"see", "run", "deploy"}),
    ALL,
]
# How a set of rights reaches the item, or does not: the grants, and whether they count.
WAYS: dict[str, tuple[Any, bool]] = {
    "prefix": (lambda r: [Grant(r, prefix="f/team/")], True),
    "deep prefix": (lambda r: [Grant(r, prefix="f/team/deep/")], True),
    "everything": (lambda r: [Grant(r, prefix="")], True),
    "item": (lambda r: [Grant(r, item="item-1")], True),
    "in two halves": (lambda r: [Grant(frozenset({right}), prefix="f/team/") for right in r], True),
    "not over yet": (lambda r: [Grant(r, prefix="f/team/", until=NOW + 1)], True),
    "over": (lambda r: [Grant(r, prefix="f/team/", until=NOW)], False),
    "another folder": (lambda r: [Grant(r, prefix="f/other/")], False),
    "the folder's name begins alike": (lambda r: [Grant(r, prefix="f/team/deep/item/")], False),
    "another item": (lambda r: [Grant(r, item="item-2")], False),
}
PLACES: dict[str, tuple[str | None, str, bool]] = {  # path, creator, mine
    "a folder": ("f/team/deep/item", "other", False),
    "a folder, made by me": ("f/team/deep/item", "me", False),
    "my place": ("u/mia/item", "other", True),
    "a place whose name begins like mine": ("u/mia2/item", "me", False),
    "no path, made by me": (None, "me", True),
    "no path, made by another": (None, "other", False),
}
ROLES = ("admin", "editor", "operator")
TOKENS = (ALL, frozenset({"see", "read_drafts"}), frozenset({"see", "write"}), frozenset())
GUESTS = {
    "no": (),
    "look": (Guest("me"),),
    "type": (Guest("someone", "type", True), Guest("me", "type", until=NOW + 1)),
    "type with agents": (Guest("me", "type", agents=True),),
}
OVER = (Guest("me", "type", agents=True, until=NOW),)


def access(role: Any, grants: Any = (), **more: Any) -> Access:
    return Access(user="me", username="mia", role=role, grants=tuple(grants), actor="actor", **more)


def test_items_over_role_grants_place_and_token() -> None:
    checked = 0
    for role, rights, way, place, token in product(ROLES, SETS, WAYS, PLACES, TOKENS):
        make, counts = WAYS[way]
        path, creator, mine = PLACES[place]
        below = path is not None and path.startswith("f/team/")
        reaches = counts and (below or way in ("everything", "item"))
        asker = access(role, make(rights), narrowed_to=token)
        resource = Resource(path, "item-1", creator)
        case = Case(role, rights if reaches else frozenset(), mine, token, has_path=path is not None,
                    created=creator == "me")  # fmt: skip
        for action in ACTIONS:
            if action == "create_item" and path is None and creator != "me":
                continue  # whoever makes an item is its creator
            got, wanted = decide(asker, action, resource, NOW), may(case, action)
            assert got == wanted, (role, sorted(rights), way, place, sorted(token), action)
            checked += 1
        listed = shows(visible(asker, NOW), resource)
        assert listed == may(case, "see_item"), (role, sorted(rights), way, place, sorted(token))
        found = listed and (shows(readable(asker, NOW), resource) or (creator == "me" and role != "operator"))
        assert found == may(case, "read_initial"), (role, sorted(rights), way, place, sorted(token))
    assert checked > 40_000


def shows(parameters: Any, resource: Resource) -> bool:
    """What the list's condition does with the parameters, as its SQL says."""
    return bool(
        parameters.everything
        or resource.item in parameters.items
        or (resource.path is None and resource.creator == parameters.creator)
        or (resource.path is not None and any(resource.path.startswith(prefix) for prefix in parameters.prefixes))
    )


@pytest.mark.parametrize("purpose", ["own", "shared", "suggestion"])
def test_drafts_over_role_rights_owner_visibility_guest_and_agent(purpose: Any) -> None:
    for role, rights, owner, visibility, guest, agent, run, mode in product(
        ROLES, SETS, ("me", "other"), ("private", "readable", "open"), GUESTS, (False, True), ("run-1", "run-2"),
        get_args(Mode),
    ):  # fmt: skip
        if purpose == "shared" and owner == "other":
            continue
        facts = DraftFacts(purpose, None if purpose == "shared" else owner, visibility, GUESTS[guest], "run-1")
        asker = access(role, [Grant(rights, prefix="f/team/")], is_agent=agent, run=run, mode=mode)
        case = Case(
            role, rights, agent=agent, suggests=mode == "suggest", draft=purpose,
            owner_is_me=purpose != "shared" and owner == "me",
            visibility=visibility, guest=guest, run_is_mine=run == "run-1",
        )  # fmt: skip
        resource = Resource("f/team/deep/item", "item-1", "other", facts)
        for action in ACTIONS:
            got = decide(asker, action, resource, NOW)
            assert got == may(case, action), (role, sorted(rights), facts, agent, run, mode, action)


def test_an_invitation_that_is_over_is_none() -> None:
    for action in ("read_draft", "type_in_draft"):
        facts = DraftFacts("own", "other", "private", OVER)
        asker = access("editor", [Grant(EVERYTHING, prefix="f/team/")])
        assert not decide(asker, action, Resource("f/team/deep/item", "item-1", "other", facts), NOW)


def test_a_draft_action_without_a_draft_is_refused() -> None:
    asker = access("admin")
    for action in ("read_draft", "type_in_draft"):
        assert not decide(asker, action, Resource("f/team/x/y", "item-1"), NOW)


def test_the_next_moment_that_changes_anything_is_known() -> None:
    asker = access("editor", [Grant(ALL, prefix="f/a/", until=NOW - 1), Grant(ALL, prefix="f/b/", until=NOW + 9)])
    assert expires_next(asker, [Guest("me", until=NOW + 4)], NOW) == NOW + 4
    assert expires_next(asker, [], NOW) == NOW + 9
    assert expires_next(access("editor"), [], NOW) is None
