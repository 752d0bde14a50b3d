// src/wire/codes.ts
var MAY_PASS = /* @__PURE__ */ new Set([
  "too_many",
  "quota",
  "too_fast",
  "token_expired",
  "run_paused",
  "stale_region",
  "overlaps_own_edit",
  "stream_gap",
  "base_ahead",
  "busy",
  "unavailable",
  "draining",
  "internal"
]);
var CLOSE = {
  GOING_AWAY: 1001,
  MESSAGE_TOO_BIG: 1009,
  SERVICE_RESTART: 1012,
  DRAINING: 4e3,
  SILENT: 4001,
  SLOW: 4002,
  OVERLOADED: 4003,
  TOKEN_EXPIRED: 4010,
  BAD_FRAME: 4500,
  NO_AUTH: 4501,
  FORBIDDEN: 4503,
  ORIGIN: 4504,
  TOO_LARGE: 4508,
  REPLACED: 4509,
  TOO_MUCH: 4529
};

// src/errors.ts
var Problem = class extends Error {
  constructor(code, message, detail, status) {
    super(message === void 0 ? code : `${code}: ${message}`);
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.name = "Problem";
  }
  code;
  detail;
  status;
};
function mayPass(code) {
  return MAY_PASS.has(code);
}
function mayReconnect(code) {
  return !(code >= 4500 && code <= 4999);
}

// src/document/address.ts
function escapeToken(token) {
  return /[~/]/.test(token) ? token.replaceAll("~", "~0").replaceAll("/", "~1") : token;
}
function unescapeToken(raw) {
  if (!raw.includes("~")) return raw;
  if (raw.replaceAll("~0", "").replaceAll("~1", "").includes("~")) {
    throw new Problem("bad_address", "~ must be followed by 0 or 1");
  }
  return raw.replaceAll("~1", "/").replaceAll("~0", "~");
}
function parseAddress(address) {
  const [owner = "", ...rest] = address.split("/");
  return [unescapeToken(owner), rest.map(unescapeToken)];
}
function formatAddress(element, tokens) {
  return [element, ...tokens].map(escapeToken).join("/");
}
function ownerOf(address) {
  const slash = address.indexOf("/");
  return unescapeToken(slash < 0 ? address : address.slice(0, slash));
}
function isInside(address, place) {
  return address.startsWith(place + "/");
}

// src/text/text.ts
function validateSplices(splices, text2) {
  let low = 0;
  for (const [position, del, insert] of splices) {
    const end = position + del;
    checkSplice(position, del, low, text2.length, insert);
    if (splitsPair(text2, position) || splitsPair(text2, end)) throw new Problem("half_surrogate");
    if (insert) validateInsert(insert);
    low = end + 1;
  }
  if (splices.length === 0) throw new Problem("bad_splice");
}
function checkSplice(position, del, low, size, insert) {
  if (position < low || del < 0 || !(del || insert)) {
    throw new Problem(position >= 0 ? "bad_splice" : "out_of_range");
  }
  if (position + del > size) throw new Problem("out_of_range");
}
function validateInsert(insert) {
  if (insert.includes("\r") || insert.includes("\0")) throw new Problem("bad_text");
  if (!isWellFormed(insert)) throw new Problem("half_surrogate");
}
function isWellFormed(text2) {
  for (let i = 0; i < text2.length; i++) {
    const unit = text2.charCodeAt(i);
    if (unit < 55296 || unit > 57343) continue;
    if (unit > 56319 || !isLow(text2, i + 1)) return false;
    i++;
  }
  return true;
}
function isLow(text2, at2) {
  return (text2.charCodeAt(at2) & 64512) === 56320;
}
function splitsPair(text2, position) {
  return position > 0 && isLow(text2, position) && (text2.charCodeAt(position - 1) & 64512) === 55296;
}
function applySplices(text2, splices) {
  let out = "";
  let done = 0;
  const taken = [];
  for (const [position, del, insert] of splices) {
    out += text2.slice(done, position) + insert;
    done = position + del;
    taken.push(text2.slice(position, done));
  }
  return { text: out + text2.slice(done), taken };
}
function transformSplices(splices, over, overFirst) {
  const out = new Builder();
  const mine = new Reader(splices);
  const theirs = new Reader(over);
  while (mine.live) {
    if (theirs.insert && (overFirst || !mine.insert)) {
      out.retain(theirs.insert.length);
      theirs.insert = "";
    } else if (mine.insert) {
      out.insert(mine.insert);
      mine.insert = "";
    } else {
      const step = Math.min(mine.run, theirs.run);
      if (!theirs.deletes) {
        if (mine.deletes) out.delete(step);
        else out.retain(step);
      }
      mine.advance(step);
      theirs.advance(step);
    }
  }
  return out.done();
}
function composeSplices(first, then) {
  if (first.length === 0) return then;
  if (then.length === 0) return first;
  const out = new Builder();
  const a = new Reader(first);
  const b = new Reader(then);
  while (a.live || b.live) {
    if (b.insert) {
      out.insert(b.insert);
      b.insert = "";
    } else if (a.insert) {
      const step = Math.min(a.insert.length, b.run);
      if (!b.deletes) out.insert(a.insert.slice(0, step));
      a.insert = a.insert.slice(step);
      b.advance(step);
    } else if (a.deletes) {
      out.delete(a.run);
      a.advance(a.run);
    } else {
      const step = Math.min(a.run, b.run);
      if (b.deletes) out.delete(step);
      else out.retain(step);
      a.advance(step);
      b.advance(step);
    }
  }
  return out.done();
}
function invertSplices(splices, taken) {
  let shift = 0;
  return splices.map(([position, del, insert], i) => {
    const splice2 = [position + shift, insert.length, taken[i] ?? ""];
    shift += insert.length - del;
    return splice2;
  });
}
function canonicalSplices(splices) {
  const out = new Builder();
  for (const [position, del, insert] of splices) {
    out.retain(position - out.position);
    out.insert(insert);
    out.delete(del);
  }
  return out.done();
}
function clashes([p, d, i], [q, e, j]) {
  if (i && j && p === q && i !== j) return true;
  if (i && q < p && p < q + e || j && p < q && q < p + d) return true;
  return Math.max(p, q) < Math.min(p + d, q + e) && Boolean(i || j) && !(p === q && d === e && i === j);
}
function differenceOf(before, after) {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (splitsPair(before, start) || splitsPair(after, start)) start--;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) {
    end++;
  }
  if (splitsPair(before, before.length - end) || splitsPair(after, after.length - end)) end--;
  return [[start, before.length - end - start, after.slice(start, after.length - end)]];
}
var FOREVER = 2 ** 50;
var Reader = class {
  // coordinate up to which runs were handed out
  constructor(splices) {
    this.splices = splices;
    this.load();
  }
  splices;
  insert = "";
  deletes = false;
  run = 0;
  live = true;
  // false once only the endless kept tail is left
  next = 0;
  at = 0;
  advance(step) {
    this.run -= step;
    if (this.run === 0) this.load();
    else if (this.run > FOREVER / 2) this.live = this.insert !== "";
  }
  /** Take the next run; a splice begins with the kept run before it. */
  load() {
    const splice2 = this.splices[this.next];
    if (splice2 === void 0) {
      this.live = false;
      this.deletes = false;
      this.run = FOREVER;
      return;
    }
    const [position, del, insert] = splice2;
    if (this.at < position) {
      this.deletes = false;
      this.run = position - this.at;
      this.at = position;
      return;
    }
    this.next++;
    this.insert = insert;
    const follow2 = this.splices[this.next];
    if (del) {
      this.deletes = true;
      this.run = del;
      this.at = position + del;
    } else if (follow2 !== void 0) {
      this.deletes = false;
      this.run = follow2[0] - position;
      this.at = follow2[0];
    } else {
      this.deletes = false;
      this.run = FOREVER;
    }
  }
};
var Builder = class {
  position = 0;
  out = [];
  start = 0;
  del = 0;
  ins = "";
  retain(count) {
    if (count) {
      this.flush();
      this.position += count;
      this.start = this.position;
    }
  }
  insert(text2) {
    this.ins += text2;
  }
  delete(count) {
    this.del += count;
    this.position += count;
  }
  flush() {
    if (this.del || this.ins) {
      this.out.push([this.start, this.del, this.ins]);
      this.del = 0;
      this.ins = "";
    }
  }
  done() {
    this.flush();
    return this.out;
  }
};
function carrySpan(start, end, splices, startAfter, endAfter) {
  const to = carryPoint(end, splices, endAfter);
  return [Math.min(carryPoint(start, splices, startAfter), to), to];
}
function carryPoint(point, splices, after) {
  let shift = 0;
  for (const [position, del, insert] of splices) {
    if (point < position || point === position && !after) break;
    if (point <= position + del) return position + shift + insert.length;
    shift += insert.length - del;
  }
  return point + shift;
}

// src/text/pieces.ts
var PIECE_UNITS = 8192;
var Pieces = class {
  constructor(text2, pieceUnits = PIECE_UNITS) {
    this.pieceUnits = pieceUnits;
    this.parts = cutUp(text2, pieceUnits);
    this.length = text2.length;
  }
  pieceUnits;
  parts;
  length;
  /** Put it together. */
  text() {
    return this.parts.join("");
  }
  /** Raise Problem as `validateSplices` does. */
  validate(splices) {
    let low = 0;
    let part = 0;
    let start = 0;
    for (const [position, del, insert] of splices) {
      const end = position + del;
      checkSplice(position, del, low, this.length, insert);
      for (const place of [position, end]) {
        for (let size = this.part(part).length; part < this.parts.length && start + size <= place; size = this.part(part).length) {
          start += size;
          part++;
        }
        if (splitsPair(this.part(part), place - start)) throw new Problem("half_surrogate");
      }
      if (insert) validateInsert(insert);
      low = end + 1;
    }
    if (splices.length === 0) throw new Problem("bad_splice");
  }
  /** Change the text by splices that are valid for it; give the deleted pieces, one for each. */
  apply(splices) {
    if (splices.length > this.parts.length) {
      const { text: text2, taken } = applySplices(this.text(), splices);
      this.parts = cutUp(text2, this.pieceUnits);
      this.length = text2.length;
      return taken;
    }
    const found = [];
    let part = 0;
    let start = 0;
    let shift = 0;
    for (const [position, del, insert] of splices) {
      const at2 = position + shift;
      for (let size = this.part(part).length; part < this.parts.length - 1 && start + size < at2; size = this.part(part).length) {
        start += size;
        part++;
      }
      found.push(this.splice(part, at2 - start, del, insert));
      shift += insert.length - del;
    }
    this.length += shift;
    return found;
  }
  part(index) {
    return this.parts[index] ?? "";
  }
  /** Replace units from `at` in one piece, perhaps reaching into the next ones. */
  splice(part, at2, del, insert) {
    let last = part;
    let units = this.part(part).length;
    while (units < at2 + del) units += this.part(++last).length;
    const old = last === part ? this.part(part) : this.parts.slice(part, last + 1).join("");
    const made = old.slice(0, at2) + insert + old.slice(at2 + del);
    const long = made.length > 2 * this.pieceUnits;
    if (last === part && !long) this.parts[part] = made;
    else this.parts = this.parts.toSpliced(part, last + 1 - part, ...long ? cutUp(made, this.pieceUnits) : [made]);
    return old.slice(at2, at2 + del);
  }
};
function cutUp(text2, pieceUnits) {
  const parts = [];
  for (let start = 0; start < text2.length; ) {
    const end = start + pieceUnits;
    const cut = splitsPair(text2, end) ? end + 1 : end;
    parts.push(text2.slice(start, cut));
    start = cut;
  }
  return parts.length > 0 ? parts : [""];
}

// src/document/batch.ts
var NONE = /* @__PURE__ */ new Map();
var Batch = class {
  // addresses of long texts that one op has changed: a key typed costs one op
  /** `pieceUnits`: how long the pieces are; tests make them short. */
  constructor(made, pieceUnits = PIECE_UNITS) {
    this.made = made;
    this.pieceUnits = pieceUnits;
  }
  made;
  pieceUnits;
  leaves = /* @__PURE__ */ new Map();
  // by address: what the document says there is out of date
  once = /* @__PURE__ */ new Set();
  /** Put together what all ops have made. */
  document() {
    for (const at2 of [...this.leaves.keys()]) this.settle(at2);
    return this.made;
  }
  /** The same, but texts may be out of date: for who asks for elements and places alone. */
  get structure() {
    return this.made;
  }
  /** Raise Problem as `Doc.check` does. */
  check(op2) {
    const leaf = this.leaf(op2);
    if (leaf !== null && op2.op === "text") leaf.validate(op2.s);
    else this.made.check(op2);
  }
  /** Do an op; ids of its value that exist already get the mark of writer `w`. */
  apply(op2, w) {
    const leaf = this.leaf(op2);
    if (leaf === null && op2.op === "text") this.once.add(op2.at);
    if (leaf !== null && op2.op === "text") {
      const taken = splice(leaf, op2.s);
      return { effect: taken === null ? null : { op: op2, took: { took: "text", s: taken } }, renamed: NONE };
    }
    if (this.leaves.size > 0 && op2.op !== "text") this.settleBelow(op2);
    const { document: document2, effect, renamed: renamed2 } = this.made.apply(op2, w);
    this.made = document2;
    return { effect, renamed: renamed2 };
  }
  /** The pieces of the long text that an op changes; null for all else. */
  leaf(op2) {
    if (op2.op !== "text") return null;
    const known = this.leaves.get(op2.at);
    if (known !== void 0 || !this.once.has(op2.at)) return known ?? null;
    const text2 = this.made.textAt(op2.at);
    if (text2 === null || text2.length <= 2 * this.pieceUnits) return null;
    const leaf = new Pieces(text2, this.pieceUnits);
    this.leaves.set(op2.at, leaf);
    return leaf;
  }
  /** Put together the texts that an op of structure may take away; moves and inserts take none. */
  settleBelow(op2) {
    if (op2.op !== "set" && op2.op !== "remove") return;
    const gone = this.made.pathOf(op2.at);
    for (const at2 of [...this.leaves.keys()]) {
      const path = this.made.pathOf(at2);
      if (gone === null || path === null || gone.every((step, i) => path[i] === step)) this.settle(at2);
    }
  }
  settle(at2) {
    const leaf = this.leaves.get(at2);
    if (leaf === void 0) return;
    this.made = this.made.withText(at2, leaf.text());
    this.leaves.delete(at2);
  }
};
function splice(leaf, splices) {
  if (splices.length === 0) return [];
  try {
    leaf.validate(splices);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
  return leaf.apply(splices);
}

// src/sdk/browser.ts
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
function sharedLocks() {
  return globalThis.navigator?.locks ?? null;
}
async function copyText(text2) {
  const clipboard = navigator.clipboard;
  try {
    if (clipboard !== void 0) return await clipboard.writeText(text2);
  } catch {
  }
  if (!copiedBySelection(text2)) throw new Problem("unavailable", "This browser does not let the page copy. Select the text and copy it with the keyboard.");
}
function copiedBySelection(text2) {
  const before = focusedElement();
  const area = document.createElement("textarea");
  area.value = text2;
  area.setAttribute("readonly", "");
  Object.assign(area.style, { position: "fixed", top: "0", opacity: "0" });
  (before?.closest("dialog") ?? document.body).append(area);
  try {
    area.focus({ preventScroll: true });
    area.select();
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    before?.focus({ preventScroll: true });
  }
}
function focusedElement() {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found instanceof HTMLElement && found !== document.body ? found : null;
}

// src/document/ops.ts
function goneIds(took) {
  return took.took === "value" || took.took === "element" ? took.gone : [];
}

// src/document/carry.ts
function carry(range, effects) {
  const { at: at2 } = range;
  let start = range.start ?? null;
  let end = range.end ?? null;
  const whole2 = start === null || end === null;
  const element = ownerOf(at2);
  for (const { op: op2, took } of effects) {
    if (op2.op === "text") {
      if (op2.at === at2 && start !== null && end !== null) {
        [start, end] = carrySpan(start, end, op2.s, range.start_after ?? true, range.end_after ?? false);
      }
      continue;
    }
    if (element !== "" && goneIds(took).includes(element)) return null;
    if ((op2.op === "set" || op2.op === "remove") && op2.at.includes("/")) {
      const replaced2 = op2.at === at2 && !(whole2 && op2.op === "set");
      if (replaced2 || isInside(at2, op2.at)) return null;
    }
  }
  return { ...range, start, end };
}

// src/session/carets.ts
var KEPT_BATCHES = 256;
var Carets = class {
  constructor(seq) {
    this.seq = seq;
  }
  seq;
  spots = /* @__PURE__ */ new Map();
  waiting = /* @__PURE__ */ new Map();
  history = [];
  /** Take what a presence entry says. */
  place(entry) {
    const { sid, at: at2, anchor = 0, head = 0, seq = 0 } = entry;
    const known = this.spots.get(sid);
    if (at2 == null) {
      this.remove(sid);
      return;
    }
    if (known !== void 0 && seq < known.since) return;
    if (seq > this.seq) {
      this.waiting.set(sid, entry);
      return;
    }
    const behind = this.seq - seq;
    if (behind > this.history.length) return;
    const effects = this.history.slice(this.history.length - behind).flat();
    this.put(sid, moved({ at: at2, anchor, head, since: seq }, effects));
  }
  remove(sid) {
    this.spots.delete(sid);
    this.waiting.delete(sid);
  }
  /** Follow a batch of the log. */
  absorb(batch2) {
    this.seq = batch2.seq;
    this.history.push(batch2.effects);
    if (this.history.length > KEPT_BATCHES) this.history.shift();
    for (const [sid2, spot] of this.spots) this.put(sid2, moved(spot, batch2.effects));
    const sid = batch2.by?.sid;
    const implied = batch2.own || sid === void 0 ? null : impliedBy(batch2.effects, batch2.seq);
    if (sid !== void 0 && implied !== null) this.spots.set(sid, implied);
    for (const [other, entry] of this.waiting) {
      if ((entry.seq ?? 0) > this.seq) continue;
      this.waiting.delete(other);
      this.place(entry);
    }
  }
  /** All carets of sessions that are present, after `pending` ops that only this client has. */
  inView(pending, present2) {
    const effects = pending.map((op2) => ({ op: op2, took: { took: "nothing" } }));
    const carets = [];
    for (const [sid, spot] of this.spots) {
      const entry = present2.get(sid);
      const here = moved(spot, effects);
      if (entry !== void 0 && here !== null) {
        carets.push({ sid, at: here.at, anchor: here.anchor, head: here.head, entry });
      }
    }
    return carets;
  }
  put(sid, spot) {
    if (spot === null) this.spots.delete(sid);
    else this.spots.set(sid, spot);
  }
};
function moved(spot, effects) {
  const backwards = spot.head < spot.anchor;
  const [start, end] = backwards ? [spot.head, spot.anchor] : [spot.anchor, spot.head];
  const range = carry({ at: spot.at, start, end }, effects);
  if (range === null) return null;
  const [from, to] = [range.start ?? 0, range.end ?? 0];
  return { ...spot, anchor: backwards ? to : from, head: backwards ? from : to };
}
function impliedBy(effects, seq) {
  const last = effects.findLast(({ op: op2 }) => op2.op === "text" && op2.s.length > 0)?.op;
  if (last?.op !== "text") return null;
  let shift = 0;
  let head = 0;
  for (const [position, del, insert] of last.s) {
    head = position + shift + insert.length;
    shift += insert.length - del;
  }
  return { at: last.at, anchor: head, head, since: seq };
}

// src/wire/checks.ts
function wrong(path, expected) {
  throw new Problem("bad_message", `${path}: expected ${expected}`);
}
var text = (value, path) => {
  if (typeof value !== "string") wrong(path, "a string");
};
var integer = (value, path) => {
  if (!Number.isSafeInteger(value)) wrong(path, "an integer");
};
var number = (value, path) => {
  if (typeof value !== "number") wrong(path, "a number");
};
var flag = (value, path) => {
  if (typeof value !== "boolean") wrong(path, "true or false");
};
function oneOf(...names) {
  return (value, path) => {
    if (typeof value !== "string" || !names.includes(value)) wrong(path, names.join(" | "));
  };
}
function nullable(check) {
  return (value, path) => {
    if (value !== null) check(value, path);
  };
}
function optional(check) {
  return (value, path) => {
    if (value !== void 0) check(value, path);
  };
}
function either(first, other) {
  return (value, path) => (typeof value === "string" ? first : other)(value, path);
}
function listOf(check) {
  return (value, path) => {
    if (!Array.isArray(value)) wrong(path, "an array");
    for (let i = 0; i < value.length; i++) check(value[i], `${path}/${i}`);
  };
}
function mapOf(check) {
  return (value, path) => {
    for (const [member, inner] of Object.entries(members(value, path))) check(inner, `${path}/${member}`);
  };
}
function tupleOf(required, more = []) {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < required.length) wrong(path, `${required.length} elements`);
    [...required, ...more].forEach((check, i) => {
      if (i < value.length) check(value[i], `${path}/${i}`);
    });
  };
}
function struct(shape) {
  const checks = Object.entries(shape);
  return (value, path) => {
    const object = members(value, path);
    for (const [member, check] of checks) check(object[member], `${path}/${member}`);
  };
}
function members(value, path) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(path, "an object");
  return value;
}
var OPS = {
  text: struct({ at: text, s: listOf(tupleOf([integer, integer, text])) }),
  set: struct({ at: text, v: present }),
  remove: struct({ at: text }),
  insert: struct({ at: text, v: mapOf(present), after: optional(nullable(text)), before: optional(nullable(text)) }),
  move: struct({ id: text, at: text, after: optional(nullable(text)), before: optional(nullable(text)) })
};
function present(value, path) {
  if (value === void 0) wrong(path, "a value");
}
var op = (value, path) => {
  const kind = members(value, path)["op"];
  const check = typeof kind === "string" && Object.hasOwn(OPS, kind) ? OPS[kind] : void 0;
  if (check === void 0) wrong(`${path}/op`, Object.keys(OPS).join(" | "));
  check(value, path);
};

// src/wire/shapes.ts
var have = struct({ id: text, generation: integer, have: integer, mark: text, item: optional(text) });
var parkedText = struct({ at: text, mine: present });
var actorInfo = struct({
  id: text,
  kind: oneOf("agent", "api_key", "user"),
  name: text,
  user: text,
  on_behalf_of: optional(nullable(text)),
  imported_by: optional(nullable(text))
});
var writerInfo = struct({ w: integer, actor: actorInfo, sid: text, run: optional(nullable(text)) });
var alertSide = struct({
  actor: actorInfo,
  sid: text,
  text: present,
  seq: integer,
  at: number,
  run: optional(nullable(text))
});
var alert = struct({
  id: text,
  draft: text,
  kind: oneOf("overlap", "lost_target", "stale_save"),
  reason: oneOf("clash", "stale", "structural", "lost", "save"),
  address: text,
  opened_at: number,
  seq: integer,
  sides: listOf(alertSide),
  state: optional(oneOf("closed", "open", "resolved")),
  start: optional(integer),
  end: optional(integer),
  line_from: optional(nullable(integer)),
  line_to: optional(nullable(integer)),
  stash: optional(nullable(text)),
  closed_at: optional(nullable(number)),
  fades: optional(flag)
});
var shapeInfo = struct({
  keyed: listOf(text),
  text: listOf(text),
  coupled: optional(listOf(tupleOf([text, text])))
});
var batchInfo = struct({
  kind: optional(oneOf("edit", "save", "undo", "revert", "rebase", "adopt", "accept", "restore")),
  cause: optional(nullable(text)),
  at: optional(nullable(number))
});
var batch = tupleOf([integer, integer, listOf(op)], [listOf(either(text, alert)), nullable(batchInfo)]);
var diagnostic = struct({ at: text, code: oneOf("reference", "schema", "secret", "shape"), message: text });
var overlap = struct({
  address: text,
  line_from: optional(nullable(integer)),
  line_to: optional(nullable(integer))
});
var presenceEntry = struct({
  sid: text,
  actor: actorInfo,
  state: oneOf("viewing", "editing", "idle"),
  since: number,
  draft: optional(nullable(text)),
  at: optional(nullable(text)),
  anchor: optional(integer),
  head: optional(integer),
  seq: optional(integer),
  run: optional(nullable(text)),
  label: optional(nullable(text)),
  model: optional(nullable(text)),
  doing: optional(nullable(text)),
  lines: optional(nullable(tupleOf([integer, integer])))
});
var versionInfo = struct({
  number: integer,
  hash: text,
  by: nullable(actorInfo),
  at: number,
  message: optional(text),
  run: optional(nullable(text))
});
var draftInfo = struct({
  id: text,
  purpose: oneOf("own", "shared", "suggestion"),
  owner: nullable(actorInfo),
  visibility: oneOf("open", "private", "readable"),
  generation: integer,
  seq: integer,
  base_version: integer,
  updated_at: number,
  may: optional(oneOf("look", "no", "type")),
  legacy: optional(flag)
});
var eventInfo = struct({
  number: integer,
  type: text,
  at: number,
  actor: optional(nullable(text)),
  item: optional(nullable(text)),
  draft: optional(nullable(text))
});
var askInfo = struct({
  id: text,
  draft: text,
  item: text,
  by: actorInfo,
  may: oneOf("look", "type"),
  asked_at: number,
  expires_at: number,
  agents: optional(flag),
  note: optional(text),
  state: optional(oneOf("declined", "expired", "granted", "open", "withdrawn")),
  answered_at: optional(nullable(number))
});
var runEvent = struct({
  n: integer,
  type: text,
  at: number,
  by: optional(nullable(actorInfo)),
  text: optional(nullable(text))
});
var CLIENT = {
  hello: struct({
    session: text,
    attempt: optional(integer),
    resume: optional(nullable(text)),
    token: optional(nullable(text)),
    client: optional(text),
    run: optional(nullable(text)),
    act_for: optional(nullable(text)),
    agent: optional(nullable(text)),
    drafts: optional(listOf(have)),
    items: optional(listOf(text)),
    workspaces: optional(listOf(text))
  }),
  auth: struct({ token: text, ref: optional(integer), act_for: optional(nullable(text)) }),
  open: struct({
    ref: integer,
    item: optional(nullable(text)),
    draft: optional(nullable(text)),
    purpose: optional(nullable(oneOf("own", "shared", "suggestion"))),
    have: optional(nullable(have))
  }),
  close: struct({ channel: text }),
  subscribe: struct({ ref: integer, channel: text, after: optional(nullable(integer)) }),
  edit: struct({
    draft: text,
    generation: integer,
    base: integer,
    mark: text,
    seen: integer,
    no: integer,
    key: text,
    ops: listOf(op),
    kind: optional(oneOf("edit", "save", "undo", "revert", "rebase", "adopt", "accept", "restore")),
    cause: optional(nullable(text))
  }),
  focus: struct({
    item: text,
    state: optional(oneOf("viewing", "editing", "idle")),
    draft: optional(nullable(text)),
    at: optional(nullable(text)),
    anchor: optional(integer),
    head: optional(integer),
    seq: optional(integer),
    doing: optional(nullable(text)),
    lines: optional(nullable(tupleOf([integer, integer])))
  }),
  seen: struct({ draft: text, seq: integer }),
  park: struct({
    ref: integer,
    draft: text,
    generation: integer,
    reason: oneOf("discarded", "rewound", "refused", "conflict"),
    base: integer,
    texts: listOf(parkedText),
    item: optional(nullable(text))
  }),
  call: struct({
    ref: integer,
    tool: oneOf("abort_stream", "close_stream", "edit", "load_stream", "open_stream", "read", "search"),
    run: text,
    stream: optional(nullable(text)),
    key: optional(nullable(text))
  }),
  append: struct({ run: text, stream: text, offset: integer, text }),
  pong: struct({ n: integer })
};
var SERVER = {
  welcome: struct({
    session: text,
    sid: text,
    resume: text,
    worker: text,
    workspace: text,
    actor: actorInfo,
    server: text,
    ping_s: number,
    limits: mapOf(integer),
    ref: optional(integer),
    token_expires_in_s: optional(nullable(number))
  }),
  state: struct({
    draft: text,
    item: text,
    purpose: oneOf("own", "shared", "suggestion"),
    owner: nullable(actorInfo),
    generation: integer,
    seq: integer,
    mark: text,
    may: oneOf("look", "type"),
    shape: shapeInfo,
    base_version: integer,
    head_version: integer,
    pieces: optional(integer),
    ref: optional(integer),
    why: optional(nullable(text)),
    your_last_no: optional(integer),
    your_w: optional(integer),
    writers: optional(listOf(writerInfo)),
    alerts: optional(listOf(alert)),
    stands: optional(flag),
    legacy: optional(flag)
  }),
  piece: struct({ draft: text, i: integer, data: text }),
  opened: struct({
    draft: text,
    item: text,
    generation: integer,
    seq: integer,
    may: oneOf("look", "type"),
    ref: optional(integer),
    why: optional(nullable(text)),
    your_last_no: optional(integer),
    your_w: optional(integer),
    writers: optional(listOf(writerInfo)),
    alerts: optional(listOf(alert))
  }),
  ops: struct({
    draft: text,
    generation: integer,
    from: integer,
    to: integer,
    mark: text,
    batches: listOf(batch),
    writers: optional(listOf(writerInfo))
  }),
  diagnostics: struct({ draft: text, seq: integer, diagnostics: listOf(diagnostic) }),
  behind: struct({
    draft: text,
    base_version: integer,
    head: versionInfo,
    overlaps: optional(listOf(overlap)),
    kept: optional(flag),
    item: optional(text)
  }),
  deleted: struct({ item: text, draft: text, stash: text, by: actorInfo, until: number }),
  refused: struct({
    draft: text,
    no: integer,
    key: text,
    code: text,
    message: text,
    retry: optional(flag)
  }),
  presence: struct({
    item: text,
    here: optional(listOf(presenceEntry)),
    gone: optional(listOf(text)),
    full: optional(flag),
    unknown: optional(flag)
  }),
  item: struct({
    item: text,
    kind: text,
    path: nullable(text),
    external_id: nullable(text),
    summary: text,
    archived: flag,
    head: nullable(versionInfo),
    drafts: listOf(draftInfo),
    event: integer,
    ref: optional(integer)
  }),
  event: struct({
    workspace: text,
    number: integer,
    events: optional(listOf(eventInfo)),
    ref: optional(integer)
  }),
  alert: struct({ draft: text, alert }),
  ask: struct({ ask: askInfo }),
  reset: struct({ draft: text, reason: oneOf("discarded", "rewound"), generation: integer }),
  gone: struct({ channel: text, code: optional(text), ref: optional(integer) }),
  may: struct({ draft: text, may: oneOf("look", "type"), why: optional(nullable(text)) }),
  parked: struct({ ref: integer, stash: text }),
  answer: struct({ ref: integer }),
  streamed: struct({
    stream: text,
    units: integer,
    code: optional(nullable(text)),
    message: optional(nullable(text)),
    expected: optional(nullable(integer))
  }),
  run: struct({
    run: text,
    state: oneOf("running", "paused", "stopped", "ended", "lost"),
    event: runEvent
  }),
  ping: struct({ n: integer }),
  bye: struct({ reconnect_after_ms: integer, reason: text }),
  error: struct({ code: text, message: text, ref: optional(integer), retry: optional(flag) })
};

// src/wire/codec.ts
var MAX_DEPTH = 100;
var MAX_INTEGER = 2 ** 53;
var WRAPPING = 16;
function parseJson(text2) {
  return parse(text2, 0);
}
function parse(text2, depth) {
  let value;
  try {
    value = JSON.parse(text2);
  } catch (error) {
    throw new Problem(error instanceof RangeError ? "too_deep" : "bad_json");
  }
  if (/[0-9]{16}/.test(text2)) checkIntegers(text2);
  checkJson(value, depth);
  return value;
}
function checkIntegers(text2) {
  for (const [token] of text2.matchAll(/"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g)) {
    if (!/^-?[0-9]{16,}$/.test(token)) continue;
    const integer2 = BigInt(token);
    if ((integer2 > BigInt(MAX_INTEGER) || integer2 < -BigInt(MAX_INTEGER)) && !namesDouble(token)) throw new Problem("bad_number");
  }
}
function namesDouble(token) {
  const number2 = Number(token);
  if (!Number.isFinite(number2)) return false;
  const [digits = "", exponent = "0"] = number2.toExponential().split("e");
  return digits.replace(".", "").padEnd(Number(exponent) + (number2 < 0 ? 2 : 1), "0") === token;
}
function formatJson(value) {
  checkJson(value, -WRAPPING);
  const text2 = JSON.stringify(value);
  if (/[0-9]{16}/.test(text2)) checkIntegers(text2);
  return text2;
}
function encodedBytes(value, enough = 0) {
  const text2 = JSON.stringify(value);
  return 3 * text2.length <= enough ? text2.length : new TextEncoder().encode(text2).length;
}
function checkJson(value, depth = 0) {
  switch (typeof value) {
    case "string":
      checkText(value);
      return;
    case "number":
      if (!Number.isFinite(value)) throw new Problem("bad_number");
      return;
    case "boolean":
      return;
    case "object": {
      if (value === null) return;
      if (depth >= MAX_DEPTH) throw new Problem("too_deep");
      if (Array.isArray(value)) {
        for (const element of value) checkJson(element, depth + 1);
        return;
      }
      for (const member of Object.keys(value)) {
        if (member === "__proto__") throw new Problem("bad_member");
        checkText(member);
        const inner = value[member];
        if (inner !== void 0) checkJson(inner, depth + 1);
      }
      return;
    }
    default:
      throw new Problem("bad_json", `a ${typeof value} is not JSON`);
  }
}
function checkValue(value, depth) {
  if (typeof value === "string") checkText(value);
  else if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Problem("bad_number");
  } else if (typeof value === "object" && value !== null) {
    if (depth >= MAX_DEPTH) throw new Problem("too_deep");
    if (Array.isArray(value)) {
      for (const element of value) checkValue(element, depth + 1);
      return;
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw noForm(value.constructor?.name ?? "object");
    for (const [member, inner] of Object.entries(value)) {
      if (member === "__proto__") throw new Problem("bad_member");
      checkText(member);
      checkValue(inner, depth + 1);
    }
  } else if (typeof value !== "boolean" && value !== null) throw noForm(typeof value);
}
function noForm(what) {
  return new Problem("bad_message", `JSON can't represent ${what}.`);
}
function checkOp(given2, depth) {
  const { op: kind, v } = given2 ?? {};
  if (kind === "set" || kind === "insert") checkValue(v, depth);
  try {
    op(given2, "");
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "bad_message") throw error;
    throw new Problem("bad_op", error.message.replace(/^bad_message: /, ""));
  }
}
function checkText(text2) {
  for (let i = 0; i < text2.length; i++) {
    const unit = text2.charCodeAt(i);
    if (unit === 0) throw new Problem("bad_text", "U+0000");
    if (unit < 55296 || unit > 57343) continue;
    const next = i + 1 < text2.length ? text2.charCodeAt(i + 1) : 0;
    if (unit > 56319 || next < 56320 || next > 57343) throw new Problem("bad_text", "lone surrogate");
    i++;
  }
}
function decode(frame, shapes) {
  const value = parse(frame, shapes === SERVER ? -WRAPPING : 0);
  const kind = members(value, "")["t"];
  if (typeof kind !== "string") wrong("/t", "a string");
  const check = Object.hasOwn(shapes, kind) ? shapes[kind] : void 0;
  if (check === void 0) throw new Problem("unknown_message", kind);
  check(value, "");
  return value;
}
function decodeServerMessage(frame) {
  return decode(frame, SERVER);
}
function decodeClientMessage(frame) {
  return decode(frame, CLIENT);
}
function decodeOp(value) {
  checkJson(value);
  op(value, "");
  return value;
}
function encodeMessage(message) {
  return formatJson(message);
}

// src/document/values.ts
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isArray(value) {
  return Array.isArray(value);
}
function isMarker(value) {
  return Object.keys(value).length === 1 && typeof memberOf(value, "$secret") === "string";
}
function same(left, right) {
  if (left === right) return true;
  if (left === void 0 || right === void 0) return false;
  if (isArray(left)) {
    return isArray(right) && left.length === right.length && left.every((value, i) => same(value, right[i]));
  }
  if (isObject(left)) {
    if (!isObject(right)) return false;
    const names = Object.keys(left);
    return names.length === Object.keys(right).length && names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]));
  }
  return false;
}
function memberOf(object, name) {
  return Object.hasOwn(object, name) ? object[name] : void 0;
}

// src/document/ids.ts
var MAX_ID = 128;
function scan(value, place, home, found) {
  if (place.dead) return;
  const [owner, tokens] = home;
  if (isArray(value)) {
    const inside = place.element();
    value.forEach((element, i) => {
      if (place.keyed) scanElement(element, inside, home, found);
      else if (typeof element === "object" && element !== null) {
        scan(element, inside, [owner, [...tokens, String(i)]], found);
      }
    });
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === "object" && member !== null) {
        scan(member, place.member(name), [owner, [...tokens, name]], found);
      }
    }
  }
}
function scanElement(element, place, home, found) {
  const id = isObject(element) ? memberOf(element, "id") : void 0;
  if (typeof id !== "string" || !isId(id)) throw new Problem("bad_id");
  if (found.has(id)) throw new Problem("duplicate_id", id);
  found.set(id, home);
  scan(element, place, [id, []], found);
}
function isId(text2) {
  return (text2.length <= MAX_ID || [...text2].length <= MAX_ID) && /[^ \t\n\r]/.test(text2);
}
function renamed(value, place, names) {
  if (place.dead) return value;
  if (isArray(value)) {
    const inside = place.element();
    return value.map((element) => {
      const copy = renamed(element, inside, names);
      return place.keyed && isObject(copy) && typeof memberOf(copy, "id") === "string" ? withNewId(copy, names) : copy;
    });
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, renamed(member, place.member(name), names)])
    );
  }
  return value;
}
function renamedElement(element, place, names) {
  return withNewId(renamed(element, place, names), names);
}
function withNewId(element, names) {
  const id = element["id"];
  return { ...element, id: names.get(id) ?? id };
}
function freshId(wanted, w, exists) {
  const marked = new RegExp(`^(.+?)_${w}(?:_[0-9]+)?$`, "su").exec(wanted);
  const stem = [...marked?.[1] ?? wanted];
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? `_${w}` : `_${w}_${count}`;
    const candidate = stem.slice(0, MAX_ID - suffix.length).join("") + suffix;
    if (!exists(candidate)) return candidate;
  }
}
function placesIn(value, place, found) {
  if (place.dead) return;
  if (isArray(value)) {
    const inside = place.element();
    for (const element of value) {
      if (place.keyed) placesOfElement(element, inside, found);
      else placesIn(element, inside, found);
    }
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) placesIn(member, place.member(name), found);
  }
}
function placesOfElement(element, place, found) {
  const id = isObject(element) ? memberOf(element, "id") : void 0;
  if (typeof id === "string" && !found.has(id)) found.set(id, place);
  placesIn(element, place, found);
}

// src/document/document.ts
var NONE2 = /* @__PURE__ */ new Map();
var Doc = class _Doc {
  constructor(value, shape, index, spots) {
    this.value = value;
    this.shape = shape;
    this.index = index;
    this.spots = spots;
  }
  value;
  shape;
  index;
  spots;
  /** Index a whole value; raises Problem `not_an_object`, `bad_id` or `duplicate_id`. */
  static load(value, shape) {
    if (!isObject(value)) throw new Problem("not_an_object");
    const index = /* @__PURE__ */ new Map();
    scan(value, shape.root, ["", []], index);
    return new _Doc(value, shape, index, /* @__PURE__ */ new Map());
  }
  /** Say whether a keyed element of that id exists. */
  has(element) {
    return this.index.has(element);
  }
  /** The text leaf at an address, as ops of text may change it; null if there is none. */
  textAt(address) {
    const spot = this.find(address);
    if (spot === null || !spot.place.text || spot.plain) return null;
    const leaf = this.at(spot.steps);
    return typeof leaf === "string" ? leaf : null;
  }
  /** The steps from the root to an address, elements by their positions; null if it is gone. */
  pathOf(address) {
    return this.find(address)?.steps ?? null;
  }
  /** The document with another text at a text leaf. */
  withText(address, text2) {
    const spot = this.need(address);
    return new _Doc(withValue(this.value, spot.steps, text2), this.shape, this.index, this.spots);
  }
  /** The ids of all keyed elements. */
  elements() {
    return this.index.keys();
  }
  /** What stands at an address, undefined if nothing does; plain arrays may be walked by index. */
  get(address) {
    const spot = this.find(address);
    return spot === null ? void 0 : this.at(spot.steps);
  }
  /** What the shape says of an address; its element must exist, what is inside need not. */
  place(address) {
    const [element, tokens] = parseAddress(address);
    const spot = this.find(escapeToken(element));
    return spot === null ? null : tokens.reduce((place, name) => place.member(name), spot.place);
  }
  /** The keyed array that holds an element, and its neighbours' ids; null if it does not exist. */
  home(element) {
    const found = this.siblings(element);
    return found === null ? null : [found.at, ...neighbours(found.elements, found.position, found.position + 1)];
  }
  /** Raise Problem unless a live writer may do `op` to this very state. Ids that exist elsewhere are no error. */
  check(op2) {
    switch (op2.op) {
      case "text": {
        const spot = this.need(op2.at);
        const leaf = this.at(spot.steps);
        if (!spot.place.text || spot.plain || typeof leaf !== "string") throw new Problem("not_text", op2.at);
        validateSplices(op2.s, leaf);
        return;
      }
      case "set":
        scan(op2.v, this.checkMember(op2.at), ["", []], /* @__PURE__ */ new Map());
        return;
      case "remove":
        if (parseAddress(op2.at)[1].length > 0) this.checkMember(op2.at);
        else if (op2.at === "") throw new Problem("root_fixed");
        else this.need(op2.at);
        return;
      case "insert":
        scanElement(op2.v, this.needKeyed(op2.at).place.element(), ["", []], /* @__PURE__ */ new Map());
        return;
      case "move":
        this.need(escapeToken(op2.id));
        this.needKeyed(op2.at);
        if (!this.fits(op2.id, op2.at)) throw new Problem("bad_place", op2.at);
        return;
    }
  }
  /** Do `op`; colliding ids in its value get the mark of writer `w`. */
  apply(op2, w) {
    switch (op2.op) {
      case "text":
        return this.applyText(op2);
      case "set":
        return this.applySet(op2, w);
      case "remove":
        return this.applyRemove(op2);
      case "insert":
        return this.applyInsert(op2, w);
      case "move":
        return this.applyMove(op2);
    }
  }
  // Finding
  find(address) {
    const known = this.spots.get(address);
    if (known !== void 0) return known;
    let spot;
    try {
      spot = this.locate(address);
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
    if (spot !== null) this.spots.set(address, spot);
    return spot;
  }
  locate(address) {
    const [element, tokens] = parseAddress(address);
    if (tokens.length === 0) return this.locateElement(element);
    const spot = this.find(escapeToken(element));
    if (spot === null) return null;
    let { place } = spot;
    let plain = element !== "" && tokens.length === 1 && tokens[0] === "id";
    let node = this.at(spot.steps);
    const way = [...spot.steps];
    for (const name of tokens) {
      if (isArray(node) && !place.keyed) {
        const position = arrayIndex(name, node.length);
        if (position === null) return null;
        plain = true;
        node = node[position];
        way.push(position);
      } else if (isObject(node) && Object.hasOwn(node, name)) {
        node = node[name];
        way.push(name);
      } else {
        return null;
      }
      place = place.member(name);
    }
    return { steps: way, place, plain };
  }
  locateElement(element) {
    if (element === "") return { steps: [], place: this.shape.root, plain: false };
    const home = this.index.get(element);
    if (home === void 0) return null;
    const array = this.find(formatAddress(...home));
    if (array === null) return null;
    const position = this.elementsAt(array).findIndex((other) => other["id"] === element);
    if (position < 0) return null;
    return { steps: [...array.steps, position], place: array.place.element(), plain: false };
  }
  at(steps) {
    let node = this.value;
    for (const step of steps) node = node[step];
    return node;
  }
  elementsAt(array) {
    return this.at(array.steps);
  }
  /** The array that holds an element, and the position in it. */
  siblings(element) {
    const spot = element === "" ? null : this.find(escapeToken(element));
    const home = this.index.get(element);
    if (spot === null || home === void 0) return null;
    const at2 = formatAddress(...home);
    const array = this.find(at2);
    if (array === null) return null;
    return { at: at2, array, elements: this.elementsAt(array), position: spot.steps[spot.steps.length - 1] };
  }
  keyedArray(at2) {
    const spot = this.find(at2);
    if (spot === null || !spot.place.keyed || !isArray(this.at(spot.steps))) return null;
    return spot;
  }
  /** The object that holds a member that ops may touch, and the member's name. */
  member(at2) {
    let home;
    try {
      home = parseAddress(at2);
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
    const [element, tokens] = home;
    const name = tokens[tokens.length - 1];
    if (name === void 0 || element !== "" && tokens.length === 1 && name === "id") return null;
    const parent = this.find(at2.slice(0, at2.lastIndexOf("/")));
    if (parent === null || parent.plain) return null;
    const node = this.at(parent.steps);
    return isObject(node) ? { parent, node, name, home } : null;
  }
  // Checking
  need(at2) {
    parseAddress(at2);
    const spot = this.find(at2);
    if (spot === null) throw new Problem("no_such_place", at2);
    return spot;
  }
  needKeyed(at2) {
    this.need(at2);
    const spot = this.keyedArray(at2);
    if (spot === null) throw new Problem("not_keyed", at2);
    return spot;
  }
  checkMember(at2) {
    const [element, tokens] = parseAddress(at2);
    const name = tokens[tokens.length - 1];
    if (name === void 0) throw new Problem(element !== "" ? "bad_address" : "root_fixed", at2);
    if (element !== "" && tokens.length === 1 && name === "id") throw new Problem("id_fixed", at2);
    if (name === "__proto__") throw new Problem("bad_address", at2);
    const parent = this.need(at2.slice(0, at2.lastIndexOf("/")));
    const node = this.at(parent.steps);
    if (parent.plain || isArray(node)) throw new Problem("plain_array", at2);
    if (!isObject(node)) throw new Problem("no_such_place", at2);
    const place = parent.place.member(name);
    const present2 = Object.hasOwn(node, name) ? node[name] : void 0;
    if (place.keyed && isArray(present2) && present2.length > 0) throw new Problem("keyed_array_fixed", at2);
    return place;
  }
  /** Say whether an element has the same keyed elements inside when it stands in another array. */
  fits(element, at2) {
    const here = this.find(escapeToken(element));
    const there = this.find(at2);
    if (here === null || there === null) return false;
    if (here.place === there.place.element()) return true;
    const value = this.at(here.steps);
    const inside = /* @__PURE__ */ new Map();
    scanElement(value, here.place, ["", []], inside);
    const found = /* @__PURE__ */ new Map();
    try {
      scanElement(value, there.place.element(), ["", []], found);
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
    if (inside.size !== found.size) return false;
    return [...inside].every(([id, home]) => {
      const other = found.get(id);
      return other !== void 0 && formatAddress(...home) === formatAddress(...other);
    });
  }
  // Applying
  lost() {
    return { document: this, effect: null, renamed: NONE2 };
  }
  unchanged(op2, took) {
    return { document: this, effect: { op: op2, took }, renamed: NONE2 };
  }
  applyText(op2) {
    const leaf = this.textAt(op2.at);
    if (leaf === null) return this.lost();
    if (op2.s.length === 0) return this.unchanged(op2, { took: "text", s: [] });
    try {
      validateSplices(op2.s, leaf);
    } catch (error) {
      if (error instanceof Problem) return this.lost();
      throw error;
    }
    const { text: text2, taken } = applySplices(leaf, op2.s);
    const document2 = this.withText(op2.at, text2);
    return { document: document2, effect: { op: op2, took: { took: "text", s: taken } }, renamed: NONE2 };
  }
  applySet(op2, w) {
    const found = this.member(op2.at);
    if (found === null) return this.lost();
    const { parent, node, name, home } = found;
    const place = parent.place.member(name);
    const gone = /* @__PURE__ */ new Map();
    const had = Object.hasOwn(node, name);
    const before = had ? node[name] : null;
    if (had) scan(before, place, home, gone);
    let made = /* @__PURE__ */ new Map();
    try {
      scan(op2.v, place, home, made);
    } catch (error) {
      if (error instanceof Problem) return this.lost();
      throw error;
    }
    const names = this.collisions(made, gone, w);
    let value = op2.v;
    if (names.size > 0) {
      value = renamed(value, place, names);
      made = /* @__PURE__ */ new Map();
      scan(value, place, home, made);
    }
    const took = { took: "value", had, v: before, gone: [...gone.keys()] };
    const after = withValue(this.value, [...parent.steps, name], value);
    const effect = { op: names.size > 0 ? { op: "set", at: op2.at, v: value } : op2, took, made: [...made.keys()] };
    return { document: this.changed(after, gone, made), effect, renamed: names };
  }
  applyRemove(op2) {
    const found = this.member(op2.at);
    if (found === null) return this.removeElement(op2);
    const { parent, node, name, home } = found;
    if (!Object.hasOwn(node, name)) return this.unchanged(op2, { took: "value", had: false, v: null, gone: [] });
    const { [name]: before, ...rest } = node;
    const gone = /* @__PURE__ */ new Map();
    scan(before, parent.place.member(name), home, gone);
    const took = { took: "value", had: true, v: before, gone: [...gone.keys()] };
    const after = withValue(this.value, parent.steps, rest);
    return { document: this.changed(after, gone, /* @__PURE__ */ new Map()), effect: { op: op2, took }, renamed: NONE2 };
  }
  removeElement(op2) {
    const found = op2.at.includes("/") ? null : this.siblings(ownerOf(op2.at));
    if (found === null) return this.lost();
    const { at: at2, array, elements, position } = found;
    const element = elements[position];
    const gone = /* @__PURE__ */ new Map();
    scanElement(element, array.place.element(), parseAddress(at2), gone);
    const [before, after] = neighbours(elements, position, position + 1);
    const took = { took: "element", v: element, at: at2, after: before, before: after, gone: [...gone.keys()] };
    const value = withValue(this.value, array.steps, elements.toSpliced(position, 1));
    return { document: this.changed(value, gone, /* @__PURE__ */ new Map()), effect: { op: op2, took }, renamed: NONE2 };
  }
  applyInsert(op2, w) {
    const array = this.keyedArray(op2.at);
    if (array === null) return this.lost();
    const home = parseAddress(op2.at);
    const place = array.place.element();
    let made = /* @__PURE__ */ new Map();
    try {
      scanElement(op2.v, place, home, made);
    } catch (error) {
      if (error instanceof Problem) return this.lost();
      throw error;
    }
    const names = this.collisions(made, /* @__PURE__ */ new Map(), w);
    let value = op2.v;
    if (names.size > 0) {
      value = renamedElement(value, place, names);
      made = /* @__PURE__ */ new Map();
      scanElement(value, place, home, made);
    }
    const siblings = this.elementsAt(array);
    const position = positionOf(siblings, op2.after ?? null, op2.before ?? null);
    const [after, before] = neighbours(siblings, position, position);
    const effect = {
      op: { op: "insert", at: op2.at, v: value, after, before },
      took: { took: "nothing" },
      made: [...made.keys()]
    };
    const next = withValue(this.value, array.steps, siblings.toSpliced(position, 0, value));
    return { document: this.changed(next, /* @__PURE__ */ new Map(), made), effect, renamed: names };
  }
  applyMove(op2) {
    const found = this.siblings(op2.id);
    const array = this.keyedArray(op2.at);
    if (found === null || array === null || !this.fits(op2.id, op2.at)) return this.lost();
    const element = found.elements[found.position];
    const own = [...found.array.steps, found.position];
    if (own.every((step, i) => array.steps[i] === step)) return this.lost();
    const [wasAfter, wasBefore] = neighbours(found.elements, found.position, found.position + 1);
    const took = { took: "place", at: found.at, after: wasAfter, before: wasBefore };
    const lifted = withValue(this.value, found.array.steps, found.elements.toSpliced(found.position, 1));
    const without = new _Doc(lifted, this.shape, this.index, /* @__PURE__ */ new Map());
    const target = without.find(op2.at);
    if (target === null) return this.lost();
    const others = without.elementsAt(target);
    const position = positionOf(others, op2.after ?? null, op2.before ?? null);
    const [after, before] = neighbours(others, position, position);
    const next = withValue(lifted, target.steps, others.toSpliced(position, 0, element));
    const effect = { op: { op: "move", id: op2.id, at: op2.at, after, before }, took };
    return { document: this.changed(next, /* @__PURE__ */ new Map(), /* @__PURE__ */ new Map([[op2.id, parseAddress(op2.at)]])), effect, renamed: NONE2 };
  }
  /** Choose new names for ids that exist outside of what goes. */
  collisions(made, gone, w) {
    const names = /* @__PURE__ */ new Map();
    const given2 = new Set(made.keys());
    for (const id of made.keys()) {
      if (!this.index.has(id) || gone.has(id)) continue;
      const name = freshId(id, w, (other) => this.index.has(other) || given2.has(other));
      names.set(id, name);
      given2.add(name);
    }
    return names;
  }
  changed(value, gone, made) {
    let index = this.index;
    if (gone.size > 0 || made.size > 0) {
      index = new Map(index);
      for (const id of gone.keys()) index.delete(id);
      for (const [id, home] of made) index.set(id, home);
    }
    return new _Doc(value, this.shape, index, /* @__PURE__ */ new Map());
  }
};
function withValue(root, steps, value) {
  return replaced(root, steps, 0, value);
}
function replaced(node, steps, depth, value) {
  const step = steps[depth];
  if (step === void 0) return value;
  if (isArray(node)) return node.with(step, replaced(node[step], steps, depth + 1, value));
  const object = node;
  return { ...object, [step]: replaced(object[step], steps, depth + 1, value) };
}
function arrayIndex(name, size) {
  if (!/^(?:0|[1-9][0-9]{0,8})$/.test(name)) return null;
  const index = Number(name);
  return index < size ? index : null;
}
function positionOf(siblings, after, before) {
  const end = siblings.length;
  if (before === null) return end;
  let left = after === null ? -1 : null;
  let right = null;
  siblings.forEach((element, position) => {
    if (element["id"] === after) left = position;
    if (element["id"] === before) right = position;
  });
  if (right !== null && (left === null || right >= left)) return right;
  return left === null ? end : left + 1;
}
function neighbours(siblings, left, right) {
  const idAt = (position) => siblings[position]?.["id"] ?? null;
  return [left > 0 ? idAt(left - 1) : null, idAt(right)];
}

// src/text/textdiff.ts
var MAX_EDITS = 256;
var MAX_DEPTH_OF_SEARCH = 24;
var MAX_REFINED = 64 * 1024;
var TOKEN = /[A-Za-z0-9_]+|[ \t]+|[^A-Za-z0-9_ \t]/gsu;
function diffText(from, to) {
  if (from === to) return [];
  const a = linesOf(from);
  const b = linesOf(to);
  const at2 = offsetsOf(a);
  const out = hunksOf(a, b).flatMap(([a0, a1, b0, b1]) => [
    ...refined(a.slice(a0, a1).join(""), b.slice(b0, b1).join(""), at2[a0])
  ]);
  return canonicalSplices(out);
}
function mergeText(base, mine, theirs) {
  if (mine === base || mine === theirs) return { splices: [], conflicts: [] };
  const [b, m, t] = [linesOf(base), linesOf(mine), linesOf(theirs)];
  const baseAt = offsetsOf(b);
  const theirsAt = offsetsOf(t);
  const ours = [];
  const other = [];
  const open = [];
  for (const block of blocksOf(hunksOf(b, m), hunksOf(b, t))) {
    const was = b.slice(...block.base).join("");
    const my = m.slice(...block.mine).join("");
    const their = t.slice(...block.theirs).join("");
    const changed = block.sides.includes("t") ? refined(was, their, 0) : [];
    const kept = block.sides.includes("m") ? mergedBlock(was, my, their, changed) : [];
    const by = baseAt[block.base[0]];
    if (kept === null) {
      const [start, end] = block.theirs;
      open.push({ start: theirsAt[start], end: theirsAt[end], base: was, mine: my, theirs: their });
    } else {
      ours.push(...shifted(kept, by));
    }
    other.push(...shifted(changed, by));
  }
  const splices = transformSplices(canonicalSplices(ours), canonicalSplices(other), true);
  const conflicts = open.map((conflict) => {
    const [start, end] = carrySpan(conflict.start, conflict.end, splices, true, false);
    return { ...conflict, start, end };
  });
  return { splices, conflicts };
}
function shifted(splices, by) {
  return splices.map(([position, del, insert]) => [position + by, del, insert]);
}
function mergedBlock(was, mine, theirs, changed) {
  if (mine === theirs) return [];
  if (theirs === was) return refined(was, mine, 0);
  if (codePoints(was, mine, theirs) > MAX_REFINED) return null;
  const ours = refined(was, mine, 0).filter(
    ([p, d, i]) => !changed.some(([q, e, j]) => p === q && d === e && i === j)
  );
  if (ours.some((splice2) => changed.some((other) => clashes(splice2, other)))) return null;
  const merged = applySplices(theirs, transformSplices(ours, changed, true)).text;
  return keepsLines(was, mine, theirs, merged) ? ours : null;
}
function keepsLines(was, mine, theirs, merged) {
  const [b, m, t, r] = [lineCounts(was), lineCounts(mine), lineCounts(theirs), lineCounts(merged)];
  for (const line of /* @__PURE__ */ new Set([...b.keys(), ...m.keys(), ...t.keys()])) {
    const count = (counts) => counts.get(line) ?? 0;
    const my = count(m) - count(b);
    const their = count(t) - count(b);
    if (count(r) < Math.max(my, their)) return false;
    if (my < 0 && their === 0 && count(r) > count(m) || their < 0 && my === 0 && count(r) > count(t)) return false;
  }
  return true;
}
function lineCounts(side) {
  const lines = side.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return countsOf(lines);
}
function countsOf(items) {
  const counts = /* @__PURE__ */ new Map();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
function blocksOf(mine, theirs) {
  const tagged = [
    ...mine.map((hunk) => [hunk, "m"]),
    ...theirs.map((hunk) => [hunk, "t"])
  ].sort(([x, s], [y, u]) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || x[3] - y[3] || (s < u ? -1 : s > u ? 1 : 0));
  const out = [];
  const shift = { m: 0, t: 0 };
  for (let i = 0; i < tagged.length; ) {
    let [lo, hi] = tagged[i][0];
    const grow = { m: 0, t: 0 };
    let sides = "";
    for (let next = tagged[i]; next !== void 0 && next[0][0] <= hi; next = tagged[++i]) {
      const [[a0, a1, b0, b1], side] = next;
      hi = Math.max(hi, a1);
      grow[side] += b1 - b0 - (a1 - a0);
      sides += side;
    }
    out.push({
      base: [lo, hi],
      mine: [lo + shift.m, hi + shift.m + grow.m],
      theirs: [lo + shift.t, hi + shift.t + grow.t],
      sides
    });
    shift.m += grow.m;
    shift.t += grow.t;
  }
  return out;
}
function refined(from, to, at2) {
  if (from === "" || to === "") return from !== "" || to !== "" ? [[at2, from.length, to]] : [];
  if (codePoints(from, to) > MAX_REFINED) return [trimmed(from, to, at2)];
  const a = tokensOf(from);
  const b = tokensOf(to);
  const offsets = offsetsOf(a);
  return canonicalSplices(
    hunksOf(a, b).map(
      ([a0, a1, b0, b1]) => trimmed(a.slice(a0, a1).join(""), b.slice(b0, b1).join(""), at2 + offsets[a0])
    )
  );
}
function codePoints(...texts) {
  const units = texts.reduce((sum, text2) => sum + text2.length, 0);
  return units <= MAX_REFINED ? units : texts.reduce((sum, text2) => sum + [...text2].length, 0);
}
function trimmed(from, to, at2) {
  const size = Math.min(from.length, to.length);
  let start = 0;
  while (start < size && from.charCodeAt(start) === to.charCodeAt(start)) start++;
  if (splitsPair(from, start) || splitsPair(to, start)) start--;
  let end = 0;
  while (end < size - start && from.charCodeAt(from.length - 1 - end) === to.charCodeAt(to.length - 1 - end)) end++;
  if (splitsPair(from, from.length - end) || splitsPair(to, to.length - end)) end--;
  return [at2 + start, from.length - end - start, to.slice(start, to.length - end)];
}
function tokensOf(text2) {
  return text2.match(TOKEN) ?? [];
}
function linesOf(text2) {
  const lines = text2.split("\n");
  const last = lines.pop() ?? "";
  const whole2 = lines.map((line) => line + "\n");
  return last === "" ? whole2 : [...whole2, last];
}
function offsetsOf(parts) {
  const out = [0];
  let sum = 0;
  for (const part of parts) out.push(sum += part.length);
  return out;
}
function hunksOf(a, b) {
  const out = [];
  let [i, j] = [0, 0];
  for (const [a0, b0, count] of [...matchesOf(a, b), [a.length, b.length, 0]]) {
    if (i < a0 || j < b0) out.push([i, a0, j, b0]);
    i = a0 + count;
    j = b0 + count;
  }
  return out;
}
function matchesOf(a, b) {
  const found = [];
  const todo = [[0, a.length, 0, b.length, 0]];
  for (let range = todo.pop(); range !== void 0; range = todo.pop()) {
    let [a0, a1, b0, b1] = range;
    const depth = range[4];
    const start = a0;
    while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
      a0++;
      b0++;
    }
    if (a0 > start) found.push([start, b0 - (a0 - start), a0 - start]);
    const end = a1;
    while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) {
      a1--;
      b1--;
    }
    if (end > a1) found.push([a1, b1, end - a1]);
    if (a0 === a1 || b0 === b1) continue;
    const anchors = depth < MAX_DEPTH_OF_SEARCH ? uniqueIn(a, b, a0, a1, b0, b1) : [];
    if (anchors.length === 0) {
      found.push(...myers(a, b, a0, a1, b0, b1));
      continue;
    }
    for (const [x, y] of [...anchors, [a1, b1]]) {
      todo.push([a0, x, b0, y, depth + 1]);
      if (x < a1) found.push([x, y, 1]);
      a0 = x + 1;
      b0 = y + 1;
    }
  }
  return joinedRuns(found.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]));
}
function joinedRuns(found) {
  const out = [];
  for (const [a0, b0, count] of found) {
    const last = out[out.length - 1];
    if (last !== void 0 && last[0] + last[2] === a0 && last[1] + last[2] === b0) {
      out[out.length - 1] = [last[0], last[1], last[2] + count];
    } else {
      out.push([a0, b0, count]);
    }
  }
  return out;
}
function uniqueIn(a, b, a0, a1, b0, b1) {
  const inA = countsOf(a.slice(a0, a1));
  const inB = countsOf(b.slice(b0, b1));
  const where = /* @__PURE__ */ new Map();
  for (let j = b0; j < b1; j++) if (inB.get(b[j]) === 1) where.set(b[j], j);
  const pairs = [];
  for (let i = a0; i < a1; i++) {
    const j = inA.get(a[i]) === 1 ? where.get(a[i]) : void 0;
    if (j !== void 0) pairs.push([i, j]);
  }
  return longestAscent(pairs.map(([, j]) => j)).map((k) => pairs[k]);
}
function longestAscent(values) {
  const tails = [];
  const at2 = [];
  const before = [];
  values.forEach((value, index) => {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = low + high >> 1;
      if (tails[middle] < value) low = middle + 1;
      else high = middle;
    }
    before.push(low > 0 ? at2[low - 1] : -1);
    tails[low] = value;
    at2[low] = index;
  });
  const out = [];
  for (let index = at2[at2.length - 1] ?? -1; index >= 0; index = before[index]) out.push(index);
  return out.reverse();
}
function myers(a, b, a0, a1, b0, b1) {
  const [n, m] = [a1 - a0, b1 - b0];
  const most = Math.min(n + m, MAX_EDITS);
  const offset = most + 1;
  const best = new Int32Array(2 * most + 3);
  const trace = [];
  for (let d = 0; d <= most; d++) {
    trace.push(best.slice());
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(best, k, d, offset) ? at(best, k + 1 + offset) : at(best, k - 1 + offset) + 1;
      let y = x - k;
      while (x < n && y < m && a[a0 + x] === b[b0 + y]) {
        x++;
        y++;
      }
      best[k + offset] = x;
      if (x >= n && y >= m) return walkBack(trace, n, m, a0, b0, offset);
    }
  }
  return [];
}
function at(best, index) {
  return best[index];
}
function goesDown(best, k, d, offset) {
  return k === -d || k !== d && at(best, k - 1 + offset) < at(best, k + 1 + offset);
}
function walkBack(trace, n, m, a0, b0, offset) {
  const out = [];
  let [x, y] = [n, m];
  for (let d = trace.length - 1; d >= 0; d--) {
    const best = trace[d];
    const k = x - y;
    const down = goesDown(best, k, d, offset);
    const before = down ? k + 1 : k - 1;
    const fromX = d > 0 ? at(best, before + offset) : 0;
    const startX = d === 0 ? 0 : down ? fromX : fromX + 1;
    if (x > startX) out.push([a0 + startX, b0 + startX - k, x - startX]);
    x = fromX;
    y = fromX - before;
  }
  return out;
}

// src/merge/merge.ts
function diff(from, to) {
  const target = Doc.load(to, from.shape);
  if (same(from.value, to)) return [];
  const merger = new Merger(from, target, from);
  merger.run();
  return same(merger.work.value, to) ? merger.ops : coarse(from, to);
}
function merge(base, mine, theirs) {
  if (same(base.value, theirs.value)) return { ops: diff(theirs, mine.value), conflicts: [] };
  const merger = new Merger(base, mine, theirs);
  merger.run();
  return { ops: merger.ops, conflicts: merger.conflicts };
}
function coarse(from, to) {
  const removed = [];
  const made = [];
  for (const name of Object.keys({ ...from.value, ...to })) {
    const at2 = formatAddress("", [name]);
    const was = memberOf(from.value, name);
    const now = memberOf(to, name);
    if (same(was, now)) continue;
    if (was !== void 0) {
      if (isArray(was) && from.shape.root.member(name).keyed) {
        for (const element of was) removed.push({ op: "remove", at: escapeToken(idOf(element)) });
      }
      removed.push({ op: "remove", at: at2 });
    }
    if (now !== void 0) made.push({ op: "set", at: at2, v: now });
  }
  return [...removed, ...made];
}
function idOf(element) {
  return element["id"];
}
function idsOf(array) {
  return isArray(array) ? array.map(idOf) : [];
}
var Merger = class {
  constructor(base, mine, theirs) {
    this.base = base;
    this.mine = mine;
    this.theirs = theirs;
    this.sides = [base, mine, theirs];
    this.work = theirs;
    this.homes = [this.track(base), this.track(mine), this.track(theirs)];
  }
  base;
  mine;
  theirs;
  ops = [];
  conflicts = [];
  work;
  sides;
  late = [];
  // members replaced or gone, when elements have left them
  last = [];
  // text, and members set in place
  free = /* @__PURE__ */ new Set();
  // elements of theirs that may go
  orders = /* @__PURE__ */ new Map();
  // by array: whether both sides have it in one order
  homes;
  run() {
    const [, mine, theirs] = this.homes;
    this.members("", this.work.shape.root, this.base.value, this.mine.value, this.theirs.value);
    for (const id of theirs.keys()) if (mine.has(id)) this.content(id);
    this.placeAll();
    this.removeAll();
    for (const op2 of this.late) this.finish(op2);
    for (const op2 of this.last) this.do(op2);
  }
  do(op2) {
    const applied = this.work.apply(op2, 0);
    if (applied.effect === null || applied.renamed.size > 0) return false;
    this.work = applied.document;
    this.ops.push(op2);
    return true;
  }
  // Which elements have an identity that ops can follow
  /** The home of each element that is reached through objects and transparent arrays, parents first. */
  track(side) {
    const found = /* @__PURE__ */ new Map();
    this.trackIn(side.value, "", side.shape.root, found);
    return found;
  }
  trackIn(value, at2, place, found) {
    if (place.dead) return;
    if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (isObject(member) || isArray(member)) {
          this.trackIn(member, `${at2}/${escapeToken(name)}`, place.member(name), found);
        }
      }
    } else if (!isArray(value)) {
      return;
    } else if (place.keyed) {
      for (const element of value) {
        found.set(idOf(element), at2);
        this.trackIn(element, escapeToken(idOf(element)), place.element(), found);
      }
    } else if (this.isTransparent(at2, place)) {
      value.forEach((element, i) => {
        if (isObject(element) || isArray(element)) this.trackIn(element, `${at2}/${i}`, place.element(), found);
      });
    }
  }
  isTransparent(at2, place) {
    const present2 = this.sides.map((side) => side.get(at2)).filter((value) => value !== void 0);
    const [first] = present2;
    if (!isArray(first)) return false;
    const shown = skeleton(first, place);
    return present2.every((value) => isArray(value) && same(skeleton(value, place), shown));
  }
  // Members of the root and of elements that all sides have
  content(id) {
    const at2 = escapeToken(id);
    const place = this.theirs.place(at2);
    const [b, m, t] = this.valuesAt(at2);
    if (place === null || m === void 0 || t === void 0) return;
    if (b === void 0) {
      if (!same(m, t)) this.conflict(at2, void 0, m, t);
      return;
    }
    if (!same(m, b) && !same(m, t)) this.members(at2, place, b, m, t);
  }
  valuesAt(at2) {
    return [this.base.get(at2), this.mine.get(at2), this.theirs.get(at2)];
  }
  members(at2, place, b, m, t) {
    const apart = this.coupled(at2, place, b, m, t);
    for (const name of Object.keys({ ...t, ...m })) {
      if (apart.has(name)) continue;
      const was = isObject(b) ? memberOf(b, name) : void 0;
      this.member(`${at2}/${escapeToken(name)}`, place.member(name), was, memberOf(m, name), memberOf(t, name));
    }
  }
  /**
   * Report each text of which one side changed only how it is to be read, the other only what it says: together neither
   * wrote that. Gives the members that this settles.
   */
  coupled(at2, place, b, m, t) {
    const settled2 = /* @__PURE__ */ new Set();
    if (!isObject(b)) return settled2;
    for (const name of Object.keys({ ...t, ...m })) {
      const { sibling, keyed } = place.member(name);
      if (sibling === null || keyed || settled2.has(name)) continue;
      const unit = [name, sibling];
      const changed = (side) => unit.filter((one) => !same(memberOf(b, one), memberOf(side, one)));
      const [mine, theirs] = [changed(m), changed(t)];
      if (mine.length === 0 || theirs.length === 0 || mine.some((one) => theirs.includes(one))) continue;
      for (const one of unit) {
        this.conflict(`${at2}/${escapeToken(one)}`, memberOf(b, one), memberOf(m, one), memberOf(t, one));
        settled2.add(one);
      }
    }
    return settled2;
  }
  member(at2, place, b, m, t) {
    const names = this.names(at2, place, b, m, t);
    if (isObject(m) && isObject(t)) {
      this.members(at2, place, b, m, t);
    } else if (isArray(m) && isArray(t) && (place.keyed || this.isTransparent(at2, place))) {
      if (place.keyed) return;
      m.forEach((mine, i) => this.member(`${at2}/${i}`, place.element(), isArray(b) ? b[i] : void 0, mine, t[i]));
    } else if (place.keyed && isArray(m) && !isArray(t) && !isArray(b)) {
      this.value(at2, place, b, same(t, b) ? [] : m, t);
    } else if (place.keyed && isArray(t) && isArray(b) && !isArray(m)) {
      this.late.push(m === void 0 ? { op: "remove", at: at2 } : { op: "set", at: at2, v: m });
    } else if (same(m, b) || same(m, t)) {
      return;
    } else if (names !== null) {
      this.late.push({ op: "set", at: at2, v: names });
    } else if (place.text && typeof m === "string" && typeof t === "string" && typeof b === "string") {
      this.text(at2, b, m, t);
    } else {
      this.value(at2, place, b, m, t);
    }
  }
  /** What the names that a JSON schema requires become, if that is what stands here on all sides. */
  names(at2, place, b, m, t) {
    const slash = at2.lastIndexOf("/");
    if (at2.slice(slash + 1) !== "required" || place.keyed || same(b, t) || !areNames(b) || !areNames(m) || !areNames(t)) return null;
    const around = at2.slice(0, slash);
    if (!this.sides.every((side) => isSchema(around === "" ? side.value : side.get(around)))) return null;
    return [...t.filter((n) => !b.includes(n) || m.includes(n)), ...m.filter((n) => !b.includes(n) && !t.includes(n))];
  }
  value(at2, place, b, m, t) {
    if (!same(t, b)) {
      if (!(place.keyed && isArray(m) && isArray(b))) this.conflict(at2, b, m, t);
    } else if (m === void 0) {
      this.late.push({ op: "remove", at: at2 });
    } else if (isObject(t) || isArray(t)) {
      this.late.push({ op: "set", at: at2, v: m });
    } else if (!isObject(m) && !isArray(m)) {
      this.last.push({ op: "set", at: at2, v: m });
    } else if (!this.do({ op: "set", at: at2, v: this.stripped(m, place) })) {
      this.conflict(at2, b, m, t);
    }
  }
  text(at2, b, m, t) {
    if (t === b) {
      this.last.push({ op: "text", at: at2, s: diffText(b, m) });
      return;
    }
    const outcome = mergeText(b, m, t);
    if (outcome.splices.length > 0) this.last.push({ op: "text", at: at2, s: outcome.splices });
    for (const { base, mine, theirs, start, end } of outcome.conflicts) {
      this.conflicts.push({ address: at2, kind: "text", base, mine, theirs, start, end });
    }
  }
  conflict(address, b, m, t, kind = "value") {
    this.conflicts.push({ address, kind, base: b ?? null, mine: m ?? null, theirs: t ?? null });
  }
  /** A copy without the keyed elements that exist already; they move in later. */
  stripped(value, place) {
    if (place.dead) return value;
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, this.stripped(member, place.member(name))])
      );
    }
    if (!isArray(value)) return value;
    const kept = value.filter((element) => !(place.keyed && this.work.has(idOf(element))));
    return kept.map((element) => this.stripped(element, place.element()));
  }
  // Where elements stand
  placeAll() {
    const movedMine = this.moved(1);
    const movedTheirs = this.moved(2);
    const contested = this.contested(movedMine, movedTheirs);
    const [b, m, t] = this.homes;
    for (const [id, home] of m) {
      if (t.has(id)) {
        const settled2 = t.get(id) === home && this.sameOrder(home);
        if (movedTheirs.has(id) || !b.has(id)) {
          if ((movedMine.has(id) || !b.has(id)) && !settled2) {
            this.conflict(escapeToken(id), b.get(id), home, t.get(id), "place");
          }
        } else if (movedMine.has(id) && !this.stands(id, home)) {
          if (contested.has(id)) this.conflict(escapeToken(id), b.get(id), home, t.get(id), "place");
          else this.move(id, home);
        }
      } else if (b.has(id)) {
        this.theirsRemoved(id);
      } else if (this.theirs.has(id)) {
        this.conflict(escapeToken(id), ...this.valuesAt(escapeToken(id)));
      } else if (!this.work.has(id)) {
        if (contested.has(id)) this.conflict(escapeToken(id), void 0, this.mine.get(escapeToken(id)), void 0);
        else this.insert(id, home);
      }
    }
  }
  /**
   * The elements of mine whose place in an array is not for mine alone to say: order is content. They are those of an array
   * that both sides put into different orders at one stretch, and those that mine made in a gap, or moved there, where theirs
   * made or moved others.
   */
  contested(movedMine, movedTheirs) {
    const [b, m, t] = this.homes;
    const found = /* @__PURE__ */ new Set();
    for (const home of new Set(m.values())) {
      if (!this.sides.every((side) => isArray(side.get(home)))) continue;
      const arrays = this.sides.map((side) => idsOf(side.get(home)));
      const known = new Set(arrays[0]?.filter((id) => m.get(id) === home && t.get(id) === home));
      const [base = [], mine = [], theirs = []] = arrays.map((array) => array.filter((id) => known.has(id)));
      const own = stretch(base, mine);
      const other = stretch(base, theirs);
      if (!same(mine, theirs) && own && other && own[0] <= other[1] && other[0] <= own[1]) for (const id of known) found.add(id);
      const stay = new Set([...known].filter((id) => !movedMine.has(id) && !movedTheirs.has(id)));
      const gaps = gapsOf(arrays[2] ?? [], stay, (id) => !b.has(id) || movedTheirs.has(id));
      for (const [left, came] of gapsOf(arrays[1] ?? [], stay, (id) => !b.has(id) || movedMine.has(id))) {
        if (gaps.get(left)?.some((id) => !came.includes(id))) for (const id of came) found.add(id);
      }
    }
    return found;
  }
  /** The elements that a side moved: to another array, or past others in their own. */
  moved(side) {
    const [base] = this.homes;
    const moved2 = /* @__PURE__ */ new Set();
    for (const [id, home] of this.homes[side]) if (base.has(id) && base.get(id) !== home) moved2.add(id);
    for (const home of new Set(base.values())) {
      const before = new Map(idsOf(this.base.get(home)).map((id, i) => [id, i]));
      const order = idsOf(this.sides[side].get(home)).filter((id) => base.get(id) === home);
      const stay = new Set(longestAscent(order.map((id) => before.get(id))).map((i) => order[i]));
      for (const id of order) if (!stay.has(id)) moved2.add(id);
    }
    return moved2;
  }
  sameOrder(home) {
    const known = this.orders.get(home);
    if (known !== void 0) return known;
    const mine = idsOf(this.mine.get(home));
    const theirs = idsOf(this.theirs.get(home));
    const [here, there] = [new Set(mine), new Set(theirs)];
    const found = same(mine.filter((id) => there.has(id)), theirs.filter((id) => here.has(id)));
    this.orders.set(home, found);
    return found;
  }
  /** Say whether an element already stands behind the one that mine has before it. */
  stands(id, home) {
    const found = this.work.home(id);
    return found !== null && found[0] === home && found[1] === this.left(id, home);
  }
  /** The nearest element left of it in mine that stands in that array of the working copy. */
  left(id, home) {
    let left = null;
    const here = new Set(this.work.place(home)?.keyed ? idsOf(this.work.get(home)).filter((other) => this.work.has(other)) : []);
    for (const other of idsOf(this.mine.get(home))) {
      if (other === id) break;
      if (here.has(other)) left = other;
    }
    return left;
  }
  neighbours(id, home) {
    const after = this.left(id, home);
    const others = idsOf(this.work.get(home)).filter((other) => other !== id);
    const at2 = after === null ? 0 : others.indexOf(after) + 1;
    return { after, before: others[at2] ?? null };
  }
  move(id, home) {
    if (isArray(this.work.get(home)) && this.do({ op: "move", id, at: home, ...this.neighbours(id, home) })) return;
    this.conflict(escapeToken(id), this.homes[0].get(id), home, this.homes[2].get(id), "place");
  }
  insert(id, home) {
    const at2 = escapeToken(id);
    const place = this.mine.place(at2);
    const mine = this.mine.get(at2);
    if (place === null || mine === void 0) return;
    const v = this.stripped(mine, place);
    if (isArray(this.work.get(home)) && this.do({ op: "insert", at: home, v, ...this.neighbours(id, home) })) return;
    this.conflict(at2, void 0, mine, void 0);
  }
  /** Report what mine changed in an element that is gone in theirs. */
  theirsRemoved(id) {
    const at2 = escapeToken(id);
    const place = this.mine.place(at2);
    const [was, now] = this.valuesAt(at2);
    if (place === null || was === void 0 || now === void 0) return;
    if (!same(skeleton(was, place), skeleton(now, place))) this.conflict(at2, was, now, void 0);
  }
  // What goes
  /** Remove what mine removed; an element with anything inside that must stay, stays as a whole. */
  removeAll() {
    const [b, m, t] = this.homes;
    const gone = [...t.keys()].filter((id) => b.has(id) && !m.has(id));
    this.free = new Set(gone.filter((id) => !this.theirsChanged(id)));
    const settled2 = /* @__PURE__ */ new Set();
    for (const id of gone) {
      const at2 = escapeToken(id);
      if (settled2.has(id) || !this.work.has(id) || this.free.has(id) && this.goesLate(id)) continue;
      const inside = [...this.inside(at2).keys()];
      if (inside.every((other) => this.free.has(other))) {
        this.do({ op: "remove", at: at2 });
      } else {
        for (const other of inside) settled2.add(other);
        this.conflict(at2, this.base.get(at2), void 0, this.theirs.get(at2));
      }
    }
  }
  /** Say whether an element goes with an object around it that is replaced or removed as a whole. */
  goesLate(id) {
    for (let element = id; element !== ""; ) {
      const home = this.homes[2].get(element) ?? "";
      if (this.late.some((op2) => isInside(home, op2.at))) return true;
      element = ownerOf(home);
    }
    return false;
  }
  theirsChanged(id) {
    const at2 = escapeToken(id);
    const place = this.theirs.place(at2);
    const [was, , now] = this.valuesAt(at2);
    if (place === null || was === void 0 || now === void 0) return true;
    return !same(skeleton(was, place), skeleton(now, place));
  }
  /** The elements inside a place of the working copy, an element itself included. */
  inside(at2) {
    const inside = /* @__PURE__ */ new Map();
    const place = this.work.place(at2);
    const value = this.work.get(at2);
    if (place === null || value === void 0) return inside;
    if (at2.includes("/")) placesIn(value, place, inside);
    else placesOfElement(value, place, inside);
    return inside;
  }
  /** Replace or remove a member; elements that must stay inside make it a conflict. */
  finish(op2) {
    const staying = [...this.inside(op2.at).keys()].some((id) => this.homes[2].has(id) && !this.free.has(id));
    if (staying || !this.do(op2)) this.conflict(op2.at, ...this.valuesAt(op2.at));
  }
};
function areNames(value) {
  return isArray(value) && value.every((name) => typeof name === "string") && new Set(value).size === value.length;
}
function isSchema(value) {
  return isObject(value) && isObject(memberOf(value, "properties"));
}
function stretch(base, now) {
  const differ = base.flatMap((id, i) => id === now[i] ? [] : [i]);
  return differ.length === 0 ? null : [differ[0], differ.at(-1)];
}
function gapsOf(array, known, came) {
  const found = /* @__PURE__ */ new Map();
  let left = null;
  for (const id of array) {
    if (known.has(id)) left = id;
    else if (came(id)) found.set(left, [...found.get(left) ?? [], id]);
  }
  return found;
}
function skeleton(value, place) {
  if (place.dead) return value;
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, skeleton(member, place.member(name))]));
  }
  if (!isArray(value)) return value;
  return place.keyed ? [] : value.map((element) => skeleton(element, place.element()));
}

// src/document/shape.ts
var ELEMENT = "*";
var KEYED = "keyed";
var TEXT = "text";
var Place = class {
  constructor(shape, state) {
    this.shape = shape;
    this.state = state;
    let keyed = false;
    let text2 = false;
    let sibling = null;
    for (const [pattern, at2] of state) {
      const { tokens, marks } = shape.pattern(pattern);
      if (at2 !== tokens.length) continue;
      if (marks === KEYED) keyed = true;
      else if (marks === TEXT) text2 = true;
      else sibling = marks.sibling;
    }
    this.sibling = sibling;
    this.keyed = keyed;
    this.text = text2;
    this.dead = state.length === 0;
  }
  shape;
  state;
  keyed;
  text;
  /** The member beside a text that says how it is to be read. */
  sibling;
  dead;
  edges = /* @__PURE__ */ new Map();
  other = null;
  /** The place of a member, or of an element under `ELEMENT`. */
  member(name) {
    if (!this.shape.literals.has(name)) return this.other ??= this.shape.step(this.state, null);
    let found = this.edges.get(name);
    if (found === void 0) this.edges.set(name, found = this.shape.step(this.state, name));
    return found;
  }
  /** The place of any element of an array here. */
  element() {
    return this.member(ELEMENT);
  }
};
var Shape = class _Shape {
  literals;
  root;
  patterns;
  places = /* @__PURE__ */ new Map();
  constructor(keyed = [], text2 = [], coupled = []) {
    this.patterns = [
      ...keyed.map((pattern) => ({ tokens: tokensOf2(pattern), marks: KEYED })),
      ...text2.map((pattern) => ({ tokens: tokensOf2(pattern), marks: TEXT })),
      ...coupled.map(([pattern, sibling]) => ({ tokens: tokensOf2(pattern), marks: { sibling } }))
    ];
    const names = new Set(this.patterns.flatMap(({ tokens }) => tokens));
    names.delete("*");
    names.delete("**");
    this.literals = names;
    this.root = this.place(this.patterns.map((_, i) => [i, 0]));
  }
  /** As a state says it. */
  static of({ keyed, text: text2, coupled }) {
    return new _Shape(keyed, text2, coupled);
  }
  /** The place of a path from the root; array elements are `ELEMENT` (or anything else). */
  at(path) {
    return path.reduce((place, segment2) => place.member(segment2), this.root);
  }
  isKeyed(path) {
    return this.at(path).keyed;
  }
  isText(path) {
    return this.at(path).text;
  }
  pattern(index) {
    const found = this.patterns[index];
    if (found === void 0) throw new RangeError("no such pattern");
    return found;
  }
  /** Follow one segment; `name` null is a segment that no pattern mentions. */
  step(state, name) {
    const after = [];
    for (const [pattern, at2] of state) {
      const want = this.pattern(pattern).tokens[at2];
      if (want === void 0) continue;
      if (want === "**") after.push([pattern, at2]);
      else if (want === "*" || want === name) after.push([pattern, at2 + 1]);
    }
    return this.place(after);
  }
  place(state) {
    const closed = /* @__PURE__ */ new Map();
    for (const [pattern, at2] of state) {
      const { tokens } = this.pattern(pattern);
      closed.set(`${pattern}.${at2}`, [pattern, at2]);
      for (let next = at2; tokens[next] === "**"; ) {
        next++;
        closed.set(`${pattern}.${next}`, [pattern, next]);
      }
    }
    const key = [...closed.keys()].sort().join(" ");
    let found = this.places.get(key);
    if (found === void 0) this.places.set(key, found = new Place(this, [...closed.values()]));
    return found;
  }
};
function tokensOf2(pattern) {
  const [element, tokens] = parseAddress(pattern);
  if (element !== "" || tokens.length === 0) throw new Problem("bad_pattern", pattern);
  return tokens;
}

// src/document/rebase.ts
var Lost = class {
  constructor(reason, moot = false) {
    this.reason = reason;
    this.moot = moot;
  }
  reason;
  moot;
};
var PLACE_GONE = new Lost("place_gone");
var ELEMENT_GONE = new Lost("element_gone");
var FOLLOWS = new Lost("follows_lost");
var FOLLOWS_MOOT = new Lost("follows_lost", true);
var ALREADY = new Lost("already_gone", true);
var NOTHING_LEFT = new Lost("nothing_left", true);
var UNKNOWN = new Shape().root;
function rebase(ops, over, options) {
  if (over.length === 0) return { ops, over: [], renamed: /* @__PURE__ */ new Map() };
  return new Grid(over, options.w, options.onMeet ?? null, options.head ?? null).carry(ops);
}
function land(document2, ops, w) {
  const effects = [];
  const names = /* @__PURE__ */ new Map();
  const dead = /* @__PURE__ */ new Set();
  const batch2 = new Batch(document2);
  for (let op2 of ops) {
    if (op2 instanceof Lost) {
      effects.push(op2);
      continue;
    }
    if (op2.op === "text" && op2.s.length === 0) {
      effects.push(NOTHING_LEFT);
      continue;
    }
    if (names.size > 0) op2 = follow(op2, names);
    if (dead.size > 0 && aimsAt(op2, dead)) {
      effects.push(FOLLOWS);
      continue;
    }
    const applied = batch2.apply(op2, w);
    if (applied.effect === null) {
      effects.push(new Lost("no_such_place"));
      for (const id of guessedIds(op2)) dead.add(id);
      continue;
    }
    effects.push(applied.effect);
    for (const [id, name] of applied.renamed) names.set(id, name);
    for (const id of applied.effect.made ?? []) dead.delete(id);
  }
  return { document: batch2.document(), effects, renamed: names };
}
function compose(ops, more) {
  const out = [...ops];
  for (const op2 of more) {
    const last = out[out.length - 1];
    if (op2.op === "text") composeText(out, op2);
    else if (op2.op === "set" && last?.op === "set" && last.at === op2.at) out[out.length - 1] = op2;
    else out.push(op2);
  }
  return out;
}
function composeText(out, op2) {
  for (let i = out.length - 1; i >= 0; i--) {
    const earlier = out[i];
    if (earlier?.op !== "text") break;
    if (earlier.at === op2.at) {
      const both = composeSplices(earlier.s, op2.s);
      if (both.length > 0) out[i] = { op: "text", at: op2.at, s: both };
      else out.splice(i, 1);
      return;
    }
  }
  out.push(op2);
}
function follow(op2, names) {
  const slash = op2.at.indexOf("/");
  const name = names.get(ownerOf(op2.at));
  const at2 = name === void 0 ? op2.at : escapeToken(name) + (slash < 0 ? "" : op2.at.slice(slash));
  if (op2.op === "insert" || op2.op === "move") {
    const places = { at: at2, after: renamedId(op2.after, names), before: renamedId(op2.before, names) };
    return op2.op === "move" ? { ...op2, ...places, id: names.get(op2.id) ?? op2.id } : { ...op2, ...places };
  }
  return at2 === op2.at ? op2 : { ...op2, at: at2 };
}
function renamedId(id, names) {
  return id == null ? null : names.get(id) ?? id;
}
var Grid = class {
  constructor(over, w, onMeet, head) {
    this.over = over;
    this.w = w;
    this.onMeet = onMeet;
    this.head = head;
    this.theirs = [...over];
  }
  over;
  w;
  onMeet;
  head;
  theirs;
  names = /* @__PURE__ */ new Map();
  dead = /* @__PURE__ */ new Set();
  // ids of mine that never came to be
  places = /* @__PURE__ */ new Map();
  // of elements that the batch made
  ops = [];
  carry(ops) {
    this.ops = ops;
    const out = ops.map((given2, i) => {
      const op2 = this.names.size > 0 ? follow(given2, this.names) : given2;
      return op2.op === "text" ? this.carryText(i, op2) : this.carryStructure(i, op2);
    });
    return { ops: out, over: this.theirs, renamed: this.names };
  }
  carryText(i, op2) {
    if (this.dead.size > 0 && aimsAt(op2, this.dead)) return FOLLOWS;
    const at2 = op2.at;
    for (let k = 0; k < this.theirs.length; k++) {
      const effect = this.theirs[k];
      if (effect == null) continue;
      const other = effect.op;
      if (other.op !== "text") {
        const lost = loses(op2, effect);
        if (lost !== null) {
          this.onMeet?.(i, k, op2, effect);
          return lost;
        }
      } else if (other.at === at2) {
        this.onMeet?.(i, k, op2, effect);
        const mine = transformSplices(op2.s, other.s, true);
        const changed = transformSplices(other.s, op2.s, false);
        this.theirs[k] = same(changed, other.s) ? effect : changed.length > 0 ? { op: { op: "text", at: at2, s: changed }, took: { took: "text", s: [] } } : null;
        if (mine.length === 0) return NOTHING_LEFT;
        op2 = { op: "text", at: at2, s: mine };
      }
    }
    return op2;
  }
  carryStructure(i, op2) {
    let made = this.made(op2);
    if (this.dead.size > 0 && aimsAt(op2, this.dead)) {
      this.bury(op2);
      return op2.op === "remove" ? FOLLOWS_MOOT : FOLLOWS;
    }
    for (let k = 0; k < this.theirs.length; k++) {
      const effect = this.theirs[k];
      if (effect == null) continue;
      const lost = loses(op2, effect);
      if (lost !== null) {
        this.onMeet?.(i, k, op2, effect);
        this.bury(op2);
        if (lost === ALREADY && effect.op.op === "remove" && effect.op.at === op2.at) this.theirs[k] = null;
        return lost;
      }
      const [touches, moot] = overrules(op2, effect, made);
      if (touches) this.onMeet?.(i, k, op2, effect);
      if (moot) {
        this.theirs[k] = null;
      } else if (made.size > 0) {
        [op2, made] = this.rename(op2, made, effect);
        this.forget(k, effect, made);
      }
    }
    for (const [id, place] of made) {
      this.dead.delete(id);
      this.places.set(id, place);
    }
    return op2;
  }
  bury(op2) {
    for (const id of guessedIds(op2)) this.dead.add(id);
  }
  /** What I made anew is not what they destroyed. */
  forget(k, effect, made) {
    const { took } = effect;
    if (took.took !== "value" && took.took !== "element") return;
    const rest = took.gone.filter((id) => !made.has(id));
    if (rest.length < took.gone.length) this.theirs[k] = { ...effect, took: { ...took, gone: rest } };
  }
  /** Give new names to those of my new elements whose ids they used. */
  rename(op2, made, effect) {
    const clashing = (effect.made ?? []).filter((id) => made.has(id));
    if (clashing.length === 0) return [op2, made];
    const given2 = /* @__PURE__ */ new Set([...made.keys(), ...this.names.values(), ...this.over.flatMap((other) => other.made ?? [])]);
    for (const own of this.ops) for (const id of guessedIds(own)) given2.add(id);
    const names = /* @__PURE__ */ new Map();
    for (const id of clashing) {
      const name = freshId(id, this.w, (other) => given2.has(other) || (this.head?.has(other) ?? false));
      names.set(id, name);
      this.names.set(id, name);
      given2.add(name);
    }
    const renamedMade = new Map([...made].map(([id, place2]) => [names.get(id) ?? id, place2]));
    if (op2.op === "insert") {
      const place2 = made.get(op2.v["id"]) ?? UNKNOWN;
      return [{ ...op2, v: renamedElement(op2.v, place2, names) }, renamedMade];
    }
    const place = op2.op === "set" ? this.place(op2.at) : null;
    if (op2.op !== "set" || place === null) throw new Error("only an insert or a set in a known place makes elements");
    return [{ ...op2, v: renamed(op2.v, place, names) }, renamedMade];
  }
  /** The elements that `op` makes, with their places as far as the shape is known. */
  made(op2) {
    const found = /* @__PURE__ */ new Map();
    if (op2.op === "insert") placesOfElement(op2.v, this.place(op2.at)?.element() ?? UNKNOWN, found);
    else if (op2.op === "set") {
      const place = this.place(op2.at);
      if (place !== null) placesIn(op2.v, place, found);
    }
    return found;
  }
  place(at2) {
    if (this.head === null) return null;
    const [element, tokens] = parseAddress(at2);
    const place = this.places.get(element);
    if (place === void 0) return this.head.place(at2);
    return tokens.reduce((inner, name) => inner.member(name), place);
  }
};
function aimsAt(op2, elements) {
  return elements.has(ownerOf(op2.at)) || op2.op === "move" && elements.has(op2.id);
}
function loses(op2, effect) {
  const gone = goneIds(effect.took);
  if (gone.length > 0) {
    const element = ownerOf(op2.at);
    if (gone.includes(element)) {
      const removesIt = op2.op === "remove" && !op2.at.includes("/");
      return removesIt && !(effect.made ?? []).includes(element) ? ALREADY : ELEMENT_GONE;
    }
    if (op2.op === "move" && gone.includes(op2.id)) return ELEMENT_GONE;
  }
  const other = effect.op;
  if (other.op !== "set" && other.op !== "remove" || !op2.at.startsWith(other.at) || !other.at.includes("/")) {
    return null;
  }
  const rest = op2.at.slice(other.at.length);
  if (op2.op === "insert" || op2.op === "move") {
    return rest !== "" && !rest.startsWith("/") || arrayStands(other, rest) ? null : PLACE_GONE;
  }
  if (rest !== "") return rest.startsWith("/") ? PLACE_GONE : null;
  return op2.op === "text" ? PLACE_GONE : null;
}
function arrayStands(other, rest) {
  if (other.op === "remove") return false;
  let node = other.v;
  for (const raw of rest.split("/").slice(1)) node = isObject(node) ? memberOf(node, unescapeToken(raw)) : void 0;
  return isArray(node);
}
function overrules(op2, effect, made) {
  const other = effect.op;
  const element = ownerOf(other.at);
  const moved2 = other.op === "move" ? other.id : null;
  if ((op2.op === "set" || op2.op === "remove") && op2.at.includes("/")) {
    if (other.at === op2.at || isInside(other.at, op2.at)) return [true, true];
  } else if (op2.op === "remove") {
    const aims = op2.at === other.at || op2.at === escapeToken(element) || moved2 !== null && op2.at === escapeToken(moved2);
    return [aims, aims];
  } else if (op2.op === "move") {
    return [op2.id === moved2, op2.id === moved2];
  }
  const older = made.has(element) || moved2 !== null && made.has(moved2);
  return [older, older];
}
function guessedIds(op2) {
  const found = /* @__PURE__ */ new Set();
  if (op2.op === "insert" || op2.op === "set") guess(op2.v, found);
  return found;
}
function guess(value, found) {
  if (isArray(value)) {
    for (const element of value) guess(element, found);
  } else if (isObject(value)) {
    const id = memberOf(value, "id");
    if (typeof id === "string") found.add(id);
    for (const member of Object.values(value)) guess(member, found);
  }
}

// src/text/lines.ts
function lf(text2) {
  return text2.includes("\r") ? text2.replace(/\r\n?/g, "\n") : text2;
}

// src/document/invert.ts
function invert(effects) {
  return effects.map(inverse).filter((op2) => op2 !== null).reverse();
}
function inverse({ op: op2, took }) {
  switch (took.took) {
    case "text":
      return took.s.length > 0 && op2.op === "text" ? { op: "text", at: op2.at, s: invertSplices(op2.s, took.s) } : null;
    case "value":
      if (took.had) return { op: "set", at: op2.at, v: took.v };
      return op2.op === "set" ? { op: "remove", at: op2.at } : null;
    case "element":
      return {
        op: "insert",
        at: took.at,
        v: took.v,
        after: took.after,
        before: took.before
      };
    case "place":
      return op2.op === "move" ? { op: "move", id: op2.id, at: took.at, after: took.after, before: took.before } : null;
    case "nothing":
      return op2.op === "insert" ? { op: "remove", at: escapeToken(op2.v["id"]) } : null;
  }
}

// src/session/undo.ts
var UNDO_DEPTH = 500;
var JOIN_WITHIN_MS = 600;
var Undo = class {
  undos = [];
  redos = [];
  get canUndo() {
    return this.undos.length > 0;
  }
  get canRedo() {
    return this.redos.length > 0;
  }
  /** Note an edit of mine: `ops`, done to `before`. */
  record(before, ops, w, nowMs) {
    const inverse2 = inverseOf(before, ops, w);
    if (inverse2.length === 0) return;
    this.redos = [];
    const only = ops.length === 1 ? ops[0] : void 0;
    const typed = only?.op === "text" ? only : void 0;
    const last = this.undos.at(-1);
    if (last !== void 0 && typed !== void 0 && joins(last, typed, nowMs)) {
      const earlier = last.ops[0];
      const s = composeSplices(inverse2[0].s, earlier.s);
      this.undos.pop();
      if (s.length > 0) this.push(this.undos, { ops: [{ op: "text", at: typed.at, s }], atMs: nowMs, spot: spotAfter(typed) });
      return;
    }
    this.push(this.undos, { ops: inverse2, atMs: nowMs, spot: typed === void 0 ? null : spotAfter(typed) });
  }
  /** What I type next begins an entry of its own. */
  seal() {
    const last = this.undos.pop();
    if (last !== void 0) this.undos.push({ ...last, spot: null });
  }
  /** Somebody else changed the view, which was `before`. */
  foreign(before, effects) {
    if (!this.canUndo && !this.canRedo) return;
    const batch2 = new Batch(before);
    for (const effect of effects) {
      const touched = placesAround(batch2.structure, effect.op);
      this.undos = through(this.undos, effect, touched);
      this.redos = through(this.redos, effect, touched);
      if (effects.length > 1) batch2.apply(effect.op, 0);
    }
  }
  /** The ops that undo my latest edit that can be undone, to be done to `view`; null if there is none. */
  undo(view, w) {
    return this.turn(view, w, this.undos, this.redos);
  }
  /** The ops that do again what was undone last; null if there is nothing. */
  redo(view, w) {
    return this.turn(view, w, this.redos, this.undos);
  }
  /** The draft is another one now (discarded): nothing of before can be undone. */
  clear() {
    this.undos = [];
    this.redos = [];
  }
  turn(view, w, from, to) {
    for (let entry = from.pop(); entry !== void 0; entry = from.pop()) {
      const ops = fitting(view, entry.ops, w);
      const inverse2 = inverseOf(view, ops, w);
      if (inverse2.length === 0) continue;
      this.push(to, { ops: inverse2, atMs: -Infinity, spot: null });
      return ops;
    }
    return null;
  }
  push(stack, entry) {
    stack.push(entry);
    if (stack.length > UNDO_DEPTH) stack.shift();
  }
};
function joins({ spot, atMs }, { at: at2, s }, nowMs) {
  if (spot === null || spot.at !== at2 || nowMs - atMs >= JOIN_WITHIN_MS || s.length !== spot.positions.length) return false;
  return s.every(([position, del], i) => spot.positions[i] === position || spot.positions[i] === position + del);
}
function spotAfter({ at: at2, s }) {
  let shift = 0;
  const positions = s.map(([position, del, insert]) => {
    const end = position + shift + insert.length;
    shift += insert.length - del;
    return end;
  });
  return { at: at2, positions };
}
function inverseOf(before, ops, w) {
  return invert(land(before, ops, w).effects.filter((effect) => !(effect instanceof Lost)));
}
function fitting(view, ops, w) {
  const batch2 = new Batch(view);
  return ops.filter((op2) => {
    try {
      batch2.check(op2);
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
    const tried = op2.op === "text" ? batch2.apply(op2, w) : batch2.structure.apply(op2, w);
    if (tried.effect === null || tried.renamed.size > 0) return false;
    if (op2.op !== "text") batch2.apply(op2, w);
    return true;
  });
}
function through(stack, effect, touched) {
  const out = [];
  let theirs = effect;
  const names = /* @__PURE__ */ new Map();
  for (let i = stack.length - 1; i >= 0; i--) {
    const entry = stack[i];
    if (theirs === null && names.size === 0) {
      out.push(entry);
      continue;
    }
    const spot = entry.spot === null || theirs === null ? entry.spot : spotOver(entry.spot, theirs);
    const ops = [];
    for (const given2 of entry.ops) {
      const op2 = names.size > 0 ? follow(given2, names) : given2;
      if (theirs === null) {
        ops.push(op2);
        continue;
      }
      const passed = pass(op2, theirs, touched, names);
      if (passed.op !== null) ops.push(passed.op);
      theirs = passed.theirs;
    }
    if (ops.length > 0) out.push({ ...entry, ops, spot });
  }
  return out.reverse();
}
function spotOver(spot, { op: op2 }) {
  if (op2.op === "text") {
    if (op2.at !== spot.at) return spot;
    return { at: spot.at, positions: spot.positions.map((position) => carryPoint(position, op2.s, false)) };
  }
  return op2.at === spot.at || isInside(spot.at, op2.at) ? null : spot;
}
function pass(op2, theirs, touched, names) {
  if (op2.op === "text" && theirs.op.op === "text" && op2.at === theirs.op.at) return passText(op2, theirs.op);
  if (op2.op !== "text" && op2.op !== "insert" && changes(theirs.op, touched, op2)) return { op: null, theirs };
  const { ops, over, renamed: renamed2 } = rebase([op2], [theirs], { w: 0 });
  const mine = ops[0];
  for (const [id, name] of renamed2) names.set(id, name);
  return mine instanceof Lost ? { op: null, theirs } : { op: mine, theirs: over[0] ?? null };
}
function changes(other, touched, mine) {
  if (mine.op === "move") return other.op === "move" && other.id === mine.id;
  if (!mine.at.includes("/")) return touched.includes(mine.at);
  return touched.some((place) => place === mine.at || isInside(place, mine.at));
}
function placesAround(document2, op2) {
  const places = op2.op === "move" ? [op2.at, escapeToken(op2.id)] : [op2.at];
  for (let owner = ownerOf(op2.at); owner !== ""; ) {
    places.push(escapeToken(owner));
    const home = document2.home(owner)?.[0];
    if (home === void 0) break;
    places.push(home);
    owner = ownerOf(home);
  }
  return places;
}
function passText(mine, theirs) {
  const kept = [];
  const taken = [];
  let shift = 0;
  for (const splice2 of mine.s) {
    const [position, del, insert] = splice2;
    const written = insert !== "" && theirs.s.some((other) => writesIn(other, position, position + del));
    if (written) taken.push([position + shift, insert.length, ""]);
    if (!written) kept.push(splice2);
    else if (del > 0) kept.push([position, del, ""]);
    shift += insert.length - del;
  }
  const s = transformSplices(kept, theirs.s, true);
  const over = composeSplices(canonicalSplices(taken), transformSplices(theirs.s, kept, false));
  return {
    op: s.length > 0 ? { op: "text", at: mine.at, s } : null,
    theirs: over.length > 0 ? textEffect(mine.at, over) : null
  };
}
function writesIn([position, del, insert], start, end) {
  if (insert !== "" && start < position && position < end) return true;
  return Math.max(position, start) < Math.min(position + del, end);
}
function textEffect(at2, s) {
  return { op: { op: "text", at: at2, s }, took: { took: "text", s: [] } };
}

// src/sdk/draft.ts
var STATUS_SENTENCES = {
  saved: "All changes are saved.",
  saving: "Saving…",
  waiting: "Not saved yet: the server is slow to take it. {characters} characters are kept here, and are saved as soon as it does.",
  local: "Not connected. Your changes are kept here and saved when the connection is back.",
  offline: "Not connected. Others' changes are not shown until the connection is back.",
  conflict: "Some of your changes met others'. What could not go in is kept in your stash.",
  refused: "Some of your changes could not be saved. They are kept in your stash.",
  read_only: "You can look at this draft, not change it.",
  signed_out: "You are signed out. Sign in again to go on saving.",
  gone: "This draft is not open to you any more. You can still copy what is shown."
};
var WITH_STATE = /* @__PURE__ */ new Set(["alert", "opened"]);
var DraftHandle = class {
  /** Made by `Client.draft`. */
  constructor(client, replica, left) {
    this.client = client;
    this.left = left;
    this.id = replica.id;
    this.item = replica.item;
    this.replica = replica;
    this.shown = replica.view;
    this.generation = replica.generation;
    this.told = this.status;
  }
  client;
  left;
  id;
  item;
  listeners = /* @__PURE__ */ new Set();
  history = new Undo();
  events = [];
  telling = false;
  told;
  couldUndo = "";
  shown;
  generation;
  cause = "edit";
  replica;
  // ---------------------------------------------------------------- what is there
  /** The whole document as it is shown: others' edits and one's own, saved or not. Nobody may change it. */
  get value() {
    return this.replica.view.value;
  }
  /** What stands at an address, undefined if nothing does: `/summary`, `m3/value/content`. */
  get(at2) {
    return this.replica.view.get(at2);
  }
  /** A text leaf; raises Problem `not_text` if there is none at the address. */
  text(at2) {
    const text2 = this.get(at2);
    if (typeof text2 !== "string" || this.replica.view.place(at2)?.text !== true) throw new Problem("not_text", at2);
    return text2;
  }
  /** The draft's copy underneath, with its seq, versions and shape. */
  get copy() {
    return this.replica;
  }
  get may() {
    return this.replica.may;
  }
  get status() {
    return this.client.session.status(this.id);
  }
  /** The status in a sentence for people; `{characters}` in it says how much is not saved. */
  get sentence() {
    const sentence = this.client.sentences[this.status];
    return sentence.includes("{characters}") ? sentence.replaceAll("{characters}", String(this.backlog)) : sentence;
  }
  /** How much the server does not have yet, in characters. */
  get backlog() {
    return this.replica.backlog;
  }
  /** The other sessions at this item: people and AI sessions. */
  get presence() {
    const { session } = this.client;
    const all = [...session.presence.get(this.item)?.values() ?? []];
    return all.filter(({ sid }) => sid !== session.welcome?.sid);
  }
  /** Where the others are in this draft, in coordinates of what is shown. */
  get carets() {
    return this.client.session.carets(this.id);
  }
  /** The open alerts, oldest first. */
  get alerts() {
    return this.client.session.alerts(this.id);
  }
  /** The deployed version that this draft is behind of; null if it is not. */
  get behind() {
    return this.client.session.behind(this.id);
  }
  /** What stands in the way of a deploy. */
  get diagnostics() {
    return this.client.session.diagnostics(this.id);
  }
  /** This session's public id: which of an alert's sides is mine. */
  get sid() {
    return this.client.session.welcome?.sid ?? "";
  }
  /** Hide an alert here; `request` its resolution to end it for all. */
  dismissAlert(alert2) {
    this.client.session.dismissAlert(this.id, alert2);
    this.tell({ type: "alerts" });
  }
  /** Ask the server over HTTP, below its workspace: `request("drafts/…/history")`. Rejects with a Problem. */
  async request(path, init = {}) {
    const { welcome } = this.client.session;
    if (welcome === null) throw new Problem("unavailable");
    const answer2 = await this.client.request(`/v1/w/${welcome.workspace}/${path}`, init);
    const body = answer2.status === 204 ? null : await answer2.json();
    if (!answer2.ok) throw new Problem(body?.code ?? "internal", body?.detail, body);
    return body;
  }
  // ---------------------------------------------------------------- editing
  /** Change the draft; it reads so when this returns. Raises Problem, and changes nothing, if an op does not fit. */
  edit(ops, options = {}) {
    if (ops?.length !== 0) this.client.edit(this.id, ops, options);
  }
  /** Make a text leaf read `text`, by the smallest change; CRLF and CR become LF. Raises Problem. */
  replaceText(at2, text2, options = {}) {
    const s = diffText(this.text(at2), lf(text2));
    if (s.length > 0) this.edit([{ op: "text", at: at2, s }], options);
  }
  get canUndo() {
    return this.history.canUndo;
  }
  get canRedo() {
    return this.history.canRedo;
  }
  /** Take back one's own latest edit, and nobody else's; false if there is none. Raises Problem. */
  undo() {
    return this.turn("undo");
  }
  /** Do again what was undone last; false if there is nothing. Raises Problem. */
  redo() {
    return this.turn("redo");
  }
  /** What is typed next is an entry of its own in the undo stack. */
  seal() {
    this.history.seal();
  }
  turn(cause) {
    if (this.may !== "type") throw new Problem(this.replica.why ?? "read_only");
    const ops = this.history[cause](this.replica.view, this.replica.w);
    if (ops !== null) {
      this.cause = cause;
      try {
        this.client.edit(this.id, ops);
      } finally {
        this.cause = "edit";
      }
    }
    this.tellUndo();
    return ops !== null;
  }
  /** Whether the others see that this person is at the item. */
  get present() {
    return this.client.session.isAt(this.item);
  }
  /** Say where this person is. */
  focus({ at: at2, anchor, head, state = "editing", doing, lines, carried = false }) {
    const spot = at2 === void 0 ? {} : { at: at2, anchor: anchor ?? 0, head: head ?? anchor ?? 0 };
    const told = { ...doing === void 0 ? {} : { doing }, ...lines === void 0 ? {} : { lines } };
    const where = { item: this.item, draft: this.id, state, ...spot, ...told };
    if (carried) this.client.refocus(where);
    else this.client.focus(where);
  }
  /**
   * Resolve when the server has all that was typed so far and what was typed meanwhile. Rejects with a Problem when some
   * of it went to the stash instead, or the draft is gone.
   */
  saved() {
    return new Promise((done, fail) => {
      const check = () => {
        if (this.status === "gone") fail(new Problem(this.replica.why ?? "gone"));
        else if (this.replica.hasPending || !this.replica.live) return false;
        else done();
        return true;
      };
      if (check()) return;
      const stop = this.client.onDelivery((events) => {
        const parked = events.find((event) => event.type === "parked" && event.draft.id === this.id);
        if (parked?.type === "parked") fail(new Problem(parked.code));
        if (parked !== void 0 || check()) stop();
      });
    });
  }
  // ---------------------------------------------------------------- following
  /** Call `listener` with everything that happens to the draft; the answer ends it. */
  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  /** What stands at an address, as a store; `""` is the whole document. */
  store(at2) {
    return this.select(() => this.get(at2));
  }
  /** Anything that is read off the draft, as a store. */
  select(read) {
    let last = null;
    const get = () => {
      const value = read(this);
      if (last === null || !same(last.value, value)) last = { value };
      return last.value;
    };
    const subscribe = (changed) => {
      let seen = get();
      return this.on(() => {
        const now = get();
        if (now === seen) return;
        seen = now;
        changed();
      });
    };
    return { get, subscribe };
  }
  /** Leave the draft. What is unsent goes on to the server as long as another handle is open; wait for `saved` first. */
  close() {
    this.listeners.clear();
    this.left();
  }
  // ---------------------------------------------------------------- what the client tells
  /** An edit of this client was done to `before`. */
  edited(before, ops, options) {
    const { view, w } = this.replica;
    if (this.cause === "edit") this.history.record(before, ops, w, Date.now());
    this.shown = view;
    this.tell({ type: "change", ...changeBy(before, ops, w), by: [], own: true, origin: options.origin, cause: this.cause });
    this.tellUndo();
  }
  /** Everything that one message, or one step of the clock, has brought. */
  delivered(events) {
    this.replica = this.client.session.draft(this.id) ?? this.replica;
    const mine = events.filter((event) => !("draft" in event) || typeof event.draft !== "string" && event.draft?.id === this.id);
    this.followChanges(mine);
    for (const type of new Set(mine.map((event) => event.type))) {
      if (type === "carets" || type === "behind" || type === "diagnostics") this.tell({ type });
      if (WITH_STATE.has(type)) this.tell({ type: "alerts" });
    }
    for (const event of mine) {
      if (event.type === "presence" && event.item === this.item) this.tell({ type: "presence" });
      else if (event.type === "rewound") this.tell({ type: "rewound", ops: event.ops });
      else if (event.type === "parked") {
        const { reason, code, texts } = event;
        this.tell({ type: "parked", reason, code, texts });
      }
    }
    this.tellStatus();
  }
  followChanges(events) {
    const { view, generation, w } = this.replica;
    if (view === this.shown) return;
    const before = reshaped(this.shown, view);
    this.shown = view;
    if (generation !== this.generation || before === null) this.history.clear();
    this.generation = generation;
    const changes2 = events.filter((event) => event.type === "changed");
    const by = [...new Set(changes2.map((event) => event.by).filter((writer) => writer !== null))];
    let change = { text: [], structural: true };
    if (before !== null) {
      const spliced = changes2.some(({ structural }) => structural) ? null : splicedTo(before, changes2.flatMap(({ text: text2 }) => text2), view, w);
      const effects = effectsOf(before, spliced ?? diff(before, view.value), w);
      this.history.foreign(before, effects);
      change = changeOf(effects);
    }
    if (change.text.length > 0 || change.structural) {
      this.tell({ type: "change", ...change, by, own: false, origin: void 0, cause: "others" });
    }
    this.tellUndo();
  }
  tellStatus() {
    const { status } = this;
    if (status === this.told) return;
    this.told = status;
    this.tell({ type: "status", status });
  }
  tellUndo() {
    const can = `${this.canUndo} ${this.canRedo}`;
    if (can === this.couldUndo) return;
    this.couldUndo = can;
    this.tell({ type: "undo" });
  }
  tell(event) {
    this.events.push(event);
    if (this.telling) return;
    this.telling = true;
    try {
      for (let next = this.events.shift(); next !== void 0; next = this.events.shift()) {
        for (const listener of [...this.listeners]) listener(next);
      }
    } finally {
      this.telling = false;
    }
  }
};
function effectsOf(before, ops, w) {
  return land(before, ops, w).effects.filter((effect) => !(effect instanceof Lost));
}
function splicedTo(before, text2, after, w) {
  const ops = text2.map(({ at: at2, s }) => ({ op: "text", at: at2, s }));
  const landed = land(before, ops, w);
  return same(landed.document.value, after.value) ? ops : null;
}
function reshaped(before, after) {
  if (before.shape === after.shape) return before;
  try {
    return Doc.load(before.value, after.shape);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
function changeBy(before, ops, w) {
  return changeOf(effectsOf(before, ops, w));
}
function changeOf(effects) {
  const whole2 = /* @__PURE__ */ new Map();
  let structural = false;
  for (const { op: op2 } of effects) {
    if (op2.op === "text") whole2.set(op2.at, composeSplices(whole2.get(op2.at) ?? [], op2.s));
    else structural = true;
  }
  return { text: [...whole2].map(([at2, s]) => ({ at: at2, s })), structural };
}

// src/sdk/journal.ts
var KEPT_DAYS = 30;
var DATABASE = "draftwire";
var STORE = "unsent";
var BASES = "bases";
var BY_SCOPE = "scope";
var DAY_MS = 864e5;
var Journal = class _Journal {
  constructor(database) {
    this.database = database;
  }
  database;
  /** Open the browser's journal; a string says why there is none (private mode, no secure context, Node). */
  static async open(nowMs) {
    if (globalThis.indexedDB === void 0) return "no_storage";
    if (sharedLocks() === null) return "no_locks";
    try {
      const asked2 = indexedDB.open(DATABASE, 2);
      asked2.onupgradeneeded = ({ oldVersion }) => {
        if (oldVersion < 1) asked2.result.createObjectStore(STORE, { keyPath: "key" }).createIndex(BY_SCOPE, "scope");
        asked2.result.createObjectStore(BASES, { keyPath: "key" });
      };
      const journal = new _Journal(await answer(asked2));
      journal.database.onversionchange = () => journal.database.close();
      await journal.dropOld(nowMs);
      return journal;
    } catch {
      return "storage_failed";
    }
  }
  /** Write and remove records, all or none. */
  async write(put, removed) {
    const transaction = this.database.transaction([STORE, BASES], "readwrite");
    const [records, bases] = [transaction.objectStore(STORE), transaction.objectStore(BASES)];
    for (const { record, base } of put) {
      records.put(record);
      if (base !== null) bases.put({ key: record.key, value: base });
    }
    for (const key of removed) {
      records.delete(key);
      bases.delete(key);
    }
    await settled(transaction);
  }
  /** The records of one user, workspace and server. */
  async records(scope) {
    const transaction = this.database.transaction([STORE, BASES]);
    const kept = await answer(transaction.objectStore(STORE).index(BY_SCOPE).getAll(scope));
    const bases = await Promise.all(kept.map(({ key }) => answer(transaction.objectStore(BASES).get(key))));
    return kept.flatMap((record, i) => whole(record, bases[i]) ?? []);
  }
  /** Forget all of one user, workspace and server. */
  async wipe(scope) {
    const store = this.database.transaction(STORE).objectStore(STORE);
    await this.write([], await answer(store.index(BY_SCOPE).getAllKeys(scope)));
  }
  close() {
    this.database.close();
  }
  async dropOld(nowMs) {
    const store = this.database.transaction(STORE).objectStore(STORE);
    const all = await answer(store.getAll());
    const old = all.filter(({ at: at2 }) => nowMs - at2 > KEPT_DAYS * DAY_MS);
    if (old.length > 0) await this.write([], old.map(({ key }) => key));
  }
};
function whole(record, base) {
  if ("value" in record.replica) return record;
  if (base === void 0) return null;
  const { replica, since, ...rest } = record;
  const batch2 = new Batch(Doc.load(base.value, Shape.of(replica.shape)));
  for (const op2 of since) batch2.apply(op2, 0);
  const document2 = batch2.document();
  return { ...rest, replica: { ...replica, value: document2.value } };
}
function journalKey(session, draft) {
  return `${session} ${draft}`;
}
function holdSession(session) {
  return new Promise((got, failed) => {
    const locks = sharedLocks();
    if (locks === null) {
      failed(new Problem("unavailable", "This browser gives the page no locks."));
      return;
    }
    const held = locks.request(`draftwire:${session}`, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        got(null);
        return void 0;
      }
      return new Promise((release) => got(release));
    });
    held.catch(failed);
  });
}
function answer(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("IndexedDB"));
    if ("onblocked" in request) request.onblocked = () => fail(new Error("IndexedDB is blocked"));
  });
}
function settled(transaction) {
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onabort = transaction.onerror = () => fail(transaction.error ?? new Error("IndexedDB"));
  });
}

// src/sdk/keeper.ts
var WRITE_AFTER_MS = 50;
var MOST_SINCE_CHARS = 16384;
var Keeper = class _Keeper {
  constructor(journal, session, scope, release, failed) {
    this.journal = journal;
    this.session = session;
    this.scope = scope;
    this.release = release;
    this.failed = failed;
  }
  journal;
  session;
  scope;
  release;
  failed;
  written = /* @__PURE__ */ new Set();
  // keys that the journal has
  bases = /* @__PURE__ */ new Map();
  // by key, as the journal has them
  timer;
  work = Promise.resolve();
  // writes, one after the other
  ended = false;
  /** Begin; a string says why there is no journal. `held`: whoever gave the session holds its lock already. */
  static async begin(session, scope, failed, held) {
    if (held !== void 0) {
      const keeper = new _Keeper(held, session, scope, () => {
      }, failed);
      for (const draft of session.drafts) keeper.written.add(journalKey(session.id, draft));
      return keeper;
    }
    const journal = await Journal.open(Date.now());
    if (typeof journal === "string") return journal;
    try {
      const release = await holdSession(session.id);
      return release === null ? "no_locks" : new _Keeper(journal, session, scope, release, failed);
    } catch {
      return "no_locks";
    }
  }
  /** Something of the session may have changed. */
  touch() {
    if (this.ended || this.timer !== void 0 || !this.hasNews()) return;
    this.timer = setTimeout(() => void this.flush(), WRITE_AFTER_MS);
  }
  /** Write now, as when the page hides; resolves when it is written. */
  flush() {
    clearTimeout(this.timer);
    this.timer = void 0;
    this.work = this.work.then(() => this.write());
    return this.work;
  }
  /** Stop; what is unsent stays in the journal, for the next load. */
  async end() {
    await this.flush();
    this.ended = true;
    this.release();
  }
  /** Forget all that this user has unsent here, and stop. */
  async wipe() {
    clearTimeout(this.timer);
    this.ended = true;
    await this.work;
    await this.journal.wipe(this.scope);
    this.release();
  }
  hasNews() {
    return this.written.size > 0 || this.session.drafts.some((draft) => this.session.hasUnsent(draft));
  }
  async write() {
    if (this.ended) return;
    const put = [];
    const bases = /* @__PURE__ */ new Map();
    const removed = new Set(this.written);
    for (const draft of this.session.drafts) {
      const unsent = this.session.unsent(draft);
      if (unsent === null) continue;
      const key = journalKey(this.session.id, draft);
      const base = baseFor(unsent, this.bases.get(key));
      bases.set(key, base);
      const { value: _, ...replica } = unsent.replica;
      const record = { ...unsent, replica, since: base.since, key, scope: this.scope, at: Date.now() };
      put.push({ record, base: base.document === this.bases.get(key)?.document ? null : base.document.value });
      removed.delete(key);
    }
    if (put.length === 0 && removed.size === 0) return;
    try {
      await this.journal.write(put, [...removed]);
      for (const key of removed) {
        this.written.delete(key);
        this.bases.delete(key);
      }
      for (const [key, base] of bases) {
        this.written.add(key);
        this.bases.set(key, base);
      }
    } catch {
      this.bases.clear();
      this.failed("storage_failed");
    }
  }
};
function baseFor({ replica: { value, shape } }, kept) {
  if (kept !== void 0 && kept.value === value) return kept;
  const anew = () => ({ document: Doc.load(value, Shape.of(shape)), shape, value, since: [] });
  if (kept === void 0 || !same(kept.shape, shape)) return anew();
  const since = diff(kept.document, value);
  return JSON.stringify(since).length > MOST_SINCE_CHARS ? anew() : { ...kept, value, since };
}

// src/wire/messages.ts
var SUBPROTOCOL = "draftwire.v1+json";

// src/wire/retries.ts
var BASE_MS = 250;
var CAP_MS = 1e4;
var DOUBLINGS = 10;
function pauseMs(failures, share) {
  return share * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, DOUBLINGS));
}

// src/wire/etags.ts
function quoted(etag) {
  return etag.startsWith('"') || etag.startsWith("W/") ? etag : `"${etag}"`;
}
function unquoted(header) {
  return header.replace(/^W\//, "").replaceAll('"', "");
}

// src/rest/routes.ts
var ROUTES = [
  ["server.me", "GET", "/v1/me"],
  ["items.list", "GET", "items"],
  ["items.create", "POST", "items", 1],
  ["items.get", "GET", "items/*"],
  ["items.put", "PUT", "items/*", 1],
  ["items.change", "PATCH", "items/*", 1],
  ["items.sync", "POST", "items/sync", 1],
  ["items.usedBy", "GET", "items/*/used-by"],
  ["items.at", "GET", "at"],
  ["items.archive", "POST", "items/*/archive"],
  ["items.unarchive", "POST", "items/*/unarchive", 1],
  ["items.delete", "DELETE", "items/*"],
  ["items.undelete", "POST", "items/*/undelete", 1],
  ["items.deleted", "GET", "deleted-items"],
  ["items.diff", "GET", "items/*/diff"],
  ["kinds.list", "GET", "kinds"],
  ["kinds.get", "GET", "kinds/*"],
  ["kinds.put", "PUT", "kinds/*", 1],
  ["kinds.remove", "DELETE", "kinds/*"],
  ["drafts.list", "GET", "drafts"],
  ["deploys.many", "POST", "drafts/deploy", 1],
  ["deploys.discardMany", "POST", "drafts/discard", 1],
  ["drafts.diagnostics", "GET", "drafts/*/diagnostics"],
  ["drafts.ofItem", "GET", "items/*/draft"],
  ["drafts.get", "GET", "drafts/*"],
  ["drafts.saveOfItem", "PUT", "items/*/draft", 1],
  ["drafts.save", "PUT", "drafts/*", 1],
  ["drafts.patch", "PATCH", "drafts/*/content", 1],
  ["drafts.patchOfItem", "PATCH", "items/*/draft", 1],
  ["drafts.log", "GET", "drafts/*/log"],
  ["drafts.writers", "GET", "drafts/*/writers"],
  ["sharing.get", "GET", "drafts/*/sharing"],
  ["sharing.show", "PATCH", "drafts/*", 1],
  ["sharing.guest", "GET", "drafts/*/guests/*"],
  ["sharing.invite", "PUT", "drafts/*/guests/*", 1],
  ["sharing.withdraw", "DELETE", "drafts/*/guests/*"],
  ["sharing.ask", "POST", "drafts/*/asks", 1],
  ["sharing.asks", "GET", "asks"],
  ["sharing.grant", "POST", "asks/*/grant", 1],
  ["sharing.decline", "POST", "asks/*/decline"],
  ["sharing.takeBack", "DELETE", "asks/*"],
  ["adoption.adopt", "POST", "items/*/adopt", 1],
  ["adoption.bring", "POST", "drafts/*/bring", 1],
  ["adoption.editTogether", "POST", "drafts/*/edit-together", 1],
  ["deploys.deploy", "POST", "drafts/*/deploy", 1],
  ["deploys.redeploy", "POST", "items/*/versions/*/redeploy", 1],
  ["deploys.rebase", "POST", "drafts/*/rebase", 1],
  ["deploys.keep", "POST", "drafts/*/keep", 1],
  ["deploys.revert", "POST", "drafts/*/revert", 1],
  ["deploys.discard", "POST", "drafts/*/discard", 1],
  ["deploys.bringBack", "POST", "drafts/*/bring-back", 1],
  ["versions.list", "GET", "items/*/versions"],
  ["versions.get", "GET", "items/*/versions/*"],
  ["versions.deployed", "GET", "deployed"],
  ["versions.restore", "POST", "items/*/versions/*/restore", 1],
  ["versions.fork", "POST", "items/*/fork", 1],
  ["versions.origin", "GET", "items/*/origin"],
  ["history.page", "GET", "drafts/*/history"],
  ["history.state", "GET", "drafts/*/state"],
  ["history.names", "GET", "drafts/*/names"],
  ["history.name", "POST", "drafts/*/names", 1],
  ["history.rename", "PATCH", "drafts/*/names/*", 1],
  ["history.unname", "DELETE", "drafts/*/names/*"],
  ["history.blame", "GET", "drafts/*/blame"],
  ["history.versionBlame", "GET", "items/*/versions/*/blame"],
  ["history.changes", "GET", "drafts/*/changes"],
  ["history.looked", "POST", "drafts/*/looked", 1],
  ["stash.list", "GET", "stash"],
  ["stash.get", "GET", "stash/*"],
  ["stash.compare", "GET", "stash/*/compare"],
  ["stash.restore", "POST", "stash/*/restore", 1],
  ["stash.dismiss", "POST", "stash/*/dismiss"],
  ["alerts.list", "GET", "alerts"],
  ["alerts.get", "GET", "alerts/*"],
  ["alerts.resolve", "POST", "alerts/*/resolve", 1],
  ["members.list", "GET", "members"],
  ["members.add", "POST", "members", 1],
  ["members.get", "GET", "members/*"],
  ["members.change", "PATCH", "members/*", 1],
  ["members.remove", "DELETE", "members/*"],
  ["members.restore", "POST", "members/*/restore"],
  ["members.erase", "POST", "members/*/erase"],
  ["members.signOut", "POST", "members/*/sign-out", 1],
  ["workspaceSettings.get", "GET", "settings"],
  ["workspaceSettings.change", "PATCH", "settings", 1],
  ["groups.list", "GET", "groups"],
  ["groups.add", "POST", "groups", 1],
  ["groups.get", "GET", "groups/*"],
  ["groups.change", "PATCH", "groups/*", 1],
  ["groups.remove", "DELETE", "groups/*"],
  ["groups.setMembers", "PUT", "groups/*/members", 1],
  ["groups.enrol", "PUT", "groups/*/members/*"],
  ["groups.withdraw", "DELETE", "groups/*/members/*"],
  ["folders.list", "GET", "folders"],
  ["folders.add", "POST", "folders", 1],
  ["folders.get", "GET", "folders/*"],
  ["folders.change", "PATCH", "folders/*", 1],
  ["folders.remove", "DELETE", "folders/*"],
  ["folders.setRole", "PUT", "folders/*/people", 1],
  ["grants.list", "GET", "grants"],
  ["grants.give", "POST", "grants", 1],
  ["grants.end", "DELETE", "grants/*"],
  ["keys.list", "GET", "keys"],
  ["keys.make", "POST", "keys", 1],
  ["keys.get", "GET", "keys/*"],
  ["keys.revoke", "DELETE", "keys/*"],
  ["tokens.revoke", "POST", "tokens/revoke", 1],
  ["tokens.identity", "GET", "identity"],
  ["tokens.setIdentity", "PUT", "identity", 1],
  ["directory.change", "POST", "rights", 1],
  ["directory.sync", "PUT", "directory", 1],
  ["presence.attend", "PUT", "items/*/presence", 1],
  ["presence.leave", "DELETE", "items/*/presence"],
  ["presence.here", "GET", "items/*/presence"],
  ["presence.everywhere", "GET", "presence"],
  ["activity.perMinute", "GET", "activity"],
  ["runs.begin", "POST", "runs", 1],
  ["runs.page", "GET", "runs"],
  ["runs.get", "GET", "runs/*"],
  ["runs.events", "GET", "runs/*/events"],
  ["runs.told", "POST", "runs/*/told", 1],
  ["runs.note", "POST", "runs/*/notes", 1],
  ["runs.pause", "POST", "runs/*/pause", 1],
  ["runs.resume", "POST", "runs/*/resume", 1],
  ["runs.stop", "POST", "runs/*/stop", 1],
  ["runs.end", "POST", "runs/*/end", 1],
  ["runs.changes", "GET", "runs/*/changes"],
  ["runs.undo", "POST", "runs/*/undo", 1],
  ["runs.redo", "POST", "runs/*/redo", 1],
  ["runs.restore", "POST", "runs/*/restore", 1],
  ["runs.keep", "POST", "runs/*/keep", 1],
  ["suggestions.list", "GET", "drafts/*/suggestions"],
  ["suggestions.get", "GET", "suggestions/*"],
  ["suggestions.accept", "POST", "suggestions/*/accept", 1],
  ["suggestions.reject", "POST", "suggestions/*/reject", 1],
  ["runs.read", "POST", "runs/*/read", 1],
  ["runs.search", "POST", "runs/*/search", 1],
  ["runs.edit", "POST", "runs/*/edit", 1],
  ["runs.openStream", "POST", "runs/*/streams", 1],
  ["runs.stream", "GET", "runs/*/streams/*"],
  ["runs.append", "POST", "runs/*/streams/*/append", 1],
  ["runs.closeStream", "POST", "runs/*/streams/*/close", 1],
  ["runs.abortStream", "POST", "runs/*/streams/*/abort"],
  ["transfer.pages", "GET", "export"],
  ["transfer.put", "POST", "import", 1],
  ["events.read", "GET", "events"],
  ["secrets.set", "PUT", "drafts/*/secrets", 1],
  ["secrets.make", "POST", "items/*/secrets", 1],
  ["secrets.list", "GET", "items/*/secrets"],
  ["secrets.remove", "DELETE", "items/*/secrets/*"],
  ["secrets.deployed", "GET", "deployed/secrets"],
  ["webhooks.list", "GET", "webhooks"],
  ["webhooks.make", "POST", "webhooks", 1],
  ["webhooks.get", "GET", "webhooks/*"],
  ["webhooks.change", "PATCH", "webhooks/*", 1],
  ["webhooks.delete", "DELETE", "webhooks/*"],
  ["webhooks.rotate", "POST", "webhooks/*/rotate", 1],
  ["webhooks.test", "POST", "webhooks/*/test"],
  ["webhooks.replay", "POST", "webhooks/*/replay", 1],
  ["webhooks.deliveries", "GET", "webhooks/*/deliveries"],
  ["webhooks.delivery", "GET", "webhooks/*/deliveries/*"]
];
var HEADERS = {
  ifMatch: ["if-match", '"*"'],
  override: ["draftwire-override", '"*"'],
  session: ["draftwire-session", "*"],
  idempotencyKey: ["idempotency-key", "*"],
  merge: ["prefer", "merge=never"]
};

// src/rest/request.ts
var QUOTED = '"*"';
function callsOf(send, known) {
  const calls = {};
  let told = null;
  const workspace = () => told ??= asked(send, "GET", "/v1/me").then(
    (me) => me.workspace,
    (error) => {
      told = null;
      throw error;
    }
  );
  for (const [call, method, path, takesBody] of ROUTES) {
    const [group, name] = call.split(".");
    (calls[group] ??= {})[name] = async (...given2) => {
      const filled = path.replace(/\*/g, () => segment(given2.shift()));
      const body = takesBody === 1 ? given2.shift() ?? {} : void 0;
      const options = given2.shift() ?? {};
      if (filled.startsWith("/")) return asked(send, method, filled, body, options);
      const name2 = encodeURIComponent(known === void 0 ? await workspace() : known());
      return asked(send, method, `/v1/w/${name2}/${filled}`, body, options);
    };
  }
  return calls;
}
function segment(given2) {
  const name = String(given2 ?? "");
  if (name === "" || name === "." || name === "..") throw new Problem("bad_message", "A name in a path can't be empty, . or ..");
  return encodeURIComponent(name);
}
async function asked(send, method, path, body, options = {}) {
  const { signal, keepalive, ...named } = options;
  const headers = { accept: "application/json" };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(named)) {
    if (value === void 0 || value === null) continue;
    const header = HEADERS[name];
    if (header !== void 0) {
      if (value !== true) headers[header[0]] = header[1] === QUOTED ? quoted(String(value)) : header[1].replace("*", String(value));
      continue;
    }
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  if (body !== void 0) headers["content-type"] = "application/json";
  const init = { method, headers };
  if (body !== void 0) init.body = JSON.stringify(body);
  if (signal !== void 0) init.signal = signal;
  if (keepalive !== void 0) init.keepalive = keepalive;
  let answer2;
  let text2;
  try {
    answer2 = await send(query.size > 0 ? `${path}?${query.toString()}` : path, init);
    text2 = await answer2.text();
  } catch (error) {
    if (signal?.aborted === true || error instanceof Problem) throw error;
    throw new Problem("unavailable", "The server can't be reached.");
  }
  if (!answer2.ok) throw refusal(answer2.status, text2);
  return text2 === "" ? void 0 : JSON.parse(text2);
}
function refusal(status, text2) {
  let said = {};
  try {
    said = JSON.parse(text2) ?? {};
  } catch {
  }
  const { code, detail, title, type: _, status: __, retry: ___, ...more } = said;
  const message = detail ?? title ?? `The server answered ${status}.`;
  return new Problem(typeof code === "string" ? code : "internal", String(message), more, status);
}

// src/document/line-ends.ts
function opWithLf(document2, op2) {
  if (op2.op !== "set" && op2.op !== "insert") return op2;
  const place = document2.place(op2.at);
  if (place === null) return op2;
  if (op2.op === "set") {
    const v2 = valueWithLf(op2.v, place);
    return v2 === op2.v ? op2 : { ...op2, v: v2 };
  }
  const v = valueWithLf(op2.v, place.element());
  return v === op2.v ? op2 : { ...op2, v };
}
function valueWithLf(value, place) {
  if (place.dead) return value;
  if (typeof value === "string") return place.text ? lf(value) : value;
  if (isArray(value)) {
    const elements = value.map((element) => valueWithLf(element, place.element()));
    return elements.some((element, i) => element !== value[i]) ? elements : value;
  }
  if (!isObject(value)) return value;
  let changed = false;
  const members2 = Object.entries(value).map(([name, member]) => {
    const made = valueWithLf(member, place.member(name));
    changed ||= made !== member;
    return [name, made];
  });
  return changed ? Object.fromEntries(members2) : value;
}

// src/session/replica.ts
var FRAME_SPARE_BYTES = 4096;
var VALUE_DEPTH = 3;
var NOTHING = { batches: [], parked: [], outOfStep: null };
var UNCHANGED = { text: [], structural: false };
var REPLACED = { text: [], structural: true };
var DraftReplica = class _DraftReplica {
  id;
  item;
  purpose;
  owner;
  generation = 0;
  seq = 0;
  mark = "";
  baseVersion = 0;
  headVersion = 0;
  stands = true;
  may = "look";
  why = null;
  w = 0;
  lastNo = 0;
  writers = /* @__PURE__ */ new Map();
  inflight = null;
  buffer = null;
  live = false;
  // the stream of this connection has begun
  stopped = false;
  // reset or gone: nothing may be typed
  confirmed;
  view;
  shape;
  shapeInfo;
  expectsOwn = false;
  // an earlier batch of this session may come back in the stream
  constructor(state, value) {
    this.id = state.draft;
    this.item = state.item;
    this.purpose = state.purpose;
    this.owner = state.owner;
    this.shape = Shape.of(state.shape);
    this.shapeInfo = state.shape;
    this.confirmed = this.view = Doc.load(value, this.shape);
    this.adopt(state);
  }
  /** The copy that `save` gave, as it was; whether it may go on the server says. */
  static restore(saved) {
    const { value, w, last_no, expects_own, inflight, buffer, ...rest } = saved;
    const replica = new _DraftReplica({ t: "state", may: "type", your_last_no: last_no, your_w: w, ...rest }, value);
    replica.live = false;
    replica.expectsOwn = expects_own;
    replica.inflight = inflight === null ? null : { ...inflight, sent: false };
    replica.buffer = buffer;
    replica.view = land(replica.confirmed, replica.pending, w).document;
    return replica;
  }
  /** Everything that `restore` needs. */
  save() {
    return {
      draft: this.id,
      item: this.item,
      purpose: this.purpose,
      owner: this.owner,
      generation: this.generation,
      seq: this.seq,
      mark: this.mark,
      base_version: this.baseVersion,
      head_version: this.headVersion,
      shape: this.shapeInfo,
      value: this.confirmed.value,
      w: this.w,
      last_no: this.lastNo,
      expects_own: this.expectsOwn,
      inflight: this.inflight,
      buffer: this.buffer
    };
  }
  get hasPending() {
    return this.inflight !== null || this.buffer !== null;
  }
  /** My ops on `confirmed`, in order: `view` is `confirmed` with these replayed. */
  get pending() {
    return [...this.inflight?.here ?? [], ...this.buffer?.ops ?? []];
  }
  // ---------------------------------------------------------------- my edits
  /** When the oldest of all that is pending was typed. */
  get typedMs() {
    return this.first().atMs;
  }
  /** How much is not in the log yet: characters that were typed and deleted, and those of values, as JSON. */
  get backlog() {
    return this.pending.reduce((sum, op2) => sum + charactersOf(op2), 0);
  }
  /**
   * Do `ops` to the view at once. Raises Problem, and changes nothing, if one does not fit; `frameBytes` is the largest
   * frame: what could not be sent with all that waits is too_large.
   */
  edit(ops, nowMs, frameBytes = Infinity) {
    if (this.stopped) throw new Problem("generation_changed");
    if (this.may !== "type") throw new Problem(this.why ?? "read_only");
    const batch2 = new Batch(this.view);
    const done = [];
    const names = /* @__PURE__ */ new Map();
    if (!Array.isArray(ops)) throw new Problem("bad_op", "Ops come in an array.");
    for (const given2 of ops) {
      checkOp(given2, VALUE_DEPTH);
      const op2 = opWithLf(batch2.structure, names.size > 0 ? follow(given2, names) : given2);
      batch2.check(op2);
      const applied = batch2.apply(op2, this.w);
      if (applied.effect === null) throw new Problem("no_such_place", op2.at);
      done.push(applied.renamed.size > 0 ? withValueOf(op2, applied.effect.op) : op2);
      for (const [id, name] of applied.renamed) names.set(id, name);
    }
    const { seen, atMs } = this.buffer ?? { seen: this.seq, atMs: nowMs };
    const all = compose(this.buffer?.ops ?? [], done);
    if (encodedBytes(all, frameBytes - FRAME_SPARE_BYTES) > frameBytes - FRAME_SPARE_BYTES) {
      throw new Problem("too_large", "This is too large for one edit. Save it as a whole document.");
    }
    this.view = batch2.document();
    this.buffer = all.length > 0 ? { seen, atMs, ops: all } : null;
  }
  /**
   * The edit to send now: the one in flight if this connection has not had it, else the buffer. Of a buffer with more
   * than `mostOps` the first ones go, the rest waits for their ack.
   */
  takeEdit(newKey, mostOps = Infinity) {
    if (!this.live || this.stopped) return null;
    if (this.inflight === null && this.buffer !== null && this.may === "type") {
      const { seen, atMs } = this.buffer;
      const ops = this.buffer.ops.slice(0, mostOps);
      const rest = this.buffer.ops.slice(ops.length);
      const edit = {
        t: "edit",
        draft: this.id,
        generation: this.generation,
        base: this.seq,
        mark: this.mark,
        seen: Math.min(seen, this.seq),
        no: this.lastNo + 1,
        key: newKey(),
        ops
      };
      this.inflight = { edit, here: ops, atMs, sent: false, doubtful: this.expectsOwn, lost: [] };
      this.expectsOwn = false;
      this.buffer = rest.length > 0 ? { ...this.buffer, ops: rest } : null;
    }
    if (this.inflight === null || this.inflight.sent) return null;
    this.inflight = { ...this.inflight, sent: true };
    return this.inflight.edit;
  }
  /** The connection ended, or the server asks to try again: what is in flight goes out once more. */
  unsend() {
    if (this.inflight !== null) this.inflight = { ...this.inflight, sent: false };
  }
  // ---------------------------------------------------------------- the stream
  /** The server goes on from what this copy has. */
  reopen(opened) {
    this.live = true;
    this.may = opened.may;
    this.why = opened.why ?? null;
    this.know(opened.writers ?? [], opened.your_w ?? 0);
  }
  /** Take those batches of the log that follow on what this copy has. */
  receive(message, sid) {
    for (const writer of message.writers ?? []) {
      this.writers.set(writer.w, writer);
      if (writer.sid === sid) this.w = writer.w;
    }
    if (message.generation < this.generation) return NOTHING;
    if (message.generation > this.generation) return { ...NOTHING, outOfStep: "other_log" };
    if (message.from > this.seq) return { ...NOTHING, outOfStep: "gap" };
    const batches = [];
    const parked = [];
    for (const batch2 of message.batches.slice(this.seq - message.from)) {
      const taken = this.take(batch2, parked);
      if (taken === null) return { batches, parked, outOfStep: "other_log" };
      batches.push(taken);
    }
    if (this.seq === message.to) this.mark = message.mark;
    if (batches.length > 0) this.stands = true;
    return { batches, parked, outOfStep: null };
  }
  take(batch2, parked) {
    const [w, no, ops, alerts = []] = batch2;
    const next = land(this.confirmed, ops, w);
    const effects = next.effects.filter((effect) => !(effect instanceof Lost));
    if (effects.length < ops.length) return null;
    const mine = this.w !== 0 && w === this.w && no > this.lastNo;
    const { inflight } = this;
    const own = mine && no === inflight?.edit.no;
    let change;
    if (own) change = this.acknowledge(inflight, next.document, effects, parked);
    else if (mine) {
      this.parkLost(inflight, parked);
      change = this.remerge(this.confirmed, next.document, parked);
    } else change = this.absorb(next.document, effects, parked);
    if (mine) {
      this.lastNo = no;
      this.expectsOwn = false;
    }
    this.seq++;
    const typedMs = own ? inflight?.atMs ?? null : null;
    return { seq: this.seq, w, no, by: this.writers.get(w) ?? null, own, typedMs, effects, change, alerts: alerts.filter((alert2) => typeof alert2 !== "string") };
  }
  /** A foreign batch: what is pending is carried over it, and it over what is pending. */
  absorb(next, effects, parked) {
    if (!this.hasPending) {
      this.confirmed = this.view = next;
      return changeOf2(effects);
    }
    const before = this.view;
    const given2 = this.pending;
    const { ops, over, renamed: renamed2 } = rebase(given2, effects, { w: this.w, head: next });
    const landed = land(next, ops, this.w);
    const reshaped2 = renamed2.size + landed.renamed.size > 0 || landed.effects.some((effect) => effect instanceof Lost && !effect.moot);
    this.confirmed = next;
    this.view = landed.document;
    this.keep(given2, ops, landed.effects, parked);
    return verified(
      over.filter((effect) => effect !== null),
      before,
      this.view,
      reshaped2
    );
  }
  /** Keep of the pending ops what has landed; hand out the texts of the buffer that found no place. */
  keep(given2, ops, effects, parked) {
    const inFlight = this.inflight?.here.length ?? 0;
    const kept = [[], []];
    const texts = [[], []];
    asLanded(ops, effects).forEach((op2, i) => {
      const where = i < inFlight ? 0 : 1;
      if (!(op2 instanceof Lost)) kept[where].push(op2);
      else if (!op2.moot) texts[where].push(...textsOf(given2[i]));
    });
    if (this.inflight !== null) {
      this.inflight = { ...this.inflight, here: kept[0], lost: [...this.inflight.lost, ...texts[0]] };
    }
    if (this.buffer !== null) this.buffer = kept[1].length > 0 ? { ...this.buffer, ops: kept[1] } : null;
    if (texts[1].length > 0) parked.push({ reason: "conflict", code: "lost_target", base: this.seq + 1, texts: texts[1] });
  }
  /** My batch in the stream: the log's word counts, whatever was predicted. */
  acknowledge(inflight, next, effects, parked) {
    const base = this.confirmed;
    const predicted = land(base, inflight.here, this.w);
    this.inflight = null;
    this.confirmed = next;
    if (sameOps(effectsOf2(predicted.effects), effects)) {
      if (this.buffer === null) this.view = next;
      return UNCHANGED;
    }
    if (inflight.doubtful) {
      this.parkLost(inflight, parked);
      return this.remerge(base, next, parked);
    }
    const before = this.view;
    const names = renamedBetween(effectsOf2(predicted.effects), effects);
    const ops = (this.buffer?.ops ?? []).map((op2) => follow(op2, names));
    const landed = land(next, ops, this.w);
    const kept = asLanded(ops, landed.effects).filter((op2) => !(op2 instanceof Lost));
    if (names.size > 0 && kept.length === ops.length) {
      this.view = landed.document;
      if (this.buffer !== null) this.buffer = { ...this.buffer, ops: kept };
      return same(before.value, this.view.value) ? UNCHANGED : REPLACED;
    }
    return this.remerge(predicted.document, next, parked);
  }
  /** Put the view on another state by three-way merge: nothing is in flight after this, conflicts are parked. */
  remerge(base, next, parked) {
    const of = (side) => side.shape === next.shape ? side : Doc.load(side.value, next.shape);
    const { ops, conflicts } = merge(of(base), of(this.view), next);
    const { seen, atMs } = this.first();
    this.confirmed = next;
    this.view = land(next, ops, this.w).document;
    this.inflight = null;
    this.buffer = ops.length > 0 ? { seen, atMs, ops } : null;
    if (conflicts.length > 0) {
      const texts = conflicts.map(({ address, mine, base: was }) => ({ at: address, mine, base: was }));
      parked.push({ reason: "conflict", code: "stale", base: this.seq, texts });
    }
    return REPLACED;
  }
  /** The server sent a whole state: what it has of mine is dropped, the rest is merged from my own confirmed copy. */
  replace(state, value) {
    const parked = [];
    this.shape = Shape.of(state.shape);
    this.shapeInfo = state.shape;
    const next = Doc.load(value, this.shape);
    if (this.hasPending) {
      let base = this.confirmed;
      if (this.inflight !== null) {
        const settled2 = this.inflight.edit.no <= (state.your_last_no ?? 0);
        if (settled2) base = land(base, this.inflight.here, this.w).document;
        else {
          this.parkLost(this.inflight, parked);
          this.expectsOwn = true;
        }
      }
      this.remerge(base, next, parked);
    } else {
      this.confirmed = this.view = next;
    }
    this.adopt(state);
    return parked;
  }
  adopt(state) {
    this.generation = state.generation;
    this.seq = state.seq;
    this.mark = state.mark;
    this.baseVersion = state.base_version;
    this.headVersion = state.head_version;
    this.stands = state.stands ?? true;
    this.may = state.may;
    this.why = state.why ?? null;
    this.lastNo = state.your_last_no ?? 0;
    this.know(state.writers ?? [], state.your_w ?? 0);
    this.live = true;
    this.stopped = false;
  }
  know(writers, w) {
    for (const writer of writers) this.writers.set(writer.w, writer);
    if (w) this.w = w;
  }
  // ---------------------------------------------------------------- what can't go on
  /** The batch in flight was refused: its text is handed out, the view falls back to what is left. */
  refuse(code) {
    const { inflight } = this;
    if (inflight === null) return [];
    const withIt = land(this.confirmed, inflight.here, this.w).document;
    const texts = [...inflight.lost, ...textsBetween(this.confirmed, withIt, inflight.here)];
    const parked = [{ reason: "refused", code, base: this.seq, texts }];
    this.remerge(withIt, this.confirmed, parked);
    return parked.filter((parking) => parking.texts.length > 0);
  }
  /** A batch of this number is in the log already: wait for it in the stream, then merge what is more. */
  doubt() {
    const parked = [];
    this.parkLost(this.inflight, parked);
    const ops = this.pending;
    this.buffer = ops.length > 0 ? { ...this.first(), ops } : null;
    this.inflight = null;
    this.expectsOwn = true;
    return parked;
  }
  /** The batch in flight goes on in another form: what it has lost on the way would be in nobody's hands. */
  parkLost(inflight, parked) {
    if (inflight === null || inflight.lost.length === 0) return;
    parked.push({ reason: "conflict", code: "lost_target", base: this.seq, texts: inflight.lost });
  }
  /** What was on screen, and when, at the first keystroke of all that is pending. */
  first() {
    if (this.inflight !== null) return { seen: this.inflight.edit.seen, atMs: this.inflight.atMs };
    return { seen: this.buffer?.seen ?? this.seq, atMs: this.buffer?.atMs ?? 0 };
  }
  /** Give up all that is pending; its texts are handed out. */
  giveUp(reason, code) {
    const parking = this.unsaved(reason, code);
    if (this.hasPending) {
      this.inflight = this.buffer = null;
      this.view = this.confirmed;
    }
    return parking;
  }
  /** The texts of all that is pending, which stays in the view. */
  unsaved(reason, code) {
    if (!this.hasPending) return null;
    const texts = [...this.inflight?.lost ?? [], ...textsBetween(this.confirmed, this.view, this.pending)];
    return texts.length > 0 ? { reason, code, base: this.seq, texts } : null;
  }
  /** Another log has given the numbers of this one's writers to others, mine too. */
  forgetWriters() {
    this.w = 0;
    this.writers.clear();
  }
};
function effectsOf2(landed) {
  return landed.filter((effect) => !(effect instanceof Lost));
}
function sameOps(left, right) {
  const said = (effects) => effects.map(({ op: op2 }) => op2).filter((op2) => op2.op !== "text" || op2.s.length > 0);
  return same(said(left), said(right));
}
function renamedBetween(predicted, actual) {
  const names = /* @__PURE__ */ new Map();
  predicted.forEach((effect, i) => {
    const made = effect.made ?? [];
    const other = actual[i]?.made ?? [];
    if (made.length !== other.length) return;
    made.forEach((id, k) => {
      const name = other[k];
      if (name !== void 0 && name !== id) names.set(id, name);
    });
  });
  return names;
}
function asLanded(ops, effects) {
  const names = /* @__PURE__ */ new Map();
  return ops.map((op2, i) => {
    const effect = effects[i];
    if (effect instanceof Lost) return effect;
    if (op2 instanceof Lost) return op2;
    const followed = names.size > 0 ? follow(op2, names) : op2;
    const made = withValueOf(followed, effect.op);
    if (made !== followed) noteRenamed(followed, made, names);
    return made;
  });
}
function noteRenamed(given2, made, names) {
  if (given2.op !== "insert" && given2.op !== "set" || made.op !== "insert" && made.op !== "set") return;
  const walk = (was, now) => {
    if (isArray(was)) was.forEach((element, i) => walk(element, now[i]));
    if (!isObject(was)) return;
    const id = memberOf(was, "id");
    const name = memberOf(now, "id");
    if (typeof id === "string" && typeof name === "string" && id !== name) names.set(id, name);
    for (const [member, value] of Object.entries(was)) walk(value, now[member]);
  };
  walk(given2.v, made.v);
}
function withValueOf(op2, made) {
  if (op2.op === "insert" && made.op === "insert") return { ...op2, v: made.v };
  if (op2.op === "set" && made.op === "set") return { ...op2, v: made.v };
  return op2;
}
function changeOf2(effects) {
  const text2 = [];
  let structural = false;
  for (const { op: op2 } of effects) {
    if (op2.op === "text") text2.push({ at: op2.at, s: op2.s });
    else structural = true;
  }
  return { text: text2, structural };
}
function verified(effects, before, after, reshaped2) {
  const { text: text2, structural } = changeOf2(effects);
  const whole2 = /* @__PURE__ */ new Map();
  for (const { at: at2, s } of text2) whole2.set(at2, composeSplices(whole2.get(at2) ?? [], s));
  const changes2 = [];
  for (const [at2, s] of whole2) {
    const from = before.get(at2);
    const to = after.get(at2);
    if (typeof from !== "string" || typeof to !== "string") continue;
    changes2.push({ at: at2, s: leadsTo(s, from, to) ? s : diffText(from, to) });
  }
  return { text: changes2.filter(({ s }) => s.length > 0), structural: structural || reshaped2 };
}
function leadsTo(splices, from, to) {
  const last = splices.at(-1);
  if (last !== void 0 && last[0] + last[1] > from.length) return false;
  let out = "";
  let done = 0;
  for (const [position, del, insert] of splices) {
    out += from.slice(done, position) + insert;
    done = position + del;
  }
  return out + from.slice(done) === to;
}
function textsOf(op2) {
  switch (op2.op) {
    case "text": {
      const typed = op2.s.map(([, , insert]) => insert).join("");
      return typed ? [{ at: op2.at, mine: typed }] : [];
    }
    case "set":
    case "insert":
      return [{ at: op2.at, mine: op2.v }];
    default:
      return [];
  }
}
function textsBetween(without, withThem, ops) {
  const texts = [];
  const places = new Set(ops.map((op2) => op2.at));
  for (const at2 of places) {
    const mine = withThem.get(at2);
    const base = without.get(at2);
    if (mine == null || same(mine, base)) continue;
    texts.push(base == null ? { at: at2, mine } : { at: at2, mine, base });
  }
  return texts;
}
function charactersOf(op2) {
  if (op2.op === "text") return op2.s.reduce((sum, [, deleted, inserted]) => sum + deleted + inserted.length, 0);
  return op2.op === "set" || op2.op === "insert" ? JSON.stringify(op2.v).length : 1;
}

// src/session/rewind.ts
var Rewind = class {
  constructor(before, now) {
    this.now = now;
    this.before = Doc.load(before.value, now.shape);
    this.ops = diff(now, before.value);
  }
  now;
  /** What would make of the state the view that was. */
  ops;
  before;
  /** The places that differ, as they were and as they are, but for texts that are in the stash already. */
  texts(kept) {
    const texts = textsBetween(this.now, this.before, this.ops);
    return texts.filter(({ at: at2, mine }) => !kept.some((there) => there.at === at2 && same(there.mine, mine)));
  }
  /** Bring it back into what has been written since. */
  onto(view) {
    return merge(this.now, this.before, view);
  }
};

// src/session/draft.ts
var RETRY_AFTER_MS = 500;
var RETRY_CAP_MS = 5e3;
var RESEND_AFTER_MS = 4e3;
var RESEND_CAP_MS = 3e4;
var WAITING_AFTER_MS = 5e3;
var REOPEN_AFTER_MS = 5e3;
var DraftChannel = class {
  // until it is brought back or dismissed
  constructor(line, ask) {
    this.line = line;
    this.ask = ask;
    this.askedMs = this.wentOnMs = line.nowMs;
  }
  line;
  ask;
  replica = null;
  alerts = /* @__PURE__ */ new Map();
  diagnostics = [];
  /** As told last, while the head is another version than the draft's. */
  behind = null;
  seenSent = 0;
  carets = null;
  askedMs;
  unanswered = false;
  // an open of this copy is not answered yet
  told = null;
  trouble = null;
  retryAtMs = null;
  retryAfterMs = RETRY_AFTER_MS;
  sentMs = 0;
  wentOnMs;
  // an edit was acknowledged, or a connection began
  resendAfterMs = RESEND_AFTER_MS;
  pieces = null;
  before = null;
  // until the state comes
  rewind = null;
  /** Whether it ended for good: the text can still be copied. */
  get gone() {
    return this.told === "gone";
  }
  /** What a new connection may go on from. */
  have() {
    return this.replica === null || this.replica.stopped ? null : haveOf(this.replica);
  }
  // ---------------------------------------------------------------- the connection
  /** A connection stands, and its hello has asked for the stream of a copy that can go on. */
  welcomed() {
    this.askedMs = this.wentOnMs = this.line.nowMs;
    this.retryAfterMs = RETRY_AFTER_MS;
    if (this.replica?.stopped && !this.gone) this.begin(this.replica);
  }
  /** The connection ended. */
  cut() {
    this.pieces = null;
    this.unanswered = false;
    if (this.replica === null) return;
    this.replica.live = false;
    this.replica.unsend();
  }
  /** The edit to send now. */
  takeEdit() {
    if (this.retryAtMs !== null || this.replica === null) return null;
    const edit = this.replica.takeEdit(this.line.newKey, this.line.mostOps);
    if (edit !== null) {
      this.sentMs = this.line.nowMs;
      this.seenSent = Math.max(this.seenSent, edit.seen);
    }
    return edit;
  }
  /** What the server does not know yet of what is shown. */
  takeSeen() {
    const { replica } = this;
    if (replica === null || !replica.live || this.seenSent >= replica.seq) return null;
    this.seenSent = replica.seq;
    return { t: "seen", draft: replica.id, seq: replica.seq };
  }
  /** Time passes: send again what got no answer, ask again for a stream that did not come. */
  tick() {
    const { replica } = this;
    const { nowMs } = this.line;
    if (replica === null) return;
    if (this.retryAtMs !== null && nowMs >= this.retryAtMs) {
      this.retryAtMs = null;
      replica.unsend();
    } else if (replica.inflight?.sent && nowMs - this.sentMs >= this.resendAfterMs) {
      this.resendAfterMs = Math.min(2 * this.resendAfterMs, RESEND_CAP_MS);
      replica.unsend();
    }
    this.reopenSilent(replica);
  }
  reopenSilent(replica) {
    if (!this.line.greeted || replica.live || this.gone || this.pieces !== null) return;
    if (this.line.nowMs - this.askedMs < REOPEN_AFTER_MS) return;
    if (replica.stopped) this.begin(replica);
    else this.openAgain(replica, true);
  }
  openAgain(replica, keeps) {
    replica.live = false;
    replica.unsend();
    this.ask = { t: "open", ref: this.line.ref(), item: replica.item, draft: replica.id };
    this.askedMs = this.line.nowMs;
    this.unanswered = true;
    this.line.outgoing.push(keeps ? { ...this.ask, have: haveOf(replica) } : this.ask);
  }
  /** Open a draft anew whose copy can't go on, once all of it that was pending is in the stash. */
  begin(replica) {
    if (this.line.greeted && !this.line.parks(replica.id)) this.openAgain(replica, false);
  }
  // ---------------------------------------------------------------- what the person does
  /** Change the view. Raises Problem, and changes nothing, if the ops don't fit. */
  edit(replica, ops) {
    replica.edit(ops, this.line.nowMs, this.line.frameBytes);
  }
  /** Do what `rewound` offers, merged with what was written since. Raises Problem. */
  bringBack(replica) {
    if (this.rewind === null) return [];
    const { ops, conflicts } = this.rewind.onto(replica.view);
    this.edit(replica, ops);
    this.rewind = null;
    if (conflicts.length === 0) this.trouble = null;
    const text2 = ops.filter((op2) => op2.op === "text").map(({ at: at2, s }) => ({ at: at2, s }));
    return [{ type: "changed", draft: replica, seq: replica.seq, by: null, text: text2, structural: text2.length < ops.length }];
  }
  /** The person has looked at what was parked. */
  dismissParked() {
    this.trouble = this.rewind = null;
  }
  // ---------------------------------------------------------------- what the server says
  /** A whole state, or the head of one that comes in pieces. */
  state(message, present2) {
    if ((message.pieces ?? 0) > 0) {
      this.pieces = { state: message, parts: [] };
      return [];
    }
    return this.stateWithValue(message, message.value ?? null, present2);
  }
  /** The next piece of a state; any other is not for this reading. */
  piece(message, present2) {
    if (this.pieces === null || message.i !== this.pieces.parts.length) return [];
    const { state, parts } = this.pieces;
    parts.push(message.data);
    if (parts.length < (state.pieces ?? 0)) return [];
    this.pieces = null;
    return this.stateWithValue(state, parseJson(parts.join("")), present2(state.item));
  }
  stateWithValue(state, value, present2) {
    this.unanswered = false;
    this.know(state.alerts ?? []);
    this.carets = new Carets(state.seq);
    const { replica } = this;
    const events = [];
    if (replica === null || replica.id !== state.draft) {
      this.replica = new DraftReplica(state, value);
      events.push({ type: "opened", ref: state.ref ?? 0, draft: this.replica });
    } else {
      if (state.generation !== replica.generation || state.seq < this.seenSent) this.seenSent = 0;
      const parked = replica.replace(state, value);
      events.push({ type: "opened", ref: state.ref ?? 0, draft: replica }, changedAtAll(replica));
      for (const parking of parked) events.push(...this.park(replica, parking));
      events.push(...this.rewound(replica));
    }
    for (const entry of present2) this.place(entry);
    return events;
  }
  know(alerts) {
    this.alerts.clear();
    for (const alert2 of alerts) if (isOpen(alert2)) this.alerts.set(alert2.id, alert2);
  }
  /** The state after a rewind has come: offer back what it lacks, to those who can do something about it. */
  rewound(replica) {
    const { before } = this;
    this.before = null;
    if (before === null) return [];
    const rewind = new Rewind(before.view, replica.confirmed);
    if (rewind.ops.length === 0 || replica.may !== "type" && !before.wrote) return [];
    this.rewind = rewind;
    this.trouble = "conflict";
    const texts = rewind.texts(before.kept);
    const parking = { reason: "rewound", code: "rewound", base: replica.seq, texts };
    const told = { type: "rewound", draft: replica, ops: rewind.ops };
    return [...texts.length > 0 ? this.park(replica, parking) : [], told];
  }
  /** The stream goes on from what this copy has. */
  opened(message) {
    if (this.replica === null) return [];
    this.unanswered = false;
    this.replica.reopen(message);
    this.know(message.alerts ?? []);
    return [{ type: "opened", ref: message.ref ?? 0, draft: this.replica }];
  }
  /** Batches of the log. */
  ops(message) {
    const { replica } = this;
    if (replica === null || replica.stopped || !replica.live) return [];
    const events = [];
    const { batches, parked, outOfStep } = replica.receive(message, this.line.sid);
    for (const batch2 of batches) events.push(...this.absorbed(replica, batch2));
    for (const parking of parked) events.push(...this.park(replica, parking));
    if (outOfStep !== null) this.openAgain(replica, outOfStep === "gap");
    if (batches.length > 0) events.push({ type: "carets", draft: replica });
    return readOnce(events);
  }
  absorbed(replica, batch2) {
    const events = [];
    const { seq, w, no, by, change } = batch2;
    this.carets?.absorb(batch2);
    if (batch2.own) {
      this.resendAfterMs = RESEND_AFTER_MS;
      this.retryAfterMs = RETRY_AFTER_MS;
      this.wentOnMs = this.line.nowMs;
      const waitedMs = batch2.typedMs === null ? 0 : this.line.nowMs - batch2.typedMs;
      events.push({ type: "acked", draft: replica, seq, w, no, waitedMs });
    }
    if (change.text.length > 0 || change.structural) {
      events.push({ type: "changed", draft: replica, seq, by, text: change.text, structural: change.structural });
    }
    for (const alert2 of batch2.alerts) events.push(...this.alert(alert2));
    return events;
  }
  /** The batch in flight was not taken; an answer to an earlier one says nothing. */
  refused(message) {
    const { replica } = this;
    if (replica === null || replica.inflight?.edit.key !== message.key || this.gone) return [];
    const again = { type: "retrying", draft: replica, code: message.code };
    if (message.retry) {
      this.retryAtMs = this.line.nowMs + this.retryAfterMs;
      this.retryAfterMs = Math.min(2 * this.retryAfterMs, RETRY_CAP_MS);
      return [again];
    }
    switch (message.code) {
      case "op_no_reused":
      case "op_no_gap":
      case "own_op_unseen": {
        const doubts = replica.doubt().flatMap((parking) => this.park(replica, parking));
        this.retryAtMs = this.line.nowMs + RETRY_AFTER_MS;
        this.openAgain(replica, true);
        return [again, ...doubts];
      }
      case "generation_changed":
      case "rewound": {
        const reason = message.code === "rewound" ? "rewound" : "discarded";
        return this.reset({ t: "reset", draft: replica.id, reason, generation: replica.generation });
      }
      default:
        break;
    }
    const parked = replica.refuse(message.code);
    this.trouble = "refused";
    const events = [changedAtAll(replica)];
    for (const parking of parked) events.push(...this.park(replica, parking));
    if (message.code === "base_expired") this.openAgain(replica, false);
    return events;
  }
  /** The copy can't go on: what is pending goes to the stash, then the draft is opened anew. */
  reset(message) {
    const { replica } = this;
    if (replica === null || replica.stopped) return [];
    replica.stopped = true;
    replica.live = false;
    const { view, w } = replica;
    const parking = replica.giveUp(message.reason, message.reason === "rewound" ? "rewound" : "generation_changed");
    if (message.reason === "rewound") {
      this.before = { view, wrote: w !== 0, kept: parking?.texts ?? [] };
      replica.forgetWriters();
    }
    const events = parking === null ? [] : this.park(replica, parking);
    this.begin(replica);
    return events;
  }
  park(replica, parking) {
    const { reason, code, texts } = parking;
    this.line.park(replica.id, replica.generation, parking, replica.item);
    this.trouble = reason === "refused" ? "refused" : "conflict";
    return [{ type: "parked", draft: replica, reason, code, texts }, changedAtAll(replica)];
  }
  /** Texts of it are in the stash: a copy that was waiting for that can be begun anew. */
  parked() {
    if (this.replica?.stopped && !this.gone) this.begin(this.replica);
  }
  /** A right was given or taken; what is in flight is for the server to decide. */
  mayChanged(may, why) {
    const { replica } = this;
    if (replica === null) return [];
    replica.may = may;
    replica.why = why;
    if (may === "type" || replica.inflight !== null || replica.buffer === null) return [];
    const parking = replica.giveUp("refused", why ?? "read_only");
    return parking === null ? [] : this.park(replica, parking);
  }
  /** Whether `ref` is the number under which this copy was asked for again. */
  asks(ref) {
    return this.unanswered && this.ask.ref === ref;
  }
  /** It may no longer be seen: what is pending goes to the stash, and all of the text can still be copied. */
  ended(code) {
    const { replica } = this;
    if (replica === null || this.gone) return [];
    const parking = replica.unsaved("refused", code);
    replica.live = false;
    replica.stopped = true;
    replica.may = "look";
    replica.why = code;
    this.unanswered = false;
    this.told = "gone";
    const gone = { type: "status", draft: replica, status: "gone" };
    if (parking === null) return [gone];
    this.line.park(replica.id, replica.generation, parking, replica.item);
    const { reason, texts } = parking;
    return [{ type: "parked", draft: replica, reason, code, texts }, gone];
  }
  /** An alert opened, or is no longer open. */
  alert(alert2) {
    if (this.replica === null) return [];
    if (isOpen(alert2)) this.alerts.set(alert2.id, alert2);
    else this.alerts.delete(alert2.id);
    return [{ type: "alert", draft: this.replica, alert: alert2 }];
  }
  /** Somebody deployed, or the draft has caught up. */
  fellBehind(message) {
    const { replica } = this;
    if (replica === null) return [];
    replica.baseVersion = message.base_version;
    replica.headVersion = message.head.number;
    this.behind = message.base_version === message.head.number ? null : message;
    return [{ type: "behind", draft: replica, behind: message }];
  }
  /** What stands in the way of a deploy has changed. */
  diagnosed(message) {
    if (this.replica === null) return [];
    this.diagnostics = message.diagnostics;
    return [{ type: "diagnostics", draft: this.replica, diagnostics: message.diagnostics }];
  }
  // ---------------------------------------------------------------- where the others are
  /** Their carets in coordinates of the view. */
  caretsInView(present2) {
    return this.replica === null ? [] : this.carets?.inView(this.replica.pending, present2) ?? [];
  }
  /** Take presence entries of the item that the draft is of. */
  present(entries) {
    if (this.replica === null) return [];
    for (const entry of entries) this.place(entry);
    return [{ type: "carets", draft: this.replica }];
  }
  place(entry) {
    if (entry.sid === this.line.sid || entry.draft !== this.replica?.id) this.carets?.remove(entry.sid);
    else this.carets?.place(entry);
  }
  // ---------------------------------------------------------------- status
  /** What may be said of saving, now. */
  status() {
    const { replica } = this;
    if (replica === null || this.gone) return "gone";
    if (this.line.signedOut) return "signed_out";
    if (this.trouble !== null) return this.trouble;
    if (!this.line.hears) return replica.hasPending ? "local" : "offline";
    if (replica.hasPending) {
      const since = Math.max(replica.typedMs, this.wentOnMs);
      return this.line.nowMs - since >= WAITING_AFTER_MS ? "waiting" : "saving";
    }
    if (!replica.live) return "saving";
    return replica.may === "type" ? "saved" : "read_only";
  }
  /** Tell the status if it is another than was told last. */
  statusChanged() {
    if (this.replica === null || this.gone) return [];
    const status = this.status();
    if (status === this.told) return [];
    this.told = status;
    return [{ type: "status", draft: this.replica, status }];
  }
};
function changedAtAll(draft) {
  return { type: "changed", draft, seq: draft.seq, by: null, text: [], structural: true };
}
function readOnce(events) {
  let reads = false;
  return events.filter((event) => {
    if (event.type !== "changed") return true;
    const drop = reads;
    reads ||= event.structural;
    return !drop;
  });
}
function haveOf(replica) {
  return { id: replica.id, generation: replica.generation, have: replica.seq, mark: replica.mark, item: replica.item };
}
function isOpen(alert2) {
  return (alert2.state ?? "open") === "open";
}

// src/session/line.ts
var SILENT_AFTER_MS = 2e4;
var PARK_AGAIN_AFTER_MS = 1e3;
var ROOM_AGAIN_AFTER_MS = 6e4;
var Line = class {
  /** `newKey` gives random keys of batches. */
  constructor(newKey) {
    this.newKey = newKey;
  }
  newKey;
  nowMs = 0;
  welcome = null;
  greeted = false;
  // welcomed on this connection
  signedOut = false;
  heardMs = -Infinity;
  outgoing = [];
  nextRef = 1;
  parking = /* @__PURE__ */ new Map();
  parkAgainMs = Infinity;
  /** The public id of this session, nothing before the first welcome. */
  get sid() {
    return this.welcome?.sid ?? "";
  }
  /** The most ops that the server takes in one edit. */
  get mostOps() {
    return this.welcome?.limits["ops"] ?? Infinity;
  }
  /** The largest frame that the server takes. */
  get frameBytes() {
    return this.welcome?.limits["frame_bytes"] ?? Infinity;
  }
  /** Whether the server was heard lately: what is not pending is saved. */
  get hears() {
    return this.greeted && this.nowMs - this.heardMs <= SILENT_AFTER_MS;
  }
  /** A number for a question. */
  ref() {
    return this.nextRef++;
  }
  /** Send a message if the server listens; it is not kept for later. */
  say(message) {
    if (this.greeted) this.outgoing.push(message);
  }
  /** The connection ended. */
  cut() {
    this.greeted = false;
    this.outgoing.length = 0;
    this.heardMs = -Infinity;
  }
  /** What is to be sent now, in order. */
  take() {
    return this.outgoing.splice(0);
  }
  // ---------------------------------------------------------------- texts on their way into the stash
  /** Send texts to the stash, in as many messages as frames need. */
  park(draft, generation, { reason, base, texts }, item) {
    for (const portion of portionsOf(texts, this.frameBytes)) {
      const ref = this.ref();
      const park = { t: "park", ref, draft, generation, reason, base, texts: portion, item };
      this.parking.set(ref, park);
      this.say(park);
    }
  }
  /** Whether texts of a draft are not known to be in the stash yet. */
  parks(draft) {
    return [...this.parking.values()].some((park) => park.draft === draft);
  }
  /** The messages with texts of a draft that the stash is not known to have. */
  parksOf(draft) {
    return [...this.parking.values()].filter((park) => park.draft === draft);
  }
  /** Take over such messages of an earlier load of the page. */
  takeParks(parks) {
    for (const park of parks) {
      const ref = this.ref();
      this.parking.set(ref, { ...park, ref });
    }
  }
  /** The stash has them; gives their draft. */
  parked(ref) {
    const park = this.parking.get(ref);
    this.parking.delete(ref);
    return park?.draft ?? null;
  }
  /** The stash did not take them: again later if that may help; false if no such texts are on their way. */
  parkFailed(ref, code) {
    if (!this.parking.has(ref)) return false;
    if (mayPass(code)) this.parkAgainMs = this.nowMs + (code === "quota" ? ROOM_AGAIN_AFTER_MS : PARK_AGAIN_AFTER_MS);
    else this.parking.delete(ref);
    return true;
  }
  /** Send what is not confirmed once more. */
  parkAgain() {
    this.parkAgainMs = Infinity;
    this.outgoing.push(...this.parking.values());
  }
  /** Send again what the stash did not take, if it is time. */
  tick() {
    if (this.greeted && this.nowMs >= this.parkAgainMs) this.parkAgain();
  }
};
function portionsOf(texts, frameBytes) {
  const room = frameBytes - FRAME_SPARE_BYTES;
  const portions = [];
  let size = 0;
  for (const text2 of texts) {
    const fits = encodedBytes(text2) <= room ? text2 : { at: text2.at, mine: text2.mine };
    const wanted = encodedBytes(fits) + 1;
    if (wanted > room) continue;
    const last = portions.at(-1);
    if (last === void 0 || size + wanted > room) {
      portions.push([fits]);
      size = wanted;
    } else {
      last.push(fits);
      size += wanted;
    }
  }
  return portions;
}

// src/session/session.ts
var FOCUS_EVERY_MS = 100;
var SEEN_EVERY_MS = 1e3;
var NOBODY = /* @__PURE__ */ new Map();
var Session = class {
  constructor(options) {
    this.options = options;
    this.id = options.session;
    this.line = new Line(options.newKey);
  }
  options;
  id;
  attempt = 0;
  resume = null;
  visible = true;
  items = /* @__PURE__ */ new Map();
  /** Item → public session id → who is there. */
  presence = /* @__PURE__ */ new Map();
  presenceUnknown = /* @__PURE__ */ new Set();
  line;
  opening = /* @__PURE__ */ new Map();
  // asked for, no whole state yet
  channels = /* @__PURE__ */ new Map();
  subscribed = /* @__PURE__ */ new Map();
  inHello = /* @__PURE__ */ new Set();
  // channels that this connection's hello asked for
  focusWanted = null;
  focusLast = null;
  focusMs = -Infinity;
  seenMs = -Infinity;
  /** What the server said last when it let the session in. */
  get welcome() {
    return this.line.welcome;
  }
  /** Whether the server does not let this session in as it is. */
  get signedOut() {
    return this.line.signedOut;
  }
  // ---------------------------------------------------------------- what is followed
  /** Follow a draft, named or chosen by the server; the number comes back in `opened` or `failed`. */
  open(what) {
    const ask = { t: "open", ref: this.line.ref(), ...what };
    this.opening.set(ask.ref, new DraftChannel(this.line, ask));
    this.line.say(ask);
    return ask.ref;
  }
  /** The ids of the followed drafts. */
  get drafts() {
    return [...this.channels].filter(([, { replica }]) => replica !== null).map(([id]) => id);
  }
  /** The copy of a followed draft. */
  draft(id) {
    return this.channels.get(id)?.replica ?? null;
  }
  /** Which head a draft is behind, if it is. */
  behind(draft) {
    return this.channels.get(draft)?.behind ?? null;
  }
  /** What stands in the way of a deploy, as the server said last. */
  diagnostics(draft) {
    return this.channels.get(draft)?.diagnostics ?? [];
  }
  /** The alerts of a draft that are open, oldest first. */
  alerts(draft) {
    const alerts = [...this.channels.get(draft)?.alerts.values() ?? []];
    return alerts.sort((a, b) => a.opened_at - b.opened_at);
  }
  /** Where the other sessions are in a draft, in coordinates of its view. */
  carets(draft) {
    const channel = this.channels.get(draft);
    if (!channel?.replica) return [];
    return channel.caretsInView(this.presence.get(channel.replica.item) ?? NOBODY);
  }
  /** Follow `item:<id>` or `workspace:<id>`. */
  subscribe(channel) {
    this.subscribed.set(channel, null);
    this.line.say({ t: "subscribe", ref: this.line.ref(), channel });
  }
  /** Leave `draft:<id>`, `item:<id>` or `workspace:<id>`. */
  leave(channel) {
    this.subscribed.delete(channel);
    const [kind, id] = split(channel);
    if (kind === "draft") this.channels.delete(id);
    if (kind === "item") this.forgetItem(id);
    this.line.say({ t: "close", channel });
  }
  forgetItem(item) {
    this.items.delete(item);
    this.presence.delete(item);
  }
  // ---------------------------------------------------------------- what outlives the page
  /** Whether anything of a draft is in nobody's hands but this session's. */
  hasUnsent(draft) {
    return (this.draft(draft)?.hasPending ?? false) || this.line.parks(draft);
  }
  /** What of a draft is in nobody's hands but this session's; null if there is nothing. */
  unsent(draft) {
    const replica = this.draft(draft);
    if (replica === null || this.resume === null || !this.hasUnsent(draft)) return null;
    const parks = this.line.parksOf(draft);
    return { session: this.id, resume: this.resume, attempt: this.attempt, replica: replica.save(), parks };
  }
  /** Go on with what an earlier load of the page left of this very session; before the first connection. */
  restore({ resume, attempt, replica: saved, parks }) {
    this.resume = resume;
    this.attempt = Math.max(this.attempt, attempt);
    const channel = new DraftChannel(this.line, { t: "open", ref: this.line.ref(), item: saved.item, draft: saved.draft });
    channel.replica = DraftReplica.restore(saved);
    this.channels.set(saved.draft, channel);
    this.line.takeParks(parks);
  }
  // ---------------------------------------------------------------- the connection
  /** A connection stands: what to say first. */
  connected(token) {
    this.attempt++;
    this.line.greeted = false;
    this.line.outgoing.length = 0;
    this.inHello = new Set(this.subscribed.keys());
    const names = (kind) => [...this.subscribed.keys()].filter((channel) => channel.startsWith(kind + ":")).map((channel) => split(channel)[1]);
    const drafts = [...this.channels.values()].map((channel) => channel.have()).filter((have2) => have2 !== null);
    return [
      {
        t: "hello",
        session: this.id,
        attempt: this.attempt,
        client: this.options.client,
        ...this.resume === null ? {} : { resume: this.resume },
        ...token === null ? {} : { token },
        ...this.options.run === null ? {} : { run: this.options.run },
        ...this.options.agent == null ? {} : { agent: this.options.agent },
        ...drafts.length > 0 ? { drafts } : {},
        ...names("item").length > 0 ? { items: names("item") } : {},
        ...names("workspace").length > 0 ? { workspaces: names("workspace") } : {}
      }
    ];
  }
  /** The connection ended: nothing is lost, nothing is saved. */
  disconnected(code) {
    this.line.cut();
    if (code === CLOSE.NO_AUTH || code === CLOSE.FORBIDDEN) this.line.signedOut = true;
    for (const channel of [...this.opening.values(), ...this.channels.values()]) channel.cut();
    for (const [draft, { replica }] of this.channels) {
      if (replica === null) this.channels.delete(draft);
    }
    return this.statuses();
  }
  /** What is to be sent now, in order. */
  takeOutgoing() {
    if (!this.line.greeted) return [];
    for (const channel of this.channels.values()) {
      const edit = channel.takeEdit();
      if (edit !== null) this.line.outgoing.push(edit);
    }
    return this.line.take();
  }
  /** Time passes: retries, caret and seen messages that waited, "saved" that is no longer known. */
  tick(nowMs) {
    this.line.nowMs = nowMs;
    for (const channel of this.channels.values()) channel.tick();
    this.line.tick();
    this.sendFocus();
    this.sendSeen();
    return this.statuses();
  }
  // ---------------------------------------------------------------- what the person does
  /** Change a draft; its view has it when this returns. Raises Problem if the ops don't fit. */
  edit(draft, ops, nowMs) {
    this.line.nowMs = nowMs;
    const [channel, replica] = this.known(draft);
    channel.edit(replica, ops);
    return this.statuses();
  }
  /**
   * Do what `rewound` offers, merged with what was written since; where both changed, the stash has it. Raises Problem,
   * and changes nothing, if the draft can't be typed in or it is too large for an edit.
   */
  bringBack(draft, nowMs) {
    this.line.nowMs = nowMs;
    const [channel, replica] = this.known(draft);
    const changed = channel.bringBack(replica);
    return changed.length > 0 ? [...changed, ...this.statuses()] : [];
  }
  known(draft) {
    const channel = this.channels.get(draft);
    if (!channel?.replica) throw new Problem("not_found");
    return [channel, channel.replica];
  }
  /** Say where this session is, in coordinates of the view; sent at most ten times a second, and not while typing. */
  focus(where) {
    this.focusWanted = this.focusLast = where;
    this.sendFocus();
  }
  /** Whether it says that it is at an item. */
  isAt(item) {
    return this.focusLast?.item === item;
  }
  /** The same place reads otherwise after a foreign change; nothing is sent for that alone, nor of who never said to be there. */
  refocus(where) {
    if (this.focusLast === null) return;
    this.focusLast = where;
    if (this.focusWanted !== null) this.focusWanted = where;
  }
  /** The person has looked at what was parked. */
  dismissParked(draft) {
    this.channels.get(draft)?.dismissParked();
    return this.statuses();
  }
  /** Hide an alert here; what the server knows of it stays. */
  dismissAlert(draft, alert2) {
    this.channels.get(draft)?.alerts.delete(alert2);
  }
  sendFocus() {
    const where = this.focusWanted;
    if (where === null || !this.line.greeted || this.line.nowMs - this.focusMs < FOCUS_EVERY_MS) return;
    const replica = where.draft === void 0 ? null : this.draft(where.draft);
    if (where.draft !== void 0 && (replica === null || !replica.live)) return;
    if (replica?.hasPending) return;
    this.focusWanted = null;
    this.focusMs = this.line.nowMs;
    const message = { t: "focus", ...where };
    this.line.outgoing.push(replica === null ? message : { ...message, seq: replica.seq });
  }
  sendSeen() {
    if (!this.visible || !this.line.greeted || this.line.nowMs - this.seenMs < SEEN_EVERY_MS) return;
    for (const channel of this.channels.values()) {
      const seen = channel.takeSeen();
      if (seen === null) continue;
      this.seenMs = this.line.nowMs;
      this.line.outgoing.push(seen);
    }
  }
  // ---------------------------------------------------------------- what the server says
  /** Take one message. */
  receive(message, nowMs) {
    this.line.nowMs = nowMs;
    const events = this.read(message);
    return [...events, ...this.statuses()];
  }
  read(message) {
    switch (message.t) {
      case "welcome":
        return this.welcomed(message);
      case "state":
        return this.state(message);
      case "presence":
        return this.present(message);
      case "item":
        this.items.set(message.item, message);
        return [{ type: "item", item: message }];
      case "event":
        this.subscribed.set(`workspace:${message.workspace}`, message.number);
        return [{ type: "events", workspace: message.workspace, number: message.number, events: message.events ?? [] }];
      case "ask":
        return [{ type: "asked", ask: message.ask }];
      case "deleted":
        return [{ type: "deleted", deleted: message }];
      case "gone":
        return this.gone(message.channel, message.code ?? "not_found", message.ref ?? 0);
      case "parked":
        return this.parked(message.ref, message.stash);
      case "ping":
        this.line.heardMs = this.line.nowMs;
        this.line.outgoing.push({ t: "pong", n: message.n });
        return [];
      case "answer":
      case "streamed":
      case "run":
      // of a tool, a stream or a run of an agent: this client has none
      case "bye":
        return [];
      case "error":
        return this.failed(message.ref ?? 0, message.code, message.message);
      default:
        return this.readOfDraft(message);
    }
  }
  readOfDraft(message) {
    const channel = this.channels.get(message.draft);
    if (channel === void 0) return message.t === "behind" ? [{ type: "behindElsewhere", behind: message }] : [];
    switch (message.t) {
      case "piece":
        return this.settled(channel.piece(message, (item) => this.entries(item)));
      case "opened":
        return channel.opened(message);
      case "ops":
        return channel.ops(message);
      case "refused":
        return channel.refused(message);
      case "alert":
        return channel.alert(message.alert);
      case "diagnostics":
        return channel.diagnosed(message);
      case "behind":
        return channel.fellBehind(message);
      case "reset":
        return channel.reset(message);
      case "may":
        return channel.mayChanged(message.may, message.why ?? null);
    }
  }
  welcomed(message) {
    const { line } = this;
    this.resume = message.resume;
    line.welcome = message;
    line.signedOut = false;
    line.heardMs = line.nowMs;
    if (line.greeted) return [{ type: "welcome", welcome: message }];
    line.greeted = true;
    for (const { ask } of this.opening.values()) line.outgoing.push(ask);
    for (const [channel, after] of this.subscribed) {
      if (!this.inHello.has(channel)) line.outgoing.push({ t: "subscribe", ref: line.ref(), channel, after });
    }
    line.parkAgain();
    for (const channel of this.channels.values()) channel.welcomed();
    this.focusWanted ??= this.focusLast;
    return [{ type: "welcome", welcome: message }];
  }
  state(message) {
    let known = this.channels.get(message.draft);
    if (!known?.replica) known = this.opening.get(message.ref ?? 0) ?? known;
    if (known === void 0) return [];
    this.channels.set(message.draft, known);
    return this.settled(known.state(message, this.entries(message.item)));
  }
  /** A state that came whole answers what asked for it. */
  settled(events) {
    for (const event of events) if (event.type === "opened") this.opening.delete(event.ref);
    return events;
  }
  parked(ref, stash) {
    const draft = this.line.parked(ref);
    if (draft === null) return [];
    this.channels.get(draft)?.parked();
    return [{ type: "stashed", draft, stash }];
  }
  gone(channel, code, ref) {
    const events = [{ type: "gone", channel, code }];
    const [kind, id] = split(channel);
    const followed = kind === "draft" ? this.channels.get(id) : void 0;
    if (this.opening.delete(ref) || followed?.asks(ref)) events.push({ type: "failed", ref, code, message: code });
    this.subscribed.delete(channel);
    if (kind === "item") this.forgetItem(id);
    return [...events, ...followed?.ended(code) ?? []];
  }
  entries(item) {
    return (this.presence.get(item) ?? NOBODY).values();
  }
  present(message) {
    const here = message.full ? /* @__PURE__ */ new Map() : this.presence.get(message.item) ?? /* @__PURE__ */ new Map();
    this.presence.set(message.item, here);
    if (message.unknown) this.presenceUnknown.add(message.item);
    else this.presenceUnknown.delete(message.item);
    for (const sid of message.gone ?? []) here.delete(sid);
    for (const entry of message.here ?? []) here.set(entry.sid, entry);
    const events = [{ type: "presence", item: message.item }];
    for (const channel of this.channels.values()) {
      if (channel.replica?.item === message.item) events.push(...channel.present(message.here ?? []));
    }
    return events;
  }
  failed(ref, code, message) {
    if (this.line.parkFailed(ref, code)) return [{ type: "error", code, message }];
    if (this.opening.delete(ref)) return [{ type: "failed", ref, code, message }];
    for (const [draft, channel] of this.channels) {
      if (!channel.asks(ref) || mayPass(code)) continue;
      return [{ type: "failed", ref, code, message }, { type: "gone", channel: `draft:${draft}`, code }, ...channel.ended(code)];
    }
    return [{ type: "error", code, message }];
  }
  // ---------------------------------------------------------------- status
  /** What may be said of saving, now. */
  status(draft) {
    return this.channels.get(draft)?.status() ?? "gone";
  }
  statuses() {
    return [...this.channels.values()].flatMap((channel) => channel.statusChanged());
  }
};
function split(channel) {
  const colon = channel.indexOf(":");
  return [channel.slice(0, colon), channel.slice(colon + 1)];
}

// src/sdk/client.ts
var TICK_MS = 250;
var WELCOME_WITHIN_MS = 15e3;
var SOCKET_PATH = "/v1/ws";
var RENEW_BEFORE_S = 60;
var OPEN = 1;
var Client = class _Client {
  /** `left`: the session of an earlier load of a page, to be gone on with; only this module gives it. */
  constructor(options, left = null) {
    this.options = options;
    this.left = left;
    this.session = new Session({
      session: left?.records[0]?.session ?? randomId(),
      newKey: randomId,
      client: options.client ?? "draftwire-js/0.1",
      run: options.run ?? null,
      agent: options.agent ?? null
    });
    for (const record of left?.records ?? []) this.session.restore(record);
    this.sentences = { ...STATUS_SENTENCES, ...options.sentences };
    this.socketOf = options.WebSocket ?? globalThis.WebSocket;
  }
  options;
  left;
  session;
  state = "closed";
  socket = null;
  listeners = /* @__PURE__ */ new Set();
  waiting = /* @__PURE__ */ new Map();
  sentences;
  deliveries = /* @__PURE__ */ new Set();
  followed = /* @__PURE__ */ new Map();
  leaving = /* @__PURE__ */ new Set();
  // drafts that are left when all of theirs is sent
  channels = /* @__PURE__ */ new Set();
  // that whoever uses this client subscribed to
  socketOf;
  keeper = null;
  keeping = null;
  // the journal is asked for once
  givingBack = null;
  recovering = /* @__PURE__ */ new Set();
  lastToken = null;
  calls = null;
  failures = 0;
  byeAfterMs = null;
  reconnectTimer;
  tickTimer;
  welcomeTimer;
  renewTimer;
  wanted = false;
  /** Call `listener` with everything that happens; the answer ends it. */
  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  connect() {
    if (this.wanted) return;
    if (this.socketOf === void 0) throw new Error("There is no WebSocket here: pass one as the option WebSocket.");
    this.wanted = true;
    globalThis.addEventListener?.("online", this.wake);
    globalThis.addEventListener?.("focus", this.wake);
    globalThis.addEventListener?.("pagehide", this.hide);
    globalThis.document?.addEventListener("visibilitychange", this.look);
    this.look();
    this.tickTimer = setInterval(this.tick, TICK_MS);
    void this.dial();
  }
  /** Leave for good: what is unsent stays in the session, `connect` goes on. */
  close() {
    this.wanted = false;
    globalThis.removeEventListener?.("online", this.wake);
    globalThis.removeEventListener?.("focus", this.wake);
    globalThis.removeEventListener?.("pagehide", this.hide);
    globalThis.document?.removeEventListener("visibilitychange", this.look);
    clearInterval(this.tickTimer);
    clearTimeout(this.reconnectTimer);
    for (const client of this.recovering) client.close();
    this.drop(1e3);
    this.deliver(this.session.disconnected());
    this.enter({ type: "connection", state: "closed" });
  }
  /** Leave for good and forget what this user has unsent in this browser: for a person who signs out. */
  async signOut() {
    this.close();
    await this.keeping;
    await this.givingBack;
    await this.keeper?.wipe();
    this.keeper = null;
  }
  /** Follow a draft; resolves with the first state, rejects if it can't be seen. */
  open(what) {
    const ref = this.session.open(what);
    const opened = new Promise((done, fail) => this.waiting.set(ref, { done, fail }));
    this.flush();
    return opened;
  }
  /**
   * Follow a draft with presence, as a handle: named, or chosen by the server for the item. Handles of one draft are one;
   * each is closed by whoever asked for it. The others see that this person looks at it, unless `present` is false. Rejects
   * with a Problem if the draft can't be seen.
   */
  async draft({ present: present2 = true, ...what }) {
    const replica = await this.open(what);
    const { id, item } = replica;
    this.leaving.delete(id);
    const known = this.followed.get(id);
    if (known !== void 0) {
      known.uses++;
      return known.handle;
    }
    const handle = new DraftHandle(this, replica, () => this.unfollow(id));
    this.followed.set(id, { handle, uses: 1 });
    if (!this.follows(item, id) && !this.channels.has(`item:${item}`)) this.session.subscribe(`item:${item}`);
    if (present2) handle.focus({ state: "viewing" });
    else this.flush();
    return handle;
  }
  follows(item, besides) {
    return [...this.followed].some(([id, { handle }]) => id !== besides && handle.item === item);
  }
  unfollow(draft) {
    const known = this.followed.get(draft);
    if (known === void 0 || --known.uses > 0) return;
    this.followed.delete(draft);
    const channel = `item:${known.handle.item}`;
    if (!this.channels.has(channel) && !this.follows(known.handle.item, draft)) this.session.leave(channel);
    this.leaving.add(draft);
    this.leaveSent();
    this.flush();
  }
  /** Leave those drafts whose handles are closed and of which nothing is unsent any more. */
  leaveSent() {
    for (const draft of this.leaving) {
      if (this.session.hasUnsent(draft)) continue;
      this.leaving.delete(draft);
      if (!this.channels.has(`draft:${draft}`)) this.session.leave(`draft:${draft}`);
    }
  }
  /** Leave a channel: `draft:<id>`, `item:<id>` or `workspace:<id>`. */
  leave(channel) {
    this.channels.delete(channel);
    this.session.leave(channel);
    this.flush();
  }
  /** Follow a state channel: `item:<id>` or `workspace:<id>`. */
  subscribe(channel) {
    this.channels.add(channel);
    this.session.subscribe(channel);
    this.flush();
  }
  /** Change a draft; the view has it when this returns. Raises Problem if the ops don't fit the view. */
  edit(draft, ops, options = {}) {
    const before = this.session.draft(draft)?.view;
    const events = this.session.edit(draft, ops, Date.now());
    if (before !== void 0) this.followed.get(draft)?.handle.edited(before, ops, options);
    this.deliver(events);
    this.keeper?.touch();
    this.flush();
  }
  /**
   * Ask the server over HTTP as the same person: `request("/v1/items?limit=20")`. A token that has expired is asked for
   * anew once.
   */
  async request(path, init = {}) {
    const ask = async (token) => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${token}`);
      if (this.options.agent !== void 0) headers.set("draftwire-agent", utf8(this.options.agent));
      return fetch(httpAddress(this.options.url) + path, { ...init, headers });
    };
    const answer2 = await ask(this.lastToken ??= await this.options.token());
    return answer2.status === 401 ? ask(this.lastToken = await this.options.token()) : answer2;
  }
  /** Everything over HTTP, typed: `client.api.items.list({ q: "refund" })`. It needs no connection. */
  get api() {
    return this.calls ??= callsOf((path, init) => this.request(path, init));
  }
  /** Call `listener` with all events of one message, or one step of the clock, at a time; the answer ends it. */
  onDelivery(listener) {
    this.deliveries.add(listener);
    return () => this.deliveries.delete(listener);
  }
  /** Write what is unsent into the journal now; resolves when it is there. */
  async keep() {
    await this.keeping;
    await this.keeper?.flush();
  }
  /** Drop what an earlier load left and could not be given back (`givenBack` with `kept`). */
  async forgetUnsent(key) {
    await this.keeper?.journal.write([], [key]);
  }
  /** Say where this session is, in coordinates of the view. */
  focus(where) {
    this.session.focus(where);
    this.flush();
  }
  /** The same place reads otherwise after a foreign change; nothing is sent for that alone. */
  refocus(where) {
    this.session.refocus(where);
  }
  /** Bring back what was lost when the log was rewound (see the event `rewound`). Raises Problem. */
  bringBack(draft) {
    this.deliver(this.session.bringBack(draft, Date.now()));
    this.flush();
  }
  /** The person has looked at what was parked: the status may say "saved" again. */
  dismissParked(draft) {
    this.deliver(this.session.dismissParked(draft));
  }
  /** Whether a person can see what is shown: told where there is no document, as in a worker. */
  set visible(is) {
    this.session.visible = is;
    if (is) this.wake();
  }
  tick = () => {
    this.deliver(this.session.tick(Date.now()));
    this.flush();
  };
  look = () => {
    const { document: document2 } = globalThis;
    if (document2 !== void 0) this.session.visible = document2.visibilityState === "visible";
    if (this.session.visible) this.wake();
    else this.hide();
  };
  hide = () => {
    void this.keeper?.flush();
  };
  wake = () => {
    if (this.wanted && this.state === "waiting") void this.dial();
  };
  async dial() {
    clearTimeout(this.reconnectTimer);
    this.enter({ type: "connection", state: "connecting" });
    let token;
    try {
      token = this.lastToken = await this.options.token();
    } catch {
      this.comeBack(void 0);
      return;
    }
    if (!this.wanted || this.state !== "connecting" || this.socket !== null) return;
    const socket = new this.socketOf(socketAddress(this.options.url), [SUBPROTOCOL]);
    this.socket = socket;
    this.welcomeTimer = setTimeout(() => this.lost(socket, void 0), WELCOME_WITHIN_MS);
    socket.onopen = () => {
      for (const message of this.session.connected(token)) this.send(message);
    };
    socket.onmessage = (event) => this.read(socket, event.data);
    socket.onclose = (event) => this.lost(socket, event.code);
  }
  read(socket, data) {
    if (socket !== this.socket || typeof data !== "string") return;
    let message;
    try {
      message = decodeServerMessage(data);
    } catch (error) {
      if (error instanceof Problem && error.code === "unknown_message") return;
      console.error("draftwire: unreadable frame", error);
      this.lost(socket, void 0);
      return;
    }
    if (message.t === "welcome") this.welcomed(message.token_expires_in_s ?? null);
    if (message.t === "bye") this.byeAfterMs = message.reconnect_after_ms;
    const events = this.session.receive(message, Date.now());
    this.flush();
    this.deliver(events);
    if (message.t === "welcome") this.keeping ??= this.beginKeeping();
  }
  welcomed(expiresInS) {
    clearTimeout(this.welcomeTimer);
    clearTimeout(this.renewTimer);
    this.failures = 0;
    this.byeAfterMs = null;
    if (this.state !== "open") this.enter({ type: "connection", state: "open" });
    if (expiresInS !== null) {
      const inS = Math.min(expiresInS > 2 * RENEW_BEFORE_S ? expiresInS - RENEW_BEFORE_S : expiresInS / 2, 86400);
      this.renewTimer = setTimeout(() => void this.renew(), inS * 1e3);
    }
  }
  async renew() {
    const socket = this.socket;
    try {
      const token = this.lastToken = await this.options.token();
      if (socket !== null && socket === this.socket) this.send({ t: "auth", token });
    } catch {
      this.renewTimer = setTimeout(() => void this.renew(), 5e3);
    }
  }
  lost(socket, code) {
    if (socket !== this.socket) return;
    this.drop(void 0);
    this.deliver(this.session.disconnected(code));
    if (!this.wanted) return;
    if (code !== void 0 && !mayReconnect(code)) {
      this.enter({ type: "connection", state: "closed", code });
      this.wanted = false;
      clearInterval(this.tickTimer);
      return;
    }
    this.comeBack(code);
  }
  comeBack(code) {
    const inMs = this.byeAfterMs ?? pauseMs(this.failures, Math.random());
    this.byeAfterMs = null;
    this.failures++;
    const event = { type: "connection", state: "waiting", retryInMs: inMs };
    this.enter(code === void 0 ? event : { ...event, code });
    this.reconnectTimer = setTimeout(() => void this.dial(), inMs);
  }
  drop(code) {
    clearTimeout(this.welcomeTimer);
    clearTimeout(this.renewTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (code !== void 0 || socket.readyState <= OPEN) socket.close(code);
  }
  flush() {
    if (this.socket?.readyState !== OPEN) return;
    for (const message of this.session.takeOutgoing()) this.send(message);
  }
  send(message) {
    if (this.socket?.readyState === OPEN) this.socket.send(encodeMessage(message));
  }
  enter(event) {
    this.state = event.state;
    this.deliver([event]);
  }
  deliver(events) {
    if (events.length === 0) return;
    for (const { handle } of [...this.followed.values()]) handle.delivered(events);
    for (const listener of [...this.deliveries]) listener(events);
    for (const event of events) {
      if (event.type === "opened" && event.ref) {
        this.waiting.get(event.ref)?.done(event.draft);
        this.waiting.delete(event.ref);
      } else if (event.type === "failed") {
        this.waiting.get(event.ref)?.fail(new Problem(event.code, event.message));
        this.waiting.delete(event.ref);
      }
      for (const listener of this.listeners) listener(event);
    }
    this.leaveSent();
    this.keeper?.touch();
  }
  // ---------------------------------------------------------------- the journal
  async beginKeeping() {
    if (this.options.journal === false) return;
    const { welcome } = this.session;
    if (welcome === null) return;
    const scope = `${httpAddress(this.options.url)} ${welcome.workspace} ${welcome.actor.id}`;
    const failed = (why) => this.deliver([{ type: "journal", on: false, why }]);
    const keeper = await Keeper.begin(this.session, scope, failed, this.left?.keeper.journal);
    if (typeof keeper === "string") {
      failed(keeper);
      return;
    }
    this.keeper = keeper;
    this.keeper.touch();
    this.deliver([{ type: "journal", on: true }]);
    if (this.left === null) this.givingBack = this.giveBack(keeper);
  }
  /** Go on as every session of this user that ended before all was sent and that no living page holds. */
  async giveBack(keeper) {
    const sessions = new Set((await keeper.journal.records(keeper.scope)).map(({ session }) => session));
    sessions.delete(this.session.id);
    await Promise.all([...sessions].map((session) => this.giveBackOf(keeper, session)));
  }
  async giveBackOf(keeper, session) {
    const release = await holdSession(session);
    if (release === null) return;
    try {
      const records = (await keeper.journal.records(keeper.scope)).filter((record) => record.session === session);
      if (records.length > 0) await this.goOn(keeper, records);
    } finally {
      release();
    }
  }
  async goOn(keeper, records) {
    const client = new _Client(this.options, { records, keeper });
    this.recovering.add(client);
    const unsent = new Map(records.map(({ replica: { draft } }) => [draft, unsentTexts(client.session.draft(draft))]));
    const parked = /* @__PURE__ */ new Map();
    const ended = await new Promise((done) => {
      client.onDelivery((events) => {
        for (const event of events) {
          if (event.type === "parked") parked.set(event.draft.id, [...parked.get(event.draft.id) ?? [], ...event.texts]);
          if (event.type === "connection" && event.state === "closed") done(event.code === void 0 ? "closed" : "refused");
        }
        const { session } = client;
        if (records.every(({ replica: { draft } }) => session.status(draft) === "gone" || client.sent(draft))) done("settled");
      });
      client.connect();
    });
    for (const { key, replica } of ended === "closed" ? [] : records) {
      const { draft, item } = replica;
      const stashed = parked.get(draft) ?? [];
      const outcome = client.sent(draft) ? stashed.length > 0 ? "stashed" : "saved" : "kept";
      const texts = outcome === "stashed" ? stashed : outcome === "kept" ? unsentTexts(client.session.draft(draft)) : unsent.get(draft) ?? [];
      this.deliver([{ type: "givenBack", item, draft, outcome, texts, key }]);
    }
    client.close();
    await client.endKeeping();
    this.recovering.delete(client);
  }
  async endKeeping() {
    await this.keeping;
    await this.keeper?.end();
  }
  /** Whether all of a draft is with the server, as far as this connection has heard. */
  sent(draft) {
    return (this.session.draft(draft)?.live ?? false) && !this.session.hasUnsent(draft);
  }
};
function unsentTexts(copy) {
  return copy === null || !copy.hasPending ? [] : textsBetween(copy.confirmed, copy.view, copy.pending);
}
function given(url) {
  if (url !== void 0) return url;
  if (globalThis.location === void 0) throw new Error("There is no page here: pass the server's address as the option url.");
  return location.origin;
}
function socketAddress(url) {
  const found = new URL(given(url), globalThis.location?.href);
  found.protocol = found.protocol.replace("http", "ws");
  if (!found.pathname.endsWith(SOCKET_PATH)) found.pathname = found.pathname.replace(/\/$/, "") + SOCKET_PATH;
  return found.href;
}
function utf8(text2) {
  return String.fromCharCode(...new TextEncoder().encode(text2));
}
function httpAddress(url) {
  return socketAddress(url).replace(/^ws/, "http").slice(0, -SOCKET_PATH.length);
}

// src/merge/comparison.ts
var CONTEXT_LINES = 3;
var MAX_COMPARED = 1 << 20;
var MAX_LINES = 2e4;
var LABELS = ["summary", "label", "title", "name"];
var MAX_LABEL = 60;
function compare(before, after, shape, context = CONTEXT_LINES) {
  const comparer = new Comparer(Doc.load(before, shape), Doc.load(after, shape), context);
  comparer.members("", shape.root, before, after);
  return { changes: comparer.changes };
}
function compareText(before, after, context = CONTEXT_LINES) {
  const [a, b] = [linesOf(before), linesOf(after)];
  const coarse2 = before.length + after.length > MAX_COMPARED || a.length + b.length > MAX_LINES;
  const blocks = coarse2 ? trimmedLines(a, b) : hunksOf(a, b);
  return { hunks: groupsOf(blocks, context).map((group) => hunkOf(a, b, group, context)), coarse: coarse2 };
}
var Comparer = class {
  constructor(before, after, context) {
    this.before = before;
    this.after = after;
    this.context = context;
    this.was = this.track(before);
    this.is = this.track(after);
    this.both = new Set([...this.is.keys()].filter((id) => this.was.has(id) && this.isAlike(id)));
  }
  before;
  after;
  context;
  changes = [];
  was;
  is;
  both;
  // Which elements are known by their ids
  /** Where each element stands that is reached through objects and transparent arrays. */
  track(side) {
    const found = /* @__PURE__ */ new Map();
    this.trackIn(side.value, "", side.shape.root, found);
    return found;
  }
  trackIn(value, at2, place, found) {
    if (place.dead) return;
    if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (isObject(member) || isArray(member)) {
          this.trackIn(member, `${at2}/${escapeToken(name)}`, place.member(name), found);
        }
      }
    } else if (!isArray(value)) {
      return;
    } else if (place.keyed) {
      let left = null;
      value.forEach((element, position) => {
        const id = idOf2(element);
        found.set(id, left === null ? { array: at2, position } : { array: at2, position, after: left });
        left = id;
        this.trackIn(element, escapeToken(id), place.element(), found);
      });
    } else if (this.isTransparent(at2, place)) {
      value.forEach((element, i) => {
        if (isObject(element) || isArray(element)) this.trackIn(element, `${at2}/${i}`, place.element(), found);
      });
    }
  }
  /** Say whether a plain array has changed at most inside the keyed arrays in it. */
  isTransparent(at2, place) {
    const sides = [this.before.get(at2), this.after.get(at2)].filter((side) => side !== void 0);
    if (!sides.every((side) => isArray(side))) return false;
    const shown = sides.map((side) => skeleton2(side, place));
    return same(shown[0], shown.at(-1));
  }
  /** Say whether the arrays inside an element are keyed alike where it stands in both documents. */
  isAlike(id) {
    const at2 = escapeToken(id);
    const [was, is] = [this.before.place(at2), this.after.place(at2)];
    if (was === null || is === null) return false;
    return was === is || [this.before, this.after].every((side) => keyedAlike(side.get(at2), was, is));
  }
  // Members
  /** Compare two objects at one address. */
  members(at2, place, before, after) {
    for (const name of Object.keys({ ...before, ...after })) {
      this.member(`${at2}/${escapeToken(name)}`, place.member(name), memberOf(before, name), memberOf(after, name));
    }
  }
  member(at2, place, before, after) {
    if (isObject(before) && isObject(after) && !isMarker(before) && !isMarker(after)) {
      this.members(at2, place, before, after);
    } else if (isArray(before) && isArray(after) && place.keyed) {
      this.elements(at2, place, before, after);
    } else if (isArray(before) && isArray(after) && this.isTransparent(at2, place)) {
      before.forEach((was, i) => this.member(`${at2}/${i}`, place.element(), was, after[i]));
    } else if (typeof before === "string" && typeof after === "string" && place.text) {
      if (before !== after) this.text(at2, before, after);
    } else if (!same(before, after)) {
      this.value(at2, place, before, after);
    }
  }
  value(at2, place, before, after) {
    const label = this.label(at2);
    const was = before === void 0 ? null : this.stripped(before, place);
    const is = after === void 0 ? null : this.stripped(after, place);
    if (before === void 0) this.changes.push({ change: "member_added", at: at2, label, new: is });
    else if (after === void 0) this.changes.push({ change: "member_removed", at: at2, label, old: was });
    else this.changes.push({ change: "member_changed", at: at2, label, old: was, new: is });
    if (after !== void 0) this.arrivals(at2, place, after);
  }
  text(at2, before, after) {
    const { hunks, coarse: coarse2 } = compareText(before, after, this.context);
    const count = (kind) => hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.kind === kind).length, 0);
    this.changes.push({
      change: "text_changed",
      at: at2,
      label: this.label(at2),
      removed_lines: count("removed"),
      added_lines: count("added"),
      hunks,
      ...coarse2 ? { coarse: coarse2 } : {}
    });
  }
  // Elements
  elements(at2, place, before, after) {
    for (const element of before) {
      const id = idOf2(element);
      if (this.both.has(id)) continue;
      const old = this.stripped(element, place.element());
      const was = this.was.get(id);
      this.changes.push({ change: "element_removed", at: escapeToken(id), label: labelOf(element), was, old });
    }
    const stay = this.staying(at2, after);
    for (const element of after) this.element(element, place.element(), stay.has(idOf2(element)));
  }
  /** As many elements of an array as can have stayed while the others moved. */
  staying(at2, after) {
    const order = after.map(idOf2).filter((id) => this.both.has(id) && this.was.get(id)?.array === at2);
    const positions = order.map((id) => this.was.get(id).position);
    return new Set(longestAscent(positions).map((i) => order[i]));
  }
  element(element, place, stays) {
    const id = idOf2(element);
    const at2 = escapeToken(id);
    const label = labelOf(element);
    const to = this.is.get(id);
    if (!this.both.has(id)) {
      this.changes.push({ change: "element_added", at: at2, label, to, new: this.stripped(element, place) });
      this.arrivals(at2, place, element);
      return;
    }
    if (!stays) this.changes.push({ change: "element_moved", at: at2, label, was: this.was.get(id), to });
    this.members(at2, place, this.before.get(at2), element);
  }
  /** Tell of the elements that have moved into what is new. */
  arrivals(at2, place, value) {
    if (place.dead) return;
    if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        this.arrivals(`${at2}/${escapeToken(name)}`, place.member(name), member);
      }
    } else if (isArray(value)) {
      value.forEach((element, i) => {
        if (!place.keyed) this.arrivals(`${at2}/${i}`, place.element(), element);
        else if (this.both.has(idOf2(element))) this.element(element, place.element(), false);
        else this.arrivals(escapeToken(idOf2(element)), place.element(), element);
      });
    }
  }
  // What is shown
  /** A value without the elements that both documents have: those have moved. */
  stripped(value, place) {
    if (place.dead) return value;
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, this.stripped(member, place.member(name))])
      );
    }
    if (!isArray(value)) return value;
    const kept = value.filter((element) => !(place.keyed && this.both.has(idOf2(element))));
    return kept.map((element) => this.stripped(element, place.element()));
  }
  label(at2) {
    const [element, names] = parseAddress(at2);
    if (element === "") return names.join(" › ");
    const owner = escapeToken(element);
    const found = this.after.get(owner) ?? this.before.get(owner);
    return [labelOf(found), ...names].join(" › ");
  }
};
function idOf2(element) {
  return element["id"];
}
function labelOf(element) {
  for (const name of LABELS) {
    const said = memberOf(element, name);
    if (typeof said !== "string" || !/[^ \t\n\r]/.test(said)) continue;
    const line = said.replace(/^[ \t\n\r]+/, "").split("\n")[0].replace(/[ \t\r]+$/, "");
    const points = [...line];
    return points.length <= MAX_LABEL ? line : points.slice(0, MAX_LABEL - 1).join("") + "…";
  }
  return idOf2(element);
}
function skeleton2(value, place) {
  if (place.dead) return value;
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, skeleton2(member, place.member(name))]));
  }
  if (!isArray(value)) return value;
  return place.keyed ? [] : value.map((element) => skeleton2(element, place.element()));
}
function keyedAlike(element, one, other) {
  const found = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
  try {
    scanElement(element, one, ["", []], found[0]);
    scanElement(element, other, ["", []], found[1]);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
  return same(Object.fromEntries(found[0]), Object.fromEntries(found[1]));
}
function trimmedLines(a, b) {
  let [start, a1, b1] = [0, a.length, b.length];
  while (start < a1 && start < b1 && a[start] === b[start]) start++;
  while (a1 > start && b1 > start && a[a1 - 1] === b[b1 - 1]) {
    a1--;
    b1--;
  }
  return start < a1 || start < b1 ? [[start, a1, start, b1]] : [];
}
function groupsOf(blocks, context) {
  const groups = [];
  for (const block of blocks) {
    const before = groups.at(-1)?.at(-1);
    if (before !== void 0 && block[0] - before[1] <= 2 * context) groups.at(-1)?.push(block);
    else groups.push([block]);
  }
  return groups;
}
function hunkOf(a, b, blocks, context) {
  const lines = [];
  const [start, , to] = blocks[0];
  const before = Math.min(context, start);
  let [i, j] = [start - before, to - before];
  const first = [i, j];
  const keep = (end) => {
    for (; i < end; i++, j++) lines.push(lineOf("same", a[i], i + 1, j + 1));
  };
  for (const [a0, a1, b0, b1] of blocks) {
    keep(a0);
    lines.push(...blockOf(a.slice(a0, a1), b.slice(b0, b1), a0, b0));
    [i, j] = [a1, b1];
  }
  keep(Math.min(a.length, i + context));
  return { old_from: first[0] + 1, old_lines: i - first[0], new_from: first[1] + 1, new_lines: j - first[1], lines };
}
function blockOf(removed, added, a0, b0) {
  const words2 = wordsOf(removed, added);
  return [
    ...removed.map((line, k) => lineOf("removed", line, a0 + k + 1, void 0, words2?.[0][k])),
    ...added.map((line, k) => lineOf("added", line, void 0, b0 + k + 1, words2?.[1][k]))
  ];
}
function lineOf(kind, line, before, after, words2) {
  const ended = line.endsWith("\n");
  return {
    kind,
    text: ended ? line.slice(0, -1) : line,
    ...before === void 0 ? {} : { old: before },
    ...after === void 0 ? {} : { new: after },
    ...words2 === void 0 ? {} : { words: words2 },
    ...ended ? {} : { ended }
  };
}
function wordsOf(removed, added) {
  const [before, after] = [removed.join(""), added.join("")];
  if (before === "" || after === "" || codePoints(before, after) > MAX_REFINED) return null;
  const [a, b] = [tokensOf(before), tokensOf(after)];
  const [aAt, bAt] = [offsetsOf(a), offsetsOf(b)];
  const changed = hunksOf(a, b);
  const gone = changed.map(([a0, a1]) => [aAt[a0], aAt[a1]]);
  const come = changed.map(([, , b0, b1]) => [bAt[b0], bAt[b1]]);
  return [byLine(removed, gone), byLine(added, come)];
}
function byLine(block, spans) {
  let start = 0;
  let k = 0;
  return block.map((line) => {
    const next = start + line.length;
    const end = next - (line.endsWith("\n") ? 1 : 0);
    const found = [];
    for (let span = spans[k]; span !== void 0 && span[0] < next; span = spans[++k]) {
      const [low, high] = [Math.max(span[0], start), Math.min(span[1], end)];
      if (low < high) found.push([low - start, high - start]);
      if (span[1] > next) break;
    }
    start = next;
    return found;
  });
}

// src/bindings/leaf.ts
var LEAF_SENTENCES = {
  not_text: "This is no text any more: somebody has put something else in its place. What is shown here can still be copied.",
  no_such_place: "This was removed. What is shown here can still be copied."
};
function leafGone(draft, at2) {
  const said = draft.get(at2);
  if (typeof said === "string") return null;
  return said === void 0 ? "no_such_place" : "not_text";
}
function followText(draft, at2, origin, view) {
  let gone = null;
  return draft.on((event) => {
    if (event.type !== "change" || event.own && event.origin === origin) return;
    const mine = event.text.find((change) => change.at === at2)?.s;
    if (mine === void 0 && !event.structural) return;
    const was = gone;
    gone = leafGone(draft, at2);
    if (gone !== was) view.gone(gone, event.own);
    const said = draft.get(at2);
    if (typeof said !== "string") return;
    const shown = view.text();
    const leads = mine !== void 0 && applySplices(shown, mine).text === said;
    const splices = leads ? mine : diffText(shown, said);
    if (splices.length > 0) view.change(splices, event.cause);
  });
}
function mayType(draft) {
  return draft.may === "type" && !["signed_out", "gone"].includes(draft.status);
}
function remoteCarets(draft, at2, nameOf = shownName) {
  return draft.carets.filter((caret) => caret.at === at2 && caret.entry.state !== "idle").map(({ sid, anchor, head, entry }) => {
    const { actor } = entry;
    return { sid, anchor, head, name: nameOf(actor), agent: actor.kind === "agent", hue: hueOf(actor.user), entry };
  });
}
function shownName({ kind, name, on_behalf_of }) {
  if (kind !== "agent") return name;
  return on_behalf_of ? `✦ AI for ${on_behalf_of}` : `✦ ${name}`;
}
var HUES = Array.from({ length: 24 }, (_, i) => i * 15);
function hueOf(user) {
  let hash = 2166136261;
  for (let i = 0; i < user.length; i++) hash = Math.imul(hash ^ user.charCodeAt(i), 16777619) >>> 0;
  return HUES[hash % HUES.length];
}
function typedAt(before, after, caret) {
  const tail = after.length - caret;
  const end = before.length - tail;
  if (end < 0 || before.slice(end) !== after.slice(caret)) return differenceOf(before, after);
  let start = 0;
  const most = Math.min(end, caret);
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (splitsPair(before, start) || splitsPair(after, start)) start--;
  if (splitsPair(before, end) || splitsPair(after, caret)) return differenceOf(before, after);
  return start === end && start === caret ? [] : [[start, end - start, after.slice(start, caret)]];
}
function cleanText(text2) {
  return lf(text2).replaceAll("\0", "").replace(/\p{Surrogate}/gu, "�");
}

// src/wire/secret-names.ts
var words = (text2) => new Set(text2.split(" "));
var WORDS = words(
  "accesskey apikey apikeys authkey bearer connectionstring connstr credential credentials dsn jwt keytab mnemonic otp passcode passcodes passphrase passphrases passwd passwds password passwords privatekey pwd pwds secret secretkey secrets token tokens totp"
);
var GLUED = ["password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "privatekey", "accesskey"];
var LAST = words(
  "authorization cookie cookies pass pat pw"
);
var KEYS = words("key keys");
var KEYS_OF = words(
  "access account admin aes api app application auth cipher client crypto decryption deploy encryption function gpg hmac integration license master pem pgp private restricted root rsa sas secret security server service session shared sign signing ssh ssl storage subscription symmetric tls vault webhook"
);
var ENDINGS = /* @__PURE__ */ new Set([
  "account json",
  "backup code",
  "backup codes",
  "conn str",
  "conn string",
  "connection string",
  "connection strings",
  "connection uri",
  "recovery code",
  "recovery codes",
  "recovery phrase",
  "secret id",
  "seed phrase"
]);
var ASKING = words(
  "allow allows can count disable enable enables had has have hide is max min need needs num number require requires should show support supports total use uses using with without"
);
var ABOUT = words(
  "address age alg algorithm arn at audience balance bucket budget change changed check column cost count counter counts created date description dir directory disabled duration enabled encoding endpoint endpoints env expiration expire expired expires expiry field fields file filename files fingerprint folder format generator header headers help hint host id ids index issuer kind kinds label len length lifetime limit limits link location manager max method min mode name names number optional param parameter path paths placeholder policies policy position prefix price provider rate ref reference references region required reset resolver rotated rotation rule rules schema scope scopes size source state status store strategy strength supply symbol table thumbprint time timeout timestamp title ttl type types updated uri uris url urls usage validation validator var variable version versions visibility visible"
);
var PLAIN_TOKENS = words(
  "bos cached cancellation cls completion continuation end eos generated input mask output pad page pagination prompt reasoning remaining sep special start stop total unk used"
);
function isSecretName(name) {
  const found = (name.normalize("NFKC").match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
  const last = found.at(-1);
  if (last === void 0 || ASKING.has(found[0] ?? "")) return false;
  const before = found.at(-2) ?? "";
  if (ENDINGS.has(`${before} ${last}`)) return true;
  if (ABOUT.has(last) || (last === "token" || last === "tokens") && PLAIN_TOKENS.has(before)) return false;
  if (LAST.has(last) || found.some((word) => WORDS.has(word) || GLUED.some((end) => word.endsWith(end)))) return true;
  const pairs = found.slice(1).map((word, i) => [found[i] ?? "", word]);
  if (pairs.some(([first, second]) => WORDS.has(first + second) && !KEYS.has(second))) return true;
  return !found.includes("public") && pairs.some(([first, second]) => KEYS_OF.has(first) && KEYS.has(second));
}
export {
  CLOSE,
  CONTEXT_LINES,
  Carets,
  Client,
  Doc,
  DraftHandle,
  DraftReplica,
  ELEMENT,
  FRAME_SPARE_BYTES,
  HUES,
  JOIN_WITHIN_MS,
  KEPT_DAYS,
  LEAF_SENTENCES,
  Lost,
  MAX_COMPARED,
  MAX_DEPTH,
  MAX_DEPTH_OF_SEARCH,
  MAX_EDITS,
  MAX_ID,
  MAX_INTEGER,
  MAX_LINES,
  MAX_REFINED,
  Batch as OpBatch,
  Pieces,
  Place,
  Problem,
  Rewind,
  STATUS_SENTENCES,
  SUBPROTOCOL,
  Session,
  Shape,
  UNDO_DEPTH,
  Undo,
  VALUE_DEPTH,
  applySplices,
  callsOf,
  canonicalSplices,
  carry,
  carryPoint,
  carrySpan,
  changeBy,
  checkJson,
  checkOp,
  checkSplice,
  checkText,
  checkValue,
  clashes,
  cleanText,
  codePoints,
  compare,
  compareText,
  compose,
  composeSplices,
  copyText,
  decodeClientMessage,
  decodeOp,
  decodeServerMessage,
  diff,
  diffText,
  differenceOf,
  encodeMessage,
  encodedBytes,
  escapeToken,
  focusedElement,
  follow,
  followText,
  formatAddress,
  formatJson,
  freshId,
  goneIds,
  hueOf,
  hunksOf,
  invert,
  invertSplices,
  isArray,
  isId,
  isInside,
  isMarker,
  isObject,
  isSecretName,
  isWellFormed,
  land,
  leafGone,
  lf,
  linesOf,
  longestAscent,
  matchesOf,
  mayPass,
  mayReconnect,
  mayType,
  memberOf,
  merge,
  mergeText,
  offsetsOf,
  ownerOf,
  parseAddress,
  parseJson,
  pauseMs,
  placesIn,
  placesOfElement,
  quoted,
  randomId,
  rebase,
  remoteCarets,
  renamed,
  renamedElement,
  same,
  scan,
  scanElement,
  sharedLocks,
  shownName,
  splitsPair,
  textsBetween,
  tokensOf,
  transformSplices,
  typedAt,
  unescapeToken,
  unquoted,
  validateInsert,
  validateSplices
};
