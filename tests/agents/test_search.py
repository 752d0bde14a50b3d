"""The search tool's patterns: the time that one may take is that of matching."""

import time
from itertools import count
from types import SimpleNamespace

import pytest

from draftwire.rest.tools import Search
from draftwire_server.services.agents import search


def test_a_search_that_waited_long_for_something_else_does_not_blame_the_pattern(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hours = count(0, 3600)
    clock = SimpleNamespace(monotonic=lambda: float(next(hours)), thread_time=time.thread_time, time=time.time)
    monkeypatch.setattr(search, "time", clock)
    find = search._find(Search(query="a.*b", pattern=True))
    assert not find("a" * 5_000)  # some ms of work: more than is left to a pattern whose time is over


def test_a_pattern_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATTERN_S", 0.05)
    find = search._find(Search(query=r"(a|a|aa)+\1$", pattern=True))
    with pytest.raises(TimeoutError):
        find("a" * 60 + "b")
