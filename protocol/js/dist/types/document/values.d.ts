/** JSON values: what they are, and equality as JSON means it. */
import type { Json, JsonObject } from "./ops.js";
export declare function isObject(value: Json | undefined): value is JsonObject;
export declare function isArray(value: Json | undefined): value is readonly Json[];
/** Say whether a value stands for a secret: `{"$secret": id}`. */
export declare function isMarker(value: JsonObject): boolean;
/** Say whether two JSON values are equal: member order is no difference, `1` and `1.0` are one number. */
export declare function same(left: Json | undefined, right: Json | undefined): boolean;
/** What a member holds; undefined if there is none. Inherited members are none. */
export declare function memberOf(object: JsonObject, name: string): Json | undefined;
