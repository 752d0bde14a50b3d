/**
 * Reads and writes frames: JSON with the contract's limits, messages with the shapes of `messages.ts`.
 *
 * Refuses what `draftwire.wire.codec` refuses: depth over 100, U+0000 and lone surrogates in any string, integers beyond
 * ±2^53, a member named `__proto__`. One thing is out of reach: `JSON.parse` keeps the last of two equal members
 * and tells nobody, so `duplicate_key` is found by the server alone. Members that the contract does not name are
 * kept and ignored.
 */

import { Problem } from "../errors.js";
import type { ClientMessage, ServerMessage } from "./messages.js";
import type { Json, JsonObject, Op } from "../document/ops.js";

export const MAX_DEPTH = 100;
export const MAX_INTEGER = 2 ** 53; // beyond it JavaScript rounds silently

const WRAPPING = 16; // a message wraps a document in this many levels at most

/** Parse JSON text within the contract's limits. Raises Problem. */
export function parseJson(text: string): Json {
  return parse(text, 0);
}

function parse(text: string, depth: number): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem(error instanceof RangeError ? "too_deep" : "bad_json");
  }
  if (/[0-9]{16}/.test(text)) checkIntegers(text);
  checkJson(value, depth);
  return value as Json;
}

/** Look at the integers as they are written: once they are numbers it is too late. The text must be valid JSON. */
function checkIntegers(text: string): void {
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g)) {
    if (!/^-?[0-9]{16,}$/.test(token)) continue;
    const integer = BigInt(token);
    if ((integer > BigInt(MAX_INTEGER) || integer < -BigInt(MAX_INTEGER)) && !namesDouble(token)) throw new Problem("bad_number");
  }
}

/** Whether an integer is a double exactly as it is written: 1e16 is 10000000000000000, any neighbour of that would be rounded. */
function namesDouble(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  const [digits = "", exponent = "0"] = number.toExponential().split("e");
  return digits.replace(".", "").padEnd(Number(exponent) + (number < 0 ? 2 : 1), "0") === token;
}

/** Write a value as JSON text, after checking that it keeps the contract's limits. */
export function formatJson(value: unknown): string {
  checkJson(value, -WRAPPING);
  const text = JSON.stringify(value);
  if (/[0-9]{16}/.test(text)) checkIntegers(text);
  return text;
}

/** How many bytes a value takes in a frame; exact only if that may be more than `enough`. */
export function encodedBytes(value: unknown, enough = 0): number {
  const text = JSON.stringify(value);
  return 3 * text.length <= enough ? text.length : new TextEncoder().encode(text).length;
}

/** Raise Problem unless `value`, standing `depth` levels deep, is JSON within the contract's limits. */
export function checkJson(value: unknown, depth = 0): void {
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
        const inner = (value as Record<string, unknown>)[member];
        if (inner !== undefined) checkJson(inner, depth + 1);
      }
      return;
    }
    default:
      throw new Problem("bad_json", `a ${typeof value} is not JSON`);
  }
}

/**
 * Raise Problem unless a value of an op, which stands `depth` levels deep in a frame, is what the frame will say of it:
 * `JSON.stringify` leaves out `undefined` and functions, and makes something else of dates, maps and the like.
 */
export function checkValue(value: unknown, depth: number): void {
  if (typeof value === "string") checkText(value);
  else if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Problem("bad_number");
  } else if (typeof value === "object" && value !== null) {
    if (depth >= MAX_DEPTH) throw new Problem("too_deep");
    if (Array.isArray(value)) {
      for (const element of value as unknown[]) checkValue(element, depth + 1);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw noForm(value.constructor?.name ?? "object");
    for (const [member, inner] of Object.entries(value)) {
      if (member === "__proto__") throw new Problem("bad_member");
      checkText(member);
      checkValue(inner, depth + 1);
    }
  } else if (typeof value !== "boolean" && value !== null) throw noForm(typeof value);
}

function noForm(what: string): Problem {
  return new Problem("bad_message", `JSON can't represent ${what}.`);
}

/** Raise Problem unless this is an op as the wire can carry it, with its value: `bad_op`, or a code of `checkValue`. */
export function checkOp(given: unknown, depth: number): asserts given is Op {
  const { op: kind, v } = (given ?? {}) as { op?: unknown; v?: unknown };
  if (kind === "set" || kind === "insert") checkValue(v, depth);
  try {
    op(given, "");
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "bad_message") throw error;
    throw new Problem("bad_op", error.message.replace(/^bad_message: /, ""));
  }
}

/** Raise Problem if the text holds U+0000 or half a surrogate pair. */
export function checkText(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0) throw new Problem("bad_text", "U+0000");
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) throw new Problem("bad_text", "lone surrogate");
    i++;
  }
}

// ---------------------------------------------------------------- shapes of messages

type Check = (value: unknown, path: string) => void;
type Members = Record<string, Check>;

function wrong(path: string, expected: string): never {
  throw new Problem("bad_message", `${path}: expected ${expected}`);
}

const text: Check = (value, path) => {
  if (typeof value !== "string") wrong(path, "a string");
};
const integer: Check = (value, path) => {
  if (!Number.isSafeInteger(value)) wrong(path, "an integer");
};
const number: Check = (value, path) => {
  if (typeof value !== "number") wrong(path, "a number");
};
const flag: Check = (value, path) => {
  if (typeof value !== "boolean") wrong(path, "true or false");
};
const json: Check = () => undefined;

function oneOf(...names: string[]): Check {
  return (value, path) => {
    if (typeof value !== "string" || !names.includes(value)) wrong(path, names.join(" | "));
  };
}
function nullable(check: Check): Check {
  return (value, path) => {
    if (value !== null) check(value, path);
  };
}
function optional(check: Check): Check {
  return (value, path) => {
    if (value !== undefined) check(value, path);
  };
}
function maybe(check: Check): Check {
  return optional(nullable(check));
}
function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) wrong(path, "an array");
    for (let i = 0; i < value.length; i++) check(value[i], `${path}/${i}`);
  };
}
function mapOf(check: Check): Check {
  return (value, path) => {
    for (const [member, inner] of Object.entries(members(value, path))) check(inner, `${path}/${member}`);
  };
}
function tupleOf(required: readonly Check[], more: readonly Check[] = []): Check {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < required.length) wrong(path, `${required.length} elements`);
    [...required, ...more].forEach((check, i) => {
      if (i < value.length) check(value[i], `${path}/${i}`);
    });
  };
}
function struct(shape: Members): Check {
  const checks = Object.entries(shape);
  return (value, path) => {
    const object = members(value, path);
    for (const [member, check] of checks) check(object[member], `${path}/${member}`);
  };
}
function members(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(path, "an object");
  return value as Record<string, unknown>;
}

const OPS: Record<string, Check> = {
  text: struct({ at: text, s: listOf(tupleOf([integer, integer, text])) }),
  set: struct({ at: text, v: present }),
  remove: struct({ at: text }),
  insert: struct({ at: text, v: mapOf(json), after: maybe(text), before: maybe(text) }),
  move: struct({ id: text, at: text, after: maybe(text), before: maybe(text) }),
};
function present(value: unknown, path: string): void {
  if (value === undefined) wrong(path, "a value");
}
const op: Check = (value, path) => {
  const kind = members(value, path)["op"];
  const check = typeof kind === "string" && Object.hasOwn(OPS, kind) ? OPS[kind] : undefined;
  if (check === undefined) wrong(`${path}/op`, Object.keys(OPS).join(" | "));
  check(value, path);
};

const purpose = oneOf("own", "shared", "suggestion");
const opKind = oneOf("edit", "save", "undo", "revert", "rebase", "adopt", "accept", "restore");
const presenceState = oneOf("viewing", "editing", "idle");
const may = oneOf("look", "type");
const actor = struct({
  id: text,
  kind: oneOf("user", "agent", "api_key"),
  name: text,
  user: text,
  on_behalf_of: maybe(text),
  imported_by: maybe(text),
});
const have = struct({ id: text, generation: integer, have: integer, mark: text, item: optional(text) });
const writer = struct({ w: integer, actor, sid: text, run: maybe(text) });
const side = struct({ actor, sid: text, text: json, seq: integer, at: number, run: maybe(text) });
const alert = struct({
  id: text,
  draft: text,
  kind: oneOf("overlap", "lost_target", "stale_save"),
  reason: oneOf("clash", "stale", "structural", "lost", "save"),
  address: text,
  opened_at: number,
  seq: integer,
  sides: listOf(side),
  state: optional(oneOf("open", "closed", "resolved")),
  start: optional(integer),
  end: optional(integer),
  line_from: maybe(integer),
  line_to: maybe(integer),
  fades: optional(flag),
  stash: maybe(text),
  closed_at: maybe(number),
});
const ask = struct({
  id: text,
  draft: text,
  item: text,
  by: actor,
  may,
  asked_at: number,
  expires_at: number,
  agents: optional(flag),
  note: optional(text),
  state: optional(oneOf("open", "granted", "declined", "withdrawn", "expired")),
  answered_at: maybe(number),
});
const alertOrId: Check = (value, path) => {
  if (typeof value !== "string") alert(value, path);
};
const info = struct({ kind: optional(opKind), cause: maybe(text), at: maybe(number) });
const batch = tupleOf([integer, integer, listOf(op)], [listOf(alertOrId), nullable(info)]);
const lines = tupleOf([integer, integer]);
const presenceEntry = struct({
  sid: text,
  actor,
  state: presenceState,
  since: number,
  draft: maybe(text),
  at: maybe(text),
  anchor: optional(integer),
  head: optional(integer),
  seq: optional(integer),
  run: maybe(text),
  label: maybe(text),
  model: maybe(text),
  doing: maybe(text),
  lines: maybe(lines),
});
const version = struct({ number: integer, hash: text, by: nullable(actor), at: number, message: optional(text), run: maybe(text) });
const draft = struct({
  id: text,
  purpose,
  owner: nullable(actor),
  visibility: oneOf("private", "readable", "open"),
  generation: integer,
  seq: integer,
  base_version: integer,
  updated_at: number,
  may: optional(oneOf("no", "look", "type")),
  legacy: optional(flag),
});
const event = struct({
  number: integer,
  type: text,
  at: number,
  actor: maybe(text),
  item: maybe(text),
  draft: maybe(text),
});

const CLIENT: Record<string, Check> = {
  hello: struct({
    session: text,
    attempt: optional(integer),
    resume: maybe(text),
    token: maybe(text),
    client: optional(text),
    run: maybe(text),
    act_for: maybe(text),
    agent: maybe(text),
    drafts: optional(listOf(have)),
    items: optional(listOf(text)),
    workspaces: optional(listOf(text)),
  }),
  auth: struct({ token: text, ref: optional(integer), act_for: maybe(text) }),
  open: struct({ ref: integer, item: maybe(text), draft: maybe(text), purpose: maybe(purpose), have: maybe(have) }),
  close: struct({ channel: text }),
  subscribe: struct({ ref: integer, channel: text, after: maybe(integer) }),
  edit: struct({
    draft: text,
    generation: integer,
    base: integer,
    mark: text,
    seen: integer,
    no: integer,
    key: text,
    ops: listOf(op),
    kind: optional(opKind),
    cause: maybe(text),
  }),
  focus: struct({
    item: text,
    state: optional(presenceState),
    draft: maybe(text),
    at: maybe(text),
    anchor: optional(integer),
    head: optional(integer),
    seq: optional(integer),
    doing: maybe(text),
    lines: maybe(lines),
  }),
  seen: struct({ draft: text, seq: integer }),
  park: struct({
    ref: integer,
    draft: text,
    generation: integer,
    reason: oneOf("discarded", "rewound", "refused", "conflict"),
    base: integer,
    texts: listOf(struct({ at: text, mine: present })),
    item: maybe(text),
  }),
  call: struct({
    ref: integer,
    tool: oneOf("read", "search", "edit", "open_stream", "load_stream", "close_stream", "abort_stream"),
    run: text,
    body: optional(present),
    stream: maybe(text),
    key: maybe(text),
  }),
  append: struct({ run: text, stream: text, offset: integer, text }),
  pong: struct({ n: integer }),
};

const SERVER: Record<string, Check> = {
  welcome: struct({
    session: text,
    resume: text,
    worker: text,
    workspace: text,
    actor,
    server: text,
    ping_s: number,
    limits: mapOf(integer),
    sid: text,
    ref: optional(integer),
    token_expires_in_s: maybe(number),
  }),
  state: struct({
    draft: text,
    item: text,
    purpose,
    owner: nullable(actor),
    generation: integer,
    seq: integer,
    mark: text,
    may,
    shape: struct({ keyed: listOf(text), text: listOf(text), coupled: optional(listOf(tupleOf([text, text]))) }),
    base_version: integer,
    head_version: integer,
    pieces: optional(integer),
    ref: optional(integer),
    why: maybe(text),
    your_last_no: optional(integer),
    your_w: optional(integer),
    writers: optional(listOf(writer)),
    alerts: optional(listOf(alert)),
    stands: optional(flag),
    legacy: optional(flag),
  }),
  piece: struct({ draft: text, i: integer, data: text }),
  opened: struct({
    draft: text,
    item: text,
    generation: integer,
    seq: integer,
    may,
    ref: optional(integer),
    why: maybe(text),
    your_last_no: optional(integer),
    your_w: optional(integer),
    writers: optional(listOf(writer)),
    alerts: optional(listOf(alert)),
  }),
  ops: struct({
    draft: text,
    generation: integer,
    from: integer,
    to: integer,
    mark: text,
    batches: listOf(batch),
    writers: optional(listOf(writer)),
  }),
  refused: struct({ draft: text, no: integer, key: text, code: text, message: text, retry: optional(flag) }),
  presence: struct({
    item: text,
    here: optional(listOf(presenceEntry)),
    gone: optional(listOf(text)),
    full: optional(flag),
    unknown: optional(flag),
  }),
  item: struct({
    item: text,
    kind: text,
    path: nullable(text),
    external_id: nullable(text),
    summary: text,
    archived: flag,
    head: nullable(version),
    drafts: listOf(draft),
    event: integer,
    ref: optional(integer),
  }),
  event: struct({ workspace: text, number: integer, events: optional(listOf(event)), ref: optional(integer) }),
  alert: struct({ draft: text, alert }),
  ask: struct({ ask }),
  diagnostics: struct({
    draft: text,
    seq: integer,
    diagnostics: listOf(struct({ at: text, code: oneOf("schema", "reference", "secret", "shape"), message: text })),
  }),
  behind: struct({
    draft: text,
    base_version: integer,
    head: version,
    overlaps: optional(listOf(struct({ address: text, line_from: maybe(integer), line_to: maybe(integer) }))),
    kept: optional(flag),
    item: optional(text),
  }),
  deleted: struct({ item: text, draft: text, stash: text, by: actor, until: number }),
  reset: struct({ draft: text, reason: oneOf("discarded", "rewound"), generation: integer }),
  gone: struct({ channel: text, code: optional(text), ref: optional(integer) }),
  may: struct({ draft: text, may, why: maybe(text) }),
  parked: struct({ ref: integer, stash: text }),
  answer: struct({ ref: integer, body: optional(present) }),
  streamed: struct({
    stream: text,
    units: integer,
    code: maybe(text),
    message: maybe(text),
    expected: maybe(integer),
  }),
  run: struct({
    run: text,
    state: oneOf("running", "paused", "stopped", "ended", "lost"),
    event: struct({ n: integer, type: text, at: number, by: maybe(actor), text: maybe(text), data: optional(present) }),
  }),
  ping: struct({ n: integer }),
  bye: struct({ reconnect_after_ms: integer, reason: text }),
  error: struct({ code: text, message: text, ref: optional(integer), retry: optional(flag) }),
};

function decode(frame: string, shapes: Record<string, Check>): JsonObject {
  const value = parse(frame, shapes === SERVER ? -WRAPPING : 0);
  const kind = members(value, "")["t"];
  if (typeof kind !== "string") wrong("/t", "a string");
  const check = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (check === undefined) throw new Problem("unknown_message", kind);
  check(value, "");
  return value as JsonObject;
}

/** Read a frame that a server sent. Raises Problem: `unknown_message` is to be ignored, all else ends the connection. */
export function decodeServerMessage(frame: string): ServerMessage {
  return decode(frame, SERVER) as unknown as ServerMessage;
}

/** Read a frame that a client sent. Raises Problem. */
export function decodeClientMessage(frame: string): ClientMessage {
  return decode(frame, CLIENT) as unknown as ClientMessage;
}

/** Read one op. Raises Problem. */
export function decodeOp(value: unknown): Op {
  checkJson(value);
  op(value, "");
  return value as Op;
}

/** Write a message as the text of one frame. Raises Problem if a text in it may not travel. */
export function encodeMessage(message: ClientMessage | ServerMessage): string {
  return formatJson(message);
}
