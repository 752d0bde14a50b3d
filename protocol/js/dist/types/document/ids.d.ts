/**
 * The keyed elements inside a value: find them, check their ids, rename those that collide.
 *
 * An id is a string of 1 to `MAX_ID` code points, not of ASCII white space alone, unique in the whole document.
 * Document order is member order; JavaScript puts members that read as array indexes first, so an object with such
 * members may list its elements in another order here than elsewhere. Nothing but the order of lists of ids shows it.
 */
import type { Tokens } from "./address.js";
import type { Json, JsonObject } from "./ops.js";
import type { Place } from "./shape.js";
export declare const MAX_ID = 128;
/** The keyed array that holds an element: the owner's id (or nothing), and the tokens inside it. */
export type Home = readonly [owner: string, tokens: Tokens];
export type Homes = Map<string, Home>;
/** Add every keyed element inside `value`, which stands at `home`, to `found`, in document order. Raises Problem. */
export declare function scan(value: Json, place: Place, home: Home, found: Homes): void;
/** Add an element of the keyed array `home` and all inside it; `place` is the element's. Raises Problem. */
export declare function scanElement(element: Json, place: Place, home: Home, found: Homes): void;
/** Say whether a string may be an id. */
export declare function isId(text: string): boolean;
/** A copy with the ids of keyed elements replaced; tolerates what `scan` refuses. */
export declare function renamed(value: Json, place: Place, names: ReadonlyMap<string, string>): Json;
/** A copy of a keyed element with its id and all ids inside it replaced. */
export declare function renamedElement(element: JsonObject, place: Place, names: ReadonlyMap<string, string>): JsonObject;
/** `wanted_<w>`, with a counter behind it while that exists; renaming twice adds no second mark. */
export declare function freshId(wanted: string, w: number, exists: (id: string) => boolean): string;
/** Add the place of every keyed element inside `value` to `found`; tolerates what `scan` refuses. */
export declare function placesIn(value: Json, place: Place, found: Map<string, Place>): void;
/** Add the place of an element, which is `place`, and of all inside it. */
export declare function placesOfElement(element: Json, place: Place, found: Map<string, Place>): void;
