/**
 * Which arrays of a kind are keyed and which strings are text, by patterns of pointers from the root.
 *
 * In a pattern `*` stands for one segment and `**` for any number, none included; an array element counts as one
 * segment whatever its id or index. The patterns become an automaton, built lazily and bounded by the patterns
 * alone (a member name that no pattern mentions takes the "other" edge): a walk costs one look-up per node.
 */
import type { Tokens } from "./address.js";
export interface ShapeInfo {
    keyed: readonly string[];
    text: readonly string[];
    /** Text leaves, by a pattern, each with the member beside it that says how it is to be read. */
    coupled?: readonly (readonly [text: string, sibling: string])[];
}
/** The segment of an array element. */
export declare const ELEMENT = "*";
declare const KEYED = "keyed";
declare const TEXT = "text";
type Marks = typeof KEYED | typeof TEXT | {
    readonly sibling: string;
};
type Step = readonly [pattern: number, at: number];
/** A state of the automaton: what the patterns say of a path, and of what lies beyond it. */
export declare class Place {
    private readonly shape;
    private readonly state;
    readonly keyed: boolean;
    readonly text: boolean;
    /** The member beside a text that says how it is to be read. */
    readonly sibling: string | null;
    readonly dead: boolean;
    private readonly edges;
    private other;
    constructor(shape: Shape, state: readonly Step[]);
    /** The place of a member, or of an element under `ELEMENT`. */
    member(name: string): Place;
    /** The place of any element of an array here. */
    element(): Place;
}
/** The patterns of one kind. */
export declare class Shape {
    readonly literals: ReadonlySet<string>;
    readonly root: Place;
    private readonly patterns;
    private readonly places;
    constructor(keyed?: readonly string[], text?: readonly string[], coupled?: ShapeInfo["coupled"]);
    /** As a state says it. */
    static of({ keyed, text, coupled }: ShapeInfo): Shape;
    /** The place of a path from the root; array elements are `ELEMENT` (or anything else). */
    at(path: readonly string[]): Place;
    isKeyed(path: readonly string[]): boolean;
    isText(path: readonly string[]): boolean;
    pattern(index: number): {
        tokens: Tokens;
        marks: Marks;
    };
    /** Follow one segment; `name` null is a segment that no pattern mentions. */
    step(state: readonly Step[], name: string | null): Place;
    private place;
}
export {};
