/**
 * The keyed elements inside a value: find them, check their ids, rename those that collide.
 *
 * An id is a string of 1 to `MAX_ID` code points, not of ASCII white space alone, unique in the whole document.
 * Document order is member order; JavaScript puts members that read as array indexes first, so an object with such
 * members may list its elements in another order here than elsewhere. Nothing but the order of lists of ids shows it.
 */

import type { Tokens } from "./address.js";
import { Problem } from "../errors.js";
import type { Json, JsonObject } from "./ops.js";
import type { Place } from "./shape.js";
import { isArray, isObject, memberOf } from "./values.js";

export const MAX_ID = 128;

/** The keyed array that holds an element: the owner's id (or nothing), and the tokens inside it. */
export type Home = readonly [owner: string, tokens: Tokens];
export type Homes = Map<string, Home>;

/** Add every keyed element inside `value`, which stands at `home`, to `found`, in document order. Raises Problem. */
export function scan(value: Json, place: Place, home: Home, found: Homes): void {
  if (place.dead) return;
  const [owner, tokens] = home;
  if (isArray(value)) {
    const inside = place.element();
    value.forEach((element, i) => {
      if (place.keyed) scanElement(element, inside, home, found);
      else if (typeof element === "object" && element !== null) {
        scan(element, inside, [owner, [...tokens, String(i)]], found);
      }
    });
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === "object" && member !== null) {
        scan(member, place.member(name), [owner, [...tokens, name]], found);
      }
    }
  }
}

/** Add an element of the keyed array `home` and all inside it; `place` is the element's. Raises Problem. */
export function scanElement(element: Json, place: Place, home: Home, found: Homes): void {
  const id = isObject(element) ? memberOf(element, "id") : undefined;
  if (typeof id !== "string" || !isId(id)) throw new Problem("bad_id");
  if (found.has(id)) throw new Problem("duplicate_id", id);
  found.set(id, home);
  scan(element, place, [id, []], found);
}

/** Say whether a string may be an id. */
export function isId(text: string): boolean {
  return (text.length <= MAX_ID || [...text].length <= MAX_ID) && /[^ \t\n\r]/.test(text);
}

/** A copy with the ids of keyed elements replaced; tolerates what `scan` refuses. */
export function renamed(value: Json, place: Place, names: ReadonlyMap<string, string>): Json {
  if (place.dead) return value;
  if (isArray(value)) {
    const inside = place.element();
    return value.map((element) => {
      const copy = renamed(element, inside, names);
      return place.keyed && isObject(copy) && typeof memberOf(copy, "id") === "string" ? withNewId(copy, names) : copy;
    });
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, renamed(member, place.member(name), names)]),
    );
  }
  return value;
}

/** A copy of a keyed element with its id and all ids inside it replaced. */
export function renamedElement(element: JsonObject, place: Place, names: ReadonlyMap<string, string>): JsonObject {
  return withNewId(renamed(element, place, names) as JsonObject, names);
}

function withNewId(element: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const id = element["id"] as string;
  return { ...element, id: names.get(id) ?? id };
}

/** `wanted_<w>`, with a counter behind it while that exists; renaming twice adds no second mark. */
export function freshId(wanted: string, w: number, exists: (id: string) => boolean): string {
  const marked = new RegExp(`^(.+?)_${w}(?:_[0-9]+)?$`, "su").exec(wanted);
  const stem = [...(marked?.[1] ?? wanted)];
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? `_${w}` : `_${w}_${count}`;
    const candidate = stem.slice(0, MAX_ID - suffix.length).join("") + suffix;
    if (!exists(candidate)) return candidate;
  }
}

/** Add the place of every keyed element inside `value` to `found`; tolerates what `scan` refuses. */
export function placesIn(value: Json, place: Place, found: Map<string, Place>): void {
  if (place.dead) return;
  if (isArray(value)) {
    const inside = place.element();
    for (const element of value) {
      if (place.keyed) placesOfElement(element, inside, found);
      else placesIn(element, inside, found);
    }
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) placesIn(member, place.member(name), found);
  }
}

/** Add the place of an element, which is `place`, and of all inside it. */
export function placesOfElement(element: Json, place: Place, found: Map<string, Place>): void {
  const id = isObject(element) ? memberOf(element, "id") : undefined;
  if (typeof id === "string" && !found.has(id)) found.set(id, place);
  placesIn(element, place, found);
}
