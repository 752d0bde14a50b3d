"""Tokens of an issuer with public keys: per workspace, rotated, unreachable, and nobody else's."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from draftwire.rest.identity import IdentitySettings
from tests.rights.conftest import Office, code, refusal
from tests.rights.issuer import ISSUER, Jwks, SigningKey, jwks
from tests.system.cluster import TOKEN_KEY
from tests.system.world import world
from tests.waiting import until

pytestmark = pytest.mark.slow

RSA, OTHER, EC = SigningKey("one"), SigningKey("two"), SigningKey("ec", "ES256")
BOTH: tuple[Any, ...] = ("HS256", "RS256", "ES256")


async def trusting(office: Office, served: Jwks, **more: Any) -> None:
    """The workspace takes the issuer's tokens beside the server's own."""
    settings = {"issuer": ISSUER, "jwks_url": served.url, "algorithms": BOTH, **more}
    await office.api("ada", iss=ISSUER, aud=more.get("audience")).tokens.set_identity(IdentitySettings(**settings))


async def let_in(office: Office, token: str, worker: int = 0) -> bool:
    async with office.home.server.http(worker, token) as client:
        answer = (await client.get("/v1/me")).status_code
    assert answer in (200, 401)
    return answer == 200


async def test_tokens_of_the_issuers_public_keys_open_the_workspace(office: Office) -> None:
    async with jwks() as served:
        served.keys = [RSA.public(), EC.public(), {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "ed"}]
        await trusting(office, served)
        for key in (RSA, EC):
            for worker in (0, 1):
                assert await let_in(office, key.sign(office.workspace), worker)
        async with await office.home.socket("", 1, token=RSA.sign(office.workspace)) as socket:
            assert (await socket.next("welcome"))["actor"]["name"] == "ben"
        unnamed = SigningKey(None)
        unnamed.private = RSA.private
        assert await let_in(office, unnamed.sign(office.workspace)), "a token that names no key is tried with all"
        for wrong in (
            OTHER.sign(office.workspace),
            RSA.sign(office.workspace, iss="https://other.example"),
            RSA.sign(office.workspace, iss=None),
            RSA.sign(office.workspace, nbf=time.time() + 600),
            RSA.sign("no-such-workspace"),
            RSA.sign(office.workspace)[:-8] + "AAAAAAAA",
        ):
            assert not await let_in(office, wrong)
        assert await code(office.api_with(RSA.sign(office.workspace, exp=time.time() - 1)).me()) == "token_expired"


async def test_no_algorithm_can_be_passed_off_as_another(office: Office) -> None:
    """RFC 8725 §2.1: neither "none", nor the public key as an HMAC secret, nor a key of another type."""
    async with jwks() as served:
        served.keys = [
            RSA.public(),
            {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "oct"},
        ]
        await trusting(office, served)
        now = time.time()
        claims = {"sub": "ben", "workspace": office.workspace, "iss": ISSUER, "iat": now, "exp": now + 60}
        pem = RSA.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

        def part(value: Any) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        confused = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
        mac = hmac.digest(pem, confused.encode(), hashlib.sha256)
        for wrong in (
            jwt.encode(claims, None, algorithm="none"),
            f"{confused}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}",
            jwt.encode(claims, "secret-secret-secret-secret-secret", "HS256", headers={"kid": "oct"}),
            jwt.encode(claims, RSA.private, "RS512", headers={"kid": "one"}),
            jwt.encode(claims, RSA.private, "PS256", headers={"kid": "one"}),
            jwt.encode(claims, EC.private, "ES256", headers={"kid": "one"}),
            jwt.encode(claims, RSA.private, "RS256", headers={"kid": "one", "crit": ["x"], "x": 1}),
            "a.b.c",
            "",
        ):
            assert not await let_in(office, wrong or "-")
        assert await let_in(office, RSA.sign(office.workspace))


async def test_keys_are_rotated_and_an_unreachable_issuer_keeps_the_known_ones(office: Office) -> None:
    async with jwks() as served:
        served.keys = [RSA.public()]
        await trusting(office, served)
        assert await let_in(office, RSA.sign(office.workspace))
        served.keys = [OTHER.public()]

        async def new_key() -> bool:
            return await let_in(office, OTHER.sign(office.workspace))

        await until(new_key, "the new key is found")

        async def old_key_ends() -> bool:
            return not await let_in(office, RSA.sign(office.workspace))

        await until(old_key_ends, "the old key counts no more")
        for status, body in ((503, None), (302, None), (200, b"{"), (200, b'{"keys":[]}'), (200, b"x" * 300_000)):
            served.status, served.body = status, body
            asked = served.asked

            async def asked_again(asked: int = asked) -> bool:
                assert await let_in(office, OTHER.sign(office.workspace))
                return served.asked > asked

            await until(asked_again, f"the set is read again: {status}")
            assert await let_in(office, OTHER.sign(office.workspace)), (status, body)
    assert await let_in(office, OTHER.sign(office.workspace)), "nobody answers there any more"


async def test_unknown_keys_do_not_make_the_server_ask_again_and_again(office: Office) -> None:
    async with jwks() as served:
        served.keys = [RSA.public()]
        await trusting(office, served)
        assert await let_in(office, RSA.sign(office.workspace))
        began, asked = time.monotonic(), served.asked
        for _ in range(40):
            assert not await let_in(office, OTHER.sign(office.workspace))
        assert served.asked - asked <= 2 + (time.monotonic() - began) / 0.3


async def test_keys_that_were_never_to_be_had_are_unavailable(office: Office) -> None:
    async with jwks() as served:
        served.keys = [RSA.public()]
        await trusting(office, served)
    # worker 1 has never asked
    assert await code(office.api_with(RSA.sign(office.workspace), 1).me()) == "unavailable"
    async with await office.home.socket("", 1, token=RSA.sign(office.workspace)) as socket:
        assert await socket.closed() == 4003, "come back"


async def test_an_issuer_opens_its_own_workspace_and_no_other(office: Office, session_database_url: str) -> None:
    async with (
        jwks() as mine,
        jwks() as theirs,
        world(office.home.server, session_database_url, f"their-place-{secrets.token_hex(4)}") as other,
    ):
        mine.keys, theirs.keys = [RSA.public()], [OTHER.public()]
        await trusting(office, mine)
        await other.member("ada", "admin")
        there = Office(other)
        assert not await let_in(there, RSA.sign(other.workspace)), "one that takes the server's tokens alone"
        await trusting(there, theirs)
        assert await let_in(there, OTHER.sign(other.workspace))
        assert not await let_in(there, RSA.sign(other.workspace))
        assert not await let_in(office, OTHER.sign(office.workspace))
        assert not await let_in(there, RSA.sign("their-place"))
        client = there.home.server.http(0, RSA.sign(office.workspace))
        async with client:
            assert (await client.get(f"/v1/w/{other.workspace}/items")).status_code == 404
        await there.close()


@pytest.mark.alone
async def test_the_audience_is_asked_for_and_a_change_ends_what_is_open(office: Office) -> None:
    async with jwks() as served:
        served.keys = [RSA.public()]
        await trusting(office, served)
        async with await office.home.socket("", 1, token=RSA.sign(office.workspace)) as socket:
            await socket.next("welcome")
            began = time.monotonic()
            await office.api("ada", iss=ISSUER, aud="draftwire").tokens.set_identity(
                IdentitySettings(ISSUER, "draftwire", served.url, BOTH)
            )
            assert await socket.closed() == 4503
            assert time.monotonic() - began < 1.0
        assert not await let_in(office, RSA.sign(office.workspace))
        assert not await let_in(office, RSA.sign(office.workspace, aud=["other"]))
        assert await let_in(office, RSA.sign(office.workspace, aud=["other", "draftwire"]))
        assert await let_in(office, RSA.sign(office.workspace, aud="draftwire"), 1)


async def test_settings_that_can_not_be_used_or_lock_out_are_refused(office: Office) -> None:
    ada = office.api("ada")
    async with jwks() as served:
        served.keys = [RSA.public(kid="weak")]
        for settings, wanted in (
            (IdentitySettings(jwks_url=served.url), "bad_message"),
            (IdentitySettings(ISSUER, jwks_url="http://issuer.example/jwks"), "bad_message"),
            (IdentitySettings(ISSUER, jwks_url="file:///etc/passwd"), "bad_message"),
            (IdentitySettings(ISSUER, jwks_url="https://user@issuer.example/"), "bad_message"),
            (IdentitySettings(ISSUER, jwks_url="http://127.0.0.1:1/jwks"), "bad_jwks"),
            (IdentitySettings(ISSUER, jwks_url="https://elsewhere.example/jwks"), "bad_message"),
            (IdentitySettings(ISSUER, jwks_url=served.url), "locks_out"),
            (IdentitySettings(issuer="https://new.example"), "locks_out"),
            (IdentitySettings(audience="x"), "locks_out"),
            (IdentitySettings(algorithms=()), "bad_message"),
        ):
            assert await code(ada.tokens.set_identity(settings)) == wanted, settings
        assert (await ada.tokens.identity()).set == IdentitySettings()
        served.keys = [SigningKey("weak", bits=1024).public()]
        assert await code(ada.tokens.set_identity(IdentitySettings(ISSUER, jwks_url=served.url))) == "bad_jwks"
        served.keys = [RSA.public()]
        by_key = office.api_with((await ada.keys.make("recovery")).secret)
        held = (await by_key.tokens.set_identity(IdentitySettings(ISSUER, jwks_url=served.url))).holds
        assert held.algorithms == ("RS256", "ES256"), "with an own JWKS the server's keys count only if it says so"
        assert (await refusal(ada.me())).code == "unauthenticated"
        assert await let_in(office, RSA.sign(office.workspace))
        assert (await by_key.me()).role == "admin", "a key opens the workspace whatever its issuer"
        await by_key.tokens.set_identity(IdentitySettings())
        assert (await ada.me()).role == "admin"
    assert TOKEN_KEY not in office.home.server.log
