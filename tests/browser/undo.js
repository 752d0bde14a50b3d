// Own undo and redo, in random histories of two writers and in cases of their own. Every character that one writer types
// is typed once in a history, so that a text shows whose characters it holds.

import * as draftwire from "/protocol/js/dist/draftwire.js";

const { Doc, Shape, Undo, land, same } = draftwire;
const SHAPE = new Shape(["/modules"], ["/code", "/modules/*/code"]);
const MINE = 0xac00; // Hangul
const THEIRS = 0x4e00; // Han

function random(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const mineIn = (text) => [...text].filter((character) => character >= "\uac00" && character <= "\ud7a3");
const theirsIn = (text) => [...text].filter((character) => character >= "\u4e00" && character <= "\u9fff");

/** Me, with an undo, and somebody else, on one document. */
class Desk {
  constructor(value) {
    this.view = Doc.load(value, SHAPE);
    this.undo = new Undo();
    this.now = 0;
  }

  text(at = "/code") {
    return this.view.get(at);
  }

  mine(...ops) {
    this.now += 10_000;
    this.typed(...ops);
  }

  /** Without a pause. */
  typed(...ops) {
    const before = this.view;
    this.view = land(before, ops, 1).document;
    this.undo.record(before, ops, 1, this.now);
  }

  theirs(...ops) {
    const before = this.view;
    const landed = land(before, ops, 2);
    this.view = landed.document;
    this.undo.foreign(before, landed.effects.filter((effect) => "took" in effect));
  }

  turn(way) {
    const ops = this.undo[way](this.view, 1);
    if (ops === null) return false;
    for (const op of ops) {
      this.view.check(op);
      this.view = this.view.apply(op, 1).document;
    }
    return true;
  }

  all(way) {
    while (this.turn(way));
  }
}

const put = (position, del, insert, at = "/code") => ({ op: "text", at, s: [[position, del, insert]] });

function typing(desk, pick, next) {
  const at = ["/code", "a/code", "b/code"][pick(3)];
  const text = desk.text(at);
  const from = pick(text.length + 1);
  const del = pick(3) === 0 ? 0 : Math.min(pick(5), text.length - from);
  const insert = Array.from({ length: del === 0 ? 1 + pick(3) : pick(4) }, next).join("");
  return del || insert ? [put(from, del, insert, at)] : [];
}

const LEAVES = ["/code", "a/code", "b/code"];

/** Play one history; the answer lists what went wrong. */
export function play(seed, { alone = false } = {}) {
  const pick = random(seed);
  const value = { code: "one two three", modules: [{ id: "a", code: "four" }, { id: "b", code: "" }] };
  const desk = new Desk(value);
  const problems = [];
  const all = (of) => LEAVES.flatMap((at) => of(desk.text(at)));
  const removed = new Set(); // characters of theirs that I took out
  let [mine, theirs] = [MINE, THEIRS];
  const take = (way) => {
    const before = all(theirsIn);
    desk.turn(way);
    const after = new Set(all(theirsIn));
    for (const character of before) {
      if (!after.has(character) && !(way === "redo" && removed.has(character))) problems.push(`${way} took ${character} of theirs`);
    }
  };
  for (let i = 0; i < 60; i++) {
    const chance = pick(100);
    if (chance < 45) {
      const ops = typing(desk, pick, () => String.fromCharCode(mine++));
      const before = all(theirsIn);
      if (pick(4) === 0) desk.typed(...ops);
      else desk.mine(...ops);
      const after = new Set(all(theirsIn));
      for (const character of before) if (!after.has(character)) removed.add(character);
    } else if (chance < 75) {
      if (!alone) desk.theirs(...typing(desk, pick, () => String.fromCharCode(theirs++)));
    } else take(chance < 90 ? "undo" : "redo");
  }
  const before = desk.view.value;
  const depth = () => {
    let count = 0;
    while (desk.turn("undo")) count++;
    return count;
  };
  const undone = depth();
  if (all(mineIn).length > 0) problems.push(`after all is undone there is still ${all(mineIn)}`);
  if (alone && !same(desk.view.value, value)) problems.push("alone, undoing all does not lead to the beginning");
  for (let i = 0; i < undone; i++) desk.turn("redo");
  if (!same(desk.view.value, before)) problems.push("undo and redo of all do not lead back");
  return problems;
}

const RULES = {
  "keystrokes without a pause are one entry, wherever others type meanwhile"(is) {
    const desk = new Desk({ code: "" });
    desk.mine(put(0, 0, "a"));
    desk.theirs(put(0, 0, "theirs "));
    desk.typed(put(8, 0, "b"));
    desk.typed(put(9, 0, "c"));
    desk.typed(put(9, 1, ""));
    desk.turn("undo");
    is(desk.text(), "theirs ");
    desk.turn("redo");
    is(desk.text(), "theirs ab");
  },
  "keystrokes at several carets are one entry too"(is) {
    const desk = new Desk({ code: "one\ntwo\n" });
    const all = (...positions) => ({ op: "text", at: "/code", s: positions.map((position) => [position, 0, "x"]) });
    desk.mine(all(0, 4));
    desk.theirs(put(0, 0, "> "));
    desk.typed(all(3, 8));
    is(desk.text(), "> xxone\nxxtwo\n");
    desk.turn("undo");
    is(desk.text(), "> one\ntwo\n");
  },
  "another place, a pause and a seal begin a new entry"(is) {
    const desk = new Desk({ code: "0123" });
    desk.mine(put(4, 0, "a"));
    desk.typed(put(0, 0, "b"));
    desk.mine(put(1, 0, "c"));
    desk.undo.seal();
    desk.typed(put(2, 0, "d"));
    const seen = [];
    while (desk.turn("undo")) seen.push(desk.text());
    is(seen, ["bc0123a", "b0123a", "0123a", "0123"]);
  },
  "what somebody wrote over my replacement stands alone"(is) {
    for (const theirs of [[put(4, 3, "baz")], [put(6, 1, "z")], [put(4, 3, ""), put(4, 0, "baz")]]) {
      const desk = new Desk({ code: "xxx foo yyy" });
      desk.mine(put(4, 3, "bar"));
      desk.theirs(...theirs);
      desk.all("undo");
      is(desk.text().includes("foo"), false);
      is(mineAndTheirs(desk.text()), mineAndTheirs(theirs.length > 1 || theirs[0].s[0][1] === 3 ? "xxx baz yyy" : "xxx z yyy"));
    }
  },
  "what I took out comes back where others only wrote beside it"(is) {
    const desk = new Desk({ code: "one two three" });
    desk.mine(put(4, 4, ""));
    desk.theirs(put(0, 0, "zero "), put(14, 0, " four"));
    desk.turn("undo");
    is(desk.text(), "zero one two three four");
  },
  "a member that somebody has set since keeps their value, and is not set again"(is) {
    const desk = new Desk({ code: "", summary: "a" });
    desk.mine({ op: "set", at: "/summary", v: "b" });
    desk.theirs({ op: "set", at: "/summary", v: "c" });
    is(desk.turn("undo"), false);
    is(desk.view.value.summary, "c");
  },
  "an element of mine in which somebody has written stays, also deep inside"(is) {
    const desk = new Desk({ code: "", modules: [] });
    desk.mine({ op: "insert", at: "/modules", v: { id: "m", code: "" }, after: null, before: null });
    desk.theirs(put(0, 0, "theirs", "m/code"));
    is(desk.turn("undo"), false);
    is(desk.text("m/code"), "theirs");
  },
  "an element of mine that nobody touched goes and comes again with all in it"(is) {
    const desk = new Desk({ code: "", modules: [] });
    desk.mine({ op: "insert", at: "/modules", v: { id: "m", code: "" }, after: null, before: null });
    desk.mine(put(0, 0, "mine", "m/code"));
    desk.theirs(put(0, 0, "theirs"));
    desk.all("undo");
    is(desk.view.value, { code: "theirs", modules: [] });
    desk.all("redo");
    is(desk.view.value, { code: "theirs", modules: [{ id: "m", code: "mine" }] });
  },
  "a move that somebody has moved on is not taken back"(is) {
    const modules = ["a", "b", "c"].map((id) => ({ id, code: "" }));
    const desk = new Desk({ code: "", modules });
    desk.mine({ op: "move", id: "a", at: "/modules", after: "c", before: null });
    desk.theirs({ op: "move", id: "a", at: "/modules", after: "b", before: "c" });
    is(desk.turn("undo"), false);
    is(desk.view.value.modules.map(({ id }) => id), ["b", "a", "c"]);
  },
  "text in an element that somebody removed is nothing to undo, what is before it is"(is) {
    const desk = new Desk({ code: "", modules: [{ id: "a", code: "" }] });
    desk.mine(put(0, 0, "here"));
    desk.mine(put(0, 0, "there", "a/code"));
    desk.theirs({ op: "remove", at: "a" });
    is(desk.turn("undo"), true);
    is(desk.view.value, { code: "", modules: [] });
  },
  "the stack has a bound"(is) {
    const desk = new Desk({ code: "" });
    for (let i = 0; i < draftwire.UNDO_DEPTH + 10; i++) desk.mine(put(0, 0, "x"));
    desk.all("undo");
    is(desk.text(), "x".repeat(10));
  },
};

function mineAndTheirs(text) {
  return text.split(/\s+/);
}

/** Check every rule; the answer lists what does not hold. */
export function check() {
  const problems = [];
  for (const [rule, test] of Object.entries(RULES)) {
    const is = (actual, expected) => {
      if (!same(actual, expected)) problems.push(`${rule}: is ${JSON.stringify(actual)}, should be ${JSON.stringify(expected)}`);
    };
    try {
      test(is);
    } catch (error) {
      problems.push(`${rule}: ${error.stack}`);
    }
  }
  return { rules: Object.keys(RULES).length, problems };
}
