"""The decision over everything that rights can come from, against the oracle: source, role, place, narrowing, draft.

Groups and folders are put together here as `store/access/access.py` does; that it does so is held by
`test_sources_system.py`.
"""

from itertools import product
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.core.access.access import (
    EVERYTHING,
    OPERATOR_MAY,
    Access,
    Action,
    DraftFacts,
    Grant,
    Guest,
    Resource,
    Within,
    administers,
    decide,
    folder_grant,
    group_grant,
    may_share,
    rights,
    visible,
)
from draftwire_server.services.access.identity import closed_prefix
from tests.rights.oracle import ALL, Case, Person, Thing, held_by, may

NOW = 1000.0
ACTIONS = get_args(Action)
READ = frozenset({"see", "read_drafts"})
WRITE = READ | {"write"}

PATHS = (
    "f/team/a", "f/team/deep/a", "f/team2/a", "f/teammates", "f/other/a", "u/mia/a", "u/mia2/a", "g/devs/a",
    "g/devs2/a", None,
)  # fmt: skip
SOURCES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "in a group": {"groups": frozenset({"devs"})},
    "reader": {"folders": (("team", "reader", None),)},
    "writer": {"folders": (("team", "writer", None),)},
    "owner": {"folders": (("team", "owner", None),)},
    "reader through a group": {"groups": frozenset({"devs"}), "folders": (("team", "reader", "devs"),)},
    "owner through a group": {"groups": frozenset({"devs"}), "folders": (("team", "owner", "devs"),)},
    "through a group one is not in": {"groups": frozenset({"qa"}), "folders": (("team", "owner", "devs"),)},
    "reader, and writer through a group": {
        "groups": frozenset({"devs"}), "folders": (("team", "reader", None), ("team", "writer", "devs")),
    },
    "item": {"grants": (("item:item-1", WRITE, None),)},
    "another item": {"grants": (("item:item-2", WRITE, None),)},
    "item through a group": {"groups": frozenset({"devs"}), "grants": (("item:item-1", READ, "devs"),)},
    "item of a group one is not in": {"grants": (("item:item-1", READ, "devs"),)},
    "prefix": {"grants": (("f/team", WRITE, None),)},
    "deep prefix through a group": {"groups": frozenset({"devs"}), "grants": (("f/team/deep", ALL, "devs"),)},
    "everything to look at": {"grants": (("*", READ, None),)},
    "reader here, item there": {"folders": (("team", "reader", None),), "grants": (("item:item-1", WRITE, None),)},
}  # fmt: skip
NARROWINGS: dict[str, dict[str, Any]] = {
    "no": {},
    "read only": {"token_may": READ},
    "nothing at all": {"token_may": frozenset()},
    "one item": {"token_items": ("item-1",)},
    "another item": {"token_items": ("item-2",)},
    "one folder": {"token_prefixes": ("f/team",)},
    "a folder, closed": {"token_prefixes": ("f/team/",)},
    "a folder or an item": {"token_prefixes": ("f/other",), "token_items": ("item-1",)},
    "no place": {"token_prefixes": ()},
    "a folder, read only": {"token_prefixes": ("f/team",), "token_may": READ},
}
GUESTS = {
    "no": (),
    "look": (Guest("me"),),
    "type": (Guest("me", "type"),),
    "type with agents": (Guest("me", "type", True),),
}
DRAFTS = [
    *[("own", owner, visibility) for owner in ("me", "other") for visibility in ("private", "readable", "open")],
    ("shared", None, "readable"),
    ("suggestion", "other", "readable"),
]  # fmt: skip


def access_of(person: Person, **more: Any) -> Access:
    """What loading gives for a person."""
    grants: list[Grant] = [group_grant(group) for group in sorted(person.groups)]
    grants += [folder_grant(f, r) for f, r, via in person.folders if via is None or via in person.groups]  # type: ignore[arg-type]
    for place, given_rights, via in person.grants:
        if via is not None and via not in person.groups:
            continue
        may_: Any = frozenset(given_rights)
        if place == "*":
            grants.append(Grant(may_, prefix=""))
        elif place.startswith("item:"):
            grants.append(Grant(may_, item=place[5:]))
        else:
            grants.append(Grant(may_, prefix=closed_prefix(place)))
    within = None
    if person.token_prefixes is not None or person.token_items is not None:
        within = Within(tuple(closed_prefix(p) for p in person.token_prefixes or ()), person.token_items or ())
    return Access(
        "me", person.name, person.role, tuple(grants), "actor", narrowed_to=person.token_may, within=within, **more
    )  # type: ignore[arg-type]


def shows(parameters: Any, resource: Resource) -> bool:
    """What the list's condition does with the parameters, as its SQL says."""
    path = resource.path or ""
    shown = (
        parameters.everything
        or resource.item in parameters.items
        or (resource.path is None and resource.creator == parameters.creator)
        or (resource.path is not None and path.startswith(tuple(parameters.prefixes)))
    )
    within = parameters.within
    reached = (
        within is None or resource.item in within.items or (resource.path and path.startswith(tuple(within.prefixes)))
    )
    return bool(shown and reached)


def people() -> list[tuple[str, Person]]:
    return [
        (f"{role}, {source}, narrowed: {narrowing}", Person(role, **SOURCES[source], **NARROWINGS[narrowing]))
        for role, source, narrowing in product(("admin", "editor", "operator"), SOURCES, NARROWINGS)
    ]


def test_items_over_every_source_role_place_and_narrowing() -> None:
    checked = 0
    for name, person in people():
        asker = access_of(person)
        for path, by_me in product(PATHS, (False, True)):
            thing = Thing(path, by_me=by_me)
            resource = Resource(path, thing.id, "me" if by_me else "other")
            held = held_by(person, thing)
            assert rights(asker, resource, NOW) == held, (name, path)
            everywhere = asker.within is None
            case = Case(
                person.role, rights=held, token_may=person.token_may, everywhere=everywhere, has_path=path is not None
            )
            for action in ACTIONS:
                if action == "create_item" and path is None and not by_me:
                    continue  # whoever makes an item is its creator
                assert decide(asker, action, resource, NOW) == may(case, action), (name, path, action)
                checked += 1
            assert shows(visible(asker, NOW), resource) == may(case, "see_item"), (name, path)
    assert checked > 80_000


def test_drafts_over_every_source_role_place_narrowing_purpose_visibility_and_guest() -> None:
    checked = 0
    for name, person in people():
        for agent in (False, True):
            asker = access_of(person, is_agent=agent, run="run-1")
            for path, (purpose, owner, visibility), guest in product(
                ("f/team/a", "g/devs/a", "u/mia/a", "f/other/a"), DRAFTS, GUESTS
            ):
                thing = Thing(path)
                facts = DraftFacts(
                    purpose, owner, visibility, GUESTS[guest], "run-1" if purpose == "suggestion" else None
                )  # type: ignore[arg-type]
                case = Case(
                    person.role, rights=held_by(person, thing), agent=agent, draft=purpose, owner_is_me=owner == "me",
                    visibility=visibility, guest=guest, run_is_mine=purpose == "suggestion",
                )  # fmt: skip
                resource = Resource(path, thing.id, "other", facts)
                for action in ("see_draft", "read_draft", "type_in_draft"):
                    assert decide(asker, action, resource, NOW) == may(case, action), (name, path, facts, agent, action)  # type: ignore[arg-type]
                    checked += 1
    assert checked > 300_000


RIGHT_SETS = st.frozensets(st.sampled_from(sorted(ALL)))
PERSONS = st.builds(
    Person,
    role=st.sampled_from(["admin", "editor", "operator"]),
    groups=st.frozensets(st.sampled_from(["devs", "qa"])),
    folders=st.lists(
        st.tuples(
            st.sampled_from(["team", "other"]), st.sampled_from(["reader", "writer", "owner"]),
            st.sampled_from([None, "devs", "qa"]),
        ), max_size=3,
    ).map(tuple),
    grants=st.lists(
        st.tuples(
            st.sampled_from(["*", "item:item-1", "item:item-2", "f/team", "f/team/deep", "u/mia2", "g/devs"]),
            RIGHT_SETS, st.sampled_from([None, "devs", "qa"]),
        ), max_size=3,
    ).map(tuple),
    token_may=st.one_of(st.just(ALL), RIGHT_SETS),
    token_prefixes=st.none()
    | st.lists(st.sampled_from(["f/team", "f/other/", "u/mia", "g/devs"]), max_size=2).map(tuple),
    token_items=st.none() | st.lists(st.sampled_from(["item-1", "item-2"]), max_size=2).map(tuple),
)  # fmt: skip


@given(PERSONS, st.sampled_from(PATHS), st.booleans())
def test_any_mixture_of_sources_decides_as_the_oracle_does(person: Person, path: str | None, by_me: bool) -> None:
    asker = access_of(person)
    thing = Thing(path, by_me=by_me)
    resource = Resource(path, thing.id, "me" if by_me else "other")
    assert rights(asker, resource, NOW) == held_by(person, thing)
    assert shows(visible(asker, NOW), resource) == ("see" in held_by(person, thing))


@given(PERSONS, st.sampled_from(PATHS), st.booleans(), st.booleans())
def test_nobody_shares_more_than_they_hold(person: Person, path: str | None, by_me: bool, agent: bool) -> None:
    asker = access_of(person, is_agent=agent)
    thing = Thing(path, by_me=by_me)
    resource = Resource(path, thing.id, "me" if by_me else "other")
    shared = may_share(asker, resource, NOW)
    assert shared <= held_by(person, thing)
    if agent or asker.within is not None or person.token_may != ALL:
        assert not shared
    root = held_by(person, Thing(None, id="root"))
    if root != ALL:
        assert "admin" not in shared, "who does not administer everything makes nobody an owner"
        assert not administers(asker, NOW)
    if person.role == "operator":
        assert shared <= OPERATOR_MAY
    assert administers(asker, NOW) == (root == EVERYTHING and not agent)
