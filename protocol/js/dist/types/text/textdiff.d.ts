/**
 * Differences of two texts, and the merge of two texts with their common base. Pure.
 *
 * Lines are matched first: common ends, then lines that occur once on both sides (patience), then Myers' greedy
 * algorithm, given up at `MAX_EDITS` so that two texts that share nothing cost little: what is not matched is replaced
 * as a whole. A changed block of lines up to `MAX_REFINED` is refined to tokens in the same way.
 */
import type { Splices } from "./text.js";
export declare const MAX_EDITS = 256;
export declare const MAX_DEPTH_OF_SEARCH = 24;
export declare const MAX_REFINED: number;
export type Match = readonly [a: number, b: number, count: number];
export type Hunk = readonly [a0: number, a1: number, b0: number, b1: number];
/** A block that both sides changed differently; `start` to `end` in the merged text, which keeps theirs. */
export interface TextConflict {
    readonly start: number;
    readonly end: number;
    readonly base: string;
    readonly mine: string;
    readonly theirs: string;
}
/** What of mine goes into theirs: `splices` are for their text. */
export interface TextMerge {
    readonly splices: Splices;
    readonly conflicts: readonly TextConflict[];
}
/** Splices that make `to` of `from`. */
export declare function diffText(from: string, to: string): Splices;
/** Merge by lines; blocks that both sides changed by tokens, if every added line survives whole. */
export declare function mergeText(base: string, mine: string, theirs: string): TextMerge;
/** How many code points there are; exact only if that may be more than `MAX_REFINED`. */
export declare function codePoints(...texts: readonly string[]): number;
/** Split into words, runs of blanks, and single other characters. */
export declare function tokensOf(text: string): readonly string[];
/** Split after each line feed. */
export declare function linesOf(text: string): string[];
/** Where each part begins, in units, and where the last ends. */
export declare function offsetsOf(parts: readonly string[]): number[];
/** What lies between the matches. */
export declare function hunksOf(a: readonly string[], b: readonly string[]): Hunk[];
/** Runs of equal items, ascending in both sequences, none touching the next in both. */
export declare function matchesOf(a: readonly string[], b: readonly string[]): Match[];
/** The indexes of a longest strictly ascending subsequence (the one that ends lowest). */
export declare function longestAscent(values: readonly number[]): number[];
