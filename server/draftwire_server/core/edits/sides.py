"""What each party of a conflict in a text had there: the leaf without what the other one wrote. Pure.

The log holds effects, so the answer is exact for what was typed; where both deleted the same characters, undoing one
of them brings those back.
"""

from collections.abc import Iterable, Sequence

from draftwire.document.ops import Effect, Text, TextTaken
from draftwire.text import text
from draftwire.text.text import Splices
from draftwire.text.textdiff import diff_text
from draftwire_server.core.edits.clash import replaces


def leaf_without(at: str, leaf: str, batches: Iterable[tuple[int, Sequence[Effect]]], w: int) -> str:
    """Give a text leaf as it would read without what writer ``w`` wrote in ``batches``, the last of which led to it.

    What lies before a batch that replaced the leaf as a whole stays as it is.
    """
    chain: list[tuple[int, Splices, tuple[str, ...]]] = []
    for writer, effects in batches:
        for effect in effects:
            if isinstance(effect.op, Text) and effect.op.at == at and isinstance(effect.took, TextTaken):
                chain.append((writer, effect.op.s, effect.took.s))
            elif replaces(effect, at):
                chain.clear()
    kept: list[Splices] = []  # what came after the effect that is looked at, as it reads without what was undone
    for writer, splices, taken in reversed(chain):
        if writer != w:
            kept.insert(0, splices)
            continue
        undone = text.invert(splices, taken) if splices else ()
        for i, later in enumerate(kept):
            kept[i] = text.transform(later, undone, over_first=False)
            undone = text.transform(undone, later, over_first=True)
        if undone:
            leaf, _ = text.apply(leaf, undone)
    return leaf


def only_between(leaf: str, other: str, start: int, end: int) -> str:
    """Give ``leaf`` with those differences to ``other`` that touch the range, and no others."""
    wanted = tuple(s for s in diff_text(leaf, other) if s[0] <= end and s[0] + s[1] >= start)
    return text.apply(leaf, wanted)[0] if wanted else leaf
