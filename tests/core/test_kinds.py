"""Kinds: a file says everything, all its problems are named at once, and the code knows no kind by name."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from draftwire.document.document import Document
from draftwire.document.shape import ELEMENT
from draftwire.errors import Problem
from draftwire_server.core.kinds.kind_file import KindError, definition_of, load_kind
from draftwire_server.core.kinds.kinds import Kinds, language_of, markers, masked, plain_secrets, title_of
from draftwire_server.core.kinds.references import references
from draftwire_server.core.kinds.schemas import schema_problems
from draftwire_server.kinds import load_kinds
from tests.protocol.member_names import PLAIN, SECRET

RECIPE: dict[str, Any] = {
    "name": "recipe",
    "title": "Recipe",
    "schema": {"type": "object", "required": ["steps"], "properties": {"steps": {"type": "array"}}},
    "keyed": ["/steps", "/steps/**/parts"],
    "text": ["/title", "/steps/*/how", "/notes"],
    "language": [{"text": "/notes", "always": "markdown"}, {"text": "/steps/*/how", "sibling": "tongue"}],
    "secret": ["/steps/*/trick", "/**/password"],
    "computed": ["/hash"],
    "draft_mode": "shared",
    "initial": {"title": "", "steps": []},
    "title_from": "/title",
}


def problems(**changed: Any) -> list[str]:
    raw = {key: value for key, value in (RECIPE | changed).items() if value is not ...}
    with pytest.raises(KindError) as caught:
        load_kind(msgspec.json.encode(raw))
    return caught.value.problems


def recipe(**changed: Any) -> Any:
    return load_kind(msgspec.json.encode(RECIPE | changed))


def test_an_invented_kind_is_as_good_as_ours() -> None:
    kind = recipe()
    document = Document.load({"title": "Bread", "steps": [{"id": "s1", "how": "Knead."}]}, kind.document_shape)
    assert document.get("s1/how") == "Knead."
    assert kind.document_shape.is_text(("steps", ELEMENT, "how"))
    assert kind.document_shape.is_keyed(("steps", ELEMENT, "x", "parts"))
    assert kind.wire_shape.keyed == ("/steps", "/steps/**/parts")


def test_all_problems_of_a_file_are_named_at_once() -> None:
    found = problems(
        name="Recipe!",
        title=...,
        keyed=["steps"],
        text=[1],
        draft_mode="maybe",
        schema={"type": "nonsense"},
        extra=True,
    )
    for word in ("name", "title", "keyed", "text", "draft_mode", "schema", "extra"):
        assert any(problem.startswith(word) for problem in found), (word, found)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"text": ["/a/**"]}, "must end"),
        ({"text": ["/a", "/a"], "language": []}, "twice"),
        ({"language": [{"text": "/elsewhere", "always": "c"}]}, "not among"),
        ({"language": [{"text": "/notes"}]}, "either"),
        ({"language": [{"text": "/notes", "always": "a", "sibling": "b"}]}, "either"),
        ({"title_from": "title"}, "pointer"),
        ({"initial": {"steps": [{"id": "a"}, {"id": "a"}]}}, "initial"),
        ({"initial": {"steps": [{}]}}, "initial"),
        ({"initial": []}, "initial"),
        ({"visibility": "public"}, "visibility"),
    ],
)
def test_what_would_not_work_later_is_refused_when_the_file_is_read(changed: dict[str, Any], told: str) -> None:
    assert any(told in problem for problem in problems(**changed))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_file_that_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(KindError):
        load_kind(data)


def test_a_kind_with_secrets_is_private_unless_it_says_otherwise() -> None:
    assert recipe().visibility == "private"
    assert recipe(secret=[]).visibility == "readable"
    assert recipe(visibility="open").visibility == "open"


def test_plain_secrets_are_found_wherever_they_stand_and_references_are_none() -> None:
    kind = recipe()
    value = {
        "password": "p",
        "deep": {"a/b": [{"password": 7}]},
        "steps": [
            {"id": "a", "trick": {"$secret": "s1"}},
            {"id": "b", "trick": "salt"},
            {"id": "c", "trick": ""},
        ],
    }
    assert plain_secrets(kind, value) == ("/password", "/deep/a~1b/0/password", "/steps/1/trick")
    assert plain_secrets(kind, "salt", ("steps", ELEMENT, "trick")) == ("",)
    assert plain_secrets(kind, {"trick": "salt"}, ("steps", ELEMENT)) == ("/trick",)
    assert plain_secrets(kind, {"$secret": "s", "more": 1}, ("steps", ELEMENT, "trick")) == ("",)
    assert plain_secrets(recipe(secret=[]), value) == ()


def test_titles_and_languages_come_from_the_document() -> None:
    kind = recipe()
    assert title_of(kind, {"title": "Bread"}) == "Bread"
    assert title_of(kind, {"title": 7}) == ""
    assert title_of(kind, {}) == ""
    assert language_of(kind, ("notes",), {}) == "markdown"
    assert language_of(kind, ("steps", ELEMENT, "how"), {"tongue": "de"}) == "de"
    assert language_of(kind, ("steps", ELEMENT, "how"), {}) is None
    assert language_of(kind, ("title",), {}) is None


def test_schema_problems_carry_pointers() -> None:
    (found,) = schema_problems(recipe().schema_json, {"steps": 3})
    assert (found.at, found.code) == ("/steps", "schema")
    assert "array" in found.message
    assert schema_problems(recipe().schema_json, {"steps": []}) == ()


def test_a_sentence_about_the_schema_never_repeats_the_value() -> None:
    kind = recipe(schema={"properties": {"pin": {"type": "string", "pattern": "^[0-9]+$", "maxLength": 3}}})
    found = schema_problems(kind.schema_json, {"pin": "correct horse"})
    assert len(found) == 2
    assert not any("horse" in each.message for each in found)


def test_a_pattern_that_backtracks_for_ever_elsewhere_is_checked_in_linear_time() -> None:
    kind = recipe(schema={"properties": {"x": {"type": "string", "pattern": "^(a+)+$"}}})
    assert len(schema_problems(kind.schema_json, {"x": "a" * 5_000 + "!"})) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "https://example.com/x"},
        {"properties": {"x": {"pattern": "(?=a)b"}}},
        {"properties": {"x": {"pattern": "("}}},
        {"$ref": "#/$defs/nowhere"},
    ],
)
def test_a_schema_fetches_nothing_and_must_compile(schema: dict[str, Any]) -> None:
    assert any(problem.startswith("schema") for problem in problems(schema=schema))


def test_references_are_found_by_pattern_with_the_kinds_that_they_may_be() -> None:
    kind = recipe(reference=[{"at": "/steps/*/uses", "kinds": ["tool"]}, {"at": "/args/*", "prefix": "$res:"}])
    value = {
        "steps": [{"id": "a", "uses": "f/x/y"}, {"id": "b", "uses": ""}],
        "args": {"db": "$res:u/a/b", "n": "plain"},
    }
    assert [(r.at, r.path, r.kinds) for r in references(kind, value)] == [
        ("/steps/0/uses", "f/x/y", ("tool",)),
        ("/args/db", "u/a/b", ()),
    ]
    assert any("reference" in p for p in problems(reference=[{"at": "x"}]))
    assert any("reference" in p for p in problems(reference=[{"kinds": ["x"]}]))


def test_a_kinds_limits_are_never_above_the_servers() -> None:
    assert recipe(limits={"document_bytes": 1000}).limits.document_bytes == 1000
    for wrong in ({"document_bytes": 2**40}, {"elements": 0}, {"unknown": 1}, 3):
        assert any("limits" in p for p in problems(limits=wrong)), wrong


@pytest.mark.parametrize("kind", list(load_kinds()), ids=lambda kind: str(kind.name))
def test_a_kind_written_and_read_again_is_the_same(kind: Any) -> None:
    again = load_kind(msgspec.json.encode(definition_of(kind)))
    assert definition_of(again) == definition_of(kind)
    assert again.shape_id == kind.shape_id


def test_a_value_that_was_made_before_its_array_was_keyed_is_shown_with_a_plain_one() -> None:
    kind = recipe()
    assert kind.fitting({"steps": [{"id": "a"}]}) is kind
    plain = kind.fitting({"steps": [{"id": "a"}, {"id": "a"}]})
    assert plain.wire_shape.keyed == ()
    assert plain.text == kind.text
    assert plain.shape_id != kind.shape_id


def test_an_unknown_kind_is_refused_with_its_code() -> None:
    kinds = Kinds([recipe()])
    assert kinds.get("recipe").title == "Recipe"
    assert "recipe" in kinds
    with pytest.raises(Problem, match="unknown_kind"):
        kinds.get("cake")


@pytest.mark.parametrize("kind", list(load_kinds()), ids=lambda kind: str(kind.name))
def test_what_a_shipped_kind_begins_with_satisfies_its_own_schema(kind: Any) -> None:
    assert schema_problems(kind.schema_json, kind.initial) == ()
    assert plain_secrets(kind, kind.initial) == ()


def test_modules_of_a_flow_are_keyed_at_any_depth() -> None:
    shape = load_kinds().get("flow").document_shape
    inner = {"id": "c", "value": {"type": "rawscript", "language": "bun", "content": "x"}}
    loop = {"id": "b", "value": {"type": "forloopflow", "modules": [inner]}}
    other = {"id": "d", "value": {"type": "rawscript", "content": "z"}}
    branches = {"type": "branchone", "branches": [{"id": "y", "modules": [loop]}], "default": [other]}
    branch = {"id": "a", "value": branches}
    document = Document.load({"value": {"modules": [branch]}}, shape)
    assert set(document.elements()) == {"a", "b", "c", "d", "y"}
    for address in ("c/value/content", "d/value/content", "y/expr", "a/summary"):
        place = document.place(address)
        assert place is not None
        assert place.text, address


def test_an_operators_own_kind_joins_ours(tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_bytes(msgspec.json.encode(RECIPE))
    kinds = load_kinds(tmp_path)
    assert {kind.name for kind in kinds} == {kind.name for kind in load_kinds()} | {"recipe"}
    (tmp_path / "wrong.json").write_bytes(msgspec.json.encode(RECIPE))
    with pytest.raises(KindError, match=r"wrong\.json holds kind recipe"):
        load_kinds(tmp_path)


def test_no_kinds_name_stands_in_the_code() -> None:
    """Words like "script" are in the language anyway: looked for are comparisons with a kind's name."""
    names = "|".join(kind.name for kind in load_kinds())
    pattern = re.compile(rf"""kind(\.name)?\s*(==|!=|in)\s*\(?["']({names})["']""")
    root = Path(__file__).resolve().parents[2]
    for path in (root / "server" / "draftwire_server").rglob("*.py"):
        assert not pattern.search(path.read_text()), path


def test_a_pattern_may_name_every_member_whose_name_tells_of_a_secret() -> None:
    kind = recipe(secret=["/value/**/<secret>", "/steps/*/trick"])
    for name in SECRET:
        for value in ({name: "hunter2"}, {"deep": [{name: {"any": "hunter2"}}]}):
            assert plain_secrets(kind, {"value": value}), name
            assert "hunter2" not in str(masked(kind, {"value": value}, "", ())), name
        assert masked(kind, "plain", f"gone/{name}", None) is None, name
        assert markers(kind, {"value": {name: {"$secret": "s"}}}), name
    for name in PLAIN:
        assert not plain_secrets(kind, {"value": {name: "plain"}}), name
    assert not plain_secrets(kind, {"password": "elsewhere"}), "the pattern says where"


@pytest.mark.parametrize("text", ["$var:f/payments/stripe", "$res:u/ada/db", "$var:g/all/deep/path"])
def test_the_name_of_another_item_is_no_plain_secret(text: str) -> None:
    kind = recipe(secret=["/**/<secret>"])
    assert plain_secrets(kind, {"token": text}) == ()
    assert masked(kind, {"token": text}, "", ()) == {"token": text}


@pytest.mark.parametrize(
    "text", ["$var:hunter2", "$var:", "$res:f/x", "$var:f/a/b c", "x$var:f/a/b", "$secret:f/a/b", "$"]
)
def test_what_only_looks_like_the_name_of_an_item_is_a_plain_secret(text: str) -> None:
    assert plain_secrets(recipe(secret=["/**/<secret>"]), {"token": text}) == ("/token",)


HIDDEN: dict[str, dict[str, Any]] = {
    "writeOnly": {"type": "string", "writeOnly": True},
    "format": {"type": "string", "format": "password"},
    "password": {"type": "string", "password": True},
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_a_schema_says_itself_what_is_secret(hidden: dict[str, Any]) -> None:
    inner = {"type": "object", "properties": {"pin": hidden}}
    schema = {
        "type": "object",
        "properties": {
            "pin": hidden,
            "deep": {"items": inner},
            "map": {"additionalProperties": hidden},
            "ref": {"$ref": "#/$defs/inner"},
            "anchor": {"$ref": "#there"},
            "either": {"anyOf": [{"type": "null"}, {"allOf": [inner]}]},
            "tree": {"$ref": "#/$defs/tree"},
            "a/b": hidden,
            "open": {"type": "string"},
        },
        "then": {"properties": {"late": hidden}},
        "$defs": {
            "inner": inner | {"$anchor": "there"},
            "tree": {"properties": {"pin": hidden, "left": {"$ref": "#/$defs/tree"}, "all": {"items": {"$ref": "#"}}}},
        },
    }
    kind = recipe(schema=schema, secret=["/more"])
    assert kind.visibility == "private"
    assert plain_secrets(kind, {"pin": "p", "open": "o", "more": "m"}) == ("/pin", "/more")
    for value in (
        {"deep": [{}, {"pin": "p"}]}, {"map": {"any": "p"}}, {"ref": {"pin": "p"}}, {"anchor": {"pin": "p"}},
        {"either": {"pin": "p"}}, {"tree": {"left": {"left": {"pin": "p"}}}}, {"tree": {"all": [{"pin": "p"}]}},
        {"a/b": "p"}, {"late": "p"},
    ):  # fmt: skip
        assert len(plain_secrets(kind, value)) == 1, value
    assert load_kind(msgspec.json.encode(definition_of(kind))).secret == kind.secret, "what is put back says the same"


def test_a_schema_whose_places_cannot_be_walked_through_is_refused_if_it_has_secrets() -> None:
    defs: dict[str, Any] = {
        f"d{n}": {"properties": {"a": {"$ref": f"#/$defs/d{n + 1}"}, "b": {"$ref": f"#/$defs/d{n + 1}"}}}
        for n in range(20)
    }
    schema = {"$ref": "#/$defs/d0", "$defs": defs | {"d20": {"type": "string"}}}
    assert recipe(schema=schema).secret == tuple(RECIPE["secret"])
    assert any(
        "too many places" in told for told in problems(schema=schema | {"$defs": defs | {"d20": HIDDEN["format"]}})
    )
