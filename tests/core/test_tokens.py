"""Tokens: what was signed is read, anything else is refused, and no refusal repeats a token."""

import base64
import json

import jwt
import pytest

from draftwire.errors import Problem
from draftwire_server.core.tokens import ClaimedGrant, Claims, read_token, sign_token

OLD, NEW, FOREIGN = "o" * 32, "n" * 32, "f" * 32
NOW = 1_000_000.0
CLAIMS = Claims(sub="ada", workspace="demo", iat=NOW, exp=NOW + 60)


def refusal(token: str, keys: tuple[str, ...] = (NEW, OLD), now: float = NOW) -> str:
    with pytest.raises(Problem) as caught:
        read_token(token, keys, now)
    assert token not in str(caught.value)
    return caught.value.code


def test_claims_survive_the_journey() -> None:
    full = Claims(
        sub="ada",
        workspace="demo",
        iat=NOW,
        exp=NOW + 60,
        name="Ada Lovelace",
        role="editor",
        agent="assistant",
        may=frozenset(("see", "write")),
        grants=(ClaimedGrant(may=frozenset(("see",)), prefix="f/payments/"),),
    )
    for claims in (CLAIMS, full):
        assert read_token(sign_token(claims, (NEW,)), (NEW,), NOW) == claims


def test_the_first_key_signs_and_every_key_verifies() -> None:
    assert read_token(sign_token(CLAIMS, (OLD,)), (NEW, OLD), NOW) == CLAIMS
    assert refusal(sign_token(CLAIMS, (NEW, OLD)), keys=(OLD,)) == "unauthenticated"


def test_a_foreign_key_is_refused() -> None:
    assert refusal(sign_token(CLAIMS, (FOREIGN,))) == "unauthenticated"


def test_an_expired_token_is_refused_as_expired() -> None:
    token = sign_token(CLAIMS, (NEW,))
    assert refusal(token, now=NOW + 60) == "token_expired"
    assert read_token(token, (NEW,), NOW + 59.9) == CLAIMS


def test_a_token_from_the_future_is_refused() -> None:
    assert refusal(sign_token(CLAIMS, (NEW,)), now=NOW - 31) == "unauthenticated"
    assert read_token(sign_token(CLAIMS, (NEW,)), (NEW,), NOW - 29) == CLAIMS


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "abc",
        "a.b.c",
        f"{_part({'alg': 'none'})}.{_part({'sub': 'ada', 'workspace': 'demo', 'exp': NOW + 60})}.",
        sign_token(CLAIMS, (NEW,))[:-2],
    ],
)
def test_a_malformed_or_unsigned_token_is_refused(token: str) -> None:
    with pytest.raises(Problem) as caught:
        read_token(token, (NEW,), NOW)
    assert caught.value.code == "unauthenticated"


@pytest.mark.parametrize(
    "payload",
    [
        {"sub": "ada", "iat": NOW, "exp": NOW + 60},
        {"sub": "", "workspace": "demo", "iat": NOW, "exp": NOW + 60},
        {"sub": "ada", "workspace": "demo", "iat": NOW},
        {"sub": "ada", "workspace": "demo", "iat": NOW, "exp": "tomorrow"},
        {"sub": "ada", "workspace": "demo", "iat": NOW, "exp": NOW + 60, "role": "god"},
        {"sub": "ada", "workspace": "demo", "iat": NOW, "exp": NOW + 60, "may": ["everything"]},
        {"sub": "ada", "workspace": "demo", "iat": NOW, "exp": NOW + 60, "grants": "all"},
    ],
)
def test_claims_of_a_wrong_shape_are_refused(payload: dict[str, object]) -> None:
    assert refusal(jwt.encode(payload, NEW, algorithm="HS256")) == "unauthenticated"


def test_another_algorithm_is_refused() -> None:
    payload = {"sub": "ada", "workspace": "demo", "iat": NOW, "exp": NOW + 60}
    assert refusal(jwt.encode(payload, "x" * 64, algorithm="HS512"), keys=("x" * 64,)) == "unauthenticated"
