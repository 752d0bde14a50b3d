"""Where the words of a search stand: lines, pointers and spans; and what the index is asked."""

from draftwire.rest.items import Hit
from draftwire_server.core.access.reach import Reach
from draftwire_server.core.items.search import EXCERPT_CHARS, HITS_PER_ITEM, hits, question

CODE = "import os\n\ndef refund_charge(amount):\n    # Refund what was charged\n    return charge(-amount)\n"


def test_a_hit_tells_pointer_line_and_spans() -> None:
    found = hits(("refund", "charge"), None, "", {"summary": "x", "content": CODE})
    first = Hit("content", "def refund_charge(amount):", ((4, 10), (11, 17)), "/content", 3)
    assert found == (
        first,
        Hit("content", "    # Refund what was charged", ((6, 12), (22, 28)), "/content", 4),
        Hit("content", "    return charge(-amount)", ((11, 17),), "/content", 5),
    )


def test_path_and_summary_come_before_content() -> None:
    found = hits(("refund",), "f/pay/refund_it", "Refunds", {"a": "refund\nrefund", "b": {"c/d": ["refund"]}})
    assert [(hit.where, hit.at) for hit in found] == [("path", None), ("summary", None), ("content", "/a")]
    assert [hit.spans for hit in found[:2]] == [((6, 12),), ((0, 6),)]


def test_the_lines_with_most_words_are_shown_in_the_order_of_the_document() -> None:
    text = "one\n" * 9 + "one two\n" + "one\n" * 9 + "two one\n"
    found = hits(("one", "two"), None, "", {"t": text})
    assert [hit.line for hit in found] == [1, 10, 20]
    assert len(found) == HITS_PER_ITEM


def test_only_the_beginnings_of_words_match() -> None:
    assert hits(("fund",), "f/refund/x", "refund", {"content": "refund _fund"})[0].spans == ((8, 12),)
    assert hits(("fund",), "f/refund/x", "refund", None) == ()


def test_spans_count_utf16_units_and_pointers_are_escaped() -> None:
    (hit,) = hits(("ziel",), None, "", {"a/b~c": [0, {"x": "😀 ZIEL 😀"}]})
    assert (hit.at, hit.excerpt, hit.spans) == ("/a~1b~0c/1/x", "😀 ZIEL 😀", ((3, 7),))


def test_a_long_line_is_cut_around_its_first_match() -> None:
    (hit,) = hits(("needle",), None, "", {"c": "hay " * 10_000 + "needle" + " hay" * 10_000})
    assert len(hit.excerpt) == EXCERPT_CHARS
    assert hit.excerpt[slice(*hit.spans[0])] == "needle"


def test_the_index_is_asked_for_words_and_places() -> None:
    asked = question("w", ["it's", "b"], Reach(("f/desk/", "f/sh"), ("i1",), "own"), "me")
    assert asked.count(" & ") == 2
    assert "it''s':* & " in asked
    assert asked.endswith("/f/desk/' | '50e721/f/sh':* | '50e721#i1' | '50e721@me')")
    assert " & " not in question("w", ["a"], Reach(("",), (), "all"), "me")
    assert "!" in question("w", ["a"], Reach((), (), "none"), "me"), "who sees nothing finds nothing"
