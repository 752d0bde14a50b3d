/** JSON values: what they are, and equality as JSON means it. */

import type { Json, JsonObject } from "./ops.js";

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Say whether a value stands for a secret: `{"$secret": id}`. */
export function isMarker(value: JsonObject): boolean {
  return Object.keys(value).length === 1 && typeof memberOf(value, "$secret") === "string";
}

/** Say whether two JSON values are equal: member order is no difference, `1` and `1.0` are one number. */
export function same(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  if (isArray(left)) {
    return isArray(right) && left.length === right.length && left.every((value, i) => same(value, right[i]));
  }
  if (isObject(left)) {
    if (!isObject(right)) return false;
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]))
    );
  }
  return false;
}

/** What a member holds; undefined if there is none. Inherited members are none. */
export function memberOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
