"""What stands in places of secrets: found, replaced, and masked where it may not stand."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.core.kinds.kind_file import load_kind
from draftwire_server.core.kinds.kinds import markers, masked, plain_secrets, with_markers

KIND = load_kind(json.dumps({
    "name": "k", "title": "k", "schema": {}, "initial": {}, "keyed": ["/items"],
    "secret": ["/pass", "/items/*/pass", "/deep/**/key"],
}).encode())  # fmt: skip
PLAIN = "hunter"

leaf = st.sampled_from([None, "", PLAIN, {"$secret": "a"}, {"$secret": "b"}, {"$secret": 1}, 3, [PLAIN], {"x": PLAIN}])
inner = st.recursive(
    leaf, lambda v: st.dictionaries(st.sampled_from(["key", "other", "pass"]), v, max_size=3), max_leaves=6
)
values = st.fixed_dictionaries(
    {},
    optional={
        "pass": leaf,
        "deep": inner,
        "items": st.lists(st.fixed_dictionaries({"id": st.just("i")}, optional={"pass": leaf}), max_size=3),
    },
)


def at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


@given(values)
def test_markers_are_found_where_secrets_stand_and_nowhere_else(value: dict[str, Any]) -> None:
    found = markers(KIND, value)
    plain = plain_secrets(KIND, value)
    assert not set(found) & set(plain)
    for pointer, secret in found.items():
        assert at(value, pointer) == {"$secret": secret}
        assert pointer.endswith(("/pass", "/key"))
    for pointer in plain:
        assert at(value, pointer) not in (None, "", {"$secret": "a"}, {"$secret": "b"})


@given(values)
def test_a_fork_has_new_ids_and_says_what_it_lacks(value: dict[str, Any]) -> None:
    before = json.dumps(value)
    made, dropped = with_markers(KIND, value, {"a": "new"})
    assert json.dumps(value) == before
    assert set(markers(KIND, made).values()) <= {"new"}
    assert set(dropped) == {pointer for pointer, secret in markers(KIND, value).items() if secret == "b"}
    assert len(markers(KIND, made)) + len(dropped) == len(markers(KIND, value))


@given(values)
def test_a_masked_value_holds_no_plain_secret_and_all_the_rest(value: dict[str, Any]) -> None:
    made = masked(KIND, value, "", ())
    assert plain_secrets(KIND, made) == ()
    assert markers(KIND, made) == markers(KIND, value)
    if not plain_secrets(KIND, value):
        assert made == value


@given(values, st.sampled_from(["gone", "gone/pass", "gone/x/key", "gone/other"]))
def test_where_the_element_is_gone_every_place_named_like_a_secrets_is_masked(
    value: dict[str, Any], where: str
) -> None:
    text = json.dumps(masked(KIND, {"pass": PLAIN, "deep": {"key": [PLAIN]}, "title": "kept"}, where, None))
    assert PLAIN not in text
    assert ("kept" in text) == (not where.endswith(("/pass", "/key")))
    assert masked(KIND, PLAIN, "/pass/inside", None) is None
    assert masked(KIND, PLAIN, "/title", None) == PLAIN
