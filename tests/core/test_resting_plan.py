"""An agent's edit through the plan: refused exactly if its region changed since it read, else it lands in its place.

Every character of a history is one of a kind, so the texts themselves say what was deleted and what was put between.
"""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.errors import Problem
from draftwire.rest.tools import InsertText, SetMember, StrReplace, ToolEdit
from draftwire.text.units import length
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import Author, Plan, Resting
from draftwire_server.core.edits.replica import Replica
from draftwire_server.core.etag import first_mark
from draftwire_server.core.runs.tooling import resolve
from tests.core.run_history import SHAPE

AT = "/title"
RUN = "run"
AGENT = Author("agent", "ada", "tools", "agent-tools", RUN, True)
OWN = Author("agent", "ada", "stream", "agent-stream", RUN, True)  # another session of the same run
OTHERS = tuple(Author(name, name, name, name) for name in ("ada", "grace"))


class History:
    """Writers who all see the head, and every state that there was; the last batches are still in one plan."""

    def __init__(self, seed: int, own: bool) -> None:
        self.random = Random(seed)
        self._next = 0
        self.replica = Replica(1, 0, first_mark("d", 1, 1, "h"), Document.load({"title": self.fresh(12)}, SHAPE))
        self.plan = Plan(self.replica)
        self.authors: list[Author] = []
        self.states = [(0, self.replica.mark, self.replica.document)]
        for _ in range(self.random.randint(0, 6)):
            author = self.random.choice((*OTHERS, OWN) if own else OTHERS)
            if self.write(author):
                self.authors.append(author)
            if self.random.random() < 0.6:
                self.settle()

    def fresh(self, most: int) -> str:
        made = ""
        for _ in range(self.random.randint(1, most)):
            self._next += 1
            made += chr(self.random.choice((0x4E00, 0xE000, 0x20000)) + self._next)
        return made

    def settle(self) -> None:
        for writer in self.plan.writers:
            self.replica.join(writer)
        for decided, document in zip(self.plan.decided, self.plan.documents, strict=True):
            self.replica.extend(decided.entry, document)
        self.plan = Plan(self.replica)

    @property
    def text(self) -> str:
        return str(self.plan.document.get(AT))

    def write(self, author: Author) -> bool:
        text, splices, low = self.text, [], 0
        for _ in range(self.random.randint(1, 2)):
            if low > len(text):
                break
            start = self.random.randint(low, len(text))
            end = min(len(text), start + self.random.choice((0, 0, 1, 2, 6)))
            insert = self.fresh(3) if self.random.random() < 0.6 else ""
            if insert or end > start:
                splices.append((length(text[:start]), length(text[start:end]), insert))
                low = end + 1
        if not splices:
            return False
        w = self.plan._number(author)
        no = self.plan._last_no.get(w, self.replica.last_no.get(w, 0)) + 1
        seq = self.plan.seq
        edit = Edit("d", 1, seq, self.plan.mark, seq, no, f"k{self._next}.{seq}", (Text(AT, tuple(splices)),))
        self.plan.decide(edit, author, "type", float(seq))
        self.states.append((self.plan.seq, self.plan.mark, self.plan.document))
        return True

    def changed(self, old: str, new: str, at: int) -> bool:
        """Whether a text that was read in a state was changed since, for one who puts another in its place."""
        states = [str(document.get(AT)) for _, _, document in self.states[at:]]
        return any(old not in state for state in states) or any(reached(old, new, *each) for each in pairwise(states))

    def use(self, tool: ToolEdit, seq: int, mark: str, document: Document) -> str | None:
        """The code with which an edit that was made for a state is refused; None if it lands."""
        resolved = resolve(document, (tool,))
        edit = Edit("d", 1, seq, mark, seq, 0, "tool", resolved.ops)
        before = self.text
        try:
            self.plan.decide(edit, AGENT, "type", 99.0, Resting(resolved.regions))
        except Problem as problem:
            assert self.text == before
            return problem.code
        return None


def reached(old: str, new: str, before: str, after: str) -> bool:
    """Whether a batch put something beside ``old`` that joins its word, or where ``new`` puts something as well."""
    place = after.index(old)
    left, right = after[:place][-1:], after[place + len(old) :][:1]
    return any(
        beside != "" and beside not in before and (outermost not in old or (beside + edge).isalnum())
        for beside, edge, outermost in ((left, old[0], new[:1]), (right, old[-1], new[-1:]))
    )


@given(st.integers(0, 2**40), st.booleans())
def test_what_was_read_is_replaced_as_it_stands_or_not_at_all(seed: int, own: bool) -> None:
    history = History(seed, own)
    chance = history.random
    at = chance.randrange(len(history.states))
    seq, mark, document = history.states[at]
    read, head, since = str(document.get(AT)), history.text, history.authors[at:]
    if not read:
        return
    start = chance.randrange(len(read))
    old = read[start : start + chance.randint(1, 6)]
    keep, gone = chance.randrange(len(old) + 1), chance.randrange(len(old))
    new = chance.choice((history.fresh(4), old[:keep] + history.fresh(2) + old[keep:], old[:gone] + old[gone + 1 :]))
    changed = history.changed(old, new, at)
    refused = history.use(StrReplace(AT, old, new), seq, mark, document)
    assert (refused is not None) == changed
    if refused is None:
        assert history.text == head.replace(old, new)
    elif not any(author is OWN for author in since):
        assert refused == "stale_region"
    elif all(author is OWN for author in since):
        assert refused == "overlaps_own_edit"
    else:
        assert refused in ("stale_region", "overlaps_own_edit")


@given(st.integers(0, 2**40))
def test_what_is_put_beside_something_lands_between_what_is_left_of_its_neighbours(seed: int) -> None:
    history = History(seed, own=False)
    chance = history.random
    seq, mark, document = chance.choice(history.states)
    read, head = str(document.get(AT)), history.text
    if not read:
        return
    start = chance.randrange(len(read))
    beside, new = read[start : start + chance.randint(1, 4)], history.fresh(4)
    after = chance.random() < 0.5
    point = start + len(beside) if after else start
    tool = InsertText(AT, new, after=beside) if after else InsertText(AT, new, before=beside)
    left, right = read[:point], read[point:]
    refused = history.use(tool, seq, mark, document)
    if refused is not None:
        assert refused == "stale_region"
        gone = [not side or side not in head for side in (left[-1:], right[:1])]
        assert any(gone), "both neighbours stand: nobody deleted around the point"
        return
    text = history.text
    assert text.replace(new, "", 1) == head
    lands = text.index(new)
    assert all(head.index(c) < lands for c in left if c in head)
    assert all(head.index(c) >= lands for c in right if c in head)


@given(st.integers(0, 2**40))
def test_a_whole_text_rests_on_all_of_it(seed: int) -> None:
    history = History(seed, own=False)
    at = history.random.randrange(len(history.states))
    seq, mark, document = history.states[at]
    read, head = str(document.get(AT)), history.text
    if not read:
        return
    new = history.random.choice((history.fresh(6), read[1:-1]))
    changed = history.changed(read, new, at)
    refused = history.use(SetMember(AT, new), seq, mark, document)
    assert refused == ("stale_region" if changed else None)
    if refused is None:
        assert history.text == head.replace(read, new)  # what came before the first or after the last stays
