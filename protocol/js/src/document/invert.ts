/** Undoing effects from the log alone, without the document that they were made for. */

import { escapeToken } from "./address.js";
import type { Effect, Op } from "./ops.js";
import { invertSplices } from "../text/text.js";

/**
 * Ops, newest first, that restore the state before `effects` when applied to the one after them. They are applied, not
 * checked: undoing a set that made a keyed array removes the array as a whole.
 */
export function invert(effects: readonly Effect[]): Op[] {
  return effects
    .map(inverse)
    .filter((op) => op !== null)
    .reverse();
}

function inverse({ op, took }: Effect): Op | null {
  switch (took.took) {
    case "text":
      return took.s.length > 0 && op.op === "text" ? { op: "text", at: op.at, s: invertSplices(op.s, took.s) } : null;
    case "value":
      if (took.had) return { op: "set", at: op.at, v: took.v };
      return op.op === "set" ? { op: "remove", at: op.at } : null;
    case "element":
      return {
        op: "insert",
        at: took.at,
        v: took.v as Extract<Op, { op: "insert" }>["v"],
        after: took.after,
        before: took.before,
      };
    case "place":
      return op.op === "move" ? { op: "move", id: op.id, at: took.at, after: took.after, before: took.before } : null;
    case "nothing":
      return op.op === "insert" ? { op: "remove", at: escapeToken(op.v["id"] as string) } : null;
  }
}
