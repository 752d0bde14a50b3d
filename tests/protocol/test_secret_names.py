"""Which names of members tell of secrets: a table in both directions, whatever their case style."""

import pytest

from draftwire.wire.secret_names import is_secret_name, words_of
from tests.protocol.member_names import PLAIN, SECRET


def test_names_of_secrets_are_known_and_others_are_not() -> None:
    assert [name for name in SECRET if not is_secret_name(name)] == [], "these stay plain and are shown"
    assert [name for name in PLAIN if is_secret_name(name)] == [], "these can't be edited for nothing"
    assert not is_secret_name("")


@pytest.mark.parametrize("words", [("api", "key"), ("secret", "access", "key"), ("auth", "token"), ("primary", "key")])
def test_the_case_style_makes_no_difference(words: tuple[str, ...]) -> None:
    camel = words[0] + "".join(word.title() for word in words[1:])
    styles = ["_".join(words), "-".join(words), ".".join(words), " ".join(words), "_".join(words).upper(), camel]
    styles += [camel[0].upper() + camel[1:], f"{'_'.join(words)}_2", f"my{camel[0].upper()}{camel[1:]}3"]
    assert {is_secret_name(style) for style in styles} == {words != ("primary", "key")}


def test_a_name_is_taken_apart_at_its_case_and_its_digits() -> None:
    assert words_of("AWSSecretAccessKey2") == ["aws", "secret", "access", "key"]
    assert words_of("OAuth2_token") == ["o", "auth", "token"]
