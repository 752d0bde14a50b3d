"""Tokens: what was signed is read, anything else is refused, and no refusal repeats a token."""

import base64
import json
import time
from typing import Any

import jwt
import msgspec
import pytest

from draftwire.errors import Problem
from draftwire_server.core.access.tokens import (
    ClaimedGrant,
    Claims,
    Trust,
    jwks_host_problem,
    jwks_url_problem,
    peek,
    public_keys,
    read_public_token,
    read_token,
    sign_token,
)
from tests.rights.issuer import ISSUER, SigningKey

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


# ---- public keys

RSA = SigningKey("one")
EC = SigningKey("ec", "ES256")
TRUST = Trust(ISSUER, "draftwire", "https://issuer.example/jwks", ("RS256", "ES256"))


def document(*keys: Any) -> bytes:
    return msgspec.json.encode({"keys": list(keys)})


def test_only_keys_that_verify_our_algorithms_are_taken_from_a_set() -> None:
    taken = public_keys(document(RSA.public(), EC.public()))
    assert [(key.algorithm, key.kid) for key in taken] == [("RS256", "one"), ("ES256", "ec")]
    for passed_over in (
        {"kty": "oct", "k": "AAAA", "kid": "one", "alg": "HS256"},
        {"kty": "oct", "k": "AAAA", "kid": "one", "alg": "RS256"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": "AQAB"},
        {"kty": "RSA", "n": 5, "e": []},
        RSA.public(use="enc"),
        RSA.public(key_ops=["encrypt"]),
        RSA.public(alg="RS512"),
        RSA.public(alg="HS256"),
        RSA.public(kid=7),
        SigningKey("weak", bits=1024).public(),
        "text",
        None,
    ):
        assert public_keys(document(passed_over)) == ()


@pytest.mark.parametrize("broken", [b"", b"[]", b"{}", b'{"keys":{}}', b'{"keys":null}', b"\xff", b'"keys"'])
def test_what_is_no_set_of_keys_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="no JWKS"):
        public_keys(broken)


def public_refusal(token: str, keys: Any, trust: Trust = TRUST) -> str:
    with pytest.raises(Problem) as caught:
        read_public_token(token, keys, time.time(), trust)
    assert token not in str(caught.value)
    return caught.value.code


def test_a_keys_type_decides_the_algorithm() -> None:
    rsa, ec = public_keys(document(RSA.public(kid="same"), EC.public(kid="same")))
    good = SigningKey("same")
    good.private = RSA.private
    token = good.sign("demo", aud="draftwire")
    assert read_public_token(token, (rsa, ec), time.time(), TRUST).sub == "ben"
    assert public_refusal(token, (ec,)) == "unauthenticated"
    assert public_refusal(token, (rsa,), msgspec.structs.replace(TRUST, algorithms=("ES256",))) == "unauthenticated"
    assert public_refusal(token, (rsa,), msgspec.structs.replace(TRUST, issuer="https://other")) == "unauthenticated"
    assert public_refusal(token, (rsa,), msgspec.structs.replace(TRUST, audience="other")) == "unauthenticated"
    assert public_refusal(sign_token(CLAIMS, (NEW,)), (rsa, ec)) == "unauthenticated"
    assert public_refusal(good.sign("demo", aud="draftwire", exp=time.time() - 1), (rsa,)) == "token_expired"


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://issuer.example/jwks", True),
        ("http://127.0.0.1:8080/jwks", True),
        ("http://localhost/jwks", True),
        ("http://issuer.example/jwks", False),
        ("http://localhost.example/jwks", False),
        ("ftp://issuer.example/jwks", False),
        ("https://user:pass@issuer.example/", False),
        ("https:///jwks", False),
        ("https://issuer.example:port/", False),
        ("https://issuer.example/#x", False),
        ("", False),
    ],
)
def test_keys_come_over_https_or_from_this_machine(url: str, fits: bool) -> None:
    assert (jwks_url_problem(url) is None) == fits


def test_what_a_token_claims_to_be_is_read_without_believing_it() -> None:
    assert peek(sign_token(CLAIMS, (FOREIGN,))).workspace == "demo"
    for wrong in ("", "a.b", "a.b.c", jwt.encode({"workspace": "x"}, None, algorithm="none"),
                  jwt.encode({"workspace": 5}, NEW), jwt.encode({"workspace": "x" * 300}, NEW), jwt.encode({}, NEW),
                  jwt.encode({"workspace": "x"}, NEW, headers={"crit": ["exp"]})):  # fmt: skip
        with pytest.raises(Problem) as caught:
            peek(wrong)
        assert caught.value.code == "unauthenticated"


def test_a_workspace_sends_the_server_only_where_its_operator_allows() -> None:
    assert jwks_host_problem("https://issuer.example/jwks", ()) is None
    assert jwks_host_problem("https://issuer.example/jwks", ("issuer.example",)) is None
    for host in ("127.0.0.1:8000", "localhost", "[::1]", "127.0.0.2", "0.0.0.0", "[::ffff:127.0.0.1]", "localhost.",  # noqa: S104
                 "2130706433", "169.254.169.254", "10.0.0.1", "0x7f.1", "a.localhost"):  # fmt: skip
        url = f"https://{host}/x"
        assert jwks_host_problem(url, ()) is not None
    assert jwks_host_problem("https://other.example/jwks", ("issuer.example",)) is not None
    assert jwks_host_problem("http://127.0.0.1:8000/x", ("127.0.0.1",)) is None
