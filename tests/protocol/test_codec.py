"""Frames in and out: what is refused is refused at the boundary, with its code; what is well comes back as it was."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from draftwire.errors import Problem
from draftwire.wire.codec import decode_client, decode_server, decode_value, encode
from tests.protocol.message_samples import frame_cases, refused_message_cases

DECODE: dict[str, Any] = {"client": decode_client, "server": decode_server}
EDIT = '{"t":"edit","draft":"d","generation":1,"base":0,"mark":"m","seen":0,"no":1,"key":"k","ops":[%s]}'


def code_of(payload: bytes) -> str:
    with pytest.raises(Problem) as refused:
        decode_client(payload)
    return refused.value.code


@pytest.mark.parametrize("case", list(frame_cases()), ids=lambda case: f"{case['from']} {case['message']['t']}")
def test_a_message_comes_back_as_it_was(case: dict[str, Any]) -> None:
    decode = DECODE[case["from"]]
    message = decode(json.dumps(case["message"]).encode())
    written = json.loads(encode(message))
    assert decode(encode(message)) == message
    named = {name: value for name, value in case["message"].items() if name != "a member of a later release"}
    assert written.items() <= named.items() or written == json.loads(encode(decode(json.dumps(named).encode())))


def test_every_spoiled_message_has_its_code() -> None:
    for case in refused_message_cases():
        with pytest.raises(Problem) as caught:
            DECODE[case["from"]](json.dumps(case["message"]).encode())
        assert caught.value.code == case["code"], case


@pytest.mark.parametrize(
    ("code", "op"),
    [
        ("duplicate_key", '{"op":"set","at":"/x","v":{"a":1,"a":2}}'),
        ("duplicate_key", '{"op":"set","at":"/x","v":[{"a":{"b":1,"b":1}}]}'),
        ("bad_number", '{"op":"set","at":"/x","v":9007199254740993}'),
        ("bad_number", '{"op":"set","at":"/x","v":-9007199254740993}'),
        ("bad_number", '{"op":"set","at":"/x","v":10000000000000001}'),
        ("bad_number", '{"op":"set","at":"/x","v":[1e400]}'),
        ("bad_json", '{"op":"set","at":"/x","v":NaN}'),
        ("bad_json", '{"op":"set","at":"/x","v":Infinity}'),
        ("bad_text", '{"op":"set","at":"/x","v":"a\\u0000b"}'),
        ("bad_text", '{"op":"set","at":"/x","v":{"a\\u0000b":1}}'),
        ("bad_text", '{"op":"text","at":"/x","s":[[0,0,"\\u0000"]]}'),
        ("bad_member", '{"op":"set","at":"/x","v":{"__proto__":{}}}'),
        ("bad_member", '{"op":"insert","at":"/x","v":{"id":"a","b":[{"__proto__":1}]}}'),
        ("too_deep", '{"op":"set","at":"/x","v":' + "[" * 98 + "]" * 98 + "}"),
        ("too_deep", '{"op":"set","at":"/x","v":' + "[" * 100_000 + "]" * 100_000 + "}"),
        ("bad_message", '{"op":"fly","at":"/x"}'),
        ("bad_message", '{"op":"text","at":"/x","s":[[0,0]]}'),
        ("bad_message", '{"op":"text","at":"/x","s":[[0.5,0,"a"]]}'),
        ("bad_message", '{"op":"insert","at":"/x","v":[]}'),
    ],
    ids=lambda text: text[:60],
)
def test_what_a_document_may_not_hold_is_refused_in_an_edit(code: str, op: str) -> None:
    assert code_of((EDIT % op).encode()) == code


@pytest.mark.parametrize(
    ("code", "payload"),
    [
        ("bad_json", b""),
        ("bad_json", b"{"),
        ("bad_json", b'{"t":"pong","n":1} x'),
        ("bad_message", b'"pong"'),
        ("bad_message", b'{"t":"pong","n":-1.5}'),
        ("bad_message", b'{"t":"seen","draft":"d","seq":-1}'),
        ("bad_message", b'{"t":"seen","draft":"d","seq":9007199254740993}'),
        ("unknown_message", b'{"t":"explode"}'),
        ("bad_json", b'{"t":"auth","token":"\xff"}'),
        ("bad_text", b'{"t":"park","ref":1,"draft":"d","generation":1,"reason":"refused","base":0,'
                     b'"texts":[{"at":"/x","mine":"\\u0000"}]}'),
    ],
)  # fmt: skip
def test_a_malformed_frame_has_its_code(code: str, payload: bytes) -> None:
    assert code_of(payload) == code


def test_half_a_surrogate_pair_is_refused_wherever_it_stands() -> None:
    for op in ('{"op":"text","at":"/x","s":[[0,0,"\\ud83d"]]}', '{"op":"set","at":"/x","v":"\\ude00"}',
               '{"op":"set","at":"/x","v":{"\\ud83d":1}}'):  # fmt: skip
        assert code_of((EDIT % op).encode()) in ("bad_text", "bad_json")
    assert decode_client((EDIT % '{"op":"set","at":"/x","v":"\\ud83d\\ude00"}').encode()).ops[0].v == "😀"  # type: ignore[union-attr]


def test_the_limits_themselves_pass() -> None:
    deep = "[" * 97 + "]" * 97  # with the message, its ops and the op around it 100
    for value in ("9007199254740992", "-9007199254740992", "1e308", deep, '"\\u0001"', '{"proto":1}'):
        decode_client((EDIT % f'{{"op":"set","at":"/x","v":{value}}}').encode())
    assert decode_value(b'{"a":[1,2.5,"x",null,true]}') == {"a": [1, 2.5, "x", None, True]}


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts.filter(lambda name: name != "__proto__"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_a_value_within_the_limits_comes_back_as_it_was(value: Any) -> None:
    assert decode_value(encode(value)) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_problem(payload: bytes) -> None:
    try:
        decode_client(payload)
    except Problem as problem:
        assert problem.code in ("bad_json", "bad_message", "unknown_message", "too_deep", "bad_text", "bad_number")  # noqa: PT017
