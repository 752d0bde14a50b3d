"""The undo of a run: what others wrote stays, what the run wrote goes, what it took away is back whole, or told."""

from random import Random
from time import process_time

from hypothesis import assume, given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Move, Remove, Set, Text, TextTaken
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.runs.hunks import hunks_of
from draftwire_server.core.runs.tracing import Trace
from draftwire_server.core.runs.undoing import undo
from tests.core.run_history import OTHER_RUN, RUN, Log, Typing
from tests.protocol.model import World

SEEDS = st.integers(0, 2**32)
A, B = 1, 2  # sessions of the run
ANN, BOB, CID = 5, 6, 7


def titled(text: str) -> Log:
    return Log({"title": text, "items": [], "meta": {"n": 1}})


# ---- one place after the other


def test_a_word_that_a_person_rewrote_is_not_mixed_with_what_stood_there_before() -> None:
    log = titled("use foo here")
    log.replace(A, "foo", "bar")
    log.replace(ANN, "r", "z")
    outcome = log.undo()
    assert log.text() == "use z here"
    (left,) = outcome.left
    assert (left.restore, left.why, left.by) == ("foo", "changed", (ANN,))


def test_what_is_left_comes_back_on_demand_beside_what_was_written() -> None:
    log = titled("use foo here")
    log.replace(A, "foo", "bar")
    log.replace(ANN, "bar", "baz")
    log.undo()
    assert log.text() == "use baz here"
    log.bring_back()
    assert log.text() in ("use bazfoo here", "use foobaz here")
    assert not log.undo().ops


def test_a_comment_behind_a_replaced_word_does_not_hold_it_back() -> None:
    log = titled("x = 1\ny = 2")
    log.replace(A, "1", "7")
    log.type(ANN, "7", "  # why")
    assert not log.undo().left
    assert log.text() == "x = 1  # why\ny = 2"


def test_letters_typed_onto_a_replaced_word_hold_it_back() -> None:
    log = titled("foo()")
    log.replace(A, "foo", "bar")
    log.type(ANN, "bar", "z")
    assert [left.restore for left in log.undo().left] == ["foo"]
    assert log.text() == "z()"


def test_halves_of_one_word_come_back_together_or_not_at_all() -> None:
    log = titled("a kitten sat")
    log.write(A, Text("/title", ((2, 1, "s"), (6, 1, "i"), (8, 0, "g"))))
    assert log.text() == "a sitting sat"
    log.replace(ANN, "ing", "er")
    outcome = log.undo()
    assert "k" not in log.text()
    assert [left.restore for left in outcome.left] == ["ke"]


def test_a_text_that_a_person_took_away_again_is_no_hindrance() -> None:
    log = titled("use foo here")
    log.replace(A, "foo", "bar")
    log.type(ANN, "ba", "!!")
    log.replace(ANN, "!!", "")
    log.undo()
    assert log.text() == "use foo here"


def test_a_person_who_puts_the_old_text_back_leaves_nothing_to_be_told() -> None:
    log = titled("use foo here")
    log.replace(A, "foo", "bar")
    log.replace(ANN, "bar", "foo")
    outcome = log.undo()
    assert log.text() == "use foo here"
    assert not outcome.left


def test_a_run_that_edits_its_own_text_leaves_the_first_text_when_undone() -> None:
    log = titled("one two three")
    log.replace(A, "two", "2222")
    log.replace(B, "22", "")
    log.type(A, "22", " and a half")
    log.replace(A, "2 and", "")
    log.undo()
    assert log.text() == "one two three"


def test_a_stream_with_a_person_typing_inside_leaves_what_the_person_typed() -> None:
    log = titled("begin\nend")
    for chunk in ("def ", "f(x", "):\n", "  return", " x\n"):
        text = log.text()
        log.write(A, Text("/title", ((len(text) - 3, 0, chunk),)))
        if "(x" in chunk:
            log.type(ANN, "f(x", ", y")
    assert log.text() == "begin\ndef f(x, y):\n  return x\nend"
    log.undo()
    assert log.text() == "begin\n, yend"


def test_three_people_write_around_and_inside() -> None:
    """Case 51 of the list of cases."""
    log = titled("alpha\nbeta\ngamma\ndelta\n")
    log.replace(A, "beta\n", "one\ntwo\nthree\n")
    log.replace(A, "delta", "DELTA")
    log.type(ANN, "alpha", " (ann)")
    log.type(BOB, "two", " by bob")
    log.type(CID, "gamma", "!")
    log.replace(CID, "DELTA", "Delta")
    outcome = log.undo()
    assert log.text() == "alpha (ann)\n by bobgamma!\nDelta\n"
    assert [(left.restore, left.by) for left in outcome.left] == [("beta\n", (BOB,)), ("delta", (CID,))]


def test_lines_without_halves_of_words_keep_their_hunks_apart() -> None:
    log = titled("a = 1\nb = 2\nc = 3\n")
    log.replace(A, "1", "9")
    log.replace(A, "3", "8")
    first, second = log.hunks()
    assert (first.lines, second.lines) == ((1, 1), (3, 3))
    assert (first.added, first.removed, first.state) == ("9", "1", "standing")
    log.undo(only={second.id})
    assert log.text() == "a = 9\nb = 2\nc = 3\n"
    assert [hunk.state for hunk in log.hunks()] == ["standing", "undone"]


def test_two_runs_in_one_line_are_undone_each_by_itself() -> None:
    log = titled("red green blue")
    log.replace(A, "red", "RED")
    log.replace(3, "blue", "BLUE")
    log.undo(OTHER_RUN)
    assert log.text() == "RED green blue"
    log.undo(RUN)
    assert log.text() == "red green blue"


def test_the_undo_of_one_run_inside_of_another_is_no_writing_of_somebody_else() -> None:
    log = titled("red green blue")
    log.replace(3, "green", "")
    log.replace(A, "red  blue", "one two")
    log.undo(RUN)
    log.undo(OTHER_RUN)
    assert log.text() == "red green blue"


# ---- structure


def test_a_set_goes_back_only_while_its_value_stands() -> None:
    log = titled("")
    log.write(A, Set("/meta/n", 2))
    log.write(A, Set("/meta/m", "x"))
    log.write(ANN, Set("/meta/n", 3))
    outcome = log.undo()
    assert log.document.value["meta"] == {"n": 3}
    assert [(left.at, left.why, left.by, left.restore) for left in outcome.left] == [("/meta/n", "changed", (ANN,), 1)]


def test_a_set_over_the_value_of_somebody_else_goes_back_to_theirs() -> None:
    log = titled("")
    log.write(A, Set("/meta/n", 2))
    log.write(ANN, Set("/meta/n", 3))
    log.write(A, Set("/meta/n", 4))
    log.undo()
    assert log.document.value["meta"] == {"n": 3}


def test_an_element_that_the_run_made_goes_unless_somebody_wrote_in_it() -> None:
    log = titled("")
    log.write(A, Insert("/items", {"id": "m1", "body": "x"}, None, None))
    log.write(A, Insert("/items", {"id": "m2", "body": "y"}, "m1", None))
    log.write(A, Text("m1/body", ((1, 0, "xx"),)))
    log.write(A, Text("m2/body", ((1, 0, "yy"),)))
    log.write(ANN, Text("m2/body", ((0, 0, "ann "),)))
    outcome = log.undo()
    assert log.document.value["items"] == [{"id": "m2", "body": "ann y"}]
    assert [(left.at, left.why, left.by) for left in outcome.left] == [("m2", "changed", (ANN,))]


def test_an_element_of_somebody_else_never_goes_with_one_of_the_run() -> None:
    log = titled("")
    log.write(ANN, Insert("/items", {"id": "p", "body": "mine"}, None, None))
    log.write(A, Insert("/items", {"id": "m", "subs": []}, None, None))
    log.write(A, Move("p", "m/subs", None, None))
    log.undo()
    assert log.document.value["items"] == [{"id": "p", "body": "mine"}]
    log.redo()
    log.write(ANN, Move("p", "/items", None, None))
    log.write(ANN, Move("p", "m/subs", None, None))
    log.undo()
    assert log.document.value["items"] == [{"id": "m", "subs": [{"id": "p", "body": "mine"}]}]


def test_a_removed_element_comes_back_with_its_text_and_without_the_edits_of_the_run() -> None:
    log = Log({"title": "", "items": [{"id": "a", "body": "one"}, {"id": "b", "body": "two"}]})
    log.write(A, Text("a/body", ((0, 3, "uno"),)))
    log.write(A, Remove("a"))
    log.write(ANN, Text("b/body", ((3, 0, "!"),)))
    log.undo()
    assert log.document.value["items"] == [{"id": "a", "body": "one"}, {"id": "b", "body": "two!"}]
    log.redo()
    assert log.document.value["items"] == [{"id": "b", "body": "two!"}]
    log.undo()
    assert log.document.value["items"] == [{"id": "a", "body": "one"}, {"id": "b", "body": "two!"}]


def test_a_moved_element_goes_back_unless_somebody_moved_it_on() -> None:
    log = Log({"title": "", "items": [{"id": "a"}, {"id": "b"}, {"id": "c"}], "flat": []})
    log.write(A, Move("a", "/items", "c", None))
    log.write(A, Move("b", "/flat", None, None))
    log.write(ANN, Move("b", "/items", None, "c"))
    outcome = log.undo()
    assert [element["id"] for element in log.document.value["items"]] == ["a", "b", "c"]
    assert [left.at for left in outcome.left] == ["b"]


def test_what_lies_in_an_element_that_somebody_removed_is_told_as_gone() -> None:
    log = Log({"title": "", "items": [{"id": "a", "body": "one"}]})
    log.write(A, Text("a/body", ((0, 3, "uno"),)))
    log.write(ANN, Remove("a"))
    assert [(hunk.state, hunk.by) for hunk in log.hunks()] == [("gone", (ANN,))]
    assert not log.undo().ops


def test_a_removal_that_is_taken_back_by_hand_lets_the_text_be_the_runs_again() -> None:
    log = Log({"title": "", "items": [{"id": "a", "body": "one"}]})
    log.write(A, Text("a/body", ((0, 3, "uno"),)))
    gone = log.document.get("a")
    log.write(ANN, Remove("a"))
    log.write(ANN, Insert("/items", gone, None, None))
    log.undo()
    assert log.text("a/body") == "one"


def test_a_keyed_array_that_the_run_made_goes_with_its_elements() -> None:
    log = titled("")
    log.write(A, Set("/meta/subs", [{"id": "s1"}, {"id": "s2"}]))
    log.undo()
    assert log.document.value == log.first.value
    log.redo()
    assert log.document.value["meta"] == {"n": 1, "subs": [{"id": "s1"}, {"id": "s2"}]}
    log.write(ANN, Insert("/meta/subs", {"id": "mine"}, "s1", None))
    assert [left.by for left in log.undo().left] == [(ANN,)]
    assert len(log.document.value["meta"]["subs"]) == 3


# ---- random histories of one text: every character tells who wrote it


def written(seed: int, steps: int, people: tuple[int, ...] = (ANN, BOB), undoes: bool = False) -> tuple[Log, Typing]:
    typing = Typing(seed)
    log = titled(typing.fresh(0, 20))
    for _ in range(steps):
        w = typing.random.choice((A, A, B, *people))
        typing.edit(log, w)
        if undoes and typing.random.random() < 0.15:
            run = typing.random.choice((RUN, RUN, OTHER_RUN))
            hunks = log.hunks(run)
            some = {hunk.id for hunk in hunks if typing.random.random() < 0.6}
            typing.random.choice((log.undo, log.undo, log.redo))(run, some)
    return log, typing


@given(SEEDS, st.integers(1, 25), st.booleans())
def test_what_others_wrote_stays_and_what_the_run_wrote_goes(seed: int, steps: int, undoes: bool) -> None:
    log, typing = written(seed, steps, (ANN, BOB, 3), undoes)
    before = log.text()
    outcome = log.undo()
    after = log.text()
    stays = [c for c in before if typing.by[c] not in (A, B)]
    assert [c for c in after if c in set(stays)] == stays
    assert not [c for c in after if typing.by[c] in (A, B)]
    came = set(after) - set(stays)
    told = "".join(left.restore for left in outcome.left)
    assert not came & set(told)


@given(SEEDS, st.integers(1, 25), st.booleans())
def test_what_one_batch_took_away_is_wholly_back_or_wholly_told(seed: int, steps: int, undoes: bool) -> None:
    log, typing = written(seed, steps, (ANN, BOB), undoes)
    away: list[str] = []  # what stands nowhere now, piece by piece as the run took it
    for entry in log.entries:
        for effect in entry.effects:
            assert isinstance(effect.op, Text)
            if entry.w in (A, B):
                away += [piece for piece in effect.took.s if piece]  # type: ignore[union-attr]
    outcome = log.undo()
    after = set(log.text())
    for piece in away:
        others = [c for c in piece if typing.by[c] not in (A, B)]
        here = [c in after for c in others]
        told = [any(c in left.restore for left in outcome.left) for c in others]
        if not undoes:
            assert all(a != b for a, b in zip(here, told, strict=True)) or not any(here), (piece, here, told)
            back = [c for c, is_here in zip(others, here, strict=True) if is_here]
            assert not back or len(back) == len(others)


@given(SEEDS, st.integers(1, 25))
def test_a_run_alone_is_undone_exactly_and_redone_exactly(seed: int, steps: int) -> None:
    log, _ = written(seed, steps, ())
    done = log.document.value
    assert not log.undo().left
    assert log.document.value == log.first.value
    assert not log.undo().ops
    log.redo()
    assert log.document.value == done
    assert not log.redo().ops
    log.undo()
    assert log.document.value == log.first.value


@given(SEEDS, st.integers(1, 15))
def test_hunk_by_hunk_in_any_order_is_the_same_as_all_at_once(seed: int, steps: int) -> None:
    log, typing = written(seed, steps, ())
    hunks = [hunk.id for hunk in log.hunks()]
    typing.random.shuffle(hunks)
    for hunk in hunks:
        log.undo(only={hunk})
    assert log.document.value == log.first.value


@given(SEEDS, st.integers(1, 25), st.booleans())
def test_undone_twice_changes_nothing_and_redone_brings_all_back(seed: int, steps: int, undoes: bool) -> None:
    log, typing = written(seed, steps, (ANN, BOB, 3), undoes)
    before = log.text()
    log.undo()
    assert not log.undo(w=ANN).ops
    standing = [c for c in log.text() if typing.by[c] not in (A, B)]
    redone = log.redo()
    assert not log.redo().ops
    again = log.text()
    assert [c for c in again if typing.by[c] not in (A, B)] == [c for c in standing if c in again]
    if not undoes:
        assert (again, redone.left) == (before, ())


@given(SEEDS, st.integers(1, 25))
def test_people_in_another_leaf_change_nothing_of_it(seed: int, steps: int) -> None:
    typing = Typing(seed)
    log = Log({"title": typing.fresh(0, 20), "items": [{"id": "a", "body": typing.fresh(0, 20)}]})
    for _ in range(steps):
        if typing.random.random() < 0.5:
            typing.edit(log, typing.random.choice((A, B)))
        else:
            typing.edit(log, ANN, "a/body")
    other = log.text("a/body")
    assert not log.undo().left
    assert (log.text(), log.text("a/body")) == (log.first.get("/title"), other)


# ---- random histories of whole documents


def mixed(seed: int, steps: int, people: tuple[int, ...]) -> Log:
    world = World(seed)
    log = Log(world.document().value)
    for _ in range(steps):
        op = world.op(log.document)
        if op is not None:
            log.write(world.random.choice((A, A, B, *people)), op)
    return log


def places_in(document: Document) -> list[str]:
    """All but the order of siblings: single moves don't go back in any order."""
    found = [f"{id_} in {document.home(id_)[0]}: {own(document.get(id_))}" for id_ in document.elements()]  # type: ignore[index]
    return [*found, str(own(document.value))]


def own(value: object) -> object:
    """A value without the elements inside."""
    if isinstance(value, dict):
        return {name: own(member) for name, member in sorted(value.items())}
    return [own(e) for e in value if not (isinstance(e, dict) and "id" in e)] if isinstance(value, list) else value


def places(document: Document) -> dict[str, object]:
    return {id_: document.home(id_) for id_ in document.elements()}


@given(SEEDS, st.integers(1, 20))
def test_structure_and_text_of_a_run_alone_are_undone_and_redone_exactly(seed: int, steps: int) -> None:
    log = mixed(seed, steps, ())
    done = log.document
    assert not log.undo().left
    assert log.document.value == log.first.value
    assert places(log.document) == places(log.first)
    log.redo()
    assert log.document.value == done.value
    log.undo()
    assert log.document.value == log.first.value


@given(SEEDS, st.integers(1, 20))
def test_structure_by_hunks_in_any_order_is_the_same_as_all_at_once(seed: int, steps: int) -> None:
    log = mixed(seed, steps, ())
    hunks = [hunk.id for hunk in log.hunks()]
    Random(seed).shuffle(hunks)
    made = [id_ for entry in log.entries for effect in entry.effects for id_ in effect.made]
    assume(len({*made, *log.first.elements()}) == len(made) + log.first.element_count)  # no id is used twice
    assume(not any(isinstance(e.op, Set) and e.made for entry in log.entries for e in entry.effects))
    for _ in range(2):  # what lies in a place that is gone comes back only with the place
        for hunk in hunks:
            log.undo(only={hunk})
    assert not log.undo().ops
    assert sorted(places_in(log.document)) == sorted(places_in(log.first))


def assume_no_id_is_used_twice(log: Log) -> None:
    """What stands at an id that was given up and taken again is another element: undo takes it for the first one."""
    made = [id_ for entry in log.entries for effect in entry.effects for id_ in effect.made]
    assume(len({*made, *log.first.elements()}) == len(made) + log.first.element_count)


@given(SEEDS, st.integers(1, 25))
def test_no_element_of_others_goes_with_a_run_and_no_undo_is_done_twice(seed: int, steps: int) -> None:
    log = mixed(seed, steps, (ANN, BOB))
    assume_no_id_is_used_twice(log)
    by: dict[str, int] = dict.fromkeys(log.first.elements(), 0)
    for entry in log.entries:
        by.update({made: entry.w for effect in entry.effects for made in effect.made})
    before = log.document
    hunks = log.hunks()
    log.undo()
    kept = [id_ for id_ in before.elements() if by[id_] not in (A, B)]
    assert all(log.document.has(id_) for id_ in kept)
    assert not log.undo().ops
    assert all(hunk.state in ("standing", "changed", "gone") for hunk in hunks)
    log.redo()
    assert not log.redo().ops
    assert all(log.document.has(id_) for id_ in kept)


@given(SEEDS, st.integers(1, 25))
def test_a_redo_right_after_an_undo_is_as_if_nothing_had_been_done(seed: int, steps: int) -> None:
    log = mixed(seed, steps, (ANN, BOB))
    assume_no_id_is_used_twice(log)
    before = log.document
    log.undo()
    assert not log.redo().left
    assert log.document.value == before.value
    assert places(log.document) == places(before)


def test_twenty_thousand_batches_are_followed_in_less_than_the_time_of_a_page() -> None:
    random = Random(1)
    log = titled("x" * 5000)
    size = 5000
    entries = []
    for seq in range(1, 20_001):
        w = random.choice((A, B, ANN, BOB))
        at = random.randrange(size)
        op = Text("/title", ((at, 1, "ab"),)) if seq % 3 else Text("/title", ((at, 1, ""),))
        size += 1 if seq % 3 else -1
        effect = Effect(op, TextTaken(("x",)))
        entries.append(Entry(seq, w, seq, "", b"", (effect,), "edit", 0.0))
    document = Document.load({"title": "x" * size}, log.first.shape)
    began = process_time()
    trace = Trace(RUN, (A, B)).follow(entries)
    hunks = hunks_of(trace, document)
    outcome = undo(trace, document, hunks, frozenset(hunk.id for hunk in hunks))
    took = process_time() - began
    assert outcome.ops
    assert took < 5.0, f"{took:.2f} s"  # some 0.6 s on a machine that has nothing else to do
