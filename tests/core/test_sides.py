"""What each party of a conflict had: the text without what the other one wrote."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.ops import Effect, Set, Text, TextTaken, ValueTaken
from draftwire.text import text
from draftwire.text.textdiff import diff_text
from draftwire.text.units import length
from draftwire_server.core.edits.sides import leaf_without, only_between

TEXTS = st.lists(st.sampled_from(["a", "b", "c\n", "é😀", " "]), max_size=12).map("".join)


def effect(leaf: str, splices: text.Splices) -> tuple[Effect, str]:
    after, taken = text.apply(leaf, splices)
    return Effect(Text("/t", splices), TextTaken(taken)), after


def whole(leaf: str, at: int) -> int:
    """A position in units that cuts no pair."""
    return length(leaf[: at % (len(leaf) + 1)])


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_without_the_only_writer_the_text_is_the_first_one(texts: list[str]) -> None:
    batches = []
    for before, after in pairwise(texts):
        if splices := diff_text(before, after):
            batches.append((1, [effect(before, splices)[0]]))
    assert leaf_without("/t", texts[-1], batches, 1) == texts[0]
    assert leaf_without("/t", texts[-1], batches, 2) == texts[-1]


@given(TEXTS, st.lists(st.tuples(st.integers(1, 2), st.integers(0, 20), TEXTS), max_size=6))
def test_without_one_of_two_who_only_insert_what_the_other_typed_is_left(
    begin: str, typed: list[tuple[int, int, str]]
) -> None:
    """Both type at the same time; each text alone is made of its writer's inserts, moved over none of the other's."""
    leaf, batches, alone = begin, [], begin
    from_alone: list[text.Splices] = []
    for w, at, insert in typed:
        if not insert:
            continue
        if w == 1:  # typed in the text without the other's
            at = whole(alone, at)
            splice: text.Splices = ((at, 0, insert),)
            landed = splice
            for i, over in enumerate(from_alone):
                from_alone[i] = text.transform(over, landed, over_first=False)
                landed = text.transform(landed, over, over_first=True)
            alone = text.apply(alone, splice)[0]
        else:
            at = whole(leaf, at)
            landed = ((at, 0, insert),)
            from_alone.append(landed)
        made, leaf = effect(leaf, landed)
        batches.append((w, [made]))
    assert leaf_without("/t", leaf, batches, 2) == alone


def test_what_was_before_a_replacement_of_the_leaf_stays() -> None:
    first, after = effect("one", ((0, 0, "x"),))
    replaced = Effect(Set("/t", "two"), ValueTaken(True, after))
    last, leaf = effect("two", ((3, 0, "!"),))
    assert leaf_without("/t", leaf, [(1, [first]), (2, [replaced]), (1, [last])], 1) == "two"


def test_only_differences_that_touch_the_range_are_taken() -> None:
    leaf, other = "a\nb\nc\nd\n", "A\nb\nC\nd\n"
    assert only_between(leaf, other, 4, 5) == "a\nb\nC\nd\n"
    assert only_between(leaf, other, 0, 0) == "A\nb\nc\nd\n"
    assert only_between(leaf, leaf, 0, 8) == leaf
