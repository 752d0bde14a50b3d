/**
 * Differences of two documents, and the three-way merge; the outcome is ops, never a set of the root. Pure.
 *
 * Objects merge by member, keyed arrays by id wherever their elements stand, text leaves by `textdiff`, all else as a
 * whole. A change of one side alone is taken, the same change of both is one; everything else is a conflict and keeps
 * theirs. An element that one side removed and the other changed, or that both made, is a conflict; one that mine
 * merely moved while they removed it is gone.
 * The order of a keyed array is content: where both put elements into different orders at one stretch, or both made
 * elements in one gap or moved them there, mine is a conflict too. A text and the member that says how it is to be read
 * (its language) are one: where one side changed only the one and the other only the other, both are conflicts.
 *
 * A plain array is one value, unless all versions of it are equal but for the keyed arrays inside: then those merge; and
 * the names in `required` of a JSON schema are a set: what one side added is added, what it took out goes.
 * The ops are made by doing them to a working copy of theirs, in five steps: members that are new, elements that are
 * new or moved (in the order of mine), elements that are gone, members that are replaced or gone, text and the rest.
 */
import { Doc } from "../document/document.js";
import type { Json, JsonObject, Op } from "../document/ops.js";
/**
 * What both sides changed differently; null stands for "not there" too. `text` is one block of a text leaf, `start` to
 * `end` where theirs stands in the merged leaf; `place` is where an element stands; `value` is all else.
 */
export interface Conflict {
    readonly address: string;
    readonly kind: "text" | "value" | "place";
    readonly base: Json;
    readonly mine: Json;
    readonly theirs: Json;
    readonly start?: number;
    readonly end?: number;
}
/** The outcome: `ops` bring into theirs what mine adds. */
export interface Merge {
    readonly ops: readonly Op[];
    readonly conflicts: readonly Conflict[];
}
/** Ops that make `to` of `from`; raises Problem if its ids are bad or doubled. */
export declare function diff(from: Doc, to: JsonObject): readonly Op[];
/** Merge three documents of one shape. */
export declare function merge(base: Doc, mine: Doc, theirs: Doc): Merge;
