/**
 * The difference of two documents as people read it: members, elements that moved, lines and words. Pure.
 *
 * `diff` gives ops that lead from one document to another; this gives what a person wants to see of it. Elements of keyed
 * arrays are matched by id wherever they stand; the elements that are told to have moved are the fewest that explain the
 * new order. Texts are matched by lines as `textdiff` does, changed blocks by words. There is no deadline: a text larger
 * than `MAX_COMPARED` units or `MAX_LINES` lines, both sides counted, is trimmed at its equal ends and the rest is one
 * block, which says so.
 *
 * The answer is plain JSON, member for member that of `draftwire.rest.diff`; members with their default are left out.
 */
import type { Json } from "../document/ops.js";
import type { Shape } from "../document/shape.js";
export declare const CONTEXT_LINES = 3;
export declare const MAX_COMPARED: number;
export declare const MAX_LINES = 20000;
/** From, to, in UTF-16 units. */
export type Span = readonly [start: number, end: number];
/** A position in a keyed array, counted from 0, and the element left of it there. */
export interface Spot {
    readonly array: string;
    readonly position: number;
    readonly after?: string;
}
/** One line without its line feed (`ended` false: it has none), numbered from 1 on each side that has it. */
export interface TextLine {
    readonly kind: "same" | "removed" | "added";
    readonly text: string;
    readonly old?: number;
    readonly new?: number;
    /** What of it differs; without it the line is new, or gone, as a whole. */
    readonly words?: readonly Span[];
    readonly ended?: boolean;
}
/** Lines that changed, with those around them; of no lines, `from` is the line before which they would stand. */
export interface TextHunk {
    readonly old_from: number;
    readonly old_lines: number;
    readonly new_from: number;
    readonly new_lines: number;
    readonly lines: readonly TextLine[];
}
/** A change has an address, which holds in both documents where both have the place, and a label for people. */
export type Change = {
    readonly at: string;
    readonly label: string;
} & ({
    readonly change: "member_added";
    readonly new: Json;
} | {
    readonly change: "member_removed";
    readonly old: Json;
} | {
    readonly change: "member_changed";
    readonly old: Json;
    readonly new: Json;
} | {
    readonly change: "element_added";
    readonly to: Spot;
    readonly new: Json;
} | {
    readonly change: "element_removed";
    readonly was: Spot;
    readonly old: Json;
} | {
    readonly change: "element_moved";
    readonly was: Spot;
    readonly to: Spot;
} | {
    readonly change: "text_changed";
    readonly removed_lines: number;
    readonly added_lines: number;
    readonly hunks: readonly TextHunk[];
    /** Too large to be compared line by line: what lies between equal ends is one block. */
    readonly coarse?: boolean;
});
/** All that differs, in the order of the new document; no changes: the same content. */
export interface Comparison {
    readonly changes: readonly Change[];
}
/** What differs, with `context` lines around changed ones. Raises Problem for bad or doubled ids. */
export declare function compare(before: Json, after: Json, shape: Shape, context?: number): Comparison;
/** The hunks of two texts, and whether they were too large to be compared line by line. */
export declare function compareText(before: string, after: string, context?: number): {
    hunks: TextHunk[];
    coarse: boolean;
};
