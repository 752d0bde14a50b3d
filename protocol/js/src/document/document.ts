/**
 * The document: an immutable value that ops make new ones of.
 *
 * `Doc.apply` is total: any well-formed op has one outcome on any state, an effect or "lost" (null). Applying the ops
 * of a log's effects to the state that they were made for gives the same effects. A text op copies the path to its
 * leaf and shares everything else, the index of ids included; an op of structure copies the index too.
 *
 * Values handed out are shared, not copied: nobody may change them.
 */

import { escapeToken, formatAddress, ownerOf, parseAddress } from "./address.js";
import { Problem } from "../errors.js";
import { freshId, renamed, renamedElement, scan, scanElement } from "./ids.js";
import type { Homes } from "./ids.js";
import type { Effect, InsertOp, Json, JsonObject, MoveOp, Op, RemoveOp, SetOp, Taken, TextOp } from "./ops.js";
import type { Place, Shape } from "./shape.js";
import { applySplices, validateSplices } from "../text/text.js";
import { isArray, isObject } from "./values.js";

type Steps = readonly (string | number)[];
type Names = ReadonlyMap<string, string>;

/** Where an address leads in one document; `plain`: inside a plain array (of this element), which ops change only as a whole. */
interface Spot {
  readonly steps: Steps;
  readonly place: Place;
  readonly plain: boolean;
}

/** The outcome of an op: the new document, its effect (null: lost, nothing changed), ids renamed in it. */
export interface Applied {
  readonly document: Doc;
  readonly effect: Effect | null;
  readonly renamed: Names;
}

const NONE: Names = new Map();

/** A JSON object of one shape, with every keyed element found by its id. */
export class Doc {
  private constructor(
    readonly value: JsonObject,
    readonly shape: Shape,
    private readonly index: Homes,
    private readonly spots: Map<string, Spot>, // a cache, shared by documents of one structure
  ) {}

  /** Index a whole value; raises Problem `not_an_object`, `bad_id` or `duplicate_id`. */
  static load(value: Json, shape: Shape): Doc {
    if (!isObject(value)) throw new Problem("not_an_object");
    const index: Homes = new Map();
    scan(value, shape.root, ["", []], index);
    return new Doc(value, shape, index, new Map());
  }

  /** Say whether a keyed element of that id exists. */
  has(element: string): boolean {
    return this.index.has(element);
  }

  /** The text leaf at an address, as ops of text may change it; null if there is none. */
  textAt(address: string): string | null {
    const spot = this.find(address);
    if (spot === null || !spot.place.text || spot.plain) return null;
    const leaf = this.at(spot.steps);
    return typeof leaf === "string" ? leaf : null;
  }

  /** The steps from the root to an address, elements by their positions; null if it is gone. */
  pathOf(address: string): Steps | null {
    return this.find(address)?.steps ?? null;
  }

  /** The document with another text at a text leaf. */
  withText(address: string, text: string): Doc {
    const spot = this.need(address);
    return new Doc(withValue(this.value, spot.steps, text), this.shape, this.index, this.spots);
  }

  /** The ids of all keyed elements. */
  elements(): Iterable<string> {
    return this.index.keys();
  }

  /** What stands at an address, undefined if nothing does; plain arrays may be walked by index. */
  get(address: string): Json | undefined {
    const spot = this.find(address);
    return spot === null ? undefined : this.at(spot.steps);
  }

  /** What the shape says of an address; its element must exist, what is inside need not. */
  place(address: string): Place | null {
    const [element, tokens] = parseAddress(address);
    const spot = this.find(escapeToken(element));
    return spot === null ? null : tokens.reduce((place, name) => place.member(name), spot.place);
  }

  /** The keyed array that holds an element, and its neighbours' ids; null if it does not exist. */
  home(element: string): readonly [at: string, after: string | null, before: string | null] | null {
    const found = this.siblings(element);
    return found === null ? null : [found.at, ...neighbours(found.elements, found.position, found.position + 1)];
  }

  /** Raise Problem unless a live writer may do `op` to this very state. Ids that exist elsewhere are no error. */
  check(op: Op): void {
    switch (op.op) {
      case "text": {
        const spot = this.need(op.at);
        const leaf = this.at(spot.steps);
        if (!spot.place.text || spot.plain || typeof leaf !== "string") throw new Problem("not_text", op.at);
        validateSplices(op.s, leaf);
        return;
      }
      case "set":
        scan(op.v, this.checkMember(op.at), ["", []], new Map());
        return;
      case "remove":
        if (parseAddress(op.at)[1].length > 0) this.checkMember(op.at);
        else if (op.at === "") throw new Problem("root_fixed");
        else this.need(op.at);
        return;
      case "insert":
        scanElement(op.v, this.needKeyed(op.at).place.element(), ["", []], new Map());
        return;
      case "move":
        this.need(escapeToken(op.id));
        this.needKeyed(op.at);
        if (!this.fits(op.id, op.at)) throw new Problem("bad_place", op.at);
        return;
    }
  }

  /** Do `op`; colliding ids in its value get the mark of writer `w`. */
  apply(op: Op, w: number): Applied {
    switch (op.op) {
      case "text":
        return this.applyText(op);
      case "set":
        return this.applySet(op, w);
      case "remove":
        return this.applyRemove(op);
      case "insert":
        return this.applyInsert(op, w);
      case "move":
        return this.applyMove(op);
    }
  }

  // Finding

  private find(address: string): Spot | null {
    const known = this.spots.get(address);
    if (known !== undefined) return known;
    let spot: Spot | null;
    try {
      spot = this.locate(address);
    } catch (error) {
      if (error instanceof Problem) return null; // a malformed address leads nowhere
      throw error;
    }
    if (spot !== null) this.spots.set(address, spot);
    return spot;
  }

  private locate(address: string): Spot | null {
    const [element, tokens] = parseAddress(address);
    if (tokens.length === 0) return this.locateElement(element);
    const spot = this.find(escapeToken(element));
    if (spot === null) return null;
    let { place } = spot;
    let plain = element !== "" && tokens.length === 1 && tokens[0] === "id"; // an id is no text, whatever the shape says
    let node: Json | undefined = this.at(spot.steps);
    const way = [...spot.steps];
    for (const name of tokens) {
      if (isArray(node) && !place.keyed) {
        const position = arrayIndex(name, node.length);
        if (position === null) return null;
        plain = true;
        node = node[position];
        way.push(position);
      } else if (isObject(node) && Object.hasOwn(node, name)) {
        node = node[name];
        way.push(name);
      } else {
        return null;
      }
      place = place.member(name);
    }
    return { steps: way, place, plain };
  }

  private locateElement(element: string): Spot | null {
    if (element === "") return { steps: [], place: this.shape.root, plain: false };
    const home = this.index.get(element);
    if (home === undefined) return null;
    const array = this.find(formatAddress(...home));
    if (array === null) return null;
    const position = this.elementsAt(array).findIndex((other) => other["id"] === element);
    if (position < 0) return null;
    return { steps: [...array.steps, position], place: array.place.element(), plain: false };
  }

  private at(steps: Steps): Json | undefined {
    let node: unknown = this.value;
    for (const step of steps) node = (node as Record<string | number, unknown>)[step];
    return node as Json | undefined;
  }

  private elementsAt(array: Spot): readonly JsonObject[] {
    return this.at(array.steps) as readonly JsonObject[];
  }

  /** The array that holds an element, and the position in it. */
  private siblings(
    element: string,
  ): { at: string; array: Spot; elements: readonly JsonObject[]; position: number } | null {
    const spot = element === "" ? null : this.find(escapeToken(element));
    const home = this.index.get(element);
    if (spot === null || home === undefined) return null;
    const at = formatAddress(...home);
    const array = this.find(at);
    if (array === null) return null;
    return { at, array, elements: this.elementsAt(array), position: spot.steps[spot.steps.length - 1] as number };
  }

  private keyedArray(at: string): Spot | null {
    const spot = this.find(at);
    if (spot === null || !spot.place.keyed || !isArray(this.at(spot.steps))) return null;
    return spot;
  }

  /** The object that holds a member that ops may touch, and the member's name. */
  private member(at: string): { parent: Spot; node: JsonObject; name: string; home: readonly [string, readonly string[]] } | null {
    let home: readonly [string, readonly string[]];
    try {
      home = parseAddress(at);
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
    const [element, tokens] = home;
    const name = tokens[tokens.length - 1];
    if (name === undefined || (element !== "" && tokens.length === 1 && name === "id")) return null;
    const parent = this.find(at.slice(0, at.lastIndexOf("/")));
    if (parent === null || parent.plain) return null;
    const node = this.at(parent.steps);
    return isObject(node) ? { parent, node, name, home } : null;
  }

  // Checking

  private need(at: string): Spot {
    parseAddress(at);
    const spot = this.find(at);
    if (spot === null) throw new Problem("no_such_place", at);
    return spot;
  }

  private needKeyed(at: string): Spot {
    this.need(at);
    const spot = this.keyedArray(at);
    if (spot === null) throw new Problem("not_keyed", at);
    return spot;
  }

  private checkMember(at: string): Place {
    const [element, tokens] = parseAddress(at);
    const name = tokens[tokens.length - 1];
    if (name === undefined) throw new Problem(element !== "" ? "bad_address" : "root_fixed", at);
    if (element !== "" && tokens.length === 1 && name === "id") throw new Problem("id_fixed", at);
    if (name === "__proto__") throw new Problem("bad_address", at);
    const parent = this.need(at.slice(0, at.lastIndexOf("/")));
    const node = this.at(parent.steps);
    if (parent.plain || isArray(node)) throw new Problem("plain_array", at);
    if (!isObject(node)) throw new Problem("no_such_place", at);
    const place = parent.place.member(name);
    const present = Object.hasOwn(node, name) ? node[name] : undefined;
    if (place.keyed && isArray(present) && present.length > 0) throw new Problem("keyed_array_fixed", at);
    return place;
  }

  /** Say whether an element has the same keyed elements inside when it stands in another array. */
  private fits(element: string, at: string): boolean {
    const here = this.find(escapeToken(element));
    const there = this.find(at);
    if (here === null || there === null) return false;
    if (here.place === there.place.element()) return true;
    const value = this.at(here.steps) as Json;
    const inside: Homes = new Map();
    scanElement(value, here.place, ["", []], inside);
    const found: Homes = new Map();
    try {
      scanElement(value, there.place.element(), ["", []], found);
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
    if (inside.size !== found.size) return false;
    return [...inside].every(([id, home]) => {
      const other = found.get(id);
      return other !== undefined && formatAddress(...home) === formatAddress(...other);
    });
  }

  // Applying

  private lost(): Applied {
    return { document: this, effect: null, renamed: NONE };
  }

  private unchanged(op: Op, took: Taken): Applied {
    return { document: this, effect: { op, took }, renamed: NONE };
  }

  private applyText(op: TextOp): Applied {
    const leaf = this.textAt(op.at);
    if (leaf === null) return this.lost();
    if (op.s.length === 0) return this.unchanged(op, { took: "text", s: [] });
    try {
      validateSplices(op.s, leaf);
    } catch (error) {
      if (error instanceof Problem) return this.lost();
      throw error;
    }
    const { text, taken } = applySplices(leaf, op.s);
    const document = this.withText(op.at, text);
    return { document, effect: { op, took: { took: "text", s: taken } }, renamed: NONE };
  }

  private applySet(op: SetOp, w: number): Applied {
    const found = this.member(op.at);
    if (found === null) return this.lost();
    const { parent, node, name, home } = found;
    const place = parent.place.member(name);
    const gone: Homes = new Map();
    const had = Object.hasOwn(node, name);
    const before = had ? (node[name] as Json) : null;
    if (had) scan(before, place, home, gone);
    let made: Homes = new Map();
    try {
      scan(op.v, place, home, made);
    } catch (error) {
      if (error instanceof Problem) return this.lost();
      throw error;
    }
    const names = this.collisions(made, gone, w);
    let value = op.v;
    if (names.size > 0) {
      value = renamed(value, place, names);
      made = new Map();
      scan(value, place, home, made);
    }
    const took: Taken = { took: "value", had, v: before, gone: [...gone.keys()] };
    const after = withValue(this.value, [...parent.steps, name], value);
    const effect: Effect = { op: names.size > 0 ? { op: "set", at: op.at, v: value } : op, took, made: [...made.keys()] };
    return { document: this.changed(after, gone, made), effect, renamed: names };
  }

  private applyRemove(op: RemoveOp): Applied {
    const found = this.member(op.at);
    if (found === null) return this.removeElement(op);
    const { parent, node, name, home } = found;
    if (!Object.hasOwn(node, name)) return this.unchanged(op, { took: "value", had: false, v: null, gone: [] });
    const { [name]: before, ...rest } = node;
    const gone: Homes = new Map();
    scan(before as Json, parent.place.member(name), home, gone);
    const took: Taken = { took: "value", had: true, v: before as Json, gone: [...gone.keys()] };
    const after = withValue(this.value, parent.steps, rest);
    return { document: this.changed(after, gone, new Map()), effect: { op, took }, renamed: NONE };
  }

  private removeElement(op: RemoveOp): Applied {
    const found = op.at.includes("/") ? null : this.siblings(ownerOf(op.at));
    if (found === null) return this.lost();
    const { at, array, elements, position } = found;
    const element = elements[position] as JsonObject;
    const gone: Homes = new Map();
    scanElement(element, array.place.element(), parseAddress(at), gone);
    const [before, after] = neighbours(elements, position, position + 1);
    const took: Taken = { took: "element", v: element, at, after: before, before: after, gone: [...gone.keys()] };
    const value = withValue(this.value, array.steps, elements.toSpliced(position, 1));
    return { document: this.changed(value, gone, new Map()), effect: { op, took }, renamed: NONE };
  }

  private applyInsert(op: InsertOp, w: number): Applied {
    const array = this.keyedArray(op.at);
    if (array === null) return this.lost();
    const home = parseAddress(op.at);
    const place = array.place.element();
    let made: Homes = new Map();
    try {
      scanElement(op.v, place, home, made);
    } catch (error) {
      if (error instanceof Problem) return this.lost();
      throw error;
    }
    const names = this.collisions(made, new Map(), w);
    let value = op.v;
    if (names.size > 0) {
      value = renamedElement(value, place, names);
      made = new Map();
      scanElement(value, place, home, made);
    }
    const siblings = this.elementsAt(array);
    const position = positionOf(siblings, op.after ?? null, op.before ?? null);
    const [after, before] = neighbours(siblings, position, position);
    const effect: Effect = {
      op: { op: "insert", at: op.at, v: value, after, before },
      took: { took: "nothing" },
      made: [...made.keys()],
    };
    const next = withValue(this.value, array.steps, siblings.toSpliced(position, 0, value));
    return { document: this.changed(next, new Map(), made), effect, renamed: names };
  }

  private applyMove(op: MoveOp): Applied {
    const found = this.siblings(op.id);
    const array = this.keyedArray(op.at);
    if (found === null || array === null || !this.fits(op.id, op.at)) return this.lost();
    const element = found.elements[found.position] as JsonObject;
    const own = [...found.array.steps, found.position];
    if (own.every((step, i) => array.steps[i] === step)) return this.lost(); // into itself
    const [wasAfter, wasBefore] = neighbours(found.elements, found.position, found.position + 1);
    const took: Taken = { took: "place", at: found.at, after: wasAfter, before: wasBefore };
    const lifted = withValue(this.value, found.array.steps, found.elements.toSpliced(found.position, 1));
    const without = new Doc(lifted, this.shape, this.index, new Map());
    const target = without.find(op.at);
    if (target === null) return this.lost();
    const others = without.elementsAt(target);
    const position = positionOf(others, op.after ?? null, op.before ?? null);
    const [after, before] = neighbours(others, position, position);
    const next = withValue(lifted, target.steps, others.toSpliced(position, 0, element));
    const effect: Effect = { op: { op: "move", id: op.id, at: op.at, after, before }, took };
    return { document: this.changed(next, new Map(), new Map([[op.id, parseAddress(op.at)]])), effect, renamed: NONE };
  }

  /** Choose new names for ids that exist outside of what goes. */
  private collisions(made: Homes, gone: Homes, w: number): Names {
    const names = new Map<string, string>();
    const given = new Set(made.keys());
    for (const id of made.keys()) {
      if (!this.index.has(id) || gone.has(id)) continue;
      const name = freshId(id, w, (other) => this.index.has(other) || given.has(other));
      names.set(id, name);
      given.add(name);
    }
    return names;
  }

  private changed(value: JsonObject, gone: Homes, made: Homes): Doc {
    let index = this.index;
    if (gone.size > 0 || made.size > 0) {
      index = new Map(index);
      for (const id of gone.keys()) index.delete(id);
      for (const [id, home] of made) index.set(id, home);
    }
    return new Doc(value, this.shape, index, new Map());
  }
}

/** A copy of `root` with `value` at `steps`, sharing all that is not on the way. */
function withValue(root: JsonObject, steps: Steps, value: Json): JsonObject {
  return replaced(root, steps, 0, value) as JsonObject;
}

function replaced(node: Json, steps: Steps, depth: number, value: Json): Json {
  const step = steps[depth];
  if (step === undefined) return value;
  if (isArray(node)) return node.with(step as number, replaced(node[step as number] as Json, steps, depth + 1, value));
  const object = node as JsonObject;
  return { ...object, [step]: replaced(object[step] as Json, steps, depth + 1, value) };
}

/** Read an array index as RFC 6901 writes it. */
function arrayIndex(name: string, size: number): number | null {
  if (!/^(?:0|[1-9][0-9]{0,8})$/.test(name)) return null;
  const index = Number(name);
  return index < size ? index : null;
}

/** Resolve neighbours to a position: before `before` if at or right of `after`, else right after `after`, else the end. */
function positionOf(siblings: readonly JsonObject[], after: string | null, before: string | null): number {
  const end = siblings.length;
  if (before === null) return end;
  let left = after === null ? -1 : null;
  let right: number | null = null;
  siblings.forEach((element, position) => {
    if (element["id"] === after) left = position;
    if (element["id"] === before) right = position;
  });
  if (right !== null && (left === null || right >= left)) return right;
  return left === null ? end : left + 1;
}

/** The ids left of position `left` and at position `right`. */
function neighbours(siblings: readonly JsonObject[], left: number, right: number): [string | null, string | null] {
  const idAt = (position: number): string | null => (siblings[position]?.["id"] as string | undefined) ?? null;
  return [left > 0 ? idAt(left - 1) : null, idAt(right)];
}
