/**
 * Reads and writes frames: JSON with the contract's limits, messages with the shapes of `messages.ts`.
 *
 * Refuses what `draftwire.wire.codec` refuses: depth over 100, U+0000 and lone surrogates in any string, integers beyond
 * ±2^53, a member named `__proto__`. One thing is out of reach: `JSON.parse` keeps the last of two equal members
 * and tells nobody, so `duplicate_key` is found by the server alone. Members that the contract does not name are
 * kept and ignored.
 */

import { Problem } from "../errors.js";
import { members, op, wrong } from "./checks.js";
import type { Check } from "./checks.js";
import type { ClientMessage, ServerMessage } from "./messages.js";
import { CLIENT, SERVER } from "./shapes.js";
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

function decode(frame: string, shapes: Readonly<Record<string, Check>>): JsonObject {
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
