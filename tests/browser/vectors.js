// Runs a file of golden vectors through the TypeScript client. See protocol/vectors/README.md for what a case says.

import * as draftwire from "/protocol/js/dist/draftwire.js";

const { applySplices, composeSplices, Doc, invertSplices, Lost, Shape, transformSplices } = draftwire;

const SHORT = 3; // units of a piece, so that short texts have many

/** An effect, an op or a lost one as vectors write it: defaults left out. */
function written(thing) {
  if (thing === null) return null;
  if (thing instanceof Lost) return { reason: thing.reason, moot: thing.moot };
  if (!("took" in thing)) return writtenOp(thing);
  const took = { ...thing.took };
  if (took.took === "value") {
    if (took.v === null) delete took.v;
    if (took.gone.length === 0) delete took.gone;
  }
  const made = thing.made?.length ? { made: thing.made } : {};
  return { op: writtenOp(thing.op), took, ...made };
}

function writtenOp(op) {
  if (op === null || (op.op !== "insert" && op.op !== "move")) return op;
  return { ...op, after: op.after ?? null, before: op.before ?? null };
}

/** A vector's effect with the defaults that it leaves out. */
function read(effect) {
  const { took } = effect;
  return took.took === "value" ? { ...effect, took: { v: null, gone: [], ...took } } : effect;
}

function codeOf(act) {
  try {
    act();
    return null;
  } catch (error) {
    if (!(error instanceof draftwire.Problem)) throw error;
    return error.code;
  }
}

/** Collects what differs. */
class Report {
  constructor(name) {
    this.name = name;
    this.problems = [];
    this.count = 0;
  }

  equal(what, actual, expected) {
    this.count++;
    if (draftwire.same(actual, expected)) return;
    this.problems.push(`${this.name}: ${what}\n  is        ${JSON.stringify(actual)}\n  should be ${JSON.stringify(expected)}`);
  }
}

const DECODE = { client: draftwire.decodeClientMessage, server: draftwire.decodeServerMessage };

/** A message without what stands for "nothing": members that are null, in texts that are parked too. */
function lean(message) {
  const rest = Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null));
  if (rest.ops !== undefined) rest.ops = rest.ops.map(writtenOp);
  if (rest.texts !== undefined) rest.texts = rest.texts.map(lean);
  if (rest.t === "hello") rest.attempt ??= 1;
  if (rest.t === "focus") rest.seq ??= 0;
  return rest;
}

/** An event as the vectors tell it; null for those that only this client has. */
function told({ type, draft, ...event }) {
  switch (type) {
    case "retrying":
    case "carets":
      return null;
    case "changed":
      return { type, seq: event.seq, by: event.by?.w ?? null, text: event.text, structural: event.structural };
    case "acked":
      return { type, seq: event.seq, w: event.w, no: event.no, waited_ms: event.waitedMs };
    case "alert":
      return { type, id: event.alert.id, state: event.alert.state ?? "open" };
    case "parked":
      return { type, reason: event.reason, code: event.code, texts: event.texts.map(lean) };
    case "rewound":
      return { type, ops: event.ops.map(writtenOp) };
    case "opened":
      return { type, ref: event.ref };
    case "failed":
      return { type, ref: event.ref, code: event.code };
    case "events":
      return { type, number: event.number };
    case "error":
      return { type, code: event.code };
    case "welcome":
    case "item":
      return { type };
    default:
      return { type, ...event };
  }
}

/** Play a script of a session; see `tests/protocol/session_script.py`, which writes them. */
function play(report, { rule, draft, steps }) {
  let key = 0;
  const session = new draftwire.Session({ session: draft === "d" ? "s" : "s0", newKey: () => `k${++key}`, client: "test", run: null });
  let now = 0;
  let seen = { status: "gone", view: null, alerts: [] };
  const calls = {
    nothing: () => [],
    open: ({ what }) => void session.open(what),
    connect: () => void (said = session.connected("token")),
    cut: ({ code_of_close }) => session.disconnected(code_of_close),
    take: ({ message }) => session.receive(draftwire.decodeServerMessage(JSON.stringify(message)), now),
    edit: ({ ops }) => session.edit(draft, ops, now),
    tick: ({ ms }) => session.tick((now += ms)),
    bring_back: () => session.bringBack(draft, now),
    dismiss: () => session.dismissParked(draft),
    focus: ({ where }) => session.focus(where),
    subscribe: ({ channel }) => session.subscribe(channel),
    leave: ({ channel }) => session.leave(channel),
    hide: () => void (session.visible = false),
  };
  let said = null;
  const name = report.name;
  steps.forEach((step, i) => {
    report.name = `${name} (${rule}), step ${i} (${step.do} ${step.message?.t ?? ""})`;
    said = null;
    let events = [];
    report.equal("code", codeOf(() => (events = calls[step.do](step) ?? [])), step.code ?? null);
    report.equal("events", events.map(told).filter((event) => event !== null), (step.events ?? []).map((event) =>
      event.texts === undefined ? event : { ...event, texts: event.texts.map(lean) },
    ));
    if (step.sent !== undefined) {
      const sent = (said ?? session.takeOutgoing()).map((message) => JSON.parse(draftwire.encodeMessage(message)));
      report.equal("sent", sent.map(lean), step.sent.map(lean));
    }
    seen = { ...seen, ...Object.fromEntries(Object.entries(step).filter(([member]) => member in seen)) };
    report.equal("status", session.status(draft), seen.status);
    report.equal("view", session.draft(draft)?.view.value ?? null, seen.view);
    report.equal("alerts", session.alerts(draft).map(({ id }) => id), seen.alerts);
  });
}

const RUN = {
  session: {
    rules: play,
    histories: play,
    codes(report, { code, retry }) {
      report.equal("retry", draftwire.mayPass(code), retry);
    },
  },
  messages: {
    frames(report, { from, message }) {
      const read = DECODE[from](JSON.stringify(message));
      report.equal("read", read, message);
      report.equal("written", JSON.parse(draftwire.encodeMessage(read)), message);
    },
    refused(report, { from, message, code }) {
      report.equal("code", codeOf(() => DECODE[from](JSON.stringify(message))), code);
    },
  },
  text: {
    pairs(report, { text, first, second, ...expected }) {
      const { text: after, taken } = applySplices(text, first);
      const inverse = first.length ? invertSplices(first, taken) : [];
      report.equal("after_first", after, expected.after_first);
      report.equal("taken", taken, expected.taken);
      const pieces = new draftwire.Pieces(text, SHORT);
      report.equal("taken of pieces", pieces.apply(first), expected.taken);
      report.equal("pieces", pieces.text(), expected.after_first);
      report.equal("inverse", inverse, expected.inverse);
      report.equal("second_later", transformSplices(second, first, true), expected.second_later);
      report.equal("first_earlier", transformSplices(first, second, false), expected.first_earlier);
    },
    compose(report, { text, first, then, both, after }) {
      report.equal("both", composeSplices(first, then), both);
      report.equal("after", applySplices(text, composeSplices(first, then)).text, after);
    },
    refused(report, { text, splices, code }) {
      report.equal("code", codeOf(() => draftwire.validateSplices(splices, text)), code);
      report.equal("code of pieces", codeOf(() => new draftwire.Pieces(text, SHORT).validate(splices)), code);
    },
  },
  document: {
    ops(report, { op, check, effect, renamed, after }, { value, w, shape }) {
      const document = Doc.load(value, shape);
      const applied = document.apply(op, w);
      report.equal("check", codeOf(() => document.check(op)), check);
      report.equal("effect", written(applied.effect), effect);
      report.equal("renamed", Object.fromEntries(applied.renamed), renamed);
      report.equal("after", applied.effect === null ? null : applied.document.value, after);
    },
    histories(report, { value, w, steps, after }, { shape }) {
      let document = Doc.load(value, shape);
      const batch = new draftwire.OpBatch(document, SHORT);
      for (const { op, check, effect, renamed } of steps) {
        const before = document;
        report.equal("check in a batch", codeOf(() => batch.check(op)), check);
        const done = batch.apply(op, w);
        report.equal("effect in a batch", written(done.effect), effect);
        report.equal("renamed in a batch", Object.fromEntries(done.renamed), renamed);
        const applied = document.apply(op, w);
        document = applied.document;
        report.equal("check", codeOf(() => before.check(op)), check);
        report.equal("effect", written(applied.effect), effect);
        report.equal("renamed", Object.fromEntries(applied.renamed), renamed);
      }
      report.equal("after", document.value, after);
      report.equal("after a batch", batch.document().value, after);
      report.equal("index", [...document.elements()].sort(), [...Doc.load(document.value, shape).elements()].sort());
    },
  },
  rebase: {
    batches(report, { value, w, ops, over, ...expected }, { shape }) {
      let head = Doc.load(value, shape);
      for (const effect of over) head = head.apply(effect.op, 2).document;
      const met = [];
      const rebased = draftwire.rebase(ops, over.map(read), { w, head, onMeet: (i, k) => met.push([i, k]) });
      report.equal("rebased", rebased.ops.map(written), expected.rebased);
      report.equal("over_after", rebased.over.map((effect) => writtenOp(effect?.op ?? null)), expected.over_after);
      report.equal("renamed", Object.fromEntries(rebased.renamed), expected.renamed);
      report.equal("met", met, expected.met);
      const landed = draftwire.land(head, rebased.ops, w);
      report.equal("landed", landed.effects.map(written), expected.landed);
      report.equal("after", landed.document.value, expected.after);
    },
    buffers(report, { ops, more, composed }) {
      report.equal("composed", draftwire.compose(ops, more).map(writtenOp), composed);
    },
  },
  carry: {
    histories(report, { effects, ranges }) {
      for (const { range, carried } of ranges) {
        const filled = (given) =>
          given === null
            ? null
            : { start: null, end: null, start_after: true, end_after: false, ...given };
        report.equal("carried", filled(draftwire.carry(range, effects.map(read))), filled(carried));
      }
    },
  },
  invert: {
    histories(report, { before, effects, after, inverse }, { shape }) {
      const ops = draftwire.invert(effects.map(read));
      report.equal("inverse", ops.map(writtenOp), inverse);
      report.equal("back", draftwire.land(Doc.load(after, shape), ops, 0).document.value, before);
    },
  },
  diff: {
    documents(report, { old, new: to, ops }, { shape }) {
      report.equal("ops", draftwire.diff(Doc.load(old, shape), to).map(writtenOp), ops);
    },
    long(report, { unit, times, at, cut, put, diff }) {
      const base = unit.repeat(times);
      report.equal("diff", draftwire.diffText(base, base.slice(0, at) + put + base.slice(at + cut)), diff);
    },
    texts(report, { base, mine, theirs, diff, splices, conflicts }) {
      const merged = draftwire.mergeText(base, mine, theirs);
      report.equal("diff", draftwire.diffText(base, mine), diff);
      report.equal("splices", merged.splices, splices);
      report.equal("conflicts", merged.conflicts, conflicts);
    },
  },
  compare: {
    documents(report, { old, new: to, context, changes }, { shape }) {
      report.equal("changes", draftwire.compare(old, to, shape, context).changes, changes);
    },
    texts(report, { old, new: to, context, hunks, coarse }) {
      report.equal("hunks", draftwire.compareText(old, to, context), { hunks, coarse });
    },
    large(report, { count, tail, hunks, coarse }) {
      const old = Array.from({ length: count }, (_, i) => `${i} ${"x".repeat(tail)}`);
      const found = draftwire.compareText(old.join("\n"), old.with(10, "new").toSpliced(300, 1).join("\n"), 1);
      const shown = found.hunks.map((hunk) => [hunk.old_from, hunk.old_lines, hunk.new_from, hunk.new_lines]);
      report.equal("hunks", { hunks: shown, coarse: found.coarse }, { hunks, coarse });
    },
  },
  connection: {
    closes(report, { code, come_back }) {
      report.equal(String(code), draftwire.mayReconnect(code), come_back);
    },
    pauses(report, { failures, share, pause_ms }) {
      report.equal(`${failures} ${share}`, draftwire.pauseMs(failures, share), pause_ms);
    },
    etags(report, { header, quoted, etag }) {
      report.equal(header, [draftwire.quoted(header), draftwire.unquoted(header)], [quoted, etag]);
    },
  },
  names: {
    names(report, { name, secret }) {
      report.equal(name, draftwire.isSecretName(name), secret);
    },
  },
  merge: {
    documents(report, { base, mine, theirs, ops, conflicts, after }, { shape }) {
      const [b, m, t] = [base, mine, theirs].map((value) => Doc.load(value, shape));
      const merged = draftwire.merge(b, m, t);
      report.equal("ops", merged.ops.map(writtenOp), ops);
      const filled = merged.conflicts.map((conflict) => ({ start: null, end: null, ...conflict }));
      report.equal("conflicts", filled, conflicts.map((conflict) => ({ start: null, end: null, ...conflict })));
      report.equal("after", draftwire.land(t, merged.ops, 0).document.value, after);
    },
  },
};

/** The lists of a file that this runner knows. */
export function knownLists(name) {
  return Object.keys(RUN[name] ?? {});
}

/** Run one file; the answer counts what was compared and lists what differs. */
export function run(name, vectors) {
  const report = new Report(name);
  const shape = new Shape(vectors.shape?.keyed, vectors.shape?.text, vectors.shape?.coupled);
  for (const [list, check] of Object.entries(RUN[name])) {
    vectors[list].forEach((vector, i) => {
      report.name = `${name}.${list}[${i}]`;
      check(report, vector, { ...vectors, shape });
    });
  }
  return { compared: report.count, problems: report.problems };
}
