"""What an agent's token leaves of its person's rights, and what others are told of what it does."""

from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.errors import Problem
from draftwire.wire.agents import LABEL_CHARS, check_label
from draftwire.wire.messages import ActorInfo, PresenceEntry
from draftwire_server.core.access.access import (
    AGENT_MAY,
    EVERYTHING,
    SCOPES,
    Access,
    Action,
    DraftFacts,
    Grant,
    Guest,
    Mode,
    Resource,
    Right,
    decide,
    for_agent,
    is_narrowed,
    may_share,
    missing_to_type,
    only_suggests,
    reads_at_all,
    writes_at_all,
)
from draftwire_server.core.presence.presence import check_doing, without_caret

NOW = 1000.0
RIGHTS: tuple[Right, ...] = get_args(Right)
WRITER = frozenset(("see", "read_drafts", "write"))


def person(*may: Any, **more: Any) -> Access:
    grants = (Grant(frozenset(may or EVERYTHING), prefix="f/team/"),)
    return Access("me", "mia", more.pop("role", "editor"), grants, "actor", **more)


def at(purpose: Any = "shared", owner: str | None = None, **more: Any) -> Resource:
    facts = DraftFacts(purpose, owner, more.pop("visibility", "readable"), **more)
    return Resource("f/team/a", "item-1", "other", facts)


def test_an_agent_deploys_and_administers_only_if_its_token_names_that() -> None:
    assert for_agent(None) == AGENT_MAY == EVERYTHING - {"deploy", "admin"}
    assert for_agent(frozenset(("see", "deploy"))) == {"see", "deploy"}
    for may, deploys in ((None, False), (EVERYTHING, True), (WRITER, False)):
        agent = person(is_agent=True, narrowed_to=for_agent(may))
        assert decide(agent, "deploy_item", at(), NOW) == deploys
        assert decide(agent, "administer", at(), NOW) == deploys
        assert may_share(agent, at(), NOW) == frozenset(), "it hands nothing on"


@given(
    st.frozensets(st.sampled_from(RIGHTS)), st.sampled_from(get_args(Mode)), st.booleans(),
    st.sampled_from(("admin", "editor", "operator")), st.frozensets(st.sampled_from(RIGHTS)),
    st.sampled_from(("own", "shared", "suggestion")), st.sampled_from(("me", "other", None)),
    st.sampled_from(("private", "readable", "open")), st.sampled_from((None, "look", "type")), st.booleans(),
)  # fmt: skip
def test_being_an_agent_or_narrowed_never_adds_anything(
    may: Any, mode: Any, agent: bool, role: Any, held: Any, purpose: Any, owner: Any, visibility: Any, guest: Any,
    agents: bool,
) -> None:  # fmt: skip
    guests = () if guest is None else (Guest("me", guest, agents),)
    resource = at(purpose, owner, visibility=visibility, guests=guests, run="run-1")
    whole = Access("me", "mia", role, (Grant(held, prefix="f/"),), "actor", run="run-1")
    less = Access(
        "me", "mia", role, (Grant(held, prefix="f/"),), "actor", run="run-1", is_agent=agent, mode=mode,
        narrowed_to=for_agent(may) if agent else may,
    )  # fmt: skip
    for action in get_args(Action):
        assert not decide(less, action, resource, NOW) or decide(whole, action, resource, NOW), action
    assert is_narrowed(less) == (agent or may != EVERYTHING or mode != "apply")


@pytest.mark.parametrize(
    ("scope", "reads", "types", "suggests", "deploys"),
    [
        ("read", True, False, False, False),
        ("suggest", True, False, True, False),
        ("write", True, True, True, False),
        ("deploy", True, True, True, True),
    ],
)
def test_what_the_scopes_leave(scope: Any, reads: bool, types: bool, suggests: bool, deploys: bool) -> None:
    may, mode = SCOPES[scope]
    for agent in (True, False):
        access = person(is_agent=agent, narrowed_to=may, mode=mode, run="run-1")
        assert decide(access, "read_draft", at(), NOW) == reads
        assert decide(access, "type_in_draft", at(), NOW) == types
        assert decide(access, "type_in_draft", at("suggestion", run="run-1"), NOW) == suggests
        assert not decide(access, "type_in_draft", at("suggestion", run="run-2"), NOW), "another run's"
        assert decide(access, "write_item", at(), NOW) == types
        assert decide(access, "create_item", at(), NOW) == types
        assert decide(access, "deploy_item", at(), NOW) == deploys
        assert not decide(access, "administer", at(), NOW)
        assert (reads_at_all(access), writes_at_all(access)) == (True, types)
    assert set(SCOPES) == {"read", "suggest", "write", "deploy"}


def test_who_only_suggests_and_who_lacks_what() -> None:
    """Over owner, invitation, agent and mode: the answer that a refused edit gets."""
    for owner, guest, agent, mode in product(("me", "other"), (None, "type", "agents"), (False, True), get_args(Mode)):
        guests = () if guest is None else (Guest("me", "type", guest == "agents"),)
        access, resource = person(is_agent=agent, mode=mode), at("own", owner, guests=guests)
        types = decide(access, "type_in_draft", resource, NOW)
        as_person = owner == "me" or guest is not None
        assert types == (as_person and mode == "apply" and (not agent or owner == "me" or guest == "agents"))
        assert only_suggests(access, resource, NOW) == (as_person and not types)
        assert missing_to_type(access, resource, NOW) == "invitation"
    reader = person("see", "read_drafts")
    assert missing_to_type(reader, at(), NOW) == "write"
    assert not only_suggests(reader, at(), NOW)
    assert not only_suggests(person(narrowed_to=SCOPES["read"][0], is_agent=True), at("own", "me"), NOW)


def test_what_can_be_a_label() -> None:
    for label in ("helper", "Hélper ✦", "x" * LABEL_CHARS, "two words", "助手"):
        check_label(label)
    for label in ("", " ", " helper", "helper ", "a\nb", "a\tb", "a\0", "x" * (LABEL_CHARS + 1), "\u202ehelper"):
        with pytest.raises(Problem, match="bad_message"):
            check_label(label)


def test_what_one_does_is_a_line_and_lines_ascend() -> None:
    check_doing(None, None)
    check_doing("editing lines 40–52", (40, 52))
    check_doing("", (7, 7))
    for doing, lines in (("two\nlines", None), ("\x1b[31m", None), (None, (8, 7))):
        with pytest.raises(Problem, match="bad_message"):
            check_doing(doing, lines)


def test_who_may_not_read_a_draft_sees_neither_where_nor_what_is_done_in_it() -> None:
    actor = ActorInfo("a", "agent", "helper", "ada", "Ada")
    whole = PresenceEntry(
        "sid", actor, "editing", 1.0, "draft", "/content", 3, 4, 9, "run-1", "a piece of work", "some-model",
        "renaming secret_function", (40, 52),
    )  # fmt: skip
    assert without_caret(whole) == PresenceEntry(
        "sid", actor, "editing", 1.0, run="run-1", label="a piece of work", model="some-model"
    )
