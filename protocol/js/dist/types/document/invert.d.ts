/** Undoing effects from the log alone, without the document that they were made for. */
import type { Effect, Op } from "./ops.js";
/**
 * Ops, newest first, that restore the state before `effects` when applied to the one after them. They are applied, not
 * checked: undoing a set that made a keyed array removes the array as a whole.
 */
export declare function invert(effects: readonly Effect[]): Op[];
