"""Differences of two texts, and the merge of two texts with their common base. Pure.

Lines are matched first: common ends, then lines that occur once on both sides (patience), then Myers' greedy
algorithm, given up at `MAX_EDITS` so that two texts that share nothing cost little: what is not matched is
replaced as a whole. A changed block of lines up to `MAX_REFINED` is refined to tokens in the same way.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from draftwire.text.text import Splice, Splices, apply, canonical, carry_span, clashes, transform
from draftwire.text.units import length

MAX_EDITS = 256  # Myers' d; its cost is the square of it, about 20 ms
MAX_DEPTH = 24  # nested searches for unique lines, each a pass over the block
MAX_REFINED = 64 * 1024  # code points of both sides of a block

Match = tuple[int, int, int]  # start in a, start in b, count
Hunk = tuple[int, int, int, int]  # a[0:1] became b[2:3]

_TOKEN = re.compile(r"[A-Za-z0-9_]+|[ \t]+|[^A-Za-z0-9_ \t]", re.DOTALL)


class TextConflict(msgspec.Struct, frozen=True):
    """A block that both sides changed differently.

    ``start`` to ``end`` are units of the merged text, where theirs stands.
    """

    start: int
    end: int
    base: str
    mine: str
    theirs: str


class TextMerge(msgspec.Struct, frozen=True):
    """What of mine goes into theirs: ``splices`` are for their text."""

    splices: Splices
    conflicts: tuple[TextConflict, ...]


def diff_text(old: str, new: str) -> Splices:
    """Return splices that make ``new`` of ``old``."""
    if old == new:
        return ()
    a, b = lines(old), lines(new)
    out: list[Splice] = []
    at = offsets(a)
    for a0, a1, b0, b1 in hunks(a, b):
        out += _refined("".join(a[a0:a1]), "".join(b[b0:b1]), at[a0])
    return canonical(tuple(out))


def merge_text(base: str, mine: str, theirs: str) -> TextMerge:
    """Merge by lines; blocks that both sides changed by tokens, if every added line survives whole."""
    if mine in (base, theirs):
        return TextMerge((), ())
    b, m, t = lines(base), lines(mine), lines(theirs)
    base_at, theirs_at = offsets(b), offsets(t)
    ours: list[Splice] = []
    other: list[Splice] = []
    open_: list[tuple[int, int, str, str, str]] = []
    for (lo, hi), (m0, m1), (t0, t1), sides in _blocks(hunks(b, m), hunks(b, t)):
        was, my, their = "".join(b[lo:hi]), "".join(m[m0:m1]), "".join(t[t0:t1])
        changed = _refined(was, their, 0) if "t" in sides else ()
        kept = _merged_block(was, my, their, changed) if "m" in sides else ()
        if kept is None:
            open_.append((theirs_at[t0], theirs_at[t1], was, my, their))
        else:
            ours += [(p + base_at[lo], d, i) for p, d, i in kept]
        other += [(p + base_at[lo], d, i) for p, d, i in changed]
    splices = transform(canonical(tuple(ours)), canonical(tuple(other)), over_first=True)
    conflicts = [
        TextConflict(*carry_span(start, end, splices, True, False), was, my, their)
        for start, end, was, my, their in open_
    ]
    return TextMerge(splices, tuple(conflicts))


def _merged_block(was: str, mine: str, theirs: str, changed: Splices) -> Splices | None:
    """Return what mine adds to a block that theirs ``changed``; None if they can't stand together."""
    if mine == theirs:
        return ()
    if theirs == was:
        return _refined(was, mine, 0)
    if len(was) + len(mine) + len(theirs) > MAX_REFINED:
        return None
    ours = tuple([splice for splice in _refined(was, mine, 0) if splice not in changed])
    if any(clashes(splice, other) for splice in ours for other in changed):
        return None
    merged, _ = apply(theirs, transform(ours, changed, over_first=True))
    return ours if _keeps_lines(was, mine, theirs, merged) else None


def _keeps_lines(was: str, mine: str, theirs: str, merged: str) -> bool:
    """Say whether every line that a side added is there, and none that one removed and the other left
    alone."""
    b, m, t, r = (_line_counts(side) for side in (was, mine, theirs, merged))
    for line in {*b, *m, *t}:
        my, their = m[line] - b[line], t[line] - b[line]
        if r[line] < max(my, their):
            return False
        if (my < 0 and their == 0 and r[line] > m[line]) or (their < 0 and my == 0 and r[line] > t[line]):
            return False
    return True


def _line_counts(side: str) -> Counter[str]:
    lines = side.split("\n")
    if not lines[-1]:
        lines.pop()
    return Counter(lines)


def _blocks(
    mine: list[Hunk], theirs: list[Hunk]
) -> list[tuple[tuple[int, int], tuple[int, int], tuple[int, int], str]]:
    """Join hunks of both sides that overlap or touch: ranges of lines in base, mine, theirs, and whose
    they are."""
    tagged = sorted([(*hunk, "m") for hunk in mine] + [(*hunk, "t") for hunk in theirs])
    out: list[tuple[tuple[int, int], tuple[int, int], tuple[int, int], str]] = []
    shift = {"m": 0, "t": 0}  # of a side's lines against the base, before the block
    i = 0
    while i < len(tagged):
        lo, hi = tagged[i][0], tagged[i][1]
        grow = {"m": 0, "t": 0}
        sides = ""
        while i < len(tagged) and tagged[i][0] <= hi:
            a0, a1, b0, b1, side = tagged[i]
            hi = max(hi, a1)
            grow[side] += (b1 - b0) - (a1 - a0)
            sides += side
            i += 1
        ranges = [(lo + shift[s], hi + shift[s] + grow[s]) for s in "mt"]
        out.append(((lo, hi), ranges[0], ranges[1], sides))
        for side in "mt":
            shift[side] += grow[side]
    return out


def _refined(old: str, new: str, at: int) -> Splices:
    """Return splices for a block that begins at unit ``at``, by tokens if it isn't too large."""
    if not old or not new:
        return ((at, length(old), new),) if old or new else ()
    if len(old) + len(new) > MAX_REFINED:
        return (_trimmed(old, new, at),)
    a, b = tokens(old), tokens(new)
    starts = offsets(a)
    out: list[Splice] = []
    for a0, a1, b0, b1 in hunks(a, b):
        out.append(_trimmed("".join(a[a0:a1]), "".join(b[b0:b1]), at + starts[a0]))
    return canonical(tuple(out))


def _trimmed(old: str, new: str, at: int) -> Splice:
    """Leave out what is equal at the beginning and the end, whole code points."""
    size = min(len(old), len(new))
    start = _common(size, lambda low, high: old[low:high] == new[low:high])
    o, n = len(old), len(new)
    end = _common(size - start, lambda low, high: old[o - high : o - low] == new[n - high : n - low])
    kept = old[start : len(old) - end]
    return at + length(old[:start]), length(kept), new[start : len(new) - end]


def _common(size: int, equal: Callable[[int, int], bool]) -> int:
    """Return how much is equal from the beginning, by halving: lines of a million characters occur."""
    low, high = 0, size
    while low < high:
        middle = (low + high + 1) // 2
        if equal(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def tokens(text: str) -> list[str]:
    """Split into words, runs of blanks, and single other characters."""
    return _TOKEN.findall(text)


def lines(text: str) -> list[str]:
    """Split after each line feed."""
    whole = [line + "\n" for line in text.split("\n")]
    last = whole.pop()[:-1]
    return [*whole, last] if last else whole


def offsets(parts: Sequence[str]) -> list[int]:
    """Return where each part begins, in units, and where the last ends."""
    out = [0]
    for part in parts:
        out.append(out[-1] + length(part))
    return out


def hunks(a: Sequence[str], b: Sequence[str]) -> list[Hunk]:
    """Return what lies between the matches."""
    out: list[Hunk] = []
    i = j = 0
    for a0, b0, count in [*matches(a, b), (len(a), len(b), 0)]:
        if i < a0 or j < b0:
            out.append((i, a0, j, b0))
        i, j = a0 + count, b0 + count
    return out


def matches(a: Sequence[str], b: Sequence[str]) -> list[Match]:
    """Return runs of equal items, ascending in both sequences, none touching the next in both."""
    found: list[Match] = []
    todo = [(0, len(a), 0, len(b), 0)]
    while todo:
        a0, a1, b0, b1, depth = todo.pop()
        start = a0
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            a0, b0 = a0 + 1, b0 + 1
        if a0 > start:
            found.append((start, b0 - (a0 - start), a0 - start))
        end = a1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
        if end > a1:
            found.append((a1, b1, end - a1))
        if a0 == a1 or b0 == b1:
            continue
        anchors = _unique(a, b, a0, a1, b0, b1) if depth < MAX_DEPTH else []
        if not anchors:
            found += _myers(a, b, a0, a1, b0, b1)
            continue
        for x, y in [*anchors, (a1, b1)]:
            todo.append((a0, x, b0, y, depth + 1))
            if x < a1:
                found.append((x, y, 1))
            a0, b0 = x + 1, y + 1
    return _runs(sorted(found))


def _runs(found: list[Match]) -> list[Match]:
    out: list[Match] = []
    for a0, b0, count in found:
        if out and out[-1][0] + out[-1][2] == a0 and out[-1][1] + out[-1][2] == b0:
            out[-1] = (out[-1][0], out[-1][1], out[-1][2] + count)
        else:
            out.append((a0, b0, count))
    return out


def _unique(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> list[tuple[int, int]]:
    """Return the longest ascending chain of items that occur once in both ranges."""
    in_a, in_b = Counter(a[a0:a1]), Counter(b[b0:b1])
    where = {item: j for j, item in enumerate(b[b0:b1], b0) if in_b[item] == 1}
    pairs = [(i, where[item]) for i, item in enumerate(a[a0:a1], a0) if in_a[item] == 1 and item in where]
    return [pairs[k] for k in longest_ascent([j for _, j in pairs])]


def longest_ascent(values: Sequence[int]) -> list[int]:
    """Return the indexes of a longest strictly ascending subsequence (the one that ends lowest)."""
    tails: list[int] = []  # lowest last value of an ascent of each length
    at: list[int] = []  # its index
    before: list[int] = []
    for index, value in enumerate(values):
        slot = bisect_left(tails, value)
        before.append(at[slot - 1] if slot else -1)
        if slot == len(tails):
            tails.append(value)
            at.append(index)
        else:
            tails[slot], at[slot] = value, index
    out: list[int] = []
    index = at[-1] if at else -1
    while index >= 0:
        out.append(index)
        index = before[index]
    return out[::-1]


def _myers(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> list[Match]:
    """Match by Myers' greedy algorithm; nothing if more than `MAX_EDITS` edits are needed."""
    n, m = a1 - a0, b1 - b0
    best = {1: 0}
    trace: list[dict[int, int]] = []
    for d in range(min(n + m, MAX_EDITS) + 1):
        trace.append(best.copy())
        for k in range(-d, d + 1, 2):
            if k == -d or (k != d and best[k - 1] < best[k + 1]):
                x = best[k + 1]
            else:
                x = best[k - 1] + 1
            y = x - k
            while x < n and y < m and a[a0 + x] == b[b0 + y]:
                x, y = x + 1, y + 1
            best[k] = x
            if x >= n and y >= m:
                return _walk_back(trace, n, m, a0, b0)
    return []


def _walk_back(trace: list[dict[int, int]], x: int, y: int, a0: int, b0: int) -> list[Match]:
    out: list[Match] = []
    for d in range(len(trace) - 1, -1, -1):
        best = trace[d]
        k = x - y
        down = k == -d or (k != d and best[k - 1] < best[k + 1])
        before = k + 1 if down else k - 1
        from_x = best[before] if d else 0
        start_x = from_x if down else from_x + 1
        if not d:
            start_x = 0
        if x > start_x:
            out.append((a0 + start_x, b0 + start_x - k, x - start_x))
        x, y = from_x, from_x - before
    return out
