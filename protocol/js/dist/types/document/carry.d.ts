/**
 * One function that moves positions with the ops: carets, selections, alert regions.
 *
 * A point moves as an insert at that point would (the text between keeps its sides): what is deleted around it leaves
 * it where the text closed; what is put in at the very start of a deleted range stays left of points inside. Only for
 * an insert exactly at the point does the bias decide: "before" stays left of it, "after" goes right.
 */
import type { Effect } from "./ops.js";
/** `start` to `end` in units of the text leaf `at`; both null: the whole leaf or element. */
export interface Range {
    readonly at: string;
    readonly start?: number | null;
    readonly end?: number | null;
    /** The bias of the start; true if absent. */
    readonly start_after?: boolean;
    /** The bias of the end; false if absent: a plain caret stays left of what others type at it. */
    readonly end_after?: boolean;
}
/** The range as it reads after `effects`; null if its leaf or element is gone or was replaced. */
export declare function carry(range: Range, effects: Iterable<Effect>): Range | null;
