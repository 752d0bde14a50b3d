/**
 * The five ops and what each took away: plain data, no behaviour. The same shapes as `draftwire.document.ops` in Python.
 *
 * An address is the `id` of the nearest enclosing keyed element (or nothing) followed by a JSON Pointer inside it:
 * `m3/value/content`, `/summary`. Positions and lengths count UTF-16 code units, which is how JavaScript counts.
 */
import type { Splice } from "../text/text.js";
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
    readonly [member: string]: Json;
}
export interface TextOp {
    readonly op: "text";
    readonly at: string;
    readonly s: readonly Splice[];
}
export interface SetOp {
    readonly op: "set";
    readonly at: string;
    readonly v: Json;
}
export interface RemoveOp {
    readonly op: "remove";
    readonly at: string;
}
export interface InsertOp {
    readonly op: "insert";
    readonly at: string;
    readonly v: JsonObject;
    readonly after?: string | null;
    readonly before?: string | null;
}
export interface MoveOp {
    readonly op: "move";
    readonly id: string;
    readonly at: string;
    readonly after?: string | null;
    readonly before?: string | null;
}
export type Op = TextOp | SetOp | RemoveOp | InsertOp | MoveOp;
export interface TextTaken {
    readonly took: "text";
    readonly s: readonly string[];
}
export interface ValueTaken {
    readonly took: "value";
    readonly had: boolean;
    readonly v: Json;
    readonly gone: readonly string[];
}
export interface ElementTaken {
    readonly took: "element";
    readonly v: Json;
    readonly at: string;
    readonly after: string | null;
    readonly before: string | null;
    readonly gone: readonly string[];
}
export interface PlaceTaken {
    readonly took: "place";
    readonly at: string;
    readonly after: string | null;
    readonly before: string | null;
}
export interface NothingTaken {
    readonly took: "nothing";
}
export type Taken = TextTaken | ValueTaken | ElementTaken | PlaceTaken | NothingTaken;
/** What one op did to one state: the op as applied (places resolved), what it took away, ids that it made. */
export interface Effect {
    readonly op: Op;
    readonly took: Taken;
    readonly made?: readonly string[];
}
/** The ids of the elements that ceased to exist. */
export declare function goneIds(took: Taken): readonly string[];
