/**
 * A batch of ops carried over effects that it had not seen.
 *
 * `rebase` is the table of the wire specification: text over text on one leaf is transformed; every other op either
 * stays as it is or is lost, because what it aimed at was set, removed or destroyed meanwhile. The context of the
 * batch is the state at its base; op i+1 is made for the state after op i. Both sides of the grid are carried: each
 * of my ops over all foreign effects, each foreign effect over those of my ops that came before.
 *
 * Nothing here applies anything: `land` does, and what it finds missing is lost as well.
 */
import type { Doc } from "./document.js";
import type { Effect, Op } from "./ops.js";
/** An op that has no effect; a moot one wanted what has happened already, so that nobody need be told. */
export declare class Lost {
    readonly reason: "place_gone" | "element_gone" | "follows_lost" | "no_such_place" | "already_gone" | "nothing_left";
    readonly moot: boolean;
    constructor(reason: "place_gone" | "element_gone" | "follows_lost" | "no_such_place" | "already_gone" | "nothing_left", moot?: boolean);
}
/** What `rebase` gives: an entry for each op; the foreign effects as they read after mine (null: moot); new names. */
export interface Rebased {
    readonly ops: readonly (Op | Lost)[];
    readonly over: readonly (Effect | null)[];
    readonly renamed: ReadonlyMap<string, string>;
}
/** What `land` gives: the new document, an effect or Lost for each op, all ids renamed on the way. */
export interface Landed {
    readonly document: Doc;
    readonly effects: readonly (Effect | Lost)[];
    readonly renamed: ReadonlyMap<string, string>;
}
/** Hears of every pair that touches one leaf, place or element, as they read in their common context. */
export type Meet = (i: number, k: number, mine: Op, theirs: Effect) => void;
/** Carry `ops` over `over`, both made for one state; `w` marks ids that collide; `head` is the document after `over`. */
export declare function rebase(ops: readonly Op[], over: readonly Effect[], options: {
    w: number;
    head?: Doc | null;
    onMeet?: Meet | null;
}): Rebased;
/** Apply a rebased batch to the head; ops inside what turns out lost go with it. */
export declare function land(document: Doc, ops: Iterable<Op | Lost>, w: number): Landed;
/** Append `more` to a buffer: text on one leaf becomes one op, a member set twice in a row is set once. */
export declare function compose(ops: readonly Op[], more: readonly Op[]): readonly Op[];
/** `op` with the elements that it refers to under their new names; ids in its value stay. */
export declare function follow<T extends Op>(op: T, names: ReadonlyMap<string, string>): T;
