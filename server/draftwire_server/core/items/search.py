"""Text search: the question that the index is asked, and where in an item the words of a search stand. Pure.

What a word is, the database decides (`search_words`, migration of the items' lists); `SEPARATORS` repeats it for what
is shown of a hit, and a test compares the two.
"""

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from draftwire.document.address import escape
from draftwire.rest.items import Hit
from draftwire.text.units import length
from draftwire_server.core.access.reach import Reach
from draftwire_server.core.items.paths import forms

TAG_CHARS: Final = 6  # as in the database; workspaces that share one read some of each other's index, and show nothing
EXCERPT_CHARS: Final = 160  # a line of a result list
EXCERPT_BEFORE: Final = 40  # of it, at the most, stand before the first match
HITS_PER_ITEM: Final = 3  # path, summary and content may each have one; or three lines of content
SPANS_PER_HIT: Final = 16

SEPARATORS: Final = (
    "".join(chr(code) for code in (*range(1, 32), 127))
    + "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u00a0«»·–—‘’“”„…\u3000、。，！？：；（）「」"
)
_APART: Final = " " + SEPARATORS


def question(workspace: str, words: Sequence[str], reach: Reach, creator: str) -> str:
    """Give the tsquery for items that hold all words (each the beginning of one) and lie within reach."""
    tag = _tag(workspace)
    wanted = [*word_questions(workspace, words)]
    if not reach.everything:
        places = [f"{_quoted(f'{tag}/{prefix}')}{'' if prefix.endswith('/') else ':*'}" for prefix in reach.prefixes]
        places += [_quoted(f"{tag}#{item}") for item in reach.items]
        if reach.pathless == "own":
            places.append(_quoted(f"{tag}@{creator}"))
        if reach.pathless == "all":
            places.append(f"{_quoted(f'{tag}@')}:*")
        wanted.append(f"({' | '.join(places) or _quoted(f'{tag}!')})")
    return " & ".join(wanted)


def word_questions(workspace: str, words: Sequence[str]) -> list[str]:
    """The tsquery of each word, in each of its forms."""
    tag = _tag(workspace)
    asked = [" | ".join(f"{_quoted(f'{tag}:{form}')}:*" for form in forms(word)) for word in words]
    return [f"({each})" if " | " in each else each for each in asked]


def _tag(workspace: str) -> str:
    return sha256(workspace.encode()).hexdigest()[:TAG_CHARS]


def _quoted(lexeme: str) -> str:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


# -------------------------------------------------------------------- where the words stand


def hits(words: Sequence[str], path: str | None, summary: str, value: Any) -> tuple[Hit, ...]:
    """Where the words stand: in the path, in the summary, then the lines of ``value`` (None: not looked at) that hold
    most of them.
    """
    pattern = _pattern(words)
    found = [_hit("path", None, None, path or "", pattern), _hit("summary", None, None, summary, pattern)]
    shown = [hit for hit in found if hit is not None]
    room = HITS_PER_ITEM - len(shown)
    if room and value is not None:
        best = heapq.nsmallest(room, _lines(value, pattern), key=lambda line: (-line[0], line[1]))
        for _, _, at, number, line in sorted(best, key=lambda line: line[1]):
            hit = _hit("content", at, number, line, pattern)
            if hit is not None:
                shown.append(hit)
    return tuple(shown)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({form for word in words for form in forms(word)}, key=lambda word: (-len(word), word))
    return re.compile(f"(?<![^{re.escape(_APART)}])(?:{'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)


def _lines(value: Any, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, str, int, str]]:
    """(different words, running number, pointer, line number, line) of every line with a match."""
    count = 0
    for at, text in _texts(value, ""):
        end, number, counted = -1, 1, 0
        for match in pattern.finditer(text):
            if match.start() < end:
                continue  # of the line before
            start = text.rfind("\n", 0, match.start()) + 1
            end = text.find("\n", match.start())
            end = len(text) if end < 0 else end
            number += text.count("\n", counted, start)
            counted = start
            line = text[start:end]
            count += 1
            yield len({m[0].lower() for m in pattern.finditer(line)}), count, at, number, line


def _texts(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """The strings of a value with their pointers, in document order."""
    waiting: list[tuple[str, Any]] = [(at, value)]
    while waiting:
        at, node = waiting.pop()
        if isinstance(node, str):
            yield at, node
        elif isinstance(node, dict):
            waiting.extend((f"{at}/{escape(name)}", member) for name, member in reversed(node.items()))
        elif isinstance(node, list):
            waiting.extend((f"{at}/{index}", node[index]) for index in reversed(range(len(node))))


def _hit(where: Any, at: str | None, line: int | None, text: str, pattern: re.Pattern[str]) -> Hit | None:
    first = pattern.search(text)
    if first is None:
        return None
    begin = max(0, first.start() - EXCERPT_BEFORE) if len(text) > EXCERPT_CHARS else 0
    excerpt = text[begin : begin + EXCERPT_CHARS]
    spans = []
    for match in pattern.finditer(text, begin, begin + EXCERPT_CHARS):
        start = length(text[begin : match.start()])
        spans.append((start, start + length(match[0])))
        if len(spans) == SPANS_PER_HIT:
            break
    return Hit(where, excerpt, tuple(spans), at, line)
