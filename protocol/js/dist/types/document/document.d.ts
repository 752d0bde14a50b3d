/**
 * The document: an immutable value that ops make new ones of.
 *
 * `Doc.apply` is total: any well-formed op has one outcome on any state, an effect or "lost" (null). Applying the ops
 * of a log's effects to the state that they were made for gives the same effects. A text op copies the path to its
 * leaf and shares everything else, the index of ids included; an op of structure copies the index too.
 *
 * Values handed out are shared, not copied: nobody may change them.
 */
import type { Effect, Json, JsonObject, Op } from "./ops.js";
import type { Place, Shape } from "./shape.js";
type Steps = readonly (string | number)[];
type Names = ReadonlyMap<string, string>;
/** The outcome of an op: the new document, its effect (null: lost, nothing changed), ids renamed in it. */
export interface Applied {
    readonly document: Doc;
    readonly effect: Effect | null;
    readonly renamed: Names;
}
/** A JSON object of one shape, with every keyed element found by its id. */
export declare class Doc {
    readonly value: JsonObject;
    readonly shape: Shape;
    private readonly index;
    private readonly spots;
    private constructor();
    /** Index a whole value; raises Problem `not_an_object`, `bad_id` or `duplicate_id`. */
    static load(value: Json, shape: Shape): Doc;
    /** Say whether a keyed element of that id exists. */
    has(element: string): boolean;
    /** The text leaf at an address, as ops of text may change it; null if there is none. */
    textAt(address: string): string | null;
    /** The steps from the root to an address, elements by their positions; null if it is gone. */
    pathOf(address: string): Steps | null;
    /** The document with another text at a text leaf. */
    withText(address: string, text: string): Doc;
    /** The ids of all keyed elements. */
    elements(): Iterable<string>;
    /** What stands at an address, undefined if nothing does; plain arrays may be walked by index. */
    get(address: string): Json | undefined;
    /** What the shape says of an address; its element must exist, what is inside need not. */
    place(address: string): Place | null;
    /** The keyed array that holds an element, and its neighbours' ids; null if it does not exist. */
    home(element: string): readonly [at: string, after: string | null, before: string | null] | null;
    /** Raise Problem unless a live writer may do `op` to this very state. Ids that exist elsewhere are no error. */
    check(op: Op): void;
    /** Do `op`; colliding ids in its value get the mark of writer `w`. */
    apply(op: Op, w: number): Applied;
    private find;
    private locate;
    private locateElement;
    private at;
    private elementsAt;
    /** The array that holds an element, and the position in it. */
    private siblings;
    private keyedArray;
    /** The object that holds a member that ops may touch, and the member's name. */
    private member;
    private need;
    private needKeyed;
    private checkMember;
    /** Say whether an element has the same keyed elements inside when it stands in another array. */
    private fits;
    private lost;
    private unchanged;
    private applyText;
    private applySet;
    private applyRemove;
    private removeElement;
    private applyInsert;
    private applyMove;
    /** Choose new names for ids that exist outside of what goes. */
    private collisions;
    private changed;
}
export {};
