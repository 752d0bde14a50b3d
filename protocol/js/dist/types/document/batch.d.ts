/**
 * Many ops on one document, one after the other, as `Doc.check` and `Doc.apply` do each.
 *
 * A long text that a second op changes is kept in pieces until somebody needs it whole, so that a batch costs its ops
 * and its text once, not their product. An op of structure that may reach a text in pieces puts that together first.
 */
import type { Doc } from "./document.js";
import type { Effect, Op } from "./ops.js";
/** The outcome of an op: its effect (null: lost, nothing changed), ids renamed in it. */
export interface Done {
    readonly effect: Effect | null;
    readonly renamed: ReadonlyMap<string, string>;
}
/** See the module. */
export declare class Batch {
    private made;
    private readonly pieceUnits;
    private readonly leaves;
    private readonly once;
    /** `pieceUnits`: how long the pieces are; tests make them short. */
    constructor(made: Doc, pieceUnits?: number);
    /** Put together what all ops have made. */
    document(): Doc;
    /** The same, but texts may be out of date: for who asks for elements and places alone. */
    get structure(): Doc;
    /** Raise Problem as `Doc.check` does. */
    check(op: Op): void;
    /** Do an op; ids of its value that exist already get the mark of writer `w`. */
    apply(op: Op, w: number): Done;
    /** The pieces of the long text that an op changes; null for all else. */
    private leaf;
    /** Put together the texts that an op of structure may take away; moves and inserts take none. */
    private settleBelow;
    private settle;
}
