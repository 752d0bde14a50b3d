// The rules of the client session, one by one: what a message does, what goes out, what status may be shown.

import * as draftwire from "/protocol/js/dist/draftwire.js";

const ACTOR = { id: "a", kind: "user", name: "Ada", user: "u" };
const GRACE = { id: "g", kind: "user", name: "Grace", user: "v" };
const MINE = { w: 1, actor: ACTOR, sid: "me" };
const THEIRS = { w: 2, actor: GRACE, sid: "she" };

class Rig {
  constructor(value = { code: "one\ntwo\n" }, more = {}) {
    let key = 0;
    this.session = new draftwire.Session({ session: "s", newKey: () => `k${++key}`, client: "test", run: null });
    this.now = 1_000;
    this.said = [];
    this.session.open({ item: "i" });
    this.greet();
    this.take({
      t: "state", draft: "d", item: "i", purpose: "shared", owner: null, generation: 1, seq: 0, mark: "m0", may: "type",
      shape: { keyed: [], text: ["/code"] }, base_version: 1, head_version: 1, ref: 1, value, writers: [THEIRS], ...more,
    });
    this.sent();
  }

  greet(limits = {}) {
    this.hello = this.session.connected("token");
    this.take({
      t: "welcome", session: "s", sid: "me", resume: "r", worker: "w", workspace: "ws", actor: ACTOR, server: "0",
      ping_s: 8, limits,
    });
  }

  /** The state that comes after a rewind. */
  restored(value, more = {}) {
    this.take({
      t: "state", draft: "d", item: "i", purpose: "shared", owner: null, generation: 1, seq: 0, mark: "other", may: "type",
      shape: { keyed: [], text: ["/code"] }, base_version: 1, head_version: 1, value, ...more,
    });
  }

  take(message) {
    const events = this.session.receive(message, this.now);
    this.said.push(...events);
    return events;
  }

  ops(seq, w, no, ops, alerts) {
    const batch = alerts ? [w, no, ops, alerts] : [w, no, ops];
    return this.take({
      t: "ops", draft: "d", generation: 1, from: seq - 1, to: seq, mark: `m${seq}`, batches: [batch], writers: [MINE],
    });
  }

  type(position, text) {
    this.session.edit("d", [{ op: "text", at: "/code", s: [[position, 0, text]] }], this.now);
  }

  sent(kind = null) {
    const all = this.session.takeOutgoing();
    return kind === null ? all : all.filter(({ t }) => t === kind);
  }

  get draft() {
    return this.session.draft("d");
  }

  get code() {
    return this.draft.view.get("/code");
  }

  get status() {
    return this.session.status("d");
  }

  /** The ops that would bring back what was lost. */
  get offers() {
    return this.said.filter(({ type }) => type === "rewound").map(({ ops }) => ops);
  }

  /** The texts that were handed out to be parked. */
  get parked() {
    return this.said.filter(({ type }) => type === "parked").flatMap(({ texts }) => texts.map(({ mine }) => mine));
  }
}

/** A rig whose log was restored from before what it had been told was saved. */
function lost() {
  const rig = new Rig();
  rig.type(0, "saved ");
  rig.sent();
  rig.ops(1, 1, 1, insert(0, "saved "));
  rig.take({ t: "reset", draft: "d", reason: "rewound", generation: 1 });
  rig.restored({ code: "one\ntwo\n" });
  return rig;
}

const insert = (position, text) => [{ op: "text", at: "/code", s: [[position, 0, text]] }];

const date = new Date(0);
const REFUSED = [
  ["bad_op", { op: "rename", at: "/code" }],
  ["bad_op", { op: "constructor", at: "/code" }],
  ["bad_op", { at: "/code" }],
  ["bad_op", null],
  ["bad_op", "set"],
  ["bad_op", { op: "set", at: 7, v: 1 }],
  ["bad_op", { op: "text", at: "/code", s: [[0, 0]] }],
  ["bad_op", { op: "text", at: "/code", s: [[0.5, 0, "x"]] }],
  ["bad_op", { op: "text", at: "/code", s: "x" }],
  ["bad_op", { op: "move", at: "/code" }],
  ["bad_message", { op: "set", at: "/x" }],
  ...[undefined, () => 1, date, 1n, Symbol("x"), new Map(), new Set(), /x/, new Uint8Array(1), Object(1), new (class Own {})()].flatMap((value) => [
    ["bad_message", { op: "set", at: "/x", v: value }],
    ["bad_message", { op: "set", at: "/x", v: { inside: value } }],
    ["bad_message", { op: "set", at: "/x", v: [1, value] }],
    ["bad_message", { op: "insert", at: "/x", v: { id: "a", value }, after: null, before: null }],
  ]),
  ["bad_message", { op: "set", at: "/x", v: [1, , 2] }],
  ["bad_message", { op: "set", at: "/x", v: { toJSON: () => 1 } }],
  ["bad_number", { op: "set", at: "/x", v: [NaN] }],
  ["bad_number", { op: "set", at: "/x", v: { a: -Infinity } }],
  ["bad_text", { op: "set", at: "/x", v: "\ud800" }],
];

const RULES = {
  "an op that is none, or a value that JSON can't hold, is a typed refusal and changes nothing"(is) {
    const rig = new Rig();
    const fine = { op: "set", at: "/fine", v: { a: [1, null, true, "x"], b: Object.create(null) } };
    for (const [code, op] of REFUSED) {
      let found = "no refusal";
      try {
        rig.session.edit("d", [fine, op], rig.now);
      } catch (error) {
        found = error instanceof draftwire.Problem ? error.code : `${error}`;
      }
      is([code, found], [code, code]);
    }
    for (const ops of [null, undefined, fine, "ops"]) {
      try {
        rig.session.edit("d", ops, rig.now);
        is("no refusal", "bad_op");
      } catch (error) {
        is(error.code, "bad_op");
      }
    }
    is([rig.draft.view.value, rig.draft.hasPending, rig.status], [{ code: "one\ntwo\n" }, false, "saved"]);
    rig.session.edit("d", [fine], rig.now);
    is(rig.sent("edit").length, 1);
  },

  "one batch is in flight, the rest is composed behind it, with its own seen"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    const [first] = rig.sent("edit");
    rig.type(1, "b");
    rig.type(2, "c");
    is(rig.sent("edit"), []);
    is([first.no, first.base, first.seen, first.mark], [1, 0, 0, "m0"]);
    rig.ops(1, 2, 1, insert(4, "X"));
    rig.ops(2, 1, 1, insert(0, "a"));
    const [second] = rig.sent("edit");
    is([second.no, second.base, second.seen, second.mark], [2, 2, 0, "m2"]);
    is(second.ops, [{ op: "text", at: "/code", s: [[1, 0, "bc"]] }]);
    is(rig.code, "abcone\nXtwo\n");
  },
  "what is in flight is sent again unchanged after a reconnect"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    const [first] = rig.sent("edit");
    rig.ops(1, 2, 1, insert(0, "X"));
    rig.session.disconnected(1006);
    is(rig.status, "local");
    rig.greet();
    is(rig.hello[0].drafts, [{ id: "d", generation: 1, have: 1, mark: "m1", item: "i" }]);
    is(rig.sent("edit"), []);
    rig.take({ t: "opened", draft: "d", item: "i", generation: 1, seq: 1, may: "type" });
    is(rig.sent("edit"), [first]);
  },
  "an edit without an answer is sent again unchanged"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    const [first] = rig.sent("edit");
    rig.now += 3_000;
    rig.session.tick(rig.now);
    is(rig.sent("edit"), []);
    rig.now += 2_000;
    rig.session.tick(rig.now);
    is(rig.sent("edit"), [first]);
  },
  "batches that are there already are dropped, a gap opens the draft again with what it has"(is) {
    const rig = new Rig();
    rig.ops(1, 2, 1, insert(0, "X"));
    rig.ops(1, 2, 1, insert(0, "X"));
    is(rig.code, "Xone\ntwo\n");
    rig.ops(3, 2, 3, insert(0, "Z"));
    is(rig.code, "Xone\ntwo\n");
    const [open] = rig.sent("open");
    is([open.draft, open.have.have, open.have.mark], ["d", 1, "m1"]);
  },
  "the log's word counts for one's own batch, and names that it gave are followed"(is) {
    const rig = new Rig({ list: [] }, { shape: { keyed: ["/list"], text: ["/list/*/code"] } });
    rig.session.edit("d", [{ op: "insert", at: "/list", v: { id: "x", code: "" }, after: null, before: null }], 0);
    rig.sent();
    rig.session.edit("d", [{ op: "text", at: "x/code", s: [[0, 0, "mine"]] }], 0);
    rig.ops(1, 1, 1, [{ op: "insert", at: "/list", v: { id: "x_1", code: "" }, after: null, before: null }]);
    is(rig.draft.view.get("x_1/code"), "mine");
    is(rig.sent("edit")[0].ops, [{ op: "text", at: "x_1/code", s: [[0, 0, "mine"]] }]);
  },
  "a whole state merges what is pending from the own confirmed copy"(is) {
    const rig = new Rig({ code: "one\ntwo\nthree\n" });
    rig.type(0, "a");
    rig.sent();
    rig.type(1, "b");
    const state = {
      t: "state", draft: "d", item: "i", purpose: "shared", owner: null, generation: 1, seq: 900, mark: "m900",
      may: "type", shape: { keyed: [], text: ["/code"] }, base_version: 1, head_version: 1,
      value: { code: "aone\ntwo\nTHREE\n" }, your_last_no: 1, your_w: 1,
    };
    rig.session.disconnected(1006);
    rig.greet();
    rig.take(state);
    is(rig.code, "abone\ntwo\nTHREE\n");
    const [edit] = rig.sent("edit");
    is([edit.no, edit.base, edit.ops], [2, 900, insert(1, "b")]);
    is(rig.parked, []);
  },
  "what can't be merged is parked, and never called saved until looked at"(is) {
    const rig = new Rig({ code: "one\n" });
    rig.session.edit("d", [{ op: "text", at: "/code", s: [[0, 3, "mine"]] }], 0);
    rig.session.disconnected(1006);
    rig.greet();
    rig.take({
      t: "state", draft: "d", item: "i", purpose: "shared", owner: null, generation: 1, seq: 9, mark: "m9", may: "type",
      shape: { keyed: [], text: ["/code"] }, base_version: 1, head_version: 1, value: { code: "theirs\n" },
    });
    is(rig.code, "theirs\n");
    is(rig.parked, ["mine\n"]);
    const [park] = rig.sent("park");
    is([park.reason, park.texts[0].mine], ["conflict", "mine\n"]);
    is(rig.status, "conflict");
    rig.take({ t: "parked", ref: park.ref, stash: "st" });
    is(rig.status, "conflict");
    rig.session.dismissParked("d");
    is(rig.status, "saved");
  },
  "a refused edit is parked, the view falls back to what is left"(is) {
    const rig = new Rig();
    rig.type(0, "bad ");
    const [edit] = rig.sent("edit");
    rig.type(8, "good ");
    rig.take({ t: "refused", draft: "d", no: 1, key: edit.key, code: "plain_secret", message: "" });
    is(rig.code, "one\ngood two\n");
    is(rig.parked, ["bad one\ntwo\n"]);
    is(rig.status, "refused");
    const [next] = rig.sent("edit");
    is([next.no, next.ops], [1, insert(4, "good ")]);
  },
  "an edit that may pass later is tried again unchanged"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    const [edit] = rig.sent("edit");
    rig.take({ t: "refused", draft: "d", no: 1, key: edit.key, code: "unavailable", message: "", retry: true });
    is(rig.sent("edit"), []);
    is(rig.status, "saving");
    rig.now += 600;
    rig.session.tick(rig.now);
    is(rig.sent("edit"), [edit]);
  },
  "a reset parks first, and forgets only when the stash has it"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    rig.sent();
    rig.take({ t: "reset", draft: "d", reason: "discarded", generation: 2 });
    const out = rig.sent();
    is(out.map(({ t }) => t), ["park"]);
    is(out[0].texts, [{ at: "/code", mine: "aone\ntwo\n", base: "one\ntwo\n" }]);
    rig.take({ t: "parked", ref: out[0].ref, stash: "st" });
    const [open] = rig.sent("open");
    is([open.draft, open.have ?? null], ["d", null]);
  },
  "what was told saved and is not there after a rewind is stashed, offered, and brought back"(is) {
    const rig = lost();
    is([rig.code, rig.status], ["one\ntwo\n", "conflict"]);
    is(rig.offers, [insert(0, "saved ")]);
    const [park] = rig.sent("park");
    is([park.reason, park.texts], ["rewound", [{ at: "/code", mine: "saved one\ntwo\n", base: "one\ntwo\n" }]]);
    const changed = rig.session.bringBack("d", 0).filter(({ type }) => type === "changed");
    is(changed.map(({ text }) => text), [[{ at: "/code", s: [[0, 0, "saved "]] }]]);
    is([rig.code, rig.status], ["saved one\ntwo\n", "saving"]);
    is(rig.sent("edit")[0].ops, insert(0, "saved "));
    is(rig.session.bringBack("d", 0), []);
  },
  "bringing it back keeps what was written since and what another brought back"(is) {
    const rig = lost();
    rig.ops(1, 2, 1, [{ op: "text", at: "/code", s: [[0, 0, "saved "], [4, 0, "since\n"]] }]);
    rig.session.bringBack("d", 0);
    is([rig.code, rig.status], ["saved one\nsince\ntwo\n", "saved"]);
    is(rig.sent("edit"), []);
  },
  "dismissing what a rewind lost ends the offer"(is) {
    const rig = lost();
    rig.session.dismissParked("d");
    is([rig.status, rig.session.bringBack("d", 0), rig.code], ["saved", [], "one\ntwo\n"]);
  },
  "pending text is stashed once, and is part of what a rewind offers"(is) {
    const rig = new Rig({ code: "one\n", name: "n" });
    rig.session.edit("d", [{ op: "set", at: "/name", v: "saved" }], 0);
    rig.sent();
    rig.ops(1, 1, 1, [{ op: "set", at: "/name", v: "saved" }]);
    rig.type(0, "pending ");
    rig.take({ t: "reset", draft: "d", reason: "rewound", generation: 1 });
    const [first] = rig.sent("park");
    is(first.texts.map(({ mine }) => mine), ["pending one\n"]);
    rig.take({ t: "parked", ref: first.ref, stash: "st" });
    rig.restored({ code: "one\n", name: "n" });
    is(rig.sent("park").map(({ texts }) => texts), [[{ at: "/name", mine: "saved", base: "n" }]]);
    rig.session.bringBack("d", 0);
    is(rig.draft.view.value, { code: "pending one\n", name: "saved" });
  },
  "a rewind that lost nothing offers nothing, and who only looked is not asked"(is) {
    const rig = new Rig();
    rig.take({ t: "reset", draft: "d", reason: "rewound", generation: 1 });
    rig.restored({ code: "one\ntwo\n" });
    is([rig.offers, rig.status], [[], "saved"]);
    rig.take({ t: "reset", draft: "d", reason: "rewound", generation: 1 });
    rig.restored({ code: "less\n" }, { may: "look" });
    is([rig.offers, rig.status], [[], "read_only"]);
  },
  "a writer's number of the old log is not taken for one's own"(is) {
    const rig = lost();
    rig.take({
      t: "ops", draft: "d", generation: 1, from: 0, to: 1, mark: "x1", batches: [[1, 1, insert(0, "x")]],
      writers: [{ ...THEIRS, w: 1 }],
    });
    is([rig.draft.lastNo, rig.code], [0, "xone\ntwo\n"]);
  },
  "an edit that no frame holds is refused here and changes nothing"(is) {
    const rig = new Rig();
    rig.greet({ frame_bytes: 8_192 });
    rig.take({ t: "opened", draft: "d", item: "i", generation: 1, seq: 0, may: "type" });
    const refused = (text) => {
      try {
        rig.type(0, text);
      } catch (error) {
        return [error.code, error.message.includes("Save it as a whole document")];
      }
      return null;
    };
    is(refused("\u8a9e".repeat(3_000)), ["too_large", true]);
    is([rig.code, rig.status, rig.sent("edit")], ["one\ntwo\n", "saved", []]);
    is(refused("y".repeat(3_000)), null);
    is(refused("x".repeat(3_000)), ["too_large", true]); // with what waits already it is too large
    is([rig.code, rig.sent("edit").length], ["y".repeat(3_000) + "one\ntwo\n", 1]);
  },
  "texts go into the stash in portions that frames hold"(is) {
    const rig = new Rig({ code: "one\n", a: "a".repeat(2_000), b: "b".repeat(3_000) });
    rig.greet({ frame_bytes: 8_192 });
    rig.take({ t: "reset", draft: "d", reason: "rewound", generation: 1 });
    rig.restored({ code: "one\n", a: "", b: "B".repeat(3_000) });
    const parks = rig.sent("park").map(({ texts }) => texts.map(({ at, base }) => [at, base ?? null]));
    is(parks, [[["/a", ""]], [["/b", null]]]);
  },
  "a park that was not confirmed is sent again after a reconnect"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    const [edit] = rig.sent("edit");
    rig.take({ t: "refused", draft: "d", no: 1, key: edit.key, code: "bad_op", message: "" });
    const [park] = rig.sent("park");
    rig.session.disconnected(1006);
    rig.greet();
    is(rig.sent("park"), [park]);
  },
  "a right taken away keeps the text and stops typing"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    rig.take({ t: "may", draft: "d", may: "look", why: "read_only" });
    is(rig.parked, ["aone\ntwo\n"]);
    is(rig.sent("edit"), []);
    let code = null;
    try {
      rig.type(0, "b");
    } catch (error) {
      code = error.code;
    }
    is(code, "read_only");
  },
  "gone is gone, with the text still there to copy"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    rig.take({ t: "gone", channel: "draft:d" });
    is([rig.status, rig.code], ["gone", "aone\ntwo\n"]);
    is(rig.sent("edit"), []);
  },
  "saved needs an ack and a ping not older than 20 s"(is) {
    const rig = new Rig();
    is(rig.status, "saved");
    rig.type(0, "a");
    is(rig.status, "saving");
    rig.sent();
    rig.ops(1, 1, 1, insert(0, "a"));
    is(rig.status, "saved");
    rig.now += 20_001;
    rig.session.tick(rig.now);
    is(rig.status, "offline");
    rig.take({ t: "ping", n: 7 });
    is([rig.status, rig.sent("pong")], ["saved", [{ t: "pong", n: 7 }]]);
    rig.session.disconnected(4501);
    is(rig.status, "signed_out");
  },
  "what was asked for before the welcome is asked for after it"(is) {
    const rig = new Rig();
    rig.session.disconnected(1006);
    rig.session.connected("token");
    rig.session.subscribe("item:j");
    rig.take({
      t: "welcome", session: "s", sid: "me", resume: "r", worker: "w", workspace: "ws", actor: ACTOR, server: "0",
      ping_s: 8, limits: {},
    });
    is(rig.sent("subscribe").map(({ channel }) => channel), ["item:j"]);
  },
  "the carets of others move with the ops and with what is pending; typing implies one's caret"(is) {
    const rig = new Rig();
    const entry = { sid: "she", actor: GRACE, state: "editing", since: 0, draft: "d", at: "/code", anchor: 4, head: 4, seq: 0 };
    rig.take({ t: "presence", item: "i", full: true, here: [entry] });
    const at = () => rig.session.carets("d").map(({ anchor, head }) => [anchor, head]);
    is(at(), [[4, 4]]);
    rig.type(0, "ab");
    is(at(), [[6, 6]]);
    rig.ops(1, 2, 1, insert(4, "xyz"));
    is(at(), [[9, 9]]);
    rig.take({ t: "presence", item: "i", here: [{ ...entry, anchor: 0, head: 0, seq: 0 }] });
    is(at(), [[9, 9]]);
    rig.take({ t: "presence", item: "i", gone: ["she"] });
    is(at(), []);
  },
  "one's own caret is not sent while something is pending"(is) {
    const rig = new Rig();
    rig.type(0, "a");
    rig.session.focus({ item: "i", state: "editing", draft: "d", at: "/code", anchor: 1, head: 1 });
    is(rig.sent("focus"), []);
    rig.ops(1, 1, 1, insert(0, "a"));
    rig.now += 200;
    rig.session.tick(rig.now);
    is(rig.sent("focus").map(({ head, seq }) => [head, seq]), [[1, 1]]);
  },
  "a large state comes in pieces"(is) {
    const rig = new Rig();
    const state = {
      t: "state", draft: "d", item: "i", purpose: "shared", owner: null, generation: 1, seq: 5, mark: "m5", may: "type",
      shape: { keyed: [], text: ["/code"] }, base_version: 1, head_version: 1, pieces: 2,
    };
    rig.take(state);
    rig.take({ t: "piece", draft: "d", i: 0, data: '{"code":"in ' });
    rig.take({ t: "piece", draft: "d", i: 1, data: 'two"}' });
    is([rig.code, rig.draft.seq], ["in two", 5]);
  },
};

/** Check every rule; the answer lists what does not hold. */
export function check() {
  const problems = [];
  for (const [rule, test] of Object.entries(RULES)) {
    const is = (actual, expected) => {
      if (!draftwire.same(actual, expected)) {
        problems.push(`${rule}: is ${JSON.stringify(actual)}, should be ${JSON.stringify(expected)}`);
      }
    };
    try {
      test(is);
    } catch (error) {
      problems.push(`${rule}: ${error.stack}`);
    }
  }
  return { rules: Object.keys(RULES).length, problems };
}
