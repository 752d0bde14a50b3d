"""The grammars of paths: which one holds is a rule of the workspace."""

import pytest

from draftwire.errors import Problem
from draftwire_server.core.items.paths import RULES, check_path


@pytest.mark.parametrize(
    "path", ["u/ada/x", "f/a/b/c", "g/all/x", "f/größe/x", "f/a b/c d", "u/ada/" + "x" * 249, "f/a/.hidden"]
)
def test_a_path_of_the_grammar_is_kept_as_it_is(path: str) -> None:
    assert check_path(path, "windmill") == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "x", "u/ada", "x/y/z", "F/a/b", "/u/ada/x", "u/ada/x/", "u//x", "u/./x", "u/../x", "u/ada/..", "f/a/ b"),
        *("f/a/b ", "f/a/b%2fc", "f/a/b?c", "f/a/b#c", "f\\a\\b", "f/a/b\n", "f/a/\x7f", "f/a/\0"),
        *("u/ada/" + "x" * 250, "f/" + "/".join("x" * 16)),
    ],
)
def test_what_a_url_or_a_shell_would_read_otherwise_is_refused(path: str) -> None:
    with pytest.raises(Problem) as refused:
        check_path(path, "windmill")
    assert refused.value.code == "bad_path"


def test_paths_that_look_alike_are_one() -> None:
    assert check_path("f/a/cafe\u0301", "windmill") == "f/a/caf\u00e9"


def test_another_rule_has_another_grammar_and_the_same_safety() -> None:
    assert set(RULES) == {"windmill", "free"}
    assert check_path("anything", "free") == "anything"
    for path in ("", "..", "a//b", "a%b"):
        with pytest.raises(Problem):
            check_path(path, "free")
