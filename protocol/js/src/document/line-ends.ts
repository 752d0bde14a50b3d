/**
 * Line ends of values: a text leaf holds LF alone, and whoever writes a whole value may have CRLF and CR in it.
 *
 * They become LF before an op is done, so that what is shown is what is sent and kept; a server refuses them in ops.
 */

import type { Doc } from "./document.js";
import { isArray, isObject } from "./values.js";
import type { Json, JsonObject, Op } from "./ops.js";
import type { Place } from "./shape.js";
import { lf } from "../text/lines.js";

/** The op, made for `document`, with LF in the text leaves that it sets or inserts; itself if it has none. */
export function opWithLf(document: Doc, op: Op): Op {
  if (op.op !== "set" && op.op !== "insert") return op;
  const place = document.place(op.at);
  if (place === null) return op;
  if (op.op === "set") {
    const v = valueWithLf(op.v, place);
    return v === op.v ? op : { ...op, v };
  }
  const v = valueWithLf(op.v, place.element()) as JsonObject;
  return v === op.v ? op : { ...op, v };
}

/** A value, which stands at `place`, with LF line ends in its text leaves; itself if nothing was to do. */
export function valueWithLf(value: Json, place: Place): Json {
  if (place.dead) return value;
  if (typeof value === "string") return place.text ? lf(value) : value;
  if (isArray(value)) {
    const elements = value.map((element) => valueWithLf(element, place.element()));
    return elements.some((element, i) => element !== value[i]) ? elements : value;
  }
  if (!isObject(value)) return value;
  let changed = false;
  const members = Object.entries(value).map(([name, member]): [string, Json] => {
    const made = valueWithLf(member, place.member(name));
    changed ||= made !== member;
    return [name, made];
  });
  return changed ? Object.fromEntries(members) : value; // fromEntries: a member may be called __proto__
}
