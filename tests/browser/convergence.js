// Random histories of several sessions against a reference server of forty lines, in the browser that runs the pages.
// The server here is the rule of the wire specification and nothing else: dedupe, rebase over what was unseen, land.

import * as draftwire from "/protocol/js/dist/draftwire.js";

const SHAPE = { keyed: ["/modules", "/modules/*/branches"], text: ["/code", "/modules/*/code"] };

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

class Server {
  constructor(value) {
    this.initial = value;
    this.document = draftwire.Doc.load(value, new draftwire.Shape(SHAPE.keyed, SHAPE.text));
    this.log = []; // {w, no, key, effects, sid}
    this.writers = new Map(); // sid → w
    this.sockets = new Set();
    this.loses = () => false; // whether the next edit gets no answer at all
  }

  lastNo(sid) {
    const w = this.writers.get(sid);
    return this.log.reduce((last, entry) => (entry.w === w ? Math.max(last, entry.no) : last), 0);
  }

  info(sid) {
    return { w: this.writers.get(sid), sid, actor: { id: sid, kind: "user", name: sid, user: sid } };
  }

  known() {
    return [...this.writers.keys()].map((sid) => this.info(sid));
  }

  state(sid, ref) {
    return {
      t: "state", draft: "d", item: "i", purpose: "shared", owner: null, generation: 0, seq: this.log.length,
      mark: `m${this.log.length}`, may: "type", shape: SHAPE, base_version: 1, head_version: 1, ref,
      value: structuredClone(this.document.value), your_last_no: this.lastNo(sid), your_w: this.writers.get(sid) ?? 0,
      writers: this.known(),
    };
  }

  edit(socket, edit) {
    const { sid } = socket;
    const w = this.writers.get(sid);
    const earlier = this.log.find((entry) => entry.w === w && entry.no === edit.no);
    if (earlier !== undefined) {
      if (earlier.key === edit.key) return;
      socket.send({ t: "refused", draft: "d", no: edit.no, key: edit.key, code: "op_no_reused", message: "" });
      return;
    }
    if (edit.no !== this.lastNo(sid) + 1) throw new Error(`no ${edit.no} after ${this.lastNo(sid)}`);
    if (edit.mark !== `m${edit.base}`) throw new Error("a base with another mark");
    if (edit.seen > edit.base || edit.base > this.log.length) throw new Error("seen or base lie ahead");
    const unseen = this.log.slice(edit.base);
    if (unseen.some((entry) => entry.w === w)) throw new Error("own op unseen");
    if (w === undefined) this.writers.set(sid, this.writers.size + 1);
    const mine = this.writers.get(sid);
    const { ops } = draftwire.rebase(edit.ops, unseen.flatMap((entry) => entry.effects), { w: mine, head: this.document });
    const landed = draftwire.land(this.document, ops, mine);
    this.document = landed.document;
    const effects = landed.effects.filter((effect) => !(effect instanceof draftwire.Lost));
    this.log.push({ w: mine, no: edit.no, key: edit.key, effects, sid });
    for (const other of this.sockets) other.send(this.ops(this.log.length - 1));
  }

  ops(from) {
    const entries = this.log.slice(from);
    return {
      t: "ops", draft: "d", generation: 0, from, to: this.log.length, mark: `m${this.log.length}`,
      batches: entries.map(({ w, no, effects }) => [w, no, structuredClone(effects.map(({ op }) => op))]),
      writers: this.known(),
    };
  }
}

/** One connection: what either side sends waits until it is delivered. */
class Socket {
  constructor(server, sid, keepTail) {
    this.server = server;
    this.sid = sid;
    this.keepTail = keepTail;
    this.toClient = [];
    this.toServer = [];
    server.sockets.add(this);
  }

  send(message) {
    this.toClient.push(message);
  }

  serve() {
    const message = this.toServer.shift();
    if (message.t === "hello") {
      this.send({
        t: "welcome", session: message.session, sid: this.sid, resume: "r", worker: "1", workspace: "w", server: "0",
        actor: { id: this.sid, kind: "user", name: this.sid, user: this.sid }, ping_s: 8, limits: {},
      });
      for (const have of message.drafts ?? []) this.resume(have, 0);
    } else if (message.t === "open") {
      if (message.have) this.resume(message.have, message.ref);
      else this.send(this.server.state(this.sid, message.ref));
    } else if (message.t === "edit") {
      if (!this.server.loses()) this.server.edit(this, message);
    } else if (message.t === "park") {
      this.send({ t: "parked", ref: message.ref, stash: `s${message.ref}` });
    }
  }

  resume({ have }, ref) {
    if (!this.keepTail) return this.send(this.server.state(this.sid, ref));
    this.send({
      t: "opened", draft: "d", item: "i", generation: 0, seq: have, may: "type", ref, writers: this.server.known(),
      your_last_no: this.server.lastNo(this.sid), your_w: this.server.writers.get(this.sid) ?? 0,
    });
    if (have < this.server.log.length) this.send(this.server.ops(have));
  }
}

class Person {
  constructor(server, name, pick) {
    this.server = server;
    this.name = name;
    this.pick = pick;
    let key = 0;
    this.session = new draftwire.Session({ session: name, newKey: () => `${name}-${key++}`, client: "test", run: null });
    this.socket = null;
    this.editor = new Map(); // what an editor that only follows the events would show
    this.problems = [];
    this.parked = 0;
    this.session.open({ item: "i" });
  }

  connect(keepTail) {
    this.socket = new Socket(this.server, this.name, keepTail);
    this.socket.toServer.push(...this.session.connected(null));
  }

  cut(deliverFirst) {
    const { socket } = this;
    this.server.sockets.delete(socket);
    while (deliverFirst && socket.toServer.length > 0) socket.serve();
    this.socket = null;
    this.session.disconnected();
  }

  flush() {
    if (this.socket !== null) this.socket.toServer.push(...structuredClone(this.session.takeOutgoing()));
  }

  read() {
    this.follow(this.session.receive(this.socket.toClient.shift(), this.server.now));
    this.flush();
  }

  tick() {
    this.follow(this.session.tick(this.server.now));
    this.flush();
  }

  follow(events) {
    for (const event of events) {
      if (event.type === "parked") this.parked++;
      if (event.type === "opened") this.redraw(event.draft);
      if (event.type !== "changed") continue;
      for (const { at, s } of event.text) {
        if (this.editor.has(at)) this.editor.set(at, draftwire.applySplices(this.editor.get(at), s).text);
      }
      if (event.structural) this.redraw(event.draft);
    }
    const { view } = this.draft ?? {};
    if (view === undefined) return;
    for (const [at, text] of this.editor) {
      if (view.get(at) !== text) this.problems.push(`${this.name}: the editor of ${at} shows another text than the view`);
    }
  }

  get draft() {
    return this.session.draft("d");
  }

  redraw(draft) {
    this.editor.clear();
    for (const at of leaves(draft.view)) this.editor.set(at, draft.view.get(at));
  }

  act() {
    const { draft, pick } = this;
    if (draft === null) return;
    const op = this.someOp(draft.view, pick);
    if (op === null) return;
    this.session.edit("d", [op], this.server.now);
    this.redraw(draft);
    const again = draftwire.land(draft.confirmed, draft.pending, draft.w).document;
    if (!draftwire.same(again.value, draft.view.value)) this.problems.push(`${this.name}: the view is not what is pending`);
    this.flush();
  }

  someOp(view, pick) {
    const texts = leaves(view);
    const elements = [...view.elements()];
    switch (pick(10)) {
      case 0: {
        const id = `e${pick(6)}`;
        const near = elements.length > 0 ? elements[pick(elements.length)] : null;
        return view.has(id) ? null : { op: "insert", at: "/modules", v: { id, code: "abc", branches: [] }, after: near, before: null };
      }
      case 1: {
        if (elements.length < 2) return null;
        const id = elements[pick(elements.length)];
        return pick(3) === 0 ? { op: "remove", at: id } : { op: "move", id, at: "/modules", after: null, before: elements[pick(elements.length)] };
      }
      case 2:
        return { op: "set", at: "/summary", v: `${this.name}${pick(100)}` };
      default: {
        const at = texts[pick(texts.length)];
        const text = view.get(at);
        const position = pick(text.length + 1);
        const del = Math.min(pick(4), text.length - position);
        const insert = pick(3) === 0 ? "" : ["x", "yz", "\n", "é", "😀"][pick(5)];
        if (!del && !insert) return null;
        const op = { op: "text", at, s: [[position, del, insert]] };
        try {
          view.check(op);
        } catch {
          return null; // through a pair
        }
        return op;
      }
    }
  }
}

function leaves(view) {
  const own = [...view.elements()].map((id) => `${draftwire.escapeToken(id)}/code`);
  return ["/code", ...own].filter((at) => typeof view.get(at) === "string");
}

/** Play one history; the answer lists what went wrong. */
export function play(seed, { people = 3, steps = 300, states = false, losses = false } = {}) {
  const pick = random(seed);
  const server = new Server({ summary: "s", code: "hello world\nsecond line\n", modules: [{ id: "e0", code: "one", branches: [] }] });
  const persons = Array.from({ length: people }, (_, i) => new Person(server, `p${i}`, pick));
  for (const person of persons) person.connect(true);
  const running = () => persons.some(({ socket }) => socket !== null && socket.toServer.length + socket.toClient.length > 0);
  const step = (person) => {
    const { socket } = person;
    if (socket === null) return;
    if (pick(2) === 0 && socket.toServer.length > 0) socket.serve();
    else if (socket.toClient.length > 0) person.read();
    else if (socket.toServer.length > 0) socket.serve();
  };
  server.now = 0;
  server.loses = () => losses && pick(10) === 0;
  for (let i = 0; i < steps; i++) {
    server.now += 50;
    const person = persons[pick(people)];
    const chance = pick(100);
    if (chance < 40) person.act();
    else if (chance < 43 && person.socket !== null) person.cut(pick(2) === 0);
    else if (person.socket === null) {
      if (pick(3) === 0) person.connect(!states || pick(2) === 0);
    } else step(person);
  }
  for (const person of persons) if (person.socket === null) person.connect(!states || pick(2) === 0);
  server.loses = () => false;
  const pending = () => persons.some(({ draft }) => draft === null || draft.hasPending);
  for (let i = 0; running() || pending(); i++) {
    server.now += 50;
    persons[i % people].tick();
    step(persons[i % people]);
    if (i > 100_000) return ["it never comes to rest"];
  }
  const problems = persons.flatMap((person) => person.problems);
  for (const { draft, name } of persons) {
    if (draft.hasPending) problems.push(`${name}: something is still pending`);
    if (!draftwire.same(draft.view.value, server.document.value)) problems.push(`${name}: another document than the log's`);
    if (draft.seq !== server.log.length) problems.push(`${name}: at ${draft.seq} of ${server.log.length}`);
  }
  const numbers = new Set(server.log.map(({ w, no }) => `${w}.${no}`));
  if (numbers.size !== server.log.length) problems.push("a batch stands in the log twice");
  return problems;
}
