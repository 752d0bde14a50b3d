"""What a list reads is what the decision shows: the same items, whatever the grants and the scope of a token."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.core.access.access import Access, Grant, Resource, Within, decide, visible
from draftwire_server.core.access.reach import LAST, reach, stretches

NOW = 1_000.0
PLACES = ("u/ada/", "u/ben/", "f/desk/", "f/desk/old/", "f/shop/", "f/", "")
PATHS = ("u/ada/x", "u/ben/x", "f/desk/a", "f/desk/old/a", "f/desk/old/b", "f/deskx/a", "f/shop/a", "g/all/x", None)
rights = st.frozensets(st.sampled_from(("see", "write", "read_drafts", "run")), max_size=3)
grants = st.lists(
    st.one_of(
        st.builds(Grant, rights, prefix=st.sampled_from(PLACES), until=st.sampled_from((None, 1.0, 2_000.0))),
        st.builds(Grant, rights, item=st.sampled_from(("i0", "i3", "i8"))),
    ),
    max_size=4,
)
scopes = st.one_of(
    st.none(),
    st.builds(
        Within,
        st.lists(st.sampled_from(PLACES), max_size=2).map(tuple),
        st.lists(st.sampled_from(("i1", "i8", "i9")), max_size=2).map(tuple),
    ),
)
accesses = st.builds(
    Access, user=st.just("me"), username=st.just("ada"), role=st.sampled_from(("admin", "editor", "operator")),
    grants=grants.map(tuple), actor=st.just("a"), within=scopes,
    narrowed_to=st.sampled_from((frozenset(("see", "write", "run")), frozenset(("run",)))),
)  # fmt: skip
ITEMS = [
    Resource(path=path, item=f"i{number}", creator=creator)
    for number, (path, creator) in enumerate([*((path, "other") for path in PATHS), (None, "me")])
]


@given(access=accesses, below=st.sampled_from(("", "f/", "f/desk/", "f/de", "u/ada/x")))
def test_the_stretches_hold_what_may_be_seen_and_nothing_else(access: Access, below: str) -> None:
    shown = reach(visible(access, NOW), below)
    ranges = stretches(shown.prefixes, "")
    for item in ITEMS:
        if item.path is not None and not item.path.startswith(below):
            continue
        allowed = decide(access, "see_item", item, NOW)
        read = item.path is not None and any(low <= item.path < high for low, high in ranges)
        if item.path is None:
            read = shown.pathless == "all" or (shown.pathless == "own" and item.creator == "me")
        if read:
            assert allowed, item
        elif allowed and (item.path is not None or not below):
            assert item.item in shown.items, item  # asked for by itself, with the whole condition


@given(st.lists(st.sampled_from(PLACES), max_size=5), st.sampled_from(("", "f/desk/a", "u/", LAST)))
def test_stretches_do_not_meet_and_begin_after_the_last_item(prefixes: list[str], after: str) -> None:
    ranges = sorted(stretches(reach(_see(prefixes)).prefixes, after))
    assert all(after <= low < high for low, high in ranges)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ranges))


def _see(prefixes: list[str]) -> object:
    access = Access("me", "nobody", "editor", tuple(Grant(frozenset(("see",)), prefix=p) for p in prefixes), "a")
    return visible(access, NOW)
