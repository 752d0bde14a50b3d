/**
 * A long text in pieces, for many splices one after the other: each costs the pieces that it touches, not the whole.
 *
 * `text.ts` makes a new text of an old one; a thousand small ops on a text of a million characters would copy all of it
 * a thousand times. Both give the same results, refusals included.
 */
import type { Splices } from "./text.js";
export declare const PIECE_UNITS = 8192;
/** One text; `apply` changes it. */
export declare class Pieces {
    private readonly pieceUnits;
    private parts;
    private length;
    constructor(text: string, pieceUnits?: number);
    /** Put it together. */
    text(): string;
    /** Raise Problem as `validateSplices` does. */
    validate(splices: Splices): void;
    /** Change the text by splices that are valid for it; give the deleted pieces, one for each. */
    apply(splices: Splices): string[];
    private part;
    /** Replace units from `at` in one piece, perhaps reaching into the next ones. */
    private splice;
}
