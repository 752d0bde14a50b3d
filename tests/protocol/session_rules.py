"""The rules of a client session, each as a short history with a server: written by hand, and drawn on the real core."""

from collections import deque
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import msgspec

from draftwire.document.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.errors import Problem
from draftwire.wire.codec import decode_server, encode
from tests.protocol.cluster_model import DRAFT, ITEM, Log, Peer, Wire, Worker, first_document
from tests.protocol.model import World
from tests.protocol.session_script import Case, Recorder

ACTOR = {"id": "a", "kind": "user", "name": "Ada", "user": "u"}
MINE = {"w": 1, "actor": ACTOR, "sid": "me"}
THEIRS = {"w": 2, "actor": {**ACTOR, "id": "g"}, "sid": "she"}
SHAPE = {"keyed": ["/list", "/more", "/**/subs"], "text": ["/code", "/name", "/**/body"]}
TWO_LINES = {"code": "one\ntwo\n"}

HISTORIES = 16
STEPS = 40

Write = Callable[["Script"], None]
RULES: list[tuple[str, Write]] = []


def rule(name: str) -> Callable[[Write], Write]:
    def add(write: Write) -> Write:
        RULES.append((name, write))
        return write

    return add


class Script(Recorder):
    """A session that follows draft ``d``, beside what its server says."""

    def __init__(self) -> None:
        super().__init__("s", "d")

    def begin(self, value: Any = None, **limits: int) -> None:
        self.open(item="i")
        self.greet(**limits)
        self.state(value or TWO_LINES, ref=1)

    def greet(self, **limits: int) -> None:
        self.connect()
        self.say(
            t="welcome", session="s", sid="me", resume="r", worker="x", workspace="ws", actor=ACTOR, server="0",
            ping_s=8, limits=limits,
        )  # fmt: skip

    def say(self, **message: Any) -> None:
        """Let the server say something, then send what the session answers."""
        self.take(message)
        self.send()

    def head(self, **more: Any) -> Case:
        return {
            "t": "state", "draft": "d", "item": "i", "purpose": "shared", "owner": None, "generation": 1, "seq": 0,
            "mark": "m0", "may": "type", "shape": SHAPE, "base_version": 1, "head_version": 1, "writers": [THEIRS],
            **more,
        }  # fmt: skip

    def state(self, value: Any, **more: Any) -> None:
        self.say(**self.head(value=value, **more))

    def opened(self, seq: int, **more: Any) -> None:
        self.say(**{"t": "opened", "draft": "d", "item": "i", "generation": 1, "seq": seq, "may": "type", **more})

    def log(self, seq: int, w: int, no: int, *ops: Op, **more: Any) -> None:
        """One batch of the log."""
        batch = [w, no, msgspec.to_builtins(ops), *more.pop("alerts", [])]
        self.say(
            **{
                "t": "ops", "draft": "d", "generation": 1, "from": seq - 1, "to": seq, "mark": f"m{seq}",
                "batches": [batch], "writers": [MINE, THEIRS], **more,
            }
        )  # fmt: skip

    def type(self, position: int, text: str, at: str = "/code") -> None:
        self.write(Text(at, ((position, 0, text),)))

    def write(self, *ops: Op) -> None:
        self.edit(*ops)
        self.send()

    def hold(self, *ops: Op) -> None:
        """Change the draft, and send nothing yet."""
        self.edit(*ops)

    def refuse(self, code: str, **more: Any) -> None:
        replica = self.replica
        assert replica is not None
        assert replica.inflight is not None
        edit = replica.inflight.edit
        self.say(t="refused", draft="d", no=edit.no, key=edit.key, code=code, message="", **more)

    def wait(self, ms: int) -> None:
        self.tick(ms)
        self.send()

    def reconnect(self, **limits: int) -> None:
        self.cut()
        self.greet(**limits)

    def stashed(self, ref: int) -> None:
        self.say(t="parked", ref=ref, stash=f"stash {ref}")


@rule("one batch is in flight; what is typed behind it is composed, with its own seen")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.type(1, "b")
    it.type(2, "c")
    it.log(1, 2, 1, Text("/code", ((4, 0, "X"),)))
    it.wait(250)
    it.log(2, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.log(3, 1, 2, Text("/code", ((1, 0, "bc"),)))


@rule("what is in flight is sent again unchanged after a reconnect, also when the log has moved")
def _(it: Script) -> None:
    it.begin()
    it.type(4, "a")
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    it.reconnect()
    it.opened(1)
    it.log(2, 1, 1, Text("/code", ((5, 0, "a"),)))


@rule("an edit without an answer is sent again unchanged, later and later, until its ack")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    for ms in (3_999, 1, 7_999, 1):
        it.wait(ms)
    it.say(t="ping", n=1)
    it.log(1, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.type(1, "b")
    it.wait(4_000)


@rule("what is not acknowledged for five seconds waits, though the server is heard, until an ack or a new connection")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.wait(3_000)
    it.type(1, "b")
    it.wait(1_999)
    it.wait(1)
    it.say(t="ping", n=1)
    it.type(2, "c")
    it.log(1, 2, 1, Text("/code", ((4, 0, "X"),)))
    it.log(2, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.wait(4_999)
    it.wait(1)
    it.refuse("unavailable", retry=True)
    it.reconnect()
    it.opened(2, your_w=1, your_last_no=1)
    it.wait(4_999)
    it.wait(1)
    it.log(3, 1, 2, Text("/code", ((1, 0, "bc"),)))


@rule("batches that are there already are dropped; a gap is opened again once, with what is there")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    it.type(0, "mine ")
    it.log(3, 2, 3, Text("/code", ((0, 0, "Z"),)))
    it.log(4, 2, 4, Text("/code", ((0, 0, "Z"),)))
    it.log(2, 2, 2, Text("/code", ((0, 0, "Y"),)))
    it.wait(1_000)
    it.opened(1, ref=2, writers=[THEIRS])
    it.log(2, 2, 2, Text("/code", ((0, 0, "Y"),)))
    it.log(3, 1, 1, Text("/code", ((1, 0, "mine "),)))


@rule("a stream that was asked for and does not come is asked for again")
def _(it: Script) -> None:
    it.begin()
    it.log(2, 2, 2, Text("/code", ((0, 0, "Z"),)))
    it.wait(4_999)
    it.wait(1)
    it.opened(0, ref=3)
    it.wait(6_000)


@rule("several batches in one message: those that are new are taken")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    rows = [[2, no, [{"op": "text", "at": "/code", "s": [[0, 0, str(no)]]}]] for no in (1, 2, 3)]
    it.say(t="ops", draft="d", generation=1, **{"from": 0}, to=3, mark="m3", batches=rows)


@rule("the log's word counts for one's own batch")
def _(it: Script) -> None:
    it.begin()
    it.write(Set("/n", 1))
    it.type(0, "a")
    it.log(1, 1, 1, Set("/n", 2))
    it.log(2, 1, 2, Text("/code", ((0, 0, "a"),)))


@rule("line ends in whole values are LF in texts, and stay as they are elsewhere, before anything is shown or sent")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "list": [], "n": ""})
    it.write(
        Set("/code", "a\r\nb\rc\n"),
        Set("/n", "kept\r\n"),
        Set("/new", {"body": "x\r\n", "other": "y\r\n"}),
        Insert("/list", {"id": "e", "body": "\r\r\n", "subs": [{"id": "s", "body": "z\r"}]}),
    )


@rule("ops of an older generation are dropped, of a newer one the draft is opened anew")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)), generation=0)
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)), generation=2)
    it.state({"code": "new\n"}, generation=2, ref=2)


@rule("an effect without a place is no log of this draft: it is opened anew")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("nobody/body", ((0, 0, "X"),)))
    it.state({"code": "whole\n"}, seq=5, mark="m5", ref=2)


@rule("several ids that were taken meanwhile are renamed at once, and what is typed in them follows")
def _(it: Script) -> None:
    it.begin({"list": [], "more": []})
    inside = {"id": "x", "subs": [{"id": "y", "body": ""}], "body": ""}
    it.write(Insert("/list", inside))
    it.type(0, "mine", "x/body")
    it.type(0, "inner", "y/body")
    it.log(1, 2, 1, Insert("/more", {"id": "x", "body": "theirs"}), Insert("/more", {"id": "y"}))
    renamed = {"id": "x_1", "subs": [{"id": "y_1", "body": ""}], "body": ""}
    it.log(2, 1, 1, Insert("/list", renamed))
    it.type(0, "more ", "x_1/body")


@rule("a name of the log that this copy did not foresee is followed by what is typed behind the batch")
def _(it: Script) -> None:
    it.begin({"list": []})
    it.write(Insert("/list", {"id": "x", "body": ""}))
    it.type(0, "mine", "x/body")
    it.write(Insert("/list", {"id": "z"}, "x", None), Move("x", "/list", "z", None))
    it.log(1, 1, 1, Insert("/list", {"id": "x_1", "body": ""}))


@rule("a name is followed in turn: what has lost its name to another is followed only from there on")
def _(it: Script) -> None:
    it.begin({"list": [{"id": "x", "body": "old"}], "more": []})
    it.write(Text("x/body", ((0, 0, "before "),)), Remove("x"), Insert("/more", {"id": "x", "body": "new"}))
    it.write(Text("x/body", ((0, 0, "after "),)), Insert("/list", {"id": "x_1"}))
    it.log(1, 2, 1, Remove("x"), Insert("/list", {"id": "x", "body": "theirs"}))
    it.log(2, 1, 1, Insert("/more", {"id": "x_1", "body": "new"}))


@rule("in one edit, what follows an insert whose id is taken goes into the new element")
def _(it: Script) -> None:
    it.begin({"list": [{"id": "x", "body": "theirs"}]})
    it.write(Insert("/list", {"id": "x", "body": ""}, "x", None), Text("x/body", ((0, 0, "mine"),)), Set("x/n", 1))


@rule("text that the buffer can't place any more is parked at once")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "list": [{"id": "x", "body": ""}, {"id": "y", "body": ""}]})
    it.type(0, "a")
    it.type(0, "lost", "x/body")
    it.type(0, "kept", "y/body")
    it.log(1, 2, 1, Remove("x"))
    it.log(2, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.stashed(2)
    it.dismiss()


@rule("text of the batch in flight that lost its place is the server's to keep: nothing is parked at its ack")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "list": [{"id": "x", "body": ""}]})
    it.write(Text("x/body", ((0, 0, "lost"),)), Text("/code", ((0, 0, "a"),)))
    it.log(1, 2, 1, Remove("x"))
    it.log(2, 1, 1, Text("/code", ((0, 0, "a"),)))


@rule("text of the batch in flight that lost its place is parked when the batch is refused")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "list": [{"id": "x", "body": ""}]})
    it.write(Text("x/body", ((0, 0, "lost"),)), Text("/code", ((0, 0, "a"),)))
    it.log(1, 2, 1, Remove("x"))
    it.refuse("plain_secret")
    it.stashed(2)


@rule("text of the batch in flight that lost its place is parked at a reset")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "list": [{"id": "x", "body": ""}]})
    it.type(0, "lost", "x/body")
    it.log(1, 2, 1, Remove("x"))
    it.say(t="reset", draft="d", reason="discarded", generation=2)
    it.stashed(2)
    it.state({"code": "new\n"}, generation=2, ref=3)


@rule(
    "text of the batch in flight that lost its place is parked when it is in doubt, and when a state comes without it"
)
def _(it: Script) -> None:
    it.begin({"code": "one\n", "list": [{"id": "x", "body": ""}, {"id": "y", "body": ""}]})
    it.write(Text("x/body", ((0, 0, "lost"),)), Text("/code", ((0, 0, "a"),)))
    it.log(1, 2, 1, Remove("x"))
    it.refuse("op_no_reused")
    it.opened(1, ref=3, your_w=1)
    it.log(2, 1, 1, Text("/code", ((4, 0, "other\n"),)))
    it.wait(600)
    it.log(3, 1, 2, Text("/code", ((0, 0, "a"),)))
    it.dismiss()
    it.type(0, "lost too", "y/body")
    it.log(4, 2, 2, Remove("y"))
    it.reconnect()
    it.state({"code": "aone\nother\n", "list": []}, seq=9, mark="m9", your_last_no=2, your_w=1)


@rule("a batch in doubt: what the log has under its number is taken, the rest is sent under the next")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.type(1, "b")
    it.refuse("op_no_reused")
    it.opened(0, ref=2, your_w=1)
    it.wait(600)
    it.log(1, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.log(2, 1, 2, Text("/code", ((1, 0, "b"),)))


@rule("a first state that is cut in the midst of its pieces is asked for again")
def _(it: Script) -> None:
    it.open(item="i")
    it.greet()
    it.say(**it.head(pieces=2, ref=1))
    it.say(t="piece", draft="d", i=0, data='{"code":"in ')
    it.reconnect()
    it.say(**it.head(pieces=2, ref=1))
    it.say(t="piece", draft="d", i=1, data="lost")
    it.say(t="piece", draft="d", i=0, data='{"code":"in ')
    it.say(t="piece", draft="d", i=1, data='two \\n"}')
    it.type(0, "a")


@rule("a draft that is opened twice is one copy, with all that is pending in it, also when the state comes in pieces")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "mine ")
    it.open(draft="d")
    it.send()
    it.say(**it.head(pieces=2, ref=2, seq=1, mark="m1"))
    it.say(t="piece", draft="d", i=0, data='{"code":"on')
    it.type(5, "more ")
    it.say(t="piece", draft="d", i=1, data='e\\nTWO\\n"}')
    it.log(2, 1, 1, Text("/code", ((0, 0, "mine more "),)))
    it.open(draft="d")
    it.send()
    it.say(**it.head(pieces=2, ref=3))
    it.reconnect()


@rule("a whole state: what it has of mine is dropped, the rest is merged from the own confirmed copy")
def _(it: Script) -> None:
    it.begin({"code": "one\ntwo\nthree\n"})
    it.type(0, "a")
    it.type(1, "b")
    it.reconnect()
    it.state({"code": "aone\ntwo\nTHREE\n"}, seq=900, mark="m900", your_last_no=1, your_w=1)
    it.log(901, 1, 2, Text("/code", ((1, 0, "b"),)))


@rule("a whole state without the batch in flight: it is sent again under the same number, and may yet be in the log")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.reconnect()
    it.state({"code": "zero\none\ntwo\n"}, seq=7, mark="m7", your_w=1)
    it.log(8, 1, 1, Text("/code", ((0, 0, "other "),)))
    it.wait(250)


@rule("what can't be merged is parked and kept, and never called saved until it was looked at")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "n": 1})
    it.write(Text("/code", ((0, 3, "mine"),)), Set("/n", 2), Set("/none", None))
    it.reconnect()
    it.state({"code": "theirs\n", "n": 3}, seq=9, mark="m9")
    it.stashed(2)
    it.wait(250)
    it.dismiss()


@rule("a refused edit is parked, the view falls back to what is left, and its number is used again")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "bad ")
    it.type(8, "good ")
    it.say(t="refused", draft="d", no=1, key="another", code="bad_op", message="")
    it.refuse("plain_secret")
    it.log(1, 1, 1, Text("/code", ((4, 0, "good "),)))
    it.stashed(2)
    it.dismiss()


@rule("what was cleared or removed is no text to park; what else was written is")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "n": 1, "m": None})
    it.write(Set("/n", None), Remove("/code"), Set("/m", {"n": None}))
    it.refuse("plain_secret")


@rule("an edit that may pass later is tried again unchanged, later and later, until it passes or a connection begins")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    for ms in (500, 1_000, 2_000, 4_000, 5_000, 5_000):
        it.refuse("unavailable", retry=True)
        it.wait(ms - 1)
        it.wait(1)
    it.log(1, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.type(1, "b")
    it.refuse("unavailable", retry=True)
    it.wait(500)
    it.refuse("unavailable", retry=True)
    it.reconnect()
    it.opened(1, your_w=1, your_last_no=1)
    it.refuse("unavailable", retry=True)
    it.wait(499)
    it.wait(1)


@rule("an edit whose base is too old is parked, and the draft opened anew")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.refuse("base_expired")
    it.state({"code": "later\n"}, seq=90_000, mark="m9", ref=3)
    it.stashed(2)


@rule("an edit of another generation parks all that is pending before anything is forgotten")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.type(1, "b")
    it.refuse("generation_changed")
    it.type(0, "no")
    it.stashed(2)
    it.state({"code": "new\n"}, generation=2, ref=3)
    it.type(0, "yes ")


@rule("a reset parks first and opens anew only when the stash has it, also over a reconnect")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    it.wait(1_000)
    it.type(0, "a")
    it.say(t="reset", draft="d", reason="discarded", generation=2)
    it.log(2, 2, 2, Text("/code", ((0, 0, "Y"),)))
    it.reconnect()
    it.stashed(2)
    it.state({"code": "new\n"}, generation=2, ref=3)
    it.wait(1_000)
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)), generation=2)
    it.wait(1_000)


@rule("a park that fails for now is sent again, one that fails for good is told")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.refuse("plain_secret")
    it.say(t="error", code="unavailable", message="", ref=2)
    it.wait(999)
    it.wait(1)
    it.reconnect()
    it.opened(0)
    it.say(t="error", code="bad_message", message="", ref=2)
    it.wait(2_000)


@rule("what is asked for again and refused for good is gone; refused for now it is asked for again")
def _(it: Script) -> None:
    it.begin()
    it.log(2, 2, 2, Text("/code", ((0, 0, "Z"),)))
    it.say(t="error", code="busy", message="", ref=2)
    it.wait(5_000)
    it.say(t="error", code="not_found", message="", ref=3)
    it.type(0, "a")
    it.wait(6_000)
    it.reconnect()


@rule("what is asked for and refused is told, and forgotten")
def _(it: Script) -> None:
    it.open(item="i")
    it.open(draft="e")
    it.greet()
    it.say(t="error", code="not_found", message="", ref=1)
    it.say(t="gone", channel="draft:e", ref=2)
    it.say(t="error", code="too_fast", message="", ref=9)
    it.reconnect()


@rule("seen is told at most once a second, while the page is visible, and begins anew after a discard")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    it.wait(1_000)
    it.log(2, 2, 2, Text("/code", ((0, 0, "Y"),)))
    it.wait(999)
    it.wait(1)
    it.log(3, 2, 3, Text("/code", ((0, 0, "Z"),)))
    it.type(0, "an edit says it too ")
    it.wait(1_000)
    it.log(4, 1, 1, Text("/code", ((0, 0, "an edit says it too "),)))
    it.say(t="reset", draft="d", reason="discarded", generation=2)
    it.state({"code": "new\n"}, generation=2, seq=1, mark="n1", ref=2)
    it.wait(1_000)
    it.hide()
    it.log(2, 2, 1, Text("/code", ((0, 0, "X"),)), generation=2)
    it.wait(2_000)


@rule("a buffer of more ops than the server takes goes in parts")
def _(it: Script) -> None:
    it.begin({"list": [], "code": ""}, ops=2)
    it.write(*[Insert("/list", {"id": str(n)}) for n in range(5)])
    it.log(1, 1, 1, Insert("/list", {"id": "0"}), Insert("/list", {"id": "1"}, "0", None))
    it.log(2, 1, 2, Insert("/list", {"id": "2"}, "1", None), Insert("/list", {"id": "3"}, "2", None))
    it.log(3, 1, 3, Insert("/list", {"id": "4"}, "3", None))


@rule("an edit that no frame holds is refused here, and changes nothing")
def _(it: Script) -> None:
    it.begin(None, frame_bytes=5_000)
    it.type(0, "語" * 290)
    it.hold(Text("/code", ((0, 0, "語" * 200),)))
    it.hold(Text("/code", ((0, 0, "x" * 200),)))


@rule("texts go into the stash in portions that frames hold, without their base if need be")
def _(it: Script) -> None:
    it.begin({"code": "c" * 300, "name": "n" * 500, "n": 1}, frame_bytes=5_000)
    it.write(Text("/code", ((0, 0, "mine "),)), Text("/name", ((0, 0, "mine "),)), Set("/n", 2))
    it.refuse("plain_secret")


@rule("what does not fit the view is refused with its code, and changes nothing")
def _(it: Script) -> None:
    it.begin({"code": "one 😀", "list": [{"id": "x"}], "plain": [1]})
    deep: Any = 1
    for _depth in range(98):
        deep = [deep]
    for op in (
        Text("/code", ((99, 0, "x"),)), Text("/code", ((5, 0, "x"),)), Text("/plain", ((0, 0, "x"),)),
        Text("x/id", ((0, 0, "y"),)),
        Text("/code", ((0, 0, "a\r\n"),)), Text("/code", ()), Set("x/id", "y"), Set("/list", []), Set("", {}),
        Set("/plain/0", 1), Remove("y"), Remove(""), Insert("/plain", {"id": "y"}), Insert("/list", {"id": " "}),
        Insert("/list", {}), Move("x", "/plain"), Move("y", "/list"), Set("/n", "\0"),
        Set("/n", {"__proto__": 1}), Set("/__proto__", 1), Set("/n", deep), Set("/n", {"n": [deep]}),
    ):  # fmt: skip
        it.hold(Set("/first", 1), op)
    it.hold(Set("/n", deep[0][0]), Set("/big", 2**53))


@rule("a right taken away parks the buffer and stops typing; what is in flight is for the server to decide")
def _(it: Script) -> None:
    it.begin()
    it.hold(Text("/code", ((0, 0, "a"),)))
    it.take({"t": "may", "draft": "d", "may": "look", "why": "read_only"})
    it.send()
    it.type(0, "b")
    it.stashed(2)
    it.dismiss()
    it.say(t="may", draft="d", may="type")
    it.type(0, "c")
    it.say(t="may", draft="d", may="look", why="forbidden")
    it.type(0, "d")
    it.refuse("read_only")


@rule("gone is gone, with the text still there to copy")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.say(t="gone", channel="draft:d")
    it.type(0, "b")
    it.log(1, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.reconnect()
    it.wait(6_000)


@rule("a draft that was left is no more: what comes of it is dropped")
def _(it: Script) -> None:
    it.begin()
    it.log(2, 2, 2, Text("/code", ((0, 0, "X"),)))
    it.leave("draft:d")
    it.send()
    it.state({"code": "late\n"}, ref=2)
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    it.type(0, "a")
    it.reconnect()


@rule("what was told saved and is not there after a rewind is stashed, offered, and brought back")
def _(it: Script) -> None:
    it.begin({"code": "one\n", "name": "n"})
    it.type(0, "saved ")
    it.log(1, 1, 1, Text("/code", ((0, 0, "saved "),)))
    it.type(0, "pending ", "/name")
    it.say(t="reset", draft="d", reason="rewound", generation=1)
    it.stashed(2)
    it.state({"code": "one\n", "name": "n"}, mark="other", ref=3)
    it.stashed(4)
    it.log(1, 2, 1, Text("/code", ((4, 0, "since\n"),)), mark="o1")
    it.bring_back()
    it.send()
    it.bring_back()


@rule("an edit that names a log that was rewound is a reset; the offer may be dismissed")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)))
    it.type(0, "a")
    it.refuse("rewound")
    it.stashed(2)
    it.state(TWO_LINES, mark="other", ref=3)
    it.dismiss()
    it.bring_back()


@rule("a rewind that lost nothing offers nothing, and who only looked is not asked; the writers' numbers are forgotten")
def _(it: Script) -> None:
    it.begin()
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)), writers=[THEIRS])
    it.say(t="reset", draft="d", reason="rewound", generation=1)
    it.state({"code": "Xone\ntwo\n"}, mark="other", ref=2)
    it.say(t="reset", draft="d", reason="rewound", generation=1)
    it.state({"code": "less\n"}, mark="another", ref=3, may="look", why="read_only")
    it.log(1, 1, 1, Text("/code", ((0, 0, "x"),)), writers=[{**THEIRS, "w": 1}])


@rule("saved needs an ack and a server heard in the last 20 s; a token that is not taken signs out")
def _(it: Script) -> None:
    it.begin()
    it.type(0, "a")
    it.log(1, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.wait(20_000)
    it.wait(1)
    it.say(t="ping", n=7)
    it.cut(4501)
    it.greet()
    it.opened(1)
    it.say(
        t="welcome", session="s", sid="me", resume="renewed", worker="x", workspace="ws", actor=ACTOR, server="0",
        ping_s=8, limits={}, ref=1,
    )  # fmt: skip
    it.say(t="bye", reconnect_after_ms=100, reason="drains")
    it.cut(4000)
    it.connect()


@rule("channels: hello asks for them, what comes after it is asked for later, from where one is")
def _(it: Script) -> None:
    it.subscribe("item:i")
    it.subscribe("workspace:w")
    it.connect()
    it.subscribe("item:j")
    it.say(
        t="welcome", session="s", sid="me", resume="r", worker="x", workspace="ws", actor=ACTOR, server="0", ping_s=8,
        limits={},
    )  # fmt: skip
    it.subscribe("item:k")
    it.send()
    it.say(t="event", workspace="w", number=7)
    entry = {"sid": "she", "actor": ACTOR, "state": "viewing", "since": 0.5}
    it.say(t="presence", item="i", full=True, here=[entry])
    it.leave("item:j")
    it.send()
    it.say(t="gone", channel="item:k", code="forbidden")
    it.reconnect()


@rule("alerts open and close with the batches, by themselves, and with what a reconnect tells")
def _(it: Script) -> None:
    def alert(name: str, at: float, state: str = "open") -> Case:
        return {
            "id": name, "draft": "d", "kind": "overlap", "reason": "clash", "address": "/code", "opened_at": at,
            "seq": 1, "sides": [], "state": state,
        }  # fmt: skip

    it.begin()
    it.state(TWO_LINES, alerts=[alert("a", 2.0), alert("old", 0.0, "closed")])
    it.log(1, 2, 1, Text("/code", ((0, 0, "X"),)), alerts=[[alert("b", 1.0), "c"]])
    it.say(t="alert", draft="d", alert=alert("a", 2.0, "resolved"))
    it.say(t="alert", draft="d", alert=alert("c", 3.0))
    it.reconnect()
    it.opened(1, alerts=[alert("c", 3.0), alert("b", 1.0, "closed")])


@rule("one's own caret is told at most ten times a second, in a seq, and not while something is pending")
def _(it: Script) -> None:
    it.begin()
    it.focus(item="i", state="editing", draft="d", at="/code", anchor=1, head=2)
    it.send()
    it.tick(50)
    it.focus(item="i", state="editing", draft="d", at="/code", anchor=3, head=3)
    it.send()
    it.wait(51)
    it.type(0, "a")
    it.wait(101)
    it.focus(item="i", state="editing", draft="d", at="/code", anchor=4, head=4)
    it.send()
    it.log(1, 1, 1, Text("/code", ((0, 0, "a"),)))
    it.wait(101)
    it.focus(item="i", state="idle")
    it.wait(101)
    it.reconnect()
    it.wait(101)


def rule_cases() -> Iterator[Case]:
    for name, write in RULES:
        script = Script()
        write(script)
        yield {"rule": name, "draft": "d", "steps": script.steps}


# ---- drawn: one recorded session among others, on the server's real core


class _Recorded(Peer):
    """A peer whose session is written down."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.recorder = Recorder(name, DRAFT)
        self.session = self.recorder.session

    def connect(self, worker: Worker) -> None:
        self.cut(0)
        self.wire = Wire(worker, f"actor {self.name}")
        worker.wires.append(self.wire)
        self.wire.up.append(encode(self.recorder.connect()))

    def cut(self, arriving: int) -> None:
        wire = self.wire
        if wire is None:
            return
        wire.cut = True
        wire.down.clear()
        while len(wire.up) > arriving:
            wire.up.pop()
        self.wire = None
        self.recorder.cut()

    def send(self) -> None:
        if self.wire is not None:
            self.wire.up.extend(encode(message) for message in self.recorder.send())

    def receive(self, payload: bytes, now: float) -> None:
        self.recorder.take(msgspec.to_builtins(decode_server(payload)))


class _History:
    """Three sessions on two workers, one of them recorded; what happens is drawn."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.world = World(seed)
        self.log = Log(first_document(seed))
        self.bus: dict[str, Any] = {"a": deque(), "b": deque()}
        self.workers = [Worker(name, self.log, self.bus) for name in self.bus]
        self.recorded = _Recorded("s0")
        self.peers: list[Peer] = [self.recorded, Peer("s1"), Peer("s2")]
        self.recorded.recorder.open(item=ITEM)
        for peer in self.peers[1:]:
            peer.session.open(item=ITEM)
        for i, peer in enumerate(self.peers):
            peer.connect(self.workers[i % 2])
        self.settle()

    def type(self, peer: Peer) -> None:
        replica = peer.session.draft(DRAFT)
        op = self.world.op(replica.view) if replica is not None else None
        if op is None:
            return
        if peer is self.recorded:
            self.recorded.recorder.edit(op)
            return
        try:
            peer.session.edit(DRAFT, [op], self.now)
        except Problem as problem:
            assert problem.code in ("generation_changed", "read_only")  # noqa: PT017

    @property
    def now(self) -> float:
        return self.recorded.recorder.now_ms / 1000

    def tick(self, ms: int) -> None:
        self.recorded.recorder.tick(ms)
        for peer in self.peers[1:]:
            peer.session.tick(self.now)

    def up(self, peer: Peer, count: int) -> None:
        peer.send()
        for _ in range(count):
            if peer.wire is not None and peer.wire.up:
                peer.wire.worker.hear(peer.wire, peer.wire.up.popleft())

    def down(self, peer: Peer, count: int) -> None:
        for _ in range(count):
            if peer.wire is not None and peer.wire.down:
                peer.receive(peer.wire.down.popleft(), self.now)

    def commit(self) -> None:
        for worker in self.workers:
            worker.commit()
        for worker in self.workers:
            self.bus[worker.name].clear()
            worker.catch_up()

    def step(self) -> None:
        peer = self.random.choice([self.recorded, *self.peers])
        match self.random.choice("ttttuuddddcccxrwpmg"):
            case "t":
                self.type(peer)
            case "u":
                self.up(peer, 2)
            case "d":
                self.down(peer, 3)
            case "c":
                self.commit()
            case "x":
                peer.cut(self.random.randint(0, 2))
            case "r":
                peer.connect(self.random.choice(self.workers))
            case "w":
                self.tick(self.random.choice([125, 625, 6_000]))
            case "p":
                self.workers[0].in_pieces ^= True
                self.workers[1].trim()
            case "m":
                self.workers[0].forbid(f"actor {peer.name}", self.random.choice(["type", "read_only"]))
            case "g":
                if self.random.random() < 0.3 and len(self.log.entries) > 3:
                    self.log.discard()

    def settle(self) -> None:
        for worker in self.workers:
            worker.may.clear()
        for peer in self.peers:
            if peer.wire is None:
                peer.connect(self.workers[0])
        for _ in range(30):
            for peer in self.peers:
                self.up(peer, 100)
            self.commit()
            for peer in self.peers:
                self.down(peer, 100)
                peer.send()
            replicas = [peer.session.draft(DRAFT) for peer in self.peers]
            if all(r is not None and r.live and not r.has_pending for r in replicas):
                return
            self.tick(1_000)


def history_cases() -> Iterator[Case]:
    for seed in range(HISTORIES):
        yield history_case(seed, steps=STEPS)


def history_case(seed: int, *, steps: int) -> Case:
    """Draw one history."""
    history = _History(seed)
    for _ in range(steps):
        history.step()
    history.settle()
    return {"rule": f"history {seed}", "draft": DRAFT, "steps": history.recorded.recorder.steps}
