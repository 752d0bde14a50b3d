/**
 * Undo and redo of one's own edits in one draft, whatever others did meanwhile. Pure.
 *
 * Two stacks of inverse ops. An entry applies to the view after those above it were applied, so one's own edits only
 * push; what others change is carried through both stacks from the top. What I inserted and is left goes; what I deleted
 * comes back only where nobody has written in that hunk since (`foo` → `bar` by me, `bar` → `baz` by another must become
 * neither `bazfoo` nor `foobaz`); a `set`, `remove` or `move` whose place somebody else has changed since is dropped.
 */

import { escapeToken, isInside, ownerOf } from "../document/address.js";
import { Batch } from "../document/batch.js";
import type { Doc } from "../document/document.js";
import { Problem } from "../errors.js";
import { invert } from "../document/invert.js";
import type { Effect, Op, TextOp } from "../document/ops.js";
import { follow, land, Lost, rebase } from "../document/rebase.js";
import { canonicalSplices, carryPoint, composeSplices, transformSplices } from "../text/text.js";
import type { Splice, Splices } from "../text/text.js";

export const UNDO_DEPTH = 500; // entries; a longer history is what versions and named states are for
export const JOIN_WITHIN_MS = 600; // keystrokes with a shorter pause are one entry

interface Entry {
  readonly ops: readonly Op[];
  readonly atMs: number;
  /** Where typing goes on that joins this entry, at each of the carets; null: nothing joins it. */
  readonly spot: { readonly at: string; readonly positions: readonly number[] } | null;
}

export class Undo {
  private undos: Entry[] = [];
  private redos: Entry[] = [];

  get canUndo(): boolean {
    return this.undos.length > 0;
  }

  get canRedo(): boolean {
    return this.redos.length > 0;
  }

  /** Note an edit of mine: `ops`, done to `before`. */
  record(before: Doc, ops: readonly Op[], w: number, nowMs: number): void {
    const inverse = inverseOf(before, ops, w);
    if (inverse.length === 0) return;
    this.redos = [];
    const only = ops.length === 1 ? ops[0] : undefined;
    const typed = only?.op === "text" ? only : undefined;
    const last = this.undos.at(-1);
    if (last !== undefined && typed !== undefined && joins(last, typed, nowMs)) {
      const earlier = last.ops[0] as TextOp;
      const s = composeSplices((inverse[0] as TextOp).s, earlier.s);
      this.undos.pop();
      if (s.length > 0) this.push(this.undos, { ops: [{ op: "text", at: typed.at, s }], atMs: nowMs, spot: spotAfter(typed) });
      return;
    }
    this.push(this.undos, { ops: inverse, atMs: nowMs, spot: typed === undefined ? null : spotAfter(typed) });
  }

  /** What I type next begins an entry of its own. */
  seal(): void {
    const last = this.undos.pop();
    if (last !== undefined) this.undos.push({ ...last, spot: null });
  }

  /** Somebody else changed the view, which was `before`. */
  foreign(before: Doc, effects: readonly Effect[]): void {
    if (!this.canUndo && !this.canRedo) return;
    const batch = new Batch(before);
    for (const effect of effects) {
      const touched = placesAround(batch.structure, effect.op);
      this.undos = through(this.undos, effect, touched);
      this.redos = through(this.redos, effect, touched);
      if (effects.length > 1) batch.apply(effect.op, 0);
    }
  }

  /** The ops that undo my latest edit that can be undone, to be done to `view`; null if there is none. */
  undo(view: Doc, w: number): readonly Op[] | null {
    return this.turn(view, w, this.undos, this.redos);
  }

  /** The ops that do again what was undone last; null if there is nothing. */
  redo(view: Doc, w: number): readonly Op[] | null {
    return this.turn(view, w, this.redos, this.undos);
  }

  /** The draft is another one now (discarded): nothing of before can be undone. */
  clear(): void {
    this.undos = [];
    this.redos = [];
  }

  private turn(view: Doc, w: number, from: Entry[], to: Entry[]): readonly Op[] | null {
    for (let entry = from.pop(); entry !== undefined; entry = from.pop()) {
      const ops = fitting(view, entry.ops, w);
      const inverse = inverseOf(view, ops, w);
      if (inverse.length === 0) continue;
      this.push(to, { ops: inverse, atMs: -Infinity, spot: null });
      return ops;
    }
    return null;
  }

  private push(stack: Entry[], entry: Entry): void {
    stack.push(entry);
    if (stack.length > UNDO_DEPTH) stack.shift();
  }
}

function joins({ spot, atMs }: Entry, { at, s }: TextOp, nowMs: number): boolean {
  if (spot === null || spot.at !== at || nowMs - atMs >= JOIN_WITHIN_MS || s.length !== spot.positions.length) return false;
  return s.every(([position, del], i) => spot.positions[i] === position || spot.positions[i] === position + del);
}

function spotAfter({ at, s }: TextOp): { at: string; positions: number[] } {
  let shift = 0;
  const positions = s.map(([position, del, insert]) => {
    const end = position + shift + insert.length;
    shift += insert.length - del;
    return end;
  });
  return { at, positions };
}

function inverseOf(before: Doc, ops: readonly Op[], w: number): Op[] {
  return invert(land(before, ops, w).effects.filter((effect): effect is Effect => !(effect instanceof Lost)));
}

/** Those of the ops that a writer may do to `view`, one after the other. */
function fitting(view: Doc, ops: readonly Op[], w: number): Op[] {
  const batch = new Batch(view);
  return ops.filter((op) => {
    try {
      batch.check(op);
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
    const tried = op.op === "text" ? batch.apply(op, w) : batch.structure.apply(op, w);
    if (tried.effect === null || tried.renamed.size > 0) return false;
    if (op.op !== "text") batch.apply(op, w);
    return true;
  });
}

/** The stack after a foreign effect on the view; entries of which nothing is left go. */
function through(stack: readonly Entry[], effect: Effect, touched: readonly string[]): Entry[] {
  const out: Entry[] = [];
  let theirs: Effect | null = effect;
  const names = new Map<string, string>();
  for (let i = stack.length - 1; i >= 0; i--) {
    const entry = stack[i] as Entry;
    if (theirs === null && names.size === 0) {
      out.push(entry);
      continue;
    }
    const spot = entry.spot === null || theirs === null ? entry.spot : spotOver(entry.spot, theirs);
    const ops: Op[] = [];
    for (const given of entry.ops) {
      const op = names.size > 0 ? follow(given, names) : given;
      if (theirs === null) {
        ops.push(op);
        continue;
      }
      const passed: Passed = pass(op, theirs, touched, names);
      if (passed.op !== null) ops.push(passed.op);
      theirs = passed.theirs;
    }
    if (ops.length > 0) out.push({ ...entry, ops, spot });
  }
  return out.reverse();
}

function spotOver(spot: NonNullable<Entry["spot"]>, { op }: Effect): Entry["spot"] {
  if (op.op === "text") {
    if (op.at !== spot.at) return spot;
    return { at: spot.at, positions: spot.positions.map((position) => carryPoint(position, op.s, false)) };
  }
  return op.at === spot.at || isInside(spot.at, op.at) ? null : spot;
}

interface Passed {
  readonly op: Op | null;
  readonly theirs: Effect | null;
}

/** One op of mine over one effect, and that over it. New names of my elements are added to `names`. */
function pass(op: Op, theirs: Effect, touched: readonly string[], names: Map<string, string>): Passed {
  if (op.op === "text" && theirs.op.op === "text" && op.at === theirs.op.at) return passText(op, theirs.op);
  if (op.op !== "text" && op.op !== "insert" && changes(theirs.op, touched, op)) return { op: null, theirs };
  const { ops, over, renamed } = rebase([op], [theirs], { w: 0 });
  const mine = ops[0] as Op | Lost;
  for (const [id, name] of renamed) names.set(id, name);
  return mine instanceof Lost ? { op: null, theirs } : { op: mine, theirs: over[0] ?? null };
}

/** Say whether a foreign op has changed what a `set`, `remove` or `move` of mine would change back. */
function changes(other: Op, touched: readonly string[], mine: Exclude<Op, { op: "text" | "insert" }>): boolean {
  if (mine.op === "move") return other.op === "move" && other.id === mine.id;
  if (!mine.at.includes("/")) return touched.includes(mine.at); // an element of mine: somebody has written in it
  return touched.some((place) => place === mine.at || isInside(place, mine.at));
}

/** The addresses in which an op changes something: its own, and those of all elements and arrays around it. */
function placesAround(document: Doc, op: Op): string[] {
  const places = op.op === "move" ? [op.at, escapeToken(op.id)] : [op.at];
  for (let owner = ownerOf(op.at); owner !== ""; ) {
    places.push(escapeToken(owner));
    const home = document.home(owner)?.[0];
    if (home === undefined) break;
    places.push(home);
    owner = ownerOf(home);
  }
  return places;
}

function passText(mine: TextOp, theirs: TextOp): Passed {
  const kept: Splice[] = [];
  const taken: Splice[] = []; // what no longer comes back, in coordinates after mine
  let shift = 0;
  for (const splice of mine.s) {
    const [position, del, insert] = splice;
    const written = insert !== "" && theirs.s.some((other) => writesIn(other, position, position + del));
    if (written) taken.push([position + shift, insert.length, ""]);
    if (!written) kept.push(splice);
    else if (del > 0) kept.push([position, del, ""]);
    shift += insert.length - del;
  }
  const s = transformSplices(kept, theirs.s, true);
  const over = composeSplices(canonicalSplices(taken), transformSplices(theirs.s, kept, false));
  return {
    op: s.length > 0 ? { op: "text", at: mine.at, s } : null,
    theirs: over.length > 0 ? textEffect(mine.at, over) : null,
  };
}

/** Say whether a foreign splice writes within what stands now where my text was. */
function writesIn([position, del, insert]: Splice, start: number, end: number): boolean {
  if (insert !== "" && start < position && position < end) return true;
  return Math.max(position, start) < Math.min(position + del, end);
}

function textEffect(at: string, s: Splices): Effect {
  return { op: { op: "text", at, s }, took: { took: "text", s: [] } };
}
