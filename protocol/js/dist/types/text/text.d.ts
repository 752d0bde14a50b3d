/**
 * Splices of one text leaf: check, apply, transform, compose, invert. Pure; nothing here knows a document.
 *
 * A splice is `[pos, delete, insert]` in UTF-16 units of the text before the op. A list of splices is *canonical*
 * if it ascends, no two touch (`next.pos > pos + delete`) and none is empty. The insert of a splice stands before
 * the range that it deletes; so what is typed by others inside a deleted range comes right of it. All functions
 * take canonical lists and give canonical lists; the empty list changes nothing.
 *
 * TP1 holds for `transform`: `apply(apply(t, a), transform(b, a, true))` equals
 * `apply(apply(t, b), transform(a, b, false))`; a is then the earlier in server order and stays left.
 */
/** `[pos, delete, insert]`, in the coordinates of the state before the op. */
export type Splice = readonly [pos: number, del: number, ins: string];
export type Splices = readonly Splice[];
/** Raise Problem unless the splices are canonical and fit `text`. */
export declare function validateSplices(splices: Splices, text: string): void;
/** Raise Problem unless a splice stands at `low` or behind it and ends within a text of `size` units. */
export declare function checkSplice(position: number, del: number, low: number, size: number, insert: string): void;
/** Raise Problem if text that is put in has what no text may have: CR, U+0000, half of a pair. */
export declare function validateInsert(insert: string): void;
/** Say whether every surrogate stands in a pair. */
export declare function isWellFormed(text: string): boolean;
/** Say whether `position` lies between the two halves of a pair. */
export declare function splitsPair(text: string, position: number): boolean;
/** The new text and the deleted pieces, one per splice; the splices must be valid for `text`. */
export declare function applySplices(text: string, splices: Splices): {
    text: string;
    taken: string[];
};
/** `splices` as they read after `over`, both made for one and the same text; `overFirst`: `over` stays left of mine. */
export declare function transformSplices(splices: Splices, over: Splices, overFirst: boolean): Splices;
/** One list that does what `first` and, in the coordinates after it, `then` do. */
export declare function composeSplices(first: Splices, then: Splices): Splices;
/** What undoes `splices`, in the coordinates after them; `taken` as `applySplices` gave it. */
export declare function invertSplices(splices: Splices, taken: readonly string[]): Splices;
/** Drop empty splices and join touching ones; the list must ascend without overlap. */
export declare function canonicalSplices(splices: Splices): Splices;
/**
 * Say whether two different changes made for one text get into each other's way: different text at one point; one
 * inserts strictly inside what the other deletes; deletes share a unit and at least one also inserts.
 */
export declare function clashes([p, d, i]: Splice, [q, e, j]: Splice): boolean;
/** The smallest single splice that turns `before` into `after`; empty if they are equal. Never cuts a pair. */
export declare function differenceOf(before: string, after: string): Splices;
/** Move both ends of a span; where the biases would cross the ends of an empty one, both are its end. */
export declare function carrySpan(start: number, end: number, splices: Splices, startAfter: boolean, endAfter: boolean): [start: number, end: number];
/** Move one point; `after` decides for an insert exactly at it. */
export declare function carryPoint(point: number, splices: Splices, after: boolean): number;
