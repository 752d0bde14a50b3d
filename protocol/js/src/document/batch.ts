/**
 * Many ops on one document, one after the other, as `Doc.check` and `Doc.apply` do each.
 *
 * A long text that a second op changes is kept in pieces until somebody needs it whole, so that a batch costs its ops
 * and its text once, not their product. An op of structure that may reach a text in pieces puts that together first.
 */

import type { Doc } from "./document.js";
import { Problem } from "../errors.js";
import type { Effect, Op } from "./ops.js";
import { PIECE_UNITS, Pieces } from "../text/pieces.js";
import type { Splices } from "../text/text.js";

/** The outcome of an op: its effect (null: lost, nothing changed), ids renamed in it. */
export interface Done {
  readonly effect: Effect | null;
  readonly renamed: ReadonlyMap<string, string>;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** See the module. */
export class Batch {
  private readonly leaves = new Map<string, Pieces>(); // by address: what the document says there is out of date

  private readonly once = new Set<string>(); // addresses of long texts that one op has changed: a key typed costs one op

  /** `pieceUnits`: how long the pieces are; tests make them short. */
  constructor(
    private made: Doc,
    private readonly pieceUnits = PIECE_UNITS,
  ) {}

  /** Put together what all ops have made. */
  document(): Doc {
    for (const at of [...this.leaves.keys()]) this.settle(at);
    return this.made;
  }

  /** The same, but texts may be out of date: for who asks for elements and places alone. */
  get structure(): Doc {
    return this.made;
  }

  /** Raise Problem as `Doc.check` does. */
  check(op: Op): void {
    const leaf = this.leaf(op);
    if (leaf !== null && op.op === "text") leaf.validate(op.s);
    else this.made.check(op);
  }

  /** Do an op; ids of its value that exist already get the mark of writer `w`. */
  apply(op: Op, w: number): Done {
    const leaf = this.leaf(op);
    if (leaf === null && op.op === "text") this.once.add(op.at);
    if (leaf !== null && op.op === "text") {
      const taken = splice(leaf, op.s);
      return { effect: taken === null ? null : { op, took: { took: "text", s: taken } }, renamed: NONE };
    }
    if (this.leaves.size > 0 && op.op !== "text") this.settleBelow(op);
    const { document, effect, renamed } = this.made.apply(op, w);
    this.made = document;
    return { effect, renamed };
  }

  /** The pieces of the long text that an op changes; null for all else. */
  private leaf(op: Op): Pieces | null {
    if (op.op !== "text") return null;
    const known = this.leaves.get(op.at);
    if (known !== undefined || !this.once.has(op.at)) return known ?? null;
    const text = this.made.textAt(op.at);
    if (text === null || text.length <= 2 * this.pieceUnits) return null;
    const leaf = new Pieces(text, this.pieceUnits);
    this.leaves.set(op.at, leaf);
    return leaf;
  }

  /** Put together the texts that an op of structure may take away; moves and inserts take none. */
  private settleBelow(op: Op): void {
    if (op.op !== "set" && op.op !== "remove") return;
    const gone = this.made.pathOf(op.at);
    for (const at of [...this.leaves.keys()]) {
      const path = this.made.pathOf(at);
      if (gone === null || path === null || gone.every((step, i) => path[i] === step)) this.settle(at);
    }
  }

  private settle(at: string): void {
    const leaf = this.leaves.get(at);
    if (leaf === undefined) return;
    this.made = this.made.withText(at, leaf.text());
    this.leaves.delete(at);
  }
}

/** What splices took of a text; null if they don't fit it. */
function splice(leaf: Pieces, splices: Splices): string[] | null {
  if (splices.length === 0) return [];
  try {
    leaf.validate(splices);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
  return leaf.apply(splices);
}
