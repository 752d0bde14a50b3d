"""Write the golden vectors; `python protocol/vectors/generate.py` from the root of the repository.

Cases are drawn from fixed seeds and edge cases are written by hand; the Python engine gives the answers. A
test fails where a file is not what this script writes, so a change of behaviour shows in review.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the tests' model of random histories

from tests.protocol.member_names import PLAIN, SECRET
from tests.protocol.message_samples import frame_cases, refused_message_cases
from tests.protocol.model import SHAPE, World
from tests.protocol.session_rules import history_cases, rule_cases

from draftwire.document.carry import Range, carry
from draftwire.document.document import Document
from draftwire.document.invert import invert
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.document.rebase import compose, land, rebase
from draftwire.document.shape import Shape
from draftwire.errors import CODES, CloseCode, OpError, may_reconnect
from draftwire.merge.comparison import compare, compare_text
from draftwire.merge.merge import diff, merge
from draftwire.text import text, textdiff
from draftwire.text.units import length
from draftwire.wire.etags import quoted, unquoted
from draftwire.wire.retries import pause_s
from draftwire.wire.secret_names import is_secret_name

Case = dict[str, Any]

SHAPE_JSON = {
    "keyed": ["/items", "/**/subs", "/flat"],
    "text": ["/title", "/**/body"],
    "coupled": [["/**/body", "language"]],
}
assert Shape(**SHAPE_JSON).patterns == SHAPE.patterns  # type: ignore[arg-type]


def text_cases() -> Iterator[Case]:
    hand = [
        ("abcdef", ((2, 0, "x"),), ((2, 0, "y"),)),
        ("abcdef", ((2, 0, "x"),), ((2, 0, "x"),)),
        ("abcdef", ((1, 3, "m"),), ((2, 0, "x"),)),
        ("abcdef", ((1, 3, "m"),), ((1, 3, "t"),)),
        ("abcdef", ((1, 2, ""),), ((3, 2, ""),)),
        ("abcdef", ((0, 1, "a"), (2, 1, "b")), ((1, 1, ""),)),
        ("abcdef", ((0, 6, ""),), ((0, 6, ""),)),
        ("a😀b😀", ((1, 2, ""),), ((3, 0, "é"),)),
        ("", ((0, 0, "😀"),), ((0, 0, "\n"),)),
    ]
    drawn = [World(seed) for seed in range(250)]
    for before, first, second in [*hand, *[_two(world) for world in drawn]]:
        after, taken = text.apply(before, first)
        yield {
            "text": before,
            "first": first,
            "second": second,
            "after_first": after,
            "taken": taken,
            "inverse": text.invert(first, taken),
            "second_later": text.transform(second, first, over_first=True),
            "first_earlier": text.transform(first, second, over_first=False),
        }


def _two(world: World) -> tuple[str, text.Splices, text.Splices]:
    before = world.text(10)
    return before, world.splices(before), world.splices(before)


def compose_cases() -> Iterator[Case]:
    for seed in range(150):
        world = World(seed)
        before = world.text(8)
        first = world.splices(before)
        middle, _ = text.apply(before, first)
        then = world.splices(middle)
        both = text.compose(first, then)
        after = text.apply(before, both)[0] if both else before
        yield {"text": before, "first": first, "then": then, "both": both, "after": after}


def refused_cases() -> Iterator[Case]:
    for before, splices in [
        ("", ((0, 1, ""),)),
        ("abc", ((4, 0, "x"),)),
        ("abc", ((-1, 0, "x"),)),
        ("abc", ((1, -1, "x"),)),
        ("abc", ((1, 0, ""),)),
        ("abc", ()),
        ("abc", ((0, 1, ""), (1, 1, ""))),
        ("abc", ((2, 0, "x"), (0, 1, ""))),
        ("😀", ((1, 0, "x"),)),
        ("😀", ((0, 1, ""),)),
        ("abc", ((0, 0, "a\r\n"),)),
        ("abc", ((0, 0, "\0"),)),
        ("abc", ((1, 1, "é"),)),
    ]:
        try:
            text.validate(splices, before)
        except OpError as refused:
            yield {"text": before, "splices": splices, "code": refused.code}
        else:
            yield {"text": before, "splices": splices, "code": None}


def history(world: World, document: Document, w: int, steps: int) -> tuple[Document, list[Effect]]:
    effects: list[Effect] = []
    for _ in range(steps):
        op = world.op(document)
        if op is not None:
            applied = document.apply(op, w)
            assert applied.effect is not None
            document = applied.document
            effects.append(applied.effect)
    return document, effects


def document_cases() -> Iterator[Case]:
    """Ops of one document on another that has diverged from it: many are lost, many ids collide."""
    for seed in range(120):
        world = World(seed)
        base = world.document()
        document, _ = history(world, base, 1, 3)
        _, others = history(world, base, 2, 4)
        steps = []
        before = document
        for op in [effect.op for effect in others]:
            try:
                document.check(op)
                code = None
            except OpError as refused:
                code = refused.code
            applied = document.apply(op, 2)
            document = applied.document
            steps.append({"op": op, "check": code, "effect": applied.effect, "renamed": applied.renamed})
        yield {"value": before.value, "w": 2, "steps": steps, "after": document.value}


HAND_DOCUMENT: dict[str, Any] = {
    "title": "Hi 😀",
    "n": 1,
    "plain": [{"id": "a", "body": "x"}],
    "items": [
        {"id": "a", "body": "one\ntwo", "meta": {"x": 1}},
        {"id": "b", "subs": [{"id": "c", "body": "in"}]},
        {"id": "e/~", "list": [{"subs": [{"id": "f", "body": "deep"}]}]},
    ],
    "flat": [],
}

HAND_OPS: list[Op] = [
    Text("c/body", ((0, 1, "I"), (2, 0, "!"))),
    Text("/title", ((4, 0, "x"),)),
    Text("/plain/0/body", ((0, 0, "x"),)),
    Text("f/body", ((4, 0, "er"),)),
    Text("zz/body", ((0, 0, "x"),)),
    Text("a~/body", ((0, 0, "x"),)),
    Text("a/id", ((0, 0, "x"),)),
    Set("", {}),
    Set("a", {}),
    Set("a/id", "z"),
    Set("/items", []),
    Set("/flat", [{"id": "a"}, {"id": "q", "subs": [{"id": "c"}]}]),
    Set("/plain/0", 1),
    Set("/__proto__", 1),
    Set("/zz/x", 1),
    Set("a/meta/y", [1, {"z": None}]),
    Set("b/subs", [{"id": "c", "n": 1}, {"id": "d"}]),
    Set("/x", {"subs": [{"id": "q"}, {"id": "q"}]}),
    Remove(""),
    Remove("a/id"),
    Remove("a/meta"),
    Remove("a/none"),
    Remove("b"),
    Remove("e~1~0"),
    Remove("/items"),
    Remove("/zz/x"),
    Insert("/items", {"id": "z"}, None, "a"),
    Insert("/items", {"id": "z"}, "a", "b"),
    Insert("/items", {"id": "z"}, "b", "a"),
    Insert("/items", {"id": "z"}, "gone", "gone"),
    Insert("/items", {"id": "z"}, None, "gone"),
    Insert("/items", {"id": "z"}, "a", None),
    Insert("/items", {"id": "a", "subs": [{"id": "a_7"}, {"id": "c"}]}, None, None),
    Insert("/plain", {"id": "z"}),
    Insert("/items", {"id": " "}),
    Insert("e~1~0/list/0/subs", {"id": "z"}, "f", None),
    Move("b", "/items", None, "a"),
    Move("a", "b/subs", "c", None),
    Move("b", "b/subs"),
    Move("e/~", "/flat"),
    Move("zz", "/items"),
    Move("a", "/plain"),
]


def op_cases() -> Iterator[Case]:
    document = Document.load(HAND_DOCUMENT, SHAPE)
    for op in HAND_OPS:
        try:
            document.check(op)
            code = None
        except OpError as refused:
            code = refused.code
        applied = document.apply(op, 7)
        yield {
            "op": op,
            "check": code,
            "effect": applied.effect,
            "renamed": applied.renamed,
            "after": applied.document.value if applied.effect else None,
        }


def rebase_cases() -> Iterator[Case]:
    for seed in range(110):
        world = World(seed)
        base = world.document()
        _, mine = history(world, base, 1, world.random.randint(1, 4))
        head, over = history(world, base, 2, world.random.randint(1, 4))
        ops = [effect.op for effect in mine]
        met: list[list[int]] = []
        rebased = rebase(ops, over, w=1, on_meet=lambda i, k, p, f, met=met: met.append([i, k]), head=head)
        landed = land(head, rebased.ops, w=1)
        yield {
            "value": base.value,
            "w": 1,
            "ops": ops,
            "over": over,
            "rebased": rebased.ops,
            "over_after": [effect.op if effect else None for effect in rebased.over],
            "renamed": rebased.renamed,
            "met": met,
            "landed": landed.effects,
            "after": landed.document.value,
        }


def buffer_cases() -> Iterator[Case]:
    for seed in range(60):
        world = World(seed)
        base = world.document()
        middle, first = history(world, base, 1, 3)
        _, more = history(world, middle, 1, 3)
        ops, rest = [effect.op for effect in first], [effect.op for effect in more]
        yield {"ops": ops, "more": rest, "composed": compose(ops, rest)}


def carry_cases() -> Iterator[Case]:
    for seed in range(160):
        world = World(seed)
        base = world.document()
        leaves = ["/title", *[f"{id_}/body" for id_ in base.elements()]]
        ranges = []
        for at in world.random.sample(leaves, min(3, len(leaves))):
            leaf = base.get(at)
            if isinstance(leaf, str):
                edges = [length(leaf[:i]) for i in range(len(leaf) + 1)]
                start, end = sorted(world.random.choices(edges, k=2))
                ranges.append(Range(at, start, end, *world.random.choices([True, False], k=2)))
        ranges.append(Range(leaves[-1]))
        _, effects = history(world, base, 2, world.random.randint(1, 3))
        rows = [{"range": given, "carried": carry(given, effects)} for given in ranges]
        yield {"effects": effects, "ranges": rows}


def invert_cases() -> Iterator[Case]:
    for seed in range(80):
        world = World(seed)
        base = world.document()
        after, effects = history(world, base, 3, world.random.randint(1, 5))
        yield {"before": base.value, "effects": effects, "after": after.value, "inverse": invert(effects)}


def diff_cases() -> Iterator[Case]:
    for seed in range(120):
        world = World(seed)
        old = world.document()
        new, _ = history(world, old, 2, world.random.randint(1, 5))
        yield {"old": old.value, "new": new.value, "ops": diff(old, new.value)}


def line_cases() -> Iterator[Case]:
    words = ["a", "b", "x = 1", "x = 2", "", "def f(é):", "😀 é", "return x + 1", "    pass"]
    for seed in range(150):
        random = World(seed).random
        base = random.choices(words, k=random.randint(0, 7))
        sides = []
        for _ in range(2):
            side = base.copy()
            for _ in range(random.randint(1, 3)):
                at = random.randint(0, len(side))
                side[at : at + random.randint(0, 2)] = random.choices(words, k=random.randint(0, 2))
            sides.append("\n".join(side))
        mine, theirs = sides
        merged = textdiff.merge_text("\n".join(base), mine, theirs)
        yield {
            "base": "\n".join(base),
            "mine": mine,
            "theirs": theirs,
            "diff": textdiff.diff_text("\n".join(base), mine),
            "splices": merged.splices,
            "conflicts": merged.conflicts,
        }


def long_cases() -> Iterator[Case]:
    """One line too long to be refined: only what is equal at both ends stays."""
    for unit, times, at, cut, put in [
        ("word ", 9_000, 20_000, 10, "other"),
        ("é😀", 18_000, 17_001, 2, "😀"),
        ("é😀", 18_000, 17_001, 1, "😁"),
        ("a", 40_000, 0, 0, "a"),
        ("a", 40_000, 40_000, 0, "b\n"),
    ]:
        base = unit * times
        mine = base[:at] + put + base[at + cut :]
        yield {"unit": unit, "times": times, "at": length(base[:at]), "cut": length(base[at : at + cut]), "put": put,
               "diff": textdiff.diff_text(base, mine)}  # fmt: skip


def compare_cases() -> Iterator[Case]:
    for old, new in COMPARED:
        yield {"old": old, "new": new, "context": 3, "changes": compare(old, new, SHAPE).changes}
    for seed in range(120):
        world = World(seed)
        old = world.document()
        new, _ = history(world, old, 2, world.random.randint(1, 6)) if seed % 3 else (world.document(), [])
        context = seed % 4
        changes = compare(old.value, new.value, SHAPE, context=context).changes
        yield {"old": old.value, "new": new.value, "context": context, "changes": changes}


COMPARED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"items": []}, {"items": []}),
    ({"n": 1, "m": None}, {"n": 1.0, "k": None}),
    ({"p": {"$secret": "a"}, "q": {"$secret": "a"}}, {"p": {"$secret": "b"}, "q": {"$secret": "a", "n": 1}}),
    ({"p": {"$secret": "a"}, "q": {"$secret": 1}}, {"p": {"x": 1}, "q": {"$secret": 2}}),
    ({"items": [{"id": i} for i in "abcdef"]}, {"items": [{"id": i} for i in "fbacde"]}),
    ({"items": [{"id": "a"}, {"id": "b"}], "flat": []}, {"items": [{"id": "b"}], "flat": [{"id": "a", "n": 1}]}),
    (
        {"items": [{"id": "a", "subs": [{"id": "x"}, {"id": "y", "body": "1"}]}]},
        {"items": [{"id": "n", "summary": " New one \n", "subs": [{"id": "y", "body": "2"}]}], "flat": [{"id": "x"}]},
    ),
    (
        {"plain": [1, {"subs": [{"id": "a"}]}], "x": {"subs": [{"id": "b"}]}},
        {"plain": [2, {"subs": [{"id": "b"}]}], "x": {"subs": [{"id": "a"}]}},
    ),
    (
        {"list": [{"subs": [{"id": "e/~", "name": "é" * 80}]}, {"subs": []}]},
        {"list": [{"subs": []}, {"subs": [{"id": "e/~", "name": "😀" * 80, "body": "x"}]}]},
    ),
    ({"title": "one", "body": "same\n"}, {"title": ["one"], "body": "same\n"}),
]


def compare_text_cases() -> Iterator[Case]:
    hand = [
        ("keep\nreturn fetch(url, 3) 😀\nend", "keep\nreturn fetch(address, 3) 😀!\nend\n"),
        ("", "a\n"),
        ("a", "a\n"),
        ("a\n\n", "a\n"),
        ("\n".join("abcdefghijklmnop"), "\n".join("abCdefghijklmnoP")),
    ]
    words = ["a", "b", "x = 1", "x = 2", "", "def f(é):", "😀 é", "return x + 1", "    pass"]
    for seed in range(100):
        random = World(seed).random
        old = random.choices(words, k=random.randint(0, 12))
        new = old.copy()
        for _ in range(random.randint(1, 3)):
            at = random.randint(0, len(new))
            new[at : at + random.randint(0, 2)] = random.choices(words, k=random.randint(0, 2))
        hand.append(("\n".join(old), "\n".join(new)))
    for i, (before, after) in enumerate(hand):
        hunks, coarse = compare_text(before, after, i % 4)
        yield {"old": before, "new": after, "context": i % 4, "hunks": hunks, "coarse": coarse}


def compare_large_cases() -> Iterator[Case]:
    """Texts at the bounds: so many lines, numbered and with a tail, of which two in the second text are others."""
    for count, tail in [(10_000, 0), (10_001, 0), (1_000, 518), (1_000, 530), (400, 900)]:
        old = [f"{i} {'x' * tail}" for i in range(count)]
        new = [*old[:10], "new", *old[11:300], *old[301:]]
        hunks, coarse = compare_text("\n".join(old), "\n".join(new), 1)
        shown = [[hunk.old_from, hunk.old_lines, hunk.new_from, hunk.new_lines] for hunk in hunks]
        yield {"count": count, "tail": tail, "hunks": shown, "coarse": coarse}


def merge_cases() -> Iterator[Case]:
    for seed in range(120):
        world = World(seed)
        base = world.document()
        mine, _ = history(world, base, 1, world.random.randint(1, 4))
        theirs, _ = history(world, base, 2, world.random.randint(1, 4))
        yield merge_case(base, mine, theirs)
    for seed in range(60):
        random = World(seed).random
        yield merge_case(*(Document.load({"items": [{"id": id_} for id_ in ids]}, SHAPE) for ids in orders(random)))

    for seed in range(40):
        random = World(seed).random
        yield merge_case(*(Document.load(value, SHAPE) for value in languages(random)))
    for seed in range(20):
        random = World(seed).random
        yield merge_case(*(Document.load(schema(names), SHAPE) for names in required_names(random)))


def languages(random: Random) -> Iterator[Case]:
    """A text and its language, at the root and in an element, and twice as somebody changed one, both or none."""
    yield {"body": "one\ntwo\n", "language": "a", "items": [{"id": "e", "body": "one\ntwo\n", "language": "a"}]}
    for _ in range(2):
        sides = [
            {
                "body": random.choice(["one\ntwo\n", "one\ntwo\n", "1\ntwo\n", "one\n2\n"]),
                **random.choice([{"language": "a"}, {"language": "a"}, {"language": "b"}, {"language": "c"}, {}]),
            }
            for _ in range(2)
        ]
        yield {**sides[0], "items": [{"id": "e", **sides[1]}]}


def schema(names: list[str]) -> Case:
    return {"schema": {"type": "object", "properties": {}, "required": names}, "required": names}


def required_names(random: Random) -> Iterator[list[str]]:
    """What a schema requires, and twice as somebody added, removed or moved names, now and then doubled one."""
    yield list("abcd")
    for _ in range(2):
        names = random.sample("abcd", random.randint(2, 4)) + random.sample("wxyz", random.randint(0, 2))
        yield names if random.random() < 0.3 else sorted(names, key="abcdwxyz".index)


def orders(random: Random) -> Iterator[str]:
    """Five elements in order, and twice as somebody moved one or two and made one, or did not."""
    yield "abcde"
    for new in "yz":
        ids = list("abcde")
        for _ in range(random.randint(0, 2)):
            ids.insert(random.randrange(5), ids.pop(random.randrange(5)))
        if random.random() < 0.5:
            ids.insert(random.randrange(6), new)
        yield "".join(ids)


def merge_case(base: Document, mine: Document, theirs: Document) -> Case:
    outcome = merge(base.value, mine.value, theirs.value, SHAPE)
    after = theirs
    for op in outcome.ops:
        after = after.apply(op, 0).document
    return {
        "base": base.value,
        "mine": mine.value,
        "theirs": theirs.value,
        "ops": outcome.ops,
        "conflicts": outcome.conflicts,
        "after": after.value,
    }


def code_cases() -> Iterator[Case]:
    for code in CODES.values():
        yield {"code": code.code, "retry": code.retry}


def name_cases() -> Iterator[Case]:
    for name in [*SECRET, *PLAIN]:
        yield {"name": name, "secret": is_secret_name(name)}


def close_cases() -> Iterator[Case]:
    known = [code for code in vars(CloseCode).values() if isinstance(code, int)]
    for code in sorted({*known, 1000, 1005, 1006, 1011, 1013, 4499, 4500, 4999, 5000}):
        yield {"code": code, "come_back": may_reconnect(code)}


def pause_cases() -> Iterator[Case]:
    for failures in (*range(13), 5_000):
        for share in (0.0, 0.25, 1.0):
            yield {"failures": failures, "share": share, "pause_ms": pause_s(failures, share) * 1000}


def etag_cases() -> Iterator[Case]:
    for header in ("g1.s2.abcd", '"g1.s2.abcd"', 'W/"g1.s2.abcd"'):
        yield {"header": header, "quoted": quoted(header), "etag": unquoted(header)}


Part = tuple[str, Callable[[], Iterator[Case]]]

FILES: dict[str, list[Part]] = {
    "text": [("pairs", text_cases), ("compose", compose_cases), ("refused", refused_cases)],
    "document": [("ops", op_cases), ("histories", document_cases)],
    "rebase": [("batches", rebase_cases), ("buffers", buffer_cases)],
    "carry": [("histories", carry_cases)],
    "invert": [("histories", invert_cases)],
    "diff": [("documents", diff_cases), ("texts", line_cases), ("long", long_cases)],
    "merge": [("documents", merge_cases)],
    "compare": [("documents", compare_cases), ("texts", compare_text_cases), ("large", compare_large_cases)],
    "session": [("rules", rule_cases), ("histories", history_cases), ("codes", code_cases)],
    "names": [("names", name_cases)],
    "connection": [("closes", close_cases), ("pauses", pause_cases), ("etags", etag_cases)],
    "messages": [("frames", frame_cases), ("refused", refused_message_cases)],
}

EXTRA: dict[str, Case] = {"document": {"value": HAND_DOCUMENT, "w": 7}}


def render(name: str) -> str:
    """Return the contents of one file: one case a line."""
    head = {"shape": SHAPE_JSON, **EXTRA.get(name, {})}
    lines = [json.dumps(head, ensure_ascii=False)[:-1]]
    for part, cases in FILES[name]:
        rows = [json.dumps(msgspec.to_builtins(case), ensure_ascii=False) for case in cases()]
        lines.append(f',"{part}":[\n' + ",\n".join(rows) + "\n]")
    return "".join([*lines, "}\n"])


def main() -> None:
    for name in FILES:
        Path(__file__).with_name(f"{name}.json").write_text(render(name), encoding="utf-8")


if __name__ == "__main__":
    main()
