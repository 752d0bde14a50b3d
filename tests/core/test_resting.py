"""What an agent's edit rests on: changed there, it is refused; changed beside it, it is not. Against a naive oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Remove, Set, Text
from draftwire.document.shape import Shape
from draftwire.rest.tools import InsertText, ReplaceLines, SetMember, StrReplace, ToolEdit
from draftwire.text import text as texts
from draftwire.text.text import carry_point
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.edits.resting import Region, back, element_ids, first_touched
from draftwire_server.core.runs.tooling import resolve

SHAPE = Shape(keyed=("/modules",), text=("/content", "/modules/*/content"))
BASE = "abcdefghij"


def entry(seq: int, w: int, *effects: Effect) -> Entry:
    return Entry(seq, w, seq, "", b"", effects, "edit", 0.0)


@st.composite
def splice_lists(draw: st.DrawFn, size: int) -> tuple[tuple[int, int, str], ...]:
    at, found = 0, []
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(at, size)) if at <= size else None
        if start is None:
            break
        delete = draw(st.integers(0, min(3, size - start)))
        insert = draw(st.text("XY", max_size=2))
        if delete or insert:
            found.append((start, delete, insert))
        at = start + delete + 1
    return tuple(found)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    document = Document.load({"content": BASE, "modules": []}, SHAPE)
    entries = []
    for seq in range(1, draw(st.integers(1, 4)) + 1):
        splices = draw(splice_lists(len(document.get("/content"))))
        if splices:
            applied = document.apply(Text("/content", splices), 0)
            assert applied.effect is not None
            document = applied.document
            entries.append(entry(seq, draw(st.integers(1, 2)), applied.effect))
    return entries


@given(histories(), st.integers(0, 10), st.integers(0, 10))
def test_a_text_region_is_touched_exactly_if_its_characters_or_gaps_changed(
    entries: list[Entry], one: int, other: int
) -> None:
    start, end = min(one, other), max(one, other)
    # The oracle names each character: untouched means that all of them stand, side by side, with nothing in between.
    line: list[object] = list(range(len(BASE)))
    for each in entries:
        for effect in each.effects:
            assert isinstance(effect.op, Text)
            for position, delete, insert in reversed(effect.op.s):
                line[position : position + delete] = [object() for _ in insert]
    wanted = list(range(start, end))
    whole = any(line[i : i + len(wanted)] == wanted for i in range(len(line) + 1)) if wanted else None
    touched = first_touched([Region("text", "/content", start, end)], entries, own=())
    if whole is False:
        assert touched is not None
    if touched is None and wanted:
        assert whole
    if whole and touched is not None:  # deleted and come back is a change as well, and a character is never the same
        assert touched.entry in entries


@given(histories())
def test_own_changes_count_only_where_nobody_elses_do(entries: list[Entry]) -> None:
    region = Region("text", "/content", 0, len(BASE))
    everybody = first_touched([region], entries, own=())
    touched = first_touched([region], entries, own={1})
    assert (touched is None) == (everybody is None)
    if touched is not None and everybody is not None and everybody.entry.w == 2:
        assert touched.entry == everybody.entry


@given(splice_lists(10), st.integers(0, 20))
def test_back_undoes_carry_for_what_was_not_put_in(splices: tuple[tuple[int, int, str], ...], point: int) -> None:
    after, _ = texts.apply(BASE, splices)
    if point > len(BASE):
        return
    deleted = any(position < point < position + delete for position, delete, _ in splices)
    if not deleted:
        assert back(carry_point(point, splices, after=True), splices) in (
            point, *(p + d for p, d, _ in splices if p == point), *(p for p, d, _ in splices if p + d == point),
        )  # fmt: skip
    assert 0 <= back(min(point, len(after)), splices) <= len(BASE)


def test_a_point_is_touched_only_by_what_deletes_around_it() -> None:
    region = [Region("text", "/content", 5, 5)]
    beside = entry(1, 1, _effect(Text("/content", ((3, 2, ""), (7, 1, "x")))))
    around = entry(1, 1, _effect(Text("/content", ((4, 2, ""),))))
    assert first_touched(region, [beside], ()) is None
    assert first_touched(region, [around], ()) is not None


def _effect(op: Text | Set | Remove | Insert, document: Document | None = None) -> Effect:
    document = document or Document.load({"content": BASE, "modules": [], "meta": {"a": 1}}, SHAPE)
    effect = document.apply(op, 0).effect
    assert effect is not None
    return effect


def test_what_stands_at_an_address_is_touched_inside_and_above_and_in_its_elements() -> None:
    value = {
        "content": "",
        "meta": {"a": {"b": 1}},
        "modules": [{"id": "m", "content": "x"}, {"id": "n", "content": ""}],
    }
    document = Document.load(value, SHAPE)
    inside = element_ids(document.get("m")) | {"m"}
    for op, at, ids, touches in (
        (Set("/meta/a/b", 2), "/meta/a", frozenset[str](), True),
        (Set("/meta", {}), "/meta/a", frozenset[str](), True),
        (Set("/meta/c", 2), "/meta/a", frozenset[str](), False),
        (Text("m/content", ((0, 1, ""),)), "m", inside, True),
        (Text("n/content", ((0, 0, "y"),)), "m", inside, False),
        (Remove("m"), "m", inside, True),
    ):
        found = first_touched([Region("all", at, inside=frozenset(ids))], [entry(1, 1, _effect(op, document))], ())
        assert (found is not None) == touches, (op, at)


def test_edits_of_one_call_rest_on_what_was_read_not_on_what_they_made() -> None:
    document = Document.load({"content": "one\ntwo\nthree\n", "modules": []}, SHAPE)
    resolved = resolve(
        document,
        (
            InsertText("/content", "zero\n", line=1),
            StrReplace("/content", "zero", "0"),
            ReplaceLines("/content", 3, 3, "TWO"),
            StrReplace("/content", "three", "3"),
        ),
    )
    assert resolved.document.get("/content") == "0\none\nTWO\n3\n"
    assert [(each.start, each.end) for each in resolved.regions] == [(0, 0), (0, 0), (4, 8), (8, 13)]


@pytest.mark.parametrize(
    ("edit", "at", "insert", "refused"),
    [
        (StrReplace("/content", "sum(rows)", "gsum(rows)"), 4, "f", True),  # two letters before one name
        (StrReplace("/content", "sum(rows)", "max(rows)"), 4, "f", True),
        (StrReplace("/content", "sum(rows)", "sum(all)"), 4, "f", True),  # it is no sum any more
        (StrReplace("/content", "sum(rows)", "sum(all)"), 4, "1 + ", False),
        (StrReplace("/content", "sum(rows)", "sum(rows) / 2"), 13, "\nb = 1", True),  # else `/ 2` went to the new line
        (StrReplace("/content", "sum(rows)", "sum(all)"), 13, "\nb = 1", False),
        (ReplaceLines("/content", 2, 2, "y = 1"), 14, "b = 1\n", False),  # whole lines before it
        (ReplaceLines("/content", 2, 2, "y = 1"), 14, "b", True),
        (ReplaceLines("/content", 1, 1, "x = sum(rows)\ny = 1"), 14, "b = 1\n", False),  # and behind it
        (ReplaceLines("/content", 1, 1, "x = sum(rows)\ny = 1"), 14, "b", True),
        (ReplaceLines("/content", 1, 1, "x = 1"), 14, "b", False),
        (InsertText("/content", "f", before="sum"), 4, "g", False),
        (InsertText("/content", "y = 1", line=2), 14, "b = 1\n", False),
        (SetMember("/content", "x = sum(rows)\nz\nb"), 15, "\na", True),
    ],
)
def test_what_is_put_at_an_end_of_a_text_counts_where_it_would_not_be_beside_it(
    edit: ToolEdit, at: int, insert: str, refused: bool
) -> None:
    document = Document.load({"content": "x = sum(rows)\nz", "modules": []}, SHAPE)
    regions = resolve(document, (edit,)).regions
    put = entry(1, 1, _effect(Text("/content", ((at, 0, insert),)), document))
    assert (first_touched(regions, [put], ()) is not None) == refused


def test_an_empty_text_that_others_filled_is_not_filled_again() -> None:
    document = Document.load({"content": "", "modules": []}, SHAPE)
    regions = resolve(document, (SetMember("/content", "a whole program\n"),)).regions
    put = entry(1, 1, _effect(Text("/content", ((0, 0, "another one\n"),)), document))
    assert first_touched(regions, [put], ()) is not None


def test_a_whole_text_is_a_difference_and_another_member_a_set() -> None:
    document = Document.load({"content": "one\ntwo\n", "modules": [], "meta": {}}, SHAPE)
    resolved = resolve(document, (SetMember("/content", "one\n2\n"), SetMember("/meta", {"x": 1})))
    assert isinstance(resolved.ops[0], Text)
    assert isinstance(resolved.ops[1], Set)
    assert resolved.document.value == {"content": "one\n2\n", "modules": [], "meta": {"x": 1}}
