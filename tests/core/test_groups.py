"""Groups of batches, and the places they changed: against an oracle that marks single characters."""

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Insert, Move, Remove, Set, Text
from draftwire.document.shape import Shape
from draftwire.text.text import apply
from draftwire_server.core.edits.replica import Entry, encode_ops
from draftwire_server.core.history.grouping import GAP_S, LONGEST_S, RANGES, Changed, changed_by, groups_of, places_of
from tests.protocol.strategies import splices_for

TEXT = Shape(keyed=["/items"], text=["/content", "/items/*/body"])


def entries_of(document: Document, steps: list[tuple[int, float, tuple[object, ...]]]) -> tuple[list[Entry], Document]:
    entries = []
    for seq, (w, at, ops) in enumerate(steps, 1):
        effects = []
        for op in ops:
            applied = document.apply(op, w)  # type: ignore[arg-type]
            assert applied.effect is not None
            document = applied.document
            effects.append(applied.effect)
        raw = encode_ops(tuple(effect.op for effect in effects))
        entries.append(Entry(seq, w, seq, "m", raw, tuple(effects), "edit", at))
    return entries, document


@given(st.data(), st.integers(1, 8))
def test_the_lines_told_are_those_of_what_was_put_in_or_closed_up(data: st.DataObject, count: int) -> None:
    text = data.draw(st.text(alphabet="ab\n😀", max_size=20))
    document = Document.load({"content": text}, TEXT)
    marks = [False] * len(text)  # by code point: written by us
    steps: list[tuple[int, float, tuple[object, ...]]] = []
    for seq in range(count):
        splices = data.draw(splices_for(text))
        if not splices:
            continue
        w = data.draw(st.integers(1, 2))
        steps.append((w, float(seq), (Text("/content", splices),)))
        raw = text.encode("utf-16-le")
        for position, delete, insert in reversed(splices):
            start = len(raw[: 2 * position].decode("utf-16-le"))
            end = len(raw[: 2 * (position + delete)].decode("utf-16-le"))
            marks[start:end] = [w == 1] * len(insert)
        text = apply(text, splices)[0]
    entries, after = entries_of(document, steps)
    assert after.get("/content") == text
    told: set[int] = set()
    for place in places_of(after, changed_by(entries, lambda entry: entry.w == 1)):
        assert place.at == "/content"
        for first, last in place.lines:
            assert 1 <= first <= last <= text.count("\n") + 1
            told |= set(range(first, last + 1))
    wrote = {text[:i].count("\n") + 1 for i, mine in enumerate(marks) if mine}
    assert wrote <= told, "every line that holds a character of ours is told"


def test_places_move_with_what_others_write_and_structure_is_named() -> None:
    document = Document.load({"content": "1\n2\n3\n", "items": [{"id": "a", "body": "x"}, {"id": "b"}]}, TEXT)
    steps: list[tuple[int, float, tuple[object, ...]]] = [
        (1, 0.0, (Text("/content", ((2, 1, "two"),)), Set("/n", "five!"))),
        (2, 1.0, (Text("/content", ((0, 0, "0\n0\n"),)),)),
        (1, 2.0, (Insert("/items", {"id": "c", "body": "new"}), Move("b", "/items", None, "a"), Remove("a"))),
    ]
    entries, after = entries_of(document, steps)
    changed = changed_by(entries, lambda entry: entry.w == 1)
    assert [(p.at, p.lines) for p in places_of(after, changed)] == [
        ("/content", ((4, 4),)), ("/n", ()), ("c", ()), ("b", ()), ("a", ()),
    ]  # fmt: skip
    assert (changed.came, changed.went) == (3 + 5 + len("cnew"), 1 + len("ax"))


def test_many_ranges_of_one_text_are_joined_where_they_are_nearest() -> None:
    text = "x\n" * 400
    document = Document.load({"content": text}, TEXT)
    splices = tuple((10 * n, 1, "y") for n in range(RANGES + 10))
    entries, after = entries_of(document, [(1, 0.0, (Text("/content", splices),))])
    (place,) = places_of(after, changed_by(entries, lambda _: True))
    assert len(place.lines) == RANGES
    assert place.lines[0][0] == 1 and place.lines[-1][1] == 5 * (RANGES + 9) + 1


def test_a_pause_or_an_hour_ends_a_group_and_writers_lie_between_each_other() -> None:
    document = Document.load({"content": ""}, TEXT)
    times = [(1, 0.0), (2, 1.0), (3, 2.0), (1, GAP_S), (1, 2 * GAP_S + 1), (2, 2 * GAP_S + 2)]
    entries, _ = entries_of(document, [(w, at, (Text("/content", ((0, 0, "x"),)),)) for w, at in times])
    who = {1: ("ada", None), 2: ("ben", "run"), 3: ("ada", None)}
    found = [(g.who, entries[g.first].seq, entries[g.last].seq, g.batches) for g in groups_of(entries, who)]
    assert found == [
        (("ben", "run"), 6, 6, 1), (("ada", None), 5, 5, 1), (("ada", None), 1, 4, 3), (("ben", "run"), 2, 2, 1),
    ]  # fmt: skip
    steady = [(1, 100.0 * n, (Text("/content", ((0, 0, "x"),)),)) for n in range(80)]
    entries, _ = entries_of(document, steady)  # type: ignore[arg-type]
    groups = groups_of(entries, who)
    assert all(entries[g.last].at - entries[g.first].at <= LONGEST_S for g in groups)
    assert sum(g.batches for g in groups) == 80 and len(groups) == 3
    assert Changed().places == {}
