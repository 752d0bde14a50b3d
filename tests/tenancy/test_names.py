"""Names in Redis: one module makes them, no two things share one, and none is without its workspace."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.bus.names import Channel, Kind, Names, OfWorker, Topic, with_workspace, workspace_of
from draftwire_server.store.installation import Installation

SERVER = Path(__file__).resolve().parents[2] / "server" / "draftwire_server"
# Calls of redis-py that take a key or a channel first. A key that is not a call of `names` is a key without its rules.
TAKES_KEYS = {
    *("hset", "hget", "hgetall", "hdel", "hkeys", "hscan_iter", "zadd", "zrevrange", "expire", "pexpire", "exists"),
    *("incr", "mget", "delete", "publish", "subscribe", "setex", "psubscribe"),
}
TALKS_TO_REDIS = {
    "bus/link.py",
    "services/presence/presence.py",
    "services/agents/pace.py",
    "services/worker/company.py",
    "cli/database/check.py",
}
IMPORTS = re.compile(r"^\s*(?:import|from) redis\b", re.MULTILINE)
FORMATS = re.compile(r"""f?["']dw:""")


def test_no_other_module_makes_a_name_or_talks_to_redis_unseen() -> None:
    texts = {
        path.relative_to(SERVER).as_posix(): path.read_text()
        for path in SERVER.rglob("*.py")
        if path != SERVER / "bus" / "names.py"
    }
    assert {name for name, text in texts.items() if IMPORTS.search(text)} == TALKS_TO_REDIS, "look at their names"
    assert not {name for name, text in texts.items() if FORMATS.search(text)}
    for name in TALKS_TO_REDIS:
        for node in ast.walk(ast.parse(texts[name])):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                formats = isinstance(node.args[0], ast.JoinedStr | ast.Constant | ast.BinOp)
                assert not (formats and node.func.attr in TAKES_KEYS), f"{name}:{node.lineno}"


def names(installation: str = "one") -> Names:
    made = Names()
    made.settle(installation)
    return made


TEXT = st.text(st.sampled_from(":%wab"), min_size=1, max_size=4)
PLACES = st.tuples(st.sampled_from(["one", "two"]), TEXT, st.sampled_from(get_args(Kind)), TEXT)


@given(PLACES, PLACES)
def test_two_places_never_share_a_name(a: tuple[str, str, Kind, str], b: tuple[str, str, Kind, str]) -> None:
    one, two = names(a[0]).of(*a[1:]), names(b[0]).of(*b[1:])
    assert (one == two) == (a == b)
    shared = {names(a[0]).of_topic(topic) for topic in get_args(Topic)}
    shared |= {names(a[0]).of_worker(kind, "w") for kind in get_args(OfWorker)}
    assert one not in shared
    assert len(shared) == len(get_args(Topic)) + len(get_args(OfWorker))


def test_a_name_needs_its_workspace_and_its_installation() -> None:
    with pytest.raises(RuntimeError):
        Names().of("w", "item", "i")
    with pytest.raises(RuntimeError):
        Names().of_topic("asks")
    with pytest.raises(ValueError, match="workspace"):
        names().of_channel(Channel("", "draft", "d"))
    with pytest.raises(ValueError, match="workspace"):
        with_workspace("", b"x")
    with pytest.raises(ValueError, match="one id"):
        names("one").settle("two")


@given(TEXT, st.binary())
def test_what_all_workers_hear_says_whose_it_is(workspace: str, payload: bytes) -> None:
    assert workspace_of(with_workspace(workspace, payload)) == (workspace, payload)


def test_a_message_without_a_workspace_is_none() -> None:
    assert workspace_of(b"") is workspace_of(b"no end") is workspace_of(b"\0x") is workspace_of(b"\xff\0x") is None


def test_a_copy_that_was_restored_has_other_names_and_a_restart_none() -> None:
    here = Installation("id", "7.16384.2200", "2026-01-01")
    assert here.name == Installation("id", "7.16384.2200", "2026-02-02").name
    assert (
        len({here.name, Installation("id", "8.16384.2200", "").name, Installation("id", "7.16385.2200", "").name}) == 3
    )
