"""Strategies for texts with astral characters and for splices that fit them."""

from hypothesis import strategies as st

from draftwire.text.text import Splices
from draftwire.text.units import length

ALPHABET = "ab\n é漢😀🎉"

texts = st.text(alphabet=ALPHABET, max_size=12)
inserts = st.text(alphabet="xyz\n😀é", max_size=4)


@st.composite
def splices_for(draw: st.DrawFn, text: str, max_splices: int = 3) -> Splices:
    """Canonical, possibly empty splices on character boundaries of ``text``."""
    edges = [length(text[:i]) for i in range(len(text) + 1)]
    out: list[tuple[int, int, str]] = []
    low = 0
    for _ in range(draw(st.integers(0, max_splices))):
        if low > len(text):
            break
        start = draw(st.integers(low, len(text)))
        end = draw(st.integers(start, min(len(text), start + 4)))
        insert = draw(inserts)
        if insert or end > start:
            out.append((edges[start], edges[end] - edges[start], insert))
            low = end + 1
    return tuple(out)


@st.composite
def text_with(draw: st.DrawFn, count: int) -> tuple[str, list[Splices]]:
    """A text and ``count`` lists of splices, each made for that text."""
    text = draw(texts)
    return text, [draw(splices_for(text)) for _ in range(count)]
