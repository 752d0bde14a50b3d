"""Signatures as Standard Webhooks makes them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.webhooks import BadSignature, sign, verify

# The vector of the reference libraries of the standard.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIME, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(signature: str = SIGNATURE, time: int = TIME) -> dict[str, str]:
    return {"Webhook-Id": ID, "webhook-timestamp": str(time), "webhook-signature": signature}


def test_the_vector_of_the_standard() -> None:
    assert sign(SECRET, ID, TIME, BODY) == SIGNATURE
    assert sign(SECRET.removeprefix("whsec_"), ID, TIME, BODY) == SIGNATURE
    verify(BODY, headers(), [SECRET], now=TIME)
    verify(BODY, headers(f"v1,bm9uc2U= v2,x {SIGNATURE}"), ["whsec_AAAA", SECRET], now=TIME + 299)


def test_what_is_not_genuine_is_refused() -> None:
    for given_, now, secrets, body in (
        (headers(), TIME + 301, [SECRET], BODY),
        (headers(), TIME - 301, [SECRET], BODY),
        (headers(time=TIME + 1), TIME, [SECRET], BODY),
        (headers("v1,bm9uc2U="), TIME, [SECRET], BODY),
        (headers(SIGNATURE.replace("v1", "v2")), TIME, [SECRET], BODY),
        (headers(), TIME, [SECRET], BODY + b" "),
        (headers(), TIME, ["whsec_AAAA"], BODY),
        (headers(), TIME, [], BODY),
        ({}, TIME, [SECRET], BODY),
        ({**headers(), "webhook-timestamp": "soon"}, TIME, [SECRET], BODY),
    ):
        with pytest.raises(BadSignature):
            verify(body, given_, secrets, now=now)
    with pytest.raises(ValueError, match="base64"):
        sign("whsec_!", ID, TIME, BODY)


@given(st.binary(max_size=50), st.binary(min_size=24, max_size=64), st.integers(0, 2**32), st.data())
def test_a_changed_message_is_noticed(body: bytes, key: bytes, time: int, data: st.DataObject) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    given_ = headers(sign(secret, ID, time, body), time)
    verify(body, given_, [secret], now=time)
    other = data.draw(st.binary(max_size=50).filter(lambda b: b != body))
    with pytest.raises(BadSignature):
        verify(other, given_, [secret], now=time)
